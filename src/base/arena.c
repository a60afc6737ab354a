/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/sanity.h"

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	_Alignas(8) char bytes[];
};

enum { CHUNK_FIRST = 8 * 1024, CHUNK_MAX = 1024 * 1024 };

static struct arena_chunk *new_chunk(struct arena *a, size_t size)
{
	struct arena_chunk *chunk = xmalloc(sizeof(*chunk) + size);
	chunk->older = a->chunks;
	chunk->size = size;
	a->chunks = chunk;
	a->total += size;
	SANITY_POISON(chunk->bytes, size);
	return chunk;
}

/* Chunks grow with what is used, so that a small user stays small. */
static size_t chunk_size(const struct arena *a)
{
	if (a->total < CHUNK_FIRST)
		return CHUNK_FIRST;
	return a->total < CHUNK_MAX ? a->total : CHUNK_MAX;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size = (size + 7) & ~(size_t)7;
	if (size > a->left) {
		size_t usual = chunk_size(a);
		struct arena_chunk *chunk =
			new_chunk(a, size > usual ? size : usual);
		a->next = chunk->bytes;
		a->left = chunk->size;
	}
	void *p = a->next;
	a->next += size;
	a->left -= size;
	SANITY_UNPOISON(p, size);
	return p;
}

struct str arena_copy(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return (struct str){ copy, s.n };
}

void arena_free(struct arena *a)
{
	while (a->chunks) {
		struct arena_chunk *chunk = a->chunks;
		a->chunks = chunk->older;
		SANITY_UNPOISON(chunk->bytes, chunk->size);
		free(chunk);
	}
	*a = (struct arena){ 0 };
}
