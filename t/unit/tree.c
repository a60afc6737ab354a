/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model/filter.h"
#include "model/samples.h"

/* A stack as one would write it: "a;b_[k]". */
struct line {
	const char *stack;
	int64_t value;
	const char *comm;        /* NULL: none */
	int64_t pid;
};

static uint32_t frame_of(struct profile *p, struct str text)
{
	enum frame_kind kind = frame_kind_unmark(&text);
	return profile_frame(p, profile_name_text(p, text), kind, ID_NONE, ID_NONE);
}

static void add(struct profile *p, const struct line *line, bool leaf_first)
{
	uint32_t frames[16], depth = 0;
	struct group g = { 0, ID_NONE, line->pid, -1, -1, 0 };
	struct str rest = str_of(line->stack);
	while (rest.n > 0)
		frames[depth++] = frame_of(p, str_cut(&rest, ';'));
	for (uint32_t i = 0; leaf_first && i < depth / 2; i++) {
		uint32_t swap = frames[i];
		frames[i] = frames[depth - 1 - i];
		frames[depth - 1 - i] = swap;
	}
	g.event = profile_event(p, STR("cycles"), STR("cycles"));
	if (line->comm)
		g.comm = profile_text(p, str_of(line->comm));
	uint32_t group = profile_group(p, &g);
	profile_add(p, profile_hash(frames, depth, group), frames, depth, leaf_first, group,
		    (int64_t[]){ line->value, 1 });
}

/* Ends with a line without a stack. */
static void make(struct profile *p, const struct line *lines)
{
	profile_init(p);
	p->column_count = 2;
	p->columns[0].name = STR("period");
	p->columns[1].name = STR("samples");
	p->columns[1].is_samples = true;
	for (size_t i = 0; lines[i].stack; i++)
		add(p, &lines[i], i % 2 == 1);
}

static void add_name(struct buf *out, const struct profile *p, uint32_t frame)
{
	buf_add(out, profile_name(p, frame));
	buf_add(out, frame_kind_mark(p->frames[frame].kind));
}

/* "a;b 3, a;c 4" */
static void assert_stacks(const struct line *lines, struct want want, const char *expected)
{
	struct profile p;
	struct stacks s;
	struct buf text = { 0 };
	uint32_t event = 0;
	make(&p, lines);
	assert_true(stacks_select(&s, &p, &want, &event, 1));
	for (uint32_t i = 0; i < s.count; i++) {
		buf_addf(&text, "%s", i ? ", " : "");
		for (uint32_t d = 0; d < s.items[i].depth; d++) {
			buf_addf(&text, "%s", d ? ";" : "");
			add_name(&text, &p, s.pool[s.items[i].first + d]);
		}
		buf_addf(&text, " %lld", (long long)s.items[i].value[0]);
	}
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
	stacks_free(&s);
	profile_free(&p);
}

static void stacks_are_sorted_frame_by_frame(void **state)
{
	(void)state;
	assert_stacks((struct line[]){ { "a;x", 1, NULL, 0 }, { "a.b", 2, NULL, 0 },
				       { "a", 4, NULL, 0 }, { "a b;x", 8, NULL, 0 },
				       { "a;x;y", 16, NULL, 0 }, { "a_[k];x", 32, NULL, 0 },
				       { 0 } },
		      (struct want){ 0 },
		      "a 4, a;x 1, a;x;y 16, a b;x 8, a.b 2, a_[k];x 32");
}

static void equal_stacks_are_merged(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ "a;b", 1, "sh", 5 }, { "a;b", 2, "sh", 6 }, { "a;b", 4, "awk", 6 },
		{ "", 8, "sh", 5 }, { 0 },
	};
	assert_stacks((struct line[]){ { "a", 1, NULL, 0 }, { "", 2, NULL, 0 }, { 0 } },
		      (struct want){ 0 }, "[no stack] 2, a 1");
	assert_stacks(lines, (struct want){ .group_by = GROUP_COMM },
		      "awk;a;b 4, sh 8, sh;a;b 3");
	assert_stacks(lines, (struct want){ .group_by = GROUP_PID },
		      "awk-6;a;b 4, sh-5 8, sh-5;a;b 1, sh-6;a;b 2");
}

