/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_STACKS_ARRANGE_H
#define MODEL_STACKS_ARRANGE_H

#include "model/stacks.h"

struct stacks_arrangement {
	unsigned column;         /* of the profile, the first of the values */
	const bool *event_chosen;    /* by event id */
};

/*
 * The step of stacks_select() that fills items, pool and sums: root first, process
 * names in front, filtered; neither sorted nor merged.  *in_order: sorted stacks of
 * the profile stay sorted.  False when a sum leaves the range of int64.
 */
bool stacks_arrange(struct stacks *, struct profile *, const struct want *,
		    const struct stacks_arrangement *, bool *in_order);

#endif
