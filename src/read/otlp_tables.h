/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_OTLP_TABLES_H
#define READ_OTLP_TABLES_H

#include "read/otlp_attributes.h"

/*
 * The dictionary.  Texts, functions, mapped files and locations are the tables of a pprof
 * file: an index is the id there, and 0 is none in both.  A file may have several
 * messages, each with a dictionary of its own: their elements follow each other in the
 * tables here, so what stands in the file is an index from a base on.
 */
enum otlp_table {
	OTLP_MAPPING_TABLE = 1, OTLP_LOCATION_TABLE, OTLP_FUNCTION_TABLE, OTLP_LINK_TABLE,
	OTLP_STRING_TABLE, OTLP_ATTRIBUTE_TABLE, OTLP_STACK_TABLE, OTLP_TABLES
};

/* A part of a list of numbers. */
struct otlp_run {
	uint32_t first, count;
};

struct otlp_tables {
	struct pprof_tables pprof;
	struct otlp_attributes attributes;       /* the table ... */
	struct otlp_attributes own;      /* ... and those of resources and scopes */
	uint32_t *numbers;       /* that runs are of: attributes, locations of stacks */
	uint32_t number_count;
	struct otlp_run *stacks;
	struct otlp_link {
		uint32_t trace, span;    /* texts; 0: none */
	} *links;
	uint32_t base[OTLP_TABLES];      /* of this message: what came before it */
	uint32_t seen[OTLP_TABLES];      /* elements of it, with the first */

	/* private */
	struct proto_walk *walk;
	struct proto *proto;
	struct otlp_attached {
		uint32_t to;             /* a mapping or location, counted from 0 */
		struct otlp_run run;     /* of its attributes; there are some */
	} *of_mappings, *of_locations;   /* of this message */
	uint32_t of_mapping_count, of_location_count;
	struct buf link_bytes;           /* of this message */
	uint64_t *stack_places;
	uint32_t stack_count, link_count;
	size_t number_capacity, stack_capacity, stack_place_capacity, link_capacity,
		of_mapping_capacity, of_location_capacity;
};

void otlp_tables_init(struct otlp_tables *, struct proto_walk *, struct proto *,
		      struct input *, struct profile *, const struct want *);
void otlp_tables_free(struct otlp_tables *);

/* A message begins. */
void otlp_tables_begin(struct otlp_tables *);

/* Takes the field of a dictionary that the walk is at. */
bool otlp_tables_field(struct otlp_tables *);

/* The message has ended: checks all that it refers to.  False after an error. */
bool otlp_tables_end(struct otlp_tables *);

/* No message comes any more: gives up what only checks needed. */
void otlp_tables_finish(struct otlp_tables *);

/* Where an index of this message is; ID_NONE when it is below 0. */
static inline uint32_t otlp_tables_at(const struct otlp_tables *t, enum otlp_table table,
				      int32_t index)
{
	return index < 0 ? ID_NONE : index ? t->base[table] + (uint32_t)index : 0;
}

/* Keeps numbers for later. */
struct otlp_run otlp_tables_numbers(struct otlp_tables *, enum otlp_table, const int32_t *,
				    size_t n);

/* Whether a number that otlp_tables_at() has made is in the table; or is told so. */
bool otlp_tables_check(struct otlp_tables *, enum otlp_table, uint32_t number,
		       uint64_t place);
bool otlp_tables_check_run(struct otlp_tables *, enum otlp_table, struct otlp_run,
			   uint64_t place);

#endif
