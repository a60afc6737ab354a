/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How wide the last one may be is found without sorting: nodes are counted by
 * their value's first six bits, and classes are taken, widest first, until the
 * next one would be too much.  Of that one as many are kept as there is room
 * for, in tree order.  A node is in the class of its parent or in a narrower one,
 * and its parent comes first, so none is kept without its parent.
 *
 *	value    0 … 31    32 … 63    64, 65    66, 67  …  1000 … 1015
 *	class    the same              64        65         191
 *
 * Then one walk copies what is kept; the subtree of a node that is not is passed
 * by at once.
 */
#include "model/detail.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Nodes that are fetched before it is known whether they are passed by. */
enum { AHEAD = 16 };

enum { FINE_BITS = 5, FINE = 1 << FINE_BITS, CLASSES = 64 * FINE };

/* What is in a range of about 3 %. */
static unsigned class_of(int64_t value)
{
	uint64_t v = (uint64_t)value;
	if (v < 2 * FINE)
		return (unsigned)v;
	unsigned shift = 63 - FINE_BITS - (unsigned)__builtin_clzll(v);
	return shift * FINE + (unsigned)(v >> shift);
}

/* Vanished functions are as wide as they were. */
static int64_t width_of(const struct tree *t, const struct node *n)
{
	int64_t width = layout_value(t, n);
	return t->stacks->columns > 1 && n->total[0] > width ? n->total[0] : width;
}

/* The smallest value of a class. */
static int64_t least_of(unsigned class)
{
	if (class < 2 * FINE)
		return class;
	unsigned shift = class / FINE - 1;
	return shift > 62 - FINE_BITS ? INT64_MAX : (int64_t)(class % FINE + FINE) << shift;
}

/* Which nodes stay: all of some width, and as many as there is room for of another. */
struct choice {
	int64_t all_from, some_from;
	uint32_t room;
};

static struct choice choose(const struct tree *t, uint32_t nodes)
{
	if (nodes >= t->count - t->gaps)
		return (struct choice){ 0 };
	uint32_t counts[CLASSES] = { 0 };
	for (uint32_t i = 0; i < t->count; i++)
		if (!tree_is_gap(&t->nodes[i]))
			counts[class_of(width_of(t, &t->nodes[i]))]++;
	unsigned least = CLASSES;
	for (; counts[least - 1] <= nodes; least--)
		nodes -= counts[least - 1];
	return (struct choice){ least_of(least), least_of(least - 1), nodes };
}

struct cutting {
	const struct tree *tree;
	struct detail *detail;
	struct choice choice;
	const struct layout_box *box, *box_end;
	uint32_t before_depth;       /* of the node put last */
	struct open {
		uint32_t node;           /* in the detail */
		uint64_t gap, hidden;    /* cut off since the last child; of it, calls */
	} *path;                     /* by depth */
};

static bool keeps(struct cutting *c, uint32_t i)
{
	int64_t width = width_of(c->tree, &c->tree->nodes[i]);
	bool has_box = c->box < c->box_end && c->box->node == i;
	c->box += has_box;
	if (width >= c->choice.all_from)
		return true;
	if (width >= c->choice.some_from && c->choice.room > 0) {
		c->choice.room--;
		return true;
	}
	return has_box;
}

/* Room for the nodes that will be kept; in a flame chart each may have a gap before it. */
static void make_room(struct cutting *c, uint32_t nodes)
{
	struct detail *d = c->detail;
	size_t most = (size_t)nodes + (size_t)(c->box_end - c->box);
	if (most > c->tree->count)
		most = c->tree->count;
	if (c->tree->stacks->in_order)
		most *= 2;
	d->up = xreallocarray(NULL, most, sizeof(*d->up));
	d->frame = xreallocarray(NULL, most, sizeof(*d->frame));
	d->rest = xreallocarray(NULL, most, sizeof(*d->rest));
	d->hidden = xreallocarray(NULL, most, sizeof(*d->hidden));
	if (c->tree->stacks->columns > 1) {
		d->before = xreallocarray(NULL, most, sizeof(*d->before));
		d->node = xreallocarray(NULL, most, sizeof(*d->node));
	}
}

