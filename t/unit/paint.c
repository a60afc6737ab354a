/* SPDX-License-Identifier: Apache-2.0 */
#include "model/paint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/embed.h"
#include "base/hash.h"
#include "contrast.h"

/*
 * Colours are readable whatever asks for them, rules and maps do what their
 * manual says, and the colours of differences what a reader expects.
 */

/* A stack as one would write it, "a@/lib/x.so;b_[k]", before and after. */
struct line {
	const char *stack;
	int64_t before, after;
};

struct picture {
	struct profile profile;
	struct stacks stacks;
	struct tree tree;
	struct paint paint;
};

static uint32_t frame_of(struct profile *p, struct str text)
{
	struct str name = str_cut(&text, '@');
	uint32_t module = text.n ? profile_text(p, text) : ID_NONE;
	enum frame_kind kind = frame_kind_unmark(&name);

	if (kind == FRAME_USER)
		kind = frame_kind_of(name);
	return profile_frame(p, profile_name_text(p, name), kind, ID_NONE, module);
}

static void add(struct profile *p, const struct line *line, bool difference)
{
	uint32_t frames[16], depth = 0;
	struct group g = { 0, ID_NONE, -1, -1, -1, 0 };
	struct str rest = str_of(line->stack);

	while (rest.n > 0)
		frames[depth++] = frame_of(p, str_cut(&rest, ';'));
	g.event = profile_event(p, STR("cycles"), STR("cycles"));
	uint32_t group = profile_group(p, &g);
	int64_t values[2] = { difference ? line->before : line->after, line->after };
	profile_add(p, profile_hash(frames, depth, group), frames, depth, false, group, values);
}

/* The tree of lines up to one without a stack; a difference when some have a "before". */
static void grow(struct picture *x, const struct line *lines)
{
	bool difference = false;
	uint32_t event = 0;

	for (size_t i = 0; lines[i].stack; i++)
		difference |= lines[i].before != 0;
	profile_init(&x->profile);
	profile_event(&x->profile, STR("cycles"), STR("cycles"));
	x->profile.column_count = difference ? 2 : 1;
	x->profile.is_difference = difference;
	for (size_t i = 0; lines[i].stack; i++)
		add(&x->profile, &lines[i], difference);
	assert_true(stacks_select(&x->stacks, &x->profile, &(struct want){ 0 }, &event, 1));
	assert_true(tree_build(&x->tree, &x->stacks));
}

static void open_paint(struct paint *p, struct paint_options options)
{
	struct buf message = { 0 };

	if (!paint_open(p, &options, &message))
		fail_msg("%s", buf_cstr(&message));
	buf_free(&message);
}

static void draw(struct picture *x, struct paint_options options, const struct line *lines)
{
	grow(x, lines);
	open_paint(&x->paint, options);
	paint_begin(&x->paint, &x->tree);
	for (uint32_t i = 1; i < x->tree.count; i++)
		paint_use(&x->paint, x->tree.nodes[i].frame);
}

static void clear(struct picture *x)
{
	paint_free(&x->paint);
	tree_free(&x->tree);
	stacks_free(&x->stacks);
	profile_free(&x->profile);
}

/* The first frame of this name. */
static uint32_t frame_named(const struct picture *x, const char *name)
{
	for (uint32_t i = 0; i < x->profile.frame_count; i++)
		if (str_eq(profile_name(&x->profile, i), str_of(name)))
			return i;
	fail_msg("no frame '%s'", name);
	return 0;
}

static uint32_t node_named(const struct picture *x, const char *name)
{
	uint32_t frame = frame_named(x, name), node = 1;

	while (node < x->tree.count && x->tree.nodes[node].frame != frame)
		node++;
	assert_true(node < x->tree.count);
	return node;
}

static unsigned rgb(struct color c)
{
	return (unsigned)c.r << 16 | (unsigned)c.g << 8 | c.b;
}

static unsigned color_of(struct picture *x, const char *name)
{
	return rgb(paint_frame(&x->paint, frame_named(x, name)));
}

static void assert_color(unsigned got, unsigned expected)
{
	if (got != expected)
		fail_msg("#%06x instead of #%06x", got, expected);
}

/* "#f0b95c user code, #d4d7da| inlined"; an edge is a '|', a scale "#… … #…". */
static void assert_legend(struct picture *x, const char *expected)
{
	struct paint_entry e[PAINT_ENTRIES_MAX];
	unsigned count = paint_legend(&x->paint, e, PAINT_ENTRIES_MAX);
	struct buf text = { 0 };

	for (unsigned i = 0; i < count; i++) {
		buf_addf(&text, "%s#%06x%s ", i ? ", " : "", rgb(e[i].color),
			 e[i].edge ? "|" : "");
		buf_add(&text, e[i].words);
		if (e[i].what == PAINT_SCALE) {
			buf_addf(&text, " .. #%06x .. #%06x ", rgb(e[i].middle),
				 rgb(e[i].last));
			buf_add(&text, e[i].last_words);
		}
	}
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
}

