/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a call is worth is only known when all stacks that go through it are added
 * up: a sorted copy of the items becomes a tree, whose nodes stand in the order in
 * which the copies reach them.  An item is found again by where its frames are.
 *
 *	a;b;c 1      a;[other] 3     with 5 %
 *	a;b;d 2
 *	a;e 97       a;e 97
 */
#include "model/stacks_min.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "model/stacks_sort.h"
#include "model/tree.h"

struct cutting {
	struct tree tree;
	double limit[COLUMNS_MAX];   /* narrower than this in all columns */
	uint32_t *path;              /* by depth: the node of the item before */
	uint32_t node;               /* the last one reached */
};

static bool is_narrow(const struct cutting *c, uint32_t node)
{
	for (unsigned i = 0; i < c->tree.stacks->columns; i++)
		if ((double)c->tree.nodes[node].total[i] >= c->limit[i])
			return false;
	return true;
}

/* How many frames of an item of the copy stay, in the order of the copy. */
static uint32_t kept_frames(struct cutting *c, uint32_t item, uint32_t kept_before)
{
	const struct stacks *s = c->tree.stacks;
	uint32_t shared = stacks_shared(s, item), depth = s->items[item].depth;
	for (uint32_t i = shared; i < depth; i++)
		c->path[i] = ++c->node;
	if (kept_before < shared)
		return kept_before;
	for (uint32_t i = shared; i < depth; i++)
		if (is_narrow(c, c->path[i]))
			return i;
	return depth;
}

static struct stacks_item *find_item(struct stacks *s, uint64_t first)
{
	uint32_t from = 0, to = s->count;
	while (to - from > 1) {
		uint32_t middle = from + (to - from) / 2;
		if (s->items[middle].first <= first)
			from = middle;
		else
			to = middle;
	}
	return &s->items[from];
}

/* The copy shares the frames, so they are changed when all is known. */
static void cut(struct cutting *c, struct stacks *s, uint32_t other)
{
	const struct stacks *copy = c->tree.stacks;
	uint32_t *kept = xcalloc(copy->count, sizeof(*kept));
	for (uint32_t i = 0; i < copy->count; i++)
		kept[i] = kept_frames(c, i, i ? kept[i - 1] : 0);
	for (uint32_t i = 0; i < copy->count; i++) {
		if (kept[i] == copy->items[i].depth)
			continue;
		struct stacks_item *item = find_item(s, copy->items[i].first);
		item->depth = kept[i] + 1;
		s->pool[item->first + kept[i]] = other;
	}
	free(kept);
}

void stacks_min(struct stacks *s, double percent, bool of_shown, uint32_t other)
{
	struct stacks copy = *s;
	struct cutting c = { 0 };
	if (s->count == 0 || percent <= 0)
		return;
	copy.in_order = false;
	copy.items = xcalloc(s->count, sizeof(*copy.items));
	memcpy(copy.items, s->items, s->count * sizeof(*copy.items));
	stacks_sort(&copy);
	for (unsigned i = 0; i < s->columns; i++) {
		int64_t all = i == 0 && !of_shown ? s->total_before : s->total[i];
		c.limit[i] = (double)all * percent / 100;
	}
	if (tree_build(&c.tree, &copy)) {
		c.path = xcalloc((size_t)c.tree.depth + 1, sizeof(*c.path));
		cut(&c, s, other);
		free(c.path);
	}
	tree_free(&c.tree);
	free(copy.items);
}
