/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_STACKS_SORT_H
#define MODEL_STACKS_SORT_H

#include "model/stacks.h"

/*
 * The step of stacks_select() that puts its items in order: frame by frame, by
 * the bytes of name and mark as folded text has them.  No order of items can
 * make it slow.
 */
void stacks_sort(struct stacks *);

/*
 * The parts of it, for who has ranks already: the frames of a profile in that order,
 * by their rank, for free(); and sorting items whose pool holds ranks in place of
 * frames.
 */
uint32_t *stacks_sort_frames(const struct profile *);
void stacks_sort_ranks(struct stacks *);

#endif
