/* SPDX-License-Identifier: Apache-2.0 */
#include "write/otlp_times.h"

#include <stdlib.h>

#include "base/alloc.h"

/*
 * Clocks begin anywhere; only the recording knows what time it was then.  Where moments
 * lie behind its beginning already, they are times of day.  0 when that is not told.
 */
static int64_t shift_of(const struct profile *p, bool *known)
{
	const struct moments *m = p->moments;
	int64_t start = p->recording.time;
	*known = m && m->count > 0 && m->items[0].time != MOMENT_UNKNOWN && start > 0;
	return *known && m->items[0].time < start ? start - m->items[0].time : 0;
}

static void sort_in(struct otlp_times *t, const struct stacks *s, int64_t shift)
{
	const struct moments *m = s->profile->moments;
	uint32_t *item_of = stacks_by_source(s);
	size_t *next = xcalloc(s->count + 2ull, sizeof(*next));
	for (size_t i = 0; i < m->count; i++)
		if (item_of[m->items[i].stack] != ID_NONE)
			next[item_of[m->items[i].stack] + 2]++;
	for (uint32_t i = 2; i < s->count + 2; i++)
		next[i] += next[i - 1];
	/* Now next[i + 1] is where those of item i begin, and then goes to their end. */
	for (size_t i = 0; i < m->count; i++) {
		uint32_t item = item_of[m->items[i].stack];
		if (item == ID_NONE)
			continue;
		size_t to = next[item + 1]++;
		t->times[to] = (uint64_t)(m->items[i].time + shift);
		t->values[to] = m->items[i].value;
	}
	t->first = next;
	free(item_of);
}

/* What filters have changed has no time that could be told. */
static bool fits(const struct otlp_times *t, const struct stacks *s,
		 const struct series *series)
{
	for (uint32_t i = 0; i < s->count; i++) {
		int64_t sum = 0;
		for (size_t k = t->first[i]; k < t->first[i + 1]; k++)
			if (__builtin_add_overflow(sum, t->values[k], &sum))
				return false;
		if (sum != series_value(series, s, i, series->chosen))
			return false;
	}
	return true;
}

void otlp_times_init(struct otlp_times *t, const struct stacks *s,
		     const struct series *series)
{
	bool known;
	int64_t shift = shift_of(s->profile, &known);
	*t = (struct otlp_times){ 0 };
	if (!known || series->items[series->chosen].scale > 0)
		return;
	t->times = xcalloc(s->profile->moments->count, sizeof(*t->times));
	t->values = xcalloc(s->profile->moments->count, sizeof(*t->values));
	sort_in(t, s, shift);
	t->are_known = fits(t, s, series);
}

void otlp_times_free(struct otlp_times *t)
{
	free(t->first);
	free(t->times);
	free(t->values);
}
