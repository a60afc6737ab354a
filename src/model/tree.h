/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_TREE_H
#define MODEL_TREE_H

#include "model/stacks.h"

/*
 * The call tree: stacks merged by their common beginnings.  Nodes are an array
 * in depth-first order, so a parent stands before its children and the first
 * child, if any, right behind its parent; siblings are unique by frame and
 * ordered by name.  Node 0 is the root and stands for everything.  No walk
 * needs recursion.
 *
 * Of stacks in order it is a flame chart: a stack shares nodes with the one
 * before it only, but never its leaf with one that is the same, so siblings
 * stand in the order of time and the same frame may be there again.  What a
 * node spent in itself before one of its children is a gap, a node without
 * frame and children that is not drawn.
 */
struct node {
	uint32_t parent;         /* the root's is itself */
	uint32_t next;           /* next sibling, 0 when there is none */
	uint32_t end;            /* one past the last node of this subtree */
	uint32_t depth;          /* 0 for the root */
	uint32_t frame;          /* in profile->frames; ID_NONE for the root and gaps */
	int64_t total[COLUMNS_MAX];
};

struct tree {
	const struct stacks *stacks;
	struct node *nodes;
	uint32_t count;
	uint32_t gaps;           /* nodes that are gaps; only in a flame chart */
	uint32_t depth;          /* of the deepest node */
	int64_t *widths;         /* by node, see tree_shape(); NULL: nodes are as wide as
				    their value */
};

/* What a difference is drawn with: what is, with what is gone beside it; or one side. */
enum tree_shape { TREE_UNION, TREE_AFTER, TREE_BEFORE };

/* Makes the tree.  False when it would have more than 2^32 - 2 nodes. */
bool tree_build(struct tree *, const struct stacks *);
void tree_free(struct tree *);

/*
 * Gives the nodes of a difference widths other than what they have after.  In a union a
 * node without anything left is as wide as it was, and makes those around it as much
 * wider.  Nothing happens to other trees and flame charts.
 */
void tree_shape(struct tree *, enum tree_shape);

/* Of a difference: it is not there any more, or was not there before. */
static inline bool tree_is_gone(const struct node *n)
{
	return n->total[1] <= 0 && n->total[0] > 0;
}

static inline bool tree_is_new(const struct node *n)
{
	return n->total[0] <= 0 && n->total[1] > 0;
}

static inline bool tree_is_gap(const struct node *n)
{
	return n->frame == ID_NONE && n->depth > 0;
}

/* What of a node's total is not in its children; gaps are its own. */
int64_t tree_self(const struct tree *, uint32_t node, unsigned column);

#endif
