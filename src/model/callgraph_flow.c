/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Cycles are found by going along calls from the roots on, the largest call first,
 * without going back to functions that are done.  A call that leads to a function
 * which is on the way already closes a cycle: the smallest amount on it is taken away
 * from all of its calls, one of which is nothing then, and the search goes on from
 * there.  A function that is done only calls others that are done: the order in which
 * that happens is the one from callees to callers.
 *
 *	main --100--> a --170--> b        main --100--> a --70--> b
 *	              a <--100-- b             (30)          (70)
 *	             (30)       (70)
 *
 * Then functions are made to balance, in that order: what leaves one is known when its
 * turn has come.  If less has come, the rest is a root; if more, callers get less back.
 */
#include "model/callgraph_flow.h"

#include <stdlib.h>

#include "base/alloc.h"

/* Steps along cycles; only a file that was made for it has so many. */
enum { STEPS_MAX = 1 << 26 };

enum state { UNSEEN, ON_PATH, DONE };

struct search {
	struct callgraph_flow *flow;
	uint8_t *state;          /* by function */
	uint32_t *next;          /* by function: the piece to look at */
	uint32_t *path, depth;   /* functions, each called by the one before */
	uint32_t *place;         /* by function: of those on the path, where */
	uint32_t done;
	uint64_t steps;
};

/* Pieces */

static int compare_pieces(const void *x, const void *y)
{
	const struct callgraph_piece *a = x, *b = y;
	if (a->value != b->value)
		return a->value < b->value ? 1 : -1;
	return (a->part > b->part) - (a->part < b->part);
}

static void make_pieces(struct callgraph_flow *f, unsigned event)
{
	const struct callgraph *g = f->graph;
	uint32_t *first = xcalloc(g->function_count + 2ull, sizeof(*first));
	f->first = first;
	f->pieces = xcalloc(g->part_count + 1ull, sizeof(*f->pieces));
	for (uint32_t i = 0; i < g->part_count; i++)
		first[g->parts[i].owner + 2]++;
	for (uint32_t i = 2; i < g->function_count + 2; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < g->part_count; i++) {
		const struct callgraph_part *part = &g->parts[i];
		int64_t value = g->values[(size_t)i * g->events + event];
		f->pieces[first[part->owner + 1]++] =
			(struct callgraph_piece){ i, part->callee, value };
		if (part->callee == CALLGRAPH_SELF)
			f->total += value;
	}
	for (uint32_t i = 0; i < g->function_count; i++)
		qsort(f->pieces + first[i], first[i + 1] - first[i], sizeof(*f->pieces),
		      compare_pieces);
}

/* Cycles */

static struct callgraph_piece *piece_of(const struct search *s, uint32_t place)
{
	return &s->flow->pieces[s->next[s->path[place]]];
}

static void push(struct search *s, uint32_t function)
{
	s->state[function] = ON_PATH;
	s->place[function] = s->depth;
	s->path[s->depth++] = function;
}

/* What is behind that place will be looked at again. */
static void go_back(struct search *s, uint32_t place)
{
	while (s->depth > place + 1)
		s->state[s->path[--s->depth]] = UNSEEN;
}

static void end_cycle(struct search *s, uint32_t from)
{
	uint32_t last = s->depth - 1;
	int64_t least = piece_of(s, last)->value;
	s->steps += 2ull * (s->depth - from);
	if (s->steps > STEPS_MAX) {
		s->flow->torn += least;
		piece_of(s, last)->value = 0;
		return;
	}
	for (uint32_t i = from; i < last; i++)
		if (piece_of(s, i)->value < least)
			least = piece_of(s, i)->value;
	uint32_t empty = last;
	for (uint32_t i = s->depth; i-- > from;) {
		struct callgraph_piece *piece = piece_of(s, i);
		piece->value -= least;
		if (piece->value == 0)
			empty = i;
	}
	go_back(s, empty);
}

static void search_from(struct search *s, uint32_t start)
{
	struct callgraph_flow *f = s->flow;
	push(s, start);
	while (s->depth > 0) {
		uint32_t function = s->path[s->depth - 1], at = s->next[function];
		if (at == f->first[function + 1]) {
			s->state[function] = DONE;
			f->order[s->done++] = function;
			s->depth--;
			continue;
		}
		uint32_t callee = f->pieces[at].callee;
		if (callee == CALLGRAPH_SELF || f->pieces[at].value == 0 ||
		    s->state[callee] == DONE)
			s->next[function]++;
		else if (s->state[callee] == UNSEEN)
			push(s, callee);
		else
			end_cycle(s, s->place[callee]);
	}
}

