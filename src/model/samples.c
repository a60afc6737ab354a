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
	*s = (struct samples){ .profile = profile };
	/* There is an array to point into even when no sample has a frame. */
	samples_reserve(s, SAMPLES_BATCH);
}

void samples_free(struct samples *s)
{
	free(s->frames);
	s->frames = NULL;
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
		profile_add(s->profile, sample->hash, s->frames + start,
			    (uint32_t)(sample->end - start), s->leaf_first,
			    sample->group, sample->values);
	}
}

static void append_batch(struct samples *s)
{
	for (unsigned i = 0; i < s->batch_count; i++) {
		const struct sample *sample = &s->batch[i];
		size_t start = batch_start(s, i);
		profile_append(s->profile, s->frames + start,
			       (uint32_t)(sample->end - start), s->leaf_first,
			       sample->group, sample->values);
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
