/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_STACKS_H
#define MODEL_STACKS_H

#include "model/profile.h"
#include "model/want.h"

/*
 * The stacks as they will be written: one event and one metric chosen,
 * attributes turned into root frames, filters applied, root first, sorted
 * frame by frame in byte order, equal ones merged.  Folded text and the tree
 * are both made from this.
 */
struct stacks {
	const struct profile *profile;
	uint32_t event;              /* the event chosen */
	struct str unit;             /* of the values: "cycles", "ns", "samples"; empty when unknown */
	unsigned scale;              /* values are digits / 10^scale */
	unsigned columns;            /* 1; 2 for a difference */

	struct stacks_item {
		uint64_t first;          /* of its frames in pool */
		uint32_t depth;
		int64_t value[COLUMNS_MAX];
	} *items;
	uint32_t count;
	uint32_t *pool;              /* frame ids, root first */
	uint32_t *rank;              /* by frame id: place of its name and kind in byte order */

	int64_t total[COLUMNS_MAX];  /* sums of the values */
	uint64_t samples;            /* behind them; 0 unknown */
	int64_t total_before;        /* sum before filters took stacks away, first column */
	struct str event_name;       /* for people: hybrid parts joined */
	struct str title;            /* the recorded command; may be empty */
};

/*
 * Fills *s from the profile as wanted.  New frames may be added to the
 * profile (process names at the root).  False when a sum overflows; then the
 * profile says overflow.
 */
bool stacks_select(struct stacks *s, struct profile *, const struct want *,
		   const uint32_t *events, unsigned event_count);

void stacks_free(struct stacks *);

#endif
