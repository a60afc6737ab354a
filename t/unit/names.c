/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names as perf and its kin print them, and what becomes of them in each style.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "model/demangle.h"
#include "model/names.h"

struct sample {
	const char *raw;
	const char *noargs; /* when it is not raw */
	const char *brief;  /* short, when it is not noargs */
	const char *outer;  /* template:1, when it is not noargs */
	const char *full;   /* when it is not raw */
};

static const struct sample samples[] = {
	{ .raw = "main" },
	{ .raw = "_start" },
	{ .raw = "__x64_sys_read" },
	{ .raw = "[unknown]" },
	{ .raw = "[libc.so.6]" },
	{ .raw = "(cookie)" },
	{ .raw = "(anonymous namespace)" },
	{ .raw = "StubRoutines (1)" },
	{ .raw = "foo.part.0" },
	{ .raw = "foo.constprop.0.cold" },
	{ .raw = "foo.llvm.123" },
	{ .raw = "foo [clone .cold]" },
	{ .raw = "htab_find@plt" },
	{ "operator new(unsigned long)", .noargs = "operator new" },
	{ "operator new(unsigned long)@plt", .noargs = "operator new@plt" },
	{ "operator new[](unsigned long, std::align_val_t)",
	  .noargs = "operator new[]" },
	{ "operator delete(void*)", .noargs = "operator delete" },
	{ "void* operator new(unsigned long)", .noargs = "operator new" },
	{ "Foo::operator()(int) const", .noargs = "Foo::operator()" },
	{ "Foo::operator[](int)", .noargs = "Foo::operator[]" },
	{ "Foo::operator->() const", .noargs = "Foo::operator->" },
	{ "Foo::operator->*(int)", .noargs = "Foo::operator->*" },
	{ "operator<<(std::ostream&, A const&)", .noargs = "operator<<" },
	{ "operator<(A, B)", .noargs = "operator<" },
	{ "operator>(A, B)", .noargs = "operator>" },
	{ "operator>>(A&, int)", .noargs = "operator>>" },
	{ "operator<=>(A, B)", .noargs = "operator<=>" },
	{ "std::ostream& std::operator<< <char>(std::ostream&, char)",
	  .noargs = "std::operator<< <char>", .brief = "std::operator<<" },
	{ "bool operator< <int>(A<int>, A<int>)", .noargs = "operator< <int>",
	  .brief = "operator<" },
	{ "bool operator<<int>(A<int>, A<int>)", .noargs = "operator<<int>",
	  .brief = "operator<" },
	{ "std::operator<<<std::char_traits<char>>(std::ostream&, char const*)",
	  .noargs = "std::operator<<<std::char_traits<char>>",
	  .brief = "std::operator<<",
	  .outer = "std::operator<<<std::char_traits<...>>" },
	{ "bool operator==<int>(A, B)", .noargs = "operator==<int>",
	  .brief = "operator==" },
	{ "Foo::operator,(int)", .noargs = "Foo::operator," },
	{ "Foo::operator*() const", .noargs = "Foo::operator*" },
	{ "Foo::operator bool() const", .noargs = "Foo::operator bool" },
	{ "Foo::operator std::string() const", .noargs = "Foo::operator std::string" },
	{ "Foo::operator char const*() const", .noargs = "Foo::operator char const*" },
	{ "Foo::operator std::function<int (int)>() const",
	  .noargs = "Foo::operator std::function<int (int)>" },
	{ "operator\"\" _ms(unsigned long long)", .noargs = "operator\"\" _ms" },
	{ "operator co_await(Task&&)", .noargs = "operator co_await" },
	{ "Foo::~Foo()", .noargs = "Foo::~Foo" },
	{ "foo<void (int)>(int)", .noargs = "foo<void (int)>", .brief = "foo" },
	{ "std::function<int (int, int)>::operator()(int, int) const",
	  .noargs = "std::function<int (int, int)>::operator()",
	  .brief = "function::operator()" },
	{ "void (*get<int>(int))(char)", .noargs = "get<int>", .brief = "get" },
	{ "decltype(auto) baz<int>(int)", .noargs = "baz<int>", .brief = "baz" },
	{ "decltype ({parm#1}+{parm#2}) add<int, int>(int, int)",
	  .noargs = "add<int, int>", .brief = "add" },
	{ "auto make<int>(int) -> int", .noargs = "make<int>", .brief = "make" },
	{ "main::{lambda(int, int)#1}::operator()(int, int) const",
	  .noargs = "main::{lambda(int, int)#1}::operator()",
	  .brief = "{lambda(int, int)#1}::operator()" },
	{ "worker(void*)::{lambda(int)#1}::operator()(int) const",
	  .noargs = "worker::{lambda(int)#1}::operator()",
	  .brief = "{lambda(int)#1}::operator()" },
	{ "void foo<int>(int)::{lambda(auto:1)#1}::operator()<int>(int) const",
	  .noargs = "foo<int>::{lambda(auto:1)#1}::operator()<int>",
	  .brief = "{lambda(auto:1)#1}::operator()" },
	{ "main::'lambda'(int)::operator()(int) const",
	  .noargs = "main::'lambda'(int)::operator()",
	  .brief = "'lambda'(int)::operator()" },
	{ "main::$_0::operator()(int) const", .noargs = "main::$_0::operator()",
	  .brief = "$_0::operator()" },
	{ "main()::<lambda(int)>::operator()(int) const",
	  .noargs = "main::<lambda(int)>::operator()",
	  .brief = "<lambda(int)>::operator()" },
	{ "std::string foo[abi:cxx11](int)", .noargs = "foo[abi:cxx11]" },
	{ "foo[abi:cxx11](int)", .noargs = "foo[abi:cxx11]" },
	{ "foo(int) const &", .noargs = "foo" },
	{ "foo(int) volatile", .noargs = "foo" },
	{ "foo(int) const &&", .noargs = "foo" },
	{ "virtual thunk to Foo::bar(int)", .noargs = "virtual thunk to Foo::bar" },
	{ "non-virtual thunk to Foo::bar(int)",
	  .noargs = "non-virtual thunk to Foo::bar" },
	{ "guard variable for Foo::bar(int)::x",
	  .noargs = "guard variable for Foo::bar::x", .brief = "bar::x" },
	{ "std::endl<char, std::char_traits<char> >(std::ostream&)@@GLIBCXX_3.4",
	  .noargs = "std::endl<char, std::char_traits<char> >",
	  .brief = "std::endl",
	  .outer = "std::endl<char, std::char_traits<...> >" },
	{ "pow@@GLIBC_2.29", .noargs = "pow" },
	{ "cfree@GLIBC_2.2.5", .noargs = "cfree" },
	{ "EVP_sign@OPENSSL_3.0.0", .noargs = "EVP_sign" },
	{ .raw = "left-pad@1.3.0" }, { .raw = "a@b_c" }, { .raw = "@GLIBC_2.2" },
	{ .raw = "a@GLIBC_" },
	{ "foo(int) (.cold)", .noargs = "foo" },
	{ "foo(int).cold", .noargs = "foo" },
	{ "foo(int)::bar", .noargs = "foo::bar" },
	{ "std::enable_if<((sizeof (T))>(4)), int>::type f<T>(T)", .noargs = "f<T>",
	  .brief = "f" },
	{ "f<(a<b), (c>>2)>(int)", .noargs = "f<(a<b), (c>>2)>", .brief = "f" },
	{ "f<&A::operator> >(int)", .noargs = "f<&A::operator> >", .brief = "f" },
	{ .raw = "f<&A::operator>>(int)" },
	{ "f<&A::operator->>(int)", .noargs = "f<&A::operator->>", .brief = "f" },
	{ "f<&A::operator<<, &A::operator()>(int)",
	  .noargs = "f<&A::operator<<, &A::operator()>", .brief = "f" },
	{ "net/http.(*Client).Do", .brief = "(*Client).Do" },
	{ "main.(*T[...]).m.func1", .brief = "m.func1" },
	{ "main.Map[go.shape.int,go.shape.string].Get", .brief = "Map.Get" },
	{ .raw = "runtime.main" },
	{ "main.main.func1.2", .brief = "main.func1.2" },
	{ "type..eq.struct { a int; b string }",
	  .brief = "eq.struct { a int; b string }" },
	{ "Lorg/x/Y;::call", .brief = "Y::call" },
	{ "Lio/a/B;.write(Lio/c/D;Ljav", .noargs = "Lio/a/B;.write",
	  .brief = "B.write" },
	{ "Ljava/util/Arrays;.fill([BLjava/lang/Object;)V",
	  .noargs = "Ljava/util/Arrays;.fill", .brief = "Arrays.fill" },
	{ "java/lang/String.indexOf(I)I", .noargs = "java/lang/String.indexOf",
	  .brief = "String.indexOf" },
	{ "void J.main(java.lang.String[])", .noargs = "J.main" },
	{ "int[] J.words(int)", .noargs = "J.words" },
	{ "java.lang.Object java.util.HashMap.put(java.lang.Object, java.lang.Object)",
	  .noargs = "java.util.HashMap.put", .brief = "HashMap.put" },
	{ "void [System.Private.CoreLib] System.Threading.Thread::StartCallba"
	  "ck()[PreJIT]",
	  .noargs = "void [System.Private.CoreLib] System.Threading.Thread::S"
	  "tartCallback" },
	{ .raw = "LazyCompile:*x file.js:1" },
	{ .raw = "JS:~ node:internal/main/run_main_module:1:1" },
	{ .raw = "JS:~fib /path/jit (1).js:2:13" },
	{ .raw = "RegExp:[&<>\\\"\\']" },
	{ .raw = "RegExp:\\bFoo(?:/[\\d.]+|[ \\w.]*)" },
	{ .raw = "py::f:/a/b(c).py" },
	{ "<a::B<T> as a::M<fn(u64) .> u64>>::m",
	  .noargs = "<a::B<T> as a::M<fn(u64) -> u64>>::m",
	  .brief = "B::m",
	  .full = "<a::B<T> as a::M<fn(u64) -> u64>>::m" },
	{ "<K,V as gc::Trace>::trace", .brief = "K,V::trace" },
	{ "<alloc::boxed::Box<T> as gc::Trace>::trace::mark", .brief = "trace::mark" },
	{ "<[T] as core::slice::SliceExt>::split_at", .brief = "[T]::split_at" },
	{ "<(A, B) as T>::f", .brief = "(A, B)::f" },
	{ "<fn(i32) -> i32 as T>::call", .brief = "fn(i32) -> i32::call" },
	{ "alloc::slice::<impl [T]>::sort_by::{{closure}}",
	  .brief = "sort_by::{{closure}}" },
	{ "core::cmp::impls::<impl PartialOrd<A> for foo::Bar<B>>::lt",
	  .brief = "Bar::lt" },
	{ "std::panicking::catch_unwind::<isize, std::rt::init::{closure#0}>",
	  .brief = "panicking::catch_unwind" },
	{ .raw = "<jit invoke stub>" },
	{ "core::mem::swap::hcb834a1162e5ad6c", .noargs = "core::mem::swap",
	  .brief = "mem::swap", .full = "core::mem::swap" },
	{ "core::mem::swap::h0000000000000000", .brief = "swap::h0000000000000000" },
	{ "gc::GcBox$LT$T$GT$::new::_$u7b$$u7b$closure$u7d$$u7d$::ha2ed0674a1c3dc9f",
	  .noargs = "gc::GcBox<T>::new::{{closure}}", .brief = "new::{{closure}}",
	  .full = "gc::GcBox<T>::new::{{closure}}" },
	{ "_$LT$$RF$$u27$a$u20$mut$u20$I$u20$as$u20$core..Iterator$GT$::next:"
	  ":h01cfe524df2e1837",
	  .noargs = "<&'a mut I as core::Iterator>::next", .brief = "&'a mut I::next",
	  .full = "<&'a mut I as core::Iterator>::next" },
	{ "x::$unknown$::f::h01cfe524df2e1837", .noargs = "x::$unknown$::f",
	  .brief = "$unknown$::f", .full = "x::$unknown$::f" },
	{ "x::f::h01cfe524df2e1837 [clone .llvm.7]", .noargs = "x::f",
	  .full = "x::f [clone .llvm.7]" },
	{ "_ZN3std2rt10lang_start28_$u7b$$u7b$closure$u7d$$u7d$17h34cf9b1a2ab"
	  "1906aE.llvm.17741689533801865074",
	  .noargs = "std::rt::lang_start::{{closure}}",
	  .brief = "lang_start::{{closure}}",
	  .full = "std::rt::lang_start::{{closure}}" },
	{ "_RNvNtCsjrHSEGnQ3l9_3std2rt19lang_start_internal",
	  .noargs = "std::rt::lang_start_internal", .brief = "rt::lang_start_internal",
	  .full = "std::rt::lang_start_internal" },
	{ "_ZN3foo3barEiPKc", .noargs = "foo::bar",
	  .full = "foo::bar(int, char const*)" },
	{ "_ZN3foo3barEiPKc.cold", .noargs = "foo::bar",
	  .full = "foo::bar(int, char const*) [clone .cold]" },
	{ "_ZN3foo3barEi@plt", .noargs = "foo::bar@plt", .full = "foo::bar(int)@plt" },
	{ "_ZSt4endlIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_",
	  .noargs = "std::endl<char, std::char_traits<char> >", .brief = "std::endl",
	  .outer = "std::endl<char, std::char_traits<...> >",
	  .full = "std::basic_ostream<char, std::char_traits<char> >& std::en"
	  "dl<char, std::char_traits<char> >(std::basic_ostream<char, std::ch"
	  "ar_traits<char> >&)" },
	{ "_ZNKSt8functionIFiiiEEclEii",
	  .noargs = "std::function<int (int, int)>::operator()",
	  .brief = "function::operator()",
	  .full = "std::function<int (int, int)>::operator()(int, int) const" },
	{ "_ZZ4mainENKUliE_clEi", .noargs = "main::{lambda(int)#1}::operator()",
	  .brief = "{lambda(int)#1}::operator()",
	  .full = "main::{lambda(int)#1}::operator()(int) const" },
	{ .raw = "_Znotmangled" },
	{ .raw = "foo(int" },
	{ .raw = "foo(int))" },
	{ .raw = "foo<int(int)" },
	{ .raw = "foo>bar(int)" },
	{ .raw = "f([)]" },
	{ .raw = "a<b" },
	{ .raw = "()" },
	{ .raw = "(" },
	{ .raw = ")" },
	{ .raw = "foo()()" },
	{ "sym;with;semi(int)", .noargs = "sym;with;semi" },
	{ "funktsiya_\\xd1\\x84(int)", .noargs = "funktsiya_\\xd1\\x84" },
	{ .raw = "-[NSObject foo:bar:]" },
	{ .raw = "+[NSObject(Cat) x]" },
	{ "vtable for Foo<int>", .brief = "vtable for Foo" },
	{ .raw = "typeinfo name for Foo" },
	{ .raw = "closure #1 () in main" },
	{ "static Foo.bar(x: Int) -> Swift.String", .noargs = "Foo.bar" },
	{ .raw = "swift.foo (a b)" },
	{ .raw = "Interpreter" },
	{ "f(int)::x ", .noargs = "f::x " },
	{ "Foo::bar() const::{lambda()#1}::operator()() const [clone .isra.0]",
	  .noargs = "Foo::bar::{lambda()#1}::operator()",
	  .brief = "{lambda()#1}::operator()" },
	{ "std::vector<int>::push_back(int&&) requires C<int>",
	  .noargs = "std::vector<int>::push_back", .brief = "vector::push_back" },
	{ "_RNvC6_123foo3bar.cold", .noargs = "123foo::bar", .full = "123foo::bar" },
	{ "_RINvNtC3std3mem8align_ofjdE", .noargs = "std::mem::align_of::<usize, f64>",
	  .brief = "mem::align_of", .full = "std::mem::align_of::<usize, f64>" },
	{ "_RNvMCs_3fooNtB2_3Bar3baz.llvm.99", .noargs = "<foo::Bar>::baz",
	  .brief = "Bar::baz", .full = "<foo::Bar>::baz" },
	{ "_ZN3foo3bar17h05af221e174051e9E.cold", .noargs = "foo::bar",
	  .full = "foo::bar" },
	{ "Lio/n/E;.keys([Ljava/nio/SelectionKey;)", .noargs = "Lio/n/E;.keys",
	  .brief = "E.keys" },
	{ .raw = "_ZN4llvm10CallPromotionD0Ev" },
	{ "_ZN12_GLOBAL__N_13fooEv", .noargs = "(anonymous namespace)::foo",
	  .full = "(anonymous namespace)::foo()" },
	{ "f<&A::operator<<, &A::operator()>(int)",
	  .noargs = "f<&A::operator<<, &A::operator()>", .brief = "f" },
};

