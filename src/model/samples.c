/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A batch passes through the profile's memory four times: each pass asks for
 * what the next one will touch, so that the waits of 256 samples overlap
 * instead of following each other.
 */
#include "model/samples.h"

#include <stdlib.h>

void samples_init(struct samples *s, struct profile *profile)
{
	*s = (struct samples){ .profile = profile, .time = MOMENT_UNKNOWN };
	/* There is an array to point into even when no sample has a frame. */
	samples_reserve(s, SAMPLES_BATCH);
}

void samples_free(struct samples *s)
{
	free(s->frames);
	free(s->metric_values);
	s->frames = NULL;
	s->metric_values = NULL;
}

/* What another file has had, too, is added to its column; the rest is left out. */
static unsigned find_column(const struct profile *p, struct str name)
{
	for (unsigned i = 0; i < p->metrics.count; i++)
		if (str_eq(p->metrics.items[i].name, name))
			return p->metrics.items[i].column;
	return METRICS_MAX;
}

void samples_metrics(struct samples *s, const struct metrics *m, bool all)
{
	struct profile *p = s->profile;
	s->metrics = m;
	if (!all)
		return;
	bool first = p->metric_columns == 0;
	if (first) {
		p->metric_columns = m->count;
		p->metric_values = xreallocarray(p->metric_values, p->stack_capacity,
						 m->count * sizeof(int64_t));
	}
	for (unsigned i = 0; i < m->count; i++)
		s->metric_column[i] = first ? i : find_column(p, m->items[i].name);
	s->metric_values = xreallocarray(s->metric_values, SAMPLES_BATCH,
					 p->metric_columns * sizeof(int64_t));
}

void samples_put_metrics(struct samples *s, const int64_t *values)
{
	unsigned columns = s->profile->metric_columns;
	int64_t *to = &s->metric_values[(size_t)s->batch_count * columns];
	memset(to, 0, columns * sizeof(*to));
	for (unsigned i = 0; i < s->metrics->count; i++)
		if (s->metric_column[i] < columns)
			to[s->metric_column[i]] = values[i];
}

/* What else is kept of a sample of the batch, which went to this stack. */
static void keep_rest(const struct samples *s, unsigned i, uint32_t stack)
{
	if (s->profile->moments)
		moments_add(s->profile->moments, (struct moment){
			.time = s->times[i], .value = s->batch[i].values[0], .stack = stack,
		});
	unsigned columns = s->profile->metric_columns;
	if (columns)
		profile_add_metrics(s->profile, stack,
				    &s->metric_values[(size_t)i * columns]);
}

static size_t batch_start(const struct samples *s, unsigned i)
{
	return i ? s->batch[i - 1].end : 0;
}

static void hash_batch(struct samples *s)
{
	for (unsigned i = 0; i < s->batch_count; i++) {
		struct sample *sample = &s->batch[i];
		size_t start = batch_start(s, i);
		sample->hash = profile_hash(s->frames + start,
					    (uint32_t)(sample->end - start),
					    sample->group);
		table_prefetch(&s->profile->stack_table, sample->hash);
	}
}

static void prefetch_stacks(const struct samples *s)
{
	const struct profile *p = s->profile;
	for (unsigned i = 0; i < s->batch_count; i++) {
		uint32_t hash = s->batch[i].hash;
		uint32_t place = table_place(&p->stack_table, hash);
		uint32_t id = table_next(&p->stack_table, hash, &place);
		if (id != TABLE_END) {
			__builtin_prefetch(&p->stacks[id]);
			__builtin_prefetch(&p->values[(size_t)id * COLUMNS_MAX]);
		}
	}
}

static void prefetch_frames(const struct samples *s)
{
	const struct profile *p = s->profile;
	for (unsigned i = 0; i < s->batch_count; i++) {
		uint32_t hash = s->batch[i].hash;
		uint32_t place = table_place(&p->stack_table, hash);
		uint32_t id = table_next(&p->stack_table, hash, &place);
		if (id == TABLE_END)
			continue;
		__builtin_prefetch(&p->pool[p->stacks[id].first]);
		__builtin_prefetch(&p->pool[p->stacks[id].first + 16]);
	}
}

static void add_batch(struct samples *s)
{
	hash_batch(s);
	prefetch_stacks(s);
	prefetch_frames(s);
	for (unsigned i = 0; i < s->batch_count; i++) {
		const struct sample *sample = &s->batch[i];
		size_t start = batch_start(s, i);
		uint32_t stack = profile_add(s->profile, sample->hash, s->frames + start,
					     (uint32_t)(sample->end - start),
					     s->leaf_first, sample->group,
					     sample->values);
		keep_rest(s, i, stack);
	}
}

static void append_batch(struct samples *s)
{
	for (unsigned i = 0; i < s->batch_count; i++) {
		const struct sample *sample = &s->batch[i];
		size_t start = batch_start(s, i);
		uint32_t stack = profile_append(s->profile, s->frames + start,
						(uint32_t)(sample->end - start),
						s->leaf_first, sample->group,
						sample->values);
		keep_rest(s, i, stack);
	}
}

void samples_flush(struct samples *s)
{
	if (s->distinct || s->in_order)
		append_batch(s);
	else
		add_batch(s);
	size_t open = sample_depth(s);
	if (open > 0)
		memmove(s->frames, s->frames + s->frame_count - open,
			open * sizeof(*s->frames));
	s->frame_count = open;
	s->batch_count = 0;
}
