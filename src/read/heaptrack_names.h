/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPTRACK_NAMES_H
#define READ_HEAPTRACK_NAMES_H

#include "io/input.h"
#include "model/location.h"
#include "model/suppressions.h"

/*
 * The places in code that an interpreted recording names: strings, and instruction
 * pointers made of them.  Both are counted from 1.
 */
struct heaptrack_names {
	uint32_t count;          /* places */
	bool are_sized;          /* strings begin with their length: from version 3 on */
	/* private */
	struct input *in;
	struct profile *profile;
	struct locations locations;
	struct str *strings;
	uint32_t string_count;
	size_t string_capacity;
	bool may_be_sized;       /* all so far begin with their length */
	struct heaptrack_place {
		uint64_t address;
		uint32_t module;         /* a string; 0: none */
		uint32_t first, depth;   /* its functions, innermost first */
		uint32_t frame, frames;  /* in frame_pool */
	} *places;
	struct heaptrack_function {
		uint32_t name, file, line;
	} *functions;
	uint32_t function_count;
	uint32_t *frame_pool;
	uint32_t frame_count;
	size_t place_capacity, function_capacity, frame_capacity;
	struct arena arena;
};

void heaptrack_names_init(struct heaptrack_names *, struct input *, struct profile *,
			  const struct want *);
void heaptrack_names_free(struct heaptrack_names *);

/* What follows "s " and "i "; false after an error. */
bool heaptrack_names_add_string(struct heaptrack_names *, struct str);
bool heaptrack_names_add_place(struct heaptrack_names *, struct str);

/* How many frames a place has. */
static inline uint32_t heaptrack_names_depth(const struct heaptrack_names *n, uint32_t place)
{
	uint32_t depth = n->places[place - 1].depth;
	return depth ? depth : 1;
}

/*
 * After the last one.  Where strings should have no length and all have one, as
 * heaptrack_interpret from 1.3 on makes of older files, it is taken away.
 */
void heaptrack_names_end(struct heaptrack_names *);

/* Then: the frames of a place, leaf first; at least one.  Valid until the next call. */
const uint32_t *heaptrack_names_frames(struct heaptrack_names *, uint32_t place,
				       uint32_t *count);
bool heaptrack_names_fit(const struct heaptrack_names *, uint32_t place,
			 const struct suppressions *);

#endif
