/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A cleaned name is a scope: parts divided by "::", or by '/' and '.', with
 * template arguments between.  Not every '<' opens arguments:
 *
 *	foo<int>::bar              arguments
 *	foo::<T, U>                arguments, as Rust writes them
 *	<A<T> as Trait>::f         whose method it is
 *	x::<impl Trait for T>::f   the same
 *	f::<lambda(int)>, T.<init> names
 */
#include "model/scope.h"

#include "base/alloc.h"
#include "base/num.h"
#include "model/brackets.h"

const char *scope_clone_suffix(const char *start, const char *end)
{
	static const struct str words[] = {
		STR("cold"), STR("part"), STR("isra"), STR("constprop"), STR("llvm"),
		STR("lto_priv"), STR("localalias"), STR("resume"), STR("destroy"),
		STR("clone"), STR("plt"),
	};
	for (const char *p = end; p > start; ) {
		const char *dot = memrchr(start, '.', (size_t)(p - start));
		if (!dot || dot == start)
			break;
		struct str word = str_span(dot + 1, p);
		bool known = num_is_digits(word);
		for (size_t i = 0; i < ARRAY_SIZE(words) && !known; i++)
			known = str_eq(word, words[i]);
		if (!known)
			break;
		p = end = dot;
	}
	return end;
}

enum angle {
	LIST, /* arguments: vector<int>, foo::<T> */
	SELF, /* whose method it is: <T as Trait>::f, <impl T>::f */
	NAME, /* <lambda(int)>, Foo.<init> */
};

static enum angle angle_kind(const char *start, const char *p, const char *end)
{
	char before = p > start ? p[-1] : '\0';
	if (before == '.' || brackets_starts(p, end, STR("<lambda")) ||
	    brackets_starts(p, end, STR("<unnamed")) ||
	    brackets_starts(p, end, STR("<anonymous")))
		return NAME;
	if (brackets_starts(p, end, STR("<impl ")))
		return SELF;
	return brackets_is_word(before) || memchr(":>]})'", before, 6) ? LIST : SELF;
}

struct str scope_elide(struct buf *out, struct str name, unsigned keep)
{
	struct brackets nest;
	nest.depth = nest.lists = 0;
	const char *end = name.p + name.n;
	const char *from = name.p;
	const char *operator_end = NULL;
	buf_clear(out);
	for (const char *p = name.p; p < end; p++) {
		unsigned char kind = brackets_kind(*p);
		if (kind == KIND_WORD)
			continue;
		size_t n = brackets_operator(name.p, p, end);
		if (n > 0) {
			operator_end = p + n;
			p += n - 1;
			continue;
		}
		if (kind < KIND_OPEN || (*p == '>' && p > name.p && p[-1] == '-'))
			continue;
		char mark = *p;
		if (mark == '<' && p != operator_end &&
		    angle_kind(name.p, p, end) != LIST)
			mark = BRACKETS_ANGLE;
		if (mark == '<' && nest.lists >= keep) {
			const char *close = brackets_end(name.p, p, end);
			if (!close)
				return name;
			buf_add(out, str_span(from, p));
			buf_add(out, close - p == 2 ? STR("<>") : STR("<...>"));
			from = close;
			p = close - 1;
		} else if (kind == KIND_OPEN ? !brackets_open(&nest, mark)
					     : !brackets_close(&nest, mark)) {
			return name;
		}
	}
	buf_add(out, str_span(from, end));
	return buf_str(out);
}

/* Parts of a scope in out: where the last and the one before it start. */
struct parts {
	size_t last, before;
};

static void parts_next(struct parts *parts, size_t at)
{
	parts->before = parts->last;
	parts->last = at;
}

/* Appends the group at p without the type arguments of Go: "(*T[...])". */
static void add_group(struct buf *out, const char *p, const char *close)
{
	if (!brackets_starts(p, close, STR("(*"))) {
		buf_add(out, str_span(p, close));
		return;
	}
	for (const char *next; p < close; p = next) {
		next = *p == '[' ? brackets_end(p, p, close) : NULL;
		if (!next) {
			buf_addc(out, *p);
			next = p + 1;
		}
	}
}