static void check(const char *style, const char *raw, const char *want)
{
	struct names names = { 0 };
	assert_true(names_parse_style(&names.choice, str_of(style)));
	/* a copy of the exact size, so that sanitizers see a byte too far */
	size_t n = strlen(raw);
	char *copy = malloc(n ? n : 1);
	memcpy(copy, raw, n);

	struct str got = names_clean(&names, (struct str){ copy, n });
	if (!str_eq(got, str_of(want)))
		fail_msg("%s '%s' is '%.*s', not '%s'", style, raw, STR_ARG(got), want);
	names_free(&names);
	free(copy);
}

static void test_styles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const struct sample *s = &samples[i];
		const char *noargs = s->noargs ? s->noargs : s->raw;
		check("full", s->raw, s->full ? s->full : s->raw);
		check("noargs", s->raw, noargs);
		check("short", s->raw, s->brief ? s->brief : noargs);
		check("template:1", s->raw, s->outer ? s->outer : noargs);
	}
	/* not stable: what is left could have a parameter list of its own */
	check("noargs", "A::operator void (*)(int)() const", "A::operator void (*)(int)");
}

/* A cleaned name cleans to itself, so that folded text can be read back. */
static void test_stable(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const char *noargs = samples[i].noargs;
		if (noargs)
			check("noargs", noargs, noargs);
	}
}

