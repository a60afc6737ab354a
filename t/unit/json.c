/* SPDX-License-Identifier: Apache-2.0 */
#include "io/json.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"

static const size_t block_sizes[] = { 1, 2, 3, 7, 64, 256 * 1024 };

/* "{k:a 'x' 12[tfn]}", with the message behind it after an error. */
static void show(struct str text, size_t block_size, bool mend, struct buf *out)
{
	static const char signs[] = {
		[JSON_NULL] = 'n', [JSON_FALSE] = 'f', [JSON_TRUE] = 't',
		[JSON_OBJECT] = '{', [JSON_OBJECT_END] = '}', [JSON_ARRAY] = '[',
		[JSON_ARRAY_END] = ']',
	};
	struct input in;
	input_memory(&in, "x", text);
	input_block_size(&in, block_size);
	struct json *j = json_new(&in);
	j->mend_arrays = mend;
	enum json_kind kind;
	while ((kind = json_next(j)) > JSON_END) {
		if (kind == JSON_KEY || kind == JSON_STRING || kind == JSON_NUMBER)
			buf_addc(out, kind == JSON_STRING ? '\'' : ' ');
		if (kind == JSON_KEY || kind == JSON_STRING || kind == JSON_NUMBER)
			buf_add(out, j->text);
		else
			buf_addc(out, signs[kind]);
		if (kind == JSON_KEY || kind == JSON_STRING)
			buf_addc(out, kind == JSON_STRING ? '\'' : ':');
	}
	if (kind == JSON_FAILED) {
		assert_true(in.failed);
		buf_add(out, buf_str(&in.message));
	}
	json_delete(j);
	input_close(&in);
}

static void assert_shown(struct str text, bool mend, const char *expected)
{
	for (size_t i = 0; i < ARRAY_SIZE(block_sizes); i++) {
		struct buf got = { 0 };
		show(text, block_sizes[i], mend, &got);
		assert_string_equal(buf_cstr(&got), expected);
		buf_free(&got);
	}
}

static void assert_tokens(const char *text, const char *expected)
{
	assert_shown(str_of(text), false, expected);
}

static void values_become_tokens(void **state)
{
	(void)state;
	assert_tokens("{}", "{}");
	assert_tokens(" [ ] ", "[]");
	assert_tokens("12", " 12");
	assert_tokens("{\"a\":1,\n\"b\":[true,false,null,\"x\",-1.5e3]}",
		      "{ a: 1 b:[tfn'x' -1.5e3]}");
	assert_tokens("[[[]],{\"\":{}}]", "[[[]]{ :{}}]");
	assert_tokens("[9223372036854775808, 1e999, 0.1]",
		      "[ 9223372036854775808 1e999 0.1]");
	assert_tokens("\xef\xbb\xbf[1]", "[ 1]");
}

static void strings_are_decoded(void **state)
{
	(void)state;
	assert_tokens("[\"a\\n\\t\\\\\\\"\\/\\u0041\"]", "['a\n\t\\\"/A']");
	assert_tokens("[\"\\u00e9\\u20ac\"]", "['\xc3\xa9\xe2\x82\xac']");
	assert_tokens("[\"\\ud83d\\ude00\"]", "['\xf0\x9f\x98\x80']");
	assert_tokens("[\"\xff\xc3(\"]", "['\xff\xc3(']");
	assert_tokens("{\"\\u006b\":1}", "{ k: 1}");
	struct buf got = { 0 };
	show(STR("[\"a\\u0000b\"]"), 64, false, &got);
	assert_int_equal(got.n, 7);
	assert_memory_equal(got.p, "['a\0b']", 7);
	buf_free(&got);
}

static void half_a_pair(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(block_sizes); i++) {
		struct buf got = { 0 };
		show(STR("[\"\\ud83d\",\"\\ude00\",\"\\ud800\\u\"]"), block_sizes[i],
		     false, &got);
		assert_true(str_starts(buf_str(&got), STR("['?'")));
		buf_free(&got);
	}
}

static void errors_have_a_place(void **state)
{
	(void)state;
	assert_tokens("[1,\n2,\n}", "[ 1 2x:3: error: unallowed token at this point in "
				    "JSON text (byte 8)");
	assert_tokens("[1]\n\n[2]", "[ 1]x:3: error: text behind the end of the JSON "
				    "(byte 6)");
	assert_tokens("[1,\n", "[ 1x:2: error: the text ends in the middle of the JSON: "
			       "it was cut off (byte 4)");
	assert_tokens("", "x:1: error: the text ends in the middle of the JSON: it was "
			  "cut off (byte 0)");
	assert_tokens("[\"a", "[x:1: error: the text ends in the middle of the JSON: it "
			      "was cut off (byte 3)");
}

