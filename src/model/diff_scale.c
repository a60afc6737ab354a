/* SPDX-License-Identifier: Apache-2.0 */
#include "model/diff_scale.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Normalising */

static int64_t divisor_of(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static const struct top_function *find_function(const struct diff *d, struct str name)
{
	for (uint32_t i = 0; i < d->top.count; i++)
		if (str_eq(intern_text(&d->profile.text, d->top.names[i]), name))
			return &d->top.functions[d->top.names[i]];
	return NULL;
}

static bool find_ratio(struct diff *d, struct buf *why)
{
	int64_t before = d->stacks.total[0], after = d->stacks.total[1];
	if (d->normalize == DIFF_BY_FRAME) {
		const struct top_function *f = find_function(d, d->frame);
		if (f == NULL) {
			buf_addf(why, "no function is called '%.*s'", STR_ARG(d->frame));
			return false;
		}
		before = f->total_before;
		after = f->total;
	}
	if (before <= 0 || after <= 0) {
		buf_addf(why, "--normalize: the total %s is %s, so nothing can be scaled by it",
			 before <= 0 ? "before" : "after",
			 (before <= 0 ? before : after) == 0 ? "0" : "below 0");
		return false;
	}
	int64_t divisor = divisor_of(before, after);
	d->ratio = (struct diff_ratio){ after / divisor, before / divisor };
	return true;
}

bool diff_scale_choose(struct diff *d, enum diff_normalize normalize, struct str frame,
		       struct buf *why)
{
	d->normalize = normalize;
	d->frame = frame;
	int64_t divisor = divisor_of(d->files[0], d->files[1]);
	d->ratio = (struct diff_ratio){ d->files[1] / divisor, d->files[0] / divisor };
	if (normalize != DIFF_AS_IT_IS && !find_ratio(d, why))
		return false;
	__int128 most = (__int128)INT64_MAX * d->ratio.den;
	if ((__int128)d->stacks.total[0] * d->ratio.num <= most)
		return true;
	buf_addf(why, "the total before times %.4g leaves the range of 64 bits",
		 (double)d->ratio.num / (double)d->ratio.den);
	return false;
}

/* Whole numbers */

static int64_t floor_of(const struct diff *d, int64_t value, uint64_t *rest)
{
	__int128 product = (__int128)value * d->ratio.num;
	if (rest)
		*rest = (uint64_t)(product % d->ratio.den);
	return (int64_t)(product / d->ratio.den);
}

/* What a node is shared out to: a child, or itself. */
struct part {
	int64_t *value;
	uint64_t rest;
	uint32_t nth;
};

static int by_rest(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	if (x->rest != y->rest)
		return x->rest > y->rest ? -1 : 1;
	return (x->nth > y->nth) - (x->nth < y->nth);
}

struct sharing {
	struct diff *diff;
	struct part *parts;
	size_t count, capacity;
	int64_t left;            /* not shared out yet */
};

static void add_part(struct sharing *s, int64_t *value)
{
	struct part part = { .value = value, .nth = (uint32_t)s->count };
	*value = floor_of(s->diff, *value, &part.rest);
	s->left -= *value;
	ARRAY_RESERVE(s->parts, s->capacity, s->count + 1);
	s->parts[s->count++] = part;
}

/* The node's value is whole already; "self" is what of it was its own. */
static void share_out(struct sharing *s, uint32_t node, int64_t *self)
{
	struct node *nodes = s->diff->tree.nodes;
	s->count = 0;
	s->left = nodes[node].total[0];
	add_part(s, self);
	for (uint32_t c = node + 1 < nodes[node].end ? node + 1 : 0; c; c = nodes[c].next)
		add_part(s, &nodes[c].total[0]);
	assert(s->left >= 0 && (size_t)s->left <= s->count);
	if (s->left > 0)
		qsort(s->parts, s->count, sizeof(s->parts[0]), by_rest);
	for (size_t i = 0; s->left > 0; i++, s->left--)
		++*s->parts[i].value;
}

void diff_scale_tree(struct diff *d)
{
	struct sharing s = { .diff = d };
	struct tree *t = &d->tree;
	uint64_t rest;
	if (!diff_is_scaled(d))
		return;
	int64_t *self = xcalloc(t->count, sizeof(*self));
	for (uint32_t i = 0; i < t->count; i++)
		self[i] = tree_self(t, i, 0);
	t->nodes[0].total[0] = floor_of(d, t->nodes[0].total[0], &rest);
	t->nodes[0].total[0] += rest > 0 && rest >= (uint64_t)(d->ratio.den - d->ratio.den / 2);
	for (uint32_t i = 0; i < t->count; i++)
		share_out(&s, i, &self[i]);
	/* Stacks end at nodes in order, one at each at most. */
	uint32_t node = 0;
	for (uint32_t i = 0; i < d->stacks.count; i++) {
		uint32_t shared = stacks_shared(&d->stacks, i);
		node += d->stacks.items[i].depth - shared;
		d->stacks.items[i].value[0] = self[node];
	}
	d->stacks.total[0] = d->stacks.total_before = t->nodes[0].total[0];
	free(self);
	free(s.parts);
}

void diff_scale_cut(struct diff *d)
{
	struct stacks *s = &d->stacks;
	s->total[0] = 0;
	for (uint32_t i = 0; i < s->count; i++) {
		/* Whole units, whatever decimals there are. */
		int64_t unit = 1;
		for (unsigned k = 0; k < s->scale; k++)
			unit *= 10;
		int64_t *value = &s->items[i].value[0];
		*value = floor_of(d, *value, NULL) / unit * unit;
		s->total[0] += *value;
	}
}