/* A file that is gone when the test ends well. */
static const char *file_of(const char *text, size_t n)
{
	static char name[] = "paint-test-file.txt";
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
	return name;
}

static const char *rules(const char *text)
{
	return file_of(text, strlen(text));
}

static void assert_refused(struct paint_options options, const char *expected)
{
	struct paint p;
	struct buf message = { 0 };

	assert_false(paint_open(&p, &options, &message));
	assert_string_equal(buf_cstr(&message), expected);
	buf_free(&message);
}

/* Every kind of frame of many names from many modules. */
static void make_crowd(struct profile *p, struct stacks *s, struct tree *t)
{
	enum { NAMES = 4000 };
	uint32_t event;
	char text[64];

	profile_init(p);
	p->column_count = 1;
	event = profile_event(p, STR("cycles"), STR("cycles"));
	for (unsigned i = 0; i < NAMES; i++) {
		struct group g = { event, ID_NONE, -1, -1, -1, 0 };
		snprintf(text, sizeof(text), "/lib/m%u.so", i % 97);
		uint32_t module = i % 11 == 0 ? ID_NONE : profile_text(p, str_of(text));
		snprintf(text, sizeof(text), "%s%u", i % 3 ? "f" : "java/lang/X::f", i);
		uint32_t frame = profile_frame(p, profile_text(p, str_of(text)),
					       i % FRAME_KINDS, ID_NONE, module);
		uint32_t group = profile_group(p, &g);
		profile_add(p, profile_hash(&frame, 1, group), &frame, 1, false, group,
			    (int64_t[]){ 1 + i % 13, 0 });
	}
	assert_true(stacks_select(s, p, &(struct want){ 0 }, &event, 1));
	assert_true(tree_build(t, s));
}

static void check_crowd(const struct tree *t, struct paint_options options, const char *what)
{
	struct paint_entry e[PAINT_ENTRIES_MAX];
	const struct profile *p = t->stacks->profile;
	struct paint paint;

	open_paint(&paint, options);
	paint_begin(&paint, t);
	for (uint32_t i = 0; i < t->count; i++)
		assert_readable(paint_node(&paint, i), what);
	for (uint32_t i = 0; i < p->frame_count; i++) {
		assert_readable(paint_frame(&paint, i), what);
		assert_readable(paint_module(&paint, p->frames[i].module), what);
		paint_use(&paint, i);
	}
	assert_readable(paint_module(&paint, ID_SEVERAL), what);
	for (unsigned kind = 0; kind < FRAME_KINDS; kind++)
		assert_readable(paint_kind(&paint, kind), what);
	unsigned count = paint_legend(&paint, e, PAINT_ENTRIES_MAX);
	for (unsigned i = 0; i < count; i++) {
		assert_readable(e[i].color, what);
		if (e[i].what == PAINT_SCALE) {
			assert_readable(e[i].middle, what);
			assert_readable(e[i].last, what);
		}
	}
	paint_free(&paint);
}

static void all_can_be_read(void **state)
{
	(void)state;
	struct profile p;
	struct stacks s;
	struct tree t;
	const char *file = rules("color night #000010 : dark\ncolor any rgb 0-255 0-255 0-255\n"
				 "inlined faded\n"
				 "paint night matches 1$\npaint palette:mem matches 2$\n"
				 "paint any not matches [3-5]$\n");

	make_crowd(&p, &s, &t);
	for (const struct embed *e = embed_palettes; e->name.n; e++) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s", STR_ARG(e->name));
		check_crowd(&t, (struct paint_options){ .colors = name }, name);
		for (uint64_t seed = 0; seed < 6; seed++)
			check_crowd(&t, (struct paint_options){ .colors = name, .random = true,
				    .seed = seed * UINT64_C(0x123456789abcdef) }, "random");
	}
	check_crowd(&t, (struct paint_options){ .colors = "module" }, "module");
	check_crowd(&t, (struct paint_options){ .diffusion = true }, "diffusion");
	for (uint64_t seed = 0; seed < 50; seed++)
		check_crowd(&t, (struct paint_options){ .rules = file, .random = true,
			    .seed = seed }, "rules");
	unlink(file);
	tree_free(&t);
	stacks_free(&s);
	profile_free(&p);
}

/*
 * What the viewer does to boxes (share/svg/viewer.css, dark.css): what is found has
 * a colour of its own; all others, and the ancestors of what is zoomed into, let the
 * page through, and their labels have another colour where need be.
 */