static void levels_are_counted(void **state)
{
	(void)state;
	struct buf deep = { 0 };
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_addc(&deep, '[');
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_addc(&deep, ']');
	struct buf got = { 0 };
	show(buf_str(&deep), 64, false, &got);
	assert_true(str_eq(buf_str(&got), buf_str(&deep)));
	buf_clear(&deep);
	buf_clear(&got);
	for (int i = 0; i < 3 * JSON_DEPTH_MAX; i++)
		buf_add(&deep, STR("{\"a\":"));
	show(buf_str(&deep), 64, false, &got);
	assert_true(str_ends(buf_str(&got), STR("x:1: error: more than 256 levels of "
						"brackets (byte 1281)")));
	buf_free(&got);
	buf_free(&deep);
}

/* As a program leaves it that writes as it goes, and was stopped. */
static void assert_mended(const char *text, const char *expected)
{
	for (size_t i = 0; i < ARRAY_SIZE(block_sizes); i++) {
		struct input in;
		struct buf got = { 0 };
		enum json_kind kind;
		input_memory(&in, "x", str_of(text));
		input_block_size(&in, block_sizes[i]);
		struct json *j = json_new(&in);
		j->mend_commas = j->may_be_cut = true;
		while ((kind = json_next(j)) > JSON_END)
			buf_addf(&got, "%d", (int)kind);
		buf_add(&got, kind == JSON_END ? STR(".") : STR("!"));
		assert_string_equal(buf_cstr(&got), expected);
		assert_int_equal(in.failed, kind == JSON_FAILED);
		json_delete(j);
		input_close(&in);
		buf_free(&got);
	}
}

static void commas_and_lost_ends_are_lived_with(void **state)
{
	(void)state;
	assert_mended("[1,]", "10511.");
	assert_mended("{\"a\":[[1,\n],\n],\"b\":[]}", "87101051111710119.");
	assert_mended("[1,{\"a\":", "10587.");
	assert_mended("[1,{\"a\":\"x", "10587.");
	assert_mended("[12", "105.");
	assert_mended("[", "10.");
	assert_mended("[1,,]", "105!");
	assert_mended("[,]", "10!");
	assert_mended("{\"a\":1,}", "875!");
	assert_mended("", "!");
}

static void numbers_are_scaled(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned shift;
		bool ok;
		int64_t value;
	} all[] = {
		{ "12", 3, true, 12000 }, { "-0.5", 3, true, -500 },
		{ "1.0005", 3, true, 1001 }, { "-1.0005", 3, true, -1001 },
		{ "\"7.25\"", 1, true, 73 }, { "1e3", 0, true, 1000 },
		{ "2305843009213693951", 0, true, INT64_C(2305843009213693951) },
		{ "2305843009213693952", 0, false, 0 }, { "1e18", 3, false, 0 },
		{ "-1e30", 0, false, 0 }, { "true", 0, false, 0 },
		{ "\"x\"", 0, false, 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct input in;
		int64_t value = 0;
		input_memory(&in, "x", str_of(all[i].text));
		struct json *j = json_new(&in);
		assert_int_equal(json_next_scaled(j, all[i].shift, &value), all[i].ok);
		if (all[i].ok)
			assert_int_equal(value, all[i].value);
		json_delete(j);
		input_close(&in);
	}
}

static void a_missing_array_is_mended(void **state)
{
	(void)state;
	struct str text = STR("{\"a\":[{\"fs\" : ]},{\"fs\":]\n}],\"b\":[[{\"c\":]}]]}");
	assert_shown(text, true, "{ a:[{ fs:[]}{ fs:[]}] b:[[{ c:[]}]]}");
	assert_shown(STR("{\"a\":\n]"), false, "{ a:x:2: error: unallowed token at this "
		     "point in JSON text (byte 7)");
	assert_shown(STR("{\"a\"]}"), true, "{ a:x:1: error: object key and value must be "
		     "separated by a colon (':') (byte 5)");
	assert_shown(STR("{\"a\":]]"), true, "{ a:[]x:1: error: after key and value, "
		     "inside map, I expect ',' or '}' (byte 6)");
	assert_shown(STR("{\"a\":}"), true, "{ a:x:1: error: unallowed token at this "
		     "point in JSON text (byte 6)");
}

