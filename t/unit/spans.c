/* SPDX-License-Identifier: Apache-2.0 */
#include "io/spans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NUMBERS = 300, MOST = 60 };

static void test_nothing(void **state)
{
	(void)state;
	struct spans s = { 0 };
	spans_finish(&s);
	assert_int_equal(spans_find(&s, 0), SPANS_NONE);
	spans_free(&s);
}

static void test_nested(void **state)
{
	(void)state;
	struct spans s = { 0 };
	spans_add(&s, 10, 100, 1);
	spans_add(&s, 20, 40, 2);
	spans_add(&s, 25, 30, 3);
	spans_add(&s, 60, 70, 2);
	spans_add(&s, 50, 50, 9);        /* empty */
	spans_add(&s, 51, 50, 9);
	spans_finish(&s);
	const struct { uint64_t at; uint32_t owner; } want[] = {
		{ 9, SPANS_NONE }, { 10, 1 }, { 19, 1 }, { 20, 2 }, { 24, 2 }, { 25, 3 },
		{ 29, 3 }, { 30, 2 }, { 39, 2 }, { 40, 1 }, { 50, 1 }, { 60, 2 }, { 70, 1 },
		{ 99, 1 }, { 100, SPANS_NONE }, { UINT64_MAX, SPANS_NONE },
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		assert_int_equal(spans_find(&s, want[i].at), want[i].owner);
	spans_free(&s);
}

static void test_ends(void **state)
{
	(void)state;
	struct spans s = { 0 };
	spans_add(&s, 0, UINT64_MAX, 1);
	spans_add(&s, UINT64_MAX - 1, UINT64_MAX, 2);
	spans_finish(&s);
	assert_int_equal(spans_find(&s, 0), 1);
	assert_int_equal(spans_find(&s, UINT64_MAX - 1), 2);
	assert_int_equal(spans_find(&s, UINT64_MAX), SPANS_NONE);
	spans_free(&s);
}

/* However they lie, the greatest owner has the number. */
static void test_any(void **state)
{
	(void)state;
	uint32_t seed = 7;
	for (int round = 0; round < 300; round++) {
		struct spans s = { 0 };
		uint32_t owner[NUMBERS];
		for (int i = 0; i < NUMBERS; i++)
			owner[i] = SPANS_NONE;
		for (int n = round % MOST; n > 0; n--) {
			seed = seed * 1664525 + 1013904223;
			uint32_t from = (seed >> 8) % NUMBERS, who = (seed >> 20) % 20;
			uint32_t to = from + (seed >> 4) % (round % 2 ? 9 : NUMBERS);
			spans_add(&s, from, to, who);
			for (uint32_t i = from; i < to && i < NUMBERS; i++)
				if (owner[i] == SPANS_NONE || owner[i] < who)
					owner[i] = who;
		}
		spans_finish(&s);
		for (uint32_t i = 0; i < NUMBERS; i++)
			assert_int_equal(spans_find(&s, i), owner[i]);
		spans_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_any),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
