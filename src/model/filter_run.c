/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Stacks on their way through the steps.  What a step found is a bit of the frame, see
 * filter_judge.c, so that one pass over the frames of a stack tells which steps matter
 * to it:
 *
 *	--hide=^b --focus=c       a  b     c     d
 *	                   bits   0  hide  focus 0
 *	a;b;c   hide | focus      goes through both steps: a;c
 *	a;d     0                 hide has nothing to do, focus drops it
 */
#include "model/filter.h"

#include "base/alloc.h"
#include "model/filter_steps.h"

/* Each gets a stack that has its bit, or that need not have it; false drops the stack. */

struct applying {
	struct filter_run *run;
	struct filter_stack *stack;
	const struct filter_step *step;
	unsigned number;
};

static bool has_bit(const struct applying *a, uint32_t i)
{
	return a->run->bits[a->stack->frames[i]] >> a->number & 1;
}

static bool keep(struct applying *a)
{
	(void)a;
	return true;
}

static bool drop(struct applying *a)
{
	(void)a;
	return false;
}

static void keep_frames(struct applying *a, bool with_bit)
{
	struct filter_stack *s = a->stack;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < s->depth; i++)
		if (has_bit(a, i) == with_bit)
			s->frames[kept++] = s->frames[i];
	s->depth = kept;
}

static bool merge(struct applying *a)
{
	keep_frames(a, false);
	return true;
}

static bool hide(struct applying *a)
{
	keep_frames(a, false);
	return a->stack->depth > 0;
}

static bool show(struct applying *a)
{
	keep_frames(a, true);
	return a->stack->depth > 0;
}

static bool cut_before(struct applying *a, uint32_t first)
{
	struct filter_stack *s = a->stack;
	memmove(s->frames, s->frames + first, (s->depth - first) * sizeof(*s->frames));
	s->depth -= first;
	s->cut = true;
	return true;
}

static uint32_t first_bit(const struct applying *a)
{
	uint32_t i = 0;
	while (!has_bit(a, i))
		i++;
	return i;
}

static uint32_t last_bit(const struct applying *a)
{
	uint32_t i = a->stack->depth - 1;
	while (!has_bit(a, i))
		i--;
	return i;
}

static bool show_from(struct applying *a)
{
	return cut_before(a, first_bit(a));
}

static bool skip_after(struct applying *a)
{
	return cut_before(a, last_bit(a));
}

static bool prune_from(struct applying *a)
{
	a->stack->depth = last_bit(a) + 1;
	return true;
}

static bool collapse_subtree(struct applying *a)
{
	a->stack->depth = first_bit(a) + 1;
	return true;
}

static bool rename_frames(struct applying *a)
{
	const uint32_t *to = a->run->to[a->number];
	for (uint32_t i = 0; i < a->stack->depth; i++)
		a->stack->frames[i] = to[a->stack->frames[i]];
	return true;
}

static bool merge_threads(struct applying *a)
{
	struct filter_stack *s = a->stack;
	bool reversed = false;
	for (unsigned i = 0; i < a->number; i++)
		reversed ^= a->run->filter->steps[i].kind == FILTER_REVERSE;
	uint32_t *first = &s->frames[reversed ? s->depth - 1 : 0];
	if (!a->run->named)
		*first = a->run->to[a->number][*first];
	return true;
}

static bool collapse_module(struct applying *a)
{
	struct filter_stack *s = a->stack;
	const uint32_t *to = a->run->to[a->number];
	uint32_t kept = 0, open = ID_NONE;
	for (uint32_t i = 0; i < s->depth; i++) {
		bool hit = has_bit(a, i);
		uint32_t frame = to[s->frames[i]];
		if (!hit || frame != open)
			s->frames[kept++] = frame;
		open = hit ? frame : ID_NONE;
	}
	s->depth = kept;
	return true;
}

static uint32_t name_at(const struct applying *a, uint32_t i)
{
	return a->run->profile->frames[a->stack->frames[i]].name;
}

