/* SPDX-License-Identifier: Apache-2.0 */
#include "io/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static const size_t sizes[] = { 1, 2, 3, 7, 64, 256 * 1024 };

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void assert_text(struct str actual, const char *expected)
{
	assert_int_equal(actual.n, strlen(expected));
	if (actual.n)
		assert_memory_equal(actual.p, expected, actual.n);
}

static void lines_are_the_same_in_blocks_of_any_size(void **state)
{
	(void)state;
	static const char *const expected[] = {
		"first", "", "with carriage", "a\rb", "the last one does not end",
	};
	for (size_t s = 0; s < SIZES; s++) {
		struct input in;
		struct str line;
		input_memory(&in, "text", STR("first\n\nwith carriage\r\na\rb\n"
					      "the last one does not end"));
		input_block_size(&in, sizes[s]);
		for (unsigned i = 0; i < 5; i++) {
			assert_true(input_line(&in, &line));
			assert_text(line, expected[i]);
			assert_int_equal(in.line, i + 1);
		}
		assert_false(input_line(&in, &line));
		assert_false(input_line(&in, &line));
		assert_false(in.failed);
		assert_int_equal(in.line, 5);
		assert_int_equal(input_offset(&in), 51);
		input_close(&in);
	}
}

static void raw_lines_have_their_end_and_padding(void **state)
{
	(void)state;
	struct input in;
	struct str line;
	input_memory(&in, "text", STR("a\r\nb"));
	assert_true(input_line(&in, &line));
	assert_text(in.raw, "a\r\n");
	assert_true(input_line(&in, &line));
	assert_text(in.raw, "b");
	char sum = 0;
	for (size_t i = 0; i < INPUT_PADDING; i++)
		sum |= in.raw.p[in.raw.n + i];
	assert_int_equal(sum, 0);
	input_close(&in);
}

static void a_byte_order_mark_is_dropped_once(void **state)
{
	(void)state;
	for (size_t s = 0; s < SIZES; s++) {
		struct input in;
		struct str line;
		input_memory(&in, "text", STR("\xef\xbb\xbf" "a\n\xef\xbb\xbf" "b\n"));
		input_block_size(&in, sizes[s]);
		assert_true(input_line(&in, &line));
		assert_text(line, "a");
		assert_true(input_line(&in, &line));
		assert_text(line, "\xef\xbb\xbf" "b");
		input_close(&in);
	}
}

static void peeking_consumes_nothing(void **state)
{
	(void)state;
	struct input in;
	struct str line;
	input_memory(&in, "text", STR("one\ntwo\n"));
	input_block_size(&in, 2);
	assert_text(input_peek(&in, 5), "one\nt");
	assert_text(input_peek(&in, 3), "one");
	assert_text(input_peek(&in, 100), "one\ntwo\n");
	assert_true(input_line(&in, &line));
	assert_text(line, "one");
	assert_int_equal(in.line, 1);
	input_close(&in);
	input_memory(&in, "empty", (struct str){ NULL, 0 });
	assert_int_equal(input_peek(&in, 10).n, 0);
	assert_false(input_line(&in, &line));
	assert_false(in.failed);
	input_close(&in);
}

static void known_lines_are_skipped(void **state)
{
	(void)state;
	struct input in;
	struct str line;
	input_memory(&in, "text", STR("one\ntwo\nthree\n"));
	assert_true(input_line(&in, &line));
	assert_true(str_starts(input_ahead(&in), STR("two\n")));
	input_skip(&in, 4);
	assert_true(input_line(&in, &line));
	assert_text(line, "three");
	assert_int_equal(in.line, 3);
	input_close(&in);
}

static void the_first_error_stays(void **state)
{
	(void)state;
	struct input in;
	struct str line;
	input_memory(&in, "odd name", STR("a\nb\n"));
	input_line(&in, &line);
	input_line(&in, &line);
	assert_false(input_error(&in, "%s is %d", "this", 5));
	assert_string_equal(buf_cstr(&in.message), "odd name:2: error: this is 5");
	assert_false(input_fail(&in, "another"));
	assert_string_equal(buf_cstr(&in.message), "odd name:2: error: this is 5");
	assert_true(in.failed);
	input_close(&in);
	input_memory(&in, "name", STR("a"));
	assert_false(input_fail(&in, "all of it"));
	assert_string_equal(buf_cstr(&in.message), "name: error: all of it");
	input_close(&in);
}