static void filters_cut_at_the_root(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ "main;run;f;run;g", 1, "sh", 0 }, { "main;h", 2, "sh", 0 },
		{ "main;run", 4, "awk", 0 }, { 0 },
	};
	struct filter *skip = filter_new(), *show = filter_new();
	struct match_error error = { 0 };
	assert_true(filter_add(skip, FILTER_SKIP_AFTER, STR("run"), &error));
	assert_true(filter_add(show, FILTER_SHOW_FROM, STR("^run$"), &error));
	assert_stacks(lines, (struct want){ .filter = skip }, "run 4, run;g 1, sh;main;h 2");
	assert_stacks(lines, (struct want){ .filter = show }, "run 4, run;f;run;g 1");
	filter_free(skip);
	filter_free(show);
	assert_stacks(lines, (struct want){ .reverse = true },
		      "g;run;f;run;main;sh 1, h;main;sh 2, run;main;awk 4");
}

static void metrics_are_columns(void **state)
{
	(void)state;
	static const struct line lines[] = { { "a", 5, NULL, 0 }, { "a", 6, NULL, 0 }, { 0 } };
	struct profile p;
	make(&p, lines);
	assert_int_equal(stacks_metric(&p, &(struct want){ 0 }), 0);
	assert_int_equal(stacks_metric(&p, &(struct want){ .metric = STR("weight") }), 0);
	assert_int_equal(stacks_metric(&p, &(struct want){ .metric = STR("samples") }), 1);
	assert_true(stacks_metric(&p, &(struct want){ .metric = STR("x") }) < 0);
	profile_free(&p);
	assert_stacks(lines, (struct want){ .metric = STR("samples") }, "a 2");
}

static void totals_that_do_not_fit_are_noticed(void **state)
{
	(void)state;
	struct profile p;
	struct stacks s;
	struct want want = { 0 };
	uint32_t event = 0;
	make(&p, (struct line[]){ { "a", INT64_MAX, NULL, 0 }, { "b", 1, NULL, 0 }, { 0 } });
	assert_false(stacks_select(&s, &p, &want, &event, 1));
	stacks_free(&s);
	profile_free(&p);
}

/* Many stacks in no order come out in order, each once. */
static void a_sort_of_many_is_a_sort(void **state)
{
	(void)state;
	enum { STACKS = 3000 };
	struct profile p;
	struct stacks s;
	struct want want = { 0 };
	uint32_t event = 0, random = 1;
	profile_init(&p);
	for (int i = 0; i < STACKS; i++) {
		char text[64];
		random = random * 1664525 + 1013904223;
		snprintf(text, sizeof(text), "f%u;g%u;h%u;i%u", random >> 30, random >> 27 & 7,
			 random >> 20 & 31, random >> 10 & 15);
		add(&p, &(struct line){ text, 1, NULL, 0 }, false);
	}
	assert_true(stacks_select(&s, &p, &want, &event, 1));
	assert_int_equal(s.total[0], STACKS);
	for (uint32_t i = 1; i < s.count; i++) {
		const uint32_t *a = s.pool + s.items[i - 1].first;
		const uint32_t *b = s.pool + s.items[i].first;
		int order = 0;
		for (int d = 0; order == 0 && d < 4; d++)
			order = str_cmp(profile_name(&p, a[d]), profile_name(&p, b[d]));
		assert_true(order < 0);
	}
	stacks_free(&s);
	profile_free(&p);
}

/* The same stacks as samples of a flame chart: one by one, in this order. */
static void make_in_order(struct profile *p, const struct line *lines)
{
	make(p, (struct line[]){ { 0 } });
	struct samples samples;
	samples_init(&samples, p);
	samples.in_order = true;
	for (size_t i = 0; lines[i].stack; i++) {
		struct group g = { 0, ID_NONE, -1, -1, -1, 0 };
		struct str rest = str_of(lines[i].stack);
		g.event = profile_event(p, STR("cycles"), STR("cycles"));
		if (lines[i].comm)
			g.comm = profile_text(p, str_of(lines[i].comm));
		while (rest.n > 0)
			sample_push(&samples, frame_of(p, str_cut(&rest, ';')));
		sample_end(&samples, profile_group(p, &g),
			   (int64_t[]){ lines[i].value, 1 });
	}
	samples_flush(&samples);
	samples_free(&samples);
}

