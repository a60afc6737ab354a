/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_FRAMESTACK_H
#define MODEL_FRAMESTACK_H

#include "base/intern.h"
#include "model/frametext.h"
#include "model/location.h"
#include "model/samples.h"

/*
 * Places as frametext.h has them, by number, and stacks of these numbers, leaf
 * first.  An address stands there once for each function that was compiled into
 * another one, and last for that one.
 */
struct framestack {
	uint32_t count;          /* of places */
	/* private */
	struct locations locations;
	struct profile *profile;
	struct intern known;     /* by framestack_find() */
	struct buf scratch;
	uint32_t *number_of;     /* by id in "known" */
	struct framestack_item {
		uint64_t address;
		uint32_t location;       /* ID_NONE: nothing that is shown */
		uint32_t inlined;        /* the same in its caller; ID_NONE: not yet */
		bool is_allocator;
	} *items;
	size_t capacity, number_capacity;
};

void framestack_init(struct framestack *, struct profile *, const struct want *);
void framestack_free(struct framestack *);

/* Adds the next one; they are counted from 0. */
void framestack_add(struct framestack *, const struct frametext *);

/* Adds one that is in every stack and never shown. */
void framestack_add_nothing(struct framestack *);

/* The number of a place, which is added when it is new. */
uint32_t framestack_find(struct framestack *, const struct frametext *);

/*
 * Pushes a stack, leaf first.  All of its places are there.  What stands in for
 * malloc() at its leaf is left out on demand, where something else is there.
 */
void framestack_push(struct framestack *, struct samples *, const uint32_t *stack,
		     uint32_t depth, bool no_allocator);

#endif
