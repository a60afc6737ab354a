/* SPDX-License-Identifier: Apache-2.0 */
#include "model/detail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "grown.h"

static const struct want plain = { 0 }, chart = { .in_order = true },
			 two = { .columns = 2 };
static const struct layout none = { 0 };

/* "all 2, a 1(1), b 4": depth first, rest, and what of it is hidden; "-" is a gap. */
static void assert_detail(const char *lines, struct want want, const struct layout *l,
			  uint32_t nodes, const char *expected)
{
	struct grown g;
	struct detail d;
	struct buf text = { 0 };
	grown_make(&g, lines, want);
	detail_make(&d, &g.tree, l, nodes);
	for (uint32_t i = 0; i < d.count; i++) {
		struct str name = i == 0 ? STR("all") : STR("-");
		if (d.frame[i] != ID_NONE)
			name = profile_name(&g.profile, d.frame[i]);
		buf_addf(&text, "%s", i ? ", " : "");
		for (uint32_t up = 0; up < d.up[i]; up++)
			buf_addc(&text, '<');
		buf_addf(&text, "%.*s %llu", STR_ARG(name), (unsigned long long)d.rest[i]);
		if (d.hidden[i])
			buf_addf(&text, "(%llu)", (unsigned long long)d.hidden[i]);
		if (d.before)
			buf_addf(&text, "|%llu", (unsigned long long)d.before[i]);
	}
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
	detail_free(&d);
	grown_free(&g);
}

static const char some[] = "a 1\na;b 2\na;b;c 4\na;d 8\ne 16\ne;f 3\n";

static void all_of_it(void **state)
{
	(void)state;
	assert_detail(some, plain, &none, DETAIL_ALL,
		      "all 0, a 1, b 2, c 4, <<d 8, <<e 16, f 3");
	assert_detail(some, plain, &none, 7, "all 0, a 1, b 2, c 4, <<d 8, <<e 16, f 3");
	assert_detail("", plain, &none, DETAIL_ALL, "all 0");
}

static void the_widest_stay(void **state)
{
	(void)state;
	assert_detail(some, plain, &none, 6, "all 0, a 1, b 2, c 4, <<d 8, <<e 19(3)");
	assert_detail(some, plain, &none, 4, "all 0, a 7(6), d 8, <<e 19(3)");
	assert_detail(some, plain, &none, 2, "all 15(15), e 19(3)");
	assert_detail(some, plain, &none, 1, "all 34(34)");
	assert_detail(some, plain, &none, 0, "all 34(34)");
}

static void of_equal_ones_the_first_stay(void **state)
{
	(void)state;
	static const char lines[] = "a;b 5\nc;d 5\ne;f 5\n";
	assert_detail(lines, plain, &none, 4, "all 5(5), a 0, b 5, <<c 5(5)");
	assert_detail(lines, plain, &none, 5, "all 5(5), a 0, b 5, <<c 0, d 5");
}

static void what_is_drawn_stays(void **state)
{
	(void)state;
	struct grown g;
	struct layout l;
	grown_make(&g, some, plain);
	layout_make(&l, &g.tree, &(struct layout_options){ .width = 34, .min_width = 6 });
	assert_int_equal(l.count, 5);        /* all, a, b, d, e */
	assert_detail(some, plain, &l, 0, "all 0, a 1, b 6(4), <d 8, <<e 19(3)");
	assert_detail(some, plain, &l, 2, "all 0, a 1, b 6(4), <d 8, <<e 19(3)");
	layout_free(&l);
	grown_free(&g);
}

static void calls_of_a_chart_keep_their_places(void **state)
{
	(void)state;
	static const char lines[] = "a;b 9\na;c 1\na;d 2\na;e 9\na;f 1\n";
	assert_detail(lines, chart, &none, DETAIL_ALL,
		      "all 0, a 0, b 9, <c 1, <d 2, <e 9, <f 1");
	assert_detail(lines, chart, &none, 4,
		      "all 0, a 1(1), b 9, <- 3(3), <e 9");
	/* A gap is the function's own time, but for what was left out in it. */
	assert_detail("a 2\na;b 9\na 3\na;c 1\na 4\na;d 9\na 5\n", chart, &none, DETAIL_ALL,
		      "all 0, a 5, - 2, <b 9, <- 3, <c 1, <- 4, <d 9");
	assert_detail("a 2\na;b 9\na 3\na;c 1\na 4\na;d 9\na 5\n", chart, &none, 4,
		      "all 0, a 5, - 2, <b 9, <- 8(1), <d 9");
}

