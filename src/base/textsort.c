/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Eight bytes of a text are a number to compare.  A range of texts is sorted by
 * its first eight bytes, then each range in it that has the same by the next
 * eight, and so on: bytes that many texts begin with are read once per text, not
 * once per comparison.  Ranges that wait are a list, so nothing recurses.
 */
#include "base/textsort.h"

#include <endian.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { KEY = 8, SMALL = 8, AHEAD = 8 };

struct item {
	uint64_t key;
	uint32_t id;
};

struct range {
	uint32_t from, count;
	uint32_t depth;          /* bytes that are the same in all */
};

struct sorting {
	const struct str *texts;
	struct item *items, *spare;
	struct range *waiting;
	size_t waiting_count, waiting_capacity;
};

static uint64_t key_at(struct str s, size_t depth)
{
	uint64_t bytes = 0;
	if (s.n >= depth + KEY)
		memcpy(&bytes, s.p + depth, KEY);
	else if (s.n > depth)
		memcpy(&bytes, s.p + depth, s.n - depth);
	return htobe64(bytes);
}

static void sort_small(struct item *items, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct item item = items[i];
		uint32_t to = i;
		for (; to > 0 && items[to - 1].key > item.key; to--)
			items[to] = items[to - 1];
		items[to] = item;
	}
}

static void merge(const struct item *a, const struct item *a_end,
		  const struct item *b, const struct item *b_end, struct item *to)
{
	while (a < a_end && b < b_end) {
		bool second = b->key < a->key;
		*to++ = second ? *b : *a;
		b += second;
		a += !second;
	}
	while (a < a_end)
		*to++ = *a++;
	while (b < b_end)
		*to++ = *b++;
}

/* By keys, equal ones staying in order. */
static void sort_keys(struct item *items, struct item *spare, uint32_t count)
{
	for (uint32_t i = 0; i < count; i += SMALL)
		sort_small(items + i, count - i < SMALL ? count - i : SMALL);
	struct item *from = items, *to = spare;
	for (uint64_t width = SMALL; width < count; width *= 2) {
		for (uint64_t i = 0; i < count; i += 2 * width) {
			uint64_t middle = i + width < count ? i + width : count;
			uint64_t end = middle + width < count ? middle + width : count;
			merge(from + i, from + middle, from + middle, from + end, to + i);
		}
		struct item *other = from;
		from = to;
		to = other;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
}

/* Shorter texts first; they differ from longer ones by bytes of 0 at most. */
static int by_length(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	return (x->key > y->key) - (x->key < y->key);
}

/*
 * A range of equal keys waits for its next bytes.  Texts that end in it stand
 * before the others, the shortest first.
 */
static void add_range(struct sorting *s, uint32_t from, uint32_t count, uint32_t depth)
{
	struct item *items = s->items + from;
	uint32_t ended = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (s->texts[items[i].id].n > (size_t)depth + KEY)
			continue;
		struct item item = items[i];
		items[i] = items[ended];
		item.key = s->texts[item.id].n;
		items[ended++] = item;
	}
	if (ended > 1)
		qsort(items, ended, sizeof(*items), by_length);
	if (count - ended < 2)
		return;
	ARRAY_RESERVE(s->waiting, s->waiting_capacity, s->waiting_count + 1);
	s->waiting[s->waiting_count++] = (struct range){
		from + ended, count - ended, depth + KEY,
	};
}

static void sort_range(struct sorting *s, struct range r)
{
	struct item *items = s->items + r.from;
	for (uint32_t i = 0; i < r.count; i++) {
		if (i + AHEAD < r.count)
			__builtin_prefetch(s->texts[items[i + AHEAD].id].p + r.depth);
		items[i].key = key_at(s->texts[items[i].id], r.depth);
	}
	sort_keys(items, s->spare, r.count);
	for (uint32_t i = 0, end; i < r.count; i = end) {
		for (end = i + 1; end < r.count && items[end].key == items[i].key;)
			end++;
		if (end - i > 1)
			add_range(s, r.from + i, end - i, r.depth);
	}
}

void textsort(const struct str *texts, uint32_t *ids, uint32_t count)
{
	if (count < 2)
		return;
	struct sorting s = {
		.texts = texts,
		.items = xmalloc(count * sizeof(*s.items)),
		.spare = xmalloc(count * sizeof(*s.spare)),
	};
	for (uint32_t i = 0; i < count; i++)
		s.items[i].id = ids[i];
	struct range all = { 0, count, 0 };
	ARRAY_RESERVE(s.waiting, s.waiting_capacity, 1);
	s.waiting[s.waiting_count++] = all;
	while (s.waiting_count > 0)
		sort_range(&s, s.waiting[--s.waiting_count]);
	for (uint32_t i = 0; i < count; i++)
		ids[i] = s.items[i].id;
	free(s.items);
	free(s.spare);
	free(s.waiting);
}
