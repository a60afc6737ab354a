/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_LAYOUT_H
#define READ_JFR_LAYOUT_H

#include "read/jfr_metadata.h"

/*
 * How the values of a type lie one behind the other, as the metadata tells: steps that
 * each take a number, a text or an array.  What is inside of a structure stands in its
 * place.
 */
enum jfr_step_kind {
	JFR_STEP_LONG,           /* of 8 bytes where nothing is compressed; a constant */
	JFR_STEP_INT,
	JFR_STEP_SHORT,
	JFR_STEP_BYTE,           /* these three are never compressed */
	JFR_STEP_FLOAT,
	JFR_STEP_DOUBLE,
	JFR_STEP_TEXT,
	JFR_STEP_ARRAY,
};

enum { JFR_SLOTS_MAX = 16, JFR_NO_SLOT = 255 };

struct jfr_step {
	unsigned char kind;
	unsigned char slot;      /* where the value goes, or JFR_NO_SLOT */
	uint32_t body;           /* of an array: steps of an element, which follow */
};

/* A zeroed struct is a layout without steps. */
struct jfr_layout {
	struct jfr_step *steps;
	uint32_t count;
	bool is_made;
	/* private */
	size_t capacity;
};

/*
 * Makes the layout of a type.  The first field called names[i], in the type or in what
 * stands in it, goes to slot i, up to JFR_SLOTS_MAX of them.  False when the type cannot
 * be laid out, with *why.
 */
bool jfr_layout_make(struct jfr_layout *, const struct jfr_metadata *, uint32_t type,
		     const struct str *names, unsigned name_count, const char **why);

void jfr_layout_free(struct jfr_layout *);

struct jfr_value {
	uint64_t number;
	struct jfr_text text;
};

/*
 * Takes the values of count steps from the bytes, into their slots; of an array's
 * elements the last one remains.
 */
void jfr_layout_take(const struct jfr_step *, uint32_t count, struct jfr_bytes *,
		     struct jfr_value values[JFR_SLOTS_MAX]);

#endif
