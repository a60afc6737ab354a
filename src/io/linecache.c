/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Slots in sets of two, the newer first, point into a ring of line copies.
 * Positions in the ring count on and on, so a slot whose line has been
 * overwritten is recognised by its distance from the head.  A line never wraps
 * around the end of the ring.  Slots and ring start small and grow, forgetting
 * everything, when more new lines come than there are slots.
 */
#include "io/linecache.h"

#include <stdlib.h>

#include "base/alloc.h"

enum {
	SETS_FIRST = 2 * 1024, SETS_MOST = 64 * 1024,
	RING_PER_SET = 256,              /* bytes: two lines of a usual length */
	LINE_MOST = 4096,
};

static void set_up(struct linecache *c, size_t sets)
{
	free(c->slots);
	free(c->ring);
	*c = (struct linecache){
		.sets = sets, .ring_size = (uint32_t)(sets * RING_PER_SET),
	};
	c->slots = xcalloc(sets * 2, sizeof(*c->slots));
	c->ring = xmalloc(c->ring_size);
}

void linecache_init(struct linecache *c)
{
	*c = (struct linecache){ 0 };
	set_up(c, SETS_FIRST);
}

void linecache_free(struct linecache *c)
{
	free(c->slots);
	free(c->ring);
	*c = (struct linecache){ 0 };
}

void linecache_clear(struct linecache *c)
{
	memset(c->slots, 0, c->sets * 2 * sizeof(*c->slots));
}

/* Where n bytes go: at the head, or at the start of the ring when they would wrap. */
static uint32_t take_ring(struct linecache *c, uint32_t n)
{
	uint32_t place = c->head & (c->ring_size - 1);
	if (place + n > c->ring_size)
		c->head += c->ring_size - place;
	uint32_t at = c->head;
	c->head += n;
	return at;
}

void linecache_add(struct linecache *c, struct str raw, uint32_t value)
{
	if (raw.n > LINE_MOST)
		return;
	uint64_t hash = c->hash;
	if (c->added++ > c->sets * 2 && c->sets < SETS_MOST) {
		set_up(c, c->sets * 4);
		c->hash = hash;
	}
	uint32_t at = take_ring(c, (uint32_t)raw.n);
	memcpy(c->ring + (at & (c->ring_size - 1)), raw.p, raw.n);
	struct linecache_slot *set = &c->slots[(hash & (c->sets - 1)) * 2];
	set[1] = set[0];
	set[0] = (struct linecache_slot){
		.tag = (uint32_t)(hash >> 32), .value = value,
		.length = (uint32_t)raw.n, .at = at,
	};
}
