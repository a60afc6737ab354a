/* SPDX-License-Identifier: Apache-2.0 */
#include "model/suppressions.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

static void assert_fits(const char *pattern, const char *name, bool wanted)
{
	struct suppressions s = { 0 };
	suppressions_add(&s, str_of(pattern));
	if (suppressions_fit(&s, str_of(name)) != wanted)
		fail_msg("'%s' and '%s'", pattern, name);
	suppressions_free(&s);
}

static void patterns(void **state)
{
	(void)state;
	assert_fits("leak", "a_leak_b", true);
	assert_fits("leak", "lea", false);
	assert_fits("leak", "", false);
	assert_fits("^leak", "leaks", true);
	assert_fits("^leak", "a_leak", false);
	assert_fits("leak$", "a_leak", true);
	assert_fits("leak$", "leaks", false);
	assert_fits("leak$", "leak_leak", true);
	assert_fits("^leak$", "leak", true);
	assert_fits("^leak$", "leak_leak", false);
	assert_fits("^a*z$", "abcz", true);
	assert_fits("^a*z$", "az", true);
	assert_fits("^az*za$", "aza", false);
	assert_fits("a*b*c", "xaxbxcx", true);
	assert_fits("a*b*c", "xaxcxbx", false);
	assert_fits("^*b", "ab", true);
	assert_fits("a*$", "bab", true);
	assert_fits("*", "x", true);
	assert_fits("*", "", false);
	assert_fits("a**b", "ab", true);
	assert_fits("/lib/*.so", "/usr/lib/x/y.so.1", true);
}

static void many(void **state)
{
	(void)state;
	struct suppressions s = { 0 };
	assert_false(suppressions_fit(&s, STR("a")));
	for (char c = 'b'; c < 'z'; c++)
		suppressions_add(&s, (struct str){ &c, 1 });
	assert_true(suppressions_fit(&s, STR("y")));
	assert_false(suppressions_fit(&s, STR("a")));
	suppressions_free(&s);
}

static void assert_place(const char *pattern, bool fits)
{
	struct suppressions s = { 0 };
	const struct frametext place = {
		.name = STR("leak"), .module = STR("/lib/x.so"), .line = STR("/src/a.c:12"),
	}, nothing = { 0 };
	suppressions_add(&s, str_of(pattern));
	assert_int_equal(suppressions_fit_place(&s, &place), fits);
	assert_false(suppressions_fit_place(&s, &nothing));
	suppressions_free(&s);
	assert_false(suppressions_fit_place(&s, &place));
}

static void places(void **state)
{
	(void)state;
	assert_place("^leak$", true);
	assert_place("x.so$", true);
	assert_place("a.c$", true);
	assert_place("12", false);
	assert_place("^a.c", false);
}

static void assert_line(const char *line, bool understood, const char *pattern)
{
	struct suppressions s = { 0 };
	assert_int_equal(suppressions_add_line(&s, str_of(line)), understood);
	assert_int_equal(s.count, pattern != NULL);
	if (pattern)
		assert_true(str_eq(s.items[0].pattern, str_of(pattern)));
	suppressions_free(&s);
}

static void lines(void **state)
{
	(void)state;
	assert_line("", true, NULL);
	assert_line("  \t", true, NULL);
	assert_line("# leak:a", true, NULL);
	assert_line("leak:a", true, "a");
	assert_line("\tleak:a b \r", true, "a b");
	assert_line("leak:^a$", true, "a");
	assert_line("leak:", false, NULL);
	assert_line("race:a", false, NULL);
	assert_line("a", false, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns),
		cmocka_unit_test(many),
		cmocka_unit_test(places),
		cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