static bool collapse_direct(struct applying *a)
{
	struct filter_stack *s = a->stack;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < s->depth; i++)
		if (kept == 0 || name_at(a, i) != name_at(a, kept - 1))
			s->frames[kept++] = s->frames[i];
	s->depth = kept;
	return true;
}

/* A place that is out of date is seen by what stands there. */
static bool collapse_cycle(struct applying *a)
{
	struct filter_stack *s = a->stack;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < s->depth; i++) {
		uint32_t name = name_at(a, i), *place = &a->run->place[name];
		if (*place < kept && name_at(a, *place) == name) {
			kept = *place + 1;
			continue;
		}
		*place = kept;
		s->frames[kept++] = s->frames[i];
	}
	s->depth = kept;
	return true;
}

static bool limit_depth(struct applying *a)
{
	if (a->stack->depth > a->step->depth)
		a->stack->depth = a->step->depth;
	return true;
}

static bool reverse(struct applying *a)
{
	profile_reverse(a->stack->frames, a->stack->depth);
	return true;
}

static bool is_tagged(const struct applying *a)
{
	return a->run->tagged[a->number][a->stack->group];
}

/* What is done with a stack that the step found something in, and with others. */
static const struct {
	bool (*hit)(struct applying *);
	bool (*miss)(struct applying *);
} actions[FILTER_KINDS] = {
	[FILTER_FOCUS] = { keep, drop },
	[FILTER_IGNORE] = { drop, keep },
	[FILTER_HIDE] = { hide, keep },
	[FILTER_SHOW] = { show, drop },
	[FILTER_SHOW_FROM] = { show_from, drop },
	[FILTER_BASE] = { show_from, drop },
	[FILTER_SKIP_AFTER] = { skip_after, keep },
	[FILTER_PRUNE_FROM] = { prune_from, keep },
	[FILTER_TAG_FOCUS] = { keep, drop },
	[FILTER_TAG_IGNORE] = { drop, keep },
	[FILTER_MERGE_FUNCTION] = { merge, keep },
	[FILTER_DROP_FUNCTION] = { drop, keep },
	[FILTER_COLLAPSE_MODULE] = { collapse_module, keep },
	[FILTER_COLLAPSE_SUBTREE] = { collapse_subtree, keep },
	[FILTER_COLLAPSE_DIRECT] = { collapse_direct, collapse_direct },
	[FILTER_COLLAPSE_CYCLE] = { collapse_cycle, collapse_cycle },
	[FILTER_RENAME] = { rename_frames, keep },
	[FILTER_MERGE_THREADS] = { merge_threads, keep },
	[FILTER_DEPTH] = { limit_depth, limit_depth },
	[FILTER_NO_IDLE] = { drop, keep },
	[FILTER_REVERSE] = { reverse, reverse },
};

static uint64_t all_bits(const struct filter_run *r, const struct filter_stack *s)
{
	uint64_t bits = 0;
	for (uint32_t i = 0; i < s->depth; i++)
		bits |= r->bits[s->frames[i]];
	return bits;
}

static unsigned first_of_part(const struct filter *f, unsigned part)
{
	unsigned i = 0;
	while (part > 0)
		part -= f->steps[i++].kind == FILTER_MIN;
	return i;
}

bool filter_apply(struct filter_run *r, unsigned part, struct filter_stack *s)
{
	struct filter *f = r->filter;
	uint64_t bits = all_bits(r, s);
	for (unsigned i = first_of_part(f, part); i < f->count; i++) {
		struct filter_step *step = &f->steps[i];
		struct applying a = { .run = r, .stack = s, .step = step, .number = i };
		if (step->kind == FILTER_MIN)
			break;
		bool hit = r->tagged[i] ? is_tagged(&a) : bits >> i & 1;
		uint32_t before = s->depth;
		step->hits += hit;
		if (!(hit ? actions[step->kind].hit : actions[step->kind].miss)(&a)) {
			step->dropped++;
			return false;
		}
		if (s->depth != before || (hit && r->to[i]))
			bits = all_bits(r, s);
	}
	return true;
}
