/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Each file comes as stacks that are sorted.  Its frames get their places in a
 * profile of both sides; the stacks stay sorted, unless names became others, and are
 * merged as two sorted lists are.  How many frames the first of a list has in common
 * with what was taken last tells which one comes next: the one that shares more.
 * Only where both share as many are frames compared, from there on.
 *
 *	before           after            taken last a;b;c
 *	a;b;d  2         a;e    1         a;b;d shares 2, a;e shares 1: a;b;d is next
 */
#include "model/diff.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/stacks_sort.h"

void diff_init(struct diff *d, const struct diff_options *options)
{
	*d = (struct diff){ .options = *options, .ratio = { 1, 1 } };
	profile_init(&d->profile);
	d->stacks.profile = &d->profile;
	d->stacks.columns = 2;
}

void diff_free(struct diff *d)
{
	top_free(&d->top);
	tree_free(&d->tree);
	stacks_free(&d->stacks);
	stable_free(&d->stable);
	profile_free(&d->profile);
	for (size_t i = 0; i < d->run_count; i++) {
		free(d->runs[i].items);
		free(d->runs[i].function);
		free(d->runs[i].thread);
	}
	free(d->runs);
	*d = (struct diff){ 0 };
}

/* Names */

static struct str name_of(struct diff *d, struct str name, bool is_thread)
{
	if (d->options.hex)
		return stable_hex(&d->stable, name);
	return d->options.stable_names ? stable_name(&d->stable, name, is_thread) : name;
}

static uint32_t take_text(struct diff *d, const struct profile *from, uint32_t text)
{
	if (text == ID_NONE || text == ID_SEVERAL)
		return text;
	return profile_text(&d->profile, intern_text(&from->text, text));
}

static uint32_t take_frame(struct diff *d, const struct profile *from, uint32_t frame,
			   bool is_thread)
{
	const struct frame *f = &from->frames[frame];
	struct str name = name_of(d, intern_text(&from->text, f->name), is_thread);
	return profile_frame(&d->profile, profile_name_text(&d->profile, name), f->kind,
			     take_text(d, from, f->full), take_text(d, from, f->module));
}

/*
 * Where frames of the file are among those of both sides, as functions and, as far as
 * they begin stacks, as threads.
 */
static void take_frames(struct diff *d, const struct stacks *s, struct diff_run *run)
{
	uint32_t count = run->frame_count = s->profile->frame_count;
	run->function = xcalloc(count, sizeof(*run->function));
	run->thread = xcalloc(count, sizeof(*run->thread));
	for (uint32_t i = 0; i < count; i++) {
		run->function[i] = take_frame(d, s->profile, i, false);
		run->thread[i] = ID_NONE;
	}
	for (uint32_t i = 0; d->options.stable_names && i < s->count; i++) {
		const struct stacks_item *item = &s->items[i];
		uint32_t frame = s->pool[item->first + (s->reversed ? item->depth - 1 : 0)];
		if (run->thread[frame] == ID_NONE)
			run->thread[frame] = take_frame(d, s->profile, frame, true);
	}
	for (uint32_t i = 0; i < count; i++)
		if (run->thread[i] == ID_NONE)
			run->thread[i] = run->function[i];
}

/* Files */

static bool multiply(struct diff_run *run, int64_t factor)
{
	bool bad = __builtin_mul_overflow(run->total, factor, &run->total);
	for (uint32_t i = 0; i < run->count; i++)
		bad |= __builtin_mul_overflow(run->items[i].value[0], factor,
					      &run->items[i].value[0]);
	run->per_value /= (double)factor;
	return !bad;
}

/* Values of all runs get as many decimals as those of the one that has most. */
static void rescale(struct diff *d, struct diff_run *run, unsigned scale)
{
	bool good = true;
	for (; d->stacks.scale < scale; d->stacks.scale++)
		for (size_t i = 0; i < d->run_count; i++)
			good &= multiply(&d->runs[i], 10);
	for (; scale < d->stacks.scale; scale++)
		good &= multiply(run, 10);
	d->profile.overflow |= !good;
}

