/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One pass over the name divides it into words, separators, blanks and groups
 * in brackets, and writes two shorter texts: "plain" is without arguments,
 * "bare" without template arguments too.  Where a part begins in "bare", a
 * label may begin (cuts).  Of these, longest first, the first that fits is
 * taken: plain, bare, bare from the first cut on, from the second, ...
 *
 *	bool ns::Map<int, T>::find<int>(int) const
 *	                                plain  ns::Map<int, T>::find<int>
 *	                                bare   ns::Map::find, Map::find, find
 *	a::(anonymous namespace)::f()   a::(anonymous namespace)::f, f
 *	f(int)::{lambda(T)#1}::operator()(T) const
 *	                                f::{lambda#1}::operator()
 *	std::operator<< <char>(T)       std::operator<<, operator<<
 *	std::operator+<char, T<int> >   std::operator+, operator+
 *	<a::Iter<'a, T> as b::Iterator>::next
 *	                                a::Iter::next, Iter::next, next
 *	x::<impl Show for a::T>::fmt    x::a::T::fmt, a::T::fmt, T::fmt, fmt
 *	a::f::<T>::{closure#0}          a::f::{closure#0}, f::{closure#0}
 *	a::f::h0123456789abcdef         a::f, f
 *	com.foo.Bar.<init>              foo.Bar.<init>, Bar.<init>
 *	github.com/x/y.(*T).Do.func1    x/y.(*T).Do.func1, y.(*T).Do.func1,
 *	                                (*T).Do.func1, Do.func1
 *	JS:*f /a/b.js:1:2               JS:*f, *f
 *	JS:~ /a/b.js:1:2                ~ /a/b.js:1:2, a/b.js:1:2, b.js:1:2
 *	/a/b.py:f                       a/b.py:f, b.py:f, f
 *	f (a/b.py:12)                   f
 *	-[Foo set:to:]                  Foo set:to:, set:to:
 *	f.part.0.cold                   f
 *	[unknown], do_syscall_64        nothing to drop
 *
 * No cut is made before what names nothing by itself: closures, numbers,
 * operator(), file extensions.  Nothing marks what was dropped: "…" in front of
 * nearly every label would take a column and tell nothing.
 *
 * Behind arguments all is left out up to the next "::".  The result type goes
 * with them: what stands before the last blank.  share/svg/label.js does the
 * same, function by function; t/labels.t compares.
 */
#include "model/label_smart.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "model/brackets.h"

enum { DEPTH = 64 };

struct mark {
	size_t plain, bare;
};

struct scan {
	struct str name;
	size_t at;
	struct label_smart *to;
	char before;       /* what the part stands behind: 0 < . / ' ' or ':' for "::" */
	bool fresh;        /* nothing of the part was seen yet */
	bool divided;      /* it stands behind a separator: a label may begin here */
	bool dotted;       /* the last cut is behind a dot, and may be an extension */
	bool quiet;        /* behind arguments: const, [clone .cold] */
	bool is_operator;  /* the last word */
	bool frozen;       /* a conversion: operator std::string */
	bool has_arguments;
	bool has_blank, has_place;
	unsigned depth;    /* of <T as Trait> */
	size_t opened[DEPTH];
	struct mark separator, blank; /* before the last one */
	struct mark result;           /* behind the last blank */
};

static struct mark mark_of(const struct scan *s)
{
	return (struct mark){ s->to->plain.n, s->to->bare.n };
}

static void go_back(struct scan *s, struct mark to)
{
	s->to->plain.n = to.plain;
	s->to->bare.n = to.bare;
}

/* Adds [from, to) to "plain", and to "bare" too when asked to. */
static void put(struct scan *s, size_t from, size_t to, bool bare_too)
{
	struct label_text *texts[] = { &s->to->plain, &s->to->bare };
	for (int i = 0; i < (bare_too ? 2 : 1) && !s->quiet; i++) {
		memcpy(texts[i]->p + texts[i]->n, s->name.p + from, to - from);
		texts[i]->n += to - from;
	}
}

static bool has_at(const struct scan *s, size_t at, struct str text)
{
	return at <= s->name.n && str_starts(str_skip(s->name, at), text);
}

static char char_at(const struct scan *s, size_t at)
{
	return at < s->name.n ? s->name.p[at] : '\0';
}

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A '<' or '>' of operator<, <<, > or >>, or the '>' of an arrow or of "<=>". */
static bool is_sign(struct str s, size_t at)
{
	if (s.p[at] == '>' && at > 0 && is_one_of(s.p[at - 1], "-="))
		return true;
	bool twice = at > 0 && s.p[at - 1] == s.p[at];
	return str_ends(str_head(s, at - twice), STR("operator"));
}

/* Behind the bracket that closes "first", whose inner text begins at "at"; or 0. */
static size_t group_end(struct str s, size_t at, char first)
{
	char open[4 * DEPTH] = { first };
	unsigned depth = 1;
	for (; at < s.n; at++) {
		char c = s.p[at];
		if (is_one_of(c, "([{") || (c == '<' && !is_sign(s, at))) {
			if (depth == sizeof(open))
				return 0;
			open[depth++] = c;
		} else if (c == '>') {
			depth -= open[depth - 1] == '<' && !is_sign(s, at);
		} else if (is_one_of(c, ")]}")) {
			while (depth > 0 && open[depth - 1] == '<')
				depth--;
			if (depth == 0 || open[depth - 1] != (c == ')' ? '(' : c - 2))
				return 0;
			depth--;
		}
		if (depth == 0)
			return at + 1;
	}
	return 0;
}

static void begin_part(struct scan *s, bool glued)
{
	if (s->divided && !glued && !s->frozen && !s->quiet && s->to->bare.n > 0) {
		assert(s->to->count < ARRAY_SIZE(s->to->cuts));
		s->to->cuts[s->to->count++] = (unsigned short)s->to->bare.n;
		s->dotted = s->before == '.';
	}
	s->divided = s->fresh = s->is_operator = false;
}

/* No name by itself: it stays with the part before. */
static bool is_glued(const struct scan *s, struct str word)
{
	static const struct str behind_dot[] = {
		STR("so"), STR("js"), STR("py"), STR("rb"),
	}, numbered[] = {
		STR("func"), STR("gowrap"), STR("deferwrap"),
	};
	char behind = char_at(s, s->at);
	if (is_digit(word.p[0]) || word.p[0] == '\'' || str_starts(word, STR("$_")))
		return true;
	if (s->before == ':')
		return str_eq(word, STR("_FUN")) ||
		       (str_eq(word, STR("operator")) && behind == '(');
	for (size_t i = 0; i < ARRAY_SIZE(behind_dot) && s->before == '.'; i++)
		if (str_eq(word, behind_dot[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(numbered) && s->before == '.'; i++)
		if (str_starts(word, numbered[i]) && word.n > numbered[i].n &&
		    is_digit(word.p[numbered[i].n]))
			return true;
	return false;
}

static bool is_clone(const struct scan *s, struct str word)
{
	static const struct str words[] = {
		STR("cold"), STR("part"), STR("isra"), STR("constprop"), STR("llvm"),
		STR("lto_priv"), STR("localalias"),
	};
	bool found = false;
	for (size_t i = 0; i < ARRAY_SIZE(words) && s->before == '.'; i++)
		found |= str_eq(word, words[i]);
	return found;
}

/* What no word holds of an operator's sign, of which the word had "sign". */
static void skip_sign(struct scan *s, struct str sign)
{
	char c = char_at(s, s->at);
	if (sign.n > 0) {
		s->at += c == '>' && str_eq(sign, STR("-"));
	} else if (is_one_of(c, "<>")) {
		s->at++;
		s->at += char_at(s, s->at) == c;
		if (char_at(s, s->at) == '=')
			s->at += 1 + (c == '<' && char_at(s, s->at + 1) == '>');
	} else if (is_one_of(c, "/!")) {
		s->at += 1 + (char_at(s, s->at + 1) == '=');
	} else if (has_at(s, s->at, STR("()")) || has_at(s, s->at, STR("[]"))) {
		s->at += 2;
	}
	if (char_at(s, s->at - 1) == '>' && char_at(s, s->at) == '*')
		s->at++;
	s->is_operator = true;
	s->frozen = char_at(s, s->at) == ' ' && brackets_is_word(char_at(s, s->at + 1));
}

enum kind { WORD, BLANK, SEPARATOR, OPEN, CLOSE };

static const unsigned char kinds[256] = {
	[' '] = BLANK, ['\t'] = BLANK,
	[':'] = SEPARATOR, ['.'] = SEPARATOR, ['/'] = SEPARATOR, ['\\'] = SEPARATOR,
	['!'] = SEPARATOR, ['#'] = SEPARATOR, ['`'] = SEPARATOR,
	['('] = OPEN, ['['] = OPEN, ['{'] = OPEN, ['<'] = OPEN,
	[')'] = CLOSE, [']'] = CLOSE, ['}'] = CLOSE, ['>'] = CLOSE,
};

static size_t run_end(const struct scan *s, enum kind kind)
{
	size_t at = s->at;
	while (at < s->name.n && kinds[(unsigned char)s->name.p[at]] == kind)
		at++;
	return at;
}

static void scan_word(struct scan *s)
{
	size_t from = s->at;
	s->at = run_end(s, WORD);
	struct str word = str_head(str_skip(s->name, from), s->at - from);
	if (s->fresh && s->depth == 0 && is_clone(s, word)) {
		go_back(s, s->separator);
		s->at = s->name.n;
		return;
	}
	if (s->fresh) {
		begin_part(s, is_glued(s, word));
		if (str_starts(word, STR("operator")) && !s->quiet &&
		    (word.n == 8 || !brackets_is_word(word.p[8])))
			skip_sign(s, str_skip(word, 8));
	}
	put(s, from, s->at, true);
}

/* "file.js:12" and "/a/b" behind a name and a blank tell where it is. */
static void note_place(struct scan *s, bool number)
{
	bool path = memchr(s->name.p + s->at, '/', run_end(s, SEPARATOR) - s->at);
	if (s->has_blank && (path || number))
		s->has_place = true;
}

static void scan_separator(struct scan *s)
{
	size_t from = s->at, end = run_end(s, SEPARATOR);
	bool scope = has_at(s, from, STR("::"));
	bool colon = s->name.p[from] == ':' && end == from + 1;
	if (scope)
		s->quiet = false;
	if (!s->quiet) {
		/* Not a class but a file or a host: "file.js:12", "github.com/x" */
		if (s->dotted && (colon || is_one_of(s->name.p[from], "/!`")))
			s->to->count--;
		s->dotted = s->is_operator = false;
		note_place(s, colon && is_digit(char_at(s, end)));
		s->separator = mark_of(s);
		put(s, from, end, true);
		s->divided = s->fresh = true;
		s->before = scope ? ':' : colon ? ';' : s->name.p[end - 1];
	}
	s->at = end;
}

/* Leaves "<T as Trait>" in "bare" as T. */
static bool scan_self(struct scan *s)
{
	size_t from = s->at;
	if (has_at(s, from, STR(" as "))) {
		s->quiet = false;
		s->at = group_end(s->name, from, '<');
		if (s->at == 0)
			return false;
		put(s, from, s->at, false);
		s->depth--;
		s->fresh = false;
		return true;
	}
	s->quiet = false;
	s->to->bare.n = s->opened[s->depth - 1];
	while (s->to->count > 0 && s->to->cuts[s->to->count - 1] > s->to->bare.n)
		s->to->count--;
	s->at = from + STR(" for ").n;
	put(s, from, s->at, false);
	s->dotted = false;
	s->fresh = true;
	s->before = '<';
	return true;
}

static bool scan_blank(struct scan *s)
{
	if (s->depth > 0 &&
	    (has_at(s, s->at, STR(" as ")) || has_at(s, s->at, STR(" for "))))
		return scan_self(s);
	size_t from = s->at;
	s->at = run_end(s, BLANK);
	if (s->quiet)
		return true;
	if (!s->has_place) {
		s->blank = mark_of(s);
		s->has_blank = from > 0 && s->depth == 0 && !s->frozen &&
			       !is_one_of(s->name.p[from - 1], "~*^+:");
	}
	put(s, from, s->at, true);
	if (!s->is_operator && !s->frozen && s->depth == 0)
		s->result = mark_of(s);
	s->divided = s->dotted = false;
	s->fresh = true;
	s->before = ' ';
	return true;
}

/* Whether the '<' begins whose method it is: <T as Trait>::f, x::<impl Trait for T>::f */
static bool opens_self(const struct scan *s)
{
	return s->fresh && (s->before == '\0' || s->before == '<' ||
			    (s->before == ':' && has_at(s, s->at, STR("<impl "))));
}

static bool open_self(struct scan *s)
{
	size_t n = has_at(s, s->at, STR("<impl ")) ? STR("<impl ").n : 1;
	if (s->depth == DEPTH)
		return false;
	s->opened[s->depth++] = s->to->bare.n;
	put(s, s->at, s->at + n, false);
	s->at += n;
	s->fresh = true;
	s->before = '<';
	return true;
}

static void angle_group(struct scan *s, size_t end)
{
	if (s->fresh && s->before == ':') /* foo::<T> */
		s->to->bare.n = s->separator.bare;
	else if (s->fresh && s->is_operator) /* operator< <T> */
		s->to->bare.n = s->blank.bare;
	bool name = s->fresh && s->before != ':' && !s->is_operator;
	if (name)
		begin_part(s, true);
	put(s, s->at, end, name);
	s->divided = s->fresh = false;
}

static void arguments(struct scan *s)
{
	if (s->fresh)
		go_back(s, s->blank);
	else if (s->name.p[s->at] == '(')
		s->has_arguments = true;
	s->quiet = true;
	s->fresh = s->divided = false;
}

static void round_group(struct scan *s, size_t end)
{
	struct str before = str_head(s->name, s->at);
	char next = char_at(s, s->at + 1);
	bool lists = s->fresh ? s->before == ' ' && s->depth == 0 && !s->has_place &&
				!is_one_of(next, "*&") &&
				!has_at(s, s->at, STR("(anonymous "))
			      : s->is_operator ||
				(!is_one_of(before.p[before.n - 1], "*~^&+-") &&
				 !str_ends(before, STR("decltype")));
	if (lists) {
		arguments(s);
		return;
	}
	begin_part(s, false);
	put(s, s->at, end, true);
}

static void square_group(struct scan *s, size_t end)
{
	char last = s->at > 0 ? s->name.p[s->at - 1] : '\0';
	bool types = !s->fresh && brackets_is_word(last) && last != '_' &&
		     char_at(s, s->at + 1) != ']';
	if (s->fresh && s->before == ' ' && s->depth == 0 && !s->has_place) {
		arguments(s);
		return;
	}
	begin_part(s, false);
	put(s, s->at, end, !types);
}

/* {closure#0}, {lambda(int)#1}: without the arguments. */
static void curly_group(struct scan *s, size_t end)
{
	const char *round = memchr(s->name.p + s->at, '(', end - s->at);
	size_t from = round ? (size_t)(round - s->name.p) : end;
	size_t to = round ? group_end(s->name, from + 1, '(') : end;
	assert(to != 0);
	begin_part(s, true);
	put(s, s->at, from, true);
	put(s, to, end, true);
}

static bool scan_group(struct scan *s)
{
	char open = s->name.p[s->at];
	if (open == '<' && !s->quiet && opens_self(s))
		return open_self(s);
	size_t end = group_end(s->name, s->at + 1, open);
	if (end == 0)
		return false;
	if (!s->quiet) {
		s->dotted = false;
		switch (open) {
		case '<': angle_group(s, end); break;
		case '(': round_group(s, end); break;
		case '[': square_group(s, end); break;
		default: curly_group(s, end); break;
		}
		s->is_operator = false;
	}
	s->at = end;
	return true;
}

static bool scan_close(struct scan *s)
{
	bool arrow = is_sign(s->name, s->at);
	if (s->name.p[s->at] != '>')
		return false;
	s->at++;
	if (s->depth > 0 && !arrow) {
		s->depth--;
		s->quiet = s->divided = s->fresh = s->dotted = false;
		put(s, s->at - 1, s->at, false);
		return true;
	}
	put(s, s->at - 1, s->at, true);
	if (arrow && s->depth == 0) {
		s->divided = s->fresh = true;
		s->before = '>';
	}
	return arrow;
}

/* Without "::h0123456789abcdef". */
static struct str without_hash(struct str name)
{
	enum { DIGITS = 16, HASH = 3 + DIGITS };
	if (name.n <= HASH || !str_starts(str_skip(name, name.n - HASH), STR("::h")))
		return name;
	for (size_t i = name.n - DIGITS; i < name.n; i++)
		if (!is_digit(name.p[i]) && !(name.p[i] >= 'a' && name.p[i] <= 'f'))
			return name;
	return str_head(name, name.n - HASH);
}

/* -[Class word:word:]: what stands between the brackets, and its second word. */
static bool scan_message(struct scan *s)
{
	size_t n = s->name.n;
	if (n < 5 || s->name.p[1] != '[' || s->name.p[n - 1] != ']' ||
	    !is_one_of(s->name.p[0], "+-"))
		return false;
	put(s, 2, n - 1, true);
	const char *blank = memchr(s->to->bare.p, ' ', s->to->bare.n);
	if (blank)
		s->to->cuts[s->to->count++] = (unsigned short)(blank + 1 - s->to->bare.p);
	return true;
}

static bool scan_all(struct scan *s)
{
	if (scan_message(s))
		return true;
	while (s->at < s->name.n) {
		bool good = true;
		switch ((enum kind)kinds[(unsigned char)s->name.p[s->at]]) {
		case WORD: scan_word(s); break;
		case BLANK: good = scan_blank(s); break;
		case SEPARATOR: scan_separator(s); break;
		case OPEN: good = scan_group(s); break;
		case CLOSE: good = scan_close(s); break;
		}
		if (!good)
			return false;
	}
	return s->depth == 0;
}

static struct str text_from(const struct label_text *text, size_t from)
{
	return (struct str){ text->p + from, text->n > from ? text->n - from : 0 };
}

/* The longest text with as few of its leading parts dropped as must be. */
static struct str best_front(const struct label_smart *to, size_t from, size_t columns)
{
	struct str rest = text_from(&to->bare, from);
	size_t need = utf8_columns(rest);
	for (size_t i = 0; i < to->count && need > columns; i++) {
		if (to->cuts[i] <= from || to->cuts[i] >= to->bare.n)
			continue;
		size_t n = to->cuts[i] - from;
		need -= utf8_columns(str_head(rest, n));
		rest = str_skip(rest, n);
		from = to->cuts[i];
	}
	return rest;
}

struct str label_smart_choose(struct label_smart *to, struct str name, size_t columns)
{
	to->plain.n = to->bare.n = to->count = 0;
	struct scan s = { .name = without_hash(name), .to = to, .fresh = true };
	if (name.n > LABEL_SMART_BYTES || !scan_all(&s))
		return name;
	if (s.has_place && !s.has_arguments)
		go_back(&s, s.blank);
	if (!s.has_arguments)
		s.result = (struct mark){ 0, 0 };
	struct str plain = text_from(&to->plain, s.result.plain);
	if (plain.n > 0 && utf8_columns(plain) <= columns)
		return plain;
	struct str bare = best_front(to, s.result.bare, columns);
	return bare.n > 0 ? bare : name;
}
