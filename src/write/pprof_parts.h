/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_PPROF_PARTS_H
#define WRITE_PPROF_PARTS_H

#include "io/proto.h"
#include "model/stacks.h"

/*
 * What samples of pprof refer to: texts, functions, locations and mappings, each made
 * when it is first needed, with ids from 1 on without gaps.
 */
struct pprof_parts {
	const struct profile *profile;
	struct intern texts;     /* the first is empty */

	struct parts_function {
		uint32_t name, system_name, file;    /* texts */
		int64_t start_line;
	} *functions;
	uint32_t function_count;

	struct parts_location {
		uint32_t first, count;   /* in frames */
	} *locations;
	uint32_t *frames;        /* the function, then what was inlined into it */
	uint32_t location_count, frame_count;

	struct mapping *mappings;    /* file and build_id are texts of here */
	uint32_t mapping_count;
	uint32_t *mapping_of;    /* by mapping of the profile: id, 0 for none yet */

	/* private */
	size_t function_capacity, location_capacity, frame_capacity, mapping_capacity,
		line_capacity;
	struct parts_line *lines;
	struct table function_table, location_table;
	uint32_t kernel, jit;    /* ids of mappings for frames that know none; 0: not yet */
	uint32_t no_stack;       /* id of the location for samples without a frame */
};

/* Where no file is known to be mapped, one of this name is, unless it is empty. */
void pprof_parts_init(struct pprof_parts *, const struct profile *, struct str program);
void pprof_parts_free(struct pprof_parts *);

/* Numbers of texts: any, and one of the profile or ID_NONE. */
uint32_t pprof_parts_text(struct pprof_parts *, struct str);
uint32_t pprof_parts_own(struct pprof_parts *, uint32_t text);

/* How many frames, root first, are one location; depth > 0. */
uint32_t pprof_parts_run(const struct pprof_parts *, const uint32_t *frames,
			  uint32_t depth);

/* The id of the location that these frames are. */
uint32_t pprof_parts_location(struct pprof_parts *, const uint32_t *frames,
			       uint32_t count);

/* What a location is made of, when all of them are known. */
struct parts_line {
	uint32_t function;       /* id; 0: none */
	int64_t line, column;
};

struct parts_place {
	enum frame_kind kind;    /* of the function that others were inlined into */
	uint32_t mapping;        /* id; 0: none is known */
	uint64_t address;
	bool is_folded;
	const struct parts_line *lines;  /* innermost first; until the next call */
	uint32_t count;          /* 0: there is only an address */
};

/* Of an id; notes in the mapping what is known of its locations. */
struct parts_place pprof_parts_place(struct pprof_parts *, uint32_t location);

/* The id of a location that says that there was no stack. */
uint32_t pprof_parts_no_stack(struct pprof_parts *);

/*
 * Appends all tables as fields of a profile, calling "more" from time to time to take
 * what is there.
 */
void pprof_parts_write(struct pprof_parts *, struct buf *out,
			void (*more)(void *context), void *context);

#endif