static void faded_can_be_read(void **state)
{
	(void)state;
	static const struct color found = { 0xe0, 0x7b, 0xf0 };
	static const struct color in_light = { 0x50, 0x58, 0x61 };
	static const struct color in_dark = { 0xd0, 0xd7, 0xde };
	static const struct color above_in_dark = { 0xe6, 0xe8, 0xeb };
	double light[3] = { found.r, found.g, found.b };

	assert_readable(found, "found");
	assert_true(contrast(light, color_ink_dark) >= 4.5);
	for (unsigned i = 0; i < 1 << 15; i++) {
		struct color c = { i >> 7 & 0xf8, i >> 2 & 0xf8, i << 3 & 0xf8 };
		c = color_lightened(c);
		double found_by[3] = { c.r, c.g, c.b }, above[3] = { c.r, c.g, c.b };
		double dark[3] = { c.r, c.g, c.b }, above_dark[3] = { c.r, c.g, c.b };

		assert_readable(c, "lightened");
		blend(found_by, color_back_light, .35);
		assert_true(contrast(found_by, in_light) >= 4.5);
		blend(above, color_back_light, .55);
		assert_true(contrast(above, color_ink_light) >= 4.5);
		blend(dark, color_back_dark, COLOR_DARK_OPACITY * .35);
		assert_true(contrast(dark, in_dark) >= 4.5);
		blend(above_dark, color_back_dark, COLOR_DARK_OPACITY * .42);
		assert_true(contrast(above_dark, above_in_dark) >= 4.5);
	}
}

/* The colours of a difference, over all of its scale. */
static void scales_can_be_read(void **state)
{
	(void)state;
	for (unsigned classic = 0; classic < 2; classic++) {
		const struct paint_ends *ends = paint_ends(&(struct paint){ .classic = classic });
		for (unsigned i = 0; i <= 1000; i++) {
			assert_readable(color_mix(ends->same, ends->less, i / 1000.), "less");
			assert_readable(color_mix(ends->same, ends->more, i / 1000.), "more");
		}
	}
	for (unsigned i = 0; i <= 1000; i++) {
		assert_readable(color_mix(paint_narrow, paint_wide, i / 1000.), "diffusion");
	}
}

static void difference(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ "main;grew;inner", 20, 60 }, { "main;shrunk", 60, 20 },
		{ "main;same", 20, 20 }, { 0 },
	};
	struct picture x;

	draw(&x, (struct paint_options){ .colors = "hot" }, lines);
	assert_true(paint_by_value(&x.paint));
	assert_color(rgb(paint_node(&x.paint, 0)), 0xe6e8eb);
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "main"))), 0xe6e8eb);
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "same"))), 0xe6e8eb);
	/* Inclusive: the caller of what grew has grown, too. */
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "grew"))), rgb(paint_ends(&x.paint)->more));
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "inner"))), rgb(paint_ends(&x.paint)->more));
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "shrunk"))), rgb(paint_ends(&x.paint)->less));
	assert_true(fabs(paint_change(&x.paint, node_named(&x, "grew")) - .4) < 1e-12);
	assert_false(paint_has_edge(&x.paint, frame_named(&x, "grew")));
	assert_legend(&x, "#5d9ed7 ▼ −40 % .. #e6e8eb .. #e8833a +40 % ▲");
	clear(&x);
	draw(&x, (struct paint_options){ .negate = true }, lines);
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "grew"))), rgb(paint_ends(&x.paint)->less));
	assert_true(paint_change(&x.paint, node_named(&x, "grew")) < 0);
	assert_legend(&x, "#e8833a ▼ −40 % .. #e6e8eb .. #5d9ed7 +40 % ▲");
	clear(&x);
}

/* Values are compared as they are, in parts of the larger whole; and noise stays grey. */
static void difference_of_values(void **state)
{
	(void)state;
	struct picture x;

	draw(&x, (struct paint_options){ 0 },
	     (struct line[]){ { "a", 1000, 2000 }, { "b", 3000, 6000 }, { 0 } });
	assert_true(fabs(paint_change(&x.paint, node_named(&x, "a")) - 1 / 8.) < 1e-12);
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "b"))),
		     rgb(paint_ends(&x.paint)->more));
	assert_legend(&x, "#5d9ed7 ▼ −38 % .. #e6e8eb .. #e8833a +38 % ▲");
	clear(&x);
	draw(&x, (struct paint_options){ 0 },
	     (struct line[]){ { "a", 1000000, 1000010 }, { "b", 1000000, 999990 }, { 0 } });
	/* A change of 1/200000 is 5 % of 1/10000. */
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "a"))),
		     rgb(color_mix(paint_ends(&x.paint)->same, paint_ends(&x.paint)->more, .05)));
	clear(&x);
	/* Nothing on one side: a third of the way, for the lines through it. */
	draw(&x, (struct paint_options){ 0 }, (struct line[]){ { "a", 7, 0 }, { 0 } });
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "a"))),
		     rgb(color_mix(paint_ends(&x.paint)->same, paint_ends(&x.paint)->less, 1. / 3)));
	assert_color(rgb(paint_hatch(&x.paint, node_named(&x, "a"))),
		     rgb(paint_ends(&x.paint)->less));
	clear(&x);
}

