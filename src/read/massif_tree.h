/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_MASSIF_TREE_H
#define READ_MASSIF_TREE_H

#include "model/framestack.h"

/*
 * The tree of a snapshot, which begins where memory was allocated and goes on with
 * the callers.  Bytes of a node are those of its children, too.
 */
struct massif_tree {
	int64_t bytes;           /* of all */
	/* private */
	struct massif_node {
		int64_t bytes, in_children;
		uint64_t children;       /* that are to come */
		size_t text, size;       /* in texts */
		uint32_t depth;
	} *nodes;
	size_t count, capacity;
	size_t *open;            /* nodes from the first one to the one read last */
	size_t open_count, open_capacity;
	struct buf texts;
};

void massif_tree_free(struct massif_tree *);
void massif_tree_clear(struct massif_tree *);

/* Takes "  n1: 4400 0x109EC4: f (a.c:1)".  NULL, or what is wrong with it. */
const char *massif_tree_add(struct massif_tree *, struct str line);

/* Whether nodes are to come. */
bool massif_tree_waits(const struct massif_tree *);

/* The words of the first node. */
struct str massif_tree_title(const struct massif_tree *);

/*
 * Hands the stacks over: each node with what is not in its children, as the value of
 * one of the metrics that samples_metrics() knows.
 */
void massif_tree_push(const struct massif_tree *, struct framestack *, struct samples *,
		      uint32_t group, unsigned metric);

#endif
