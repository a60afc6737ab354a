/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A child is never wider than its parent, so taking boxes off a heap, widest
 * first and each putting its children on, meets them in order of width and
 * parents before children: stop when enough are taken.  Among equals the one
 * that stands first in the tree wins, so the choice is the same every time.
 * What was taken is then put in tree order.
 *
 *	all 10 ─┬─ a 6 ── b 5       taken: all, a, b, c   (max_boxes 4)
 *	        └─ c 4 ── d 1       left out: d
 *
 * The heap holds at most the children of what was taken.
 */
#include "model/layout.h"

#include <stdlib.h>

#include "base/alloc.h"

struct heap {
	struct layout_box *items;
	size_t count, capacity;
};

static bool before(const struct layout_box *a, const struct layout_box *b)
{
	return a->value != b->value ? a->value > b->value : a->node < b->node;
}

static void heap_push(struct heap *h, const struct layout_box *box)
{
	ARRAY_RESERVE(h->items, h->capacity, h->count + 1);
	size_t i = h->count++;
	for (; i > 0 && before(box, &h->items[(i - 1) / 2]); i = (i - 1) / 2)
		h->items[i] = h->items[(i - 1) / 2];
	h->items[i] = *box;
}

static struct layout_box heap_pop(struct heap *h)
{
	struct layout_box top = h->items[0];
	struct layout_box last = h->items[--h->count];
	size_t i = 0;
	for (size_t child; (child = 2 * i + 1) < h->count; i = child) {
		if (child + 1 < h->count &&
		    before(&h->items[child + 1], &h->items[child]))
			child++;
		if (!before(&h->items[child], &last))
			break;
		h->items[i] = h->items[child];
	}
	if (h->count)
		h->items[i] = last;
	return top;
}

static int by_width(const void *a, const void *b)
{
	return before(a, b) ? -1 : 1;
}

static int by_node(const void *a, const void *b)
{
	const struct layout_box *x = a, *y = b;
	return (x->node > y->node) - (x->node < y->node);
}

/* Working storage of one layout_make(). */
struct maker {
	const struct tree *tree;
	const struct layout_options *options;
	int64_t least;           /* narrower values are left out */
	struct heap heap;
	struct layout_box *children;
	size_t children_capacity;
};

/* Puts the children of a box on the heap, as far as they are wide enough. */
static void push_children(struct maker *m, const struct layout_box *box)
{
	const struct node *nodes = m->tree->nodes;
	uint32_t child = box->node + 1;
	int64_t from = box->from;
	size_t count = 0;
	if (nodes[box->node].end == child)
		return;
	for (; child; child = nodes[child].next) {
		int64_t value = layout_width(m->tree, child);
		int64_t room = box->from + box->value - from;
		if (value > room)
			value = room;
		if (value > 0 && value >= m->least && !tree_is_gap(&nodes[child])) {
			ARRAY_RESERVE(m->children, m->children_capacity, count + 1);
			m->children[count++] = (struct layout_box){
				.node = child, .from = from, .value = value
			};
		}
		from += value;
	}
	if (m->options->by_weight) {
		qsort(m->children, count, sizeof(m->children[0]), by_width);
		from = box->from;
		for (size_t i = 0; i < count; from += m->children[i++].value)
			m->children[i].from = from;
	}
	for (size_t i = 0; i < count; i++)
		heap_push(&m->heap, &m->children[i]);
}

/* The smallest value that is at least min_width wide, as far as a double can tell. */
static int64_t least_value(const struct layout_options *o, int64_t total)
{
	double least = o->width > 0 ? o->min_width * (double)total / o->width : 0;
	if (least >= (double)total)
		return total;
	int64_t value = (int64_t)least;
	return (double)value < least * (1 - 1e-12) ? value + 1 : value;
}

/*
 * In tree order the parent of a box is the last box before it that is one level
 * higher.
 */
static void link_parents(struct layout *l, const struct tree *t, double scale)
{
	uint32_t above = 0;
	for (uint32_t i = 0; i < l->count; i++) {
		struct layout_box *box = &l->boxes[i];
		while (i && l->boxes[above].node != t->nodes[box->node].parent)
			above = l->boxes[above].parent;
		box->parent = above;
		box->depth = i ? l->boxes[above].depth + 1 : 0;
		box->x = (double)box->from * scale;
		box->w = (double)box->value * scale;
		if (box->depth > l->depth)
			l->depth = box->depth;
		above = i;
	}
}

/* What of its width a node has for itself. */
static int64_t self_width(const struct tree *t, uint32_t node)
{
	if (t->widths == NULL)
		return tree_self(t, node, t->stacks->columns > 1);
	int64_t self = t->widths[node];
	uint32_t child = node + 1 < t->nodes[node].end ? node + 1 : 0;
	for (; child != 0; child = t->nodes[child].next)
		self -= t->widths[child];
	return self;
}

/*
 * What the nodes left out stand for: of each box what neither it nor its drawn
 * children explain; the first box is that of the node that fills the width.
 */
static int64_t hidden_value(const struct layout *l, const struct tree *t, uint32_t first)
{
	uint64_t hidden = 0;     /* on the way the sum may be larger than any value */
	for (uint32_t i = first; i < l->count; i++) {
		uint32_t node = l->boxes[i].node;
		int64_t self = self_width(t, node);
		hidden += (uint64_t)(layout_width(t, node) - (self > 0 ? self : 0));
		if (i > first)
			hidden -= (uint64_t)l->boxes[i].value;
	}
	return (int64_t)hidden > 0 ? (int64_t)hidden : 0;
}

/* Nodes of the subtree that could have boxes. */
static uint32_t count_nodes(const struct tree *t, uint32_t node)
{
	uint32_t end = t->nodes[node].end, gaps = node ? 0 : t->gaps;
	for (uint32_t i = node; node && t->gaps && i < end; i++)
		gaps += tree_is_gap(&t->nodes[i]);
	return end - node - gaps;
}

static void add_box(struct layout *l, size_t *capacity, const struct layout_box *box)
{
	ARRAY_RESERVE(l->boxes, *capacity, (size_t)l->count + 1);
	l->boxes[l->count++] = *box;
}

void layout_make(struct layout *l, const struct tree *t, const struct layout_options *o)
{
	struct maker m = { .tree = t, .options = o };
	size_t capacity = 0;
	int64_t sum = layout_width(t, o->node);
	*l = (struct layout){ .total = sum > 0 && o->total > sum ? o->total : sum };
	m.least = least_value(o, l->total);
	struct layout_box whole = { .node = o->node, .value = l->total };
	heap_push(&m.heap, &whole);
	while (m.heap.count && (o->max_boxes == 0 || l->count < o->max_boxes)) {
		struct layout_box box = heap_pop(&m.heap);
		add_box(l, &capacity, &box);
		push_children(&m, &box);
	}
	free(m.heap.items);
	free(m.children);
	l->hidden = count_nodes(t, o->node) - l->count;
	while (whole.node != 0) {
		whole.node = t->nodes[whole.node].parent;
		add_box(l, &capacity, &whole);
	}
	qsort(l->boxes, l->count, sizeof(l->boxes[0]), by_node);
	link_parents(l, t, l->total ? o->width / (double)l->total : 0);
	if (l->total == 0)
		l->boxes[0].w = o->width;
	if (l->hidden)
		l->hidden_value = hidden_value(l, t, t->nodes[o->node].depth);
}

void layout_free(struct layout *l)
{
	free(l->boxes);
	*l = (struct layout){ 0 };
}
