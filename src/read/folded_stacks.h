/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_FOLDED_STACKS_H
#define READ_FOLDED_STACKS_H

#include "model/samples.h"

/*
 * Stacks of folded text, "a;b;c", on their way to samples.  Their frames are looked up
 * some hundred at a time, so a stack waits until others have come, and its text has to
 * stay where it is until then:
 *
 *	folded_stacks_init()
 *	folded_stacks_add()        each
 *	folded_stacks_keep()       before the text of those so far goes away
 *	folded_stacks_free()
 */
enum {
	FOLDED_STACKS_SEARCHES = 512,
	FOLDED_STACKS_WAITING = 64,
};

struct folded_stacks {
	struct samples *out;
	uint32_t group;          /* of the samples; to be set */
	bool sorted;             /* so far they come in byte order, frame by frame, and are
				    written as we write them */
	/* private */
	struct profile *profile;
	uint32_t *frame_of;      /* by id of the text as written; ID_NONE: none yet */
	uint32_t frame_count;
	size_t frame_capacity;

	struct str last;         /* the stack added last; its text may be in "line" */
	struct buf line;
	size_t *ends;            /* where the text of each of its frames ends */
	uint32_t depth;
	size_t ends_capacity;

	struct intern_search searches[FOLDED_STACKS_SEARCHES];
	struct folded_stacks_waiting {
		uint32_t shared;         /* frames it has in common with the one before */
		uint32_t end;            /* of the searches for the others */
		bool goes_on;            /* it has more: what follows is its rest */
		int64_t value;
	} waiting[FOLDED_STACKS_WAITING];
	uint32_t search_count, waiting_count;
	uint32_t *frames;        /* of the stack looked up last */
	size_t frames_capacity;
};

void folded_stacks_init(struct folded_stacks *, struct samples *);
void folded_stacks_free(struct folded_stacks *);

/* False when it is too deep. */
bool folded_stacks_add(struct folded_stacks *, struct str stack, int64_t value);

/* No stack waits any longer. */
void folded_stacks_hand_over(struct folded_stacks *);

/* The same, and what is needed of the last one is copied. */
void folded_stacks_keep(struct folded_stacks *);

/* The frame that is written like this, with its mark. */
uint32_t folded_stacks_frame(struct folded_stacks *, struct str text);

#endif
