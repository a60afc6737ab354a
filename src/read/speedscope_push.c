/* SPDX-License-Identifier: Apache-2.0 */
#include "read/speedscope_push.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/calltree.h"
#include "read/reader.h"

/* Sums that are larger leave no room for as many decimals as there are. */
#define SUM_MAX 2e18L

struct pushing {
	struct input *in;
	const struct want *want;
	struct samples *out;
	const struct speedscope_profiles *profiles;
	const struct speedscope_table *table;
	struct metrics metrics;
	int power_of[METRICS_MAX];       /* by metric: see struct unit */
	long double sum_of[METRICS_MAX];
	uint32_t event;
	bool has_threads;
	struct plan {
		unsigned metric;
		int power;
		uint32_t group;
	} *plans;                /* by profile */
};

/* A second has 10^power of a unit of time. */
enum { NO_TIME = -1, NANOSECONDS = 9 };

static const struct unit {
	struct str name, unit, metric;
	int power;
} units[] = {
	{ STR("nanoseconds"), STR("ns"), STR("time"), NANOSECONDS },
	{ STR("microseconds"), STR("us"), STR("time"), 6 },
	{ STR("milliseconds"), STR("ms"), STR("time"), 3 },
	{ STR("seconds"), STR("s"), STR("time"), 0 },
	{ STR("bytes"), STR("bytes"), STR("bytes"), NO_TIME },
	{ STR("none"), STR(""), STR("value"), NO_TIME },
};

/* What our own writer tells goes before the unit of speedscope. */
static struct unit unit_of(const struct speedscope_profile *p)
{
	struct unit unit = { p->unit, p->unit, p->unit, NO_TIME };
	bool is_own = p->own.series.n > 0;
	if (is_own)
		unit = (struct unit){ p->unit, p->own.unit, p->own.series, NO_TIME };
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (is_own && str_eq(units[i].unit, p->own.unit))
			unit.power = units[i].power;
		else if (!is_own && str_eq(units[i].name, p->unit))
			unit = units[i];
	return unit;
}

/* Metrics */

static bool add_metric(struct pushing *u, const struct speedscope_profile *p,
		       const struct unit *unit, unsigned *at)
{
	if (u->metrics.count == METRICS_MAX) {
		u->in->line = p->line;
		return input_error(u->in, "more than %d kinds of values", METRICS_MAX);
	}
	*at = metrics_add(&u->metrics, unit->metric, unit->unit);
	u->power_of[*at] = unit->power;
	u->metrics.items[*at].own = p->own.own;
	if (str_eq(unit->metric, STR("samples")))
		u->metrics.samples = *at + 1;
	return true;
}

/* What is told in several units of time is read in the smallest. */
static bool find_metric(struct pushing *u, const struct speedscope_profile *p,
			struct plan *plan)
{
	struct unit unit = unit_of(p);
	unsigned i = 0;
	plan->power = unit.power;
	while (i < u->metrics.count && !str_eq(u->metrics.items[i].name, unit.metric))
		i++;
	plan->metric = i;
	if (i == u->metrics.count)
		return add_metric(u, p, &unit, &plan->metric);
	struct metric *m = &u->metrics.items[i];
	if (str_eq(m->unit, unit.unit))
		return true;
	if (unit.power == NO_TIME || u->power_of[i] == NO_TIME || p->own.series.n > 0) {
		u->in->line = p->line;
		return input_error(u->in, "'%.*s' in two units, '%.*s' and '%.*s'",
				   STR_ARG(m->name), STR_ARG(m->unit),
				   STR_ARG(unit.unit));
	}
	if (unit.power > u->power_of[i]) {
		m->unit = unit.unit;
		u->power_of[i] = unit.power;
	}
	return true;
}

/* A number of a profile in the unit of its metric. */
static struct decimal in_unit(const struct pushing *u, const struct plan *plan,
			      struct decimal d)
{
	int power = plan->power == NO_TIME ? 0 : u->power_of[plan->metric] - plan->power;
	unsigned cut = d.scale < (unsigned)power ? d.scale : (unsigned)power;
	d.scale -= cut;
	for (power -= (int)cut; power > 0; power--)
		if (__builtin_mul_overflow(d.digits, 10, &d.digits))
			u->out->profile->overflow = true;
	return d;
}

static uint64_t number_count(const struct speedscope_profile *p)
{
	return p->is_evented ? p->frames : p->stacks;
}

/* As many decimals as the numbers have, and the sum has room for. */
static void measure(struct pushing *u, const struct speedscope_profile *p,
		    const struct plan *plan)
{
	struct metric *m = &u->metrics.items[plan->metric];
	long double *sum = &u->sum_of[plan->metric];
	for (uint64_t i = 0; i < number_count(p); i++) {
		struct decimal d = in_unit(u, plan,
					   u->profiles->numbers[p->first_number + i]);
		long double value = fabsl((long double)d.digits) / powl(10, d.scale);
		if (d.scale > m->scale)
			m->scale = d.scale;
		if (!p->is_evented)
			*sum += value;
		else if (value > *sum)
			*sum = value;
	}
}

