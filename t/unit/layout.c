/* SPDX-License-Identifier: Apache-2.0 */
#include "model/layout.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/*
 * Trees are written as lists of (depth, self value) in depth-first order and
 * given their links and totals here, so that layout is tested by itself.
 */
struct line {
	uint32_t depth;
	int64_t self;
};

static struct stacks one_column = { .columns = 1 };

static struct tree made(const struct line *lines, uint32_t count)
{
	struct tree t = { .stacks = &one_column, .count = count };
	uint32_t *last = calloc(count + 2, sizeof(*last));   /* by depth: newest node */

	t.nodes = calloc(count, sizeof(*t.nodes));
	for (uint32_t i = 0; i < count; i++) {
		struct node *n = &t.nodes[i];
		uint32_t depth = lines[i].depth;

		*n = (struct node){ .depth = depth, .frame = i,
				    .total = { lines[i].self } };
		n->parent = depth ? last[depth - 1] : 0;
		if (depth && last[depth] && t.nodes[last[depth]].parent == n->parent)
			t.nodes[last[depth]].next = i;
		last[depth] = i;
	}
	for (uint32_t i = count; i-- > 0;) {
		struct node *n = &t.nodes[i];

		if (n->end == 0)
			n->end = i + 1;
		if (i) {
			t.nodes[n->parent].total[0] += n->total[0];
			if (t.nodes[n->parent].end < n->end)
				t.nodes[n->parent].end = n->end;
		}
	}
	free(last);
	return t;
}

/* What every layout must keep. */
static void assert_sound(const struct layout *l, const struct tree *t)
{
	assert_true(l->count >= 1);
	assert_int_equal(l->boxes[0].node, 0);
	assert_int_equal(l->boxes[0].value, l->total);
	assert_int_equal(l->count + l->hidden + t->gaps, t->count);
	for (uint32_t i = 1; i < l->count; i++) {
		const struct layout_box *b = &l->boxes[i], *p = &l->boxes[b->parent];

		assert_true(b->parent < i);
		assert_true(l->boxes[i - 1].node < b->node);
		assert_int_equal(p->node, t->nodes[b->node].parent);
		assert_int_equal(b->depth, t->nodes[b->node].depth);
		assert_true(b->from >= p->from);
		assert_true(b->from + b->value <= p->from + p->value);
	}
}

static struct layout laid(const struct tree *t, struct layout_options o)
{
	struct layout l;

	layout_make(&l, t, &o);
	assert_sound(&l, t);
	return l;
}

/*
 * all 10 ─┬─ a 6 (self 1) ── b 5
 *         └─ c 4 (self 3) ── d 1
 */
static const struct line small[] = { { 0, 0 }, { 1, 1 }, { 2, 5 }, { 1, 3 }, { 2, 1 } };

static void test_places(void **state)
{
	(void)state;
	struct tree t = made(small, 5);
	struct layout l = laid(&t, (struct layout_options){ .width = 1000 });
	static const int64_t from[] = { 0, 0, 0, 6, 6 }, value[] = { 10, 6, 5, 4, 1 };

	assert_int_equal(l.count, 5);
	assert_int_equal(l.depth, 2);
	assert_int_equal(l.hidden_value, 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(l.boxes[i].from, from[i]);
		assert_int_equal(l.boxes[i].value, value[i]);
		assert_true(fabs(l.boxes[i].x - (double)from[i] * 100) < 1e-9);
		assert_true(fabs(l.boxes[i].w - (double)value[i] * 100) < 1e-9);
	}
	layout_free(&l);
	free(t.nodes);
}

static void test_narrowest_go_first(void **state)
{
	(void)state;
	struct tree t = made(small, 5);
	struct layout l = laid(&t, (struct layout_options){ .width = 1000, .max_boxes = 4 });

	assert_int_equal(l.count, 4);
	assert_int_equal(l.boxes[3].node, 3);
	assert_int_equal(l.hidden_value, 1);
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1000, .max_boxes = 2 });
	assert_int_equal(l.boxes[1].node, 1);
	assert_int_equal(l.hidden_value, 9);      /* b in a, all of c; not a's self */
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1000, .max_boxes = 1 });
	assert_int_equal(l.hidden_value, 10);
	layout_free(&l);
	free(t.nodes);
}

static void test_min_width(void **state)
{
	(void)state;
	struct tree t = made(small, 5);
	struct layout l = laid(&t, (struct layout_options){ .width = 1000, .min_width = 100 });

	assert_int_equal(l.count, 5);             /* exactly that wide is wide enough */
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1000, .min_width = 100.1 });
	assert_int_equal(l.count, 4);
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1000, .min_width = 1e9 });
	assert_int_equal(l.count, 1);
	assert_int_equal(l.hidden, 4);
	layout_free(&l);
	free(t.nodes);
}

static void test_by_weight(void **state)
{
	(void)state;
	/* all 10: a 1, b 5 (c 2, d 3), e 4 */
	static const struct line lines[] = { { 0, 0 }, { 1, 1 }, { 1, 0 }, { 2, 2 }, { 2, 3 },
					     { 1, 4 } };
	static const int64_t from[] = { 0, 9, 0, 3, 0, 5 };
	struct tree t = made(lines, 6);
	struct layout l = laid(&t, (struct layout_options){ .width = 10, .by_weight = true });

	for (int i = 0; i < 6; i++)
		assert_int_equal(l.boxes[i].from, from[i]);
	layout_free(&l);
	/* Left out in front of the others or behind them, places stay. */
	l = laid(&t, (struct layout_options){ .width = 10, .by_weight = true, .min_width = 3 });
	assert_int_equal(l.count, 4);
	assert_int_equal(l.boxes[3].from, 5);
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 10, .min_width = 3 });
	assert_int_equal(l.boxes[1].from, 1);
	assert_int_equal(l.boxes[2].from, 3);
	assert_int_equal(l.boxes[3].from, 6);
	layout_free(&l);
	free(t.nodes);
}

