/* SPDX-License-Identifier: Apache-2.0 */
#include "model/labels.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

void labels_free(struct labels *l)
{
	free(l->pool);
	free(l->sets);
	table_free(&l->table);
	*l = (struct labels){ 0 };
}

/* Few have many labels: by merging runs, which are stable, and need no room for few. */
static void sort(struct label *labels, uint32_t count)
{
	struct label *other = xcalloc(count, sizeof(*other));
	for (uint32_t run = 1; run < count; run *= 2) {
		for (uint32_t from = 0; from < count; from += 2 * run) {
			uint32_t middle = count - from < run ? count : from + run;
			uint32_t end = count - from < 2 * run ? count : from + 2 * run;
			uint32_t a = from, b = middle;
			for (uint32_t i = from; i < end; i++) {
				bool first = b == end ||
					(a < middle && labels[a].key <= labels[b].key);
				other[i] = labels[first ? a++ : b++];
			}
		}
		memcpy(labels, other, count * sizeof(*labels));
	}
	free(other);
}

static bool is_sorted(const struct label *labels, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		if (labels[i].key < labels[i - 1].key)
			return false;
	return true;
}

static bool label_eq(const struct label *a, const struct label *b)
{
	return a->key == b->key && a->text == b->text && a->unit == b->unit &&
	       a->number == b->number;
}

static bool is_set(const struct labels *l, uint32_t id, const struct label *labels,
		   uint32_t count)
{
	const struct labels_set *set = &l->sets[id];
	if (set->count != count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!label_eq(&l->pool[set->first + i], &labels[i]))
			return false;
	return true;
}

static uint32_t hash_of(const struct label *labels, uint32_t count)
{
	uint64_t hash = count;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t key[] = {
			(uint64_t)labels[i].key << 32 | labels[i].text,
			labels[i].unit, (uint64_t)labels[i].number, hash,
		};
		hash = hash_hidden(key, sizeof(key));
	}
	return (uint32_t)hash;
}

uint32_t labels_add(struct labels *l, struct label *labels, uint32_t count)
{
	if (count == 0)
		return 0;
	if (!is_sorted(labels, count))
		sort(labels, count);
	uint32_t hash = hash_of(labels, count);
	uint32_t id, at = table_place(&l->table, hash);
	while ((id = table_next(&l->table, hash, &at)) != TABLE_END)
		if (is_set(l, id, labels, count))
			return id + 1;
	id = l->count++;
	ARRAY_RESERVE(l->sets, l->capacity, l->count);
	ARRAY_RESERVE(l->pool, l->pool_capacity, (size_t)l->pool_count + count);
	l->sets[id] = (struct labels_set){ l->pool_count, count };
	memcpy(l->pool + l->pool_count, labels, count * sizeof(*labels));
	l->pool_count += count;
	table_insert(&l->table, hash, id);
	return id + 1;
}
