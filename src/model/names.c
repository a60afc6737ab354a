/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A symbol is read once from left to right, group by group: text outside of all
 * brackets decides, a bracketed group is jumped over as a whole.
 *
 *	int geo::run<X (int)>(int) const::{lambda(auto)#1}::operator()<X>(X) const
 *	    '----------------'             '------------------------------'
 *
 * A '(' behind a word, '>', ']', '}' or an operator opens a parameter list.
 * What follows the list decides: "::" means that it belongs to an enclosing
 * function and only the list goes; the end, a clone mark or "-> T" means that
 * this was the signature, and everything from '(' on goes.  The last blank
 * before the name ends the return type, unless that is no type ("virtual thunk
 * to").  Any other '(' says that the text is no signature at all, and it stays
 * whole: the many things that are called a symbol have no common grammar, and
 * a wrong cut would merge different functions.
 *
 * Angle brackets are brackets unless they are operators: directly behind the
 * word "operator", as part of "->", or without a partner inside of the other
 * kinds of brackets ("(a<b)", "(1>0)").
 *
 * https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling
 * https://rust-lang.github.io/rfcs/2603-rust-symbol-name-mangling-v0.html
 */
#include "model/names.h"

#include "base/alloc.h"
#include "base/num.h"
#include "model/brackets.h"
#include "model/demangle.h"
#include "model/scope.h"

/* What follows a parameter list */

static const char *skip_qualifiers(const char *p, const char *end)
{
	static const struct str words[] = {
		STR(" const"), STR(" volatile"), STR(" noexcept"), STR(" restrict"),
		STR(" &&"), STR(" &"), STR("&&"), STR("&"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *after = p + words[i].n;
		if (!brackets_starts(p, end, words[i]))
			continue;
		if (brackets_is_word(after[-1]) && after < end &&
		    brackets_is_word(*after))
			continue;
		p = after;
		i = (size_t)-1;
	}
	return p;
}

/* Whether a signature may end with the text from p on. */
static bool ends_signature(const char *p, const char *end)
{
	static const struct str marks[] = {
		STR(" [clone "), STR(" [with "), STR(" requires "), STR(" -> "),
		STR(" (."),
	};
	if (p == end)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (brackets_starts(p, end, marks[i]))
			return true;
	if (*p == '.')
		return scope_clone_suffix(p - 1, end) == p;
	if (*p != '[')
		return false;
	do /* "[Tier0]", how .NET names the compiler */
		p++;
	while (p < end && brackets_is_word(*p));
	return p + 1 == end && *p == ']';
}

/* "@plt", "@@GLIBCXX_3.4" */
static bool is_version(const char *p, const char *end)
{
	if (p == end || *p != '@')
		return false;
	while (p < end && (brackets_is_word(*p) || *p == '@' || *p == '.'))
		p++;
	return p == end;
}

/* The end of the JVM type at p; the text may break off within a class name. */
static const char *java_type(const char *p, const char *end)
{
	while (p < end && *p == '[')
		p++;
	if (p == end || !memchr("BCDFIJSZL", *p, 9))
		return NULL;
	if (*p++ != 'L')
		return p;
	while (p < end && (brackets_is_word(*p) || memchr("/.-", *p, 3)))
		p++;
	return p == end ? p : *p == ';' ? p + 1 : NULL;
}

/* Whether the rest is a JVM signature: "(I[BLjava/lang/String;)V", maybe cut short. */
static bool is_jvm_signature(const char *start, const char *p, const char *end)
{
	const char *open = p++;
	while (p < end && *p != ')') {
		p = java_type(p, end);
		if (!p)
			return false;
	}
	if (p < end)
		p++;
	if (p == end)
		return memchr(start, '/', (size_t)(open - start)) != NULL;
	return (p + 1 == end && *p == 'V') || java_type(p, end) == end;
}

/* Signatures */

struct scan {
	const char *start, *p, *end;
	struct buf *out;
	const char *from;         /* text from here to p is not in out yet */
	size_t name;              /* where in out the name starts, after the type */
	const char *operator_end; /* the last operator symbol ended here */
	bool conversion;          /* in "operator T", where blanks belong to T */
	bool odd;                 /* something that no return type has */
	bool odd_prefix;          /* ... before the name */
	bool dropped;             /* a parameter list */
	unsigned inner;           /* how often the name was inside of "(*" ")" */
};

enum verdict { GO_ON, CUT, WHOLE };

static void scan_begin(struct scan *s, const char *start, const char *end)
{
	struct buf *out = s->out;
	unsigned inner = s->inner;
	buf_clear(out);
	*s = (struct scan){ .start = start, .p = start, .end = end, .out = out,
			    .from = start, .inner = inner };
}

static bool opens_parameters(const struct scan *s)
{
	if (s->p == s->start)
		return false;
	if (s->p == s->operator_end)
		return true;
	char before = s->p[-1];
	if (before == 'e' && brackets_follows(s->start, s->p, STR("decltype")))
		return false;
	return brackets_is_word(before) || memchr(">]}", before, 3) ||
	       (s->conversion && (before == ')' || before == '*' || before == '&'));
}

/* A '(' that opens no parameters: part of a name, or a sign of something else. */
static enum verdict scan_other_group(struct scan *s)
{
	const char *close = brackets_end(s->start, s->p, s->end);
	char before = s->p > s->start ? s->p[-1] : '\0';
	if (!close)
		return WHOLE;
	bool part = before == '.' || before == '\'' || s->conversion ||
		    brackets_follows(s->start, s->p, STR("decltype")) ||
		    brackets_follows(s->start, s->p, STR("decltype ")) ||
		    ((before == '\0' || before == ' ' || before == ':') &&
		     brackets_starts(close, s->end, STR("::")));
	if (part) {
		s->p = close;
		return GO_ON;
	}
	/* "void (*name(int))(char)": the name is inside. */
	if (before == ' ' && (s->p[1] == '*' || s->p[1] == '&') &&
	    close < s->end && *close == '(' &&
	    memchr(s->p + 1, '(', (size_t)(close - s->p - 1)) && s->inner++ < 4) {
		scan_begin(s, s->p + 2, close - 1);
		return GO_ON;
	}
	return WHOLE;
}

static enum verdict scan_parameters(struct scan *s)
{
	if (is_jvm_signature(s->start, s->p, s->end))
		return CUT;
	const char *close = brackets_end(s->start, s->p, s->end);
	if (!close)
		return WHOLE;
	if (s->conversion && close < s->end && *close == '(') {
		s->p = close;
		return GO_ON;
	}
	const char *after = skip_qualifiers(close, s->end);
	if (ends_signature(after, s->end))
		return CUT;
	if (!is_version(after, s->end) && !brackets_starts(after, s->end, STR("::")))
		return WHOLE;
	buf_add(s->out, str_span(s->from, s->p));
	s->dropped = true;
	s->conversion = false;
	s->from = s->p = after;
	if (*after == '@') {
		s->p = s->end;
		return CUT;
	}
	return GO_ON;
}

/* What was before this blank may be the return type. */
static void scan_blank(struct scan *s)
{
	s->p++;
	if (s->conversion)
		return;
	buf_add(s->out, str_span(s->from, s->p));
	s->from = s->p;
	s->name = s->out->n;
	s->odd_prefix = s->odd;
}

static enum verdict scan_step(struct scan *s)
{
	size_t n = brackets_operator(s->start, s->p, s->end);
	if (n > 0) {
		s->p += n;
		s->operator_end = s->p;
		return GO_ON;
	}
	switch (brackets_kind(*s->p)) {
	case KIND_OPEN:
		if (*s->p == '(')
			return opens_parameters(s) ? scan_parameters(s)
						   : scan_other_group(s);
		if (*s->p == '[' && (s->p == s->start || s->p[-1] == ' '))
			s->odd = true;
		s->p = brackets_end(s->start, s->p, s->end);
		return s->p ? GO_ON : WHOLE;
	case KIND_CLOSE:
		s->p++;
		s->odd = true;
		return s->p[-1] == '>' && s->p - s->start > 1 && s->p[-2] == '-' ? GO_ON
									  : WHOLE;
	case KIND_COLON:
		s->p += 2;
		return s->p <= s->end && s->p[-1] == ':' ? GO_ON : WHOLE;
	case KIND_BLANK:
		if (brackets_follows(s->start, s->p, STR("operator")))
			s->conversion = true;
		scan_blank(s);
		return GO_ON;
	case KIND_ODD:
		s->odd = true;
		/* fallthrough */
	default:
		s->p++;
		return GO_ON;
	}
}

/* Whether the text before the name is a type and not "vtable for" and such. */
static bool prefix_is_type(const struct scan *s)
{
	struct str prefix = { s->out->p, s->name };
	if (s->out->n == s->name && s->from == s->p)
		return false;
	char first = s->out->n > s->name ? s->out->p[s->name] : *s->from;
	return s->name > 0 && !s->odd_prefix && !str_ends(prefix, STR(" to ")) &&
	       !str_ends(prefix, STR(" for ")) &&
	       (brackets_is_word(first) || memchr("~({'<", first, 5));
}

static struct str scan_result(struct scan *s)
{
	size_t skip = prefix_is_type(s) ? s->name : 0;
	if (skip == s->out->n)
		return str_span(s->from, s->p);
	buf_add(s->out, str_span(s->from, s->p));
	return str_skip(buf_str(s->out), skip);
}

/*
 * The name without parameter lists and return type, part of full or in out.
 * *opaque is set when the text is nothing whose parts have a meaning.
 */
static struct str drop_signature(struct buf *out, struct str full, bool *opaque)
{
	struct scan s = { .out = out };
	enum verdict verdict = GO_ON;
	scan_begin(&s, full.p, full.p + full.n);
	while (verdict == GO_ON && s.p < s.end) {
		if (brackets_is_word(*s.p))
			s.p++;
		else
			verdict = scan_step(&s);
	}
	*opaque = verdict == WHOLE || (s.inner && verdict != CUT);
	if (*opaque || (verdict == GO_ON && !s.dropped))
		return full;
	return scan_result(&s);
}

/* Styles */

bool names_parse_style(struct names_choice *choice, struct str word)
{
	static const struct str words[] = {
		[NAMES_FULL] = STR("full"),
		[NAMES_NOARGS] = STR("noargs"),
		[NAMES_SHORT] = STR("short"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_eq(word, words[i])) {
			choice->style = (enum names_style)i;
			return true;
		}
	}
	if (!str_starts(word, STR("template:")))
		return false;
	struct str digits = str_skip(word, STR("template:").n);
	uint64_t depth;
	if (digits.n > 2 || !num_u64(digits, &depth))
		return false;
	choice->style = NAMES_TEMPLATE;
	choice->template_depth = (unsigned)depth;
	return true;
}

static struct str demangled(struct names *names, struct str raw)
{
	buf_clear(&names->full);
	if (demangle_wanted(raw) && demangle(&names->full, raw)) {
		/* a clone of an old Rust function still has its hash */
		buf_clear(&names->text);
		if (!demangle_rust_text(&names->text, buf_str(&names->full)))
			return buf_str(&names->full);
		buf_clear(&names->full);
		buf_add(&names->full, buf_str(&names->text));
		return buf_str(&names->full);
	}
	if (demangle_rust_text(&names->full, raw))
		return buf_str(&names->full);
	return raw;
}

/* Old Rust symbols have a '.' for '-': "fn(u64) .> u64" is "fn(u64) -> u64". */
static struct str with_arrows(struct names *names, struct str full)
{
	ptrdiff_t at = str_find(full, STR(" .> "));
	if (at < 0)
		return full;
	if (full.p != names->full.p) {
		buf_clear(&names->full);
		buf_add(&names->full, full);
		full = buf_str(&names->full);
	}
	while (at >= 0) {
		names->full.p[full.p - names->full.p + at + 1] = '-';
		at = str_find(full, STR(" .> "));
	}
	return full;
}

struct str names_demangled(struct names *names, struct str raw)
{
	return with_arrows(names, demangled(names, raw));
}

/* Clones have no signature to end when a Rust function was demangled. */
static struct str drop_clone_mark(struct str full)
{
	ptrdiff_t at = str_find(full, STR(" [clone "));
	if (at > 0)
		return str_head(full, (size_t)at);
	return str_span(full.p, scope_clone_suffix(full.p, full.p + full.n));
}

/* Whether the style leaves a name alone that nothing in it was mangled. */
static bool is_plain(const struct names *names, struct str name)
{
	static const char marks[] = { '(', '<', ':', '.', '/' };
	/* How many of them matter. */
	static const size_t counts[] = {
		[NAMES_FULL] = 0,
		[NAMES_NOARGS] = 1,
		[NAMES_TEMPLATE] = 2,
		[NAMES_SHORT] = sizeof(marks),
	};
	for (size_t i = 0; i < counts[names->choice.style]; i++)
		if (memchr(name.p, marks[i], name.n))
			return false;
	return true;
}

/*
 * "@@GLIBC_2.34", "@OPENSSL_3.0.0": some versions of perf print it, no debug information
 * has it.
 */
static struct str drop_version(struct str name)
{
	ptrdiff_t at = str_rchr(name, '@');
	if (at <= 0)
		return name;
	struct str version = str_skip(name, (size_t)at + 1);
	ptrdiff_t number = str_rchr(version, '_');
	for (size_t i = 0; i < version.n; i++) {
		char c = version.p[i];
		bool fits = (ptrdiff_t)i > number ? (c >= '0' && c <= '9') || c == '.' :
						    brackets_is_word(c);
		if (!fits)
			return name;
	}
	if (number <= 0 || (size_t)number + 1 == version.n)
		return name;
	at -= at > 1 && name.p[at - 1] == '@';
	return str_head(name, (size_t)at);
}

bool names_is_mangled(struct str raw)
{
	return str_starts(raw, STR("_Z")) || str_starts(raw, STR("__Z")) ||
	       str_starts(raw, STR("_R")) || str_starts(raw, STR("__R"));
}

struct str names_clean(struct names *names, struct str raw)
{
	if (names->choice.style != NAMES_FULL)
		raw = drop_version(raw);
	if (raw.n == 0)
		return raw;
	struct str full = names_demangled(names, raw);
	if (full.p != raw.p && names->choice.style != NAMES_FULL)
		full = drop_clone_mark(full);
	if (is_plain(names, full))
		return full;
	bool opaque;
	struct str name = drop_signature(&names->text, full, &opaque);
	enum names_style style = names->choice.style;
	if (!opaque && style == NAMES_SHORT)
		name = scope_shorten(&names->styled, name);
	else if (!opaque && style == NAMES_TEMPLATE)
		name = scope_elide(&names->styled, name, names->choice.template_depth);
	return name.n > 0 ? name : raw;
}

void names_free(struct names *names)
{
	buf_free(&names->full);
	buf_free(&names->text);
	buf_free(&names->styled);
}
