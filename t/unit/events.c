/* SPDX-License-Identifier: Apache-2.0 */
#include "model/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define assert_str(actual, text) assert_true(str_eq((actual), str_of(text)))

static void units_follow_from_names(void **state)
{
	(void)state;
	static const struct { const char *name, *unit; } units[] = {
		{ "cpu-clock", "ns" }, { "cpu-clock:uhH", "ns" }, { "task-clock:u", "ns" },
		{ "cycles", "cycles" }, { "cycles:ppp", "cycles" },
		{ "page-faults", "page-faults" }, { "cpu_core/cycles/P", "cycles" },
		{ "sched:sched_switch", "events" }, { "cpu/event=0x3c/u", "events" },
		{ "[unknown]", "" }, { "", "" },
	};
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		assert_str(events_unit(str_of(units[i].name)), units[i].unit);
}

static void tracepoints_have_a_subsystem(void **state)
{
	(void)state;
	assert_true(events_is_tracepoint(STR("sched:sched_switch")));
	assert_true(events_is_tracepoint(STR("sched:sched_switch:u")));
	assert_true(events_is_tracepoint(STR("probe_libc:malloc__return")));
	assert_false(events_is_tracepoint(STR("cycles:u")));
	assert_false(events_is_tracepoint(STR("cpu-clock:uhH")));
	assert_false(events_is_tracepoint(STR("cycles")));
	assert_false(events_is_tracepoint(STR(":")));
	assert_false(events_is_tracepoint(STR("")));
}

static void filters_are_names_or_globs(void **state)
{
	(void)state;
	static const char *const exact[] = { "cycles:u" };
	static const char *const globs[] = { "sched:*", "cpu_?ore/cycles/P", "[a]" };
	struct want want = { .event_filter = exact, .event_filter_count = 1 };
	assert_true(events_match(STR("cycles:u"), &want));
	assert_false(events_match(STR("cycles"), &want));
	assert_false(events_match(STR("cycles:uk"), &want));
	assert_true(events_match(STR("jdk.ThreadPark"), &(struct want){
		.event_filter = (const char *const[]){ "ThreadPark" },
		.event_filter_count = 1,
	}));
	assert_false(events_match(STR("mem_load.l1"), &(struct want){
		.event_filter = (const char *const[]){ "l1" }, .event_filter_count = 1,
	}));
	want = (struct want){ .event_filter = globs, .event_filter_count = 3 };
	assert_true(events_match(STR("sched:sched_switch"), &want));
	assert_true(events_match(STR("cpu_core/cycles/P"), &want));
	assert_true(events_match(STR("[a]"), &want));
	assert_false(events_match(STR("cycles"), &want));
	want.event_filter_count = 0;
	assert_true(events_match(STR("anything"), &want));
}

static void titles_are_for_people(void **state)
{
	(void)state;
	struct buf text = { 0 };
	events_add_title(&text, STR("cpu_core/cycles/P"));
	assert_str(buf_str(&text), "cycles:P");
	buf_clear(&text);
	events_add_title(&text, STR("cpu_atom/cycles/"));
	assert_str(buf_str(&text), "cycles");
	buf_clear(&text);
	events_add_title(&text, STR("cpu_a/b, cpu_c/d/"));
	assert_str(buf_str(&text), "cpu_a/b, cpu_c/d/");
	buf_clear(&text);
	events_add_title(&text, STR("cpu-clock:u"));
	assert_str(buf_str(&text), "cpu-clock:u");
	buf_free(&text);
}

struct sample_of {
	const char *event;
	int64_t samples;
};

/* A profile with a stack for each; ends with one without a name. */
static void make(struct profile *p, const struct sample_of *events)
{
	profile_init(p);
	p->column_count = 2;
	p->columns[1].is_samples = true;
	for (; events->event; events++) {
		struct str name = str_of(events->event);
		struct group g = {
			profile_event(p, name, events_unit(name)), ID_NONE, -1, -1, -1, 0,
		};
		uint32_t frames[] = { 0 }, group = profile_group(p, &g);
		if (events->samples)
			profile_add(p, profile_hash(frames, 1, group), frames, 1, false,
				    group, (int64_t[]){ 10, events->samples });
	}
}