static void test_depth(void **state)
{
	const char *raw = "int a<b<c<d>, e<f> >, g>::h<i<j>>(k<l>)";

	(void)state;
	check("template:0", raw, "a<...>::h<...>");
	check("template:1", raw, "a<b<...>, g>::h<i<...>>");
	check("template:2", raw, "a<b<c<...>, e<...> >, g>::h<i<j>>");
	check("template:99", raw, "a<b<c<d>, e<f> >, g>::h<i<j>>");
	check("template:0", "a<>::b<&X::operator><int> >()", "a<>::b<...>");
	check("template:0", "<A<T> as B<T>>::f", "<A<...> as B<...>>::f");
	check("short", raw, "a::h");
}

static void test_parse_style(void **state)
{
	static const char *const bad[] = {
		"", "Full", "noargs ", "template", "template:", "template:-1",
		"template:100", "template:1x", "template: 1", "templates:1", "no",
	};
	struct names names = { .choice.style = NAMES_SHORT };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(names_parse_style(&names.choice, str_of(bad[i])));
		assert_int_equal(names.choice.style, NAMES_SHORT);
	}
	assert_true(names_parse_style(&names.choice, STR("template:99")));
	assert_int_equal(names.choice.style, NAMES_TEMPLATE);
	assert_int_equal(names.choice.template_depth, NAMES_TEMPLATE_MAX);
	assert_true(names_parse_style(&names.choice, STR("noargs")));
	assert_int_equal(names.choice.style, NAMES_NOARGS);
	assert_true(names_parse_style(&names.choice, STR("short")));
	assert_int_equal(names.choice.style, NAMES_SHORT);
	assert_true(names_parse_style(&names.choice, STR("full")));
	assert_int_equal(names.choice.style, NAMES_FULL);
}

