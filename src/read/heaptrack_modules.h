/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPTRACK_MODULES_H
#define READ_HEAPTRACK_MODULES_H

#include "read/symbolizer.h"

/*
 * The files that were mapped into the program, of a raw recording, as they were when
 * an address was written.
 */
struct heaptrack_modules {
	bool are_sized;          /* names begin with their length: from version 3 on */
	/* private */
	struct input *in;
	struct symbolizer *symbolizer;
	struct str program;      /* what "x" stands for */
	struct heaptrack_range {
		uint64_t from, to;       /* without the last one */
		uint64_t bias;           /* what was added to its addresses */
		uint32_t module;         /* of the symbolizer */
	} *ranges;
	uint32_t count, sorted;          /* the first of them are in order */
	size_t capacity;
	struct symbolizer_part *parts;   /* of the file added last */
	uint32_t part_count;
	size_t part_capacity;
};

void heaptrack_modules_init(struct heaptrack_modules *, struct input *, struct profile *,
			    const struct want *);
void heaptrack_modules_free(struct heaptrack_modules *);

/* What follows "x " and "m "; false after an error. */
bool heaptrack_modules_set_program(struct heaptrack_modules *, struct str);
bool heaptrack_modules_add(struct heaptrack_modules *, struct str);

/* The place in the symbolizer of an address that is mapped now. */
uint32_t heaptrack_modules_place(struct heaptrack_modules *, uint64_t address);

#endif
