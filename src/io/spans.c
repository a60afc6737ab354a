/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The ranges are gone through from left to right; those that have begun wait in a
 * heap, the greatest owner on top, and leave it when they come up and have ended:
 *
 *	function  |--------------------|
 *	inlined        |----|   |---|           steps: function, inlined, function,
 *	inlined in it    |-|                    inlined, ...
 */
#include "io/spans.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"

void spans_add(struct spans *s, uint64_t from, uint64_t to, uint32_t owner)
{
	if (from >= to)
		return;
	ARRAY_RESERVE(s->items, s->capacity, s->count + 1);
	s->items[s->count++] = (struct span){ from, to, owner };
}

void spans_free(struct spans *s)
{
	free(s->items);
	free(s->steps);
	*s = (struct spans){ 0 };
}

static int by_start(const void *pa, const void *pb)
{
	const struct span *a = pa, *b = pb;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->owner < b->owner ? -1 : a->owner > b->owner;
}

/* A heap of spans in the front part of the array they come from. */

static void swap(struct span *a, struct span *b)
{
	struct span t = *a;
	*a = *b;
	*b = t;
}

static void heap_push(struct span *heap, size_t *n, struct span item)
{
	size_t i = (*n)++;
	heap[i] = item;
	for (; i > 0 && heap[(i - 1) / 2].owner < heap[i].owner; i = (i - 1) / 2)
		swap(&heap[(i - 1) / 2], &heap[i]);
}

static void heap_pop(struct span *heap, size_t *n)
{
	heap[0] = heap[--*n];
	for (size_t i = 0;;) {
		size_t most = i, left = 2 * i + 1;
		for (size_t child = left; child < left + 2 && child < *n; child++)
			if (heap[child].owner > heap[most].owner)
				most = child;
		if (most == i)
			return;
		swap(&heap[i], &heap[most]);
		i = most;
	}
}

static void add_step(struct spans *s, uint64_t from, uint32_t owner)
{
	uint32_t last = s->step_count ? s->steps[s->step_count - 1].owner : SPANS_NONE;
	if (owner == last)
		return;
	ARRAY_RESERVE(s->steps, s->step_capacity, s->step_count + 1);
	s->steps[s->step_count++] = (struct spans_step){ from, owner };
}

/*
 * What waits is never more than what has been taken, so the heap fits in front of
 * what is left.
 */
static void sweep(struct spans *s)
{
	struct span *heap = s->items;
	size_t waiting = 0, next = 0;
	uint64_t at = 0;
	for (;;) {
		while (waiting > 0 && heap[0].to <= at)
			heap_pop(heap, &waiting);
		if (waiting == 0) {
			add_step(s, at, SPANS_NONE);
			if (next == s->count)
				return;
			at = s->items[next].from;
		}
		while (next < s->count && s->items[next].from == at) {
			struct span item = s->items[next++];
			heap_push(heap, &waiting, item);
		}
		add_step(s, at, heap[0].owner);
		at = heap[0].to;
		if (next < s->count && s->items[next].from < at)
			at = s->items[next].from;
	}
}

void spans_finish(struct spans *s)
{
	if (s->count > 0) {
		qsort(s->items, s->count, sizeof(*s->items), by_start);
		sweep(s);
	}
	free(s->items);
	s->items = NULL;
	s->count = s->capacity = 0;
}

uint32_t spans_find(const struct spans *s, uint64_t number)
{
	size_t from = 0, to = s->step_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (s->steps[middle].from <= number)
			from = middle + 1;
		else
			to = middle;
	}
	return from > 0 ? s->steps[from - 1].owner : SPANS_NONE;
}
