/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One pass over the nodes, which stand depth first.  Each adds its value to the
 * total of its function, unless it lies inside an open node of it, which is
 * known by where the subtree of the last such node ends.  Each also gives its
 * value to its own self and takes it from that of the function above; where
 * stacks are turned around, what was called last stands at depth 1, and its
 * value is its own.
 *
 *	node        total of a   of b     self of a   of b
 *	a 10        10                    10
 *	  b 7                    7        3           7
 *	    a 5     (inside)              8           2
 *	    b 1                  (inside)             2
 *	  b 2                    9        6           4
 *
 * The memory of a function is fetched while nodes before it are worked on.
 */
#include "model/top.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "model/layout.h"

/* How far ahead: less than would push out what was fetched. */
enum { AHEAD = 16 };

struct summing {
	const struct tree *tree;
	struct top *top;
	uint32_t *name_of;       /* by frame */
	uint32_t *path;          /* by depth: name of the open node */
};

static void fetch_ahead(const struct summing *s, uint32_t i)
{
	if (i + AHEAD >= s->tree->count)
		return;
	uint32_t frame = s->tree->nodes[i + AHEAD].frame;
	if (frame != ID_NONE)
		__builtin_prefetch(&s->top->functions[s->name_of[frame]], 1);
}

static int64_t before(const struct tree *t, const struct node *n)
{
	return t->stacks->columns > 1 && n->total[0] > 0 ? n->total[0] : 0;
}

/* What a function spent before a call is its own, see tree.h. */
static void sum_up(struct summing *s, uint32_t node)
{
	struct top *top = s->top;
	const struct node *nodes = s->tree->nodes;
	bool reversed = s->tree->stacks->reversed;
	uint32_t first = node ? node : 1, end = nodes[node].end;
	uint32_t outermost = first < end ? nodes[first].depth : 0;
	for (uint32_t i = first; i < end; i++) {
		const struct node *n = &nodes[i];
		fetch_ahead(s, i);
		if (tree_is_gap(n))
			continue;
		int64_t value = layout_value(s->tree, n), was = before(s->tree, n);
		uint32_t name = s->name_of[n->frame];
		struct top_function *f = &top->functions[name];
		/* In this order no sum is larger than the whole, also in recursion. */
		if (n->depth > outermost && !reversed) {
			top->functions[s->path[n->depth - 1]].self -= value;
			top->functions[s->path[n->depth - 1]].self_before -= was;
		}
		if (n->depth == outermost || !reversed) {
			f->self += value;
			f->self_before += was;
		}
		s->path[n->depth] = name;
		if (f->end > i)
			continue;
		if (f->end == 0)
			top->names[top->count++] = name;
		f->total += value;
		f->total_before += was;
		f->end = n->end;
	}
}

void top_begin(struct top *top, const struct profile *p)
{
	*top = (struct top){
		.profile = p,
		.functions = xcalloc(p->text.count, sizeof(*top->functions)),
		.names = xcalloc(p->text.count, sizeof(*top->names)),
	};
}

void top_build(struct top *top, const struct tree *t, uint32_t node)
{
	const struct profile *p = t->stacks->profile;
	top_begin(top, p);
	struct summing s = {
		.tree = t, .top = top,
		.name_of = xcalloc(p->frame_count, sizeof(*s.name_of)),
		.path = xcalloc((size_t)t->depth + 1, sizeof(*s.path)),
	};
	for (uint32_t i = 0; i < p->frame_count; i++)
		s.name_of[i] = p->frames[i].name;
	sum_up(&s, node);
	/* Of values below 0 children may have more than their parent. */
	for (uint32_t i = 0; i < top->count; i++) {
		struct top_function *f = &top->functions[top->names[i]];
		f->self = f->self > 0 ? f->self : 0;
		f->self_before = f->self_before > 0 ? f->self_before : 0;
	}
	free(s.name_of);
	free(s.path);
}

void top_free(struct top *top)
{
	free(top->functions);
	free(top->names);
	*top = (struct top){ 0 };
}

/* Without a tree */

/* In place of where its last node ends: whether a function has an open frame. */
enum { SEEN = 1, OPEN = 2 };

/*
 * Stacks that come sorted share their beginnings: a frame is open as long as the next
 * stack has it, too, and what was added up in it goes to its function, unless that is
 * open further out, and to the frame above.
 */
struct open_frames {
	struct top *top;
	struct open_frame {
		uint32_t name;
		bool outermost;
		int64_t value;
	} *frames;
	size_t capacity;
	uint32_t depth;
};

static void open_frame(struct open_frames *o, uint32_t name)
{
	struct top *top = o->top;
	struct top_function *f = &top->functions[name];
	ARRAY_RESERVE(o->frames, o->capacity, (size_t)o->depth + 1);
	o->frames[o->depth++] = (struct open_frame){
		.name = name, .outermost = f->end != OPEN,
	};
	if (f->end == 0)
		top->names[top->count++] = name;
	f->end = OPEN;
}

