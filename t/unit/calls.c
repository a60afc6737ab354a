/* SPDX-License-Identifier: Apache-2.0 */
#include "model/calls.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
	struct profile profile;
	struct samples out;
	struct want want;
	struct calls calls;
	uint32_t group, lane;
	uint32_t frames[26];     /* "a" to "z" */
};

static void begin(struct fixture *f, bool each)
{
	*f = (struct fixture){ .want.in_order = each, .want.times = each };
	profile_init(&f->profile);
	if (each)
		profile_keep_moments(&f->profile);
	samples_init(&f->out, &f->profile);
	f->out.leaf_first = true;
	f->out.in_order = each;
	struct group g = {
		.event = profile_event(&f->profile, STR(""), STR("ns")),
		.comm = ID_NONE, .pid = -1, .tid = -1, .cpu = -1,
	};
	f->group = profile_group(&f->profile, &g);
	for (int i = 0; i < 26; i++) {
		char name = (char)('a' + i);
		uint32_t text = profile_text(&f->profile, (struct str){ &name, 1 });
		f->frames[i] = profile_frame(&f->profile, text, FRAME_USER, ID_NONE,
					     ID_NONE);
	}
	calls_init(&f->calls, &f->out, &f->want);
	f->lane = calls_lane(&f->calls, f->group);
}

static void finish(struct fixture *f)
{
	calls_free(&f->calls);
	samples_free(&f->out);
	profile_free(&f->profile);
}

static void enter(struct fixture *f, int64_t time, char name)
{
	assert_true(calls_enter(&f->calls, f->lane, time, f->frames[name - 'a']));
}

static void leave(struct fixture *f, int64_t time, char name)
{
	calls_leave(&f->calls, f->lane, time, name ? f->frames[name - 'a'] : ID_NONE);
}

static void span(struct fixture *f, int64_t from, int64_t to, char name)
{
	assert_true(calls_span(&f->calls, f->lane, from, to, f->frames[name - 'a']));
}

/* "ab 3 2", a line for each stack: time and calls. */
static void add_stack(const struct profile *p, uint32_t i, struct buf *to)
{
	const struct stack *s = &p->stacks[i];
	for (uint32_t d = 0; d < s->depth; d++)
		buf_add(to, profile_name(p, profile_stack_frame(p, s, d)));
	buf_addf(to, " %lld %lld\n", (long long)p->values[i * COLUMNS_MAX],
		   (long long)p->values[i * COLUMNS_MAX + 1]);
}

static void expect(struct fixture *f, const char *stacks)
{
	struct buf got = { 0 };
	assert_true(calls_end(&f->calls));
	samples_flush(&f->out);
	for (uint32_t i = 0; i < f->profile.stack_count; i++)
		add_stack(&f->profile, i, &got);
	assert_string_equal(buf_cstr(&got), stacks);
	buf_free(&got);
}

static void time_belongs_to_what_is_open(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	enter(&f, 100, 'a');
	enter(&f, 110, 'b');
	leave(&f, 115, 'b');
	enter(&f, 120, 'b');
	enter(&f, 121, 'c');
	leave(&f, 128, 0);
	leave(&f, 130, 'b');
	leave(&f, 150, 'a');
	enter(&f, 1000, 'a');
	leave(&f, 1001, 'a');
	expect(&f, "a 36 2\nab 8 2\nabc 7 1\n");
	finish(&f);
}

static void spans_nest(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	span(&f, -50, 50, 'a');
	span(&f, -50, 0, 'b');
	span(&f, -20, 0, 'c');
	span(&f, 0, 10, 'b');
	span(&f, 10, 10, 'd');
	span(&f, 50, 60, 'a');
	expect(&f, "a 50 2\nab 40 2\nabc 20 1\nad 0 1\n");
	assert_int_equal(f.calls.overlapping, 0);
	finish(&f);
}

static void spans_and_calls_mix(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	enter(&f, 0, 'a');
	span(&f, 1, 9, 'b');
	enter(&f, 2, 'c');
	leave(&f, 9, 'c');
	leave(&f, 10, 'a');
	expect(&f, "a 2 1\nab 1 1\nabc 7 1\n");
	assert_int_equal(f.calls.unended, 0);
	assert_int_equal(f.calls.unmatched, 0);
	finish(&f);
}

static void a_span_that_goes_on_stands_beside(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	span(&f, 0, 100, 'a');
	span(&f, 10, 50, 'b');
	span(&f, 20, 80, 'c');
	span(&f, 30, 120, 'd');
	/* b is over at 50, c at 80, a at 100 */
	expect(&f, "a 10 1\nab 10 1\nabc 10 1\nabcd 20 1\nacd 30 0\nad 20 0\nd 20 0\n");
	assert_int_equal(f.calls.overlapping, 2);
	finish(&f);
}

