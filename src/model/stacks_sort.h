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

#endif
