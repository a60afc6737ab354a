/* SPDX-License-Identifier: Apache-2.0 */
#include "read/value_types.h"

#include "base/alloc.h"
#include "base/num.h"

static const struct {
	struct str own, name;
} memory_types[] = {
	{ STR("alloc_space"), STR("total") }, { STR("alloc_objects"), STR("blocks") },
	{ STR("inuse_space"), STR("live") }, { STR("inuse_objects"), STR("live-blocks") },
};

static bool has_metric(const struct metrics *m, struct str name)
{
	for (unsigned i = 0; i < m->count; i++)
		if (str_eq(m->items[i].name, name))
			return true;
	return false;
}

/* A word: without blanks and what terminals act on, and of no other metric. */
static struct str word(struct profile *p, struct str text, const char *otherwise)
{
	struct buf out = { 0 };
	metrics_add_word(&out, text);
	if (out.n == 0)
		buf_add(&out, str_of(otherwise));
	struct str kept = profile_keep(p, buf_str(&out));
	buf_free(&out);
	return kept;
}

static struct str metric_name(const struct metrics *m, struct profile *p, struct str own)
{
	for (size_t i = 0; i < ARRAY_SIZE(memory_types); i++)
		if (str_eq(memory_types[i].own, own) && !has_metric(m, memory_types[i].name))
			return memory_types[i].name;
	struct str name = word(p, own, "value");
	for (unsigned n = 2; has_metric(m, name); n++) {
		struct buf next = { 0 };
		buf_add(&next, own);
		buf_addf(&next, "-%u", n);
		name = word(p, buf_str(&next), "value");
		buf_free(&next);
	}
	return name;
}

/* "count" says nothing: samples are samples, allocations blocks, the rest is its name. */
static struct str metric_unit(struct profile *p, struct str own, struct str unit)
{
	struct str known = str_eq(unit, STR("byte")) ? STR("bytes") : metrics_short_unit(unit);
	if (!str_eq(known, unit))
		return known;
	if (unit.n && !str_eq(unit, STR("count")))
		return word(p, unit, "");
	static const struct { struct str own, unit; } counts[] = {
		{ STR("goroutine"), STR("goroutines") }, { STR("value"), STR("") },
		{ STR("threadcreate"), STR("threads") },
		{ STR("alloc_objects"), STR("blocks") }, { STR("inuse_objects"), STR("blocks") },
		{ STR("cpu"), STR("samples") }, { STR("wall"), STR("samples") },
		{ STR("itimer"), STR("samples") }, { STR("ctimer"), STR("samples") },
	};
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		if (str_eq(counts[i].own, own))
			return counts[i].unit;
	return word(p, own, "units");
}

unsigned value_types_add(struct metrics *m, struct profile *p, struct str type, struct str unit)
{
	struct str name = metric_name(m, p, type);
	unsigned i = metrics_add(m, name, metric_unit(p, type, unit));
	m->items[i].own = profile_keep(p, type);
	m->items[i].own_unit = profile_keep(p, unit);
	if (str_eq(type, STR("samples")) && str_eq(unit, STR("count")))
		m->samples = i + 1;
	return i;
}

static struct want asked_metric(const struct metrics *m, const struct want *given)
{
	struct want want = *given;
	uint64_t number;
	if (want.metric.n == 0)
		return want;
	if (num_u64(want.metric, &number) && number < m->count)
		want.metric = m->items[number].name;
	for (unsigned i = 0; i < m->count; i++)
		if (str_eq(m->items[i].own, want.metric))
			want.metric = m->items[i].name;
	if (str_starts(want.metric, STR("inuse_")) &&
	    has_metric(m, str_skip(want.metric, STR("inuse_").n)))
		want.metric = str_skip(want.metric, STR("inuse_").n);
	return want;
}

bool value_types_choose(struct metrics *m, const struct want *given, unsigned usual,
			struct buf *why)
{
	struct want want = asked_metric(m, given);
	return metrics_choose(m, &want, m->items[usual].name, why);
}