static void lost_ends(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	leave(&f, 0, 'z');
	enter(&f, 1, 'a');
	enter(&f, 2, 'b');
	enter(&f, 3, 'c');
	leave(&f, 5, 'a');
	leave(&f, 6, 'b');
	enter(&f, 7, 'a');
	span(&f, 8, 20, 'b');
	leave(&f, 10, 'a');
	enter(&f, 12, 'c');
	span(&f, 15, 16, 'd');
	enter(&f, 30, 'e');
	calls_wait(&f.calls, f.lane, 31);
	expect(&f, "a 2 2\nab 3 2\nabc 2 1\nb 2 0\nbc 7 1\nbcd 1 1\ne 1 1\n");
	assert_int_equal(f.calls.unmatched, 2);
	assert_int_equal(f.calls.unended, 3);
	assert_int_equal(f.calls.overlapping, 0);
	assert_int_equal(f.calls.open, 1);
	finish(&f);
}

static void clocks_that_go_back(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	enter(&f, 10, 'a');
	enter(&f, 8, 'b');
	leave(&f, 12, 'b');
	span(&f, 5, 11, 'c');
	span(&f, 5, 14, 'd');
	leave(&f, 20, 'a');
	expect(&f, "a 6 1\nab 2 1\nac 0 1\nad 2 1\n");
	assert_int_equal(f.calls.backwards, 3);
	finish(&f);
}

static void lanes_of_a_group_are_one(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	enter(&f, 0, 'a');
	f.lane = calls_lane(&f.calls, f.group);
	enter(&f, 5, 'a');
	leave(&f, 6, 'a');
	f.lane = 0;
	enter(&f, 4, 'b');
	leave(&f, 8, 'b');
	leave(&f, 9, 'a');
	expect(&f, "a 6 2\nab 4 1\n");
	finish(&f);
}

static void pieces_of_time_in_order(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, true);
	enter(&f, 0, 'a');
	span(&f, 1, 3, 'b');
	span(&f, 5, 5, 'c');
	leave(&f, 9, 'a');
	expect(&f, "a 1 1\nab 2 1\na 2 0\na 4 0\nac 0 1\n");
	const int64_t times[] = { 0, 1, 3, 5, MOMENT_UNKNOWN };
	assert_int_equal(f.profile.moments->count, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(f.profile.moments->items[i].time, times[i]);
	finish(&f);
}

/* Each moment in which something is open counts once, however spans overlap. */
static void sums_are_the_time_covered(void **state)
{
	(void)state;
	enum { SPANS = 300, END = 2000 };
	srand(1);
	for (int round = 0; round < 200; round++) {
		struct fixture f;
		bool covered[END] = { false };
		int64_t sum = 0, expected = 0;
		begin(&f, round % 2);
		for (int i = 0, at = 0; i < SPANS; i++) {
			at += rand() % 8;
			int to = at + rand() % 60;
			span(&f, at, to < END ? to : END, (char)('a' + rand() % 5));
			for (int t = at; t < to && t < END; t++)
				covered[t] = true;
		}
		assert_true(calls_end(&f.calls));
		samples_flush(&f.out);
		for (int i = 0; i < END; i++)
			expected += covered[i];
		assert_true(profile_sum(&f.profile, 0, &sum));
		assert_int_equal(sum, expected);
		assert_true(profile_sum(&f.profile, 1, &sum));
		assert_int_equal(sum, SPANS);
		finish(&f);
	}
}

/* Very many calls that never end, and spans that each outlast the one before. */
static void hostile_traces_take_no_time(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	for (int i = 0; i < 20000; i++) {
		enter(&f, 0, 'a');
		leave(&f, 0, 'z');
	}
	assert_int_equal(f.calls.unmatched, 20000);
	finish(&f);
}

static void many_spans_overlap(void **state)
{
	(void)state;
	struct fixture f;
	int64_t calls;
	begin(&f, false);
	for (int i = 0; i < 5000; i++)
		span(&f, i, i + 3000, (char)('a' + i % 26));
	assert_true(calls_end(&f.calls));
	samples_flush(&f.out);
	assert_true(profile_sum(&f.profile, 1, &calls));
	assert_int_equal(calls, 5000);
	finish(&f);
}

static void what_is_too_much_is_refused(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	for (int i = 0; i < 40000; i++)
		enter(&f, i, 'a');
	calls_wait(&f.calls, f.lane, 40001);
	assert_false(calls_end(&f.calls));
	finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_belongs_to_what_is_open),
		cmocka_unit_test(spans_nest),
		cmocka_unit_test(spans_and_calls_mix),
		cmocka_unit_test(a_span_that_goes_on_stands_beside),
		cmocka_unit_test(lost_ends),
		cmocka_unit_test(clocks_that_go_back),
		cmocka_unit_test(lanes_of_a_group_are_one),
		cmocka_unit_test(pieces_of_time_in_order),
		cmocka_unit_test(sums_are_the_time_covered),
		cmocka_unit_test(hostile_traces_take_no_time),
		cmocka_unit_test(many_spans_overlap),
		cmocka_unit_test(what_is_too_much_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
