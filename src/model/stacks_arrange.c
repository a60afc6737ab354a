/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every stack on its way from the profile into the pool:
 *
 *	main;run        as read, root first
 *	     run        filters (filter.h), which never make it longer
 *	java run        process names and such in front, unless a filter has cut them off
 *
 * Where --min is among the filters, stacks go through those before it, are looked
 * at all together, and go through the rest: then each one keeps track of which of
 * its frames stand in front.  Of turned around stacks these stand behind.
 *
 * Where there is nothing to do, as with folded text that comes in order, frames are not
 * copied: the profile's pool becomes that of the stacks.
 */
#include "model/stacks_arrange.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "model/events.h"
#include "model/filter.h"
#include "model/rename.h"
#include "model/stacks_min.h"

/* Frames that stand in front of a stack's own, at most. */
enum { ROOTS_MAX = 4 };

struct roots {
	uint32_t frame[ROOTS_MAX];
	uint32_t count;
};

struct arranging {
	struct stacks *s;
	struct profile *p;
	const struct want *want;
	const struct stacks_arrangement *how;
	struct filter_run run;
	bool filters;
	unsigned parts;          /* of the filters */
	bool has_names;          /* of processes: some are not empty */
	bool keeps_frames;       /* the pool is the profile's */
	uint32_t none;           /* the frame of a stack without any */
	uint32_t *plain;         /* by frame id: what it becomes; NULL: itself */
	struct roots *roots;     /* by group id */
	struct buf scratch;
	/* By item, when there are several parts. */
	struct origin {
		uint32_t stack;          /* in the profile */
		uint8_t roots;           /* frames that stand in front, or behind */
		bool cut;
	} *origins;
};

/* Roots */

static uint32_t root_frame(struct profile *p, struct str name)
{
	return profile_frame(p, profile_name_text(p, name), frame_kind_of(name),
			     ID_NONE, ID_NONE);
}

static void add_id(struct buf *out, const char *before, int64_t id)
{
	if (id < 0)
		buf_addf(out, "%s?", before);
	else
		buf_addf(out, "%s%lld", before, (long long)id);
}

/* "java", "java-12", "java-12/13": as the tools of this field write them. */
static struct str process_name(struct arranging *a, const struct group *g)
{
	struct buf *out = &a->scratch;
	buf_clear(out);
	struct str name = intern_text(&a->p->text, g->comm);
	if (name.n == 0)
		name = STR("[no name]");
	if (filter_has(a->want->filter, FILTER_MERGE_THREADS))
		rename_add_thread(out, name);
	else
		buf_add(out, name);
	for (size_t i = 0; a->want->compat && i < out->n; i++)
		if (out->p[i] == ' ')
			out->p[i] = '_';
	if (a->want->group_by == GROUP_PID || a->want->group_by == GROUP_TID)
		add_id(out, "-", g->pid);
	if (a->want->group_by == GROUP_TID)
		add_id(out, "/", g->tid);
	return buf_str(out);
}

static bool has_process_names(const struct profile *p)
{
	for (uint32_t i = 0; i < p->group_count; i++)
		if (p->groups[i].comm != ID_NONE &&
		    intern_text(&p->text, p->groups[i].comm).n > 0)
			return true;
	return false;
}

static void make_roots(struct arranging *a, const struct group *g, struct roots *roots)
{
	struct profile *p = a->p;
	if (a->want->group_by == GROUP_EVENT) {
		buf_clear(&a->scratch);
		events_add_title(&a->scratch, p->events[g->event].name);
		if (a->scratch.n > 0)
			roots->frame[roots->count++] = root_frame(p, buf_str(&a->scratch));
	}
	if (a->want->places)             /* they are attributes where they go */
		return;
	if (g->comm != ID_NONE && a->has_names)
		roots->frame[roots->count++] = root_frame(p, process_name(a, g));
	if (a->want->group_by == GROUP_CPU && g->cpu >= 0) {
		buf_clear(&a->scratch);
		buf_addf(&a->scratch, "cpu %d", g->cpu);
		roots->frame[roots->count++] = root_frame(p, buf_str(&a->scratch));
	}
}

