/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From distinct stacks as read to distinct stacks as written:
 *
 *	choose     one event, one metric
 *	arrange    process names become root frames, filters cut, root first
 *	sort       stacks_sort.c
 *	merge      neighbours that became equal
 *
 * A flame chart is neither sorted nor merged.
 */
#include "model/stacks.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/events.h"
#include "model/filter.h"
#include "model/stacks_sort.h"

/* Frames that stand in front of a stack's own, at most. */
enum { ROOTS_MAX = 4 };

int stacks_metric(const struct profile *p, const struct want *w)
{
	const struct metrics *m = &p->metrics;
	if (w->metric.n == 0 || str_eq(w->metric, STR("weight")))
		return 0;
	if (m->count > 0)
		return m->answered || metrics_is(m->items[m->chosen].name, w->metric) ?
			       0 : -1;
	for (unsigned i = 0; i < p->column_count; i++)
		if (str_eq(p->columns[i].name, w->metric))
			return (int)i;
	return -1;
}

void stacks_free(struct stacks *s)
{
	free(s->items);
	free(s->pool);
	buf_free(&s->event_text);
	*s = (struct stacks){ 0 };
}

bool stacks_is_whole(const struct stacks *s)
{
	return s->total[0] == s->total_before && s->shown.n == 0;
}

void stacks_add_metric(struct buf *out, const struct stacks *s)
{
	struct str words = metrics_words(s->metric);
	if (s->total[0] == 0 && s->total_before == 0) {
		buf_add(out, metrics_nothing(s->metric));
		return;
	}
	buf_add(out, words);
	if (words.n)
		buf_addc(out, ' ');
	num_add_quantity(out, (double)s->total[0] / pow(10, s->scale), s->unit);
}

/* Arrange */

struct arranging {
	struct stacks *s;
	struct profile *p;
	const struct want *want;
	struct filter filter;
	unsigned column;         /* of the profile, the first of the values */
	bool *event_chosen;      /* by event id */
	bool has_names;          /* of processes: some are not empty */
	uint32_t *plain;         /* by frame id: what it becomes; NULL: itself */
	struct group_roots {
		uint32_t frame[2];
		uint32_t count;
	} *roots;                /* by group id */
	struct buf scratch;
};

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
	buf_add(out, name.n ? name : STR("[no name]"));
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

