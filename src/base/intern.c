/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An open-addressing table of (hash, id).  The upper half of the hash is kept
 * in the slot, so a text is compared only when it is almost surely the same,
 * and growing needs no text at all.
 */
#include "base/intern.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

struct intern_slot {
	uint32_t tag;            /* of the hash */
	uint32_t id_plus_1;      /* 0: free */
	uint32_t place;          /* lower half of the hash, for growing */
};

static void insert_slot(struct intern *t, struct intern_slot slot)
{
	uint32_t i = slot.place & t->mask;
	while (t->slots[i].id_plus_1 != 0)
		i = (i + 1) & t->mask;
	t->slots[i] = slot;
}

static void grow(struct intern *t)
{
	struct intern_slot *old = t->slots;
	size_t old_size = old ? (size_t)t->mask + 1 : 0;
	size_t size = old_size ? old_size * 2 : 64;
	t->slots = xcalloc(size, sizeof(*t->slots));
	t->mask = (uint32_t)(size - 1);
	for (size_t i = 0; i < old_size; i++)
		if (old[i].id_plus_1 != 0)
			insert_slot(t, old[i]);
	free(old);
}

uint32_t intern(struct intern *t, struct str s)
{
	if (t->slots == NULL || t->count >= t->mask - t->mask / 4)
		grow(t);
	uint64_t hash = hash_str(s);
	struct intern_slot slot = {
		.tag = (uint32_t)(hash >> 32), .place = (uint32_t)hash,
	};
	uint32_t i = slot.place & t->mask;
	for (; t->slots[i].id_plus_1 != 0; i = (i + 1) & t->mask) {
		uint32_t id = t->slots[i].id_plus_1 - 1;
		if (t->slots[i].tag == slot.tag && str_eq(t->text[id], s))
			return id;
	}
	ARRAY_RESERVE(t->text, t->capacity, (size_t)t->count + 1);
	t->text[t->count] = arena_copy(&t->arena, s);
	slot.id_plus_1 = ++t->count;
	t->slots[i] = slot;
	return t->count - 1;
}

void intern_free(struct intern *t)
{
	free(t->text);
	free(t->slots);
	arena_free(&t->arena);
	*t = (struct intern){ 0 };
}
