/* SPDX-License-Identifier: Apache-2.0 */
#include "model/picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "grown.h"

static const struct want plain = { 0 }, chart = { .in_order = true },
			 callers = { .reverse = true };

/* A picture of folded lines; "zoom" may be NULL. */
struct drawn {
	struct grown grown;
	struct picture_options options;
	struct picture picture;
	struct buf message, warnings;
	bool ok;
};

static void draw(struct drawn *d, const char *lines, struct want want,
		 const struct picture_options *options)
{
	*d = (struct drawn){ .options = *options };
	grown_make(&d->grown, lines, want);
	assert_true(picture_check(&d->options, &d->message, &d->warnings));
	d->ok = picture_make(&d->picture, &d->grown.tree, &d->options, &d->message);
}

static void undraw(struct drawn *d)
{
	if (d->ok)
		picture_free(&d->picture);
	picture_options_free(&d->options);
	grown_free(&d->grown);
	buf_free(&d->message);
	buf_free(&d->warnings);
}

static struct picture_options zoomed(const char *path)
{
	struct picture_options o;
	picture_options_init(&o);
	o.zoom = str_of(path);
	return o;
}

/* Boxes as "all 0+6, a 0+6", functions of the table as "c 66.7/66.7". */
static void assert_drawn(struct drawn *d, const char *boxes, const char *subtitle,
			 const char *table)
{
	struct buf text = { 0 };
	struct picture *p = &d->picture;
	assert_true(d->ok);
	for (uint32_t i = 0; i < p->layout.count; i++) {
		const struct layout_box *b = &p->layout.boxes[i];
		struct str name = picture_name(p, b);
		buf_addf(&text, "%s%.*s %lld+%lld", i ? ", " : "", STR_ARG(name),
			 (long long)b->from, (long long)b->value);
		assert_int_equal(b->depth, p->tree->nodes[b->node].depth);
	}
	assert_string_equal(buf_cstr(&text), boxes);
	assert_string_equal(buf_cstr(&p->words[PICTURE_SUBTITLE]), subtitle);
	struct picture_table t;
	buf_clear(&text);
	picture_table(p, &t);
	for (uint32_t i = 0; i < t.count; i++)
		buf_addf(&text, "%s%.*s %.1f/%.1f", i ? ", " : "",
			 STR_ARG(t.rows[i].name), t.rows[i].self, t.rows[i].total);
	assert_string_equal(buf_cstr(&text), table);
	buf_free(&text);
}

static void assert_zoomed(const char *lines, struct want want, const char *path,
			  const char *boxes, const char *subtitle, const char *table)
{
	struct drawn d;
	struct picture_options o = zoomed(path);
	draw(&d, lines, want, &o);
	assert_drawn(&d, boxes, subtitle, table);
	assert_int_equal(d.message.n, 0);
	undraw(&d);
}

static const char small[] = "a;b 2\na;b;c 4\na;d 4\n";

static void everything_without_zoom(void **state)
{
	(void)state;
	assert_zoomed(small, plain, NULL, "all 0+10, a 0+10, b 0+6, c 0+4, d 6+4",
		      "cycles · 10 cycles", "c 40.0/40.0, d 40.0/40.0, b 20.0/60.0");
}

static void a_function_fills_the_width(void **state)
{
	(void)state;
	assert_zoomed(small, plain, "b", "all 0+6, a 0+6, b 0+6, c 0+4",
		      "cycles · 6 cycles in b · 60 % of 10 cycles",
		      "c 66.7/66.7, b 33.3/100.0");
	assert_zoomed(small, plain, "d", "all 0+4, a 0+4, d 0+4",
		      "cycles · 4 cycles in d · 40 % of 10 cycles", "");
	assert_zoomed(small, plain, "a", "all 0+10, a 0+10, b 0+6, c 0+4, d 6+4",
		      "cycles · 10 cycles in a · 100 % of 10 cycles",
		      "c 40.0/40.0, d 40.0/40.0, b 20.0/60.0");
}

static void recursion_is_one_place(void **state)
{
	(void)state;
	assert_zoomed("a;b 1\na;a;b 3\nc;x 4\n", plain, "a",
		      "all 0+4, a 0+4, a 0+3, b 0+3, b 3+1",
		      "cycles · 4 cycles in a · 50 % of 8 cycles", "b 100.0/100.0");
}

static void a_path_chooses(void **state)
{
	(void)state;
	const char *lines = "m;f;p 5\nm;g;p 2\nm;h;g;p 1\n";
	assert_zoomed(lines, plain, "m;g;p", "all 0+2, m 0+2, g 0+2, p 0+2",
		      "cycles · 2 cycles in p · 25 % of 8 cycles", "");
}

static void widest_of_several(void **state)
{
	(void)state;
	struct drawn d;
	struct picture_options o = zoomed("p");
	draw(&d, "m;f;p 2\nm;g;p 5\nm;h;p 5\n", plain, &o);
	assert_drawn(&d, "all 0+5, m 0+5, g 0+5, p 0+5",
		     "cycles · 5 cycles in p · 42 % of 12 cycles", "");
	assert_non_null(strstr(buf_cstr(&d.message), "'p' is in 3 places"));
	undraw(&d);
}

