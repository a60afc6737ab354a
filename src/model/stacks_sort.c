/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Frames get their place in byte order, their rank, once; the stacks are then
 * sorted by ranks alone, with a multikey quicksort: a range of stacks that
 * agree in their first frames is parted by the next one into smaller, equal
 * and larger, and only the equal part goes on to the frame after it.
 *
 *	a b c    a b c    a b c
 *	b c      a c      a b d
 *	a c      a b d    a c
 *	a b d    b c      b c
 *
 * Ranges that wait are a list, so nothing recurses.  During the sort the pool
 * holds ranks, before and after it frame ids.
 */
#include "model/stacks_sort.h"

#include <endian.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Rank */

/* Longest mark, and longest text of rest_of(). */
enum { MARK_MAX = 4, REST_MAX = 2 * MARK_MAX + 1 };

struct ranked {
	uint64_t start;          /* the first eight bytes of the text, in byte order */
	struct str name;
	uint32_t frame;
	enum frame_kind kind;
};

static uint64_t first_bytes(struct str name)
{
	uint64_t bytes = 0;
	memcpy(&bytes, name.p, name.n < 8 ? name.n : 8);
	return htobe64(bytes);
}

/* What is written behind n bytes, as far as it matters next to a mere mark. */
static struct str rest_of(const struct ranked *r, size_t n, char text[REST_MAX])
{
	struct str name = str_skip(r->name, n), mark = frame_kind_mark(r->kind);
	size_t length = name.n < MARK_MAX + 1 ? name.n : MARK_MAX + 1;
	memcpy(text, name.p, length);
	memcpy(text + length, mark.p ? mark.p : "", mark.n);
	return (struct str){ text, length + mark.n };
}

/* By the text as it is written: name and mark. */
static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int order = n ? memcmp(x->name.p, y->name.p, n) : 0;
	if (order != 0)
		return order;
	char text_x[REST_MAX], text_y[REST_MAX];
	order = str_cmp(rest_of(x, n, text_x), rest_of(y, n, text_y));
	return order ? order : (x->kind > y->kind) - (x->kind < y->kind);
}

static struct ranked *rank_frames(const struct profile *p)
{
	struct ranked *ranked = xcalloc(p->frame_count, sizeof(*ranked));
	for (uint32_t i = 0; i < p->frame_count; i++) {
		struct str name = profile_name(p, i);
		ranked[i] = (struct ranked){
			.start = name.n >= 8 ? first_bytes(name) : 0,
			.name = name, .frame = i, .kind = p->frames[i].kind,
		};
		if (name.n < 8) {
			char text[16] = { 0 };
			struct str mark = frame_kind_mark(ranked[i].kind);
			memcpy(text, name.p, name.n);
			memcpy(text + name.n, mark.p ? mark.p : "", mark.n);
			ranked[i].start = first_bytes((struct str){ text, 8 });
		}
	}
	qsort(ranked, p->frame_count, sizeof(*ranked), compare_ranked);
	return ranked;
}

/* Sort */

enum {
	SMALL_RANGE = 12,        /* items that are sorted by insertion */
	SPLITS_MAX = 48,         /* of a range before it is halved for sure */
	FETCH_AHEAD = 8,
};

struct range {
	uint32_t from, to;
	uint32_t at;             /* frames of the items that are known to be equal */
	uint32_t splits;         /* that made it since "at" was reached */
};

struct ranges {
	struct range *list;
	size_t count, capacity;
};

static void add_range(struct ranges *r, struct range range)
{
	if (range.to - range.from < 2)
		return;
	ARRAY_RESERVE(r->list, r->capacity, r->count + 1);
	r->list[r->count++] = range;
}

/* The rank at a place of the stack plus 1, 0 behind its end. */
static inline uint32_t key(const uint32_t *pool, const struct stacks_item *item,
			   uint32_t at)
{
	return at < item->depth ? pool[item->first + at] + 1 : 0;
}

static bool is_before(const uint32_t *pool, const struct stacks_item *a,
		      const struct stacks_item *b, uint32_t at)
{
	for (;; at++) {
		uint32_t x = key(pool, a, at), y = key(pool, b, at);
		if (x != y)
			return x < y;
		if (x == 0)
			return false;
	}
}

