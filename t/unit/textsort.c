/* SPDX-License-Identifier: Apache-2.0 */
#include "base/textsort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"

static const struct str *texts;

static int by_text(const void *a, const void *b)
{
	return str_cmp(texts[*(const uint32_t *)a], texts[*(const uint32_t *)b]);
}

/* Sorts them all, given backwards, and compares with sorting by whole texts. */
static void assert_sorts(const struct str *given, uint32_t count)
{
	uint32_t *ids = xcalloc(count, sizeof(*ids)), *expected = xcalloc(count, sizeof(*ids));
	for (uint32_t i = 0; i < count; i++)
		ids[i] = expected[i] = count - 1 - i;
	texts = given;
	textsort(given, ids, count);
	if (count > 0)
		qsort(expected, count, sizeof(*expected), by_text);
	bool *seen = xcalloc(count, sizeof(*seen));
	for (uint32_t i = 0; i < count; i++) {
		assert_true(str_eq(given[ids[i]], given[expected[i]]));
		assert_false(seen[ids[i]]);
		seen[ids[i]] = true;
	}
	free(seen);
	free(ids);
	free(expected);
}

static void lengths_and_zeros_count(void **state)
{
	(void)state;
	static const struct str few[] = {
		STR("12345678"), STR("1234567"), STR("123456789"), STR(""), STR("\0"),
		STR("12345678\0"), STR("12345678\0\0"), STR("1234567\0"), STR("\xff"),
		STR("12345678\0a"), STR("\0\0\0\0\0\0\0\0"), STR("\0\0\0\0\0\0\0\0\0"),
		STR("12345678"), STR("\x7f"), STR("1234567812345678x"), STR("1234567812345678"),
	};
	for (uint32_t count = 0; count <= ARRAY_SIZE(few); count++)
		assert_sorts(few, count);
}

static void any_texts_are_sorted(void **state)
{
	(void)state;
	enum { COUNT = 3000, LONGEST = 40 };
	char *bytes = xmalloc(COUNT * LONGEST);
	struct str *given = xcalloc(COUNT, sizeof(*given));
	for (unsigned letters = 1; letters < 5; letters++) {
		uint64_t state_of = letters;
		for (size_t i = 0; i < COUNT * LONGEST; i++) {
			state_of = state_of * UINT64_C(6364136223846793005) + 1442695040888963407;
			bytes[i] = (char)('a' + (state_of >> 40) % letters);
		}
		for (size_t i = 0; i < COUNT; i++)
			given[i] = (struct str){ bytes + i * LONGEST, i * 7919 % LONGEST };
		assert_sorts(given, COUNT);
	}
	free(given);
	free(bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_and_zeros_count),
		cmocka_unit_test(any_texts_are_sorted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
