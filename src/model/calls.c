/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Ends never grow from the root to the leaf of a lane's stack, for no call is open
 * longer than the span around it: so what is over is always on top.  A span that lasts
 * longer (rest) than it may (end) is taken off with the one around it, and put on again.
 */
#include "model/calls.h"

#include <assert.h>
#include <stdlib.h>

void calls_init(struct calls *c, struct samples *out, const struct want *want)
{
	*c = (struct calls){
		.out = out, .each = want->in_order || want->times, .timed = want->times,
		.again = xreallocarray(NULL, CALLS_OVERLAP_MAX, sizeof(*c->again)),
	};
}

void calls_free(struct calls *c)
{
	for (uint32_t i = 0; i < c->lane_count; i++)
		free(c->lanes[i].stack);
	free(c->lanes);
	free(c->again);
	calltree_free(&c->tree);
}

uint32_t calls_lane(struct calls *c, uint32_t group)
{
	assert(c->lane_count < CALLS_LANES_MAX);
	ARRAY_RESERVE(c->lanes, c->lane_capacity, (size_t)c->lane_count + 1);
	c->lanes[c->lane_count] = (struct calls_lane){
		.root = calltree_root(&c->tree, group), .time = CALLS_NEVER,
	};
	return c->lane_count++;
}

static struct calls_open *top_of(const struct calls_lane *l)
{
	return l->depth ? &l->stack[l->depth - 1] : NULL;
}

static bool is_span(const struct calls_open *o)
{
	return o->rest != CALLS_NEVER;
}

/* Time */

static void add_time(struct calls *c, const struct calls_lane *l, int64_t span)
{
	uint32_t node = top_of(l)->node;
	calltree_add(&c->tree, node, span, 0);
	if (!c->each)
		return;
	if (c->timed)
		c->out->time = l->time;
	if (!calltree_push(&c->tree, node, c->out))
		c->failed = true;
}

static void flow(struct calls *c, struct calls_lane *l, int64_t time)
{
	if (l->time != CALLS_NEVER && time > l->time && l->depth > 0)
		add_time(c, l, time - l->time);
	l->time = time;
}

/* The time at which it happens here. */
static int64_t time_of(struct calls *c, const struct calls_lane *l, int64_t time)
{
	assert(-CALLS_TIME_MAX <= time && time <= CALLS_TIME_MAX);
	if (l->time == CALLS_NEVER || time >= l->time)
		return time;
	c->backwards++;
	return l->time;
}

/* Calls */

/* NULL after a failure. */
static const struct calls_open *put_on(struct calls *c, struct calls_lane *l,
				       uint32_t frame, int64_t rest)
{
	if (l->depth == CALLS_DEPTH_MAX || c->tree.count == CALLTREE_NODES_MAX)
		c->failed = true;
	if (c->failed)
		return NULL;
	const struct calls_open *around = top_of(l);
	int64_t limit = around ? around->end : CALLS_NEVER;
	uint32_t node = around ? around->node : l->root;
	ARRAY_RESERVE(l->stack, l->capacity, (size_t)l->depth + 1);
	struct calls_open *o = &l->stack[l->depth++];
	*o = (struct calls_open){
		.frame = frame, .rest = rest, .end = rest < limit ? rest : limit,
		.node = calltree_child(&c->tree, node, frame),
	};
	return o;
}

/* Takes off what is above this depth; spans with time left stand beside that again. */
static void take_off(struct calls *c, struct calls_lane *l, uint32_t depth)
{
	unsigned again = 0;
	for (; l->depth > depth; l->depth--) {
		const struct calls_open *o = top_of(l);
		if (!is_span(o) || (o->rest > l->time && again == CALLS_OVERLAP_MAX))
			c->unended++;
		else if (o->rest > l->time)
			c->again[again++] = *o;
	}
	while (again-- > 0)
		put_on(c, l, c->again[again].frame, c->again[again].rest);
}

/* Ends the spans that are over at that time. */
static void end_spans(struct calls *c, struct calls_lane *l, int64_t time)
{
	while (l->depth > 0 && top_of(l)->end <= time && !c->failed) {
		int64_t end = top_of(l)->end;
		uint32_t depth = l->depth;
		while (depth > 0 && l->stack[depth - 1].end == end)
			depth--;
		flow(c, l, end);
		take_off(c, l, depth);
	}
}

static const struct calls_open *begin(struct calls *c, struct calls_lane *l, int64_t time,
				      uint32_t frame, int64_t rest)
{
	end_spans(c, l, time);
	flow(c, l, time);
	const struct calls_open *o = put_on(c, l, frame, rest);
	if (o != NULL)
		calltree_add(&c->tree, o->node, 0, 1);
	return o;
}

bool calls_enter(struct calls *c, uint32_t lane, int64_t time, uint32_t frame)
{
	struct calls_lane *l = &c->lanes[lane];
	return begin(c, l, time_of(c, l, time), frame, CALLS_NEVER) != NULL;
}

bool calls_span(struct calls *c, uint32_t lane, int64_t from, int64_t to, uint32_t frame)
{
	struct calls_lane *l = &c->lanes[lane];
	from = time_of(c, l, from);
	const struct calls_open *o = begin(c, l, from, frame, to > from ? to : from);
	if (o != NULL)
		c->overlapping += o->rest > o->end;
	return o != NULL;
}

/* The depth below the innermost open call of this frame; UINT32_MAX: there is none. */
static uint32_t find_open(const struct calls_lane *l, uint32_t frame)
{
	uint32_t least = l->depth > CALLS_SEARCH_MAX ? l->depth - CALLS_SEARCH_MAX : 0;
	for (uint32_t i = l->depth; i > least; i--) {
		const struct calls_open *o = &l->stack[i - 1];
		if (!is_span(o) && (o->frame == frame || frame == ID_NONE))
			return i - 1;
	}
	return UINT32_MAX;
}

/* A span may end at the very moment, after what it has called is left. */
void calls_leave(struct calls *c, uint32_t lane, int64_t time, uint32_t frame)
{
	struct calls_lane *l = &c->lanes[lane];
	time = time_of(c, l, time);
	end_spans(c, l, time - 1);
	flow(c, l, time);
	uint32_t below = find_open(l, frame);
	if (below == UINT32_MAX) {
		c->unmatched++;
		return;
	}
	take_off(c, l, below);
	c->unended--;            /* that one has */
}

void calls_wait(struct calls *c, uint32_t lane, int64_t time)
{
	struct calls_lane *l = &c->lanes[lane];
	time = time_of(c, l, time);
	end_spans(c, l, time);
	flow(c, l, time);
}

void calls_close(struct calls *c, uint32_t lane)
{
	struct calls_lane *l = &c->lanes[lane];
	int64_t last = l->time;
	for (uint32_t i = 0; i < l->depth; i++)
		if (is_span(&l->stack[i]) && l->stack[i].rest > last)
			last = l->stack[i].rest;
	if (last != CALLS_NEVER) {
		end_spans(c, l, last);
		flow(c, l, last);
	}
	c->open += l->depth;
	l->depth = 0;
	l->time = CALLS_NEVER;
}

bool calls_end(struct calls *c)
{
	for (uint32_t i = 0; i < c->lane_count; i++)
		calls_close(c, i);
	if (c->timed)
		c->out->time = MOMENT_UNKNOWN;
	bool ok = !c->failed && calltree_push_all(&c->tree, c->out);
	c->out->profile->overflow |= c->tree.overflow;
	return ok;
}
