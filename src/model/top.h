/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_TOP_H
#define MODEL_TOP_H

#include "model/tree.h"

/*
 * What each function costs over a call tree, or a subtree of it.  A function is a name,
 * whatever kinds and modules its frames have.
 *
 * Values are those nodes are drawn with, see layout_value().  What a function
 * called under itself again is in its total once.
 */
struct top {
	const struct profile *profile;
	struct top_function {
		int64_t self, total;
		int64_t self_before, total_before;   /* of a difference */
		uint32_t end;            /* private */
	} *functions;            /* by name, an id in profile->text */
	uint32_t count;          /* names that the tree has */
	uint32_t *names;         /* these, in order of their first node */
};

enum top_order { TOP_BY_SELF, TOP_BY_TOTAL, TOP_BY_CHANGE, TOP_BY_NAME, TOP_BY_BOTH };

/* Of the subtree of a node, 0 being all.  The tree must live as long. */
void top_build(struct top *, const struct tree *, uint32_t node);
void top_free(struct top *);

/*
 * The same without a tree: of stacks that are sorted or in any order, but no flame
 * chart, and of these of "count" from "first" on, without the first "skip" frames of
 * each.  What has no frame behind these is in no function.  In place of top_build(), once
 * top_begin() was called, and any number of times.
 */
void top_begin(struct top *, const struct profile *);
void top_sum(struct top *, const struct stacks *, uint32_t first, uint32_t count,
	     uint32_t skip);

/*
 * By name, an id in profile->text: the file that the function is from, ID_NONE when it is
 * not known, ID_SEVERAL when there are several.  The caller frees it.
 */
uint32_t *top_modules(const struct profile *);

/*
 * Fills names with at most "max" functions, those that cost most first, equal
 * ones in byte order, and returns how many.  None has a value of 0; by name, or by both
 * (self, then total), only those are left out that have no total.  The change is that
 * of what they have for themselves, up or down.
 */
uint32_t top_choose(const struct top *, enum top_order, uint32_t *names, uint32_t max);

#endif
