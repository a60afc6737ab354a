/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_OTLP_ATTRIBUTES_H
#define READ_OTLP_ATTRIBUTES_H

#include "io/otlp.pb-c.h"
#include "io/proto_walk.h"
#include "read/pprof_tables.h"

/*
 * Attributes: a key, one value or several, and a unit.  What their keys mean to us is told
 * by https://opentelemetry.io/docs/specs/semconv/registry/attributes/; the others are
 * labels.
 */
enum otlp_meaning {
	OTLP_LABEL,
	OTLP_COMM, OTLP_PID, OTLP_TID, OTLP_CPU, OTLP_PROGRAM, OTLP_SERVICE,     /* who */
	OTLP_FRAME_TYPE, OTLP_FOLDED,                                            /* places */
	OTLP_BUILD_ID, OTLP_OTHER_BUILD_ID,                                      /* files */
	OTLP_FUNCTIONS, OTLP_FILES, OTLP_LINES, OTLP_INLINED,
	OTLP_COMMENT, OTLP_DROP, OTLP_KEEP, OTLP_URL, OTLP_DEFAULT_TYPE,         /* profiles */
	OTLP_MEANINGS
};

/* Texts are numbers in pprof_tables->strings. */
struct otlp_value {
	int64_t number;
	uint32_t text;
	enum otlp_value_kind { OTLP_NUMBER, OTLP_TEXT, OTLP_NEW_TEXT } kind;
};

struct otlp_attribute {
	uint64_t place;
	uint32_t key, unit;
	uint32_t first, count;           /* in values */
	enum otlp_meaning meaning;
	bool has_new_key;
};

/* A zeroed struct has none. */
struct otlp_attributes {
	struct otlp_attribute *items;
	uint32_t count;
	struct otlp_value *values;
	uint32_t value_count;
	/* private */
	size_t capacity, value_capacity, new_capacity;
	uint32_t resolved;               /* of items */
	struct str *new_texts;           /* that stand in attributes, not in the table */
	uint32_t new_count;
	struct arena arena;
};

void otlp_attributes_free(struct otlp_attributes *);

/* Adds one, whose texts begin at "base" in the strings. */
void otlp_attributes_add(struct otlp_attributes *, const Otlp__KeyValueAndUnit *,
			 uint32_t base, uint64_t place);
void otlp_attributes_add_plain(struct otlp_attributes *, const Otlp__KeyValue *,
			       uint32_t base, uint64_t place);

/*
 * Looks up the texts of those that were added since it was called last, when all strings
 * are there.  False with *wrong when there is no such text.
 */
bool otlp_attributes_resolve(struct otlp_attributes *, struct pprof_tables *,
			     const struct otlp_attribute **wrong);

/* The first value as text, empty when it is a number; and whether it is "true". */
struct str otlp_attributes_text(const struct otlp_attributes *, const struct pprof_tables *,
				const struct otlp_attribute *);
bool otlp_attributes_is_true(const struct otlp_attributes *, const struct pprof_tables *,
			     const struct otlp_attribute *);

#endif