static void sort_small(struct stacks *s, struct range r)
{
	for (uint32_t i = r.from + 1; i < r.to; i++) {
		struct stacks_item item = s->items[i];
		uint32_t j = i;
		while (j > r.from && is_before(s->pool, &item, &s->items[j - 1], r.at)) {
			s->items[j] = s->items[j - 1];
			j--;
		}
		s->items[j] = item;
	}
}

/* Halves what the keys can be: a bad order of items cannot make this one slow. */
static uint32_t middle_key(const struct stacks *s, struct range r)
{
	uint32_t least = UINT32_MAX, most = 0;
	for (uint32_t i = r.from; i < r.to; i++) {
		uint32_t k = key(s->pool, &s->items[i], r.at);
		least = k < least ? k : least;
		most = k > most ? k : most;
	}
	return least + (most - least) / 2;
}

static uint32_t pivot_of(const struct stacks *s, struct range r)
{
	if (r.splits >= SPLITS_MAX)
		return middle_key(s, r);
	uint32_t a = key(s->pool, &s->items[r.from], r.at);
	uint32_t b = key(s->pool, &s->items[r.from + (r.to - r.from) / 2], r.at);
	uint32_t c = key(s->pool, &s->items[r.to - 1], r.at);
	if (a > b) {
		uint32_t swap = a;
		a = b;
		b = swap;
	}
	return c < a ? a : c > b ? b : c;
}

static void swap_items(struct stacks *s, uint32_t a, uint32_t b)
{
	struct stacks_item swap = s->items[a];
	s->items[a] = s->items[b];
	s->items[b] = swap;
}

static void fetch(const struct stacks *s, uint32_t item, uint32_t at)
{
	__builtin_prefetch(&s->pool[s->items[item].first + at]);
}

/* Parts the range by the frame at one place: smaller, equal, larger. */
static void part(struct stacks *s, struct range r, struct ranges *todo)
{
	uint32_t pivot = pivot_of(s, r);
	uint32_t smaller = r.from, i = r.from, larger = r.to;
	while (i < larger) {
		if (i + FETCH_AHEAD < larger) {
			fetch(s, i + FETCH_AHEAD, r.at);
			fetch(s, larger - FETCH_AHEAD, r.at);
		}
		uint32_t k = key(s->pool, &s->items[i], r.at);
		if (k < pivot)
			swap_items(s, smaller++, i++);
		else if (k > pivot)
			swap_items(s, i, --larger);
		else
			i++;
	}
	add_range(todo, (struct range){ r.from, smaller, r.at, r.splits + 1 });
	add_range(todo, (struct range){ larger, r.to, r.at, r.splits + 1 });
	if (pivot != 0)
		add_range(todo, (struct range){ smaller, larger, r.at + 1, 0 });
}

static bool is_sorted(const struct stacks *s)
{
	for (uint32_t i = 1; i < s->count; i++)
		if (is_before(s->pool, &s->items[i], &s->items[i - 1], 0))
			return false;
	return true;
}

void stacks_sort_ranks(struct stacks *s)
{
	struct ranges todo = { 0 };
	if (!is_sorted(s))
		add_range(&todo, (struct range){ 0, s->count, 0, 0 });
	while (todo.count > 0) {
		struct range r = todo.list[--todo.count];
		if (r.to - r.from <= SMALL_RANGE)
			sort_small(s, r);
		else
			part(s, r, &todo);
	}
	free(todo.list);
}

uint32_t *stacks_sort_frames(const struct profile *p)
{
	struct ranked *ranked = rank_frames(p);
	uint32_t *frames = xcalloc(p->frame_count, sizeof(*frames));
	for (uint32_t i = 0; i < p->frame_count; i++)
		frames[i] = ranked[i].frame;
	free(ranked);
	return frames;
}

void stacks_sort(struct stacks *s)
{
	const struct profile *p = s->profile;
	uint32_t *frames = stacks_sort_frames(p);
	uint32_t *rank = xcalloc(p->frame_count, sizeof(*rank));
	for (uint32_t i = 0; i < p->frame_count; i++)
		rank[frames[i]] = i;
	for (uint64_t i = 0; i < s->pool_count; i++)
		s->pool[i] = rank[s->pool[i]];
	stacks_sort_ranks(s);
	for (uint64_t i = 0; i < s->pool_count; i++)
		s->pool[i] = frames[s->pool[i]];
	free(rank);
	free(frames);
}
