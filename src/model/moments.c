/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Recordings are mostly in order, with pieces of threads or processors that are late:
 * runs that are in order are merged, two by two, until one is left.
 */
#include "model/moments.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void moments_delete(struct moments *m)
{
	if (m == NULL)
		return;
	free(m->items);
	free(m);
}

void moments_add(struct moments *m, struct moment moment)
{
	if (m->count > 0 && moment.time < m->items[m->count - 1].time)
		m->is_unsorted = true;
	ARRAY_RESERVE(m->items, m->capacity, m->count + 1);
	m->items[m->count++] = moment;
}

/* Behind the run that begins at "from". */
static size_t run_end(const struct moment *items, size_t from, size_t count)
{
	size_t end = from + 1;
	while (end < count && items[end].time >= items[end - 1].time)
		end++;
	return end < count ? end : count;
}

static void merge_runs(struct moment *to, const struct moment *items, size_t from,
		       size_t middle, size_t end)
{
	size_t a = from, b = middle;
	for (size_t i = from; i < end; i++) {
		bool take_b = a == middle || (b < end && items[b].time < items[a].time);
		to[i] = items[take_b ? b++ : a++];
	}
}

/* Merges each two runs into one; false when there was only one. */
static bool merge_pairs(struct moment *to, const struct moment *items, size_t count)
{
	bool merged = false;
	for (size_t from = 0; from < count;) {
		size_t middle = run_end(items, from, count);
		size_t end = middle < count ? run_end(items, middle, count) : count;
		merge_runs(to, items, from, middle, end);
		merged |= middle < count;
		from = end;
	}
	return merged;
}

void moments_sort(struct moments *m)
{
	if (!m->is_unsorted)
		return;
	struct moment *other = xreallocarray(NULL, m->count, sizeof(*other));
	m->capacity = m->count;
	bool merged;
	do {
		merged = merge_pairs(other, m->items, m->count);
		struct moment *swap = m->items;
		m->items = other;
		other = swap;
	} while (merged);
	free(other);
	m->is_unsorted = false;
}