static void test_demangled(void **state)
{
	struct names names = { .choice.style = NAMES_SHORT };
	struct str raw = STR("_ZN3foo3barEi");

	(void)state;
	assert_true(str_eq(names_demangled(&names, raw), STR("foo::bar(int)")));
	assert_true(str_eq(names_clean(&names, raw), STR("foo::bar")));
	raw = STR("foo::bar(int)");
	assert_ptr_equal(names_demangled(&names, raw).p, raw.p);
	raw = STR("a::b::h0123456789abcdef");
	assert_true(str_eq(names_demangled(&names, raw), STR("a::b")));
	names_free(&names);
}

/* Whatever comes in, something sensible comes out of every style in short time. */
static void torture(struct str raw)
{
	static const char *const styles[] = { "full", "noargs", "short", "template:0",
					      "template:3" };
	struct names names = { 0 };
	clock_t begin = clock();

	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		assert_true(names_parse_style(&names.choice, str_of(styles[i])));
		struct str got = names_clean(&names, raw);
		assert_true(got.n > 0 || raw.n == 0);
		assert_true(got.n <= 2 * raw.n + DEMANGLE_OUTPUT);
	}
	assert_true(clock() - begin < 5 * CLOCKS_PER_SEC);
	names_free(&names);
}

/* "head", count times "part", count times "other", "tail" */
static void torture_repeated(const char *head, const char *part, const char *other,
			     const char *tail, size_t count)
{
	struct buf b = { 0 };

	buf_add(&b, str_of(head));
	for (size_t i = 0; i < count; i++)
		buf_add(&b, str_of(part));
	for (size_t i = 0; i < count; i++)
		buf_add(&b, str_of(other));
	buf_add(&b, str_of(tail));
	torture(buf_str(&b));
	buf_free(&b);
}