/* Frames stay numbered as they were in the file until all files are there. */
static void take_pool(struct diff *d, struct stacks *s)
{
	struct stacks *all = &d->stacks;
	if (all->pool == NULL) {
		all->pool = s->pool;
		all->pool_capacity = s->pool_capacity;
		s->pool = NULL;
	} else if (s->pool_count > 0) {
		ARRAY_RESERVE(all->pool, all->pool_capacity, all->pool_count + s->pool_count);
		memcpy(all->pool + all->pool_count, s->pool,
		       s->pool_count * sizeof(*s->pool));
	}
	for (uint32_t i = 0; i < s->count; i++)
		s->items[i].first += all->pool_count;
	all->pool_count += s->pool_count;
}

static void take_items(struct diff *d, struct stacks *s, struct diff_run *run)
{
	take_pool(d, s);
	run->items = s->items;
	run->count = s->count;
	run->total = s->total[0];
	s->items = NULL;
	s->count = 0;
}

static bool is_other(struct str a, struct str b)
{
	return a.n > 0 && b.n > 0 && !str_eq(a, b);
}

static bool fits(const struct diff *d, const struct stacks *s, struct buf *why)
{
	const struct stacks *all = &d->stacks;
	const char *what = NULL;
	struct str had = { 0 }, has = { 0 };
	if (!d->any || d->options.force)
		return true;
	if (is_other(all->unit, s->unit))
		what = "is in", had = all->unit, has = s->unit;
	else if (is_other(all->metric, s->metric))
		what = "tells of", had = all->metric, has = s->metric;
	else if (is_other(all->event, s->event))
		what = "counts", had = all->event, has = s->event;
	if (what == NULL)
		return true;
	buf_addf(why, "%s %.*s, what it is compared with %s %.*s: choose with --metric or "
		 "--event-filter, or compare them all the same with --force", what,
		 STR_ARG(has), what, STR_ARG(had));
	return false;
}

static void describe(struct diff *d, const struct stacks *s)
{
	struct stacks *all = &d->stacks;
	struct profile *p = &d->profile;
	if (all->unit.n == 0)
		all->unit = profile_keep(p, s->unit);
	if (all->event.n == 0)
		all->event = profile_keep(p, s->event);
	if (all->metric.n == 0)
		all->metric = profile_keep(p, s->metric);
	if (s->title.n)
		all->title = profile_keep(p, s->title);
	all->reversed = s->reversed;
	d->any = true;
}

static void learn_counts(struct diff_run *run, const struct stacks *s, bool exact)
{
	double total = (double)s->total[0];
	run->counts = exact ? DIFF_EXACT : DIFF_SAMPLED;
	run->counts_each = s->with_samples;
	run->samples = (double)s->samples;
	if (!exact && s->with_samples)
		return;
	if (str_eq(s->unit, STR("samples"))) {
		run->per_value = pow(10, -(double)s->scale);
		run->samples = total * run->per_value;
	} else if (s->samples > 0 && total > 0) {
		run->per_value = run->samples / total;
	} else {
		run->samples = 0;
		if (!exact && s->count > 0)
			run->counts = DIFF_UNKNOWN;
	}
}

bool diff_add(struct diff *d, enum diff_side side, struct stacks *s, bool exact,
	      struct buf *why)
{
	if (s->columns > 1) {
		buf_add(why, STR("is a difference itself; choose a side with "
				 "--metric=before or --metric=after"));
		return false;
	}
	if (!fits(d, s, why))
		return false;
	describe(d, s);
	struct diff_run run = { .side = side };
	learn_counts(&run, s, exact);
	take_frames(d, s, &run);
	take_items(d, s, &run);
	rescale(d, &run, s->scale);
	ARRAY_RESERVE(d->runs, d->run_capacity, d->run_count + 1);
	d->runs[d->run_count++] = run;
	d->files[side]++;
	d->samples[side] += run.samples;
	return true;
}

/* Merging */

/* A list of items in order, of which the first is looked at. */
struct list {
	const struct stacks_item *items;
	const uint32_t *alike;   /* frames each has in common with the one before; or NULL */
	uint32_t count, at;
	uint32_t shared;         /* frames it has in common with what was taken last */
	int side;                /* of its values; -1: they have both columns */
};