static void counts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t value;           /* -1: an error with these words */
		const char *words;
	} known[] = {
		{ "[0]", 0, NULL },
		{ "[9223372036854775807]", INT64_MAX, NULL },
		{ "[9223372036854775808]", -1,
		  "'9223372036854775808' does not fit in 63 bits" },
		{ "[99999999999999999999999]", -1, "does not fit" },
		{ "[-1]", -1, "'-1' is no whole number from 0 on" },
		{ "[1.0]", -1, "'1.0' is no whole number" },
		{ "[1e2]", -1, "'1e2' is no whole number" },
		{ "[\"1\"]", -1, "no number where one belongs" },
		{ "[]", -1, "no number where one belongs" },
		{ "[", -1, "cut off" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct input in;
		input_memory(&in, "x", str_of(known[i].text));
		struct json *j = json_new(&in);
		int64_t value = -1;
		assert_int_equal(json_next(j), JSON_ARRAY);
		assert_int_equal(json_next_count(j, &value), known[i].words == NULL);
		assert_true(value == known[i].value);
		if (known[i].words)
			assert_non_null(strstr(buf_cstr(&in.message), known[i].words));
		json_delete(j);
		input_close(&in);
	}
}

static void values_are_skipped(void **state)
{
	(void)state;
	struct input in;
	input_memory(&in, "x", STR("{\"a\":{\"b\":[1,{}]},\n\"c\":2,\"d\":[]}"));
	struct json *j = json_new(&in);
	int64_t value;
	assert_int_equal(json_next(j), JSON_OBJECT);
	assert_int_equal(json_next(j), JSON_KEY);
	assert_true(json_skip(j));
	assert_int_equal(json_next(j), JSON_KEY);
	assert_true(str_eq(j->text, STR("c")));
	assert_int_equal(json_line(j), 2);
	assert_true(json_next_count(j, &value) && value == 2);
	assert_true(json_skip(j));
	assert_int_equal(json_next(j), JSON_KEY);
	assert_int_equal(json_next(j), JSON_ARRAY);
	assert_true(json_skip(j));
	assert_int_equal(json_next(j), JSON_OBJECT_END);
	assert_int_equal(json_next(j), JSON_END);
	assert_int_equal(json_next(j), JSON_END);
	json_delete(j);
	input_close(&in);
}

/* Many pieces, with strings and numbers across their ends. */
static void long_texts(void **state)
{
	(void)state;
	struct buf text = { 0 };
	enum { COUNT = 40000 };
	buf_addc(&text, '[');
	for (int i = 0; i < COUNT; i++)
		buf_addf(&text, "%s\n%d, \"\\u0061%d\"", i ? "," : "", i, i);
	buf_addc(&text, ']');
	struct input in;
	input_memory(&in, "x", buf_str(&text));
	input_block_size(&in, 5000);
	struct json *j = json_new(&in);
	assert_int_equal(json_next(j), JSON_ARRAY);
	for (int i = 0; i < COUNT; i++) {
		int64_t value;
		char expected[16];
		assert_true(json_next_count(j, &value) && value == i);
		assert_int_equal(json_next(j), JSON_STRING);
		snprintf(expected, sizeof(expected), "a%d", i);
		assert_true(str_eq(j->text, str_of(expected)));
		assert_int_equal(json_line(j), i + 2);
	}
	assert_int_equal(json_next(j), JSON_ARRAY_END);
	assert_int_equal(json_next(j), JSON_END);
	json_delete(j);
	input_close(&in);
	buf_free(&text);
}

static void an_endless_string(void **state)
{
	(void)state;
	size_t n = (size_t)18 << 20;
	char *bytes = xmalloc(n);
	memset(bytes, 'x', n);
	bytes[0] = '"';
	struct buf got = { 0 };
	show((struct str){ bytes, n }, 256 * 1024, false, &got);
	assert_true(str_starts(buf_str(&got), STR("x:1: error: a string, a number or "
						  "blanks of more than 16 MiB")));
	buf_free(&got);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_become_tokens),
		cmocka_unit_test(strings_are_decoded),
		cmocka_unit_test(half_a_pair),
		cmocka_unit_test(errors_have_a_place),
		cmocka_unit_test(levels_are_counted),
		cmocka_unit_test(commas_and_lost_ends_are_lived_with),
		cmocka_unit_test(numbers_are_scaled),
		cmocka_unit_test(a_missing_array_is_mended),
		cmocka_unit_test(counts),
		cmocka_unit_test(values_are_skipped),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(an_endless_string),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