static void choose_scales(struct pushing *u)
{
	for (uint32_t i = 0; i < u->profiles->count; i++)
		measure(u, &u->profiles->items[i], &u->plans[i]);
	for (unsigned m = 0; m < u->metrics.count; m++) {
		unsigned scale = u->metrics.items[m].scale, kept = scale;
		while (kept > 0 && u->sum_of[m] * powl(10, kept) > SUM_MAX)
			kept--;
		if (kept < scale)
			input_warn_many(u->in, "kinds of values with more decimals than can "
					"be added up, rounded", 1);
		u->metrics.items[m].scale = kept;
	}
	profile_agree_scales(u->out->profile, &u->metrics);
}

static bool choose_metric(struct pushing *u, uint32_t active)
{
	const struct speedscope_profiles *s = u->profiles;
	for (uint32_t i = 0; i < s->count; i++)
		if (!find_metric(u, &s->items[i], &u->plans[i]))
			return false;
	if (u->metrics.count == 0)
		return input_fail(u->in, "there is no profile in it");
	unsigned usual = u->plans[active < s->count ? active : 0].metric;
	return reader_choose_metric(u->in, &u->metrics, u->want, u->metrics.items[usual].name);
}

/* Threads */

static bool has_several_names(const struct speedscope_profiles *s)
{
	for (uint32_t i = 1; i < s->count; i++)
		if (!str_eq(s->items[i].name, s->items[0].name))
			return true;
	return false;
}

static uint32_t find_group(struct pushing *u, const struct speedscope_profile *p)
{
	const struct want *w = u->want;
	bool has_name = u->has_threads && p->name.n > 0;
	struct str name = p->name;
	struct group g = profile_nobody(u->event);
	if (p->own.series.n > 0) {
		has_name = p->own.has_comm;
		name = p->own.comm;
	}
	if (want_comm(w) && has_name)
		g.comm = profile_text(u->out->profile, name);
	if (want_pid(w))
		g.pid = p->own.pid;
	if (want_tid(w))
		g.tid = p->own.tid;
	return profile_group(u->out->profile, &g);
}

/* Samples */

/* Of a value of the chosen metric, in ns. */
static int64_t time_of(const struct pushing *u, const struct plan *plan, int64_t value)
{
	int power = u->power_of[plan->metric];
	struct decimal d = { value, u->metrics.items[plan->metric].scale };
	if (plan->metric != u->metrics.chosen || power == NO_TIME ||
	    !num_rescale(&d, (unsigned)(NANOSECONDS - power)))
		return MOMENT_UNKNOWN;
	return d.digits;
}

static bool take_value(struct pushing *u, const struct plan *plan, struct decimal number,
		       int64_t *value)
{
	struct decimal d = in_unit(u, plan, number);
	if (!num_rescale(&d, u->metrics.items[plan->metric].scale))
		u->out->profile->overflow = true;
	*value = d.digits;
	return *value != 0;
}

static void end_sample(struct pushing *u, const struct plan *plan, int64_t value)
{
	int64_t values[METRICS_MAX] = { 0 };
	values[plan->metric] = value;
	metrics_sum(&u->metrics, plan->metric, value);
	if (sample_depth(u->out) == 0)
		u->out->frameless++;
	sample_end_metrics(u->out, plan->group, values);
}

static void push_stack(struct pushing *u, uint64_t first, uint64_t end)
{
	const struct speedscope_table *t = u->table;
	while (end-- > first) {
		uint32_t n, location = t->location[u->profiles->frames[end]];
		const uint32_t *frames = location_frames(&t->locations, location, &n);
		sample_push_all(u->out, frames, 0, n);
	}
}

static void push_samples(struct pushing *u, const struct speedscope_profile *p,
			 const struct plan *plan)
{
	const struct speedscope_profiles *s = u->profiles;
	uint64_t first = p->first_frame;
	int64_t value, time;
	take_value(u, plan, p->start, &time);
	for (uint64_t i = 0; i < p->stacks; i++) {
		uint64_t end = s->ends[p->first_stack + i];
		if (take_value(u, plan, s->numbers[p->first_number + i], &value)) {
			push_stack(u, first, end);
			u->out->time = time_of(u, plan, time);
			end_sample(u, plan, value);
		}
		u->out->profile->overflow |= __builtin_add_overflow(time, value, &time);
		first = end;
	}
}

/* Events */

