/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sets of four slots, each set a cache line.  When a set is full, a line takes
 * the place of any other.  The table starts small and grows, forgetting
 * everything, when more new lines come than there are slots.
 */
#include "io/linecache.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { WAYS = 4, SETS_FIRST = 1024, SETS_MAX = 64 * 1024 };

struct linecache_set {
	struct slot {
		uint64_t hash;
		uint32_t mark;
		uint32_t value_plus_1;
	} slots[WAYS];
} __attribute__((aligned(64)));

static void set_up(struct linecache *c, size_t sets)
{
	free(c->sets);
	c->sets = xhuge_calloc(sets * sizeof(*c->sets));
	c->mask = sets - 1;
	c->added = 0;
}

void linecache_init(struct linecache *c)
{
	*c = (struct linecache){ 0 };
	set_up(c, SETS_FIRST);
}

void linecache_free(struct linecache *c)
{
	free(c->sets);
	*c = (struct linecache){ 0 };
}

static void hash_line(struct linecache *c, struct linecache_line *line)
{
	uint32_t address;
	memcpy(&address, line->raw.p + LINECACHE_PADDING - sizeof(address),
	       sizeof(address));
	line->hash = hash_str(line->raw);
	line->mark = address + (uint32_t)line->raw.n * (uint32_t)(HASH_SPREAD >> 32);
	__builtin_prefetch(&c->sets[line->hash & c->mask]);
}

static uint32_t find(const struct linecache *c, const struct linecache_line *line)
{
	const struct slot *slot = c->sets[line->hash & c->mask].slots;
	for (int i = 0; i < WAYS; i++)
		if (slot[i].hash == line->hash && slot[i].mark == line->mark)
			return slot[i].value_plus_1 - 1;
	return LINECACHE_UNKNOWN;
}

size_t linecache_scan(struct linecache *c, struct str window,
		      struct linecache_line *lines, size_t most)
{
	const char *p = window.p, *end = window.p + window.n;
	size_t n = 0;
	while (n < most && p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		if (newline == NULL)
			break;
		lines[n].raw = str_span(p, newline + 1);
		hash_line(c, &lines[n++]);
		p = newline + 1;
	}
	for (size_t i = 0; i < n; i++)
		lines[i].value = find(c, &lines[i]);
	return n;
}

void linecache_look(struct linecache *c, struct str raw, struct linecache_line *line)
{
	line->raw = raw;
	hash_line(c, line);
	line->value = find(c, line);
}

/* A free slot of the set, or else any. */
static struct slot *choose_slot(const struct linecache *c, struct slot *slots)
{
	for (int i = 0; i < WAYS; i++)
		if (slots[i].value_plus_1 == 0)
			return &slots[i];
	return &slots[c->added % WAYS];
}

void linecache_add(struct linecache *c, const struct linecache_line *line, uint32_t value)
{
	if (c->added++ > (c->mask + 1) * WAYS && c->mask + 1 < SETS_MAX)
		set_up(c, (c->mask + 1) * 4);
	*choose_slot(c, c->sets[line->hash & c->mask].slots) = (struct slot){
		.hash = line->hash, .mark = line->mark, .value_plus_1 = value + 1,
	};
}
