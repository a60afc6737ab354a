/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A merge sort that keeps the order of equals and has little room: what is too long for
 * it is cut in two by turning a piece around, as in "Stable minimum storage merging by
 * symmetric comparisons" by Kim and Kutzner (2004).  Events that are in order already,
 * as they nearly always are, are looked at once.
 */
#include "read/chrome_sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { ROOM = 64 * 1024, RUN = 24 };

struct sort {
	struct chrome_event *room;
	const int64_t *long_spans;
	bool by_span;            /* else by time */
};

static int64_t span_of(const struct sort *s, const struct chrome_event *e)
{
	return e->kind == CHROME_LONG_SPAN ? s->long_spans[e->span] : e->span;
}

/* Whether a, which stands behind b, belongs in front of it. */
static bool is_before(const struct sort *s, const struct chrome_event *a,
		      const struct chrome_event *b)
{
	return s->by_span ? span_of(s, a) > span_of(s, b) : a->time < b->time;
}

static void sort_run(const struct sort *s, struct chrome_event *e, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct chrome_event moved = e[i];
		size_t at = i;
		for (; at > 0 && is_before(s, &moved, &e[at - 1]); at--)
			e[at] = e[at - 1];
		e[at] = moved;
	}
}

/* The first of n that the event is before; or, "after", that is not before the event. */
static size_t search(const struct sort *s, const struct chrome_event *e, size_t n,
		     const struct chrome_event *event, bool after)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		bool stays = after ? is_before(s, &e[middle], event) :
				     !is_before(s, event, &e[middle]);
		if (stays)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void turn(struct chrome_event *e, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct chrome_event other = e[n - 1 - i];
		e[n - 1 - i] = e[i];
		e[i] = other;
	}
}

/* The n events from "middle" on come first. */
static void rotate(struct chrome_event *e, size_t middle, size_t n)
{
	turn(e, middle);
	turn(e + middle, n - middle);
	turn(e, n);
}

static void merge_left(const struct sort *s, struct chrome_event *e, size_t middle,
		       size_t n)
{
	memcpy(s->room, e, middle * sizeof(*e));
	size_t left = 0, right = middle, to = 0;
	while (left < middle && right < n)
		e[to++] = is_before(s, &e[right], &s->room[left]) ? e[right++] :
								    s->room[left++];
	memcpy(e + to, s->room + left, (middle - left) * sizeof(*e));
}

static void merge_right(const struct sort *s, struct chrome_event *e, size_t middle,
			size_t n)
{
	size_t left = middle, right = n - middle, to = n;
	memcpy(s->room, e + middle, right * sizeof(*e));
	while (left > 0 && right > 0)
		e[--to] = is_before(s, &s->room[right - 1], &e[left - 1]) ?
				  e[--left] : s->room[--right];
	memcpy(e + to - right, s->room, right * sizeof(*e));
}

/* Two pieces in order, one behind the other.  Goes as deep as their length has bits. */
static void merge(const struct sort *s, struct chrome_event *e, size_t middle, size_t n)
{
	for (;;) {
		size_t skip = middle;
		if (middle < n)
			skip = search(s, e, middle, &e[middle], false);
		e += skip;
		middle -= skip;
		n -= skip;
		if (middle == 0)
			return;
		n = middle + search(s, e + middle, n - middle, &e[middle - 1], true);
		if (middle <= ROOM || n - middle <= ROOM)
			break;
		size_t left = middle / 2;
		size_t right = search(s, e + middle, n - middle, &e[left], true);
		rotate(e + left, middle - left, middle - left + right);
		merge(s, e, left, left + right);
		e += left + right;
		n -= left + right;
		middle -= left;
	}
	if (middle <= n - middle)
		merge_left(s, e, middle, n);
	else
		merge_right(s, e, middle, n);
}

static bool is_sorted(const struct sort *s, const struct chrome_event *e, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (is_before(s, &e[i], &e[i - 1]))
			return false;
	return true;
}

static void sort(const struct sort *s, struct chrome_event *e, size_t n)
{
	if (is_sorted(s, e, n))
		return;
	for (size_t i = 0; i < n; i += RUN)
		sort_run(s, e + i, n - i < RUN ? n - i : RUN);
	for (size_t width = RUN; width < n; width *= 2)
		for (size_t i = 0; i + width < n; i += 2 * width)
			merge(s, e + i, width, n - i < 2 * width ? n - i : 2 * width);
}

static bool is_span(const struct chrome_event *e)
{
	return e->kind == CHROME_SPAN || e->kind == CHROME_LONG_SPAN;
}

/* Spans of one time that stand side by side. */
static size_t spans_together(const struct chrome_event *e, size_t n)
{
	size_t i = 0;
	while (i < n && is_span(&e[i]) && e[i].time == e[0].time)
		i++;
	return i;
}

void chrome_sort(struct chrome_event *e, size_t count, const int64_t *long_spans)
{
	struct sort s = {
		.room = xreallocarray(NULL, ROOM, sizeof(*s.room)),
		.long_spans = long_spans,
	};
	sort(&s, e, count);
	s.by_span = true;
	for (size_t i = 0, n; i < count; i += n ? n : 1) {
		n = spans_together(e + i, count - i);
		if (n > 1)
			sort(&s, e + i, n);
	}
	free(s.room);
}