/* Moves value from one to another, as much as is there. */
static void move(uint64_t *from, uint64_t *to, int64_t value)
{
	uint64_t most = value > 0 ? (uint64_t)value : 0;
	*to = most < *from ? most : *from;
	*from -= *to;
}

static void put(struct cutting *c, uint32_t frame, uint32_t depth, int64_t value,
		int64_t before)
{
	struct detail *d = c->detail;
	uint32_t i = d->count++, parent = c->path[depth - 1].node;
	d->up[i] = c->before_depth + 1 - depth;
	d->frame[i] = frame;
	d->hidden[i] = 0;
	move(&d->rest[parent], &d->rest[i], value);
	if (d->before) {
		move(&d->before[parent], &d->before[i], before);
		d->node[i] = ID_NONE;
	}
	c->path[depth] = (struct open){ .node = i };
	c->before_depth = depth;
	if (depth > d->depth)
		d->depth = depth;
}

static void put_root(struct cutting *c)
{
	struct detail *d = c->detail;
	const struct node *root = &c->tree->nodes[0];
	int64_t before = root->total[0];
	d->up[0] = 0;
	d->frame[0] = ID_NONE;
	d->rest[0] = (uint64_t)layout_value(c->tree, root);
	d->hidden[0] = 0;
	if (d->before) {
		d->before[0] = before > 0 ? (uint64_t)before : 0;
		d->node[0] = 0;
	}
	c->path[0] = (struct open){ .node = 0 };
	d->count = 1;
}

/* What was passed by since the last child, where places have to be kept. */
static void put_gap(struct cutting *c, uint32_t depth)
{
	struct open *parent = &c->path[depth - 1];
	if (parent->gap == 0 || !c->tree->stacks->in_order)
		return;
	struct detail *d = c->detail;
	put(c, ID_NONE, depth, (int64_t)parent->gap, 0);
	d->hidden[d->count - 1] = parent->hidden;
	d->hidden[parent->node] -= parent->hidden;
	parent->gap = parent->hidden = 0;
}

static void pass_by(struct cutting *c, const struct node *n)
{
	struct open *parent = &c->path[n->depth - 1];
	uint64_t value = (uint64_t)layout_value(c->tree, n);
	parent->gap += value;
	if (tree_is_gap(n))
		return;
	parent->hidden += value;
	c->detail->hidden[parent->node] += value;
}

static void walk(struct cutting *c)
{
	const struct tree *t = c->tree;
	uint32_t kept = 1;
	for (uint32_t i = 1; i < t->count;) {
		const struct node *n = &t->nodes[i];
		__builtin_prefetch(n + AHEAD);
		bool gap = tree_is_gap(n);
		if (gap || !keeps(c, i)) {
			pass_by(c, n);
			i = n->end;
			continue;
		}
		put_gap(c, n->depth);
		put(c, n->frame, n->depth, layout_value(t, n), n->total[0]);
		if (c->detail->node)
			c->detail->node[c->detail->count - 1] = i;
		kept++;
		i++;
	}
	c->detail->cut = t->count - t->gaps - kept;
}

void detail_make(struct detail *d, const struct tree *t, const struct layout *l,
		 uint32_t nodes)
{
	*d = (struct detail){ 0 };
	struct cutting c = {
		.tree = t, .detail = d, .choice = choose(t, nodes),
		.box = l->boxes, .box_end = l->boxes + l->count,
		.path = xcalloc((size_t)t->depth + 1, sizeof(*c.path)),
	};
	make_room(&c, nodes);
	put_root(&c);
	keeps(&c, 0);
	walk(&c);
	/* With values below 0 more may be cut off than there is. */
	for (uint32_t i = 0; i < d->count; i++)
		if (d->hidden[i] > d->rest[i])
			d->hidden[i] = d->rest[i];
	free(c.path);
}

void detail_free(struct detail *d)
{
	free(d->up);
	free(d->frame);
	free(d->rest);
	free(d->hidden);
	free(d->before);
	free(d->node);
	*d = (struct detail){ 0 };
}
