/* SPDX-License-Identifier: Apache-2.0 */

/*
 * With --print, lines "CUT columns name" (divided by tabs) give the labels; with
 * --widths, the tables of share/svg/label.js are printed.  t/labels.t needs both.
 */
#include "model/label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"

static const char *label(struct buf *b, struct str name, unsigned columns,
			 enum label_cut cut)
{
	buf_clear(b);
	return label_add(b, name, columns, cut) ? buf_cstr(b) : NULL;
}

static void columns_in_pixels(void **state)
{
	(void)state;
	assert_int_equal(label_columns(100, 10, 0), 10);
	assert_int_equal(label_columns(100, 10, 4), 9);
	assert_int_equal(label_columns(3 * 7.32 + 8, 7.32, 4), 3);
	assert_int_equal(label_columns(5, 10, 4), 0);
	assert_int_equal(label_columns(1e300, 1, 0), 1000000);
}

static void text_of_a_proportional_font(void **state)
{
	(void)state;
	assert_true(label_text_width(STR("WWW")) > label_text_width(STR("iii")));
	double width = label_text_width(STR("some words"));
	assert_int_equal(label_text_fit(STR("some words"), width).n, 10);
	assert_int_equal(label_text_fit(STR("some words"), width - .1).n, 9);
	assert_int_equal(label_text_fit(STR("é"), .1).n, 0);
}

static void words_of_the_option(void **state)
{
	(void)state;
	enum label_cut cut = LABEL_SMART;
	assert_true(label_parse_cut(STR("left"), &cut));
	assert_int_equal(cut, LABEL_LEFT);
	assert_true(label_parse_cut(STR("right"), &cut));
	assert_int_equal(cut, LABEL_RIGHT);
	assert_true(label_parse_cut(STR("middle"), &cut));
	assert_int_equal(cut, LABEL_MIDDLE);
	assert_true(label_parse_cut(STR("smart"), &cut));
	assert_int_equal(cut, LABEL_SMART);
	assert_true(label_parse_cut(STR("middle"), &cut));
	assert_false(label_parse_cut(STR("Left"), &cut));
	assert_false(label_parse_cut(STR(""), &cut));
	assert_false(label_parse_cut(STR("lef"), &cut));
	assert_int_equal(cut, LABEL_MIDDLE);
}

static void ends_that_are_cut(void **state)
{
	(void)state;
	static const struct {
		enum label_cut cut;
		unsigned columns;
		const char *name, *label;
	} rows[] = {
		{ LABEL_RIGHT, 10, "do_syscall", "do_syscall" },
		{ LABEL_RIGHT, 9, "do_syscall", "do_sysca…" },
		{ LABEL_RIGHT, 3, "do_syscall", "do…" },
		{ LABEL_RIGHT, 2, "do_syscall", NULL },
		{ LABEL_RIGHT, 2, "do", NULL },
		{ LABEL_RIGHT, 0, "", NULL },
		{ LABEL_RIGHT, 3, "", "" },
		{ LABEL_LEFT, 10, "do_syscall", "do_syscall" },
		{ LABEL_LEFT, 9, "do_syscall", "…_syscall" },
		{ LABEL_LEFT, 3, "do_syscall", "…ll" },
		{ LABEL_LEFT, 2, "do_syscall", NULL },
		{ LABEL_MIDDLE, 10, "do_syscall", "do_syscall" },
		{ LABEL_MIDDLE, 9, "do_syscall", "do_s…call" },
		{ LABEL_MIDDLE, 8, "do_syscall", "do_s…all" },
		{ LABEL_MIDDLE, 3, "do_syscall", "d…l" },
		{ LABEL_MIDDLE, 2, "do_syscall", NULL },
		{ LABEL_RIGHT, 8, "std::vector<int>::push_back", "std::ve…" },
		{ LABEL_LEFT, 8, "std::vector<int>::push_back", "…sh_back" },
		/* two columns each */
		{ LABEL_RIGHT, 6, "数据库连接", "数据…" },
		{ LABEL_LEFT, 6, "数据库连接", "…连接" },
		{ LABEL_MIDDLE, 6, "数据库连接", "数…接" },
		{ LABEL_MIDDLE, 3, "数据库连接", "…接" },
		{ LABEL_MIDDLE, 7, "数据库连接", "数…连接" },
		/* marks stay with what they stand on */
		{ LABEL_RIGHT, 4, "ae\u0301iou\u0301x", "ae\u0301i…" },
		{ LABEL_LEFT, 4, "ae\u0301iou\u0301x", "…ou\u0301x" },
		{ LABEL_LEFT, 3, "ae\u0301iou\u0301x", "…u\u0301x" },
		/* bytes that are no UTF-8 */
		{ LABEL_RIGHT, 4, "\xff\xfe\x80\xc3\x28", "\xff\xfe\x80…" },
		{ LABEL_LEFT, 4, "\xff\xfe\x80\xc3\x28", "…\x80\xc3\x28" },
	};
	struct buf b = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct str name = str_of(rows[i].name);
		const char *got = label(&b, name, rows[i].columns, rows[i].cut);
		if (rows[i].label)
			assert_string_equal(got, rows[i].label);
		else
			assert_null(got);
	}
	buf_free(&b);
}