static void test_nesting(void **state)
{
	static const char *const pairs[][2] = {
		{ "<", ">" }, { "(", ")" }, { "a<", "> " }, { "x(", ")::y" },
		{ "[", "]" }, { "{", "}" }, { "<(", ")>" }, { "(*", ")(int)" },
		{ "<", "" }, { "(", "" }, { "", ")" }, { "", ">" }, { "(<", ")" },
		{ "a<b(", "" }, { "a::", "" }, { "operator<", "" }, { "operator", "" },
		{ "operator>", "(a)" }, { " ", "" }, { "a(b) ", "" }, { "a()::", "c" },
		{ ".0", "" }, { ".(", ")" }, { "(*[", "])" }, { "/(*[", "x" },
		{ "f(B", "" }, { "(Lx/y;", "" }, { " (*a(", "))(b)" }, { "(LL", "" },
		{ " const", "" }, { "(a) const", "&" }, { "$LT$", "$GT$" },
		{ "decltype(", ")" }, { "::<", ">" }, { ";", ":" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *open = pairs[i][0], *close = pairs[i][1];
		torture_repeated("", open, close, "", 100000);
		torture_repeated("void f", open, close, "(int)", 900);
		torture_repeated("a::b", open, close, "::h0123456789abcdef", 100000);
	}
	torture_repeated("f(", "int, ", "", "int)", 200000); /* 1 MB */
}

/* Every template argument list doubles the readable name. */
static void test_hostile_mangled(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_add(&b, STR("_Z1fSt4pairIiiES_IS0_S0_E"));
	for (unsigned i = 1; i < 34; i++)
		buf_addf(&b, "S_IS%c_S%c_E", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i],
			 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i]);
	struct names names = { .choice.style = NAMES_NOARGS };
	assert_ptr_equal(names_clean(&names, buf_str(&b)).p, b.p);
	torture(buf_str(&b));
	/* the same with few levels is an ordinary name */
	struct str mild = str_head(buf_str(&b), sizeof("_Z1fSt4pairIiiES_IS0_S0_E") - 1);
	assert_true(str_eq(names_clean(&names, mild), STR("f")));
	buf_free(&b);
	names_free(&names);

	torture_repeated("_Z1f", "P", "", "i", 8000);
	torture_repeated("_Z1f", "F", "E", "", 4000);
	torture_repeated("_ZN", "3fooI", "E", "Ev", 150);
	torture_repeated("_Z", "Z", "E", "v", 450);
	torture_repeated("_R", "INv", "E", "", 2000);
	torture_repeated("_RYTB0_", "B_B_", "", "E", 1000);
	torture_repeated("_Z1f", "i", "", "", 100000);
	torture_repeated("_R", "C", "", "", 100000);
	torture_repeated("_ZN", "1a", "17h0123456789abcdef", "E", 300);
}

