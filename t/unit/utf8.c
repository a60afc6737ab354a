/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/alloc.h"

static void characters_of_every_length(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t code;
		unsigned length;
	} rows[] = {
		{ "a", 'a', 1 },
		{ "\x7f", 0x7f, 1 },
		{ "\xc2\x80", 0x80, 2 },
		{ "\xdf\xbf", 0x7ff, 2 },
		{ "\xe0\xa0\x80", 0x800, 3 },
		{ "\xed\x9f\xbf", 0xd7ff, 3 },
		{ "\xee\x80\x80", 0xe000, 3 },
		{ "\xef\xbf\xbf", 0xffff, 3 },
		{ "\xf0\x90\x80\x80", 0x10000, 4 },
		{ "\xf4\x8f\xbf\xbf", 0x10ffff, 4 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned length = 0;
		assert_int_equal(utf8_next(str_of(rows[i].text), &length), rows[i].code);
		assert_int_equal(length, rows[i].length);
	}
	unsigned length = 0;
	assert_int_equal(utf8_next((struct str){ "\0", 1 }, &length), 0);
	assert_int_equal(length, 1);
}

static void bytes_that_are_no_character(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\x80",             /* a following byte alone */
		"\xbf",
		"\xc0\xaf",         /* overlong */
		"\xc1\xbf",
		"\xe0\x9f\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80",     /* surrogates */
		"\xed\xbf\xbf",
		"\xf4\x90\x80\x80", /* too large */
		"\xf5\x80\x80\x80",
		"\xff",
		"\xc3",             /* cut off */
		"\xe2\x82",
		"\xf0\x9f\x98",
		"\xe2\x28\xa1",     /* not followed */
		"\xc3\xc3\xa9",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		unsigned length = 0;
		assert_int_equal(utf8_next(str_of(bad[i]), &length), -1);
		assert_int_equal(length, 1);
	}
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(utf8_width('a'), 1);
	assert_int_equal(utf8_width(0xe9), 1);
	assert_int_equal(utf8_width(0x301), 0);   /* combining acute */
	assert_int_equal(utf8_width(0x200d), 0);  /* joiner */
	assert_int_equal(utf8_width(0x65e5), 2);  /* CJK */
	assert_int_equal(utf8_width(0xac00), 2);  /* Hangul */
	assert_int_equal(utf8_width(0xff21), 2);  /* fullwidth A */
	assert_int_equal(utf8_width(0x1f600), 2); /* emoji */
	assert_int_equal(utf8_width(0x2500), 1);  /* box drawing */
	assert_int_equal(utf8_width(-1), 1);
	assert_int_equal(utf8_columns(STR("日本e\u0301\xff!")), 7);
	assert_int_equal(utf8_columns(STR("")), 0);
}

static void check_fit(struct str s, size_t columns, struct str expected)
{
	struct str fit = utf8_fit(s, columns);
	assert_ptr_equal(fit.p, s.p);
	assert_true(str_eq(fit, expected));
}

static void text_is_cut_between_characters(void **state)
{
	(void)state;
	check_fit(STR("abc"), 0, STR(""));
	check_fit(STR("abc"), 2, STR("ab"));
	check_fit(STR("abc"), 9, STR("abc"));
	check_fit(STR("日本"), 3, STR("日"));
	check_fit(STR("日本"), 1, STR(""));
	check_fit(STR("e\u0301\u0302x"), 1, STR("e\u0301\u0302"));
	check_fit(STR("a\xff\xfez"), 3, STR("a\xff\xfe"));
	check_fit(STR(""), 5, STR(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_of_every_length),
		cmocka_unit_test(bytes_that_are_no_character),
		cmocka_unit_test(widths),
		cmocka_unit_test(text_is_cut_between_characters),
	};
	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