/*
 * The name and the texts it becomes as columns get fewer, the longest first;
 * when the last one does not fit, it is cut at the right.
 */
static const char *const styles[][10] = {
	{ "bool ns::Map<int, T>::find<int>(int) const", "ns::Map<int, T>::find<int>",
	  "ns::Map::find", "Map::find", "find" },
	{ "std::vector<int, std::allocator<int> >::push_back(int&&) [clone .cold]",
	  "std::vector<int, std::allocator<int> >::push_back", "std::vector::push_back",
	  "vector::push_back", "push_back" },
	{ "std::p<A, d<A> > const& x::B<int>::get<long>(int)", "x::B<int>::get<long>",
	  "x::B::get", "B::get", "get" },
	{ "void (anonymous namespace)::run(std::function<void (int)>)",
	  "(anonymous namespace)::run", "run" },
	{ "a::(anonymous namespace)::go()", "a::(anonymous namespace)::go",
	  "(anonymous namespace)::go", "go" },
	{ "a::f(int)::{lambda(T<int> const&, int)#1}::operator()(int) const",
	  "a::f::{lambda#1}::operator()", "f::{lambda#1}::operator()" },
	{ "main::$_0::operator()(int) const", "main::$_0::operator()" },
	{ "f()::'lambda'(int)::operator()(int) const", "f::'lambda'::operator()" },
	{ "a::f()::{lambda()#1}::_FUN()", "a::f::{lambda#1}::_FUN",
	  "f::{lambda#1}::_FUN" },
	{ "std::ostream& std::operator<< <char, T<char> >(std::ostream&, char)",
	  "std::operator<< <char, T<char> >", "std::operator<<", "operator<<" },
	{ "std::operator+<char, std::traits<char>, std::alloc<char> >",
	  "std::operator+", "operator+" },
	{ "std::operator==<char, T<char> >(int)", "std::operator==<char, T<char> >",
	  "std::operator==", "operator==" },
	{ "std::operator-<int, T<int> >", "std::operator-", "operator-" },
	{ "a::f<&a::operator==<int> >", "a::f", "f" },
	{ "std::alloc<char> >" },
	{ "a::operator<=><int>(int)", "a::operator<=><int>", "a::operator<=>",
	  "operator<=>" },
	{ "bool Foo::operator<(Foo const&) const", "Foo::operator<", "operator<" },
	{ "Foo<int>::operator->() const", "Foo<int>::operator->", "Foo::operator->",
	  "operator->" },
	{ "Foo::operator->*()", "Foo::operator->*", "operator->*" },
	{ "a::less<int>::operator()(int) const", "a::less<int>::operator()",
	  "a::less::operator()", "less::operator()" },
	{ "Foo::operator std::string<char>() const", "Foo::operator std::string<char>",
	  "Foo::operator std::string", "operator std::string" },
	{ "void* operator new(unsigned long)", "operator new" },
	{ "Foo::operator new[](unsigned long)", "Foo::operator new[]", "operator new[]" },
	{ "Foo<int>::operator*() const", "Foo<int>::operator*", "Foo::operator*",
	  "operator*" },
	{ "Foo::operator[](int)", "Foo::operator[]", "operator[]" },
	{ "Foo::operator/=(int)", "Foo::operator/=", "operator/=" },
	{ "non-virtual thunk to a::Foo::bar(int)", "non-virtual thunk to a::Foo::bar",
	  "non-virtual thunk to Foo::bar", "non-virtual thunk to bar", "a::Foo::bar",
	  "Foo::bar", "bar" },
	{ "guard variable for ns::x", "guard variable for x", "ns::x", "x" },
	{ "guard variable for int a::f<T>(T)::x", "guard variable for a::f<T>::x",
	  "guard variable for a::f::x", "guard variable for f::x",
	  "guard variable for x", "a::f<T>::x", "a::f::x", "f::x", "x" },
	{ "vtable for a::B<int>", "vtable for a::B", "vtable for B", "a::B<int>", "a::B",
	  "B" },
	{ "reference temporary #0 for a::b", "reference temporary #0 for b", "a::b",
	  "b" },
	{ "waiting for (x)", "waiting for" },
	{ "RegExp:[a-z]+(?:[ ;]+)?", "[a-z]+(?:[ ;]+)?" },
	{ "decltype(auto) std::call<F>(F&&)", "std::call<F>", "std::call", "call" },
	{ "std::get[abi:cxx11](int)", "std::get[abi:cxx11]", "std::get", "get" },
	{ "void f<(a>b)>(int)", "f<(a>b)>", "f" },
	{ "Foo::~Foo()", "Foo::~Foo", "~Foo" },
	/* Rust */
	{ "<a::Iter<'a, T> as b::iter::Iterator>::next", "a::Iter::next", "Iter::next",
	  "next" },
	{ "a::ptr::drop_in_place::<b::String>", "a::ptr::drop_in_place",
	  "ptr::drop_in_place", "drop_in_place" },
	{ "a::num::<impl b::Display for u32>::fmt", "a::num::u32::fmt", "num::u32::fmt",
	  "u32::fmt", "fmt" },
	{ "a::str::<impl str>::trim", "a::str::str::trim", "str::str::trim", "str::trim",
	  "trim" },
	{ "<<T as a::B>::C as d::E>::deep", "T::C::deep", "C::deep", "deep" },
	{ "<a::Vec<T>>::push", "a::Vec::push", "Vec::push", "push" },
	{ "<F as a::FnOnce<A>>::call::{closure#0}", "F::call::{closure#0}",
	  "call::{closure#0}" },
	{ "<fn(i32) -> i32 as a::FnOnce>::call", "<fn as a::FnOnce>::call", "fn::call",
	  "call" },
	{ "gc::run::collect::h766d676eb9b04254", "gc::run::collect", "run::collect",
	  "collect" },
	{ "core..str..Split$LT$$u27$a$C$$u20$P$GT$::next",
	  "str..Split$LT$$u27$a$C$$u20$P$GT$::next", "Split$LT$$u27$a$C$$u20$P$GT$::next",
	  "next" },
	{ "a::b::h766d676eb9b0425", "b::h766d676eb9b0425", "h766d676eb9b0425" },
	/* Java */
	{ "com.foo.Bar.doWork", "foo.Bar.doWork", "Bar.doWork", "doWork" },
	{ "com/foo/Bar:::doWork_[j]", "foo/Bar:::doWork_[j]", "Bar:::doWork_[j]",
	  "doWork_[j]" },
	{ "com/foo/Bar:.doWork", "foo/Bar:.doWork", "Bar:.doWork", "doWork" },
	{ "Lorg/x/Foo;::handle(Lorg/x/S;)V", "Lorg/x/Foo;::handle", "x/Foo;::handle",
	  "Foo;::handle", "handle" },
	{ "void com.foo.Bar.go(int, java.lang.String)", "com.foo.Bar.go", "foo.Bar.go",
	  "Bar.go", "go" },
	{ "java.lang.String.<init>", "lang.String.<init>", "String.<init>" },
	{ "java.util.stream.SortedOps$SizedRefSortingSink.end",
	  "util.stream.SortedOps$SizedRefSortingSink.end",
	  "stream.SortedOps$SizedRefSortingSink.end",
	  "SortedOps$SizedRefSortingSink.end", "SizedRefSortingSink.end", "end" },
	{ "com/foo/Bar$Baz:::run_[j]", "foo/Bar$Baz:::run_[j]", "Bar$Baz:::run_[j]",
	  "Baz:::run_[j]", "run_[j]" },
	{ "Base64$Encoder.<init>", "Encoder.<init>" },
	{ "foo.Bar$1.lambda$run$0", "Bar$1.lambda$run$0", "lambda$run$0" },
	{ "io.x.Work$$Lambda/0x00007f9f3c000c20.apply", "io.x.Work$$Lambda.apply",
	  "x.Work$$Lambda.apply", "Work$$Lambda.apply", "Lambda.apply", "apply" },
	{ "Foo$$Lambda$14/0x00007f.apply", "Foo$$Lambda.apply", "Lambda.apply", "apply" },
	{ "Foo$$Lambda$14.0x00007f.apply", "Foo$$Lambda.apply", "Lambda.apply", "apply" },
	{ "Foo$$Lambda+0x00007f.12", "Foo$$Lambda" },
	/* Go */
	{ "net/http.(*Client).Do", "http.(*Client).Do", "(*Client).Do", "Do" },
	{ "net/http.(*conn).serve.func1.2", "http.(*conn).serve.func1.2",
	  "(*conn).serve.func1.2", "serve.func1.2" },
	{ "github.com/foo/v2.(*Thing).Method", "foo/v2.(*Thing).Method",
	  "v2.(*Thing).Method", "(*Thing).Method", "Method" },
	{ "example.org/x.Map[go.shape.int,go.shape.string]", "example.org/x.Map", "x.Map",
	  "Map" },
	{ "main.init.0", "init.0" },
	{ "runtime.systemstack.abi0", "runtime.systemstack", "systemstack" },
	{ "runtime.asyncPreempt.abiinternal", "runtime.asyncPreempt", "asyncPreempt" },
	{ "main.(*T[...]).Add.func1", "main.(*T).Add.func1", "(*T).Add.func1",
	  "Add.func1" },
	/* scripts */
	{ "JS:*fetchAll /home/me/src/file.js:12:34", "JS:*fetchAll", "*fetchAll" },
	{ "JS:~ node:internal/timers:502:11", "~ node:internal/timers:502:11",
	  "internal/timers:502:11", "timers:502:11" },
	{ "JS:* /home/src/file.js:1:2", "* /home/src/file.js:1:2", "home/src/file.js:1:2",
	  "src/file.js:1:2", "file.js:1:2" },
	{ "LazyCompile:~go node:internal/loader:1021:30", "LazyCompile:~go", "~go" },
	{ "Builtin:InterpreterEntryTrampoline", "InterpreterEntryTrampoline" },
	{ "/a/python3/requests/api.py:get", "a/python3/requests/api.py:get",
	  "python3/requests/api.py:get", "requests/api.py:get", "api.py:get", "get" },
	{ "handle (flask/app.py:1234)", "handle" },
	{ "<module> (/home/me/main.py:12)", "<module>" },
	{ "py::handle_request:/srv/app/views.py", "py::handle_request",
	  "handle_request" },
	{ "py::View.get:/srv/app/views.py:42", "py::View.get", "View.get", "get" },
	{ "py::f.<locals>.g:<frozen importlib._bootstrap>", "py::f.<locals>.g",
	  "f.<locals>.g", "g" },
	{ "py::<module>:/srv/main.py", "py::<module>", "<module>" },
	{ "block in Foo::Bar#baz (/x/y.rb:12)", "block in Foo::Bar#baz",
	  "Bar#baz", "baz" },
	{ "App\\Http\\Kernel::handle", "Http\\Kernel::handle", "Kernel::handle",
	  "handle" },
	{ "Class->method", "method" },
	{ "lists:map/2", "map/2" },
	{ "-[NSFooController barWith:baz:]", "NSFooController barWith:baz:",
	  "barWith:baz:" },
	{ "genunix`vn_rele", "vn_rele" },
	{ "ntdll.dll!RtlUserThreadStart", "RtlUserThreadStart" },
	{ "Foo.Bar..ctor(int)", "Foo.Bar..ctor", "Bar..ctor", "ctor" },
	{ "foo.part.0.constprop.0.cold", "foo" },
	{ "std::foo.isra.0", "std::foo", "foo" },
	{ "/usr/lib/libc.so.6", "usr/lib/libc.so.6", "lib/libc.so.6", "libc.so.6" },
	/* nothing to drop */
	{ "entry_SYSCALL_64_after_hwframe" }, { "[unknown]" }, { "[libfoo.so.1]" },
	{ "swapper/0" }, { "_ZN3foo3barEv" },
	{ "Isolated Web Content" }, { "GC Thread#0" },
	{ "(garbage collector)" },
	/* what does not balance */
	{ "std::foo<bar::baz" }, { "a::b)::c" }, { "f(int" }, { "a::b<c(>)" },
	{ "f<&Foo::operator>>(int)" },
	{ "<a::B as c::D::e" },
	{ "数据库::连接池::取连接(整数)", "数据库::连接池::取连接", "连接池::取连接",
	  "取连接" },
};