static void test_bytes(void **state)
{
	static const char nul[] = "f\0o(int\0)";
	static const char mangled[] = "_ZN3foo3b\0rEi";
	static const char utf8[] = "\xd1\x84\xd1\x83::\xff\xfe(\xc0)";
	struct names names = { .choice.style = NAMES_NOARGS };

	(void)state;
	struct str raw = { nul, sizeof(nul) - 1 };
	assert_true(str_eq(names_clean(&names, raw), str_head(raw, 3)));
	raw = (struct str){ mangled, sizeof(mangled) - 1 };
	assert_true(str_eq(names_clean(&names, raw), raw));
	assert_true(str_eq(names_clean(&names, str_of(utf8)),
			   STR("\xd1\x84\xd1\x83::\xff\xfe")));
	assert_int_equal(names_clean(&names, (struct str){ NULL, 0 }).n, 0);
	names_free(&names);

	/* all texts of three bytes from the interesting ones, behind a word */
	static const char alphabet[] = "a(<[{)>]}:. *&-'$@/_;,\0";
	for (size_t i = 0; i < sizeof(alphabet); i++)
		for (size_t j = 0; j < sizeof(alphabet); j++)
			for (size_t k = 0; k < sizeof(alphabet); k++) {
				char *text = malloc(4);
				text[0] = alphabet[i];
				text[1] = alphabet[j];
				text[2] = alphabet[k];
				text[3] = alphabet[(i + j + k) % sizeof(alphabet)];
				torture((struct str){ text, 4 });
				free(text);
			}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_parse_style),
		cmocka_unit_test(test_demangled),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_hostile_mangled),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
