/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Open addressing with linear probing, at most three quarters full.  The hash
 * is kept in the slot, so growing needs no element.
 */
#include "base/table.h"

#include <stdlib.h>

#include "base/alloc.h"

static void put(struct table *t, struct table_slot slot)
{
	uint32_t i = slot.hash & t->mask;
	while (t->slots[i].id_plus_1 != 0)
		i = (i + 1) & t->mask;
	t->slots[i] = slot;
}

static void grow(struct table *t)
{
	struct table_slot *old = t->slots;
	size_t old_size = old ? (size_t)t->mask + 1 : 0;
	size_t size = old_size ? old_size * 2 : 64;
	t->slots = xhuge_calloc(size * sizeof(*t->slots));
	t->mask = (uint32_t)(size - 1);
	for (size_t i = 0; i < old_size; i++)
		if (old[i].id_plus_1 != 0)
			put(t, old[i]);
	free(old);
}

void table_insert(struct table *t, uint32_t hash, uint32_t id)
{
	if (t->slots == NULL || t->count >= t->mask - t->mask / 4)
		grow(t);
	put(t, (struct table_slot){ .hash = hash, .id_plus_1 = id + 1 });
	t->count++;
}

void table_free(struct table *t)
{
	free(t->slots);
	*t = (struct table){ 0 };
}