/* Gaps take room and are no boxes, what they hold is the parent's own. */
static void test_gaps(void **state)
{
	(void)state;
	/* all 15 ── a: gap 1, b 2, gap 4, b 3, and 5 behind them */
	static const struct line lines[] = { { 0, 0 }, { 1, 5 }, { 2, 1 }, { 2, 2 }, { 2, 4 },
					     { 2, 3 } };
	struct tree t = made(lines, 6);

	t.nodes[2].frame = t.nodes[4].frame = ID_NONE;
	t.gaps = 2;
	assert_int_equal(tree_self(&t, 1, 0), 10);
	struct layout l = laid(&t, (struct layout_options){ .width = 1500 });
	static const int64_t from[] = { 0, 0, 1, 7 }, value[] = { 15, 15, 2, 3 };
	assert_int_equal(l.count, 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(l.boxes[i].from, from[i]);
		assert_int_equal(l.boxes[i].value, value[i]);
	}
	assert_int_equal(l.hidden, 0);
	assert_int_equal(l.hidden_value, 0);
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1500, .min_width = 250 });
	assert_int_equal(l.count, 3);
	assert_int_equal(l.boxes[2].from, 7);
	assert_int_equal(l.hidden, 1);
	assert_int_equal(l.hidden_value, 2);
	layout_free(&l);
	free(t.nodes);
}

static void test_total(void **state)
{
	(void)state;
	struct tree t = made(small, 5);
	struct layout l = laid(&t, (struct layout_options){ .width = 1000, .total = 20 });

	assert_int_equal(l.total, 20);
	assert_true(fabs(l.boxes[1].w - 300) < 1e-9);
	assert_int_equal(l.hidden_value, 0);
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1000, .total = 3 });
	assert_int_equal(l.total, 10);
	layout_free(&l);
	free(t.nodes);
}

static void test_empty(void **state)
{
	(void)state;
	static const struct line lines[] = { { 0, 0 }, { 1, 0 } };
	struct tree t = made(lines, 2);
	struct layout l = laid(&t, (struct layout_options){ .width = 1000, .total = 7 });

	assert_int_equal(l.count, 1);
	assert_int_equal(l.total, 0);
	assert_true(fabs(l.boxes[0].w - 1000) < 1e-9);
	layout_free(&l);
	free(t.nodes);
}

static void test_largest_values(void **state)
{
	(void)state;
	static const struct line lines[] = { { 0, 1 }, { 1, INT64_MAX - 1 } };
	struct tree t = made(lines, 2);
	struct layout l = laid(&t, (struct layout_options){ .width = 1200, .min_width = .1 });

	assert_int_equal(l.count, 2);
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1200, .min_width = 1200 });
	assert_int_equal(l.count, 1);
	layout_free(&l);
	free(t.nodes);
}

static void test_differences(void **state)
{
	(void)state;
	struct stacks two = { .columns = 2 };
	struct tree t = made(small, 5);

	t.stacks = &two;
	for (uint32_t i = 0; i < 5; i++)
		t.nodes[i].total[1] = 2 * t.nodes[i].total[0];
	struct layout l = laid(&t, (struct layout_options){ .width = 1000 });
	assert_int_equal(l.total, 20);
	layout_free(&l);
	/* Children that are more than their parent stay inside it. */
	t.nodes[2].total[1] = 500;
	t.nodes[4].total[1] = -500;
	l = laid(&t, (struct layout_options){ .width = 1000 });
	assert_int_equal(l.count, 4);
	layout_free(&l);
	free(t.nodes);
}

/* Of a million equal leaves the first ones are taken. */
static void test_wide(void **state)
{
	(void)state;
	enum { LEAVES = 1000000 };
	struct line *lines = calloc(LEAVES + 1, sizeof(*lines));

	for (uint32_t i = 1; i <= LEAVES; i++)
		lines[i] = (struct line){ 1, 1 };
	struct tree t = made(lines, LEAVES + 1);
	struct layout l = laid(&t, (struct layout_options){ .width = 1200, .max_boxes = 5000 });
	assert_int_equal(l.count, 5000);
	for (uint32_t i = 0; i < l.count; i++)
		assert_int_equal(l.boxes[i].node, i);
	assert_int_equal(l.hidden_value, LEAVES - 4999);
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1200, .min_width = .1 });
	assert_int_equal(l.count, 1);
	layout_free(&l);
	free(t.nodes);
	free(lines);
}

static void test_deep(void **state)
{
	(void)state;
	enum { LEVELS = 1000000 };
	struct line *lines = calloc(LEVELS, sizeof(*lines));

	for (uint32_t i = 0; i < LEVELS; i++)
		lines[i] = (struct line){ i, i == LEVELS - 1 };
	struct tree t = made(lines, LEVELS);
	struct layout l = laid(&t, (struct layout_options){ .width = 1200 });
	assert_int_equal(l.count, LEVELS);
	assert_int_equal(l.depth, LEVELS - 1);
	layout_free(&l);
	l = laid(&t, (struct layout_options){ .width = 1200, .max_boxes = 5000 });
	assert_int_equal(l.depth, 4999);
	assert_int_equal(l.hidden_value, 1);
	layout_free(&l);
	free(t.nodes);
	free(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_narrowest_go_first),
		cmocka_unit_test(test_min_width),
		cmocka_unit_test(test_by_weight),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_total),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_largest_values),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
