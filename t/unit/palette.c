/* SPDX-License-Identifier: Apache-2.0 */
#include "model/palette.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/embed.h"
#include "base/hash.h"
#include "contrast.h"

/*
 * The palettes we ship are readable, and the rules of the format hold.
 */

static struct palette parsed(const char *text)
{
	struct palette p;
	struct buf message = { 0 };

	if (!palette_parse(&p, str_of(text), "x.pal", PALETTE_WHOLE, &message))
		fail_msg("%s", buf_cstr(&message));
	buf_free(&message);
	return p;
}

static void assert_refused(const char *text, const char *expected)
{
	struct palette p;
	struct buf message = { 0 };

	assert_false(palette_parse(&p, str_of(text), "x.pal", PALETTE_WHOLE, &message));
	assert_string_equal(buf_cstr(&message), expected);
	buf_free(&message);
}

static unsigned pick(const struct palette *p, const char *name, enum frame_kind kind,
		     const char *unit)
{
	struct palette_subject subject = {
		.name = str_of(name), .kind = kind, .unit = str_of(unit),
	};
	return palette_pick(p, &subject);
}

static struct str color_of(const struct palette *p, const char *name, enum frame_kind kind)
{
	return p->colors[pick(p, name, kind, "samples")].name;
}

static struct color painted(const struct palette *p, unsigned color, const char *name,
			    enum frame_kind kind)
{
	return palette_color(p, color, hash_str(str_of(name)), kind);
}

#define assert_str(s, expected) do {                                           \
	struct str s_ = (s);                                                   \
	if (!str_eq(s_, str_of(expected)))                                     \
		fail_msg("'%.*s' instead of '%s'", STR_ARG(s_), (expected));   \
} while (0)

/* Every colour a palette we ship can give, as it is and faded, over a fine grid. */
static void test_contrast(void **state)
{
	(void)state;
	unsigned palettes = 0, colors = 0;
	for (const struct embed *e = embed_palettes; e->name.n; e++, palettes++) {
		struct palette p;
		struct buf message = { 0 };
		char name[64];

		snprintf(name, sizeof(name), "%.*s", STR_ARG(e->name));
		if (!palette_open(&p, name, &message))
			fail_msg("%s", buf_cstr(&message));
		for (unsigned i = 0; i < p.color_count; i++, colors++) {
			assert_readable(palette_swatch(&p, i), name);
			for (unsigned n = 0; n < 20000; n++) {
				char text[32];

				snprintf(text, sizeof(text), "f%u", n);
				assert_readable(painted(&p, i, text, FRAME_USER),
						name);
				assert_readable(painted(&p, i, text, FRAME_INLINED),
						name);
			}
		}
		palette_free(&p);
		buf_free(&message);
	}
	assert_true(palettes >= 20);
	assert_true(colors > 60);
}

/* The ranges in the files are what is drawn: none needs to be lightened. */
static void test_corners(void **state)
{
	(void)state;
	for (const struct embed *e = embed_palettes; e->name.n; e++) {
		struct palette p;
		struct buf message = { 0 };
		char name[64];

		snprintf(name, sizeof(name), "%.*s", STR_ARG(e->name));
		assert_true(palette_open(&p, name, &message));
		for (unsigned i = 0; i < p.color_count; i++) {
			const struct palette_channel *c = p.colors[i].channel;

			for (unsigned corner = 0; corner < 8 && !p.colors[i].hsl; corner++) {
				double v[3];

				for (int k = 0; k < 3; k++)
					v[k] = corner >> c[k].variable & 1 ? c[k].to : c[k].from;
				assert_readable((struct color){ (uint8_t)v[0], (uint8_t)v[1],
								(uint8_t)v[2] }, name);
			}
		}
		palette_free(&p);
		buf_free(&message);
	}
}

static void test_lightened(void **state)
{
	(void)state;
	struct palette p = parsed("color night #000010\npaint night\n");

	assert_readable(painted(&p, 0, "x", FRAME_USER), "lightened");
	palette_free(&p);
}

static void test_same_name_same_color(void **state)
{
	(void)state;
	struct palette p = parsed("color c rgb 200-255 200-255 200-255\npaint c\n");
	struct color a = painted(&p, 0, "main", FRAME_USER);
	struct color b = painted(&p, 0, "main", FRAME_KERNEL);
	struct color c = painted(&p, 0, "niam", FRAME_USER);

	assert_memory_equal(&a, &b, sizeof(a));
	assert_memory_not_equal(&a, &c, sizeof(a));
	palette_free(&p);
}

