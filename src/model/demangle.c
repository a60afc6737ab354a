/* SPDX-License-Identifier: Apache-2.0 */

/*
 * libiberty prints into a callback that cannot refuse, and a name of repeated
 * substitutions doubles its output with every level:
 *
 *	_Z1fSt4pairIS_S_ES0_IS1_S1_ES0_IS2_S2_E...
 *
 * so the callback jumps out when there is too much.  The library keeps its
 * state on the stack in these interfaces, nothing is lost by the jump.
 * DMGL_NO_RECURSE_LIMIT stays unset: it also bounds the stack.
 *
 * Rust before 2025 mangled as C++ does, and hid what C++ has no letters for:
 *
 *	_$LT$$RF$$u27$a$u20$mut$u20$I$u20$as$u20$core..iter..Iterator$GT$::next
 *	<&'a mut I as core::iter::Iterator>::next
 *
 * ".." is "::", "$XX$" one of the table below, "$u7b$" a code point, and '_' at
 * the start of a part stands before a '$'.
 * https://github.com/rust-lang/rustc-demangle/blob/main/src/legacy.rs
 */
#include "model/demangle.h"

#include <setjmp.h>

#ifdef HAVE_LIBIBERTY_DEMANGLE_H
#include <libiberty/demangle.h>
#else
#include <demangle.h>
#endif

#include "base/utf8.h"

struct sink {
	struct buf *out;
	size_t limit;
	jmp_buf full;
};

static void sink_add(const char *p, size_t n, void *opaque)
{
	struct sink *sink = opaque;
	if (n > sink->limit - sink->out->n)
		longjmp(sink->full, 1);
	buf_add(sink->out, (struct str){ p, n });
}

typedef int demangler(const char *, int, demangle_callbackref, void *);

static bool run(demangler *demangle_callback, struct buf *out, const char *mangled)
{
	size_t before = out->n;
	struct sink sink = { .out = out, .limit = before + DEMANGLE_OUTPUT };
	if (setjmp(sink.full) == 0 &&
	    demangle_callback(mangled, DMGL_PARAMS | DMGL_ANSI, sink_add, &sink) &&
	    out->n > before)
		return true;
	out->n = before;
	return false;
}

bool demangle(struct buf *out, struct str mangled)
{
	if (!demangle_wanted(mangled) || mangled.n > DEMANGLE_INPUT)
		return false;
	char copy[DEMANGLE_INPUT + 1];
	ptrdiff_t at = str_chr(mangled, '@');
	size_t n = at < 0 ? mangled.n : (size_t)at;
	if (memchr(mangled.p, '\0', n))
		return false;
	memcpy(copy, mangled.p, n);
	copy[n] = '\0';
	bool rust = copy[1] == 'R' || strstr(copy, "17h");
	bool done = rust && run(rust_demangle_callback, out, copy);
	if (!done && copy[1] == 'Z')
		done = run(cplus_demangle_v3_callback, out, copy);
	if (done)
		buf_add(out, str_skip(mangled, n));
	return done;
}

/* 16 hex digits, five of them different: no word, and what Rust itself asks for. */
static bool is_hash(const char *p)
{
	unsigned seen = 0;
	for (int i = 0; i < 16; i++) {
		if (p[i] >= '0' && p[i] <= '9')
			seen |= 1u << (p[i] - '0');
		else if (p[i] >= 'a' && p[i] <= 'f')
			seen |= 1u << (p[i] - 'a' + 10);
		else
			return false;
	}
	return __builtin_popcount(seen) >= 5;
}

/* Where "::h<hash>" begins, or NULL. */
static const char *find_hash(struct str s)
{
	const size_t length = sizeof("::h0123456789abcdef") - 1;
	if (s.n <= length)
		return NULL;
	const char *colon = memrchr(s.p, ':', s.n);
	const char *end = s.p + s.n;
	if (!colon || colon == s.p || (size_t)(end - colon) < length - 1)
		return NULL;
	const char *hash = colon - 1;
	const char *after = hash + length;
	if (hash == s.p || hash[0] != ':' || colon[1] != 'h' || !is_hash(colon + 2))
		return NULL;
	if (after < end && *after != '.' && *after != ' ' && *after != '@')
		return NULL;
	return hash;
}

static const struct {
	char name[4], text[4];
} escapes[] = {
	{ "SP", "@" }, { "BP", "*" }, { "RF", "&" }, { "LT", "<" },
	{ "GT", ">" }, { "LP", "(" }, { "RP", ")" }, { "C", "," },
};

/* Appends a code point that can be shown; false for the others. */
static bool add_code(struct buf *out, uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return false;
	utf8_add(out, code);
	return true;
}

/* The meaning of the text between two '$'. */
static bool add_escape(struct buf *out, struct str name)
{
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (str_eq(name, str_of(escapes[i].name))) {
			buf_add(out, str_of(escapes[i].text));
			return true;
		}
	}
	if (name.n < 2 || name.n > 7 || name.p[0] != 'u')
		return false;
	uint32_t code = 0;
	for (size_t i = 1; i < name.n; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit = strchr(digits, name.p[i]);
		if (!digit || !*digit)
			return false;
		code = code << 4 | (uint32_t)(digit - digits);
	}
	return add_code(out, code);
}

bool demangle_rust_text(struct buf *out, struct str s)
{
	const char *hash = find_hash(s);
	if (!hash)
		return false;
	const char *p = s.p;
	while (p < hash) {
		struct str rest = str_span(p, hash);
		if (*p == '.' && str_starts(rest, STR(".."))) {
			buf_add(out, STR("::"));
			p += 2;
		} else if (*p == '_' && str_starts(rest, STR("_$")) &&
			   (p == s.p || p[-1] == ':')) {
			p++;
		} else if (*p == '$') {
			ptrdiff_t close = str_chr(str_skip(rest, 1), '$');
			if (close < 0 ||
			    !add_escape(out, (struct str){ p + 1, (size_t)close }))
				break;
			p += close + 2;
		} else {
			buf_addc(out, *p++);
		}
	}
	buf_add(out, str_span(p, hash));
	buf_add(out, str_span(hash + sizeof("::h0123456789abcdef") - 1, s.p + s.n));
	return true;
}
