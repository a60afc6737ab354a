/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DIFF_SCALE_H
#define MODEL_DIFF_SCALE_H

#include "model/diff.h"

/*
 * Chooses the ratio.  Without normalising it is that of the numbers of files.
 * frame is the name of a function that is to have the same total on both sides.
 * False with words in *why when there is nothing to divide by, or when the total
 * before would leave the range of 64 bits.
 */
bool diff_scale_choose(struct diff *, enum diff_normalize, struct str frame,
		       struct buf *why);

/*
 * Makes whole numbers of the values before times ratio, in the tree and its stacks.
 * What a node has is shared out to its children and itself by the largest
 * remainder, so each value is less than 1 from the exact one, and all add up.
 */
void diff_scale_tree(struct diff *);

/*
 * The same for single stacks as difffolded.pl -n has it: each is cut to a whole
 * number, so the sum may be less.
 */
void diff_scale_cut(struct diff *);

#endif
