/* SPDX-License-Identifier: Apache-2.0 */
#include "model/moments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "model/samples.h"

static void add(struct moments *m, int64_t time)
{
	moments_add(m, (struct moment){ .time = time, .stack = (uint32_t)m->count });
}

/* Equal times stay in the order added: stacks are numbered in that order. */
static void assert_sorted(const struct moments *m)
{
	for (size_t i = 1; i < m->count; i++) {
		const struct moment *a = &m->items[i - 1], *b = &m->items[i];
		assert_true(a->time < b->time ||
			    (a->time == b->time && a->stack < b->stack));
	}
}

static void any_order_is_sorted(void **state)
{
	(void)state;
	uint32_t random = 1;
	for (int count = 0; count < 200; count++) {
		struct moments *m = xcalloc(1, sizeof(*m));
		uint64_t sum = 0, sum_after = 0;
		for (int i = 0; i < count; i++) {
			random = random * 1664525 + 1013904223;
			int64_t time = random >> 24 ? random >> 28 : MOMENT_UNKNOWN;
			add(m, time);
			sum += (uint64_t)time;
		}
		moments_sort(m);
		assert_int_equal(m->count, count);
		assert_sorted(m);
		for (size_t i = 0; i < m->count; i++)
			sum_after += (uint64_t)m->items[i].time;
		assert_int_equal(sum, sum_after);
		moments_delete(m);
	}
}

static void more_after_sorting(void **state)
{
	(void)state;
	struct moments *m = xcalloc(1, sizeof(*m));
	add(m, 2);
	add(m, 1);
	moments_sort(m);
	add(m, 0);
	moments_sort(m);
	assert_int_equal(m->items[0].time, 0);
	assert_int_equal(m->items[2].time, 2);
	moments_delete(m);
}

/* Each sample has its moment, also when its stack has been there before. */
static void samples_leave_moments(void **state)
{
	(void)state;
	struct profile p;
	struct samples s;
	profile_init(&p);
	profile_keep_moments(&p);
	samples_init(&s, &p);
	struct group g = {
		profile_event(&p, STR(""), STR("")), ID_NONE, -1, -1, -1, 0,
	};
	uint32_t group = profile_group(&p, &g);
	uint32_t f = profile_frame(&p, profile_text(&p, STR("f")), FRAME_USER, ID_NONE,
				   ID_NONE);
	for (int i = 0; i < 1000; i++) {
		for (int k = 0; k <= i % 3; k++)
			sample_push(&s, f);
		if (i > 0)
			s.time = i;
		sample_end(&s, group, (int64_t[COLUMNS_MAX]){ i, 1 });
	}
	samples_flush(&s);
	assert_int_equal(p.stack_count, 3);
	assert_int_equal(p.moments->count, 1000);
	assert_true(p.moments->items[0].time == MOMENT_UNKNOWN);
	for (int i = 1; i < 1000; i++) {
		const struct moment *m = &p.moments->items[i];
		assert_int_equal(m->time, i);
		assert_int_equal(m->value, i);
		assert_int_equal(p.stacks[m->stack].depth, i % 3 + 1);
	}
	profile_rescale(&p, 0, 1);
	assert_int_equal(p.moments->items[7].value, 70);
	samples_free(&s);
	profile_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_is_sorted),
		cmocka_unit_test(more_after_sorting),
		cmocka_unit_test(samples_leave_moments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
