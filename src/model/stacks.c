/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From distinct stacks as read to distinct stacks as written:
 *
 *	choose     one event, one metric
 *	arrange    stacks_arrange.c: process names become root frames, filters
 *	sort       stacks_sort.c
 *	merge      neighbours that became equal
 *
 * A flame chart is neither sorted nor merged.
 */
#include "model/stacks.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/events.h"
#include "model/filter.h"
#include "model/stacks_arrange.h"
#include "model/stacks_sort.h"

int stacks_metric(const struct profile *p, const struct want *w)
{
	const struct metrics *m = &p->metrics;
	if (w->metric.n == 0 || str_eq(w->metric, STR("weight")))
		return 0;
	if (m->count > 0)
		return m->answered || metrics_is(m->items[m->chosen].name, w->metric) ?
			       0 : -1;
	for (unsigned i = 0; i < p->column_count; i++)
		if (str_eq(p->columns[i].name, w->metric))
			return (int)i;
	return -1;
}

void stacks_free(struct stacks *s)
{
	free(s->items);
	free(s->pool);
	free(s->source);
	buf_free(&s->event_text);
	buf_free(&s->part_text);
	*s = (struct stacks){ 0 };
}

uint32_t *stacks_by_source(const struct stacks *s)
{
	uint32_t stacks = s->profile->stack_count;
	uint32_t *item_of = xcalloc(stacks, sizeof(*item_of));
	for (uint32_t i = 0; i < stacks; i++)
		item_of[i] = ID_NONE;
	for (uint32_t i = 0; i < s->count; i++)
		item_of[s->source[i]] = i;
	return item_of;
}

bool stacks_is_whole(const struct stacks *s)
{
	return s->total[0] == s->total_before && s->shown.n == 0;
}

void stacks_add_marks(struct buf *out, const struct stacks *s)
{
	if (s->is_estimate)
		buf_add(out, STR(" (estimated)"));
	if (s->part.n == 0)
		return;
	buf_add(out, STR(" ("));
	buf_add(out, s->part);
	buf_addc(out, ')');
}

void stacks_add_metric(struct buf *out, const struct stacks *s)
{
	struct str words = metrics_words(s->metric);
	if (s->total[0] == 0 && s->total_before == 0) {
		buf_add(out, metrics_nothing(s->metric));
		return;
	}
	buf_add(out, words);
	if (words.n)
		buf_addc(out, ' ');
	num_add_quantity(out, (double)s->total[0] / pow(10, s->scale), s->unit);
	stacks_add_marks(out, s);
}

/* Merge */

static bool is_same_stack(const struct stacks *s, const struct stacks_item *a,
			  const struct stacks_item *b)
{
	return a->depth == b->depth &&
	       memcmp(s->pool + a->first, s->pool + b->first,
		      a->depth * sizeof(*s->pool)) == 0;
}

static void merge(struct stacks *s)
{
	uint32_t kept = 0;
	unsigned sums = s->with_samples ? COLUMNS_MAX : s->columns;
	for (uint32_t i = 0; i < s->count; i++) {
		struct stacks_item *last = kept ? &s->items[kept - 1] : NULL;
		stacks_fetch_ahead(s, i, 0);
		if (last && is_same_stack(s, last, &s->items[i])) {
			for (unsigned c = 0; c < sums; c++)
				last->value[c] += s->items[i].value[c];
		} else {
			s->items[kept++] = s->items[i];
		}
	}
	s->count = kept;
}

/* Choose */

/* "cycles:u"; of several events, names that say the same are written once. */
static void name_events(struct stacks *s, const struct profile *p,
			const uint32_t *events, unsigned event_count)
{
	for (unsigned i = 0; i < event_count; i++) {
		size_t before = s->event_text.n;
		if (before > 0)
			buf_add(&s->event_text, STR(", "));
		size_t start = s->event_text.n;
		if (event_count == 1)
			buf_add(&s->event_text, p->events[events[i]].name);
		else
			events_add_title(&s->event_text, p->events[events[i]].name);
		struct str added = str_skip(buf_str(&s->event_text), start);
		struct str earlier = str_head(buf_str(&s->event_text), before);
		if (added.n == 0 || str_eq(added, earlier))
			s->event_text.n = before;
	}
	s->event = buf_str(&s->event_text);
}

static void add_time(struct buf *out, int64_t ns)
{
	num_add_quantity(out, (double)ns, STR("ns"));
}

/* "from 200 ms to 1 s", "snapshot 3": what was asked for is all that is there. */
static void name_part(struct stacks *s, const struct want *want)
{
	const struct want_window *w = &want->window;
	struct buf *part = &s->part_text;
	buf_clear(part);
	if (w->is_set && w->from > 0 && w->from < w->to) {
		buf_addf(part, "from ");
		add_time(part, w->from);
		buf_addf(part, w->to < INT64_MAX ? " to " : " on");
	} else if (w->is_set) {
		buf_addf(part, w->from < w->to ? "until " : "at ");
	}
	if (w->is_set && w->to < INT64_MAX)
		add_time(part, w->to);
	if (want->snapshot.n)
		buf_addf(part, num_is_digits(want->snapshot) ? "snapshot %.*s" :
			 "%.*s snapshot", STR_ARG(want->snapshot));
	s->part = part->n ? buf_str(part) : s->profile->part;
}

static void describe(struct stacks *s, const struct profile *p,
		     const struct want *want, unsigned column,
		     const uint32_t *events, unsigned event_count)
{
	s->profile = p;
	s->in_order = want->in_order;
	s->reversed = want->reverse || filter_reverses(want->filter);
	bool named = want->metric.n && str_eq(p->columns[column].name, want->metric);
	s->columns = p->is_difference && !named ? 2 : 1;
	s->with_samples = want->with_samples && s->columns == 1 &&
			  p->columns[p->column_count - 1].is_samples;
	s->scale = p->columns[column].scale;
	s->title = p->title;
	s->shown = p->shown;
	name_part(s, want);
	if (p->metrics.count > 0) {
		const struct metric *chosen = &p->metrics.items[p->metrics.chosen];
		s->metric = chosen->name;
		s->is_estimate = chosen->is_estimate;
	}
	name_events(s, p, events, event_count);
	if (want->unit.n)
		s->unit = want->unit;
	else if (p->columns[column].is_samples)
		s->unit = STR("samples");
	else if (event_count > 0)
		s->unit = p->events[events[0]].unit;
}

bool stacks_select(struct stacks *s, struct profile *p, const struct want *want,
		   const uint32_t *events, unsigned event_count)
{
	*s = (struct stacks){ 0 };
	int column = stacks_metric(p, want);
	assert(column >= 0);
	describe(s, p, want, (unsigned)column, events, event_count);
	bool *chosen = xcalloc(p->event_count, sizeof(*chosen)), in_order;
	for (unsigned i = 0; i < event_count; i++)
		chosen[events[i]] = true;
	struct stacks_arrangement how = { (unsigned)column, chosen };
	bool fits = stacks_arrange(s, p, want, &how, &in_order);
	free(chosen);
	if (!fits)
		return false;
	int64_t taken = column == 0 ? p->taken : 0;
	bool is_all = s->total[0] == s->total_before - taken;
	if (s->samples == 0 && is_all && !p->samples_untold)
		s->samples = p->header_samples;
	if (s->source || (s->in_order && !p->sampled))
		return true;
	if (!s->in_order && !(p->sorted && in_order))
		stacks_sort(s);
	merge(s);
	return true;
}
