/* SPDX-License-Identifier: Apache-2.0 */
#include "base/intern.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

void intern_begin(const struct intern *t, struct intern_search *search)
{
	search->hash = (uint32_t)hash_hidden(search->s.p, search->s.n);
	search->guess = TABLE_END;
	table_prefetch(&t->table, search->hash);
}

void intern_guess(const struct intern *t, struct intern_search *search)
{
	uint32_t place = table_place(&t->table, search->hash);
	search->guess = table_next(&t->table, search->hash, &place);
	if (search->guess != TABLE_END)
		__builtin_prefetch(&t->text[search->guess]);
}

void intern_fetch(const struct intern *t, const struct intern_search *search)
{
	if (search->guess != TABLE_END)
		__builtin_prefetch(t->text[search->guess].p);
}

uint32_t intern_end(struct intern *t, const struct intern_search *search)
{
	struct str s = search->s;
	uint32_t hash = search->hash, id = search->guess;
	if (id != TABLE_END && str_eq(t->text[id], s))
		return id;
	uint32_t place = table_place(&t->table, hash);
	while ((id = table_next(&t->table, hash, &place)) != TABLE_END)
		if (str_eq(t->text[id], s))
			return id;
	ARRAY_RESERVE(t->text, t->capacity, (size_t)t->count + 1);
	t->text[t->count] = arena_copy(&t->arena, s);
	table_insert(&t->table, hash, t->count);
	return t->count++;
}

uint32_t intern(struct intern *t, struct str s)
{
	struct intern_search search = { .s = s };
	intern_begin(t, &search);
	return intern_end(t, &search);
}

void intern_free(struct intern *t)
{
	free(t->text);
	table_free(&t->table);
	arena_free(&t->arena);
	*t = (struct intern){ 0 };
}
