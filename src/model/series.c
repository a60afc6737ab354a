/* SPDX-License-Identifier: Apache-2.0 */
#include "model/series.h"

#include "base/num.h"

static void add(struct series *s, struct series_item item)
{
	if (s->count < METRICS_MAX)
		s->items[s->count++] = item;
}

static void add_metrics(struct series *s, const struct stacks *stacks)
{
	const struct metrics *m = &stacks->profile->metrics;
	for (unsigned i = 0; i < m->count; i++) {
		const struct metric *metric = &m->items[i];
		if (i == m->chosen)
			s->chosen = s->count;
		add(s, (struct series_item){
			.name = metric->name, .own = metric->own,
			.unit = i == m->chosen ? stacks->unit : metric->unit,
			.own_unit = metric->own_unit, .column = metric->column,
			.scale = metric->scale,
			.is_metric = true,
		});
	}
}

/* "cycles" for the periods of this event, "before", "samples". */
static struct str column_name(const struct stacks *stacks, unsigned i)
{
	const struct profile *p = stacks->profile;
	struct str name = p->columns[i].name;
	if (i == 0 && stacks->event.n && !p->is_difference)
		name = stacks->event;
	return name.n ? name : STR("value");
}

static void add_column(struct series *s, const struct stacks *stacks, unsigned i)
{
	const struct column *c = &stacks->profile->columns[i];
	add(s, (struct series_item){
		.name = column_name(stacks, i), .column = i, .scale = c->scale,
		.unit = c->is_samples ? STR("samples") : stacks->unit,
	});
}

/* Whether each sample stands for one of what the column counts. */
static bool counts_samples(const struct stacks *stacks, unsigned column, unsigned samples)
{
	const struct profile *p = stacks->profile;
	if (!str_eq(stacks->unit, STR("samples")))
		return false;
	for (uint32_t i = 0; i < stacks->count; i++) {
		const int64_t *values = p->values + (size_t)stacks->source[i] * COLUMNS_MAX;
		if (values[column] != values[samples])
			return false;
	}
	return true;
}

/*
 * The unit of the stacks is that of the column which was chosen; of the samples it is
 * no unit of the others.
 */
static void add_columns(struct series *s, const struct stacks *stacks)
{
	const struct profile *p = stacks->profile;
	unsigned last = p->column_count - 1;
	bool samples = p->column_count > 1 && p->columns[last].is_samples;
	if (samples && last == 1 && counts_samples(stacks, 0, last)) {
		add_column(s, stacks, 0);
		return;
	}
	if (samples)
		add_column(s, stacks, last);
	for (unsigned i = 0; i < p->column_count - samples; i++)
		add_column(s, stacks, i);
	s->chosen = s->count - 1;
}

void series_init(struct series *s, const struct stacks *stacks)
{
	*s = (struct series){ 0 };
	if (stacks->profile->metric_columns)
		add_metrics(s, stacks);
	else
		add_columns(s, stacks);
}

int64_t series_value(const struct series *s, const struct stacks *stacks, uint32_t item,
		     unsigned which)
{
	const struct profile *p = stacks->profile;
	const struct series_item *series = &s->items[which];
	size_t stack = stacks->source[item];
	if (series->is_metric)
		return p->metric_values[stack * p->metric_columns + series->column];
	return p->values[stack * COLUMNS_MAX + series->column];
}

/* Whether the sum of what they are without a sign fits with so many decimals. */
static bool fits(const struct series *s, const struct stacks *stacks, unsigned which,
		 unsigned power)
{
	struct decimal sum = { 0, s->items[which].scale };
	for (uint32_t i = 0; i < stacks->count; i++) {
		int64_t value = series_value(s, stacks, i, which);
		if (value == INT64_MIN || __builtin_add_overflow(
				sum.digits, value < 0 ? -value : value, &sum.digits))
			return false;
	}
	return num_rescale(&sum, power);
}

static void count_in_ns(struct series *s, const struct stacks *stacks, unsigned which)
{
	struct series_item *item = &s->items[which];
	double size = num_time_unit(item->unit);
	unsigned power = 0;
	for (double ns = 1; ns < size; ns *= 10)
		power++;
	if (size == 0 || !fits(s, stacks, which, power))
		return;
	item->power = power;
	item->unit = STR("ns");
	if (item->own_unit.p != NULL)
		item->own_unit = STR("nanoseconds");
}

void series_init_whole(struct series *s, const struct stacks *stacks)
{
	series_init(s, stacks);
	for (unsigned i = 0; i < s->count; i++)
		if (s->items[i].scale > 0)
			count_in_ns(s, stacks, i);
}

bool series_is_rounded(const struct series *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->items[i].scale > 0 && !str_eq(s->items[i].unit, STR("ns")))
			return true;
	return false;
}

int64_t series_whole(const struct series *s, const struct stacks *stacks, uint32_t item,
		     unsigned which)
{
	struct decimal d = {
		series_value(s, stacks, item, which), s->items[which].scale,
	};
	num_rescale(&d, s->items[which].power);      /* fewer decimals always fit */
	return d.digits;
}