static void oddities_are_counted_by_kind(void **state)
{
	(void)state;
	struct input in;
	struct str line;
	static const char *const kinds[] = {
		"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p",
		"q", "r", "s",
	};
	input_memory(&in, "text", STR("1\n2\n3\n"));
	input_line(&in, &line);
	input_warn(&in, "kind", STR("text of the first"));
	input_line(&in, &line);
	input_warn(&in, "kind", STR("text of the second"));
	assert_int_equal(in.warning_count, 1);
	assert_int_equal(in.warnings[0].count, 2);
	assert_int_equal(in.warnings[0].first_line, 1);
	assert_text(in.warnings[0].first_text, "text of the first");
	input_warn_at(&in, 77, "other", (struct str){ NULL, 0 });
	assert_int_equal(in.warnings[1].first_line, 77);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		input_warn(&in, kinds[i], STR(""));
	assert_int_equal(in.warning_count, INPUT_WARNINGS);
	input_close(&in);
}

static void files_say_why_they_cannot_be_read(void **state)
{
	(void)state;
	struct input in;
	assert_false(input_open(&in, "/nonexistent/file"));
	assert_non_null(strstr(buf_cstr(&in.message), "/nonexistent/file: error: cannot open"));
	input_close(&in);
	assert_false(input_open(&in, "/"));
	assert_non_null(strstr(buf_cstr(&in.message), "is a directory"));
	input_close(&in);
	assert_true(input_open(&in, "/dev/null"));
	struct str line;
	assert_false(input_line(&in, &line));
	assert_false(in.failed);
	input_close(&in);
}

static struct buf gzip(struct str text)
{
	struct buf out = { 0 };
	z_stream z = { 0 };
	deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	z.next_in = (Bytef *)text.p;
	z.avail_in = (uInt)text.n;
	z.next_out = (Bytef *)buf_reserve(&out, text.n + 1000);
	z.avail_out = (uInt)text.n + 1000;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out.n = z.total_out;
	deflateEnd(&z);
	return out;
}

static void compressed_text_is_read_as_text(void **state)
{
	(void)state;
	struct buf packed = gzip(STR("one\ntwo\n"));
	struct input in;
	struct str line;
	for (size_t s = 0; s < SIZES; s++) {
		input_memory(&in, "text.gz", buf_str(&packed));
		input_block_size(&in, sizes[s]);
		assert_true(input_line(&in, &line));
		assert_text(line, "one");
		assert_true(input_line(&in, &line));
		assert_text(line, "two");
		assert_false(input_line(&in, &line));
		assert_false(in.failed);
		input_close(&in);
	}
	for (size_t n = 4; n < packed.n; n++) {
		input_memory(&in, "text.gz", str_head(buf_str(&packed), n));
		while (input_line(&in, &line))
			;
		assert_true(in.failed);
		input_close(&in);
	}
	packed.p[packed.n / 2] ^= 0x55;
	input_memory(&in, "text.gz", buf_str(&packed));
	while (input_line(&in, &line))
		;
	assert_true(in.failed);
	assert_non_null(strstr(buf_cstr(&in.message), "gzip data"));
	input_close(&in);
	buf_free(&packed);
}

/* Endless zeros, for a line that never ends. */
static void endless_lines_end(void **state)
{
	(void)state;
	struct input in;
	struct str line;
	assert_true(input_open(&in, "/dev/zero"));
	assert_false(input_line(&in, &line));
	assert_true(in.failed);
	assert_non_null(strstr(buf_cstr(&in.message), "/dev/zero:1: error: line longer"));
	input_close(&in);
}

static void on_progress(void *context, uint64_t done, uint64_t size)
{
	uint64_t *last = context;
	assert_true(done >= *last && done <= size);
	*last = done;
}

static void progress_is_told(void **state)
{
	(void)state;
	struct input in;
	struct str line;
	uint64_t done = 0;
	input_memory(&in, "text", STR("one\ntwo\nthree\n"));
	input_block_size(&in, 4);
	in.progress = on_progress;
	in.progress_context = &done;
	while (input_line(&in, &line))
		;
	assert_int_equal(done, 14);
	assert_int_equal(in.size, 14);
	input_close(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_the_same_in_blocks_of_any_size),
		cmocka_unit_test(raw_lines_have_their_end_and_padding),
		cmocka_unit_test(a_byte_order_mark_is_dropped_once),
		cmocka_unit_test(peeking_consumes_nothing),
		cmocka_unit_test(known_lines_are_skipped),
		cmocka_unit_test(the_first_error_stays),
		cmocka_unit_test(oddities_are_counted_by_kind),
		cmocka_unit_test(files_say_why_they_cannot_be_read),
		cmocka_unit_test(compressed_text_is_read_as_text),
		cmocka_unit_test(endless_lines_end),
		cmocka_unit_test(progress_is_told),
	};
	return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
