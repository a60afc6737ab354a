/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The stacks come sorted, so each one shares its beginning with the one before:
 * the tree grows along a path of open nodes, and a node is closed, its total
 * handed to its parent, when a stack leaves it.
 */
#include "model/tree.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

struct growing {
	struct tree *tree;
	size_t capacity;
	uint32_t *path;          /* open nodes by depth */
	uint32_t *last_child;    /* of the open node at that depth; 0: none */
	size_t path_capacity, child_capacity;
	uint32_t depth;          /* of the deepest open node */
};

static void open_node(struct growing *g, uint32_t frame)
{
	struct tree *t = g->tree;
	uint32_t id = t->count++;
	uint32_t depth = id == 0 ? 0 : g->depth + 1;
	ARRAY_RESERVE(t->nodes, g->capacity, t->count);
	ARRAY_RESERVE(g->path, g->path_capacity, (size_t)depth + 1);
	ARRAY_RESERVE(g->last_child, g->child_capacity, (size_t)depth + 1);
	t->nodes[id] = (struct node){
		.parent = depth ? g->path[depth - 1] : 0, .depth = depth, .frame = frame,
	};
	if (depth > 0) {
		uint32_t sibling = g->last_child[depth - 1];
		if (sibling != 0)
			t->nodes[sibling].next = id;
		g->last_child[depth - 1] = id;
	}
	g->path[depth] = id;
	g->last_child[depth] = 0;
	g->depth = depth;
	if (depth > t->depth)
		t->depth = depth;
}

static void close_node(struct growing *g)
{
	struct node *node = &g->tree->nodes[g->path[g->depth]];
	node->end = g->tree->count;
	for (unsigned c = 0; c < COLUMNS_MAX; c++)
		node->total[c] += node->self[c];
	if (g->depth == 0)
		return;
	struct node *parent = &g->tree->nodes[node->parent];
	for (unsigned c = 0; c < COLUMNS_MAX; c++)
		parent->total[c] += node->total[c];
	g->depth--;
}

static uint32_t shared_depth(const struct growing *g, const uint32_t *frames,
			     uint32_t depth)
{
	uint32_t n = 0;
	while (n < depth && n < g->depth &&
	       g->tree->nodes[g->path[n + 1]].frame == frames[n])
		n++;
	return n;
}

static bool add_stack(struct growing *g, const struct stacks *s,
		      const struct stacks_item *item)
{
	const uint32_t *frames = s->pool + item->first;
	uint32_t shared = shared_depth(g, frames, item->depth);
	while (g->depth > shared)
		close_node(g);
	if (item->depth - shared > UINT32_MAX - 2 - g->tree->count)
		return false;
	for (uint32_t i = shared; i < item->depth; i++)
		open_node(g, frames[i]);
	struct node *leaf = &g->tree->nodes[g->path[g->depth]];
	for (unsigned c = 0; c < s->columns; c++)
		leaf->self[c] += item->value[c];
	return true;
}

/* What this toolkit promises: the tree adds up to what was read. */
static void check_sums(const struct tree *t, const struct stacks *s)
{
	int64_t self[COLUMNS_MAX] = { 0 };
	for (uint32_t i = 0; i < t->count; i++)
		for (unsigned c = 0; c < s->columns; c++)
			self[c] += t->nodes[i].self[c];
	for (unsigned c = 0; c < s->columns; c++)
		assert(self[c] == s->total[c] && t->nodes[0].total[c] == s->total[c]);
	(void)self;
}

bool tree_build(struct tree *t, const struct stacks *s)
{
	*t = (struct tree){ .stacks = s };
	struct growing g = { .tree = t };
	open_node(&g, ID_NONE);
	bool fits = true;
	for (uint32_t i = 0; fits && i < s->count; i++)
		fits = add_stack(&g, s, &s->items[i]);
	while (g.depth > 0)
		close_node(&g);
	close_node(&g);
	free(g.path);
	free(g.last_child);
	if (fits)
		check_sums(t, s);
	return fits;
}

void tree_free(struct tree *t)
{
	free(t->nodes);
	*t = (struct tree){ 0 };
}