static void names_that_are_not_there(void **state)
{
	(void)state;
	static const char *const paths[] = { "x", "a;x", "b;a", "all", "c;", "al", "z" };
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct drawn d;
		struct picture_options o = zoomed(paths[i]);
		draw(&d, "a;b;c 4\nz 0\n", plain, &o);
		assert_false(d.ok);
		assert_non_null(strstr(buf_cstr(&d.message), paths[i]));
		undraw(&d);
	}
}

static void callers_of_a_function(void **state)
{
	(void)state;
	assert_zoomed("m;f;p 5\nm;g;p 2\nm;q 3\n", callers, "p",
		      "all 0+7, p 0+7, f 0+5, m 0+5, g 5+2, m 5+2",
		      "cycles · 7 cycles in p · 70 % of 10 cycles", "p 100.0/100.0");
}

static void gaps_are_no_frames_left_out(void **state)
{
	(void)state;
	assert_zoomed("a;b 2\na 3\na;c 1\nd 4\n", chart, "a",
		      "all 0+6, a 0+6, b 0+2, c 5+1",
		      "cycles · 6 cycles in a · 60 % of 10 cycles",
		      "a 50.0/100.0, b 33.3/33.3, c 16.7/16.7");
}

/* What is too narrow is counted within what is shown. */
static void narrow_frames(void **state)
{
	(void)state;
	struct drawn d;
	struct picture_options o = zoomed("b");
	o.max_frames = 2;
	draw(&d, "a;b;c 4\na;b;d 3\na;e 9\na;e;f 1\n", plain, &o);
	assert_int_equal(d.picture.layout.count, 4);
	assert_int_equal(d.picture.layout.hidden, 1);
	assert_int_equal(d.picture.layout.hidden_value, 3);
	assert_string_equal(buf_cstr(&d.picture.words[PICTURE_FOOTER]),
			    "1 narrow frame not drawn (43 %)");
	undraw(&d);
}

static void callers_are_faint(void **state)
{
	(void)state;
	struct drawn d;
	struct picture_options o = zoomed("b");
	draw(&d, small, plain, &o);
	for (uint32_t i = 0; i < d.picture.layout.count; i++) {
		const struct layout_box *of = &d.picture.layout.boxes[i];
		struct picture_box b = picture_box(&d.picture, of);
		assert_true(fabs(b.opacity - (i < 2 ? .55 : 1)) < 1e-9);
		assert_true(fabs(b.w - (1200 - 32 - 1) * (i < 3 ? 1 : 4 / 6.)) < 1);
	}
	undraw(&d);
}

static void a_highlight_is_of_what_is_shown(void **state)
{
	(void)state;
	struct drawn d;
	struct picture_options o = zoomed("b");
	o.highlight = STR("^[cd]$");
	draw(&d, small, plain, &o);
	assert_drawn(&d, "all 0+6, a 0+6, b 0+6, c 0+4",
		     "cycles · 6 cycles in b · 60 % of 10 cycles · 67 % match ^[cd]$",
		     "c 66.7/66.7, b 33.3/100.0");
	undraw(&d);
}

/* Parts follow each other without overlapping. */
static void parts_lie_below_each_other(void **state)
{
	(void)state;
	struct drawn d;
	struct picture_options o = zoomed(NULL);
	struct picture_legend legend;
	draw(&d, "a;b_[k] 2\na;b;c 4\na;d_[j] 4\n", plain, &o);
	struct picture *p = &d.picture;
	picture_legend(p, &legend);
	assert_true(legend.count > 0);
	assert_true(p->lines[PICTURE_SUBTITLE].y < p->frames_y);
	for (uint32_t i = 0; i < p->layout.count; i++) {
		struct picture_box b = picture_box(p, &p->layout.boxes[i]);
		assert_true(b.y >= p->frames_y);
		assert_true(b.y + b.h <= p->frames_y + p->frames_height);
	}
	for (unsigned i = 0; i < legend.count; i++) {
		assert_true(legend.entries[i].y >= p->frames_y + p->frames_height);
		assert_true(legend.entries[i].y + PICTURE_ENTRY <= p->table_y);
	}
	assert_true(p->table_y + 4 * PICTURE_ROW <= p->height);
	undraw(&d);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_without_zoom),
		cmocka_unit_test(a_function_fills_the_width),
		cmocka_unit_test(recursion_is_one_place),
		cmocka_unit_test(a_path_chooses),
		cmocka_unit_test(widest_of_several),
		cmocka_unit_test(names_that_are_not_there),
		cmocka_unit_test(callers_of_a_function),
		cmocka_unit_test(gaps_are_no_frames_left_out),
		cmocka_unit_test(narrow_frames),
		cmocka_unit_test(callers_are_faint),
		cmocka_unit_test(a_highlight_is_of_what_is_shown),
		cmocka_unit_test(parts_lie_below_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