/* Those that nobody calls come first. */
static void end_cycles(struct callgraph_flow *f)
{
	uint32_t count = f->graph->function_count, pieces = f->graph->part_count;
	struct search s = {
		.flow = f, .state = xcalloc(count, sizeof(*s.state)),
		.next = xcalloc(count, sizeof(*s.next)),
		.path = xcalloc(count, sizeof(*s.path)),
		.place = xcalloc(count, sizeof(*s.place)),
	};
	uint8_t *called = xcalloc(count, sizeof(*called));
	for (uint32_t i = 0; i < pieces; i++)
		if (f->pieces[i].callee != CALLGRAPH_SELF && f->pieces[i].value > 0)
			called[f->pieces[i].callee] = 1;
	memcpy(s.next, f->first, count * sizeof(*s.next));
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < count; i++)
			if (s.state[i] == UNSEEN && (round || !called[i]))
				search_from(&s, i);
	free(called);
	free(s.state);
	free(s.next);
	free(s.path);
	free(s.place);
}

/* Balance */

/* Calls of each function: pieces by callee. */
struct incoming {
	uint32_t *first;
	uint32_t *pieces;
};

static void find_incoming(struct incoming *in, const struct callgraph_flow *f)
{
	uint32_t count = f->graph->function_count, pieces = f->graph->part_count;
	in->first = xcalloc(count + 2ull, sizeof(*in->first));
	in->pieces = xcalloc(pieces + 1ull, sizeof(*in->pieces));
	for (uint32_t i = 0; i < pieces; i++)
		if (f->pieces[i].callee != CALLGRAPH_SELF)
			in->first[f->pieces[i].callee + 2]++;
	for (uint32_t i = 2; i < count + 2; i++)
		in->first[i] += in->first[i - 1];
	for (uint32_t i = 0; i < pieces; i++)
		if (f->pieces[i].callee != CALLGRAPH_SELF)
			in->pieces[in->first[f->pieces[i].callee + 1]++] = i;
}

static void make_smaller(struct callgraph_flow *f, const struct incoming *in,
			 uint32_t function, unsigned __int128 come)
{
	unsigned __int128 sum = 0;
	int64_t whole = f->whole[function], given = 0;
	for (uint32_t i = in->first[function]; i < in->first[function + 1]; i++) {
		struct callgraph_piece *piece = &f->pieces[in->pieces[i]];
		sum += (uint64_t)piece->value;
		/* Both may have more than 64 bits only in what nobody has recorded. */
		int64_t upto = come >> 63 ?
			(int64_t)((double)whole * ((double)sum / (double)come)) :
			callgraph_share(whole, (int64_t)sum, (int64_t)come);
		upto = sum == come || upto > whole ? whole : upto;
		piece->value = upto - given;
		given = upto;
	}
}

static void balance(struct callgraph_flow *f)
{
	struct incoming in;
	unsigned __int128 excess = 0;
	find_incoming(&in, f);
	for (uint32_t k = 0; k < f->graph->function_count; k++) {
		uint32_t function = f->order[k];
		int64_t whole = 0;
		for (uint32_t i = f->first[function]; i < f->first[function + 1]; i++)
			whole += f->pieces[i].value;
		f->whole[function] = whole;
		unsigned __int128 come = 0;
		for (uint32_t i = in.first[function]; i < in.first[function + 1]; i++)
			come += (uint64_t)f->pieces[in.pieces[i]].value;
		if (come <= (uint64_t)whole) {
			f->root[function] = whole - (int64_t)come;
		} else {
			excess += come - (uint64_t)whole;
			make_smaller(f, &in, function, come);
		}
	}
	f->excess = excess > INT64_MAX ? INT64_MAX : (int64_t)excess;
	free(in.first);
	free(in.pieces);
}

void callgraph_flow_init(struct callgraph_flow *f, const struct callgraph *g, unsigned event)
{
	*f = (struct callgraph_flow){
		.graph = g, .order = xcalloc(g->function_count, sizeof(*f->order)),
		.root = xcalloc(g->function_count, sizeof(*f->root)),
		.whole = xcalloc(g->function_count, sizeof(*f->whole)),
	};
	make_pieces(f, event);
	end_cycles(f);
	balance(f);
	for (uint32_t i = 0; i < g->function_count; i++)
		qsort(f->pieces + f->first[i], f->first[i + 1] - f->first[i],
		      sizeof(*f->pieces), compare_pieces);
}

void callgraph_flow_free(struct callgraph_flow *f)
{
	free(f->first);
	free(f->pieces);
	free(f->order);
	free(f->root);
	free(f->whole);
}