static void smart_names(void **state)
{
	(void)state;
	struct buf b = { 0 }, right = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(styles); i++) {
		size_t form = 0;
		size_t most = utf8_columns(str_of(styles[i][0])) + 1;
		for (unsigned columns = (unsigned)most; columns >= 3; columns--) {
			const char *text = styles[i][form];
			while (utf8_columns(str_of(text)) > columns && styles[i][form + 1])
				text = styles[i][++form];
			label(&right, str_of(text), columns, LABEL_RIGHT);
			const char *got =
				label(&b, str_of(styles[i][0]), columns, LABEL_SMART);
			assert_string_equal(got, buf_cstr(&right));
		}
		assert_null(styles[i][form + 1]);
		assert_null(label(&b, str_of(styles[i][0]), 2, LABEL_SMART));
	}
	buf_free(&right);
	buf_free(&b);
}

static bool is_utf8(struct str s)
{
	unsigned length;
	for (; s.n > 0; s = str_skip(s, length))
		if (utf8_next(s, &length) < 0)
			return false;
	return true;
}

/* "unit", again and again, and "end", in all widths and ways. */
static void check_repeated(const char *unit, const char *end, size_t size)
{
	struct buf name = { 0 }, b = { 0 };
	while (name.n < size)
		buf_add(&name, str_of(unit));
	buf_add(&name, str_of(end));
	bool good = is_utf8(buf_str(&name));
	static const unsigned widths[] = { 3, 4, 5, 17, 100, 1000, 5000 };
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		for (int cut = LABEL_SMART; cut <= LABEL_MIDDLE; cut++) {
			buf_clear(&b);
			assert_true(label_add(&b, buf_str(&name), widths[i],
					      (enum label_cut)cut));
			assert_true(b.n <= 16 * (size_t)widths[i] + 3);
			assert_true(b.n > 0);
			assert_true(utf8_columns(buf_str(&b)) <= widths[i]);
			assert_true(!good || is_utf8(buf_str(&b)));
		}
	}
	buf_free(&name);
	buf_free(&b);
}

