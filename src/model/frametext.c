/* SPDX-License-Identifier: Apache-2.0 */
#include "model/frametext.h"

#include "base/alloc.h"
#include "base/num.h"

/* Cuts "0x12ab: " off. */
static uint64_t cut_address(struct str *s)
{
	uint64_t address;
	ptrdiff_t colon = str_find(*s, STR(": "));
	if (!str_starts(*s, STR("0x")) || colon < 3 ||
	    !num_hex(str_span(s->p + 2, s->p + colon), &address))
		return 0;
	*s = str_skip(*s, (size_t)colon + 2);
	return address;
}

/* Where the " (" of the brackets is that end the text; -1 when there is none. */
static ptrdiff_t last_brackets(struct str s)
{
	size_t depth = 0;
	if (!str_ends(s, STR(")")))
		return -1;
	for (size_t i = s.n; i-- > 1;) {
		depth += s.p[i] == ')';
		depth -= s.p[i] == '(';
		if (depth == 0)
			return s.p[i - 1] == ' ' ? (ptrdiff_t)i - 1 : -1;
	}
	return -1;
}

/* Cuts ":12" off. */
static bool cut_number(struct str *s)
{
	ptrdiff_t colon = str_rchr(*s, ':');
	if (colon <= 0 || !num_is_digits(str_skip(*s, (size_t)colon + 1)))
		return false;
	s->n = (size_t)colon;
	return true;
}

/* "demo.c:169", "src/vec.rs:9:5" */
static bool take_line(struct frametext *f, struct str place)
{
	struct str first = place, second;
	if (!cut_number(&first))
		return false;
	second = first;
	f->line = cut_number(&second) ? first : place;
	return true;
}

static bool take_module(struct frametext *f, struct str place)
{
	if (!str_starts(place, STR("in ")))
		return false;
	f->module = str_skip(place, 3);
	if (str_eq(f->module, STR("???")))
		f->module = STR("");
	return true;
}

/* Brackets in the name of a file need not be balanced. */
static ptrdiff_t last_module(struct str s)
{
	ptrdiff_t at = -1, next;
	if (!str_ends(s, STR(")")))
		return -1;
	while ((next = str_find(str_skip(s, (size_t)(at + 1)), STR(" (in "))) >= 0)
		at += 1 + next;
	return at;
}

struct frametext frametext_parse(struct str s)
{
	struct frametext f = { .address = cut_address(&s) };
	ptrdiff_t at = last_brackets(s);
	for (int again = 0; again < 2; again++) {
		struct str place = at < 0 ? STR("") :
			str_span(s.p + at + 2, s.p + s.n - 1);
		if (take_module(&f, place) || take_line(&f, place)) {
			s = str_head(s, (size_t)at);
			break;
		}
		at = last_module(s);
	}
	f.name = str_eq(s, STR("???")) ? STR("") : s;
	return f;
}

static bool starts_one_of(struct str s, const struct str *starts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_starts(s, starts[i]))
			return true;
	return false;
}

/* The sources and files of Valgrind, compiler-rt and gcc's libsanitizer. */
bool frametext_is_allocator(const struct frametext *f)
{
	static const struct str lines[] = {
		STR("vg_replace_malloc.c:"), STR("asan_malloc_linux.cpp:"),
		STR("asan_malloc_mac.cpp:"), STR("asan_new_delete.cpp:"),
		STR("lsan_interceptors.cpp:"), STR("sanitizer_malloc_mac.inc:"),
	};
	static const struct str modules[] = {
		STR("vgpreload_"), STR("libasan.so"), STR("liblsan.so"),
		STR("libclang_rt."),
	};
	static const struct str starts[] = {
		STR("__interceptor_"), STR("operator new("), STR("operator new[]("),
	};
	static const struct str names[] = {
		STR("malloc"), STR("calloc"), STR("realloc"), STR("reallocarray"),
		STR("memalign"), STR("aligned_alloc"), STR("posix_memalign"),
		STR("valloc"), STR("pvalloc"),
	};
	if (starts_one_of(str_basename(f->line), lines, ARRAY_SIZE(lines)) ||
	    starts_one_of(str_basename(f->module), modules, ARRAY_SIZE(modules)))
		return true;
	if (f->line.n > 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(f->name, names[i]))
			return true;
	return starts_one_of(f->name, starts, ARRAY_SIZE(starts));
}