/* The file of the function nearest to the root, as a root frame. */
static uint32_t module_root(struct profile *p, uint32_t frame)
{
	uint32_t module = p->frames[frame].module;
	struct str name = STR("[unknown]");
	if (module == ID_SEVERAL)
		name = STR("[several modules]");
	else if (module != ID_NONE)
		name = str_basename(intern_text(&p->text, module));
	return root_frame(p, name.n ? name : STR("[unknown]"));
}

static struct roots roots_of(struct arranging *a, const struct stack *stack)
{
	struct roots roots = a->roots[stack->group];
	if (a->want->group_by == GROUP_MODULE && stack->depth > 0)
		roots.frame[roots.count++] =
			module_root(a->p, profile_stack_frame(a->p, stack, 0));
	return roots;
}

/* Frames of kinds that nobody will see become those they look like. */
static void find_plain(struct arranging *a)
{
	struct profile *p = a->p;
	uint32_t count = p->frame_count;
	bool any = false;
	a->plain = xcalloc(count, sizeof(*a->plain));
	for (uint32_t i = 0; i < count; i++) {
		struct frame f = p->frames[i];
		a->plain[i] = i;
		if (!(a->want->unmarked >> f.kind & 1) || frame_kind_mark(f.kind).n == 0)
			continue;
		enum frame_kind kind = frame_kind_of(intern_text(&p->text, f.name));
		a->plain[i] = profile_frame(p, f.name, kind, f.full, f.module);
		any = true;
	}
	if (any)
		return;
	free(a->plain);
	a->plain = NULL;
}

/* Whether nothing is done that could change the order of the stacks. */
static bool keeps_order(const struct arranging *a)
{
	const struct want *w = a->want;
	return filter_keeps_order(w->filter) && !w->reverse && !a->has_names &&
	       !a->plain && w->group_by != GROUP_EVENT && w->group_by != GROUP_MODULE &&
	       a->p->event_count == 1;
}

/* Whether all frames stay where they are. */
static bool keeps_frames(const struct arranging *a)
{
	const struct want *w = a->want;
	return a->p->sorted && keeps_order(a) && !a->filters && !w->places &&
	       w->group_by != GROUP_CPU;
}

/* Stacks */

static void make_plain(const struct arranging *a, uint32_t *frames, uint32_t n)
{
	for (uint32_t i = 0; a->plain && i < n; i++)
		frames[i] = a->plain[frames[i]];
}

/* The stack's own frames, in the pool behind room for those in front, root first. */
static struct filter_stack copy_frames(struct arranging *a, const struct stack *stack,
				       uint32_t roots)
{
	struct stacks *s = a->s;
	uint64_t own = s->pool_count + roots;
	ARRAY_RESERVE(s->pool, s->pool_capacity, own + stack->depth + 1);
	if (stack->depth > 0)
		memcpy(s->pool + own, a->p->pool + stack->first,
		       stack->depth * sizeof(*s->pool));
	if (stack->leaf_first)
		profile_reverse(s->pool + own, stack->depth);
	return (struct filter_stack){
		.frames = s->pool + own, .depth = stack->depth, .group = stack->group,
	};
}

/* Puts roots and own frames where they belong, from "first" on; returns how many. */
static uint32_t place_frames(struct arranging *a, uint64_t first, struct roots *roots,
			     const struct filter_stack *own, unsigned part)
{
	uint32_t *frames = a->s->pool + first;
	bool reversed = filter_part_reverses(a->want->filter, part);
	bool last = part + 1 == a->parts;
	if (own->cut)
		roots->count = 0;
	if (last)
		make_plain(a, own->frames, own->depth);
	uint32_t *to = reversed ? frames : frames + roots->count;
	if (to != own->frames)
		memmove(to, own->frames, own->depth * sizeof(*frames));
	if (reversed)
		profile_reverse(roots->frame, roots->count);
	to = reversed ? frames + own->depth : frames;
	memcpy(to, roots->frame, roots->count * sizeof(*frames));
	uint32_t depth = own->depth + roots->count;
	bool may_be_empty = a->s->source && a->parts == 1;
	if (depth == 0 && !may_be_empty && a->none == ID_NONE)
		a->none = root_frame(a->p, STR("[no stack]"));
	if (depth == 0 && !may_be_empty)
		frames[depth++] = a->none;
	if (last && a->want->reverse && !reversed)
		profile_reverse(frames, depth);
	return depth;
}

