/* SPDX-License-Identifier: Apache-2.0 */
#include "read/dhat_frames.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "model/frametext.h"

void dhat_frames_init(struct dhat_frames *f, struct profile *profile,
		      const struct want *want)
{
	*f = (struct dhat_frames){ .profile = profile };
	locations_init(&f->locations, profile, want);
}

void dhat_frames_free(struct dhat_frames *f)
{
	locations_free(&f->locations);
	free(f->items);
}

void dhat_frames_add(struct dhat_frames *f, struct str text)
{
	ARRAY_RESERVE(f->items, f->capacity, f->count + 1ull);
	struct dhat_frame *item = &f->items[f->count++];
	*item = (struct dhat_frame){ .location = ID_NONE, .inlined = ID_NONE };
	if (f->count == 1 && str_eq(text, STR("[root]")))
		return;
	struct frametext t = frametext_parse(text);
	/* Where a function begins is not told, so the address stands for the offset. */
	struct location_key key = {
		.symbol = t.name,
		.module = location_module(&f->locations, t.module),
		.line = t.line.n ? profile_text(f->profile, t.line) : ID_NONE,
		.address = t.address, .offset = t.address,
	};
	item->address = t.address;
	item->location = location_find(&f->locations, &key);
	item->is_allocator = str_find(t.module, STR("vgpreload_")) >= 0 ||
			     str_find(t.line, STR("vg_replace_malloc.c")) >= 0;
}

/* "first" is where the frames of the address at "at" begin. */
static bool is_inlined(const struct dhat_frames *f, const uint32_t *stack,
		       uint32_t depth, uint32_t at, uint32_t first)
{
	if (at + 1 == depth)
		return false;
	uint64_t address = f->items[stack[at]].address;
	return address != 0 && address == f->items[stack[at + 1]].address &&
	       stack[at + 1] != stack[first];
}

static uint32_t place_of(struct dhat_frames *f, struct dhat_frame *item, bool inlined)
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

static void push(struct dhat_frames *f, struct samples *out, uint32_t location)
{
	uint32_t n;
	const uint32_t *frames = location_frames(&f->locations, location, &n);
	for (uint32_t i = 0; i < n; i++)
		sample_push(out, frames[i]);
}

/*
 * An address is there once for each function that was compiled into another one, and
 * last for that one.  The same frame again is recursion.
 */
void dhat_frames_push(struct dhat_frames *f, struct samples *out, const uint32_t *stack,
		      uint32_t depth, bool no_allocator)
{
	uint32_t first = 0;
	while (no_allocator && first + 1 < depth && f->items[stack[first]].is_allocator)
		first++;
	for (uint32_t i = first; i < depth; i++) {
		struct dhat_frame *item = &f->items[stack[i]];
		bool inlined = is_inlined(f, stack, depth, i, first);
		if (item->location != ID_NONE)
			push(f, out, place_of(f, item, inlined));
		if (!inlined)
			first = i + 1;
	}
}
