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
 *
 * For a flame chart they stand in the order read, and equal ones stay apart,
 * unless they are neighbours of a sampled profile.
 *
 * For formats that carry more (want->places) they stand in the order read as well, each
 * with its group and all of its values in the profile: process names are not made
 * frames, values may be 0, and there may be no frame.
 */
struct stacks {
	const struct profile *profile;
	struct str unit;             /* of the values: "cycles", "ns"; may be empty */
	unsigned scale;              /* values are digits / 10^scale */
	unsigned columns;            /* 1; 2 for a difference: before, after */
	bool with_samples;           /* of one column: the samples are known, and kept */

	struct stacks_item {
		uint64_t first;          /* of its frames in pool */
		uint32_t depth;          /* at least 1, unless there is a source */
		int64_t value[COLUMNS_MAX];      /* with_samples: value, samples */
	} *items;
	uint32_t count;
	uint32_t *pool;              /* frame ids, root first */
	uint32_t *source;            /* by item: its stack in the profile; NULL when nobody
					asked for places */
	bool in_order;               /* as read: for a flame chart */
	bool reversed;               /* turned around: what comes first was called last */

	int64_t total[COLUMNS_MAX];  /* sums of the values */
	int64_t total_before;        /* of the first column, before filters, those that
					folded text tells of included */
	bool any_before;             /* some value was not 0 before that */
	uint64_t samples;            /* behind the values; 0 when not known */
	struct str metric;           /* which of the profile's is shown; may be empty */
	bool is_estimate;            /* its values are estimated */
	struct str part;             /* of the recording, as in the profile */
	struct str event;            /* what was counted, for people; may be empty */
	struct str title;            /* the recorded command; may be empty */
	struct str shown;            /* "62 % of 21000 cycles", left by a filter; or empty */

	/* private */
	size_t item_capacity, pool_capacity;
	uint64_t pool_count;
	struct buf event_text;
	struct buf part_text;
};

/*
 * The column of the profile that want->metric names: "samples", "weight" (the
 * first one) or the column's own name; the default one without a metric.
 * Negative when there is none of this name.
 */
int stacks_metric(const struct profile *, const struct want *);

/*
 * Fills *s with the stacks of the chosen events (events_choose()).  New frames
 * may be added to the profile (process names at the root), and where all stacks stay
 * as they are its pool becomes that of *s, so this is done once.  The metric must be
 * known.  False when a sum leaves the range of int64.
 */
bool stacks_select(struct stacks *s, struct profile *, const struct want *,
		   const uint32_t *events, unsigned event_count);

void stacks_free(struct stacks *);

/*
 * By stack of the profile: its item here, or ID_NONE; to be freed.  Only with sources,
 * as the moments of a profile need it.
 */
uint32_t *stacks_by_source(const struct stacks *);

/* " (estimated) (until 10 ms)": what has to be known of the values; or nothing. */
void stacks_add_marks(struct buf *, const struct stacks *);

/* "peak 62.4 MiB", "nothing was leaked": the metric and the total; there is a metric. */
void stacks_add_metric(struct buf *, const struct stacks *);

/* Whether nothing was left out, so that totals of the whole profile belong to them. */
bool stacks_is_whole(const struct stacks *);

/*
 * For walks in order, at an item: starts loading the frames, from the depth on,
 * of one that comes soon.  (Inlined at once, or gcc takes a function that only
 * fetches for one without any effect.)
 */
__attribute__((always_inline))
static inline void stacks_fetch_ahead(const struct stacks *s, uint32_t item,
				      uint32_t depth)
{
	enum { AHEAD = 8 };
	if (item + AHEAD < s->count)
		__builtin_prefetch(&s->pool[s->items[item + AHEAD].first + depth]);
}

/*
 * How many frames an item has in common with the one before it, from the root;
 * 0 for the first.
 */
static inline uint32_t stacks_shared(const struct stacks *s, uint32_t item)
{
	if (item == 0)
		return 0;
	const struct stacks_item *a = &s->items[item - 1], *b = &s->items[item];
	uint32_t n = a->depth < b->depth ? a->depth : b->depth, i = 0;
	while (i < n && s->pool[a->first + i] == s->pool[b->first + i])
		i++;
	return i;
}

#endif