static bool add_to(int64_t *sum, int64_t value)
{
	return !__builtin_add_overflow(*sum, value, sum);
}

static void add_samples(struct arranging *a, uint32_t stack, bool back)
{
	const struct profile *p = a->p;
	unsigned last = p->column_count - 1;
	if (!p->columns[last].is_samples)
		return;
	uint64_t samples = (uint64_t)p->values[(size_t)stack * COLUMNS_MAX + last];
	a->s->samples += back ? -samples : samples;
}

/* Frames of the stack, filtered; false when it is dropped. */
static bool arrange_frames(struct arranging *a, uint32_t id, struct stacks_item *item)
{
	struct stacks *s = a->s;
	struct stack stack = a->p->stacks[id];
	if (a->keeps_frames && stack.depth > 0) {
		item->first = stack.first;
		item->depth = stack.depth;
		return true;
	}
	struct roots roots = roots_of(a, &stack);
	struct filter_stack own = copy_frames(a, &stack, roots.count);
	if (a->filters && !filter_apply(&a->run, 0, &own))
		return false;
	item->depth = place_frames(a, item->first, &roots, &own, 0);
	s->pool_count = item->first + item->depth;
	if (a->parts > 1)
		a->origins[s->count] = (struct origin){
			.stack = id, .roots = (uint8_t)roots.count, .cut = own.cut,
		};
	return true;
}

static bool arrange_stack(struct arranging *a, uint32_t id)
{
	struct profile *p = a->p;
	struct stacks *s = a->s;
	const int64_t *values = &p->values[(size_t)id * COLUMNS_MAX];
	struct stacks_item item = { .first = s->pool_count };
	bool any = false;
	for (unsigned c = 0; c < s->columns; c++) {
		item.value[c] = values[a->how->column + c];
		any |= item.value[c] != 0;
	}
	s->any_before |= any;
	if (!add_to(&s->total_before, item.value[0]))
		return false;
	if ((!any && !s->source) || !arrange_frames(a, id, &item))
		return true;
	add_samples(a, id, false);
	if (s->with_samples)
		item.value[1] = values[p->column_count - 1];
	for (unsigned c = 0; c < s->columns; c++)
		if (!add_to(&s->total[c], item.value[c]))
			return false;
	ARRAY_RESERVE(s->items, s->item_capacity, (size_t)s->count + 1);
	if (s->source)
		s->source[s->count] = id;
	s->items[s->count++] = item;
	return true;
}

static void take_pool(struct arranging *a)
{
	a->s->pool = a->p->pool;
	a->s->pool_count = a->p->pool_count;
	a->s->pool_capacity = a->p->pool_capacity;
	a->p->pool = NULL;
	a->p->pool_count = a->p->pool_capacity = 0;
}

/* Room for all stacks and their roots: a pool to point into that need not grow. */
static void make_pool(struct arranging *a)
{
	struct stacks *s = a->s;
	s->pool_capacity = a->p->pool_count + (uint64_t)a->p->stack_count * ROOTS_MAX + 1;
	s->pool = xhuge_malloc(s->pool_capacity * sizeof(*s->pool));
}

static void reserve(struct arranging *a)
{
	struct stacks *s = a->s;
	a->keeps_frames = keeps_frames(a);
	if (a->keeps_frames)
		take_pool(a);
	else
		make_pool(a);
	s->item_capacity = a->p->stack_count;
	s->items = xhuge_malloc(s->item_capacity * sizeof(*s->items));
	if (a->want->places)
		s->source = xcalloc(s->item_capacity, sizeof(*s->source));
	if (a->parts > 1)
		a->origins = xcalloc(a->p->stack_count, sizeof(*a->origins));
}

/* Later parts */

/* How many frames still stand in front, or behind, after --min. */
static void find_roots(struct arranging *a, uint32_t i, uint32_t before, bool reversed)
{
	struct origin *o = &a->origins[i];
	uint32_t depth = a->s->items[i].depth, own = before - o->roots;
	uint32_t last = a->s->pool[a->s->items[i].first + depth - 1];
	if (depth == before && last != a->run.other)
		return;
	if (!reversed)
		o->roots = depth <= o->roots ? (uint8_t)(depth - 1) : o->roots;
	else
		o->roots = depth > own ? (uint8_t)(depth - own) : 0;
}

