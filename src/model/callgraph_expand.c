/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Functions take their turn from callers to callees, so that all contexts of one are
 * known when it is divided: each context has an amount, each piece of the function has
 * one, and both add up to the same.  In between is a table with a row for each context
 * and a column for each piece, the largest first:
 *
 *	          call g 60   self 30   call h 10
 *	ctx 80           48        24           8
 *	ctx 20           12         6           2
 *
 * A field is its row's share of the column, rounded down, where that is large enough to
 * be kept; those fields stand at the beginning of each row.  What is then left of rows
 * and of columns is paired one by one, from the first ones on, which takes no more steps
 * than there are rows and columns.  A field of a call is a context of what it calls; of
 * the function itself, it is a stack.
 *
 * When there are too many, all is done again with larger fields; when nothing is left to
 * make larger, contexts lose their callers.
 */
#include "model/callgraph.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/callgraph_flow.h"

enum { CONTEXTS_MAX = 1 << 22, COARSER = 8 };

#define NONE UINT32_MAX

struct context {
	uint32_t caller;         /* a context, or NONE */
	uint32_t piece;          /* of its function: the call */
	uint32_t next;           /* of the same function, or NONE */
	uint32_t depth;          /* functions that stand before this one */
	int64_t value;
};

struct leaf {
	uint32_t context, piece;
	int64_t value;
};

struct row {
	uint32_t context;
	uint32_t kept;           /* fields at its beginning */
	size_t first;            /* of them in "fields" */
	int64_t value, rest;
};

struct expansion {
	struct callgraph_flow flow;
	struct callgraph_report *report;
	uint64_t frames, frames_max;
	int64_t least;
	bool is_last_try, is_full;

	uint32_t *contexts_of;   /* by function: the first one, or NONE */
	int64_t *roots;          /* by function */
	struct context *contexts;
	struct leaf *leaves;
	uint32_t context_count, leaf_count;
	size_t context_capacity, leaf_capacity;

	/* Of the function that is divided. */
	uint32_t function;
	struct row *rows;
	uint32_t row_count;
	int64_t *rests;          /* by column */
	int64_t *fields;
	size_t row_capacity, rest_capacity, field_capacity, field_count;
};

/* Contexts and stacks */

static uint32_t add_context(struct expansion *x, struct context c)
{
	ARRAY_RESERVE(x->contexts, x->context_capacity, x->context_count + 1ull);
	x->contexts[x->context_count] = c;
	return x->context_count++;
}

/* Whether there is no room for so many frames more. */
static bool is_full(struct expansion *x, uint32_t frames)
{
	bool full = x->frames + frames > x->frames_max || x->context_count >= CONTEXTS_MAX;
	x->is_full |= full && !x->is_last_try;
	return full && x->is_last_try;
}

static void add_leaf(struct expansion *x, uint32_t context, uint32_t piece, int64_t value)
{
	uint32_t depth = x->contexts[context].depth + 1;
	if (depth > 1 && is_full(x, depth)) {
		x->report->rootless += value;
		context = add_context(x, (struct context){ NONE, NONE, NONE, 0, value });
		depth = 1;
	}
	x->frames += depth;
	ARRAY_RESERVE(x->leaves, x->leaf_capacity, x->leaf_count + 1ull);
	x->leaves[x->leaf_count++] = (struct leaf){ context, piece, value };
}

static void add_field(struct expansion *x, uint32_t context, uint32_t piece, int64_t value)
{
	uint32_t callee = x->flow.pieces[piece].callee;
	if (callee == CALLGRAPH_SELF) {
		add_leaf(x, context, piece, value);
	} else if (is_full(x, 0)) {
		x->report->rootless += value;
		x->roots[callee] += value;
	} else {
		uint32_t depth = x->contexts[context].depth + 1;
		x->contexts_of[callee] = add_context(x, (struct context){
			context, piece, x->contexts_of[callee], depth, value,
		});
	}
}

/* One function */

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->value != y->value)
		return x->value < y->value ? 1 : -1;
	return (x->context > y->context) - (x->context < y->context);
}

static void add_row(struct expansion *x, uint32_t context)
{
	int64_t value = x->contexts[context].value;
	ARRAY_RESERVE(x->rows, x->row_capacity, x->row_count + 1ull);
	x->rows[x->row_count++] = (struct row){
		.context = context, .value = value, .rest = value,
	};
}

/* The order of those that keep no field does not matter. */
static void find_rows(struct expansion *x)
{
	int64_t root = x->roots[x->function];
	x->row_count = 0;
	if (root > 0)
		x->contexts_of[x->function] = add_context(x, (struct context){
			NONE, NONE, x->contexts_of[x->function], 0, root,
		});
	uint32_t first = x->contexts_of[x->function];
	for (uint32_t c = first; c != NONE; c = x->contexts[c].next)
		if (x->contexts[c].value >= x->least)
			add_row(x, c);
	if (x->row_count > 1)
		qsort(x->rows, x->row_count, sizeof(*x->rows), compare_rows);
	for (uint32_t c = first; c != NONE; c = x->contexts[c].next)
		if (x->contexts[c].value < x->least)
			add_row(x, c);
}