static uint32_t common(const uint32_t *pool, const struct stacks_item *a,
		       const struct stacks_item *b, uint32_t from)
{
	uint32_t n = a->depth < b->depth ? a->depth : b->depth, i = from;
	const uint32_t *x = pool + a->first, *y = pool + b->first;
	uint64_t p, q;
	for (; i + 2 <= n; i += 2) {
		memcpy(&p, x + i, sizeof(p));
		memcpy(&q, y + i, sizeof(q));
		if (p != q)
			break;
	}
	while (i < n && x[i] == y[i])
		i++;
	return i;
}

static void advance(struct list *l, const uint32_t *pool)
{
	const struct stacks_item *taken = &l->items[l->at++];
	l->shared = l->at == l->count ? 0 : l->alike ? l->alike[l->at] :
		    common(pool, taken, taken + 1, 0);
}

/* <0 when the first of "a" comes next, >0 that of "b", 0 when they are the same. */
static int compare(struct list *a, struct list *b, const uint32_t *pool, uint32_t *shared)
{
	if (a->shared != b->shared) {
		*shared = a->shared < b->shared ? a->shared : b->shared;
		return a->shared > b->shared ? -1 : 1;
	}
	const struct stacks_item *x = &a->items[a->at], *y = &b->items[b->at];
	uint32_t i = *shared = common(pool, x, y, a->shared);
	if (i == x->depth || i == y->depth)
		return (x->depth > y->depth) - (x->depth < y->depth);
	return pool[x->first + i] < pool[y->first + i] ? -1 : 1;
}

static bool add_values(struct stacks_item *to, const struct stacks_item *item)
{
	bool bad = false;
	for (unsigned c = 0; c < 2; c++)
		bad |= __builtin_add_overflow(to->value[c], item->value[c], &to->value[c]);
	return !bad;
}

static struct stacks_item first_of(const struct list *l)
{
	struct stacks_item item = l->items[l->at];
	if (l->side >= 0) {
		int64_t value = item.value[0];
		item.value[0] = item.value[1] = 0;
		item.value[l->side] = value;
	}
	return item;
}

/*
 * Merges two lists; alike gets what neighbours of the result have in common.  False when
 * a sum is too large.
 */
static bool merge_lists(struct list a, struct list b, const uint32_t *pool,
			struct stacks_item *out, uint32_t *alike, uint32_t *count)
{
	uint32_t n = 0;
	bool good = true;
	while (a.at < a.count || b.at < b.count) {
		uint32_t shared = 0;
		int order = a.at == a.count ? 1 : b.at == b.count ? -1 :
			    compare(&a, &b, pool, &shared);
		out[n] = first_of(order <= 0 ? &a : &b);
		alike[n] = order <= 0 ? a.shared : b.shared;
		if (order == 0) {
			struct stacks_item same = first_of(&b);
			good &= add_values(&out[n], &same);
		}
		n++;
		if (order <= 0)
			advance(&a, pool);
		else
			a.shared = shared;
		if (order >= 0)
			advance(&b, pool);
		else
			b.shared = shared;
	}
	*count = n;
	return good;
}

/* Items with equal neighbours, as they are after names were changed, become one. */
static bool join_equal(struct stacks *s)
{
	uint32_t kept = 0;
	bool good = true;
	for (uint32_t i = 0; i < s->count; i++) {
		struct stacks_item *last = kept ? &s->items[kept - 1] : NULL;
		const struct stacks_item *item = &s->items[i];
		if (last && last->depth == item->depth &&
		    common(s->pool, last, item, 0) == item->depth)
			good &= add_values(last, item);
		else
			s->items[kept++] = *item;
	}
	s->count = kept;
	return good;
}

/* How much neighbours share; false when items are not in order, or two are the same. */
static bool measure(const struct stacks *s, uint32_t *alike)
{
	for (uint32_t i = 1; i < s->count; i++) {
		const struct stacks_item *a = &s->items[i - 1], *b = &s->items[i];
		stacks_fetch_ahead(s, i, 0);
		uint32_t n = alike[i] = common(s->pool, a, b, 0);
		if (n == b->depth || (n < a->depth &&
				      s->pool[a->first + n] > s->pool[b->first + n]))
			return false;
	}
	return true;
}

