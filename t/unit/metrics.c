/* SPDX-License-Identifier: Apache-2.0 */
#include "model/metrics.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/alloc.h"

static struct metrics some(void)
{
	struct metrics m = { 0 };
	metrics_add(&m, STR("leaked"), STR("bytes"));
	metrics_add(&m, STR("peak"), STR("bytes"));
	metrics_add(&m, STR("total"), STR("bytes"));
	metrics_add(&m, STR("blocks"), STR("blocks"));
	metrics_add(&m, STR("lifetime"), STR("instrs"));
	metrics_add(&m, STR("pages"), STR("pages"));
	for (unsigned i = 0; i < m.count; i++)
		metrics_sum(&m, i, 1024 * (i + 1));
	return m;
}

static void assert_choice(const char *asked, const char *name)
{
	struct metrics m = some();
	struct want want = { .metric = str_of(asked) };
	struct buf why = { 0 };
	bool ok = metrics_choose(&m, &want, STR("peak"), &why);
	assert_int_equal(m.usual, 1);
	assert_int_equal(ok, name != NULL);
	if (name)
		assert_true(str_eq(m.items[m.chosen].name, str_of(name)));
	else
		assert_string_equal(buf_cstr(&why), "no metric 'nothing': leaked, peak, "
				    "total, blocks, lifetime, pages");
	buf_free(&why);
}

static void one_is_chosen(void **state)
{
	(void)state;
	assert_choice("", "peak");
	assert_choice("weight", "peak");
	assert_choice("leaked", "leaked");
	assert_choice("gb", "peak");
	assert_choice("alloc_space", "total");
	assert_choice("allocations", "blocks");
	assert_choice("pages", "pages");
	assert_choice("nothing", NULL);
}

static void a_usual_one_that_is_missing(void **state)
{
	(void)state;
	struct metrics m = some();
	struct buf why = { 0 };
	assert_true(metrics_choose(&m, &(struct want){ 0 }, STR("growth"), &why));
	assert_int_equal(m.chosen, 0);
	struct metrics none = { 0 };
	assert_false(metrics_choose(&none, &(struct want){ 0 }, STR("peak"), &why));
}

static void assert_others(const struct metrics *m, const char *expected)
{
	struct buf text = { 0 };
	metrics_add_others(&text, m, STR(" · "), true);
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
}

static void others_are_told(void **state)
{
	(void)state;
	struct metrics m = some();
	m.chosen = 1;
	assert_others(&m, "total 3 KiB · at end 1 KiB · 4,096 blocks · pages 6,144 pages");
	m.chosen = 2;
	m.items[1].overflow = true;
	assert_others(&m, "at end 1 KiB · 4,096 blocks · pages 6,144 pages");
	assert_others(&(struct metrics){ 0 }, "");
}

static void suppressed_is_always_told(void **state)
{
	(void)state;
	static const char *const names[] = {
		"definite", "indirect", "possible", "reachable", "leaked", "suppressed",
		"errors",
	};
	struct metrics m = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		metrics_sum(&m, metrics_add(&m, str_of(names[i]), STR("bytes")), 7);
	assert_others(&m, "indirectly lost 7 B · possibly lost 7 B · still reachable 7 B · "
		      "at end 7 B · suppressed 7 B");
}

static void files_are_joined(void **state)
{
	(void)state;
	struct metrics all = { 0 }, more = some();
	struct buf why = { 0 };
	more.chosen = 1;
	assert_true(metrics_join(&all, &more, &why));
	assert_int_equal(all.count, 6);
	struct metrics last = { 0 };
	metrics_add(&last, STR("total"), STR("bytes"));
	metrics_add(&last, STR("peak"), STR("bytes"));
	metrics_add(&last, STR("blocks"), STR("events"));
	metrics_sum(&last, 0, 5);
	metrics_sum(&last, 1, INT64_MAX);
	last.chosen = 1;
	assert_true(metrics_join(&all, &last, &why));
	assert_int_equal(all.count, 2);
	assert_int_equal(all.chosen, 0);
	assert_true(str_eq(all.items[0].name, STR("peak")) && all.items[0].overflow);
	assert_true(str_eq(all.items[1].name, STR("total")));
	assert_int_equal(all.items[1].total, 3 * 1024 + 5);
	last.chosen = 0;
	assert_false(metrics_join(&all, &last, &why));
	assert_string_equal(buf_cstr(&why), "counts 'total', the file before 'peak'; "
			    "choose with --metric");
	buf_free(&why);
}

static void there_is_a_limit(void **state)
{
	(void)state;
	struct metrics m = { 0 };
	for (int i = 0; i < 2 * METRICS_MAX; i++)
		assert_true(metrics_add(&m, STR("x"), STR("")) < METRICS_MAX);
	assert_int_equal(m.count, METRICS_MAX);
}

static void words_for_people(void **state)
{
	(void)state;
	assert_true(str_eq(metrics_words(STR("leaked")), STR("at end")));
	assert_true(str_eq(metrics_words(STR("pages")), STR("pages")));
	assert_true(str_eq(metrics_nothing(STR("leaked")), STR("nothing was leaked")));
	assert_true(str_eq(metrics_nothing(STR("pages")), STR("nothing was counted")));
}

static void names_from_elsewhere(void **state)
{
	(void)state;
	assert_true(str_eq(metrics_name(STR("curB")), STR("leaked")));
	assert_true(str_eq(metrics_name(STR("totFdBk")), STR("freed-blocks")));
	assert_true(str_eq(metrics_name(STR("peak")), STR("peak")));
	assert_true(str_eq(metrics_name(STR("of our own")), STR("of our own")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_is_chosen),
		cmocka_unit_test(a_usual_one_that_is_missing),
		cmocka_unit_test(others_are_told),
		cmocka_unit_test(suppressed_is_always_told),
		cmocka_unit_test(files_are_joined),
		cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(words_for_people),
		cmocka_unit_test(names_from_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
