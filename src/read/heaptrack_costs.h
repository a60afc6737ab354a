/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPTRACK_COSTS_H
#define READ_HEAPTRACK_COSTS_H

#include "base/str.h"

/*
 * What each stack of a recording has allocated, in the one metric that is wanted, and
 * the sums of all metrics; O(1) for each event.  A zeroed struct has no stacks.
 */
enum heaptrack_cost {
	COST_PEAK, COST_PEAK_BLOCKS,
	COST_TOTAL, COST_BLOCKS,
	COST_LEAKED, COST_LEAKED_BLOCKS,     /* live ones without those suppressed */
	COST_LIVE, COST_LIVE_BLOCKS,
	COST_SUPPRESSED, COST_SUPPRESSED_BLOCKS,
	COST_TEMPORARY, COST_TEMPORARY_BYTES,
	COST_TEMPORARY_BY_INDEX,
	COST_LIFETIME,                       /* in ms */
	COST_GROWTH, COST_GROWTH_BLOCKS,
	COSTS
};

/* What is true of a block that is freed. */
enum heaptrack_freed {
	FREED = 1,
	FREED_TEMPORARY = 2,         /* nothing was allocated or freed in between */
	FREED_BY_INDEX = 4,          /* the same, as heaptrack_print sees it */
	FREED_YOUNG = 8,             /* it is from the window */
	FREED_KINDS = 16             /* sets of these */
};

struct heaptrack_change {
	int64_t size;            /* of a block */
	uint32_t cost;           /* of whose stack */
	uint16_t freed;          /* enum heaptrack_freed; 0: it was allocated */
	uint16_t event;          /* the caller's */
};

enum { HEAPTRACK_CHANGES = 256 };

/* Of a block. */
#define HEAPTRACK_SIZE_MAX (INT64_C(1) << 52)

struct heaptrack_costs {
	int64_t sums[COSTS];     /* live ones at any time, all after the end */
	/* private */
	struct heaptrack_sum { int64_t blocks, bytes; } changed[FREED_KINDS];
	struct heaptrack_item {
		/* Peaks are those at the one that "epoch" counts.  Pairs are not neighbours,
		   for what was stored in two pieces is slow to load as one. */
		int64_t live, peak;
		int64_t live_blocks, peak_blocks;
		uint64_t epoch;
		int64_t value;
		uint32_t trace;
	} __attribute__((aligned(64))) *items;
	uint32_t count;
	size_t capacity;
	enum heaptrack_cost chosen;
	bool counts;             /* inside the window */
	int64_t now;             /* ms */
	int64_t most;            /* live bytes since it was looked at last */
	uint64_t epoch;          /* peaks so far */
	/* What is added to the value of a stack by [0] an allocation, [1] a free. */
	struct heaptrack_rule { int64_t size, one; } rules[2];
	unsigned freed;          /* bits one of which must be set for rules[1] */
	bool has_rules;          /* that add anything */
	bool keeps_all;
	int64_t (*all)[COSTS];   /* of each stack, when all metrics are wanted */
	size_t all_capacity;
};

void heaptrack_costs_free(struct heaptrack_costs *);

/* The number of a new stack; trace is the caller's. */
uint32_t heaptrack_costs_add(struct heaptrack_costs *, uint32_t trace);

/* Before the first stack: the values of all metrics are wanted. */
static inline void heaptrack_costs_keep_all(struct heaptrack_costs *c)
{
	c->keeps_all = true;
}

/* Before the first event: which metric is wanted, and whether all counts from there. */
void heaptrack_costs_choose(struct heaptrack_costs *, enum heaptrack_cost, bool counts);

/* The time goes on; false when sums might become too large then. */
bool heaptrack_costs_time(struct heaptrack_costs *, int64_t now);

/*
 * Counts up to HEAPTRACK_CHANGES of them.  Returns how many until sums are so large that
 * they might leave the range of 64 bits next time.
 */
unsigned heaptrack_costs_apply(struct heaptrack_costs *, const struct heaptrack_change *,
			   unsigned count);

/* From now on all counts; before it was only seen what is live. */
void heaptrack_costs_begin(struct heaptrack_costs *);

/* After the last event; the numbers of stacks that are suppressed are marked. */
void heaptrack_costs_end(struct heaptrack_costs *, const bool *suppressed);

/* After the end: what the stack has of a metric, the chosen one unless all are kept. */
int64_t heaptrack_costs_value(const struct heaptrack_costs *, uint32_t cost,
			      enum heaptrack_cost, bool suppressed);

/* Starts loading what a change will need. */
__attribute__((always_inline))
static inline void heaptrack_costs_prefetch(const struct heaptrack_costs *c,
					    uint32_t cost)
{
	__builtin_prefetch(&c->items[cost], 1);
}

#endif
