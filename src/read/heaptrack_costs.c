/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The peak of a stack is what it had when all stacks together had most, for the first
 * time.  Peaks are counted; when a stack changes, and has not done so since the last
 * peak, it first keeps what it had then.
 *
 * Lifetimes need no time for each block: their sum is that of the times at which
 * blocks were freed, less that of the times at which they were allocated.
 */
#include "read/heaptrack_costs.h"

#include <stdlib.h>

#include "base/alloc.h"

/* What the value of a stack counts; for others it is found at the end. */
static const struct {
	struct heaptrack_rule rules[2];
	unsigned freed;
} rules[COSTS] = {
	[COST_TOTAL] = { .rules[0].size = 1 },
	[COST_BLOCKS] = { .rules[0].one = 1 },
	[COST_TEMPORARY] = { .rules[1].one = 1, .freed = FREED_TEMPORARY },
	[COST_TEMPORARY_BYTES] = { .rules[1].size = 1, .freed = FREED_TEMPORARY },
	[COST_TEMPORARY_BY_INDEX] = { .rules[1].one = 1, .freed = FREED_BY_INDEX },
	[COST_LIFETIME] = { .freed = FREED },
	[COST_GROWTH] = { .rules = { { .size = 1 }, { .size = -1 } },
			  .freed = FREED_YOUNG },
	[COST_GROWTH_BLOCKS] = { .rules = { { .one = 1 }, { .one = -1 } },
				 .freed = FREED_YOUNG },
};

void heaptrack_costs_choose(struct heaptrack_costs *c, enum heaptrack_cost chosen,
			    bool counts)
{
	c->counts = counts;
	c->chosen = chosen;
	c->freed = rules[chosen].freed;
	memcpy(c->rules, rules[chosen].rules, sizeof(c->rules));
	c->has_rules = chosen == COST_LIFETIME;
	for (int i = 0; i < 2; i++)
		c->has_rules |= c->rules[i].size || c->rules[i].one;
}

void heaptrack_costs_free(struct heaptrack_costs *c)
{
	free(c->items);
	free(c->all);
}

uint32_t heaptrack_costs_add(struct heaptrack_costs *c, uint32_t trace)
{
	if (c->count == c->capacity) {
		size_t capacity = c->capacity ? c->capacity * 2 : 64;
		struct heaptrack_item *items = xhuge_calloc(capacity * sizeof(*items));
		if (c->count)
			memcpy(items, c->items, c->count * sizeof(*items));
		free(c->items);
		c->items = items;
		c->capacity = capacity;
	}
	if (c->keeps_all) {
		ARRAY_RESERVE(c->all, c->all_capacity, c->count + 1ull);
		memset(c->all[c->count], 0, sizeof(c->all[0]));
	}
	c->items[c->count].trace = trace;
	return c->count++;
}

/* What is live is no more than what was allocated before the window and in it. */
static bool fit(int64_t total, int64_t blocks, int64_t now)
{
	const int64_t limit = INT64_C(1) << 61;
	int64_t time;
	return total < limit && !__builtin_mul_overflow(blocks, now, &time) &&
	       time < limit;
}

bool heaptrack_costs_time(struct heaptrack_costs *c, int64_t now)
{
	c->now = now;
	if (c->chosen == COST_LIFETIME) {
		c->rules[0].one = -now;
		c->rules[1].one = now;
	}
	return fit(c->changed[0].bytes, c->changed[0].blocks, now);
}

static inline struct heaptrack_item *touch(struct heaptrack_costs *c, uint32_t cost,
					   uint64_t epoch)
{
	struct heaptrack_item *item = &c->items[cost];
	if (item->epoch != epoch) {
		item->peak = item->live;
		item->peak_blocks = item->live_blocks;
		item->epoch = epoch;
	}
	return item;
}

/* What all stacks have together, while changes are counted. */
struct heap {
	int64_t live, blocks, most, peak, peak_blocks;
	uint64_t epoch;
};

