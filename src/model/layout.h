/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_LAYOUT_H
#define MODEL_LAYOUT_H

#include "model/tree.h"

/*
 * Where the boxes of a flame graph lie, for every writer that draws one.
 *
 * Boxes are laid out from the left, children in order and what a function
 * spent in itself behind them, but for the gaps of a flame chart, which keep
 * their places and are no boxes.  Too narrow boxes are left out, the narrowest
 * first, and never a box without its parent.  Only what can be seen is walked,
 * so that drawing costs by the picture, not by the profile.
 */
struct layout_options {
	uint32_t node;           /* fills the width; its ancestors are as wide, and */
	                         /* nothing else is there; 0: the root, everything */
	double width;            /* in pixels */
	double min_width;        /* in pixels: narrower boxes are left out */
	uint32_t max_boxes;      /* 0: as many as there are */
	bool by_weight;          /* widest child first; else as in the tree, by name */
	int64_t total;           /* of the width, when it is more than the node's */
};

struct layout_box {
	uint32_t node;           /* in tree->nodes */
	uint32_t parent;         /* in boxes; the root's is itself */
	uint32_t depth;          /* 0 for the root */
	int64_t from;            /* left edge in values, 0 for the root */
	int64_t value;           /* width in values */
	double x, w;             /* the same in pixels */
};

struct layout {
	struct layout_box *boxes;    /* parents before their children, depth-first */
	uint32_t count;
	uint32_t depth;              /* of the deepest box */
	int64_t total;               /* of the whole width; 0 for an empty profile */
	uint32_t hidden;             /* nodes left out, not counting gaps */
	int64_t hidden_value;        /* what they stand for, nothing counted twice */
};

/* The value of a node: of a difference the second column. */
static inline int64_t layout_value(const struct tree *t, const struct node *n)
{
	int64_t value = n->total[t->stacks->columns > 1];
	return value > 0 ? value : 0;
}

/* How wide it is drawn, in values. */
static inline int64_t layout_width(const struct tree *t, uint32_t node)
{
	return t->widths ? t->widths[node] : layout_value(t, &t->nodes[node]);
}

void layout_make(struct layout *, const struct tree *, const struct layout_options *);
void layout_free(struct layout *);

#endif
