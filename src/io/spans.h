/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_SPANS_H
#define IO_SPANS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Ranges of numbers that belong to somebody and may lie in each other, over each
 * other, anyhow: who has this number?  Of several the one that was counted last, as
 * inner things are counted after those around them.
 *
 *	spans_add(&s, 0x1000, 0x2000, function);
 *	spans_add(&s, 0x1200, 0x1210, inlined);
 *	spans_finish(&s);
 *	spans_find(&s, 0x1204);         inlined
 *
 * A zeroed struct is empty.
 */
struct spans {
	/* private */
	struct span {
		uint64_t from, to;       /* to is not part of it */
		uint32_t owner;
	} *items;                        /* until spans_finish() */
	size_t count, capacity;
	struct spans_step {
		uint64_t from;           /* to where the next step begins */
		uint32_t owner;
	} *steps;
	size_t step_count, step_capacity;
};

enum { SPANS_NONE = UINT32_MAX };

/* Nothing when the range is empty.  Owners are below SPANS_NONE. */
void spans_add(struct spans *, uint64_t from, uint64_t to, uint32_t owner);

/* After all were added; takes n log n whatever they are. */
void spans_finish(struct spans *);

/* The greatest owner that has the number, or SPANS_NONE. */
uint32_t spans_find(const struct spans *, uint64_t number);

void spans_free(struct spans *);

#endif
