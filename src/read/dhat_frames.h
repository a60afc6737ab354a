/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_DHAT_FRAMES_H
#define READ_DHAT_FRAMES_H

#include "model/location.h"
#include "model/samples.h"

/*
 * The table of frames of a DHAT file, and stacks of them.
 */
struct dhat_frames {
	uint32_t count;
	/* private */
	struct locations locations;
	struct profile *profile;
	struct dhat_frame {
		uint64_t address;
		uint32_t location;       /* ID_NONE: "[root]", which every stack has */
		uint32_t inlined;        /* the same in its caller; ID_NONE: not yet */
		bool is_allocator;       /* of Valgrind, in place of malloc() */
	} *items;
	size_t capacity;
};

void dhat_frames_init(struct dhat_frames *, struct profile *, const struct want *);
void dhat_frames_free(struct dhat_frames *);

/* Adds the next one; they are counted from 0. */
void dhat_frames_add(struct dhat_frames *, struct str text);

/*
 * Pushes a stack, leaf first.  All of its frames are in the table.  Valgrind's own
 * functions at its leaf, which stand in for malloc(), are left out on demand.
 */
void dhat_frames_push(struct dhat_frames *, struct samples *, const uint32_t *stack,
		      uint32_t depth, bool no_allocator);

#endif
