/* SPDX-License-Identifier: Apache-2.0 */
#include "read/heaptrack_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

enum { PADDING = 64 };           /* that can be read behind a text */

static uint32_t state = 1;

static uint32_t draw(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)state * below >> 32);
}

static void add_number(struct buf *out, unsigned digits_max)
{
	for (unsigned n = 1 + draw(digits_max); n > 0; n--)
		buf_addc(out, "0123456789abcdef"[draw(16)]);
}

static void add_line(struct buf *out, bool has_addresses)
{
	bool is_free = draw(2);
	buf_add(out, is_free ? STR("- ") : STR("+ "));
	if (!is_free && has_addresses) {
		add_number(out, draw(8) ? 4 : 17);
		buf_addc(out, ' ');
		add_number(out, draw(8) ? 5 : 17);
		buf_addc(out, ' ');
	}
	add_number(out, draw(8) ? 12 : 17);
	buf_addc(out, '\n');
}

/* Bytes that are near to those of a line. */
static void spoil(struct buf *text, unsigned times)
{
	static const char bytes[] = "+- \n\r0f9a:g`/AFG\x80\xff\t";
	for (; times > 0; times--)
		text->p[draw((uint32_t)text->n)] = bytes[draw(sizeof(bytes) - 1)];
}

static bool is_plain(struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		if (strchr("0123456789abcdef+- ", line.p[i]) == NULL)
			return false;
	return true;
}

/* Lines that are taken are those that can be read one by one. */
static void compare(struct str text, bool has_addresses)
{
	struct heaptrack_blocks blocks;
	struct heaptrack_text t;
	struct heaptrack_line lines[HEAPTRACK_LINES], line;
	struct str rest = text;
	unsigned taken;
	heaptrack_blocks_init(&blocks);
	heaptrack_text_init(&t, text, has_addresses ? &blocks : NULL);
	do {
		taken = heaptrack_text_take(&t, lines);
		for (unsigned i = 0; i < taken; i++) {
			struct str one = str_cut(&rest, '\n');
			assert_true(heaptrack_text_read_line(one, has_addresses, &line));
			assert_int_equal(lines[i].id, line.id);
			assert_int_equal(lines[i].is_free, line.is_free);
			if (line.is_free || !has_addresses)
				continue;
			assert_int_equal(lines[i].size, line.size);
			assert_int_equal(lines[i].trace, line.trace);
		}
		assert_ptr_equal(t.p, rest.p);
	} while (taken == HEAPTRACK_LINES);
	if (memchr(rest.p, '\n', rest.n)) {
		struct str next = str_cut(&rest, '\n');
		assert_true(!is_plain(next) ||
			    !heaptrack_text_read_line(next, has_addresses, &line));
	}
	heaptrack_blocks_free(&blocks);
}

static void compare_texts(unsigned spoiled)
{
	for (int i = 0; i < 4000; i++) {
		bool has_addresses = draw(2);
		struct buf text = { 0 };
		for (unsigned n = draw(200) + 1; n > 0; n--)
			add_line(&text, has_addresses);
		spoil(&text, draw(spoiled + 1));
		size_t n = draw(4) ? text.n : draw((uint32_t)text.n);
		char *exact = malloc(n + PADDING);
		memcpy(exact, text.p, n);
		memset(exact + n, "\n0"[draw(2)], PADDING);
		compare((struct str){ exact, n }, has_addresses);
		free(exact);
		buf_free(&text);
	}
}

static void right_lines(void **test)
{
	(void)test;
	compare_texts(0);
}

static void wrong_lines(void **test)
{
	(void)test;
	compare_texts(3);
}

static void lines_are_given_back(void **test)
{
	(void)test;
	static char text[128] = "- 1\n- 2\n- 3\n- 4\n";
	struct heaptrack_text t;
	struct heaptrack_line lines[HEAPTRACK_LINES];
	heaptrack_text_init(&t, str_of(text), NULL);
	assert_int_equal(heaptrack_text_take(&t, lines), 4);
	heaptrack_text_return(&t, text, 1);
	assert_int_equal(heaptrack_text_take(&t, lines), 3);
	assert_int_equal(lines[0].id, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_lines),
		cmocka_unit_test(wrong_lines),
		cmocka_unit_test(lines_are_given_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