static void hostile_names(void **state)
{
	(void)state;
	static const char *const units[] = {
		"<", ">", "(", ")", "a<", "<T as ", "<impl ", "a::<impl b.c for ", "[", "{",
		"{(", "::", "a::", "a.", ".", "/", "a/", " ", "a ", "a->", "operator<",
		"operator ", "f(x)::", "a b(x)::", "e\u0301", "\u0301", "\u200d", "数",
		"😀", "\xff", "\x80", "\xf0\x9f", "a::\u0301", "#a", "a (b)::", "a.cold::",
		"-[", "-[a b] ", "JS:f /a:1 ", "<a::b>::", "\x01", "'", "$_", "$", "$a",
		".$$a", "$$Lambda", "$$Lambda$1.", "py::", "py::<", "a for ", "a::b to ",
		"(*T[", "(*T[a]).",
	};
	static const size_t sizes[] = { 1, 10, 300, 4000, 4096, 5000 };
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			check_repeated(units[i], "", sizes[j]);
			check_repeated(units[i], "::the_end(int)", sizes[j]);
			check_repeated(units[i], ">::f", sizes[j]);
		}
		check_repeated(units[i], "", 1000000);
	}
}

/* Text made of what names are made of, in any order. */
static void shuffled_names(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"a", ".", "b", ":", "c", "::", "<", "T", " ", ">", "(", ")", "[", "]", "{",
		"}", "#", "/", " ", "->", "operator", "_", "$", "'", "1", "!", "`", " for ",
		"$$Lambda", "py::", " as ", "<impl ", "(*T[", ".abi0",
	};
	uint64_t random = 88172645463325252u;
	struct buf name = { 0 }, b = { 0 };
	for (int i = 0; i < 200000; i++) {
		buf_clear(&name);
		while (name.n < 40) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			buf_add(&name, str_of(pieces[random % ARRAY_SIZE(pieces)]));
		}
		unsigned columns = 3 + (unsigned)(random >> 32) % 40;
		buf_clear(&b);
		assert_true(label_add(&b, buf_str(&name), columns, LABEL_SMART));
		assert_true(b.n > 0 && utf8_columns(buf_str(&b)) <= columns);
	}
	buf_free(&name);
	buf_free(&b);
}