static void cut_narrow(struct arranging *a, unsigned part)
{
	struct stacks *s = a->s;
	uint32_t *before = xcalloc(s->count, sizeof(*before));
	for (uint32_t i = 0; i < s->count; i++)
		before[i] = s->items[i].depth;
	stacks_min(s, filter_part_limit(a->want->filter, part), a->want->relative,
		   a->run.other);
	for (uint32_t i = 0; i < s->count; i++)
		find_roots(a, i, before[i], filter_part_reverses(a->want->filter, part));
	free(before);
}

static bool rearrange(struct arranging *a, uint32_t i, unsigned part)
{
	struct stacks *s = a->s;
	struct stacks_item *item = &s->items[i];
	struct origin *o = &a->origins[i];
	uint32_t *frames = s->pool + item->first;
	bool reversed = filter_part_reverses(a->want->filter, part - 1);
	struct roots roots = { .count = o->roots };
	struct filter_stack own = {
		.frames = reversed ? frames : frames + o->roots,
		.depth = item->depth - o->roots, .cut = o->cut,
		.group = a->p->stacks[o->stack].group,
	};
	memcpy(roots.frame, reversed ? frames + own.depth : frames,
	       roots.count * sizeof(*frames));
	if (reversed)
		profile_reverse(roots.frame, roots.count);
	if (!filter_apply(&a->run, part, &own))
		return false;
	item->depth = place_frames(a, item->first, &roots, &own, part);
	o->roots = (uint8_t)roots.count;
	o->cut = own.cut;
	return true;
}

static void take_back(struct arranging *a, uint32_t i)
{
	struct stacks *s = a->s;
	for (unsigned c = 0; c < s->columns; c++)
		s->total[c] -= s->items[i].value[c];
	add_samples(a, a->origins[i].stack, true);
}

static void arrange_part(struct arranging *a, unsigned part)
{
	struct stacks *s = a->s;
	uint32_t kept = 0;
	cut_narrow(a, part - 1);
	for (uint32_t i = 0; i < s->count; i++) {
		if (rearrange(a, i, part)) {
			a->origins[kept] = a->origins[i];
			if (s->source)
				s->source[kept] = s->source[i];
			s->items[kept++] = s->items[i];
		} else {
			take_back(a, i);
		}
	}
	s->count = kept;
}

/* All of it */

static void begin(struct arranging *a)
{
	struct profile *p = a->p;
	a->parts = filter_parts(a->want->filter);
	a->filters = !filter_is_empty(a->want->filter);
	a->has_names = has_process_names(p) && want_shows_comm(a->want);
	a->none = ID_NONE;
	/* Frames that a filter may meet are there before it looks at them. */
	if (a->parts > 1)
		a->none = root_frame(p, STR("[no stack]"));
	filter_begin(&a->run, a->want->filter, p, a->has_names);
	find_plain(a);
	reserve(a);
	a->roots = xcalloc(p->group_count, sizeof(*a->roots));
	for (uint32_t i = 0; i < p->group_count; i++)
		make_roots(a, &p->groups[i], &a->roots[i]);
}

static void end(struct arranging *a)
{
	filter_end(&a->run);
	free(a->roots);
	free(a->plain);
	free(a->origins);
	buf_free(&a->scratch);
}

bool stacks_arrange(struct stacks *s, struct profile *p, const struct want *want,
		    const struct stacks_arrangement *how, bool *in_order)
{
	struct arranging a = { .s = s, .p = p, .want = want, .how = how };
	begin(&a);
	bool fits = !p->overflow;
	for (uint32_t i = 0; fits && i < p->stack_count; i++)
		if (how->event_chosen[p->groups[p->stacks[i].group].event])
			fits = arrange_stack(&a, i);
	fits = fits && add_to(&s->total_before, how->column == 0 ? p->taken : 0);
	for (unsigned part = 1; fits && part < a.parts; part++)
		arrange_part(&a, part);
	*in_order = keeps_order(&a);
	p->overflow |= !fits;
	end(&a);
	return fits;
}
