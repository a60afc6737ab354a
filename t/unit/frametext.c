/* SPDX-License-Identifier: Apache-2.0 */
#include "model/frametext.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/alloc.h"

static const struct {
	const char *text;
	uint64_t address;
	const char *name, *module, *line;
} known[] = {
	{ "0x48417B4: malloc (in /usr/lib/x-linux.so)", 0x48417b4, "malloc",
	  "/usr/lib/x-linux.so", "" },
	{ "0x109160: main (demo.c:219)", 0x109160, "main", "", "demo.c:219" },
	{ "0x1: main (a b/demo (old).c:7)", 1, "main", "", "a b/demo (old).c:7" },
	{ "0x55ab: Vec<T,A>::push (src/vec/mod.rs:992:22)", 0x55ab, "Vec<T,A>::push", "",
	  "src/vec/mod.rs:992" },
	{ "0x1: f (x.rs:0:0)", 1, "f", "", "x.rs:0" },
	{ "0x1: ??? (in /lib/ld.so)", 1, "", "/lib/ld.so", "" },
	{ "0x1: f (in ?" "?" "?)", 1, "f", "", "" },
	{ "0x1: ???", 1, "", "", "" },
	{ "0x1: (below main) (libc-start.c:58)", 1, "(below main)", "",
	  "libc-start.c:58" },
	{ "0x1: a::operator()(int) const (a.cpp:3)", 1, "a::operator()(int) const", "",
	  "a.cpp:3" },
	{ "0x1: f(void (*)(int))", 1, "f(void (*)(int))", "", "" },
	{ "0x1: operator new(unsigned long) (in /a (x)/b)", 1,
	  "operator new(unsigned long)", "/a (x)/b", "" },
	{ "0x1: f (in /odd (x/lib)", 1, "f", "/odd (x/lib", "" },
	{ "0x1: f (in /odd x)/lib)", 1, "f", "/odd x)/lib", "" },
	{ "main (demo.c:2)", 0, "main", "", "demo.c:2" },
	{ "0xzz: f (d.c:1)", 0, "0xzz: f", "", "d.c:1" },
	{ "0x1 f", 0, "0x1 f", "", "" },
	{ "0x11111111111111111: f", 0, "0x11111111111111111: f", "", "" },
	{ "f (no place)", 0, "f (no place)", "", "" },
	{ "f (:12)", 0, "f (:12)", "", "" },
	{ "f (x:)", 0, "f (x:)", "", "" },
	{ "(in x)", 0, "(in x)", "", "" },
	{ " (in x)", 0, "", "x", "" },
	{ "", 0, "", "", "" }, { ")", 0, ")", "", "" }, { "()", 0, "()", "", "" },
	{ "))((", 0, "))((", "", "" }, { "a ()", 0, "a ()", "", "" },
};

static void places_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct frametext f = frametext_parse(str_of(known[i].text));
		bool ok = f.address == known[i].address &&
			  str_eq(f.name, str_of(known[i].name)) &&
			  str_eq(f.module, str_of(known[i].module)) &&
			  str_eq(f.line, str_of(known[i].line));
		if (!ok)
			print_message("'%s': %llx '%.*s' '%.*s' '%.*s'\n", known[i].text,
				      (unsigned long long)f.address, STR_ARG(f.name),
				      STR_ARG(f.module), STR_ARG(f.line));
		assert_true(ok);
	}
}

static void allocators(void **state)
{
	(void)state;
	static const char *const are[] = {
		"0x1: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)",
		"0x1: operator new(unsigned long) (vg_replace_malloc.c:342)",
		"0x1: f (in /usr/lib/libasan.so.6)", "0x1: calloc (in /bin/a)", "0x1: malloc",
		"0x1: __interceptor_malloc (in /bin/a)", "0x1: operator new[](unsigned long)",
		"0x1: malloc (/llvm/asan/asan_malloc_linux.cpp:69)",
	}, *const are_not[] = {
		"0x1: malloc (mine.c:3)", "0x1: f (in /src/vgpreload_/a.so)", "0x1: mallocs",
		"0x1: operator newt", "0x1: f (not_vg_replace_malloc.c:3)", "0x1: ?" "?" "?", "",
	};
	for (size_t i = 0; i < ARRAY_SIZE(are); i++) {
		struct frametext f = frametext_parse(str_of(are[i]));
		assert_true(frametext_is_allocator(&f));
	}
	for (size_t i = 0; i < ARRAY_SIZE(are_not); i++) {
		struct frametext f = frametext_parse(str_of(are_not[i]));
		assert_false(frametext_is_allocator(&f));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_taken_apart),
		cmocka_unit_test(allocators),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
