/* SPDX-License-Identifier: Apache-2.0 */
#include "model/top.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "grown.h"
#include "model/peek.h"

static const struct want plain = { 0 }, chart = { .in_order = true },
			 two = { .columns = 2 }, callers = { .reverse = true };

/* "a 3/10, b 7/7": self and total, in the order of top_choose(). */
static void assert_top(const char *lines, struct want want, enum top_order order,
		       uint32_t max, const char *expected)
{
	struct grown g;
	struct top top;
	struct buf text = { 0 };
	uint32_t names[16];
	grown_make(&g, lines, want);
	top_build(&top, &g.tree, 0);
	assert_true(max <= 16);
	uint32_t count = top_choose(&top, order, names, max);
	for (uint32_t i = 0; i < count; i++) {
		struct str name = intern_text(&g.profile.text, names[i]);
		const struct top_function *f = &top.functions[names[i]];
		buf_addf(&text, "%s%.*s %lld/%lld", i ? ", " : "", STR_ARG(name),
			 (long long)f->self, (long long)f->total);
	}
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
	top_free(&top);
	grown_free(&g);
}

static void self_and_total(void **state)
{
	(void)state;
	assert_top("a 1\na;b 2\na;b;c 4\nb 8\n", plain, TOP_BY_TOTAL, 16,
		   "b 10/14, a 1/7, c 4/4");
	assert_top("a 1\na;b 2\na;b;c 4\nb 8\n", plain, TOP_BY_SELF, 16,
		   "b 10/14, c 4/4, a 1/7");
}

static void recursion_counts_once(void **state)
{
	(void)state;
	assert_top("a;b;a 5\na;b;b 1\na;b 2\na;c;b 2\n", plain, TOP_BY_TOTAL, 16,
		   "a 5/10, b 5/10, c 0/2");
	assert_top("a;a;a 1\na;a 2\n", plain, TOP_BY_TOTAL, 16, "a 3/3");
	/* A sibling after a recursive one is not inside it. */
	assert_top("m;f;f 1\nm;g;f 2\nf 4\n", plain, TOP_BY_TOTAL, 16, "f 7/7, m 0/3, g 0/2");
}

static void turned_around_it_is_the_same(void **state)
{
	(void)state;
	assert_top("a 1\na;b 2\na;b;c 4\nb 8\nb;b 16\n", plain, TOP_BY_TOTAL, 16,
		   "b 26/30, a 1/7, c 4/4");
	assert_top("a 1\na;b 2\na;b;c 4\nb 8\nb;b 16\n", callers, TOP_BY_TOTAL, 16,
		   "b 26/30, a 1/7, c 4/4");
}

static void kinds_of_a_name_are_one_function(void **state)
{
	(void)state;
	assert_top("f 1\nf_[k] 2\nf;f_[i] 4\ng;f_[k] 8\n", plain, TOP_BY_SELF, 16,
		   "f 15/15");
}

static void equal_ones_stand_in_byte_order(void **state)
{
	(void)state;
	assert_top("d 2\nb 2\na 1\nc 2\ne 3\n", plain, TOP_BY_SELF, 16,
		   "e 3/3, b 2/2, c 2/2, d 2/2, a 1/1");
	assert_top("d 2\nb 2\na 1\nc 2\ne 3\n", plain, TOP_BY_SELF, 3,
		   "e 3/3, b 2/2, c 2/2");
	assert_top("d 2\nb 2\n", plain, TOP_BY_SELF, 0, "");
}

static void what_costs_nothing_is_not_chosen(void **state)
{
	(void)state;
	assert_top("a;b 1\nc 0\n", plain, TOP_BY_SELF, 16, "b 1/1");
	assert_top("c 0\n", plain, TOP_BY_TOTAL, 16, "");
	assert_top("", plain, TOP_BY_TOTAL, 16, "");
}

static void a_gap_is_the_time_of_its_function(void **state)
{
	(void)state;
	assert_top("a 2\na;b 3\na 4\na;b 1\n", chart, TOP_BY_TOTAL, 16, "a 6/10, b 4/4");
}

static void of_a_difference_it_is_the_second_column(void **state)
{
	(void)state;
	assert_top("a 9 1\na;b 1 6\nc 5 0\n", two, TOP_BY_TOTAL, 16, "a 1/7, b 6/6");
}

static void values_below_zero_count_as_none(void **state)
{
	(void)state;
	assert_top("a;b -5\na;c 7\n", plain, TOP_BY_TOTAL, 16, "c 7/7, a 0/2");
}