/*
 * All but the peak is added without a branch: nobody can tell what comes next.  Totals
 * are summed by what is true of the block, and made of these sums at the end.
 */
__attribute__((always_inline))
static inline void apply(struct heaptrack_costs *c, struct heap *heap,
			 const struct heaptrack_change *change, bool counts, bool by_rule)
{
	struct heaptrack_item *item = touch(c, change->cost, heap->epoch);
	int64_t size = change->size;
	unsigned freed = change->freed;
	bool is_free = freed != 0;
	int64_t sign = 1 - 2 * (int64_t)is_free;
	item->live += size * sign;
	item->live_blocks += sign;
	heap->live += size * sign;
	heap->blocks += sign;
	heap->most = heap->live > heap->most ? heap->live : heap->most;
	c->changed[freed].blocks++;
	c->changed[freed].bytes += size;
	if (by_rule) {
		const struct heaptrack_rule *rule = &c->rules[is_free];
		int64_t is_counted = !is_free | ((freed & c->freed) != 0);
		item->value += (size * rule->size + rule->one) & -is_counted;
	}
	if (counts && heap->live > heap->peak) {
		heap->peak = heap->live;
		heap->peak_blocks = heap->blocks;
		heap->epoch++;
	}
}

static void apply_list(struct heaptrack_costs *c, struct heap *heap,
		       const struct heaptrack_change *changes, unsigned count)
{
	unsigned i = 0;
	if (!c->counts)
		while (i < count)
			apply(c, heap, &changes[i++], false, false);
	else if (c->has_rules)
		while (i < count)
			apply(c, heap, &changes[i++], true, true);
	else
		while (i < count)
			apply(c, heap, &changes[i++], true, false);
}

/* The change with which sums become too large. */
static unsigned find_misfit(const struct heaptrack_costs *c,
			    const struct heaptrack_change *changes, int64_t total,
			    int64_t blocks)
{
	unsigned i = 0;
	for (;; i++) {
		total += changes[i].freed ? 0 : changes[i].size;
		blocks += !changes[i].freed;
		if (!fit(total, blocks, c->now))
			return i;
	}
}

static void apply_all(struct heaptrack_costs *c, const struct heaptrack_change *change)
{
	int64_t *values = c->all[change->cost];
	unsigned freed = change->freed;
	values[COST_LIFETIME] += freed ? c->now : -c->now;
	for (enum heaptrack_cost m = 0; m < COSTS; m++) {
		const struct heaptrack_rule *rule = &rules[m].rules[freed != 0];
		if (!freed || freed & rules[m].freed)
			values[m] += change->size * rule->size + rule->one;
	}
}

unsigned heaptrack_costs_apply(struct heaptrack_costs *c,
			       const struct heaptrack_change *changes, unsigned count)
{
	int64_t *sums = c->sums;
	struct heaptrack_sum before = c->changed[0];
	struct heap heap = {
		sums[COST_LIVE], sums[COST_LIVE_BLOCKS], c->most,
		sums[COST_PEAK], sums[COST_PEAK_BLOCKS], c->epoch,
	};
	apply_list(c, &heap, changes, count);
	for (unsigned i = 0; c->keeps_all && c->counts && i < count; i++)
		apply_all(c, &changes[i]);
	/* Blocks allocated less blocks freed is what more of them live. */
	sums[COST_LIFETIME] -= c->now * (heap.blocks - sums[COST_LIVE_BLOCKS]);
	sums[COST_LIVE] = heap.live;
	sums[COST_LIVE_BLOCKS] = heap.blocks;
	sums[COST_PEAK] = heap.peak;
	sums[COST_PEAK_BLOCKS] = heap.peak_blocks;
	c->most = heap.most;
	c->epoch = heap.epoch;
	if (fit(c->changed[0].bytes, c->changed[0].blocks, c->now))
		return count;
	return count ? find_misfit(c, changes, before.bytes, before.blocks) : 0;
}

