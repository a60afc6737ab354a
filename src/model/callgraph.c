/* SPDX-License-Identifier: Apache-2.0 */
#include "model/callgraph.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

void callgraph_init(struct callgraph *g, unsigned events)
{
	*g = (struct callgraph){ .events = events };
}

void callgraph_free(struct callgraph *g)
{
	free(g->parts);
	free(g->values);
	table_free(&g->table);
}

uint32_t callgraph_function(struct callgraph *g)
{
	assert(g->function_count < CALLGRAPH_SELF);
	return g->function_count++;
}

static uint32_t hash_part(const struct callgraph_part *p)
{
	uint64_t hash = hash_hidden(p, sizeof(*p));
	return (uint32_t)(hash ^ hash >> 32);
}

uint32_t callgraph_part(struct callgraph *g, uint32_t owner, uint32_t callee,
			uint32_t spot)
{
	struct callgraph_part part = { owner, callee, spot };
	uint32_t hash = hash_part(&part);
	uint32_t id, at = table_place(&g->table, hash);
	while ((id = table_next(&g->table, hash, &at)) != TABLE_END) {
		const struct callgraph_part *p = &g->parts[id];
		if (p->owner == owner && p->callee == callee && p->spot == spot)
			return id;
	}
	id = g->part_count++;
	size_t capacity = g->part_capacity;
	ARRAY_RESERVE(g->parts, g->part_capacity, g->part_count);
	if (g->part_capacity != capacity)
		g->values = xreallocarray(g->values, g->part_capacity,
					  g->events * sizeof(*g->values));
	g->parts[id] = part;
	memset(&g->values[(size_t)id * g->events], 0, g->events * sizeof(*g->values));
	table_insert(&g->table, hash, id);
	return id;
}