/*
 * "a[self+total]" with the depth as dots, in the order of the nodes; a gap is
 * "~".
 */
static void assert_tree_of(const struct line *lines, struct want want,
			   const char *expected)
{
	struct profile p;
	struct stacks s;
	struct tree t;
	struct buf text = { 0 };
	uint32_t event = 0, gaps = 0;
	if (want.in_order)
		make_in_order(&p, lines);
	else
		make(&p, lines);
	assert_true(stacks_select(&s, &p, &want, &event, p.event_count));
	assert_true(tree_build(&t, &s));
	for (uint32_t i = 0; i < t.count; i++) {
		const struct node *n = &t.nodes[i];
		for (uint32_t d = 0; d < n->depth; d++)
			buf_addc(&text, '.');
		if (n->frame != ID_NONE)
			add_name(&text, &p, n->frame);
		if (tree_is_gap(n)) {
			buf_addc(&text, '~');
			assert_int_equal(n->end, i + 1);
			assert_true(n->next != 0);       /* it is before something */
			gaps++;
		}
		buf_addf(&text, "[%lld+%lld] ", (long long)tree_self(&t, i, 0),
			 (long long)n->total[0]);
		assert_true(n->end > i && n->end <= t.count);
		assert_true(i == 0 ? n->parent == 0 : n->parent < i);
		assert_true(n->next == 0 || (n->next == n->end &&
					     t.nodes[n->next].parent == n->parent));
	}
	assert_string_equal(buf_cstr(&text), expected);
	assert_int_equal(t.gaps, gaps);
	buf_free(&text);
	tree_free(&t);
	stacks_free(&s);
	profile_free(&p);
}

static void assert_tree(const struct line *lines, const char *expected)
{
	assert_tree_of(lines, (struct want){ 0 }, expected);
}

static void trees_share_beginnings(void **state)
{
	(void)state;
	assert_tree((struct line[]){ { 0 } }, "[0+0] ");
	assert_tree((struct line[]){ { "a", 3, NULL, 0 }, { 0 } }, "[0+3] .a[3+3] ");
	assert_tree((struct line[]){ { "a;b", 1, NULL, 0 }, { "a", 2, NULL, 0 },
				     { "a;b;c", 4, NULL, 0 }, { "a;b_[k]", 8, NULL, 0 },
				     { "d;b", 16, NULL, 0 }, { "a;d", 32, NULL, 0 }, { 0 } },
		    "[0+63] .a[2+47] ..b[1+5] ...c[4+4] ..b_[k][8+8] ..d[32+32] "
		    ".d[0+16] ..b[16+16] ");
}

static void a_name_like_another_splits_no_box(void **state)
{
	(void)state;
	assert_tree((struct line[]){ { "a;x", 1, NULL, 0 }, { "a.b", 2, NULL, 0 },
				     { "a", 4, NULL, 0 }, { "a;y", 8, NULL, 0 }, { 0 } },
		    "[0+15] .a[4+13] ..x[1+1] ..y[8+8] .a.b[2+2] ");
}

static void a_chart_keeps_order_and_neighbours(void **state)
{
	(void)state;
	struct want want = { .in_order = true };
	assert_tree_of((struct line[]){ { 0 } }, want, "[0+0] ");
	/* Order, and the same stack again. */
	assert_tree_of((struct line[]){ { "b;x", 1, NULL, 0 }, { "a;x", 2, NULL, 0 },
					{ "b;x", 4, NULL, 0 }, { 0 } }, want,
		       "[0+7] .b[0+1] ..x[1+1] .a[0+2] ..x[2+2] .b[0+4] ..x[4+4] ");
	/* Neighbours share callers, equal ones no leaf. */
	assert_tree_of((struct line[]){ { "a;b;x", 1, NULL, 0 }, { "a;b;x", 2, NULL, 0 },
					{ "a;b;y", 4, NULL, 0 }, { "a;c", 8, NULL, 0 },
					{ 0 } }, want,
		       "[0+15] .a[0+15] ..b[0+7] ...x[1+1] ...x[2+2] ...y[4+4] ..c[8+8] ");
	assert_tree_of((struct line[]){ { "a", 1, NULL, 0 }, { "a", 2, NULL, 0 },
					{ 0 } }, want, "[0+3] .a[1+1] .a[2+2] ");
}