/* Fixed for ever: pictures made today and tomorrow are compared side by side. */
static void test_known_colors(void **state)
{
	(void)state;
	struct palette p;
	struct buf message = { 0 };

	assert_true(palette_open(&p, "red", &message));
	for (unsigned i = 0; i < 1000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		struct color c = painted(&p, 2, name, FRAME_USER);
		assert_in_range(c.r, 235, 255);
		assert_in_range(c.g, 128, 170);
		assert_int_equal(c.g, c.b);   /* they share a variable */
	}
	palette_free(&p);
	assert_true(palette_open(&p, "auto", &message));
	struct color m = painted(&p, 0, "main", FRAME_USER);
	assert_true(m.r == 0xf7 && m.g == 0xbf && m.b == 0x6b);
	palette_free(&p);
	p = parsed("color h hsl 240 100 80\ncolor g hsl 0-0 0 80\npaint h\n");
	struct color h = painted(&p, 0, "x", FRAME_USER);
	struct color g = painted(&p, 1, "x", FRAME_USER);
	assert_int_equal(h.b, 255);
	assert_int_equal(h.r, 153);
	assert_int_equal(h.g, 153);
	assert_true(g.r == 204 && g.g == 204 && g.b == 204);
	palette_free(&p);
	buf_free(&message);
}

static void test_rules(void **state)
{
	(void)state;
	struct palette p = parsed("title  some words \n"
				  "\t# a comment\r\n"
				  "color a #c0c0c0 : first  words\r\n"
				  "colour b #fff\n"
				  "color c rgb 200 200 200-255@1\n"
				  "\n"
				  "paint b kind kernel jit & not has / .js\n"
				  "paint c unit bytes ns\n"
				  "paint c starts-upper\n"
				  "paint b is main\n"
				  "paint b starts std:: & ends >\n"
				  "paint a");

	assert_str(p.title, "some words");
	assert_str(p.colors[0].words, "first  words");
	assert_str(color_of(&p, "x", FRAME_KERNEL), "b");
	assert_str(color_of(&p, "x", FRAME_JIT), "b");
	assert_str(color_of(&p, "/x", FRAME_JIT), "a");
	assert_str(color_of(&p, "x.js", FRAME_KERNEL), "a");
	assert_str(color_of(&p, "x", FRAME_USER), "a");
	assert_str(color_of(&p, "Xerxes", FRAME_USER), "c");
	assert_str(color_of(&p, "main", FRAME_USER), "b");
	assert_str(color_of(&p, "main2", FRAME_USER), "a");
	assert_str(color_of(&p, "std::x<y>", FRAME_USER), "b");
	assert_str(color_of(&p, "std::x", FRAME_USER), "a");
	assert_str(color_of(&p, "", FRAME_USER), "a");
	assert_int_equal(pick(&p, "x", FRAME_USER, "bytes"), 2);
	assert_int_equal(pick(&p, "x", FRAME_USER, "byte"), 0);
	palette_free(&p);
}

static void test_shipped_rules(void **state)
{
	(void)state;
	static const struct {
		const char *palette, *name, *color;
		enum frame_kind kind;
	} cases[] = {
		{ "auto", "main", "user", FRAME_USER },
		{ "auto", "main", "user", FRAME_INLINED },
		{ "auto", "sys_read", "kernel", FRAME_KERNEL },
		{ "auto", "[unknown]", "other", FRAME_USER },
		{ "auto", "Lfoo;::bar", "jit", FRAME_JIT },
		{ "safe", "main", "user", FRAME_USER },
		{ "java", "Ljava/lang/String;::length", "java", FRAME_USER },
		{ "java", "org/x/Y.z", "java", FRAME_USER },
		{ "java", "Interpreter", "java", FRAME_USER },
		{ "java", "JavaCalls::call", "cpp", FRAME_USER },
		{ "java", "foo.constprop.0", "c", FRAME_USER },
		{ "java", "[libjvm.so]", "c", FRAME_USER },
		{ "java", "do_syscall_64", "kernel", FRAME_KERNEL },
		{ "java", "inner", "inlined", FRAME_INLINED },
		{ "java", "malloc", "c", FRAME_USER },
		{ "js", "~render /srv/app.js:12", "js", FRAME_JIT },
		{ "js", "~render /srv/app.js:12", "js", FRAME_USER },
		{ "js", "x /srv/node_modules/y/z.js:1", "module", FRAME_JIT },
		{ "js", "~ArrayPush", "builtin", FRAME_JIT },
		{ "js", "Builtin:ArrayPush", "builtin", FRAME_USER },
		{ "js", "v8::Run", "cpp", FRAME_USER },
		{ "js", "write", "c", FRAME_USER },
		{ "perl", "Perl_runops", "perl", FRAME_USER },
		{ "perl", "main::x", "cpp", FRAME_USER },
		{ "python", "f (/usr/lib/python3.11/json/decoder.py)", "library", FRAME_USER },
		{ "python", "f (/usr/lib/python3/site-packages/x.py)", "installed", FRAME_USER },
		{ "python", "<frozen importlib>", "library", FRAME_USER },
		{ "python", "f (app.py)", "own", FRAME_USER },
		{ "rust", "core::ops::f", "library", FRAME_USER },
		{ "rust", "<alloc::x as y>::f", "library", FRAME_USER },
		{ "rust", "<core::future::from_generator::GenFuture<T> as F>::poll", "crate",
		  FRAME_USER },
		{ "rust", "app::run", "crate", FRAME_USER },
		{ "rust", "main", "other", FRAME_USER },
		{ "chain", "main", "sleeper", FRAME_USER },
		{ "chain", "main", "waker", FRAME_WAKER },
		{ "hot", "--", "delimiter", FRAME_USER },
		{ "hot", "-", "gap", FRAME_USER },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct palette p;
		struct buf message = { 0 };

		assert_true(palette_open(&p, cases[i].palette, &message));
		struct str got = color_of(&p, cases[i].name, cases[i].kind);
		if (!str_eq(got, str_of(cases[i].color)))
			fail_msg("%s: '%s' is %.*s instead of %s", cases[i].palette, cases[i].name,
				 STR_ARG(got), cases[i].color);
		palette_free(&p);
		buf_free(&message);
	}
}

