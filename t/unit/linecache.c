/* SPDX-License-Identifier: Apache-2.0 */
#include "io/linecache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

/* Lines like those of perf, all different, some by their last byte only. */
static struct str line_of(struct buf *out, unsigned number)
{
	buf_clear(out);
	buf_addf(out, "\t    7f6f1c%06x function_%u+0x%x (/usr/lib/lib%u.so)\n", number / 3,
		 number / 5, number % 7, number);
	memset(buf_reserve(out, 64), 0, 64);     /* the padding behind a block */
	return buf_str(out);
}

static void lines_are_known_until_others_come(void **state)
{
	(void)state;
	struct linecache c;
	struct linecache_line line;
	struct buf text = { 0 };
	linecache_init(&c);
	for (uint32_t i = 0; i < 500; i++) {
		linecache_look(&c, line_of(&text, i), &line);
		assert_int_equal(line.value, LINECACHE_UNKNOWN);
		linecache_add(&c, &line, i);
	}
	unsigned known = 0;
	for (uint32_t i = 0; i < 500; i++) {
		linecache_look(&c, line_of(&text, i), &line);
		known += line.value == i;
		assert_true(line.value == i || line.value == LINECACHE_UNKNOWN);
	}
	assert_true(known > 450);
	linecache_free(&c);
	buf_free(&text);
}

/* However many come: a value is the line's own or none. */
static void no_line_gets_the_value_of_another(void **state)
{
	(void)state;
	enum { LINES = 300000 };
	struct linecache c;
	struct linecache_line line;
	struct buf text = { 0 };
	linecache_init(&c);
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < LINES; i++) {
			linecache_look(&c, line_of(&text, i), &line);
			if (line.value == LINECACHE_UNKNOWN)
				linecache_add(&c, &line, i);
			else
				assert_int_equal(line.value, i);
		}
	linecache_free(&c);
	buf_free(&text);
}

/* As happens to a line that is new and twice in a group. */
static void a_value_may_be_added_twice(void **state)
{
	(void)state;
	struct linecache c;
	struct linecache_line line;
	struct buf text = { 0 };
	linecache_init(&c);
	for (uint32_t i = 0; i < 50; i++) {
		linecache_look(&c, line_of(&text, i % 5), &line);
		linecache_add(&c, &line, i % 5);
	}
	for (uint32_t i = 0; i < 5; i++) {
		linecache_look(&c, line_of(&text, i), &line);
		assert_int_equal(line.value, i);
	}
	linecache_free(&c);
	buf_free(&text);
}

static void a_window_is_cut_into_whole_lines(void **state)
{
	(void)state;
	struct linecache c;
	struct linecache_line lines[4];
	static const char window[] = "one\n\ntwo two two two two two two\r\nthree\nfour\nfi"
				     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	struct str text = { window, strlen(window) };
	linecache_init(&c);
	size_t n = linecache_scan(&c, text, lines, 4);
	assert_int_equal(n, 4);
	assert_true(str_eq(lines[0].raw, STR("one\n")));
	assert_true(str_eq(lines[1].raw, STR("\n")));
	assert_true(str_eq(lines[2].raw, STR("two two two two two two two\r\n")));
	assert_true(str_eq(lines[3].raw, STR("three\n")));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(lines[i].value, LINECACHE_UNKNOWN);
		linecache_add(&c, &lines[i], (uint32_t)i);
	}
	struct linecache_line one;
	linecache_look(&c, lines[2].raw, &one);
	assert_int_equal(one.value, 2);
	size_t used = (size_t)(lines[3].raw.p + lines[3].raw.n - window);
	assert_int_equal(linecache_scan(&c, str_skip(text, used), lines, 4), 1);
	assert_true(str_eq(lines[0].raw, STR("four\n")));
	assert_int_equal(linecache_scan(&c, STR("no end" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
					lines, 0), 0);
	linecache_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_known_until_others_come),
		cmocka_unit_test(no_line_gets_the_value_of_another),
		cmocka_unit_test(a_value_may_be_added_twice),
		cmocka_unit_test(a_window_is_cut_into_whole_lines),
	};
	return cmocka_run_group_tests_name("linecache", tests, NULL, NULL);
}
