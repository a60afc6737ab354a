/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_CALLGRAPH_H
#define MODEL_CALLGRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"

/*
 * What was spent in functions and in the calls between them, as profilers tell that
 * count calls without keeping stacks; and the stacks that it may have been.
 *
 *	struct callgraph g;
 *	callgraph_init(&g, 1);
 *	uint32_t main = callgraph_function(&g), work = callgraph_function(&g);
 *	callgraph_add(&g, callgraph_part(&g, main, CALLGRAPH_SELF, spot), &cost);
 *	callgraph_add(&g, callgraph_part(&g, main, work, other_spot), &cost_of_calls);
 *	callgraph_expand(&g, 0, frames, push, context, &report);
 *	callgraph_free(&g);
 *
 * A part is what a function has spent itself at a spot, or what was spent in all that a
 * function called from there has done, "inclusive" costs.  A spot is any number of the
 * caller's; it says how the owner of the part is shown in a stack.
 *
 * Stacks are made from callers to what they call.  What a function has spent in one
 * context is its share of that function: each of its parts is divided among the
 * contexts in proportion to what they have of the whole.  Sums are kept to the last
 * unit, of each part and of each context.  So the costs of a function itself, and those
 * with all it has called, are what was told.
 *
 * Where they cannot be, because what was told does not fit together:
 *
 *   - A function that costs more than all calls of it stands at the root with the rest.
 *   - One that costs less than all calls of it: calls are made smaller, in proportion
 *     (report.excess).
 *   - Costs of recursive calls are in those of the outer call, too, once for each level.
 *     What goes round in a cycle is taken away from all calls of that cycle, the largest
 *     amount that all of them have, until no cycle is left; one call at least of each
 *     cycle is then gone.  That changes neither what functions spend themselves nor what
 *     is spent in functions and by calls that are in no cycle.  In a stack no function
 *     comes twice, and functions of a cycle have at least what they spent themselves.
 *
 * Ways through a graph may be more than anybody can store.  A part is divided as long
 * as a context gets at least one in CALLGRAPH_SHARES of the total.  What is smaller
 * goes to as few contexts as sums allow: each gets its share of the whole, but of some
 * parts more and of others nothing.
 */
enum { CALLGRAPH_SHARES = 100000 };

#define CALLGRAPH_SELF UINT32_MAX

struct callgraph {
	unsigned events;         /* values of each part */
	uint32_t function_count;
	struct callgraph_part {
		uint32_t owner;          /* a function */
		uint32_t callee;         /* a function, or CALLGRAPH_SELF */
		uint32_t spot;
	} *parts;
	uint32_t part_count;
	int64_t *values;         /* by part * events + event, 0 or more */
	/* private */
	size_t part_capacity;
	struct table table;
};

void callgraph_init(struct callgraph *, unsigned events);
void callgraph_free(struct callgraph *);

/* One more function; they are counted from 0. */
uint32_t callgraph_function(struct callgraph *);

/* The number of a part, made when new. */
uint32_t callgraph_part(struct callgraph *, uint32_t owner, uint32_t callee,
			uint32_t spot);

/* Adds the values of all events; false when a sum does not fit in 63 bits. */
static inline bool callgraph_add(struct callgraph *g, uint32_t part, const int64_t *values)
{
	bool overflow = false;
	int64_t *sums = &g->values[(size_t)part * g->events];
	for (unsigned i = 0; i < g->events; i++)
		overflow |= __builtin_add_overflow(sums[i], values[i], &sums[i]);
	return !overflow;
}

struct callgraph_report {
	int64_t total;           /* spent in all functions */
	int64_t excess;          /* what calls were said to cost more than what they called */
	int64_t torn;            /* calls that were cut to end cycles, there being too many */
	int64_t rootless;        /* what stands without its callers, stacks being too many */
	uint32_t contexts;
	int64_t least;           /* what a context gets at least of a part */
};

/*
 * Pushes a stack: the spots of its functions, leaf first, and the function at its leaf.
 * Stacks may come twice.
 */
typedef void callgraph_push(void *context, uint32_t leaf, const uint32_t *spots,
			    uint32_t depth, int64_t value);

/*
 * Makes the stacks of one event, of "frames" frames together at most.  What functions
 * have spent themselves must add up to less than 2^63.
 */
void callgraph_expand(const struct callgraph *, unsigned event, uint64_t frames,
		      callgraph_push *, void *context, struct callgraph_report *);

#endif