static void test_bytes_are_memory(void **state)
{
	(void)state;
	struct palette p;
	struct buf message = { 0 };

	assert_true(palette_open(&p, "auto", &message));
	assert_str(p.colors[pick(&p, "main", FRAME_USER, "bytes")].name,
		   "memory");
	palette_free(&p);
	buf_free(&message);
}

static void test_refused(void **state)
{
	(void)state;
	assert_refused("", "x.pal:0: the last 'paint' line must have no test");
	assert_refused("color a #fff\npaint a has x\n",
		       "x.pal:2: the last 'paint' line must have no test");
	assert_refused("\n\nfill a\n", "x.pal:3: unknown word 'fill' (title, background, "
		       "inlined, color, paint)");
	assert_refused("paint a", "x.pal:1: unknown colour 'a'");
	assert_refused("color a cmyk 1", "x.pal:1: a colour is #RRGGBB, rgb R G B, hsl H S L or "
		       "palette:NAME, not 'cmyk'");
	assert_refused("color a rgb 1 2", "x.pal:1: '' is not a number or a range");
	assert_refused("color a rgb 1 2 256", "x.pal:1: '256' is not within 0-255, the smaller "
		       "first");
	assert_refused("color a rgb 1 9-2 3", "x.pal:1: '9-2' is not within 0-255, the smaller "
		       "first");
	assert_refused("color a rgb 1 2-9@4 3", "x.pal:1: '2-9@4': '@' is followed by 1, 2 or 3");
	assert_refused("color a #fff words", "x.pal:1: ':' and words for the legend expected, "
		       "not 'words'");
	assert_refused("color a #fff\ncolor a #eee", "x.pal:2: colour 'a' is there already");
	assert_refused("color", "x.pal:1: the colour has no name");
	assert_refused("color a #fff\npaint a like x", "x.pal:2: unknown test 'like' (is, starts, "
		       "ends, has, starts-upper, matches, module, kind, unit; 'not' in front)");
	assert_refused("color a #fff\npaint a kind cernel", "x.pal:2: unknown kind 'cernel' (user, "
		       "kernel, inlined, jit, waker, other)");
	assert_refused("color a #fff\npaint a has", "x.pal:2: 'has' takes a word");
	assert_refused("color a #fff\npaint a\npaint a", "x.pal:3: no frame comes here: the "
		       "'paint' before has no test");
	assert_refused("background red", "x.pal:1: background is not #RRGGBB");
}

static void test_unknown_name(void **state)
{
	(void)state;
	struct palette p;
	struct buf message = { 0 };

	assert_false(palette_open(&p, "sunset", &message));
	assert_non_null(strstr(buf_cstr(&message), "unknown palette 'sunset' (aqua, auto, "));
	buf_clear(&message);
	assert_false(palette_open(&p, "/nonexistent/x", &message));
	assert_string_equal(buf_cstr(&message), "cannot read palette '/nonexistent/x': "
			    "No such file or directory");
	buf_free(&message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contrast),
		cmocka_unit_test(test_corners),
		cmocka_unit_test(test_lightened),
		cmocka_unit_test(test_same_name_same_color),
		cmocka_unit_test(test_known_colors),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_shipped_rules),
		cmocka_unit_test(test_bytes_are_memory),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unknown_name),
	};

	return cmocka_run_group_tests_name("palette", tests, NULL, NULL);
}
