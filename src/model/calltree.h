/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_CALLTREE_H
#define MODEL_CALLTREE_H

#include "model/samples.h"

/*
 * Stacks that share their beginnings, for readers of trees and of calls: what was
 * counted is added to a node, not to a stack, and each node that has something is one
 * sample at the end.  Memory is that of distinct stacks, whatever their depth.
 *
 * A node has two values: how much, and how often.  Where the format has metrics (see
 * samples_metrics()) these are two of them, one behind the other; else the first is the
 * value of the sample, and the second its second column.
 */
struct calltree {
	struct calltree_node {
		uint32_t parent;         /* ID_NONE: the node of a group */
		uint32_t frame;          /* or the group */
		uint32_t depth;          /* in frames */
		uint32_t child;          /* found last; ID_NONE: none */
		int64_t values[COLUMNS_MAX];
	} *nodes;
	uint32_t count;
	unsigned metric;         /* that the first value is of: mostly 0 */
	bool overflow;           /* a value left the range of int64 */
	/* private */
	size_t capacity;
	struct table table;
	uint64_t frames;         /* pushed so far */
};

/* Frames of all stacks that are pushed: a deep tree has many more of them than nodes. */
#define CALLTREE_FRAMES_MAX (UINT64_C(1) << 29)

/* Nodes of a tree; there is always room for them in memory that their input has taken. */
enum { CALLTREE_NODES_MAX = 1 << 30 };

/* A zeroed struct is an empty tree. */
void calltree_free(struct calltree *);

/* The node of a group, under which its stacks stand, made when new. */
uint32_t calltree_root(struct calltree *, uint32_t group);

/*
 * The node of a frame called by that of the node, made when new.  The caller sees to
 * it that there are fewer than CALLTREE_NODES_MAX.
 */
uint32_t calltree_child(struct calltree *, uint32_t node, uint32_t frame);

void calltree_add(struct calltree *, uint32_t node, int64_t much, int64_t often);

/*
 * Hands what was added to a node over as a sample of its stack, and forgets it.  The
 * samples must be leaf first.  False, with nothing done, when that would be more than
 * CALLTREE_FRAMES_MAX.
 */
bool calltree_push(struct calltree *, uint32_t node, struct samples *);

/* The same for all nodes that have something; or for none. */
bool calltree_push_all(struct calltree *, struct samples *);

#endif
