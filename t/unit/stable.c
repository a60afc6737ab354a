/* SPDX-License-Identifier: Apache-2.0 */

/* Names without what changes from build to build. */
#include "model/stable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/alloc.h"

struct pair {
	const char *before, *after;
};

static void check(const struct pair *pairs, size_t count, bool is_thread)
{
	for (size_t i = 0; i < count; i++) {
		struct stable s = { 0 };
		struct buf b = { 0 };
		buf_add(&b, stable_name(&s, str_of(pairs[i].before), is_thread));
		assert_string_equal(buf_cstr(&b), pairs[i].after);
		assert_int_equal(s.changed, strcmp(pairs[i].before, pairs[i].after) != 0);
		/* What is stable stays. */
		buf_clear(&b);
		buf_add(&b, stable_name(&s, str_of(pairs[i].after), is_thread));
		assert_string_equal(buf_cstr(&b), pairs[i].after);
		buf_free(&b);
		stable_free(&s);
	}
}

static void functions(void **state)
{
	static const struct pair pairs[] = {
		{ "Work$$Lambda$14/0x00007f1a.run", "Work$$Lambda.run" },
		{ "Work$$Lambda$14.run", "Work$$Lambda.run" },
		{ "Work$$Lambda/0x0000abc.run", "Work$$Lambda.run" },
		{ "Work.lambda$main$3", "Work.lambda$main$*" },
		{ "Work.lambda$main", "Work.lambda$main" },
		{ "a::{lambda(int)#2}::operator()", "a::{lambda(int)#*}::operator()" },
		{ "a::{closure#0}", "a::{closure#*}" },
		{ "a::{impl#2}::b", "a::{impl#2}::b" },
		{ "alloc::vec::push::h0123456789abcdef", "alloc::vec::push" },
		{ "alloc::vec::push::h0123456789abcdeg", "alloc::vec::push::h0123456789abcdeg" },
		{ "parse.constprop.0.isra.3", "parse" },
		{ "parse.cold", "parse" }, { "parse.cold.12", "parse" },
		{ "parse.llvm.8912738123", "parse" }, { "parse.part.0.cold", "parse" },
		{ "x::h0123456789abcdef.llvm.77", "x" },
		{ "parse.isra", "parse.isra" }, { "a.part", "a.part" }, { ".cold", ".cold" },
		{ "GeneratedMethodAccessor27.invoke", "GeneratedMethodAccessor*.invoke" },
		{ "com.sun.proxy.$Proxy12.get", "com.sun.proxy.$Proxy*.get" },
		{ "User$$EnhancerByCGLIB$$1a2b3c4d", "User$$EnhancerByCGLIB$$*" },
		{ "LambdaForm$MH/0x00007f.invoke", "LambdaForm$MH/0x....invoke" },
		{ "[0x00007f2b3c]", "[0x...]" }, { "f+0x1c", "f+0x..." },
		{ "/lib/modules/6.1.0-13-amd64/kernel/ext4.ko", "/lib/modules/*/kernel/ext4.ko" },
		{ "[vmlinux-6.8.0-45-generic]", "[vmlinux-*]" },
		{ "f2", "f2" }, { "md5_block", "md5_block" }, { "pool-1-x", "pool-1-x" },
		{ "std::array<int, 3>", "std::array<int, 3>" }, { "", "" }, { "0x", "0x" },
	};
	(void)state;
	check(pairs, ARRAY_SIZE(pairs), false);
}

static void threads(void **state)
{
	static const struct pair pairs[] = {
		{ "worker-12", "worker-*" }, { "pool-2-thread-11", "pool-*-thread-*" },
		{ "GC Thread#3", "GC Thread#*" }, { "kworker/0:1", "kworker/*:*" },
		{ "C2 CompilerThre", "C2 CompilerThre" }, { "java8", "java8" },
		{ "tokio-rt 7", "tokio-rt *" }, { "python3.11", "python3.11" },
	};
	(void)state;
	check(pairs, ARRAY_SIZE(pairs), true);
}

static void counts(void **state)
{
	struct stable s = { 0 };
	(void)state;
	stable_name(&s, STR("a.isra.0"), false);
	stable_name(&s, STR("a.isra.1"), false);
	stable_name(&s, STR("a.isra.1"), false);
	stable_name(&s, STR("b.isra.1"), false);
	stable_name(&s, STR("c"), false);
	assert_int_equal(s.changed, 3);
	assert_int_equal(s.made, 2);
	stable_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions),
		cmocka_unit_test(threads),
		cmocka_unit_test(counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
