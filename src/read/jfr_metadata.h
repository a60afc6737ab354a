/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_METADATA_H
#define READ_JFR_METADATA_H

#include "base/arena.h"
#include "base/table.h"
#include "read/jfr_bytes.h"

/*
 * The metadata event of a chunk: which classes of events and constants there are, and
 * which fields they have.  Texts are in the event or in the arena.
 */
struct jfr_field {
	struct str name;
	uint64_t type_id;
	bool is_array;
	bool is_constant;        /* a number in the pool of its type */
	struct str unit;         /* "TICKS", "NANOSECONDS", "BYTES"; empty: not told */
};

struct jfr_type {
	uint64_t id;
	struct str name;         /* "jdk.ExecutionSample" */
	bool is_simple;          /* stands for its only field */
	uint32_t first_field, field_count;
};

struct jfr_metadata {
	struct jfr_type *types;
	struct jfr_field *fields;
	uint32_t type_count, field_count;
	/* private */
	struct str *strings;
	uint32_t string_count;
	size_t string_capacity, type_capacity, field_capacity;
	struct table table;      /* of types, by id */
	struct arena arena;
	struct buf scratch;
};

void jfr_metadata_free(struct jfr_metadata *);

/*
 * Reads the body of a metadata event, behind its size and type, into a zeroed struct.
 * False when it is none, with *why.
 */
bool jfr_metadata_read(struct jfr_metadata *, struct jfr_bytes, const char **why);

/* The number of the type, UINT32_MAX when it is not described. */
uint32_t jfr_metadata_find(const struct jfr_metadata *, uint64_t id);
uint32_t jfr_metadata_find_name(const struct jfr_metadata *, struct str name);

/* The field of a type with this name; NULL when there is none. */
const struct jfr_field *jfr_metadata_field(const struct jfr_metadata *,
					   const struct jfr_type *, struct str name);

/* The name of the field's type; empty when that is not described. */
struct str jfr_metadata_type_name(const struct jfr_metadata *, const struct jfr_field *);

#endif