static void a_chart_has_gaps(void **state)
{
	(void)state;
	struct want want = { .in_order = true };
	/* Own time before a child is a gap, behind the last one is none. */
	assert_tree_of((struct line[]){ { "a", 1, NULL, 0 }, { "a;b", 2, NULL, 0 },
					{ "a", 4, NULL, 0 }, { "a;b;c", 8, NULL, 0 },
					{ "a", 16, NULL, 0 }, { 0 } }, want,
		       "[0+31] .a[21+31] ..~[1+1] ..b[2+2] ..~[4+4] ..b[0+8] ...c[8+8] ");
	/* The second of two equal leaves is the one that goes on. */
	assert_tree_of((struct line[]){ { "a;b", 2, NULL, 0 }, { "a;b", 1, NULL, 0 },
					{ "a;b;c;d", 3, NULL, 0 }, { "a;b", 1, NULL, 0 },
					{ 0 } }, want,
		       "[0+7] .a[0+7] ..b[2+2] ..b[2+5] ...~[1+1] ...c[0+3] ....d[3+3] ");
	/* Stacks worth nothing are not there, and separate nothing. */
	assert_tree_of((struct line[]){ { "a", 1, NULL, 0 }, { "z", 0, NULL, 0 },
					{ "a;b", 2, NULL, 0 }, { 0 } }, want,
		       "[0+3] .a[1+3] ..~[1+1] ..b[2+2] ");
}

static void a_chart_has_process_names(void **state)
{
	(void)state;
	struct want want = { .in_order = true };
	assert_tree_of((struct line[]){ { "x", 1, "b", 0 }, { "x", 2, "a", 0 },
					{ "x;y", 4, "a", 0 }, { "x", 8, "b", 0 }, { 0 } },
		       want, "[0+15] .b[0+1] ..x[1+1] .a[0+6] ..x[2+6] ...~[2+2] "
			     "...y[4+4] .b[0+8] ..x[8+8] ");
}

static void a_deep_tree_is_built(void **state)
{
	(void)state;
	enum { DEEP = 100000 };
	struct profile p;
	struct stacks s;
	struct tree t;
	struct want want = { 0 };
	uint32_t event = 0, *frames = malloc(DEEP * sizeof(*frames));
	profile_init(&p);
	struct group g = { profile_event(&p, STR(""), STR("")), ID_NONE, -1, -1, -1, 0 };
	uint32_t group = profile_group(&p, &g);
	uint32_t f = frame_of(&p, STR("f"));
	for (uint32_t i = 0; i < DEEP; i++)
		frames[i] = f;
	for (uint32_t depth = DEEP; depth > DEEP - 3; depth--)
		profile_add(&p, profile_hash(frames, depth, group), frames, depth, true, group,
			    (int64_t[]){ 1, 0 });
	assert_true(stacks_select(&s, &p, &want, &event, 1));
	assert_true(tree_build(&t, &s));
	assert_int_equal(t.count, DEEP + 1);
	assert_int_equal(t.depth, DEEP);
	assert_int_equal(t.nodes[1].total[0], 3);
	assert_int_equal(t.nodes[DEEP].total[0], 1);
	tree_free(&t);
	stacks_free(&s);
	profile_free(&p);
	free(frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_are_sorted_frame_by_frame),
		cmocka_unit_test(equal_stacks_are_merged),
		cmocka_unit_test(filters_cut_at_the_root),
		cmocka_unit_test(metrics_are_columns),
		cmocka_unit_test(totals_that_do_not_fit_are_noticed),
		cmocka_unit_test(a_sort_of_many_is_a_sort),
		cmocka_unit_test(trees_share_beginnings),
		cmocka_unit_test(a_name_like_another_splits_no_box),
		cmocka_unit_test(a_chart_keeps_order_and_neighbours),
		cmocka_unit_test(a_chart_has_gaps),
		cmocka_unit_test(a_chart_has_process_names),
		cmocka_unit_test(a_deep_tree_is_built),
	};
	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