/*
 * Takes items that are before the one that stands before them out of the list; equal
 * ones become one.
 */
static struct stacks take_strays(struct stacks *s, uint32_t *alike, bool *good)
{
	struct stacks strays = { .pool = s->pool };
	size_t capacity = 0;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < s->count; i++) {
		const struct stacks_item *item = &s->items[i];
		struct stacks_item *last = &s->items[kept - (kept > 0)];
		uint32_t n = kept > 0 ? common(s->pool, last, item, 0) : 0;
		bool before = kept > 0 && n < last->depth && (n == item->depth ||
			s->pool[last->first + n] > s->pool[item->first + n]);
		stacks_fetch_ahead(s, i, 0);
		if (before) {
			ARRAY_RESERVE(strays.items, capacity, (size_t)strays.count + 1);
			strays.items[strays.count++] = *item;
		} else if (kept > 0 && n == item->depth && n == last->depth) {
			*good &= add_values(last, item);
		} else {
			alike[kept] = n;
			s->items[kept++] = *item;
		}
	}
	s->count = kept;
	return strays;
}

/* Puts the run in order where names that became others broke it: mostly a few items. */
static bool sort_run(struct diff *d, struct diff_run *run, uint32_t *alike)
{
	struct stacks part = {
		.items = run->items, .count = run->count, .pool = d->stacks.pool,
	};
	if (measure(&part, alike))
		return true;
	bool good = true;
	struct stacks_item *merged = xreallocarray(NULL, part.count, sizeof(*merged));
	uint32_t *shared = xcalloc(part.count, sizeof(*shared));
	struct stacks strays = take_strays(&part, shared, &good);
	stacks_sort_ranks(&strays);
	good &= join_equal(&strays);
	struct list kept = {
		.items = part.items, .alike = shared, .count = part.count, .side = -1,
	};
	struct list other = { .items = strays.items, .count = strays.count, .side = -1 };
	good &= merge_lists(kept, other, part.pool, merged, alike, &part.count);
	free(run->items);
	run->items = merged;
	run->count = part.count;
	free(strays.items);
	free(shared);
	return good;
}

static void renumber(struct diff *d, const struct diff_run *run)
{
	bool reversed = d->stacks.reversed;
	for (uint32_t i = 0; i < run->count; i++) {
		const struct stacks_item *item = &run->items[i];
		uint32_t *frames = d->stacks.pool + item->first;
		uint32_t *thread = &frames[reversed ? item->depth - 1 : 0];
		uint32_t first = run->thread[*thread];
		for (uint32_t k = 0; k < item->depth; k++)
			frames[k] = run->function[frames[k]];
		*thread = first;
	}
}

/* What is merged already, and what neighbours of it have in common. */
struct merged {
	struct stacks_item *items;
	uint32_t *alike;
	uint32_t count;
	int side;                /* see struct list; else the items are those of a run */
};

static struct list list_of(const struct merged *m)
{
	return (struct list){
		.items = m->items, .alike = m->alike, .count = m->count, .side = m->side,
	};
}

static bool merge_run(struct diff *d, struct diff_run *run, struct merged *all)
{
	uint32_t *alike = xcalloc((size_t)run->count + 1, sizeof(*alike));
	renumber(d, run);
	bool good = sort_run(d, run, alike);
	struct merged own = { run->items, alike, run->count, run->side };
	if (all->alike == NULL) {
		*all = own;
		return good;
	}
	size_t most = (size_t)all->count + run->count + 1;
	struct merged made = {
		.items = xhuge_malloc(most * sizeof(*made.items)),
		.alike = xreallocarray(NULL, most, sizeof(*made.alike)), .side = -1,
	};
	good &= merge_lists(list_of(all), list_of(&own), d->stacks.pool, made.items,
			    made.alike, &made.count);
	if (all->side < 0)
		free(all->items);
	free(all->alike);
	free(alike);
	*all = made;
	return good;
}