static void long_names_stay_whole_inside(void **state)
{
	(void)state;
	struct buf name = { 0 }, b = { 0 };
	buf_add(&name, STR("a::b<"));
	while (name.n < 4096 - 4)
		buf_addc(&name, 'x');
	buf_add(&name, STR(">::f"));
	assert_int_equal(name.n, 4096);
	assert_string_equal(label(&b, buf_str(&name), 10, LABEL_SMART), "a::b::f");
	buf_addc(&name, 'g');
	assert_string_equal(label(&b, buf_str(&name), 10, LABEL_SMART), "a::b<xxxx…");
	buf_free(&name);
	buf_free(&b);
}

static void print_labels(void)
{
	char *line = NULL;
	size_t capacity = 0;
	ssize_t n;
	struct buf b = { 0 };
	while ((n = getline(&line, &capacity, stdin)) > 0) {
		struct str rest = { line, (size_t)n - (line[n - 1] == '\n') };
		size_t word = (size_t)str_chr(rest, '\t');
		enum label_cut cut;
		uint64_t columns;
		if (!label_parse_cut(str_head(rest, word), &cut))
			fail_msg("'%s'", line);
		rest = str_skip(rest, word + 1);
		word = (size_t)str_chr(rest, '\t');
		if (!num_u64(str_head(rest, word), &columns))
			fail_msg("'%s'", line);
		buf_clear(&b);
		label_add(&b, str_skip(rest, word + 1), (unsigned)columns, cut);
		buf_addc(&b, '\n');
		fwrite(b.p, 1, b.n, stdout);
	}
	buf_free(&b);
	free(line);
}

