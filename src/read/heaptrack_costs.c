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
	return fit(c->sums[COST_TOTAL], c->sums[COST_BLOCKS], now);
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

/* All but the peak is added without a branch: nobody can tell what comes next. */
static inline void apply(struct heaptrack_costs *c, int64_t *sums,
			 const struct heaptrack_change *change)
{
	struct heaptrack_item *item = touch(c, change->cost, c->epoch);
	int64_t size = change->size;
	unsigned freed = change->freed;
	bool is_free = freed != 0;
	int64_t sign = 1 - 2 * (int64_t)is_free;
	item->live += size * sign;
	item->live_blocks += sign;
	sums[COST_LIVE] += size * sign;
	sums[COST_LIVE_BLOCKS] += sign;
	const struct heaptrack_rule *rule = &c->rules[is_free];
	int64_t is_counted = c->counts & (!is_free | ((freed & c->freed) != 0));
	item->value += (size * rule->size + rule->one) & -is_counted;
	sums[COST_TOTAL] += is_free ? 0 : size;
	sums[COST_BLOCKS] += !is_free;
	sums[COST_TEMPORARY] += (freed & FREED_TEMPORARY) != 0;
	sums[COST_TEMPORARY_BYTES] += freed & FREED_TEMPORARY ? size : 0;
	sums[COST_TEMPORARY_BY_INDEX] += (freed & FREED_BY_INDEX) != 0;
	sums[COST_YOUNG] += freed & FREED_YOUNG ? size : 0;
	sums[COST_YOUNG_BLOCKS] += (freed & FREED_YOUNG) != 0;
	if (sums[COST_LIVE] > c->most)
		c->most = sums[COST_LIVE];
	if (c->counts && sums[COST_LIVE] > sums[COST_PEAK]) {
		sums[COST_PEAK] = sums[COST_LIVE];
		sums[COST_PEAK_BLOCKS] = sums[COST_LIVE_BLOCKS];
		c->epoch++;
	}
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
	int64_t sums[COSTS];
	memcpy(sums, c->sums, sizeof(sums));
	for (unsigned i = 0; i < count; i++)
		apply(c, sums, &changes[i]);
	for (unsigned i = 0; c->keeps_all && c->counts && i < count; i++)
		apply_all(c, &changes[i]);
	int64_t total = c->sums[COST_TOTAL], blocks = c->sums[COST_BLOCKS];
	/* Blocks allocated less blocks freed is what more of them live. */
	sums[COST_LIFETIME] -= c->now * (sums[COST_LIVE_BLOCKS] -
					 c->sums[COST_LIVE_BLOCKS]);
	memcpy(c->sums, sums, sizeof(sums));
	if (fit(sums[COST_TOTAL], sums[COST_BLOCKS], c->now))
		return count;
	return count ? find_misfit(c, changes, total, blocks) : 0;
}

/* What was counted before the window is not of it. */
void heaptrack_costs_begin(struct heaptrack_costs *c)
{
	int64_t live = c->sums[COST_LIVE], blocks = c->sums[COST_LIVE_BLOCKS];
	memset(c->sums, 0, sizeof(c->sums));
	c->sums[COST_LIVE] = c->sums[COST_PEAK] = live;
	c->sums[COST_LIVE_BLOCKS] = c->sums[COST_PEAK_BLOCKS] = blocks;
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
	sums[COST_GROWTH] = sums[COST_TOTAL] - sums[COST_YOUNG];
	sums[COST_GROWTH_BLOCKS] = sums[COST_BLOCKS] - sums[COST_YOUNG_BLOCKS];
	sums[COST_LEAKED] = sums[COST_LIVE] - sums[COST_SUPPRESSED];
	sums[COST_LEAKED_BLOCKS] = sums[COST_LIVE_BLOCKS] - sums[COST_SUPPRESSED_BLOCKS];
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