static void difference_that_is_noise(void **state)
{
	static const struct line lines[] = {
		{ "gone", 5, 0 }, { "grew", 10, 20 }, { "new", 0, 5 }, { 0 },
	};
	(void)state;
	struct picture x;
	bool changed[8] = { false };

	draw(&x, (struct paint_options){ .colors = "redblue" }, lines);
	changed[node_named(&x, "grew")] = true;
	paint_judge(&x.paint, changed);
	assert_false(paint_is_noise(&x.paint, 0));
	assert_false(paint_is_noise(&x.paint, node_named(&x, "grew")));
	assert_true(paint_is_noise(&x.paint, node_named(&x, "new")));
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "grew"))), 0xff6b6b);
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "new"))), 0xf0eeee);
	assert_color(rgb(paint_hatch(&x.paint, node_named(&x, "gone"))), 0xc8ccd0);
	assert_legend(&x, "#7a9cff ▼ −40 % .. #f0eeee .. #ff6b6b +40 % ▲");
	for (uint32_t i = 1; i < x.tree.count; i++)
		paint_use_node(&x.paint, i);
	struct paint_entry entries[PAINT_ENTRIES_MAX];
	assert_int_equal(paint_legend(&x.paint, entries, PAINT_ENTRIES_MAX), 4);
	assert_true(entries[1].outlined && entries[2].hatched);
	assert_true(str_eq(entries[3].words, STR("not significant")));
	clear(&x);
}

static void diffusion(void **state)
{
	(void)state;
	struct picture x;

	draw(&x, (struct paint_options){ .diffusion = true },
	     (struct line[]){ { "all100", 0, 75 }, { "quarter", 0, 25 }, { 0 } });
	assert_color(rgb(paint_node(&x.paint, 0)), 0xe6e8eb);
	assert_color(rgb(paint_node(&x.paint, node_named(&x, "quarter"))),
		     rgb(color_mix(paint_narrow, paint_wide, .5)));
	assert_legend(&x, "#f3e5d8 0 % .. #f2ae94 .. #f0764f 100 %");
	clear(&x);
}

static void modules(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ "a@/x/liba.so;b@libb.so", 0, 50 }, { "a@/x/liba.so", 0, 20 },
		{ "c@/y/liba.so", 0, 10 }, { "d", 0, 1 }, { "j@/tmp/perf-12.map", 0, 2 },
		{ "k@/tmp/perf-13.map", 0, 2 }, { 0 },
	};
	struct picture x;

	draw(&x, (struct paint_options){ .colors = "module" }, lines);
	assert_true(str_eq(paint_mode(&x.paint), STR("module")));
	assert_color(color_of(&x, "a"), color_of(&x, "c"));
	assert_color(color_of(&x, "j"), color_of(&x, "k"));
	assert_true(color_of(&x, "a") != color_of(&x, "b"));
	assert_color(color_of(&x, "d"), 0xd9dcdf);
	assert_color(color_of(&x, "a"),
		     rgb(paint_module(&x.paint, x.profile.frames[frame_named(&x, "a")].module)));
	struct paint_entry e[PAINT_ENTRIES_MAX];
	unsigned count = paint_legend(&x.paint, e, PAINT_ENTRIES_MAX);
	assert_int_equal(count, 4);
	/* By self value: 50, 30 (and 80 in all), 4. */
	assert_true(str_eq(e[0].words, STR("libb.so")));
	assert_true(str_eq(e[1].words, STR("liba.so")));
	assert_true(str_eq(e[2].words, STR("generated at run time (JIT)")));
	assert_true(str_eq(e[3].words, STR("file not known")));
	assert_color(rgb(e[0].color), color_of(&x, "b"));
	assert_int_equal(paint_legend(&x.paint, e, 2), 2);
	clear(&x);
}

/* Stacks that begin with what was called last. */
static void modules_of_callers(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ "read@libc.so;main@app", 0, 60 }, { "run@app;main@app", 0, 40 }, { 0 },
	};
	struct picture x;

	grow(&x, lines);
	x.stacks.reversed = true;
	open_paint(&x.paint, (struct paint_options){ .colors = "module" });
	paint_begin(&x.paint, &x.tree);
	for (uint32_t i = 1; i < x.tree.count; i++)
		paint_use(&x.paint, x.tree.nodes[i].frame);
	struct paint_entry e[PAINT_ENTRIES_MAX];
	assert_int_equal(paint_legend(&x.paint, e, PAINT_ENTRIES_MAX), 2);
	assert_true(str_eq(e[0].words, STR("libc.so")));
	assert_true(str_eq(e[1].words, STR("app")));
	clear(&x);
}

