/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DETAIL_H
#define MODEL_DETAIL_H

#include "model/layout.h"

/*
 * A call tree cut down to its widest nodes, for who takes it elsewhere: a
 * picture with its boxes, the detail a viewer zooms into.
 *
 * The nodes are columns in depth-first order; node 0 is the root.  A node's
 * total is its rest and the totals of its children.  What the tree's values
 * below 0 would break is put right as in a layout: a child has at most what its
 * parent has left.
 */
struct detail {
	uint32_t count;
	uint32_t *up;            /* levels above "child of the node before"; 0 of the root */
	uint32_t *frame;         /* in profile->frames; ID_NONE: the root, or a gap */
	uint64_t *rest;          /* self, and what was cut off */
	uint64_t *hidden;        /* what of rest was cut off */
	uint64_t *before;        /* of a difference: as rest, of the first column */
	uint32_t *node;          /* of a difference: in tree->nodes; ID_NONE: a gap */
	uint32_t depth;          /* of the deepest node */
	uint32_t cut;            /* nodes of the tree that are not here, without gaps */
};

/* For detail_make(): every node. */
#define DETAIL_ALL UINT32_MAX

/*
 * Keeps what the layout, of the same tree, has, and the widest "nodes" nodes; of
 * nodes about as wide as the last of these, those that come first.  None is kept
 * without its parent.  In a flame chart what was cut off before a node that is
 * kept becomes a gap, or is part of one, so that all nodes keep their places:
 * gaps come on top of the number of nodes.
 */
void detail_make(struct detail *, const struct tree *, const struct layout *,
		 uint32_t nodes);
void detail_free(struct detail *);

#endif