/* What was counted before the window is not of it. */
void heaptrack_costs_begin(struct heaptrack_costs *c)
{
	int64_t live = c->sums[COST_LIVE], blocks = c->sums[COST_LIVE_BLOCKS];
	memset(c->changed, 0, sizeof(c->changed));
	c->sums[COST_PEAK] = live;
	c->sums[COST_PEAK_BLOCKS] = blocks;
	c->sums[COST_LIFETIME] = -blocks * c->now;
	c->counts = true;
	c->epoch++;
	for (uint32_t i = 0; i < c->count; i++) {
		int64_t lifetime = -c->items[i].live_blocks * c->now;
		if (c->chosen == COST_LIFETIME)
			c->items[i].value = lifetime;
		if (c->keeps_all)
			c->all[i][COST_LIFETIME] = lifetime;
	}
}

/* Of all blocks freed of which this is true. */
static struct heaptrack_sum sum_freed(const struct heaptrack_costs *c, unsigned bit)
{
	struct heaptrack_sum sum = { 0 };
	for (unsigned freed = 1; freed < FREED_KINDS; freed++) {
		if (!(freed & bit))
			continue;
		sum.blocks += c->changed[freed].blocks;
		sum.bytes += c->changed[freed].bytes;
	}
	return sum;
}

static void sum_up(struct heaptrack_costs *c)
{
	int64_t *sums = c->sums;
	struct heaptrack_sum temporary = sum_freed(c, FREED_TEMPORARY);
	struct heaptrack_sum young = sum_freed(c, FREED_YOUNG);
	sums[COST_TOTAL] = c->changed[0].bytes;
	sums[COST_BLOCKS] = c->changed[0].blocks;
	sums[COST_TEMPORARY] = temporary.blocks;
	sums[COST_TEMPORARY_BYTES] = temporary.bytes;
	sums[COST_TEMPORARY_BY_INDEX] = sum_freed(c, FREED_BY_INDEX).blocks;
	sums[COST_GROWTH] = sums[COST_TOTAL] - young.bytes;
	sums[COST_GROWTH_BLOCKS] = sums[COST_BLOCKS] - young.blocks;
	sums[COST_LEAKED] = sums[COST_LIVE] - sums[COST_SUPPRESSED];
	sums[COST_LEAKED_BLOCKS] = sums[COST_LIVE_BLOCKS] - sums[COST_SUPPRESSED_BLOCKS];
}

void heaptrack_costs_end(struct heaptrack_costs *c, const bool *suppressed)
{
	int64_t *sums = c->sums;
	sums[COST_LIFETIME] += sums[COST_LIVE_BLOCKS] * c->now;
	for (uint32_t i = 0; i < c->count; i++) {
		struct heaptrack_item *item = touch(c, i, c->epoch);
		int64_t lifetime = item->live_blocks * c->now;
		if (c->chosen == COST_LIFETIME)
			item->value += lifetime;
		if (c->keeps_all)
			c->all[i][COST_LIFETIME] += lifetime;
		if (suppressed[i]) {
			sums[COST_SUPPRESSED] += item->live;
			sums[COST_SUPPRESSED_BLOCKS] += item->live_blocks;
		}
	}
	sum_up(c);
}

int64_t heaptrack_costs_value(const struct heaptrack_costs *c, uint32_t cost,
			      enum heaptrack_cost metric, bool suppressed)
{
	const struct heaptrack_item *item = &c->items[cost];
	switch (metric) {
	case COST_PEAK: return item->peak;
	case COST_PEAK_BLOCKS: return item->peak_blocks;
	case COST_LIVE: return item->live;
	case COST_LIVE_BLOCKS: return item->live_blocks;
	case COST_LEAKED: return suppressed ? 0 : item->live;
	case COST_LEAKED_BLOCKS: return suppressed ? 0 : item->live_blocks;
	case COST_SUPPRESSED: return suppressed ? item->live : 0;
	case COST_SUPPRESSED_BLOCKS: return suppressed ? item->live_blocks : 0;
	default: return c->keeps_all ? c->all[cost][metric] : item->value;
	}
}
