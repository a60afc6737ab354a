/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_CALLGRAPH_FLOW_H
#define MODEL_CALLGRAPH_FLOW_H

#include "model/callgraph.h"

/*
 * One event of a call graph as a flow that comes from roots, goes along calls, and is
 * spent.  There are no cycles in it, and what comes to a function leaves it.
 */
struct callgraph_flow {
	const struct callgraph *graph;
	uint32_t *first;         /* by function: where its parts begin; one more ends them */
	struct callgraph_piece {
		uint32_t part;
		uint32_t callee;
		int64_t value;           /* what flows there */
	} *pieces;               /* by owner, of one owner the largest first */
	uint32_t *order;         /* functions, each behind those that it calls */
	int64_t *root;           /* by function: what does not come from any caller */
	int64_t *whole;          /* by function: all that comes, and leaves */
	int64_t total, excess, torn;
};

void callgraph_flow_init(struct callgraph_flow *, const struct callgraph *, unsigned event);
void callgraph_flow_free(struct callgraph_flow *);

/* a * b / c, rounded down; neither a nor b is larger than c, which is not 0. */
static inline int64_t callgraph_share(int64_t a, int64_t b, int64_t c)
{
	return (int64_t)((unsigned __int128)(uint64_t)a * (uint64_t)b / (uint64_t)c);
}

#endif