static void print_base_36(int32_t n)
{
	char digits[8];
	size_t at = sizeof(digits);
	do
		digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36];
	while ((n /= 36) > 0);
	fwrite(digits + at, 1, sizeof(digits) - at, stdout);
}

static void print_ranges(unsigned width)
{
	int32_t last = 0;
	for (int32_t from = 0, to; from <= 0x10ffff; from = to) {
		unsigned w = utf8_width(from);
		for (to = from + 1; to <= 0x10ffff && utf8_width(to) == w; )
			to++;
		if (w != width)
			continue;
		if (last > 0)
			putchar(' ');
		print_base_36(from - last);
		last = to - 1;
		if (last > from)
			putchar(':');
		if (last > from)
			print_base_36(last - from);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_in_pixels),
		cmocka_unit_test(text_of_a_proportional_font),
		cmocka_unit_test(words_of_the_option),
		cmocka_unit_test(ends_that_are_cut),
		cmocka_unit_test(smart_names),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(shuffled_names),
		cmocka_unit_test(long_names_stay_whole_inside),
	};
	if (argc > 1 && str_eq(str_of(argv[1]), STR("--print"))) {
		print_labels();
		return 0;
	}
	if (argc > 1 && str_eq(str_of(argv[1]), STR("--widths"))) {
		print_ranges(0);
		print_ranges(2);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