/* Against counting by each stack alone. */
static void sums_are_those_of_the_stacks(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 30; seed++) {
		char *lines = grown_random(seed, 200, 3 + seed, 12, 1);
		struct grown g;
		struct top top;
		grown_make(&g, lines, plain);
		top_build(&top, &g.tree, 0);
		uint32_t count = g.profile.text.count;
		int64_t *self = calloc(count, sizeof(*self));
		int64_t *total = calloc(count, sizeof(*total));
		for (uint32_t i = 0; i < g.stacks.count; i++) {
			const struct stacks_item *item = &g.stacks.items[i];
			const uint32_t *frames = g.stacks.pool + item->first;
			for (uint32_t d = 0; d < item->depth; d++) {
				uint32_t name = g.profile.frames[frames[d]].name, e = 0;
				while (g.profile.frames[frames[e]].name != name)
					e++;
				total[name] += e == d ? item->value[0] : 0;
				self[name] += d + 1 == item->depth ? item->value[0] : 0;
			}
		}
		for (uint32_t i = 0; i < count; i++) {
			assert_int_equal(top.functions[i].self, self[i]);
			assert_int_equal(top.functions[i].total, total[i]);
		}
		free(self);
		free(total);
		free(lines);
		top_free(&top);
		grown_free(&g);
	}
}

/* Without a tree, and of a part of the stacks, it is the same. */
static void sums_without_a_tree_are_the_same(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 30; seed++) {
		char *lines = grown_random(seed, 200, 3 + seed, 12, 1 + seed % 2);
		struct want want = seed % 2 ? two : seed % 3 ? plain : callers;
		struct grown g;
		struct top built, summed;
		grown_make(&g, lines, want);
		top_build(&built, &g.tree, 0);
		top_begin(&summed, &g.profile);
		top_sum(&summed, &g.stacks, 0, g.stacks.count / 2, 0);
		top_sum(&summed, &g.stacks, 0, g.stacks.count, 0);
		assert_int_equal(built.count, summed.count);
		for (uint32_t i = 0; i < g.profile.text.count; i++) {
			assert_int_equal(built.functions[i].self, summed.functions[i].self);
			assert_int_equal(built.functions[i].total, summed.functions[i].total);
		}
		free(lines);
		top_free(&built);
		top_free(&summed);
		grown_free(&g);
	}
}

/* "a 3/10": of the stacks from one on, without their first frames. */
static void first_frames_can_be_left_out(void **state)
{
	(void)state;
	struct grown g;
	struct top top;
	struct buf text = { 0 };
	uint32_t names[8];
	grown_make(&g, "t;a 1\nt;a;b 2\nt;t;a 4\nu;a 8\nu 16\n", plain);
	top_begin(&top, &g.profile);
	top_sum(&top, &g.stacks, 0, 3, 1);
	uint32_t count = top_choose(&top, TOP_BY_BOTH, names, 8);
	for (uint32_t i = 0; i < count; i++) {
		const struct top_function *f = &top.functions[names[i]];
		struct str name = intern_text(&g.profile.text, names[i]);
		buf_addf(&text, "%.*s %lld/%lld ", STR_ARG(name), (long long)f->self,
			 (long long)f->total);
	}
	assert_string_equal(buf_cstr(&text), "a 5/7 b 2/2 t 0/4 ");
	buf_free(&text);
	top_free(&top);
	grown_free(&g);
}

static void assert_peeked(const char *lines, struct want want, const char *expected)
{
	struct grown g;
	struct peek peek;
	struct buf text = { 0 };
	struct match *m = match_new(STR("^b$"), &text);
	grown_make(&g, lines, want);
	peek_make(&peek, &g.stacks, m);
	for (uint32_t i = 0; i < peek.count; i++) {
		const struct peek_call *c = &peek.calls[i];
		struct str other = c->other == ID_NONE ? STR("-") :
				   intern_text(&g.profile.text, c->other);
		buf_addf(&text, "%s%.*s %lld ", c->is_callee ? ">" : "<", STR_ARG(other),
			 (long long)c->value);
	}
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
	match_free(m);
	peek_free(&peek);
	grown_free(&g);
}

static void callers_and_callees(void **state)
{
	(void)state;
	assert_peeked("a;b;c 3\na;b;b;c 4\nd;b 8\nb;c;b 16\nc 32\n", plain,
		      "<c 16 <- 16 <d 8 <a 7 <b 4 >- 24 >c 23 >b 4 ");
	assert_peeked("a;b;c 3\na;b;b;c 4\nd;b 8\nb;c;b 16\nc 32\n", callers,
		      "<c 16 <- 16 <d 8 <a 7 <b 4 >- 24 >c 23 >b 4 ");
	assert_peeked("a;c 3\n", plain, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(self_and_total),
		cmocka_unit_test(recursion_counts_once),
		cmocka_unit_test(turned_around_it_is_the_same),
		cmocka_unit_test(kinds_of_a_name_are_one_function),
		cmocka_unit_test(equal_ones_stand_in_byte_order),
		cmocka_unit_test(what_costs_nothing_is_not_chosen),
		cmocka_unit_test(a_gap_is_the_time_of_its_function),
		cmocka_unit_test(of_a_difference_it_is_the_second_column),
		cmocka_unit_test(values_below_zero_count_as_none),
		cmocka_unit_test(sums_are_those_of_the_stacks),
		cmocka_unit_test(sums_without_a_tree_are_the_same),
		cmocka_unit_test(first_frames_can_be_left_out),
		cmocka_unit_test(callers_and_callees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