/* Eight hues for the heaviest; a module keeps its own when it is alone. */
static void hues(void **state)
{
	(void)state;
	struct picture x;
	struct line lines[21] = { 0 };
	char text[20][32], name[32];
	struct paint_entry e[PAINT_ENTRIES_MAX];
	unsigned kept = 0;

	for (int i = 0; i < 20; i++) {
		snprintf(text[i], sizeof(text[i]), "f%d@lib%d.so", i, i);
		lines[i] = (struct line){ text[i], 0, 100 - i };
	}
	draw(&x, (struct paint_options){ .colors = "module" }, lines);
	unsigned count = paint_legend(&x.paint, e, PAINT_ENTRIES_MAX);
	assert_int_equal(count, PAINT_HUES + 1);
	assert_true(str_eq(e[PAINT_HUES].words, STR("other files, pale")));
	for (unsigned i = 0; i < PAINT_HUES; i++) {
		snprintf(name, sizeof(name), "lib%u.so", i);
		assert_true(str_eq(e[i].words, str_of(name)));
		for (unsigned k = 0; k < i; k++)
			assert_true(rgb(e[i].color) != rgb(e[k].color));
	}
	for (int i = 0; i < (int)PAINT_HUES; i++) {
		struct picture alone;
		struct line one[] = { lines[i], { 0 } };
		snprintf(name, sizeof(name), "f%d", i);
		draw(&alone, (struct paint_options){ .colors = "module" }, one);
		kept += color_of(&alone, name) == color_of(&x, name);
		if (i == 0)
			assert_color(color_of(&alone, name), color_of(&x, name));
		clear(&alone);
	}
	assert_true(kept >= 3);
	clear(&x);
}

static void kinds(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ "u;k_[k]", 0, 1 }, { "u;i_[i]", 0, 1 }, { "u;j_[j]", 0, 1 },
		{ "u;w_[w]", 0, 1 }, { "u;[unknown]", 0, 1 }, { 0 },
	};
	struct picture x;

	draw(&x, (struct paint_options){ .colors = "kind" }, lines);
	assert_true(str_eq(paint_mode(&x.paint), STR("kind")));
	for (uint32_t i = 0; i < x.profile.frame_count; i++)
		assert_color(rgb(paint_frame(&x.paint, i)),
			     rgb(paint_kind(&x.paint, x.profile.frames[i].kind)));
	assert_true(paint_has_edge(&x.paint, frame_named(&x, "i")));
	assert_false(paint_has_edge(&x.paint, frame_named(&x, "u")));
	assert_legend(&x, "#f0b95c user code, #72b2e0 kernel, "
		      "#cf9fd4 generated at run time (JIT), #5fc7a2 who woke it, "
		      "#d4d7da no symbol, #f5d295| inlined");
	clear(&x);
	draw(&x, (struct paint_options){ .colors = "kind" },
	     (struct line[]){ { "u", 0, 1 }, { 0 } });
	assert_legend(&x, "");
	clear(&x);
}

static void random_colors(void **state)
{
	(void)state;
	static const struct line lines[] = { { "a;b;c_[k]", 0, 1 }, { "a;b2", 0, 1 }, { 0 } };
	struct picture x, y;
	unsigned same = 0;

	draw(&x, (struct paint_options){ .random = true }, lines);
	draw(&y, (struct paint_options){ .random = true }, lines);
	assert_color(color_of(&x, "a"), color_of(&y, "a"));
	assert_color(color_of(&x, "c"), 0xd6955c);
	clear(&y);
	draw(&y, (struct paint_options){ .random = true, .seed = 1 }, lines);
	same += color_of(&x, "a") == color_of(&y, "a");
	same += color_of(&x, "b") == color_of(&y, "b");
	clear(&y);
	draw(&y, (struct paint_options){ 0 }, lines);
	same += color_of(&x, "a") == color_of(&y, "a");
	same += color_of(&x, "b2") == color_of(&y, "b2");
	assert_int_equal(same, 0);
	clear(&y);
	clear(&x);
}

