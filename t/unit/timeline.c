/* SPDX-License-Identifier: Apache-2.0 */
#include "model/timeline.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

static void few_points_stay(void **state)
{
	(void)state;
	struct timeline t = { 0 };
	timeline_add(&t, 0, 5);
	timeline_add(&t, 3, 7);
	timeline_add(&t, 3, 6);
	assert_int_equal(t.step, 1);
	assert_int_equal(t.count, 4);
	assert_int_equal(t.points[0], 5);
	assert_int_equal(t.points[1], -1);
	assert_int_equal(t.points[3], 7);
}

/* Each point is the largest value of its time, however long all of it is. */
static void maxima_stay(void **state)
{
	(void)state;
	enum { END = 100000 };
	struct timeline t = { 0 };
	for (int i = 0; i < END; i++)
		timeline_add(&t, (uint64_t)i, i * 7919 % 10007);
	assert_int_equal(t.step, 128);
	assert_int_equal(t.count, (END + 127) / 128);
	for (int p = 0; p < (int)t.count; p++) {
		int largest = -1;
		for (int i = p * 128; i < p * 128 + 128 && i < END; i++)
			if (i * 7919 % 10007 > largest)
				largest = i * 7919 % 10007;
		assert_int_equal(t.points[p], largest);
	}
}

static void a_leap(void **state)
{
	(void)state;
	struct timeline t = { 0 };
	timeline_add(&t, 1, 3);
	timeline_add(&t, UINT64_C(1) << 61, 4);
	assert_int_equal(t.points[0], 3);
	assert_int_equal(t.points[t.count - 1], 4);
	assert_true(t.count <= TIMELINE_POINTS);
	timeline_add(&t, 0, 9);
	assert_int_equal(t.points[0], 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_points_stay),
		cmocka_unit_test(maxima_stay),
		cmocka_unit_test(a_leap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
