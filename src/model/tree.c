/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The stacks come sorted, so each one shares its beginning with the one before:
 * the tree grows along a path of open nodes, and a node is closed, its total
 * handed to its parent, when a stack leaves it.
 *
 * A flame chart grows the same way.  Where a stack goes on from the leaf of the
 * one before, what that one was worth becomes a gap in front of the new child:
 *
 *	a;b 2, a;b 1, a;b;c 3, a;b 1    all ── a ─┬─ b 2
 *	                                         └─ b 5 ─┬─ gap 1
 *	                                                 └─ c 3
 */
#include "model/tree.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

struct growing {
	struct tree *tree;
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
	if (g->depth == 0)
		return;
	struct node *parent = &g->tree->nodes[node->parent];
	for (unsigned c = 0; c < COLUMNS_MAX; c++)
		parent->total[c] += node->total[c];
	g->depth--;
}

/*
 * Finds out how many nodes there will be, and per stack where it leaves the one
 * before.
 */
static uint64_t count_nodes(const struct stacks *s, uint32_t *shared)
{
	uint64_t count = 1;
	for (uint32_t i = 0; i < s->count; i++) {
		stacks_fetch_ahead(s, i, 0);
		shared[i] = stacks_shared(s, i);
		count += s->items[i].depth - shared[i];
	}
	return count;
}

/*
 * The same for a flame chart: equal neighbours keep their leaves, and a stack that
 * goes on where the one before ended begins with a gap.
 */
static uint64_t count_chart_nodes(const struct stacks *s, uint32_t *shared)
{
	uint64_t count = count_nodes(s, shared);
	for (uint32_t i = 1; i < s->count; i++) {
		uint32_t before = s->items[i - 1].depth;
		if (shared[i] != before)
			continue;
		count++;
		shared[i] -= s->items[i].depth == before;
	}
	return count;
}

/* What the leaf, which is open, spent in itself so far. */
static void add_gap(struct growing *g, const struct stacks *s,
		    const struct stacks_item *item)
{
	struct tree *t = g->tree;
	open_node(g, ID_NONE);
	t->gaps++;
	struct node *gap = &t->nodes[g->path[g->depth]];
	for (unsigned c = 0; c < s->columns; c++) {
		gap->total[c] = item->value[c];
		t->nodes[gap->parent].total[c] -= item->value[c];
	}
	close_node(g);
}

static void add_stack(struct growing *g, const struct stacks *s,
		      const struct stacks_item *item, uint32_t shared)
{
	const uint32_t *frames = s->pool + item->first;
	while (g->depth > shared)
		close_node(g);
	for (uint32_t i = shared; i < item->depth; i++)
		open_node(g, frames[i]);
	struct node *leaf = &g->tree->nodes[g->path[g->depth]];
	for (unsigned c = 0; c < s->columns; c++)
		leaf->total[c] += item->value[c];
}

static void grow(struct tree *t, const uint32_t *shared)
{
	const struct stacks *s = t->stacks;
	struct growing g = { .tree = t };
	open_node(&g, ID_NONE);
	for (uint32_t i = 0; i < s->count; i++) {
		if (s->in_order && i > 0 && shared[i] == s->items[i - 1].depth)
			add_gap(&g, s, &s->items[i - 1]);
		add_stack(&g, s, &s->items[i], shared[i]);
	}
	while (g.depth > 0)
		close_node(&g);
	close_node(&g);
	free(g.path);
	free(g.last_child);
}

/* What this toolkit promises: the tree adds up to what was read. */
static void check_sums(const struct tree *t)
{
	for (unsigned c = 0; c < t->stacks->columns; c++)
		assert(t->nodes[0].total[c] == t->stacks->total[c]);
}

bool tree_build(struct tree *t, const struct stacks *s)
{
	*t = (struct tree){ .stacks = s };
	uint32_t *shared = xcalloc(s->count, sizeof(*shared));
	uint64_t count = s->in_order ? count_chart_nodes(s, shared) :
				       count_nodes(s, shared);
	bool fits = count < UINT32_MAX;
	if (fits) {
		t->nodes = xhuge_calloc(count * sizeof(*t->nodes));
		grow(t, shared);
		assert(t->count == count);
		check_sums(t);
	}
	free(shared);
	return fits;
}

void tree_shape(struct tree *t, enum tree_shape shape)
{
	free(t->widths);
	t->widths = NULL;
	if (t->stacks->columns < 2 || t->stacks->in_order || shape == TREE_AFTER)
		return;
	t->widths = xhuge_calloc(t->count * sizeof(*t->widths));
	/* A node's place first collects what is gone below it. */
	for (uint32_t i = t->count; i-- > 0;) {
		const struct node *n = &t->nodes[i];
		int64_t before = n->total[0] > 0 ? n->total[0] : 0;
		int64_t after = n->total[1] > 0 ? n->total[1] : 0;
		int64_t *width = &t->widths[i];
		if (shape == TREE_BEFORE || tree_is_gone(n))
			*width = before;
		else if (__builtin_add_overflow(*width, after, width))
			*width = INT64_MAX;
		if (i > 0 && __builtin_add_overflow(t->widths[n->parent], *width - after,
						    &t->widths[n->parent]))
			t->widths[n->parent] = INT64_MAX;
	}
}

void tree_free(struct tree *t)
{
	free(t->widths);
	free(t->nodes);
	*t = (struct tree){ 0 };
}

int64_t tree_self(const struct tree *t, uint32_t node, unsigned column)
{
	const struct node *n = &t->nodes[node];
	int64_t self = n->total[column];
	uint32_t child = node + 1 < n->end ? node + 1 : 0;
	for (; child != 0; child = t->nodes[child].next)
		if (!tree_is_gap(&t->nodes[child]))
			self -= t->nodes[child].total[column];
	return self;
}