static void rules_come_first(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ "main;cart::add;malloc@/lib/libc-2.36.so", 0, 1 },
		{ "main;read_[k]@[kernel.kallsyms]", 0, 1 }, { "main;two words", 0, 1 },
		{ "main;Lorg/x::y_[j]@/tmp/perf-1.map", 0, 1 }, { 0 },
	};
	const char *file = rules("background #fdf6e3\n"
				 "color ours  #8fd0a0  : our code\n"
				 "color libc  #a0c4e8  : the C library\n"
				 "color never #ffffff  : never used\n"
				 "color reds  palette:red : kernel\n"
				 "paint ours  matches ^cart:: ^two\\x20w\n"
				 "paint libc  module libc-*.so */libc.so.?\n"
				 "paint reds  module [kernel*\n"
				 "paint palette:java module perf-*\n");
	struct picture x;

	draw(&x, (struct paint_options){ .rules = file, .colors = "hot" }, lines);
	unlink(file);
	assert_true(str_eq(paint_mode(&x.paint), STR("palette")));
	assert_color(rgb(paint_background(&x.paint)), 0xfdf6e3);
	assert_color(color_of(&x, "cart::add"), 0x8fd0a0);
	assert_color(color_of(&x, "two words"), 0x8fd0a0);
	assert_color(color_of(&x, "malloc"), 0xa0c4e8);
	assert_in_range(color_of(&x, "read") >> 16, 235, 255);
	assert_in_range(color_of(&x, "main") >> 16, 243, 255);
	assert_in_range(color_of(&x, "Lorg/x::y") >> 16, 50, 110);
	assert_legend(&x, "#8fd0a0 our code, #a0c4e8 the C library, #f59595 kernel, "
		      "#50e350 Java");
	clear(&x);
	/* Nothing but one rule has words, and it is told. */
	file = rules("color a #8fd0a0 : one\npaint a is main\n");
	draw(&x, (struct paint_options){ .rules = file, .colors = "hot" }, lines);
	unlink(file);
	assert_legend(&x, "#8fd0a0 one");
	clear(&x);
	/* No rule at all. */
	file = rules("# nothing\n");
	draw(&x, (struct paint_options){ .rules = file, .colors = "kind" }, lines);
	unlink(file);
	assert_color(color_of(&x, "main"), 0xf0b95c);
	clear(&x);
}

static void wrong_rules(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "color a #fff\npaint a matches (x\n",
		  "2: '(x': missing closing parenthesis at offset 2" },
		{ "color a #fff\npaint b is x\n", "2: unknown colour 'b'" },
		{ "paint palette:sunset is x\n", "1: unknown palette 'sunset' (" },
		{ "paint palette: is x\n", "1: 'palette:' is followed by the name of a palette" },
		{ "color a palette:./nonexistent.pal\n",
		  "1: cannot read palette './nonexistent.pal': No such file or directory" },
		{ "color a palette:red b\n",
		  "1: ':' and words for the legend expected, not 'b'" },
		{ "paint\n", "1: unknown colour ''" },
		{ "color a palette:red\npaint\n", "2: unknown colour ''" },
		{ "color a #fff\npaint a module\n", "2: 'module' takes a word" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *file = rules(cases[i][0]);
		char expected[200];
		struct paint p;
		struct buf message = { 0 };

		snprintf(expected, sizeof(expected), "%s:%s", file, cases[i][1]);
		struct paint_options options = { .rules = file };
		assert_false(paint_open(&p, &options, &message));
		if (!str_starts(str_of(buf_cstr(&message)), str_of(expected)))
			fail_msg("%s", buf_cstr(&message));
		buf_free(&message);
		unlink(file);
	}
	assert_refused((struct paint_options){ .rules = "/nonexistent" },
		       "cannot read rules '/nonexistent': No such file or directory");
	assert_refused((struct paint_options){ .rules = "/" },
		       "cannot read rules '/': Is a directory");
	/* A palette that names itself would never end. */
	char self[] = "paint palette:./paint-test-file.txt\n";
	const char *file = rules(self);
	assert_refused((struct paint_options){ .rules = file },
		       "paint-test-file.txt:1: ./paint-test-file.txt:1: "
		       "'palette:./paint-test-file.txt': a palette that is named by another "
		       "cannot name a third");
	unlink(file);
}

static void many_colors(void **state)
{
	(void)state;
	struct buf text = { 0 };
	struct paint p;

	for (int i = 0; i < 60; i++)
		buf_addf(&text, "color c%d palette:java\n", i);
	struct paint_options options = { .rules = file_of(text.p, text.n) };
	buf_clear(&text);
	assert_false(paint_open(&p, &options, &text));
	assert_string_equal(buf_cstr(&text), "paint-test-file.txt:33: more than 256 colours");
	buf_free(&text);
	unlink(options.rules);
}

/* An expression that takes for ever is given up, and told. */
static void slow_rules(void **state)
{
	(void)state;
	struct line lines[101] = { 0 };
	static char text[100][64];
	struct picture x;

	for (int i = 0; i < 100; i++) {
		snprintf(text[i], sizeof(text[i]), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%d",
			 i);
		lines[i] = (struct line){ text[i], 0, 1 };
	}
	const char *file = rules("color a #8fd0a0\npaint a matches ^(a+)+$\n");
	draw(&x, (struct paint_options){ .rules = file, .colors = "blue" }, lines);
	unlink(file);
	struct str told = paint_warnings(&x.paint);
	if (!str_eq(told, STR("paint-test-file.txt:2: '^(a+)+$' takes too long on many names "
			      "and was left out after 20\n")))
		fail_msg("%.*s", STR_ARG(told));
	clear(&x);
}

