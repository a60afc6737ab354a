/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PPROF_TABLES_H
#define READ_PPROF_TABLES_H

#include "io/input.h"
#include "io/pprof.pb-c.h"
#include "model/location.h"

/*
 * The tables of a pprof file: texts, functions, mapped files, and the locations that
 * samples are made of.  They come in any order and refer to each other, so what they
 * say is checked when all of them are there, by pprof_tables_finish().
 */

/* Numbers of the file, mostly 1, 2, 3, …, to places in an array. */
struct pprof_ids {
	uint32_t count;
	bool sparse;             /* not 1, 2, 3, …: only then there are the others */
	uint64_t *ids;
	size_t capacity;
	struct table table;
};

struct pprof_function {
	uint64_t offset;         /* in the file */
	uint32_t name, system_name, filename;    /* texts */
	int64_t start_line;
};

struct pprof_mapping {
	uint64_t offset;
	uint32_t filename, build_id;
	uint32_t module;         /* its file in profile->text, or ID_NONE */
	struct mapping mapping;  /* but for its texts */
};

struct pprof_line {
	uint64_t function;       /* id in the file; 0: none */
	int64_t line, column;
};

struct pprof_location {
	uint64_t offset;
	uint64_t mapping;        /* id in the file; 0: none */
	uint64_t address;
	uint32_t first, count;   /* in lines, innermost first */
	uint32_t first_frame, frames;    /* in frames; made when it is used */
	enum frame_kind kind;    /* FRAME_USER: its mapping tells; not of pprof */
	bool is_folded, is_made;
	bool drops_rest;         /* what it has called tells nothing ... */
	bool drops_all;          /* ... and so does it itself */
};

struct pprof_tables {
	struct input *in;
	struct profile *profile;
	const struct want *want;

	struct str *strings;
	uint32_t string_count;
	struct pprof_ids function_ids, mapping_ids, location_ids;
	struct pprof_function *functions;
	struct pprof_mapping *mappings;
	struct pprof_location *locations;
	struct pprof_line *lines;
	uint32_t *frames;        /* leaf first */
	uint32_t line_count, frame_count;
	bool has_rules;          /* some locations may be left out */

	/* private */
	struct locations places;
	struct match *drop, *keep;
	struct buf line_text;
	struct arena arena;
	size_t string_capacity, function_capacity, mapping_capacity, location_capacity,
		line_capacity, frame_capacity;
};

void pprof_tables_init(struct pprof_tables *, struct input *, struct profile *,
		       const struct want *);
void pprof_tables_free(struct pprof_tables *);

/* What was unpacked from the file at this offset.  False after an error. */
bool pprof_tables_string(struct pprof_tables *, struct str text, uint64_t offset);
bool pprof_tables_function(struct pprof_tables *, const Pprof__Function *, uint64_t offset);
bool pprof_tables_mapping(struct pprof_tables *, const Pprof__Mapping *, uint64_t offset);
bool pprof_tables_location(struct pprof_tables *, const Pprof__Location *, uint64_t offset);

/* One more line of the location that was added last, for formats that have no ids. */
void pprof_tables_line(struct pprof_tables *, struct pprof_line);

/* Checks all references.  drop, keep: regular expressions, or empty. */
bool pprof_tables_finish(struct pprof_tables *, struct str drop, struct str keep);

/*
 * The text of this number, which may be any; false after an error, which tells of the
 * offset.
 */
bool pprof_tables_text(struct pprof_tables *, int64_t number, uint64_t offset,
		       struct str *text);

/* The location with this id, with its frames made; NULL when there is none. */
const struct pprof_location *pprof_tables_find(struct pprof_tables *, uint64_t id);

#endif
