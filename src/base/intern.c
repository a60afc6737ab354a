/* SPDX-License-Identifier: Apache-2.0 */
#include "base/intern.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

uint32_t intern(struct intern *t, struct str s)
{
	uint32_t hash = (uint32_t)hash_str(s);
	uint32_t id, place = table_place(&t->table, hash);
	while ((id = table_next(&t->table, hash, &place)) != TABLE_END)
		if (str_eq(t->text[id], s))
			return id;
	ARRAY_RESERVE(t->text, t->capacity, (size_t)t->count + 1);
	t->text[t->count] = arena_copy(&t->arena, s);
	table_insert(&t->table, hash, t->count);
	return t->count++;
}

void intern_free(struct intern *t)
{
	free(t->text);
	table_free(&t->table);
	arena_free(&t->arena);
	*t = (struct intern){ 0 };
}