static void a_difference_has_both_columns(void **state)
{
	(void)state;
	static const char lines[] = "a 1 5\na;b 7 0\nc 3 3\nd 0 4\n";
	assert_detail(lines, two, &none, DETAIL_ALL,
		      "all 0|0, a 5|1, b 0|7, <<c 3|3, <d 4|0");
	/* What vanished is as wide as it was. */
	assert_detail(lines, two, &none, 3, "all 7(7)|3, a 5|1, b 0|7");
}

static void values_below_zero_are_put_right(void **state)
{
	(void)state;
	assert_detail("a;b -5\na;c 7\na;d 9\n", plain, &none, DETAIL_ALL,
		      "all 0, a 0, b 0, <c 7, <d 4");
	assert_detail("a -5\n", plain, &none, DETAIL_ALL, "all 0, a 0");
	/* c seems wider than a, which does not stay. */
	assert_detail("a;b -5\na;c 7\n", plain, &none, 2, "all 2(2)");
}

static void values_may_be_large(void **state)
{
	(void)state;
	assert_detail("a 4611686018427387904\nb 4611686018427387903\n", plain, &none, 2,
		      "all 4611686018427387903(4611686018427387903), a 4611686018427387904");
	assert_detail("a;b 9223372036854775807\n", plain, &none, 3,
		      "all 0, a 0, b 9223372036854775807");
}

/* Every node of the detail is one of the tree, with the same total. */
static void assert_sound(const struct tree *t, const struct detail *d, uint32_t nodes)
{
	uint64_t *total = calloc(d->count, sizeof(*total));
	uint32_t *parent = calloc(d->count, sizeof(*parent));
	uint32_t *node = calloc(d->count, sizeof(*node)), at = 0;
	assert_true(d->count == nodes || (nodes == 0 && d->count == 1) ||
		    (nodes > t->count && d->count == t->count));
	assert_int_equal(d->cut, t->count - d->count);
	for (uint32_t i = 1; i < d->count; i++) {
		parent[i] = i - 1;
		for (uint32_t up = d->up[i]; up > 0; up--)
			parent[i] = parent[parent[i]];
		do
			at++;
		while (t->nodes[at].frame != d->frame[i] ||
		       t->nodes[at].parent != node[parent[i]]);
		node[i] = at;
	}
	for (uint32_t i = d->count; i-- > 0;) {
		total[i] += d->rest[i];
		assert_int_equal(total[i], t->nodes[node[i]].total[0]);
		assert_int_equal(d->rest[i] - d->hidden[i], tree_self(t, node[i], 0));
		if (i)
			total[parent[i]] += total[i];
	}
	free(total);
	free(parent);
	free(node);
}

static void any_part_adds_up(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 20; seed++) {
		char *lines = grown_random(seed, 300, 3 + seed, 14, 1);
		struct grown g;
		grown_make(&g, lines, plain);
		for (uint32_t nodes = 0; nodes < g.tree.count + 60; nodes += 37) {
			struct detail d;
			detail_make(&d, &g.tree, &none, nodes);
			assert_sound(&g.tree, &d, nodes);
			detail_free(&d);
		}
		free(lines);
		grown_free(&g);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it),
		cmocka_unit_test(the_widest_stay),
		cmocka_unit_test(of_equal_ones_the_first_stay),
		cmocka_unit_test(what_is_drawn_stays),
		cmocka_unit_test(calls_of_a_chart_keep_their_places),
		cmocka_unit_test(a_difference_has_both_columns),
		cmocka_unit_test(values_below_zero_are_put_right),
		cmocka_unit_test(values_may_be_large),
		cmocka_unit_test(any_part_adds_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
