/* SPDX-License-Identifier: Apache-2.0 */
#include "model/events.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/alloc.h"

/* An event name taken apart: "cpu_core/cycles/P" is cycles and P. */
struct parts {
	struct str base;
	struct str modifiers;
	bool is_tracepoint;
};

static bool is_modifiers(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("ukhIGHpPDSWeb", s.p[i]) == NULL || s.p[i] == '\0')
			return false;
	return s.n <= 8;
}

/* "cpu_core/…/P": the PMUs of processors with several kinds of cores. */
static bool is_hybrid(struct str name, struct parts *parts)
{
	ptrdiff_t first = str_chr(name, '/'), last = str_rchr(name, '/');
	if (!str_starts(name, STR("cpu_")) || first < 0 || last <= first ||
	    str_chr(name, ' ') >= 0)
		return false;
	parts->base = str_span(name.p + first + 1, name.p + last);
	parts->modifiers = str_skip(name, (size_t)last + 1);
	return true;
}

static struct parts take_apart(struct str name)
{
	struct parts parts = { .base = name };
	if (is_hybrid(name, &parts))
		return parts;
	ptrdiff_t colon = str_rchr(name, ':');
	if (colon > 0 && is_modifiers(str_skip(name, (size_t)colon + 1))) {
		parts.base = str_head(name, (size_t)colon);
		parts.modifiers = str_skip(name, (size_t)colon + 1);
	}
	parts.is_tracepoint = str_chr(parts.base, ':') > 0;
	return parts;
}

struct str events_unit(struct str name)
{
	static const struct str clocks[] = {
		STR("cpu-clock"), STR("task-clock"), STR("duration_time"),
		STR("user_time"), STR("system_time"),
	};
	struct parts parts = take_apart(name);
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		if (str_eq(parts.base, clocks[i]))
			return STR("ns");
	if (parts.is_tracepoint || str_chr(parts.base, '/') >= 0)
		return STR("events");
	return str_eq(parts.base, STR("[unknown]")) ? STR("") : parts.base;
}

bool events_is_tracepoint(struct str name)
{
	return take_apart(name).is_tracepoint;
}

/* "jdk.ExecutionSample" to "ExecutionSample", as Java's classes are called for short. */
static struct str short_name(struct str name)
{
	ptrdiff_t dot = str_rchr(name, '.');
	struct str last = str_skip(name, (size_t)(dot + 1));
	return last.n > 0 && last.p[0] >= 'A' && last.p[0] <= 'Z' ? last : name;
}

bool events_match(struct str name, const struct want *want)
{
	for (size_t i = 0; i < want->event_filter_count; i++) {
		const char *pattern = want->event_filter[i];
		if (str_eq(name, str_of(pattern)) ||
		    str_eq(short_name(name), str_of(pattern)) ||
		    fnmatch(pattern, name.p, 0) == 0)
			return true;
	}
	return want->event_filter_count == 0;
}

uint64_t *events_count(const struct profile *p)
{
	uint64_t *count = xcalloc(p->event_count, sizeof(*count));
	unsigned column = p->column_count - 1;
	if (p->event_count == 1 && p->header_samples > 0 && !p->samples_untold) {
		count[0] = p->header_samples;
		return count;
	}
	for (uint32_t i = 0; i < p->stack_count; i++) {
		uint32_t event = p->groups[p->stacks[i].group].event;
		bool counted = p->columns[column].is_samples;
		count[event] += counted ?
			(uint64_t)p->values[(size_t)i * COLUMNS_MAX + column] : 1;
	}
	return count;
}

static unsigned rank(struct str name)
{
	static const struct str first[] = {
		STR("cycles"), STR("cpu-cycles"), STR("cpu-clock"),
		STR("task-clock"), STR("jdk.ExecutionSample"), STR("jdk.CPUTimeSample"),
	};
	struct parts parts = take_apart(name);
	unsigned i = 0;
	while (i < ARRAY_SIZE(first) && !str_eq(parts.base, first[i]))
		i++;
	return i;
}

static bool is_better(const struct profile *p, const uint64_t *count, uint32_t a,
		      uint32_t b)
{
	unsigned rank_a = rank(p->events[a].name), rank_b = rank(p->events[b].name);
	if (rank_a != rank_b)
		return rank_a < rank_b;
	if (count[a] != count[b])
		return count[a] > count[b];
	return str_cmp(p->events[a].name, p->events[b].name) < 0;
}

static uint32_t best_event(const struct profile *p, const uint64_t *count)
{
	uint32_t best = UINT32_MAX;
	for (uint32_t i = 0; i < p->event_count; i++)
		if (count[i] > 0 &&
		    (best == UINT32_MAX || is_better(p, count, i, best)))
			best = i;
	return best == UINT32_MAX ? 0 : best;
}

static bool is_same_hybrid(struct str a, struct str b)
{
	struct parts x = { 0 }, y = { 0 };
	return is_hybrid(a, &x) && is_hybrid(b, &y) && str_eq(x.base, y.base) &&
	       str_eq(x.modifiers, y.modifiers);
}

static bool same_unit(const struct profile *p, const struct want *want, uint32_t a,
		      uint32_t b)
{
	return str_eq(want->metric, STR("samples")) ||
	       str_eq(p->events[a].unit, p->events[b].unit);
}

unsigned events_choose(const struct profile *p, const struct want *want,
		       uint32_t *chosen)
{
	if (p->event_count == 0)
		return 0;
	uint64_t *count = events_count(p);
	uint32_t best = want->first_event ? 0 : best_event(p, count);
	while (count[best] == 0 && best + 1 < p->event_count)
		best++;
	bool asked = want->event_filter_count > 0 || want->group_by == GROUP_EVENT;
	unsigned n = 0;
	for (uint32_t i = 0; i < p->event_count; i++)
		if (i == best ||
		    (count[i] > 0 &&
		     ((asked && same_unit(p, want, i, best)) ||
		      is_same_hybrid(p->events[i].name, p->events[best].name))))
			chosen[n++] = i;
	free(count);
	return n;
}

bool events_is_chosen(const uint32_t *chosen, unsigned count, uint32_t event)
{
	unsigned from = 0, to = count;
	while (from < to) {
		unsigned middle = from + (to - from) / 2;
		if (chosen[middle] < event)
			from = middle + 1;
		else
			to = middle;
	}
	return from < count && chosen[from] == event;
}

void events_add_title(struct buf *out, struct str name)
{
	struct parts parts = { 0 };
	if (!is_hybrid(name, &parts)) {
		buf_add(out, name);
		return;
	}
	buf_add(out, parts.base);
	if (parts.modifiers.n) {
		buf_addc(out, ':');
		buf_add(out, parts.modifiers);
	}
}