/* Appends the last part of the type in "<T as Trait>" or "<impl Trait for T>". */
static void add_self(struct buf *out, const char *p, const char *close)
{
	size_t mark = out->n;
	const char *end = close - 1;
	bool impl = brackets_starts(p, end, STR("<impl "));
	p += impl ? 6 : 1;
	for (const char *start = p; p < end; ) {
		if (brackets_starts(p, end, STR("::"))) {
			out->n = mark;
			p += 2;
		} else if (impl && brackets_starts(p, end, STR(" for "))) {
			out->n = mark;
			p += 5;
		} else if (!impl && brackets_starts(p, end, STR(" as "))) {
			break;
		} else if (brackets_kind(*p) == KIND_OPEN) {
			const char *next = brackets_end(start, p, end);
			if (!next)
				break;
			if (*p != '<')
				buf_add(out, str_span(p, next));
			p = next;
		} else {
			buf_addc(out, *p++);
		}
	}
}

struct shortener {
	const char *start, *end;
	struct buf *out;
	struct parts scope;  /* divided by "::" */
	struct parts dotted; /* divided by '.' */
	bool scoped;
	const char *operator_end;
};

static const char *shorten_group(struct shortener *s, const char *p)
{
	const char *close = brackets_end(s->start, p, s->end);
	if (!close)
		return NULL;
	bool after_word = p > s->start && brackets_is_word(p[-1]);
	enum angle kind = *p != '<' ? NAME : p == s->operator_end
				    ? LIST : angle_kind(s->start, p, s->end);
	if (*p == '[' && after_word && !s->scoped && close - p > 2 &&
	    !brackets_starts(p, close, STR("[abi:")))
		return close; /* type arguments of Go */
	if (kind == NAME || (p == s->start && close == s->end))
		add_group(s->out, p, close);
	else if (kind == SELF)
		add_self(s->out, p, close);
	else if (s->out->n > 0 && s->out->p[s->out->n - 1] == ' ')
		s->out->n--;
	return close;
}

/* A separator, or NULL when p is none: the parts start anew behind it. */
static const char *shorten_separator(struct shortener *s, const char *p)
{
	bool scope = brackets_starts(p, s->end, STR("::"));
	if (scope && p + 2 < s->end && p[2] == '<' &&
	    angle_kind(s->start, p + 2, s->end) == LIST)
		return p + 2;
	/* Java: "Work$$Lambda$1/0x00007f9f3c000c20.applyAsInt" */
	bool hidden = brackets_starts(p, s->end, STR("/0x"));
	if (!scope && *p != '.' && (*p != '/' || hidden))
		return NULL;
	if (*p != '/' && s->out->n > 0 && s->out->p[s->out->n - 1] == ';')
		s->out->n--;
	buf_add(s->out, (struct str){ p, scope ? 2 : 1 });
	size_t at = s->out->n;
	if (scope) {
		s->scoped = true;
		parts_next(&s->scope, at);
	} else if (*p == '.') {
		parts_next(&s->dotted, at);
	} else {
		s->scope = s->dotted = (struct parts){ at, at };
	}
	return p + (scope ? 2 : 1);
}

struct str scope_shorten(struct buf *out, struct str name)
{
	const char *end = name.p + name.n;
	struct shortener s = { .start = name.p, .out = out,
			       .end = scope_clone_suffix(name.p, end) };
	buf_clear(out);
	for (const char *p = name.p; p < s.end; ) {
		const char *from = p;
		while (p < s.end && brackets_is_word(*p))
			p++;
		buf_add(out, str_span(from, p));
		if (p == s.end)
			break;
		if (brackets_follows(s.start, p, STR("operator")) && *p == ' ' &&
		    brackets_operator(s.start, p, s.end) == 0) {
			buf_add(out, str_span(p, s.end)); /* a conversion */
			break;
		}
		size_t n = brackets_operator(s.start, p, s.end);
		if (n > 0) {
			buf_add(out, (struct str){ p, n });
			s.operator_end = p += n;
			continue;
		}
		const char *next = brackets_kind(*p) == KIND_OPEN
				   ? shorten_group(&s, p) : shorten_separator(&s, p);
		if (!next && brackets_kind(*p) == KIND_OPEN)
			return name;
		if (!next)
			buf_addc(out, *p);
		p = next ? next : p + 1;
	}
	buf_add(out, str_span(s.end, end));
	return str_skip(buf_str(out), s.scoped ? s.scope.before : s.dotted.before);
}
