/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_LINECACHE_H
#define IO_LINECACHE_H

#include "base/str.h"

/*
 * Remembers what raw lines meant.  Profilers print the same line again and
 * again; finding it here costs one comparison, needs neither its end nor a
 * hash of it, and is exact.  Memory is bounded: lines that were not seen for
 * long are forgotten.
 *
 * A line is looked for by its bytes 1 to 16, where perf prints the address,
 * and by what follows when the line before had the same ones (inlined frames).
 */
struct linecache {
	/* private */
	struct linecache_slot {
		uint32_t tag;
		uint32_t value;
		uint32_t length;         /* 0: free */
		uint32_t at;             /* in the ring, counted on and on */
	} *slots;
	size_t sets;
	char *ring;                      /* the lines, the oldest overwritten first */
	uint32_t ring_size;
	uint32_t head;
	uint32_t added;                  /* since the last growth */
	uint64_t before[2];              /* bytes 1 to 16 of the line before */
	uint64_t hash;                   /* of the line looked for last */
};

void linecache_init(struct linecache *);
void linecache_free(struct linecache *);

/* Forgets all lines. */
void linecache_clear(struct linecache *);

/* Remembers a line with its line end.  Lines that are very long are not kept. */
void linecache_add(struct linecache *, struct str raw, uint32_t value);

static inline uint64_t linecache_load(const char *p)
{
	uint64_t bytes;
	memcpy(&bytes, p, sizeof(bytes));
	return bytes;
}

static inline uint64_t linecache_mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)(a ^ 0x9e3779b97f4a7c15u) *
			      (b ^ 0xc2b2ae3d27d4eb4fu);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The hash of the line at p, behind which 34 bytes can be read. */
static inline uint64_t linecache_hash(struct linecache *c, const char *p)
{
	uint64_t a = linecache_load(p + 1), b = linecache_load(p + 9);
	uint64_t hash = linecache_mix(a, b);
	if (a == c->before[0] && b == c->before[1])
		hash ^= linecache_mix(linecache_load(p + 18),
				      linecache_load(p + 26));
	c->before[0] = a;
	c->before[1] = b;
	return hash;
}

/*
 * Whether "ahead" (followed by padding, see input.h) begins with a known line;
 * then its value and its length with the line end.
 */
static inline bool linecache_find(struct linecache *c, struct str ahead,
				  uint32_t *value, size_t *length)
{
	uint64_t hash = linecache_hash(c, ahead.p);
	c->hash = hash;
	const struct linecache_slot *slot = &c->slots[(hash & (c->sets - 1)) * 2];
	uint32_t tag = (uint32_t)(hash >> 32);
	for (int way = 0; way < 2; way++, slot++) {
		if (slot->tag != tag || slot->length > ahead.n ||
		    slot->length == 0 || c->head - slot->at > c->ring_size)
			continue;
		const char *line = c->ring + (slot->at & (c->ring_size - 1));
		if (memcmp(line, ahead.p, slot->length) != 0)
			continue;
		*value = slot->value;
		*length = slot->length;
		return true;
	}
	return false;
}

#endif