/* The node of what was called by that one, or of the one that has called it. */
static uint32_t go_to(const struct pushing *u, struct calltree *t, uint32_t node,
		      uint32_t event)
{
	uint32_t n, location = u->table->location[event >> 1];
	const uint32_t *frames = location_frames(&u->table->locations, location, &n);
	while (n-- > 0)
		node = event & 1 ? calltree_child(t, node, frames[n]) :
				   t->nodes[node].parent;
	return node;
}

static bool add_time(struct pushing *u, const struct plan *plan, struct calltree *t,
		     uint32_t node, int64_t from, int64_t to)
{
	calltree_add(t, node, to - from, 0);
	if (!u->want->in_order && !u->want->times)
		return true;
	u->out->time = time_of(u, plan, from);
	return calltree_push(t, node, u->out);
}

static bool walk_events(struct pushing *u, const struct speedscope_profile *p,
			const struct plan *plan, struct calltree *t)
{
	uint32_t root = calltree_root(t, plan->group), node = root;
	int64_t last = 0, time;
	for (uint64_t i = 0; i < p->frames; i++, last = time) {
		take_value(u, plan, u->profiles->numbers[p->first_number + i], &time);
		if (node != root && time > last) {
			metrics_sum(&u->metrics, plan->metric, time - last);
			if (!add_time(u, plan, t, node, last, time))
				return false;
		}
		if (t->count > CALLTREE_NODES_MAX - SPEEDSCOPE_FRAMES_MAX / 2)
			return false;
		node = go_to(u, t, node, u->profiles->frames[p->first_frame + i]);
	}
	return calltree_push_all(t, u->out);
}

static bool push_events(struct pushing *u, const struct speedscope_profile *p,
			const struct plan *plan)
{
	struct calltree tree = { .first_metric = (int)plan->metric };
	bool ok = walk_events(u, p, plan, &tree);
	u->out->profile->overflow |= tree.overflow;
	calltree_free(&tree);
	u->in->line = p->line;
	return ok || input_error(u->in, "the stacks of this profile are too many and too "
				 "deep");
}

/* What the profile says that it lasts may be longer, and not shorter. */
static void check_sum(struct pushing *u, const struct speedscope_profile *p)
{
	long double sum = 0, lasts = p->end.digits / powl(10, p->end.scale) -
		p->start.digits / powl(10, p->start.scale);
	for (uint64_t i = 0; i < p->stacks; i++) {
		struct decimal d = u->profiles->numbers[p->first_number + i];
		sum += d.digits / powl(10, d.scale);
	}
	if (p->has_end && sum > lasts * (1 + 1e-6L) + 1e-9L)
		input_warn_at(u->in, p->line, "profiles whose weights are more than they "
			      "say that they last", p->name);
}

/* Also the number of samples, which goes with the others. */
static bool is_wanted(const struct pushing *u, const struct plan *plan)
{
	return u->want->all_metrics || plan->metric == u->metrics.chosen ||
	       plan->metric + 1 == u->metrics.samples;
}

static void sum_up(struct pushing *u, const struct speedscope_profile *p,
		   const struct plan *plan)
{
	int64_t value;
	for (uint64_t i = 0; i < p->stacks; i++) {
		take_value(u, plan, u->profiles->numbers[p->first_number + i], &value);
		metrics_sum(&u->metrics, plan->metric, value);
	}
}

static bool push_profiles(struct pushing *u)
{
	bool ok = true;
	for (uint32_t i = 0; i < u->profiles->count; i++)
		u->out->profile->sampled &= !u->profiles->items[i].is_evented;
	for (uint32_t i = 0; ok && i < u->profiles->count; i++) {
		const struct speedscope_profile *p = &u->profiles->items[i];
		struct plan *plan = &u->plans[i];
		plan->group = find_group(u, p);
		if (p->is_evented)
			ok = push_events(u, p, plan);
		else if (is_wanted(u, plan))
			push_samples(u, p, plan);
		else
			sum_up(u, p, plan);
		if (!p->is_evented)
			check_sum(u, p);
	}
	u->out->time = MOMENT_UNKNOWN;
	return ok;
}

bool speedscope_push(struct input *in, const struct want *want, struct samples *out,
		     const struct speedscope_profiles *profiles,
		     const struct speedscope_table *table, uint32_t active)
{
	struct pushing u = {
		.in = in, .want = want, .out = out, .profiles = profiles, .table = table,
		.has_threads = has_several_names(profiles),
		.plans = xcalloc(profiles->count + (size_t)1, sizeof(*u.plans)),
	};
	bool ok = choose_metric(&u, active);
	if (ok) {
		struct str unit = u.metrics.items[u.metrics.chosen].unit;
		choose_scales(&u);
		u.event = profile_event(out->profile, STR(""), unit);
		samples_metrics(out, &u.metrics, want->all_metrics);
		ok = push_profiles(&u);
		samples_flush(out);
	}
	ok = ok && reader_end_metrics(in, out->profile, &u.metrics);
	free(u.plans);
	return ok;
}