static void make_roots(struct arranging *a, const struct group *g,
		       struct group_roots *roots)
{
	struct profile *p = a->p;
	roots->count = 0;
	if (a->want->group_by == GROUP_EVENT) {
		buf_clear(&a->scratch);
		events_add_title(&a->scratch, p->events[g->event].name);
		roots->frame[roots->count++] = root_frame(p, buf_str(&a->scratch));
	}
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

static void push(struct stacks *s, uint32_t frame)
{
	ARRAY_RESERVE(s->pool, s->pool_capacity, s->pool_count + 1);
	s->pool[s->pool_count++] = frame;
}

static void push_roots(struct arranging *a, const struct stack *stack)
{
	const struct group_roots *roots = &a->roots[stack->group];
	for (uint32_t i = 0; i < roots->count; i++)
		push(a->s, roots->frame[i]);
	if (a->want->group_by == GROUP_MODULE && stack->depth > 0)
		push(a->s, module_root(a->p, profile_stack_frame(a->p, stack, 0)));
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

static void make_plain(const struct arranging *a, uint32_t *frames, uint32_t n)
{
	for (uint32_t i = 0; a->plain && i < n; i++)
		frames[i] = a->plain[frames[i]];
}

/* Puts the stack into the pool, filtered, root first; false when it is dropped. */
static bool arrange_frames(struct arranging *a, const struct stack *stack)
{
	struct stacks *s = a->s;
	uint64_t start = s->pool_count;
	push_roots(a, stack);
	uint64_t own = s->pool_count;
	ARRAY_RESERVE(s->pool, s->pool_capacity, own + stack->depth);
	if (stack->depth > 0)
		memcpy(s->pool + own, a->p->pool + stack->first,
		       stack->depth * sizeof(*s->pool));
	if (stack->leaf_first)
		profile_reverse(s->pool + own, stack->depth);
	s->pool_count += stack->depth;
	bool cut;
	int64_t skip = filter_apply(&a->filter, s->pool + own, stack->depth, &cut);
	if (skip < 0) {
		s->pool_count = start;
		return false;
	}
	make_plain(a, s->pool + own, stack->depth);
	uint64_t from = cut ? own + (uint64_t)skip : start;
	if (from > start) {
		memmove(s->pool + start, s->pool + from,
			(s->pool_count - from) * sizeof(*s->pool));
		s->pool_count -= from - start;
	}
	if (s->pool_count == start)
		push(s, root_frame(a->p, STR("[no stack]")));
	if (a->want->reverse)
		profile_reverse(s->pool + start, (uint32_t)(s->pool_count - start));
	return true;
}

static bool add_to(int64_t *sum, int64_t value)
{
	return !__builtin_add_overflow(*sum, value, sum);
}

static bool arrange_stack(struct arranging *a, uint32_t id)
{
	struct profile *p = a->p;
	struct stacks *s = a->s;
	struct stack stack = p->stacks[id];
	const int64_t *values = &p->values[(size_t)id * COLUMNS_MAX];
	struct stacks_item item = { .first = s->pool_count };
	bool any = false;
	for (unsigned c = 0; c < s->columns; c++) {
		item.value[c] = values[a->column + c];
		any |= item.value[c] != 0;
	}
	s->any_before |= any;
	if (!add_to(&s->total_before, item.value[0]))
		return false;
	if (!any || !arrange_frames(a, &stack))
		return true;
	unsigned last = p->column_count - 1;
	if (p->columns[last].is_samples)
		s->samples += (uint64_t)values[last];
	if (s->with_samples)
		item.value[1] = values[last];
	for (unsigned c = 0; c < s->columns; c++)
		if (!add_to(&s->total[c], item.value[c]))
			return false;
	item.depth = (uint32_t)(s->pool_count - item.first);
	ARRAY_RESERVE(s->items, s->item_capacity, (size_t)s->count + 1);
	s->items[s->count++] = item;
	return true;
}

/* Room for all stacks and their roots: a pool to point into that need not grow. */
static void reserve(struct arranging *a)
{
	struct stacks *s = a->s;
	s->pool_capacity = a->p->pool_count + (uint64_t)a->p->stack_count * ROOTS_MAX;
	s->item_capacity = a->p->stack_count;
	s->pool = xhuge_calloc(s->pool_capacity * sizeof(*s->pool));
	s->items = xhuge_calloc(s->item_capacity * sizeof(*s->items));
}

static bool arrange(struct arranging *a)
{
	struct profile *p = a->p;
	filter_init(&a->filter, p, a->want);
	find_plain(a);
	reserve(a);
	a->roots = xcalloc(p->group_count, sizeof(*a->roots));
	a->has_names = has_process_names(p);
	for (uint32_t i = 0; i < p->group_count; i++)
		make_roots(a, &p->groups[i], &a->roots[i]);
	bool fits = !p->overflow;
	for (uint32_t i = 0; fits && i < p->stack_count; i++)
		if (a->event_chosen[p->groups[p->stacks[i].group].event])
			fits = arrange_stack(a, i);
	p->overflow |= !fits;
	filter_free(&a->filter);
	free(a->roots);
	buf_free(&a->scratch);
	return fits;
}

/* Whether the stacks are as they were read, and in that order. */
static bool is_untouched(const struct arranging *a)
{
	const struct want *w = a->want;
	return !a->filter.active && !w->reverse && !a->has_names && !a->plain &&
	       w->group_by != GROUP_EVENT && w->group_by != GROUP_MODULE &&
	       a->p->event_count == 1;
}

/* Merge */

static bool is_same_stack(const struct stacks *s, const struct stacks_item *a,
			  const struct stacks_item *b)
{
	return a->depth == b->depth &&
	       memcmp(s->pool + a->first, s->pool + b->first,
		      a->depth * sizeof(*s->pool)) == 0;
}

static void merge(struct stacks *s)
{
	uint32_t kept = 0;
	unsigned sums = s->with_samples ? COLUMNS_MAX : s->columns;
	for (uint32_t i = 0; i < s->count; i++) {
		struct stacks_item *last = kept ? &s->items[kept - 1] : NULL;
		stacks_fetch_ahead(s, i, 0);
		if (last && is_same_stack(s, last, &s->items[i])) {
			for (unsigned c = 0; c < sums; c++)
				last->value[c] += s->items[i].value[c];
		} else {
			s->items[kept++] = s->items[i];
		}
	}
	s->count = kept;
}

/* Choose */

/* "cycles:u"; of several events, names that say the same are written once. */
static void name_events(struct stacks *s, const struct profile *p,
			const uint32_t *events, unsigned event_count)
{
	for (unsigned i = 0; i < event_count; i++) {
		size_t before = s->event_text.n;
		if (before > 0)
			buf_add(&s->event_text, STR(", "));
		size_t start = s->event_text.n;
		if (event_count == 1)
			buf_add(&s->event_text, p->events[events[i]].name);
		else
			events_add_title(&s->event_text, p->events[events[i]].name);
		struct str added = str_skip(buf_str(&s->event_text), start);
		struct str earlier = str_head(buf_str(&s->event_text), before);
		if (added.n == 0 || str_eq(added, earlier))
			s->event_text.n = before;
	}
	s->event = buf_str(&s->event_text);
}

static void describe(struct stacks *s, const struct profile *p,
		     const struct want *want, unsigned column,
		     const uint32_t *events, unsigned event_count)
{
	s->profile = p;
	s->in_order = want->in_order;
	s->reversed = want->reverse;
	bool named = want->metric.n && str_eq(p->columns[column].name, want->metric);
	s->columns = p->is_difference && !named ? 2 : 1;
	s->with_samples = want->with_samples && s->columns == 1 &&
			  p->columns[p->column_count - 1].is_samples;
	s->scale = p->columns[column].scale;
	s->title = p->title;
	s->shown = p->shown;
	if (p->metrics.count > 0)
		s->metric = p->metrics.items[p->metrics.chosen].name;
	name_events(s, p, events, event_count);
	if (want->unit.n)
		s->unit = want->unit;
	else if (p->columns[column].is_samples)
		s->unit = STR("samples");
	else if (event_count > 0)
		s->unit = p->events[events[0]].unit;
}

bool stacks_select(struct stacks *s, struct profile *p, const struct want *want,
		   const uint32_t *events, unsigned event_count)
{
	*s = (struct stacks){ 0 };
	int column = stacks_metric(p, want);
	assert(column >= 0);
	describe(s, p, want, (unsigned)column, events, event_count);
	struct arranging a = {
		.s = s, .p = p, .want = want, .column = (unsigned)column,
		.event_chosen = xcalloc(p->event_count, sizeof(bool)),
	};
	for (unsigned i = 0; i < event_count; i++)
		a.event_chosen[events[i]] = true;
	bool fits = arrange(&a);
	bool untouched = is_untouched(&a);
	free(a.event_chosen);
	free(a.plain);
	if (!fits)
		return false;
	if (s->samples == 0 && s->total[0] == s->total_before && !p->samples_untold)
		s->samples = p->header_samples;
	if (s->in_order && !p->sampled)
		return true;
	if (!s->in_order && !(p->sorted && untouched))
		stacks_sort(s);
	merge(s);
	return true;
}