static void keep_fields(struct expansion *x, struct row *row,
			const struct callgraph_piece *pieces, uint32_t columns)
{
	int64_t whole = x->flow.whole[x->function];
	int64_t least = x->row_count == 1 ? 1 : x->least;
	row->first = x->field_count;
	ARRAY_RESERVE(x->fields, x->field_capacity, x->field_count + columns);
	for (uint32_t i = 0; i < columns; i++) {
		int64_t value = callgraph_share(row->value, pieces[i].value, whole);
		if (value < least)
			break;
		x->fields[x->field_count++] = value;
		x->rests[i] -= value;
		row->rest -= value;
		row->kept++;
	}
}

static void pair_rests(struct expansion *x, uint32_t first, uint32_t columns)
{
	uint32_t r = 0, c = 0;
	while (r < x->row_count && c < columns) {
		struct row *row = &x->rows[r];
		int64_t value = row->rest < x->rests[c] ? row->rest : x->rests[c];
		row->rest -= value;
		x->rests[c] -= value;
		if (value > 0 && c < row->kept)
			x->fields[row->first + c] += value;
		else if (value > 0)
			add_field(x, row->context, first + c, value);
		if (row->rest == 0)
			r++;
		else
			c++;
	}
	assert(r == x->row_count);
}

static void divide(struct expansion *x, uint32_t function)
{
	const struct callgraph_flow *f = &x->flow;
	uint32_t first = f->first[function], columns = f->first[function + 1] - first;
	const struct callgraph_piece *pieces = f->pieces + first;
	while (columns > 0 && pieces[columns - 1].value == 0)
		columns--;
	x->function = function;
	x->field_count = 0;
	find_rows(x);
	ARRAY_RESERVE(x->rests, x->rest_capacity, columns);
	for (uint32_t i = 0; i < columns; i++)
		x->rests[i] = pieces[i].value;
	for (uint32_t r = 0; r < x->row_count; r++)
		keep_fields(x, &x->rows[r], pieces, columns);
	pair_rests(x, first, columns);
	for (uint32_t r = 0; r < x->row_count; r++)
		for (uint32_t i = 0; i < x->rows[r].kept; i++)
			add_field(x, x->rows[r].context, first + i,
				  x->fields[x->rows[r].first + i]);
}

/* All of them */

/* False when there are too many. */
static bool try(struct expansion *x)
{
	uint32_t count = x->flow.graph->function_count;
	x->context_count = x->leaf_count = 0;
	x->frames = 0;
	x->is_full = false;
	x->is_last_try = x->least >= x->flow.total;
	memcpy(x->roots, x->flow.root, count * sizeof(*x->roots));
	memset(x->contexts_of, 0xff, count * sizeof(*x->contexts_of));
	for (uint32_t i = count; i-- > 0 && !x->is_full;)
		if (x->flow.whole[x->flow.order[i]] > 0)
			divide(x, x->flow.order[i]);
	return !x->is_full;
}

static void push_stacks(const struct expansion *x, callgraph_push *push, void *context)
{
	const struct callgraph_part *parts = x->flow.graph->parts;
	const struct callgraph_piece *pieces = x->flow.pieces;
	uint32_t *spots = NULL;
	size_t capacity = 0;
	for (uint32_t i = 0; i < x->leaf_count; i++) {
		const struct leaf *leaf = &x->leaves[i];
		const struct context *c = &x->contexts[leaf->context];
		const struct callgraph_part *part = &parts[pieces[leaf->piece].part];
		uint32_t n = 0;
		ARRAY_RESERVE(spots, capacity, c->depth + 1ull);
		spots[n++] = part->spot;
		for (; c->caller != NONE; c = &x->contexts[c->caller])
			spots[n++] = parts[pieces[c->piece].part].spot;
		push(context, part->owner, spots, n, leaf->value);
	}
	free(spots);
}

void callgraph_expand(const struct callgraph *g, unsigned event, uint64_t frames,
		      callgraph_push *push, void *context, struct callgraph_report *report)
{
	struct expansion x = {
		.report = report, .frames_max = frames,
		.contexts_of = xcalloc(g->function_count, sizeof(*x.contexts_of)),
		.roots = xcalloc(g->function_count, sizeof(*x.roots)),
	};
	callgraph_flow_init(&x.flow, g, event);
	x.least = x.flow.total / CALLGRAPH_SHARES;
	x.least += x.least == 0;
	*report = (struct callgraph_report){
		.total = x.flow.total, .excess = x.flow.excess, .torn = x.flow.torn,
	};
	while (!try(&x)) {
		x.least = x.least > x.flow.total / COARSER ? x.flow.total : x.least * COARSER;
	}
	report->contexts = x.context_count;
	report->least = x.least;
	push_stacks(&x, push, context);
	callgraph_flow_free(&x.flow);
	free(x.contexts_of);
	free(x.roots);
	free(x.contexts);
	free(x.leaves);
	free(x.rows);
	free(x.rests);
	free(x.fields);
}