static void assert_map(struct picture *x, const char *expected)
{
	struct buf text = { 0 };

	paint_map_text(&x->paint, &text);
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
}

static void map_keeps_colors(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ "main;operator->;x->y", 0, 1 }, { "main;read_[k]", 0, 1 },
		{ "main;inner_[i]", 0, 1 }, { "main;--;-", 0, 1 }, { 0 },
	};
	const char *file = rules("->rgb(1,2,3)\n"
				 "gone->rgb(250,0,250)\n"
				 "main->rgb(0,0,16)\r\n"
				 "operator->->rgb( 200, 210 ,220)\n"
				 "\n"
				 "read_[k]->rgb(201,211,221)\n"
				 "inner->rgb(202,212,222)\n"
				 "a->b->c->rgb(9,9,9)\n");
	struct picture x;

	draw(&x, (struct paint_options){ .map = file, .colors = "kind" }, lines);
	unlink(file);
	assert_int_equal(paint_warnings(&x.paint).n, 0);
	assert_color(color_of(&x, "operator->"), 0xc8d2dc);
	assert_color(color_of(&x, "read"), 0xc9d3dd);
	assert_color(color_of(&x, "inner"), 0xcad4de);
	assert_readable(paint_frame(&x.paint, frame_named(&x, "main")), "main");
	assert_color(color_of(&x, "x->y"), 0xf0b95c);
	assert_map(&x, "->rgb(1,2,3)\n"
		   "a->b->c->rgb(9,9,9)\n"
		   "gone->rgb(250,0,250)\n"
		   "inner->rgb(202,212,222)\n"
		   "inner_[i]->rgb(202,212,222)\n"
		   "main->rgb(0,0,16)\n"
		   "operator->->rgb(200,210,220)\n"
		   "read_[k]->rgb(201,211,221)\n"
		   "x->y->rgb(240,185,92)\n");
	clear(&x);
	/* No file: all are new, and the legend is that of the palette. */
	draw(&x, (struct paint_options){ .map = file, .colors = "kind" }, lines);
	assert_map(&x, "inner_[i]->rgb(245,210,149)\n"
		   "main->rgb(240,185,92)\n"
		   "operator->->rgb(240,185,92)\n"
		   "read_[k]->rgb(114,178,224)\n"
		   "x->y->rgb(240,185,92)\n");
	assert_legend(&x, "#f0b95c user code, #72b2e0 kernel, #d4d7da no symbol, "
		      "#f5d295| inlined");
	/* What was written is read again and changes nothing. */
	struct buf text = { 0 };
	paint_map_text(&x.paint, &text);
	file_of(text.p, text.n);
	clear(&x);
	draw(&x, (struct paint_options){ .map = file, .colors = "kind" }, lines);
	unlink(file);
	assert_map(&x, buf_cstr(&text));
	assert_legend(&x, "#f0b95c user code, #72b2e0 kernel, #d4d7da no symbol, "
		      "#f5d295| inlined");
	buf_free(&text);
	clear(&x);
}

/* Rules are for one picture, the map is for all. */
static void map_and_rules(void **state)
{
	(void)state;
	struct picture x;
	char map[] = "paint-test-map.txt";

	unlink(map);
	const char *file = rules("color a #8fd0a0\npaint a is main\n");
	draw(&x, (struct paint_options){ .map = map, .rules = file, .colors = "kind" },
	     (struct line[]){ { "main;f", 0, 1 }, { 0 } });
	unlink(file);
	assert_color(color_of(&x, "main"), 0x8fd0a0);
	assert_map(&x, "f->rgb(240,185,92)\n");
	clear(&x);
}

static void broken_maps(void **state)
{
	(void)state;
	static const char text[] = "a->rgb(1,2,3)\nb->red\nc->rgb(1,2,256)\nd->rgb(1,2)\n"
		"e->rgb(1,2,3\ng\0->rgb(1,2,3)\nh->rgb(1,2,3,4)\nx->rgb(1,2,3)\n"
		"i->rgb(1,2,3)\nj->rgb(-1,2,3)\nk->rgb(1,2,3)\nl->rgb(1,2,3)\nm->rgb(1,2,3)\n"
		"n->rgb(1,2,3)\no-rgb(1,2,3)\no->rgb(1,2,3)";
	struct picture x;
	struct paint_options options = { .map = file_of(text, sizeof(text) - 1) };

	draw(&x, options, (struct line[]){ { "b", 0, 1 }, { 0 } });
	struct str told = paint_warnings(&x.paint);
	struct str first = str_cut(&told, '\n');
	assert_true(str_eq(first, STR("paint-test-file.txt:2: left out, as it is not of the "
				      "form name->rgb(r,g,b)")));
	assert_true(str_ends(told, STR("paint-test-file.txt: 3 more lines are left out\n")));
	struct buf saved = { 0 };
	paint_map_text(&x.paint, &saved);
	assert_true(str_find(buf_str(&saved), STR("red")) < 0);
	assert_true(str_find(buf_str(&saved), STR("256")) < 0);
	assert_true(str_find(buf_str(&saved), STR("o->rgb(1,2,3)\n")) >= 0);
	buf_free(&saved);
	clear(&x);
	unlink(options.map);
	/* What is no map at all is not written over. */
	options.map = rules("dear diary,\ntoday x->rgb(1,2,3)\nand\n");
	assert_refused(options, "'paint-test-file.txt' is no palette map: 2 of 3 lines are not "
		       "of the form name->rgb(r,g,b)");
	unlink(options.map);
}

