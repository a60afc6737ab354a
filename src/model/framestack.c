/* SPDX-License-Identifier: Apache-2.0 */
#include "model/framestack.h"

#include <stdlib.h>

#include "base/alloc.h"

void framestack_init(struct framestack *f, struct profile *profile,
		      const struct want *want)
{
	*f = (struct framestack){ .profile = profile };
	locations_init(&f->locations, profile, want);
}

void framestack_free(struct framestack *f)
{
	locations_free(&f->locations);
	intern_free(&f->known);
	buf_free(&f->scratch);
	free(f->number_of);
	free(f->items);
}

static struct framestack_item *next_item(struct framestack *f)
{
	ARRAY_RESERVE(f->items, f->capacity, f->count + 1ull);
	struct framestack_item *item = &f->items[f->count++];
	*item = (struct framestack_item){ .location = ID_NONE, .inlined = ID_NONE };
	return item;
}

void framestack_add_nothing(struct framestack *f)
{
	next_item(f);
}

void framestack_add(struct framestack *f, const struct frametext *t)
{
	/* Where a function begins is not told, so the address stands for the offset. */
	struct location_key key = {
		.symbol = t->name,
		.module = location_module(&f->locations, t->module),
		.line = t->line.n ? profile_text(f->profile, t->line) : ID_NONE,
		.address = t->address, .offset = t->address,
	};
	struct framestack_item *item = next_item(f);
	item->address = t->address;
	item->location = location_find(&f->locations, &key);
	item->is_allocator = frametext_is_allocator(t);
}

static void add_part(struct buf *b, struct str s)
{
	buf_add(b, (struct str){ (const char *)&s.n, sizeof(s.n) });
	buf_add(b, s);
}

uint32_t framestack_find(struct framestack *f, const struct frametext *t)
{
	buf_clear(&f->scratch);
	buf_add(&f->scratch, (struct str){ (const char *)&t->address, sizeof(t->address) });
	add_part(&f->scratch, t->name);
	add_part(&f->scratch, t->module);
	buf_add(&f->scratch, t->line);
	uint32_t known = f->known.count, id = intern(&f->known, buf_str(&f->scratch));
	if (id < known)
		return f->number_of[id];
	ARRAY_RESERVE(f->number_of, f->number_capacity, id + 1ull);
	f->number_of[id] = f->count;
	framestack_add(f, t);
	return f->number_of[id];
}

/* "first" is where the frames of the address at "at" begin. */
static bool is_inlined(const struct framestack *f, const uint32_t *stack,
		       uint32_t depth, uint32_t at, uint32_t first)
{
	if (at + 1 == depth)
		return false;
	uint64_t address = f->items[stack[at]].address;
	return address != 0 && address == f->items[stack[at + 1]].address &&
	       stack[at + 1] != stack[first];
}

static uint32_t place_of(struct framestack *f, struct framestack_item *item, bool inlined)
{
	struct locations *l = &f->locations;
	if (!inlined)
		return item->location;
	if (item->inlined == ID_NONE)
		item->inlined = location_with_line(l, item->location,
						   l->items[item->location].key.line,
						   true);
	return item->inlined;
}

static void push(struct framestack *f, struct samples *out, uint32_t location)
{
	uint32_t n;
	const uint32_t *frames = location_frames(&f->locations, location, &n);
	sample_push_all(out, frames, 0, n);
}

/*
 * An address is there once for each function that was compiled into another one, and
 * last for that one.  The same frame again is recursion.
 */
void framestack_push(struct framestack *f, struct samples *out, const uint32_t *stack,
		      uint32_t depth, bool no_allocator)
{
	uint32_t first = 0;
	while (no_allocator && first + 1 < depth && f->items[stack[first]].is_allocator)
		first++;
	for (uint32_t i = first; i < depth; i++) {
		struct framestack_item *item = &f->items[stack[i]];
		bool inlined = is_inlined(f, stack, depth, i, first);
		if (item->location != ID_NONE)
			push(f, out, place_of(f, item, inlined));
		if (!inlined)
			first = i + 1;
	}
}