static void assert_chosen(const struct sample_of *events, const struct want *want,
			  const char *expected)
{
	struct profile p;
	struct buf names = { 0 };
	uint32_t chosen[16];
	make(&p, events);
	unsigned n = events_choose(&p, want, chosen);
	for (unsigned i = 0; i < n; i++)
		buf_addf(&names, "%s%s", i ? " " : "", p.events[chosen[i]].name.p);
	assert_string_equal(buf_cstr(&names), expected);
	buf_free(&names);
	profile_free(&p);
}

static void one_event_is_chosen(void **state)
{
	(void)state;
	struct want want = { 0 };
	assert_chosen((struct sample_of[]){ { 0 } }, &want, "");
	assert_chosen((struct sample_of[]){ { "b", 2 }, { "a", 1 }, { 0 } }, &want, "b");
	assert_chosen((struct sample_of[]){ { "b", 2 }, { "a", 2 }, { 0 } }, &want, "a");
	assert_chosen((struct sample_of[]){ { "b", 9 }, { "cpu-clock", 1 }, { 0 } }, &want,
		      "cpu-clock");
	assert_chosen((struct sample_of[]){ { "cpu-clock", 9 }, { "cycles:u", 1 }, { 0 } },
		      &want, "cycles:u");
	assert_chosen((struct sample_of[]){ { "cycles", 0 }, { "b", 1 }, { 0 } }, &want, "b");
	want.first_event = true;
	assert_chosen((struct sample_of[]){ { "b", 2 }, { "cycles", 1 }, { 0 } }, &want, "b");
}

static void kinds_of_cores_belong_together(void **state)
{
	(void)state;
	struct want want = { 0 };
	static const struct sample_of hybrid[] = {
		{ "cpu_atom/cycles/P", 1 }, { "cpu_core/instructions/", 9 },
		{ "cpu_core/cycles/P", 1 }, { "cpu_core/cycles/u", 5 }, { 0 },
	};
	static const char *const filter[] = { "cpu_core/cycles/*" };
	assert_chosen(hybrid, &want, "cpu_core/cycles/u");
	static const struct sample_of same[] = {
		{ "cpu_atom/cycles/P", 1 }, { "page-faults", 9 },
		{ "cpu_core/cycles/P", 1 }, { 0 },
	};
	assert_chosen(same, &want, "cpu_atom/cycles/P cpu_core/cycles/P");
	want.event_filter = filter;
	want.event_filter_count = 1;
	assert_chosen((struct sample_of[]){ { "cpu_core/cycles/u", 1 }, { "cpu_core/cycles/P", 1 },
					    { 0 } }, &want,
		      "cpu_core/cycles/u cpu_core/cycles/P");
}

static void events_as_roots_share_a_unit(void **state)
{
	(void)state;
	static const struct sample_of events[] = {
		{ "sched:a", 1 }, { "cycles", 2 }, { "sched:b", 1 }, { 0 },
	};
	struct want want = { .group_by = GROUP_EVENT };
	assert_chosen(events, &want, "cycles");
	want.metric = STR("samples");
	assert_chosen(events, &want, "sched:a cycles sched:b");
	struct profile p;
	make(&p, events);
	uint64_t *count = events_count(&p);
	assert_int_equal(count[0], 1);
	assert_int_equal(count[1], 2);
	free(count);
	profile_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_follow_from_names),
		cmocka_unit_test(tracepoints_have_a_subsystem),
		cmocka_unit_test(filters_are_names_or_globs),
		cmocka_unit_test(titles_are_for_people),
		cmocka_unit_test(one_event_is_chosen),
		cmocka_unit_test(kinds_of_cores_belong_together),
		cmocka_unit_test(events_as_roots_share_a_unit),
	};
	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