/* A name of a megabyte, and one that is not text. */
static void hostile_names(void **state)
{
	(void)state;
	enum { LONG = 1 << 20 };
	char *name = malloc(LONG + 1);
	struct picture x;

	memset(name, 'a', LONG);
	name[LONG] = '\0';
	const char *file = rules("color a #8fd0a0 : a\npaint a matches b$ a$ a.*b.*c (a|b)*c "
				 "a+a+[bc]\n"
				 "paint a module *a*a*a*b\npaint a has \xff\xfe\n");
	struct paint_options options = { .rules = file, .map = "paint-test-map.txt" };
	draw(&x, options, (struct line[]){ { name, 0, 1 }, { "\xff\xfe\x80", 0, 1 },
					   { "x\ny", 0, 1 }, { "\xff@\xfe/\x01", 0, 1 },
					   { 0 } });
	assert_color(color_of(&x, "\xff\xfe\x80"), 0x8fd0a0);
	assert_readable(paint_frame(&x.paint, frame_named(&x, name)), "long");
	assert_true(color_of(&x, name) != 0x8fd0a0);   /* its end is not looked at */
	struct buf saved = { 0 };
	paint_map_text(&x.paint, &saved);
	assert_true(saved.n > LONG);
	file_of(saved.p, saved.n);
	clear(&x);
	options = (struct paint_options){ .map = file };
	draw(&x, options, (struct line[]){ { name, 0, 1 }, { 0 } });
	assert_int_equal(paint_warnings(&x.paint).n, 0);
	clear(&x);
	buf_free(&saved);
	unlink(file);
	free(name);
}

/* Frames are asked for in any order; two trees with one paint. */
static void no_frames_and_again(void **state)
{
	(void)state;
	struct picture x, y;

	draw(&x, (struct paint_options){ .colors = "hash" }, (struct line[]){ { 0 } });
	assert_color(rgb(paint_node(&x.paint, 0)), 0xe6e8eb);
	assert_color(rgb(paint_frame(&x.paint, ID_NONE)), 0xe6e8eb);
	assert_false(paint_has_edge(&x.paint, ID_NONE));
	assert_legend(&x, "");
	grow(&y, (struct line[]){ { "a;b", 0, 1 }, { 0 } });
	paint_begin(&x.paint, &y.tree);
	struct color a = paint_frame(&x.paint, frame_named(&y, "a"));
	assert_in_range(a.r, 243, 255);
	paint_use(&x.paint, frame_named(&y, "b"));
	paint_begin(&x.paint, &y.tree);
	assert_legend(&x, "");
	clear(&x);
	y.paint = (struct paint){ 0 };
	clear(&y);
}

static void wrong_options(void **state)
{
	(void)state;
	struct paint p;
	struct buf message = { 0 };
	struct paint_options options = { .colors = "sunset" };

	assert_false(paint_open(&p, &options, &message));
	assert_non_null(strstr(buf_cstr(&message), "unknown palette 'sunset' (aqua, auto, "));
	buf_free(&message);
	open_paint(&p, (struct paint_options){ .colors = "module" });
	assert_color(rgb(paint_background(&p)), 0xffffff);
	paint_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_can_be_read),
		cmocka_unit_test(faded_can_be_read),
		cmocka_unit_test(scales_can_be_read),
		cmocka_unit_test(difference),
		cmocka_unit_test(difference_of_values),
		cmocka_unit_test(difference_that_is_noise),
		cmocka_unit_test(diffusion),
		cmocka_unit_test(modules),
		cmocka_unit_test(modules_of_callers),
		cmocka_unit_test(hues),
		cmocka_unit_test(kinds),
		cmocka_unit_test(random_colors),
		cmocka_unit_test(rules_come_first),
		cmocka_unit_test(wrong_rules),
		cmocka_unit_test(many_colors),
		cmocka_unit_test(slow_rules),
		cmocka_unit_test(map_keeps_colors),
		cmocka_unit_test(map_and_rules),
		cmocka_unit_test(broken_maps),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(no_frames_and_again),
		cmocka_unit_test(wrong_options),
	};

	return cmocka_run_group_tests_name("paint", tests, NULL, NULL);
}
