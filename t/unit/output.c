/* SPDX-License-Identifier: Apache-2.0 */
#include "io/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"

static struct output out;
static char folder[] = "/tmp/fg-output-XXXXXX";

static int enter_folder(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	umask(022);
	return !mkdtemp(folder) || chdir(folder) != 0;
}

static int leave_folder(void **state)
{
	(void)state;
	return chdir("/") != 0 || rmdir(folder) != 0;
}

/* Files in the folder, "." and ".." not counted. */
static unsigned files_here(void)
{
	DIR *dir = opendir(".");
	assert_non_null(dir);
	unsigned count = 0;
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static void check_file(const char *path, const char *expected)
{
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	char text[4096];
	size_t n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	assert_string_equal(text, expected);
}

static void write_file(const char *path, const char *text)
{
	assert_true(output_open(&out, path));
	output_bytes(&out, str_of(text));
	assert_true(output_close(&out));
}

/* What was written since output_open(&out, "x"). */
static void check_written(const char *expected)
{
	assert_true(output_close(&out));
	check_file("x", expected);
	unlink("x");
}

static void a_new_file_appears_at_the_end(void **state)
{
	(void)state;
	assert_true(output_open(&out, "x"));
	output_lit(&out, "text");
	output_flush(&out);
	assert_int_equal(access("x", F_OK), -1);
	assert_true(output_close(&out));
	struct stat st;
	assert_int_equal(stat("x", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(files_here(), 1);
	check_file("x", "text");
	unlink("x");
}

static void an_old_file_is_replaced_whole(void **state)
{
	(void)state;
	write_file("x", "old");
	assert_int_equal(chmod("x", 0640), 0);
	assert_true(output_open(&out, "x"));
	output_lit(&out, "new");
	output_flush(&out);
	check_file("x", "old");
	assert_true(output_close(&out));
	check_file("x", "new");
	struct stat st;
	assert_int_equal(stat("x", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	unlink("x");
}

static void giving_up_leaves_the_old_file(void **state)
{
	(void)state;
	write_file("x", "old");
	assert_true(output_open(&out, "x"));
	output_lit(&out, "new");
	output_flush(&out);
	output_discard(&out);
	check_file("x", "old");
	assert_int_equal(files_here(), 1);
	unlink("x");
}

static void a_symbolic_link_stays_one(void **state)
{
	(void)state;
	write_file("x", "old");
	assert_int_equal(symlink("x", "link"), 0);
	write_file("link", "new");
	check_file("x", "new");
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	write_file("dangling", "there");
	check_file("nowhere", "there");
	struct stat st;
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat("dangling", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	unlink("x");
	unlink("link");
	unlink("nowhere");
	unlink("dangling");
}

static void a_fifo_is_written_through(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	int reader = open("fifo", O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	write_file("fifo", "through");
	char text[16];
	assert_int_equal(read(reader, text, sizeof(text)), 7);
	struct stat st;
	assert_int_equal(lstat("fifo", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	close(reader);
	unlink("fifo");
}

static void failures_have_words(void **state)
{
	(void)state;
	assert_false(output_open(&out, "no/such/folder"));
	assert_string_equal(output_message(&out),
			    "cannot write 'no/such/folder': No such file or directory");
	assert_false(output_open(&out, "."));
	assert_string_equal(output_message(&out), "cannot write '.': Is a directory");
	assert_false(output_open(&out, "/dev/fd/937"));
	assert_string_equal(output_message(&out),
			    "cannot write '/dev/fd/937': Bad file descriptor");
	if (!output_open(&out, "/dev/full"))
		return;
	output_lit(&out, "x");
	output_flush(&out);
	assert_true(out.failed);
	for (int i = 0; i < 100000; i++)
		output_lit(&out, "more");
	assert_false(output_close(&out));
	assert_string_equal(output_message(&out),
			    "cannot write '/dev/full': No space left on device");
}

static void a_closed_pipe_is_a_failure(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	char path[32];
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[1]);
	assert_true(output_open(&out, path));
	output_lit(&out, "x");
	assert_false(output_close(&out));
	assert_non_null(strstr(output_message(&out), "Broken pipe"));
	close(ends[1]);
}

static void long_text_comes_through_in_order(void **state)
{
	(void)state;
	assert_true(output_open(&out, "x"));
	size_t total = 0;
	for (size_t n = 1; n < 200000; n = n * 3 + 1) {
		char *text = xmalloc(n);
		for (size_t i = 0; i < n; i++)
			text[i] = (char)('a' + (total + i) % 26);
		output_bytes(&out, (struct str){ text, n });
		free(text);
		total += n;
	}
	assert_true(output_close(&out));
	FILE *file = fopen("x", "r");
	assert_non_null(file);
	for (size_t i = 0; i < total; i++)
		assert_int_equal(getc(file), 'a' + i % 26);
	assert_int_equal(getc(file), EOF);
	fclose(file);
	unlink("x");
}

static void numbers(void **state)
{
	(void)state;
	assert_true(output_open(&out, "x"));
	static const int64_t values[] = { 0, 7, -10, INT64_MAX, INT64_MIN };
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		output_i64(&out, values[i]);
		output_char(&out, ' ');
	}
	output_u64(&out, UINT64_MAX);
	check_written("0 7 -10 9223372036854775807 -9223372036854775808 "
		      "18446744073709551615");
}

static void fixed_numbers(void **state)
{
	(void)state;
	static const struct {
		double value;
		unsigned decimals;
	} rows[] = {
		{ 12.5, 1 },     { 3, 4 },       { 0.04, 1 },    { -0.04, 1 },
		{ -0.04, 2 },    { 99.996, 2 },  { 12.3405, 4 }, { 0.0001, 4 },
		{ 12345.678, 0 }, { 1e14, 4 },   { 1e15, 2 },    { -1e20, 1 },
		{ -0.0, 2 },     { 1e14 + .5, 1 },
	};
	assert_true(output_open(&out, "x"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		output_fixed(&out, rows[i].value, rows[i].decimals);
		output_char(&out, ' ');
	}
	check_written("12.5 3 0 0 -0.04 100 12.3405 0.0001 12346 100000000000000 "
		      "1000000000000000 -100000000000000000000 0 100000000000000.5 ");
}

static void xml_is_well_formed_whatever_comes(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		const char *out;
	} rows[] = {
		{ STR("plain <b> & \"q\" 'a' ]]>"),
		  "plain &lt;b&gt; &amp; &quot;q&quot; &#39;a&#39; ]]&gt;" },
		{ STR("\0\1\t\n\r\x1f\x7f"), "␀␁␉␊␍␟␡" },
		{ STR("é日😀"), "é日😀" },
		{ STR("\xff" "a\xc3"), "\ufffd" "a\ufffd" },
		{ STR("\xc2\x80\xc2\x9f\xc2\xa0"), "\ufffd\ufffd\u00a0" },
		{ STR("\xed\xa0\x80"), "\ufffd\ufffd\ufffd" },
		{ STR("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"), "\ufffd\ufffd\ufffd" },
		{ STR(""), "" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(output_open(&out, "x"));
		output_xml(&out, rows[i].in);
		check_written(rows[i].out);
	}
}

static void comments_cannot_end_early(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "a-b", "a-b" },         { "a--b", "a- -b" },
		{ "-->", "- -&gt;" },     { "--", "- - " },
		{ "x-", "x- " },          { "<!-- -->", "&lt;!- - - -&gt;" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(output_open(&out, "x"));
		output_comment(&out, str_of(rows[i].in));
		check_written(rows[i].out);
	}
}

static void text_is_shown_without_escapes(void **state)
{
	(void)state;
	struct buf b = { 0 };
	output_xml_shown(&b, STR("<a href=\"b\">'&\x01\x7f\xff\xc3\xa9\xef\xbf\xbf\n"));
	assert_string_equal(buf_cstr(&b), "<a href=\"b\">'&\u2401\u2421\ufffd\u00e9\ufffd\u240a");
	buf_clear(&b);
	output_xml_shown(&b, STR(""));
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

static void base64_is_that_of_the_rfc(void **state)
{
	(void)state;
	static const struct { const char *text, *expected; } known[] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\xff\xef\xbe", "/+++" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		assert_true(output_open(&out, "x"));
		output_base64(&out, str_of(known[i].text));
		assert_true(output_close(&out));
		check_file("x", known[i].expected);
	}
	unlink("x");
}

/* Longer than the buffer, begun at each place in it where a group may be split. */
static void long_base64_comes_through(void **state)
{
	(void)state;
	enum { LENGTH = 200000 };
	char *bytes = xmalloc(LENGTH), *text = xmalloc(LENGTH * 2);
	for (size_t i = 0; i < LENGTH; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	for (size_t before = 0; before < 6; before++) {
		assert_true(output_open(&out, "x"));
		output_bytes(&out, str_head(STR("......"), before));
		output_base64(&out, (struct str){ bytes, LENGTH });
		assert_true(output_close(&out));
		FILE *file = fopen("x", "r");
		assert_non_null(file);
		size_t n = fread(text, 1, LENGTH * 2, file);
		fclose(file);
		assert_int_equal(n, before + (LENGTH + 2) / 3 * 4);
		for (size_t i = 0; i < LENGTH; i++) {
			static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						     "abcdefghijklmnopqrstuvwxyz"
						     "0123456789+/";
			const char *group = text + before + i / 3 * 4;
			unsigned at = (unsigned)(i % 3);
			unsigned first = (unsigned)(strchr(digits, group[at]) - digits);
			unsigned second = (unsigned)(strchr(digits, group[at + 1]) - digits);
			unsigned both = first << 6 | second;
			assert_int_equal((unsigned char)bytes[i], both >> (4 - 2 * at) & 0xff);
		}
	}
	unlink("x");
	free(bytes);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_file_appears_at_the_end),
		cmocka_unit_test(an_old_file_is_replaced_whole),
		cmocka_unit_test(giving_up_leaves_the_old_file),
		cmocka_unit_test(a_symbolic_link_stays_one),
		cmocka_unit_test(a_fifo_is_written_through),
		cmocka_unit_test(failures_have_words),
		cmocka_unit_test(a_closed_pipe_is_a_failure),
		cmocka_unit_test(long_text_comes_through_in_order),
		cmocka_unit_test(numbers),
		cmocka_unit_test(fixed_numbers),
		cmocka_unit_test(xml_is_well_formed_whatever_comes),
		cmocka_unit_test(comments_cannot_end_early),
		cmocka_unit_test(text_is_shown_without_escapes),
		cmocka_unit_test(base64_is_that_of_the_rfc),
		cmocka_unit_test(long_base64_comes_through),
	};
	return cmocka_run_group_tests_name("output", tests, enter_folder, leave_folder);
}
