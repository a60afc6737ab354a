/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_STACKS_MIN_H
#define MODEL_STACKS_MIN_H

#include "model/stacks.h"

/*
 * Puts the frame "other" in place of each call that is narrower than "percent" of
 * all, and of what it calls.  All of it is the total before filters, or what is
 * shown.  The items stay where they are.
 */
void stacks_min(struct stacks *, double percent, bool of_shown, uint32_t other);

#endif
