/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A queue, and chains through it of samples whose cookies have the same hash.  Who is done
 * leaves the chain at once, and the queue when it is full.
 */
#include "read/perfdata_deferred.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

enum {
	WAITING_MAX = 65536,
	BUCKETS = 16384,
	PLACES_MAX = 4 << 20,
};

void perfdata_deferred_free(struct perfdata_deferred *d)
{
	free(d->items);
	free(d->buckets);
	free(d->places);
}

static struct perfdata_bucket *bucket_of(struct perfdata_deferred *d, uint64_t cookie)
{
	return &d->buckets[hash_hidden(&cookie, sizeof(cookie)) % BUCKETS];
}

static void add(struct perfdata_deferred *d, struct perfdata_waiting *w)
{
	struct perfdata_bucket *b = bucket_of(d, w->cookie);
	w->next_plus_1 = 0;
	ARRAY_RESERVE(d->items, d->capacity, d->count + 1);
	d->items[d->count++] = *w;
	if (b->last_plus_1)
		d->items[b->last_plus_1 - 1].next_plus_1 = (uint32_t)d->count;
	else
		b->first_plus_1 = (uint32_t)d->count;
	b->last_plus_1 = (uint32_t)d->count;
}

static void push(struct perfdata_deferred *d, struct samples *out,
		 struct perfdata_waiting *w)
{
	w->is_done = true;
	out->time = w->time;
	sample_push_all(out, d->places, w->first, w->depth);
}

/* Without its other part. */
static void give_up(struct perfdata_deferred *d, struct samples *out,
		    struct perfdata_waiting *w)
{
	push(d, out, w);
	sample_end(out, w->group, w->values);
	out->frameless += w->depth == 0;
	d->alone++;
}

/* Only those that wait stay. */
static void compact(struct perfdata_deferred *d)
{
	size_t count = d->count, places = 0;
	memset(d->buckets, 0, BUCKETS * sizeof(*d->buckets));
	d->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct perfdata_waiting w = d->items[i];
		if (w.is_done)
			continue;
		memmove(d->places + places, d->places + w.first,
			w.depth * sizeof(*d->places));
		w.first = places;
		places += w.depth;
		add(d, &w);
	}
	d->place_count = places;
}

static bool is_full(const struct perfdata_deferred *d)
{
	return d->count >= WAITING_MAX || d->place_count >= PLACES_MAX;
}

static void make_room(struct perfdata_deferred *d, struct samples *out)
{
	compact(d);
	if (d->count < WAITING_MAX / 2 && d->place_count < PLACES_MAX / 2)
		return;
	size_t half = d->count / 2 + 1;
	for (size_t i = 0; i < half && i < d->count; i++)
		give_up(d, out, &d->items[i]);
	compact(d);
}

void perfdata_deferred_keep(struct perfdata_deferred *d, struct samples *out,
			    const struct perfdata_waiting *sample)
{
	struct perfdata_waiting w = *sample;
	if (d->buckets == NULL)
		d->buckets = xcalloc(BUCKETS, sizeof(*d->buckets));
	w.depth = (uint32_t)sample_depth(out);
	ARRAY_RESERVE(d->places, d->place_capacity, d->place_count + w.depth + 1);
	w.first = d->place_count;
	w.is_done = false;
	if (w.depth > 0)
		memcpy(d->places + w.first, out->frames + out->frame_count - w.depth,
		       w.depth * sizeof(*d->places));
	while (sample_depth(out) > 0)
		sample_pop(out);
	d->place_count += w.depth;
	add(d, &w);
	if (is_full(d))
		make_room(d, out);
}

const struct perfdata_waiting *perfdata_deferred_next(struct perfdata_deferred *d,
						      struct samples *out, uint64_t cookie)
{
	if (d->count == 0)
		return NULL;
	struct perfdata_bucket *b = bucket_of(d, cookie);
	uint32_t before = 0, at = b->first_plus_1;
	while (at && d->items[at - 1].cookie != cookie) {
		before = at;
		at = d->items[at - 1].next_plus_1;
	}
	if (at == 0)
		return NULL;
	struct perfdata_waiting *w = &d->items[at - 1];
	*(before ? &d->items[before - 1].next_plus_1 : &b->first_plus_1) = w->next_plus_1;
	if (b->last_plus_1 == at)
		b->last_plus_1 = before;
	push(d, out, w);
	return w;
}

void perfdata_deferred_end(struct perfdata_deferred *d, struct samples *out)
{
	for (size_t i = 0; i < d->count; i++)
		if (!d->items[i].is_done)
			give_up(d, out, &d->items[i]);
	d->count = d->place_count = 0;
}