static void close_frame(struct open_frames *o)
{
	const struct open_frame *last = &o->frames[--o->depth];
	struct top_function *f = &o->top->functions[last->name];
	if (last->outermost) {
		f->total += last->value;
		f->end = SEEN;
	}
	if (o->depth > 0)
		o->frames[o->depth - 1].value += last->value;
}

static uint32_t name_of(const struct stacks *s, const struct stacks_item *item,
			uint32_t i)
{
	return s->profile->frames[s->pool[item->first + i]].name;
}

static void add_stack(struct open_frames *o, const struct stacks *s, uint32_t i,
		      uint32_t shared, uint32_t skip)
{
	const struct stacks_item *item = &s->items[i];
	int64_t value = item->value[s->columns > 1];
	shared = shared > skip ? shared - skip : 0;
	while (o->depth > shared)
		close_frame(o);
	for (uint32_t d = skip + o->depth; d < item->depth; d++)
		open_frame(o, name_of(s, item, d));
	if (o->depth == 0 || value <= 0)
		return;
	o->frames[o->depth - 1].value += value;
	uint32_t self = s->reversed ? 0 : o->depth - 1;
	o->top->functions[o->frames[self].name].self += value;
}

void top_sum(struct top *top, const struct stacks *s, uint32_t first, uint32_t count,
	     uint32_t skip)
{
	struct open_frames o = { .top = top };
	for (uint32_t i = 0; i < top->count; i++)
		top->functions[top->names[i]] = (struct top_function){ 0 };
	top->count = 0;
	for (uint32_t i = first; i < first + count; i++) {
		stacks_fetch_ahead(s, i, 0);
		add_stack(&o, s, i, i > first ? stacks_shared(s, i) : 0, skip);
	}
	while (o.depth > 0)
		close_frame(&o);
	free(o.frames);
}

uint32_t *top_modules(const struct profile *p)
{
	uint32_t *modules = xcalloc(p->text.count, sizeof(*modules));
	for (uint32_t i = 0; i < p->text.count; i++)
		modules[i] = ID_NONE;
	for (uint32_t i = 0; i < p->frame_count; i++) {
		uint32_t *module = &modules[p->frames[i].name];
		uint32_t other = p->frames[i].module;
		if (other != ID_NONE)
			*module = *module == ID_NONE || *module == other ? other :
									   ID_SEVERAL;
	}
	return modules;
}

/* Choose */

struct choice {
	struct str text;
	int64_t value, second;
	uint32_t name;
};

static int by_cost(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;
	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	if (x->second != y->second)
		return x->second > y->second ? -1 : 1;
	return str_cmp(x->text, y->text);
}

/* A heap whose first is the one to give way next. */
static void sift_down(struct choice *heap, uint32_t count, struct choice item)
{
	uint32_t i = 0;
	for (uint32_t child; (child = 2 * i + 1) < count; i = child) {
		if (child + 1 < count && by_cost(&heap[child], &heap[child + 1]) < 0)
			child++;
		if (by_cost(&heap[child], &item) < 0)
			break;
		heap[i] = heap[child];
	}
	heap[i] = item;
}

static void sift_up(struct choice *heap, uint32_t i, struct choice item)
{
	for (; i > 0 && by_cost(&heap[(i - 1) / 2], &item) < 0; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = item;
}

static struct choice choice_of(const struct top_function *f, enum top_order order)
{
	int64_t change = f->self - f->self_before;
	switch (order) {
	case TOP_BY_SELF:
		return (struct choice){ .value = f->self };
	case TOP_BY_CHANGE:
		return (struct choice){ .value = change < 0 ? -change : change };
	case TOP_BY_NAME:
		return (struct choice){ .value = f->total != 0 };
	case TOP_BY_BOTH:
		return (struct choice){ .value = f->self, .second = f->total };
	case TOP_BY_TOTAL:
		break;
	}
	return (struct choice){ .value = f->total };
}

uint32_t top_choose(const struct top *top, enum top_order order, uint32_t *names,
		    uint32_t max)
{
	const struct intern *text = &top->profile->text;
	uint32_t count = 0;
	max = max < top->count ? max : top->count;
	struct choice *heap = xcalloc(max, sizeof(*heap));
	for (uint32_t i = 0; max > 0 && i < top->count; i++) {
		uint32_t name = top->names[i];
		const struct top_function *f = &top->functions[name];
		struct choice c = choice_of(f, order);
		if (c.value == 0 && (order != TOP_BY_BOTH || f->total == 0))
			continue;
		c.name = name;
		c.text = intern_text(text, name);
		if (count < max)
			sift_up(heap, count++, c);
		else if (by_cost(&c, &heap[0]) < 0)
			sift_down(heap, count, c);
	}
	if (count > 1)
		qsort(heap, count, sizeof(*heap), by_cost);
	for (uint32_t i = 0; i < count; i++)
		names[i] = heap[i].name;
	free(heap);
	return count;
}