/* Numbers frames in the order of their names, so that numbers can be compared. */
static void number_frames(struct diff *d)
{
	struct profile *p = &d->profile;
	uint32_t *order = stacks_sort_frames(p), count = p->frame_count;
	uint32_t *rank = xcalloc(count, sizeof(*rank));
	struct frame *frames = xcalloc(count, sizeof(*frames));
	for (uint32_t i = 0; i < count; i++) {
		rank[order[i]] = i;
		frames[i] = p->frames[order[i]];
	}
	for (uint32_t i = 0; i < count; i++)
		p->frames[i] = frames[i];
	table_free(&p->frame_table);
	for (size_t i = 0; i < d->run_count; i++)
		for (uint32_t k = 0; k < d->runs[i].frame_count; k++) {
			d->runs[i].function[k] = rank[d->runs[i].function[k]];
			d->runs[i].thread[k] = rank[d->runs[i].thread[k]];
		}
	free(frames);
	free(order);
	free(rank);
}

static bool merge_all(struct diff *d)
{
	struct merged all = { 0 };
	bool good = !d->profile.overflow;
	number_frames(d);
	for (size_t i = 0; good && i < d->run_count; i++)
		good = merge_run(d, &d->runs[i], &all);
	free(all.alike);
	if (all.side < 0) {
		d->stacks.items = all.items;
		d->stacks.count = all.count;
	}
	return good;
}

static bool sum_up(struct stacks *s)
{
	bool bad = false;
	for (uint32_t i = 0; i < s->count; i++)
		for (unsigned c = 0; c < 2; c++)
			bad |= __builtin_add_overflow(s->total[c], s->items[i].value[c],
						      &s->total[c]);
	s->total_before = s->total[0];
	s->any_before = s->count > 0;
	return !bad;
}

static enum diff_counts counts_of_all(const struct diff *d)
{
	enum diff_counts counts = d->runs[0].counts;
	for (size_t i = 1; i < d->run_count; i++)
		if (d->runs[i].counts != counts)
			return DIFF_UNKNOWN;
	return counts;
}

bool diff_merge(struct diff *d)
{
	assert(d->files[0] > 0 && d->files[1] > 0);
	struct profile *p = &d->profile;
	p->is_difference = true;
	p->column_count = 2;
	p->columns[0] = (struct column){ .name = STR("before"), .scale = d->stacks.scale };
	p->columns[1] = (struct column){ .name = STR("after"), .scale = d->stacks.scale };
	d->counts = counts_of_all(d);
	d->stacks.samples = (uint64_t)d->samples[DIFF_AFTER];
	return merge_all(d) && sum_up(&d->stacks);
}

bool diff_align(struct diff *d)
{
	if (!diff_merge(d) || !tree_build(&d->tree, &d->stacks))
		return false;
	top_build(&d->top, &d->tree, 0);
	return true;
}

/* Samples of a run */

double *diff_run_samples(const struct diff *d, size_t number)
{
	const struct diff_run *run = &d->runs[number];
	const struct node *nodes = d->tree.nodes;
	double *samples = xcalloc(d->tree.count, sizeof(*samples));
	uint32_t *path = xcalloc((size_t)d->tree.depth + 1, sizeof(*path));
	for (uint32_t i = 0; i < run->count; i++) {
		const struct stacks_item *item = &run->items[i];
		const uint32_t *frames = d->stacks.pool + item->first;
		uint32_t shared = i == 0 ? 0 : common(d->stacks.pool, item - 1, item, 0);
		/* Below what is shared the next child is one behind the last. */
		bool known = i > 0 && shared < item[-1].depth;
		for (uint32_t k = shared; k < item->depth; k++) {
			uint32_t c = known && k == shared ? path[k + 1] : path[k] + 1;
			while (nodes[c].frame != frames[k])
				c = nodes[c].next;
			path[k + 1] = c;
		}
		samples[path[item->depth]] += run->counts_each ? (double)item->value[1] :
			(double)item->value[0] * run->per_value;
	}
	for (uint32_t i = d->tree.count - 1; i > 0; i--)
		samples[nodes[i].parent] += samples[i];
	free(path);
	return samples;
}
