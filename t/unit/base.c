/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/intern.h"

#define assert_str(actual, literal) assert_true(str_eq((actual), STR(literal)))

static void text_compares_by_bytes(void **state)
{
	(void)state;
	struct str none = str_of(NULL);
	assert_int_equal(none.n, 0);
	assert_true(str_eq(none, STR("")));
	assert_true(str_cmp(none, STR("")) == 0);
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("ab"), STR("a")) > 0);
	assert_true(str_cmp(STR("a\xff"), STR("az")) > 0);
	assert_true(str_cmp(STR("a\0b"), STR("a\0c")) < 0);
	assert_true(str_cmp(STR("same"), STR("same")) == 0);
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("ab"), STR("abc")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_false(str_ends(STR("abc"), STR("ab")));
	assert_true(str_starts(none, none) && str_ends(none, none));
}

static void text_is_searched(void **state)
{
	(void)state;
	struct str s = STR("a;b;;c");
	assert_int_equal(str_chr(s, ';'), 1);
	assert_int_equal(str_rchr(s, ';'), 4);
	assert_int_equal(str_chr(s, 'x'), -1);
	assert_int_equal(str_rchr(s, 'x'), -1);
	assert_int_equal(str_find(s, STR(";;")), 3);
	assert_int_equal(str_find(s, STR(";;;")), -1);
	assert_int_equal(str_find(s, STR("")), 0);
	assert_int_equal(str_find(STR("ab"), STR("abc")), -1);
	assert_int_equal(str_chr(str_of(NULL), 'x'), -1);
	assert_int_equal(str_rchr(str_of(NULL), 'x'), -1);
}

static void prefix_is_taken(void **state)
{
	(void)state;
	struct str rest = STR("pid: 12");
	assert_false(str_take(&rest, STR("pod")));
	assert_false(str_take(&rest, STR("pid: 123")));
	assert_str(rest, "pid: 12");
	assert_true(str_take(&rest, STR("pid: ")));
	assert_str(rest, "12");
	assert_true(str_take(&rest, STR("12")));
	assert_int_equal(rest.n, 0);
}

static void text_is_cut(void **state)
{
	(void)state;
	struct str rest = STR("a;;b");
	assert_str(str_cut(&rest, ';'), "a");
	assert_str(str_cut(&rest, ';'), "");
	assert_non_null(rest.p);
	assert_str(str_cut(&rest, ';'), "b");
	assert_null(rest.p);
	assert_int_equal(rest.n, 0);
	rest = STR("a;");
	assert_str(str_cut(&rest, ';'), "a");
	assert_non_null(rest.p);
	assert_str(str_cut(&rest, ';'), "");
	assert_null(rest.p);
	assert_str(str_trim(STR(" \t a b\t ")), "a b");
	assert_str(str_trim(STR(" \t")), "");
	assert_str(str_basename(STR("/usr/lib/x.so")), "x.so");
	assert_str(str_basename(STR("x.so")), "x.so");
	assert_str(str_basename(STR("/usr/")), "");
}

static void buffers_grow(void **state)
{
	(void)state;
	struct buf b = { 0 };
	assert_string_equal(buf_cstr(&b), "");
	for (int i = 0; i < 10000; i++) {
		buf_addc(&b, 'x');
		buf_add(&b, STR("yz"));
		buf_addf(&b, "%d", i % 10);
	}
	assert_int_equal(b.n, 40000);
	for (size_t i = 0; i < b.n; i += 4) {
		assert_memory_equal(b.p + i, "xyz", 3);
		assert_int_equal(b.p[i + 3], '0' + i / 4 % 10);
	}
	assert_int_equal(strlen(buf_cstr(&b)), 40000);
	buf_clear(&b);
	buf_add(&b, str_of(NULL));
	assert_int_equal(b.n, 0);
	memcpy(buf_reserve(&b, 3), "abc", 3);
	b.n += 3;
	assert_str(buf_str(&b), "abc");
	buf_free(&b);
	buf_addf(&b, "%s %05d", "again", 42);
	assert_string_equal(buf_cstr(&b), "again 00042");
	buf_free(&b);
}

static void arenas_keep_what_they_gave(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct str copies[2000];
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "text %zu", i);
		copies[i] = arena_copy(&arena, (struct str){ text, (size_t)n });
		size_t size = i * 37 % 5000;
		char *piece = arena_alloc(&arena, size);
		assert_int_equal((uintptr_t)piece % 8, 0);
		memset(piece, 0xee, size);
	}
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++) {
		char text[32];
		snprintf(text, sizeof(text), "text %zu", i);
		assert_string_equal(copies[i].p, text);
		assert_int_equal(copies[i].n, strlen(text));
	}
	char *large = arena_alloc(&arena, 10 << 20);
	memset(large, 1, 10 << 20);
	assert_true(arena.total >= 10 << 20);
	arena_free(&arena);
	assert_str(arena_copy(&arena, STR("again")), "again");
	arena_free(&arena);
}

static void equal_text_has_one_number(void **state)
{
	(void)state;
	struct intern t = { 0 };
	assert_int_equal(intern(&t, STR("")), 0);
	assert_int_equal(intern(&t, STR("a\0b")), 1);
	assert_int_equal(intern(&t, STR("a")), 2);
	assert_int_equal(intern(&t, STR("a\0b")), 1);
	const char *kept = intern_text(&t, 1).p;
	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 50000; i++) {
			char text[32];
			int n = snprintf(text, sizeof(text), "name %u", i);
			assert_int_equal(intern(&t, (struct str){ text, (size_t)n }), i + 3);
		}
	}
	assert_int_equal(t.count, 50003);
	assert_ptr_equal(intern_text(&t, 1).p, kept);
	assert_str(intern_text(&t, 1), "a\0b");
	assert_str(intern_text(&t, 50002), "name 49999");
	intern_free(&t);
	assert_int_equal(intern(&t, STR("again")), 0);
	intern_free(&t);
}

static void capacities_grow_and_never_overflow(void **state)
{
	(void)state;
	int *numbers = NULL;
	size_t capacity = 0;
	for (size_t i = 0; i < 1000; i++) {
		ARRAY_RESERVE(numbers, capacity, i + 1);
		assert_true(capacity > i);
		numbers[i] = (int)i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	free(numbers);
	assert_true(grown_capacity(100, 101) >= 150);
	assert_true(grown_capacity(0, 1) >= 1);
	assert_true(grown_capacity(10, 5000) >= 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_compares_by_bytes),
		cmocka_unit_test(text_is_searched),
		cmocka_unit_test(text_is_cut),
		cmocka_unit_test(prefix_is_taken),
		cmocka_unit_test(buffers_grow),
		cmocka_unit_test(arenas_keep_what_they_gave),
		cmocka_unit_test(equal_text_has_one_number),
		cmocka_unit_test(capacities_grow_and_never_overflow),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
