/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	a;b;c 3, a;b;b;c 4      looking at b
 *	a calls b 7             caller
 *	b calls b 4             caller and callee
 *	b calls c 7             callee
 *
 * Of stacks that are turned around the frame in front is the one that was called.
 */
#include "model/peek.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/table.h"

struct looking {
	struct peek *peek;
	const struct stacks *s;
	struct table table;      /* of calls */
};

static void find_wanted(struct looking *l, struct match *match)
{
	const struct profile *p = l->s->profile;
	bool *tried = xcalloc(p->text.count, sizeof(*tried));
	l->peek->wanted = xcalloc(p->text.count, sizeof(*l->peek->wanted));
	for (uint32_t i = 0; i < p->frame_count; i++) {
		const struct frame *f = &p->frames[i];
		bool *wanted = &l->peek->wanted[f->name];
		if (!tried[f->name])
			*wanted = match_find(match, intern_text(&p->text, f->name));
		tried[f->name] = true;
		if (!*wanted && f->full != ID_NONE && f->full != ID_SEVERAL)
			*wanted = match_find(match, intern_text(&p->text, f->full));
	}
	free(tried);
}

static struct peek_call *find_call(struct looking *l, uint32_t function, uint32_t other,
				   bool is_callee)
{
	struct peek *peek = l->peek;
	uint32_t key[] = { function, other, is_callee };
	uint32_t hash = (uint32_t)hash_bytes(key, sizeof(key));
	uint32_t id, place = table_place(&l->table, hash);
	while ((id = table_next(&l->table, hash, &place)) != TABLE_END) {
		struct peek_call *c = &peek->calls[id];
		if (c->function == function && c->other == other &&
		    c->is_callee == is_callee)
			return c;
	}
	table_insert(&l->table, hash, peek->count);
	ARRAY_RESERVE(peek->calls, peek->capacity, (size_t)peek->count + 1);
	peek->calls[peek->count] = (struct peek_call){
		.function = function, .other = other, .is_callee = is_callee,
	};
	return &peek->calls[peek->count++];
}

static void add_call(struct looking *l, uint32_t item, uint32_t at, uint32_t other_at,
		     bool is_callee)
{
	const struct stacks *s = l->s;
	const struct stacks_item *stack = &s->items[item];
	const uint32_t *frames = s->pool + stack->first;
	const struct frame *all = s->profile->frames;
	uint32_t other = other_at < stack->depth ? all[frames[other_at]].name : ID_NONE;
	struct peek_call *c = find_call(l, all[frames[at]].name, other, is_callee);
	int64_t value = stack->value[s->columns > 1];
	if (c->seen != item + 1 && value > 0)
		c->value += value;
	c->seen = item + 1;
}

static void look_at(struct looking *l, uint32_t item)
{
	const struct stacks *s = l->s;
	const struct stacks_item *stack = &s->items[item];
	for (uint32_t i = 0; i < stack->depth; i++) {
		uint32_t frame = s->pool[stack->first + i];
		if (!l->peek->wanted[s->profile->frames[frame].name])
			continue;
		add_call(l, item, i, i ? i - 1 : stack->depth, s->reversed);
		add_call(l, item, i, i + 1, !s->reversed);
	}
}

/* Most first, of equal ones by name; what is no function last. */
static int compare_calls(const void *a, const void *b, void *profile)
{
	const struct intern *text = &((const struct profile *)profile)->text;
	const struct peek_call *x = a, *y = b;
	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	if (x->is_callee != y->is_callee)
		return x->is_callee ? 1 : -1;
	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	if (x->other == ID_NONE || y->other == ID_NONE)
		return (x->other == ID_NONE) - (y->other == ID_NONE);
	return str_cmp(intern_text(text, x->other), intern_text(text, y->other));
}

void peek_make(struct peek *peek, const struct stacks *s, struct match *match)
{
	*peek = (struct peek){ 0 };
	struct looking l = { .peek = peek, .s = s };
	find_wanted(&l, match);
	for (uint32_t i = 0; i < s->count; i++) {
		stacks_fetch_ahead(s, i, 0);
		look_at(&l, i);
	}
	if (peek->count > 1)
		qsort_r(peek->calls, peek->count, sizeof(*peek->calls), compare_calls,
			(void *)(uintptr_t)s->profile);
	table_free(&l.table);
}

void peek_free(struct peek *peek)
{
	free(peek->calls);
	free(peek->wanted);
	*peek = (struct peek){ 0 };
}
