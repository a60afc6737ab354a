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
 *	<a::Iter<'a, T> as b::Iterator>::next
 *	                                a::Iter::next, Iter::next, next
 *	x::<impl Show for a::T>::fmt    x::a::T::fmt, a::T::fmt, T::fmt, fmt
 *	a::f::<T>::{closure#0}          a::f::{closure#0}, f::{closure#0}
 *	a::f::h0123456789abcdef         a::f, f
 *	vtable for a::B                 vtable for B, a::B, B
 *	com.foo.Bar.<init>              foo.Bar.<init>, Bar.<init>
 *	a.Foo$Bar.go                    Foo$Bar.go, Bar.go, go
 *	Foo$$Lambda$14/0x7f01.go        Foo$$Lambda.go, Lambda.go, go
 *	github.com/x/y.(*T).Do.func1    x/y.(*T).Do.func1, y.(*T).Do.func1,
 *	                                (*T).Do.func1, Do.func1
 *	x.(*T[...]).Do.abi0             x.(*T[...]).Do, x.(*T).Do, (*T).Do, Do
 *	JS:*f /a/b.js:1:2               JS:*f, *f
 *	JS:~ /a/b.js:1:2                ~ /a/b.js:1:2, a/b.js:1:2, b.js:1:2
 *	py::A.f:/a/b.py                 py::A.f, A.f, f
 *	/a/b.py:f                       a/b.py:f, b.py:f, f
 *	f (a/b.py:12)                   f
 *	-[Foo set:to:]                  Foo set:to:, set:to:
 *	[unknown], do_syscall_64        nothing to drop
 *
 * No cut is made before what names nothing by itself: closures, numbers,
 * operator(), file extensions.  Nothing marks what was dropped: "…" in front of
 * nearly every label would take a column and tell nothing.
 *
 * Behind arguments all is left out up to the next "::".  The result type goes
 * with them: what stands before the last blank, but words up to "for" or "to"
 * stay as long as they fit.  share/svg/label.js does the same, function by
 * function; t/labels.t compares.
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
	bool has_arguments, has_blank, has_place;
	bool is_python;    /* py::, as the interpreter calls its own frames for perf */
	unsigned depth;    /* of <T as Trait> */
	size_t opened[DEPTH];
	struct mark separator, blank; /* before the last one */
	struct mark words;            /* behind "vtable for " */
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

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
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

static void add_cut(struct scan *s, size_t at, bool dotted)
{
	if (s->frozen || s->quiet || at == 0)
		return;
	assert(s->to->count < ARRAY_SIZE(s->to->cuts));
	s->to->cuts[s->to->count++] = (unsigned short)at;
	s->dotted = dotted;
}

static void begin_part(struct scan *s, bool glued)
{
	if (s->divided && !glued)
		add_cut(s, s->to->bare.n, s->before == '.');
	s->divided = s->fresh = s->is_operator = false;
}

static bool is_in(struct str word, const struct str *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, set[i]))
			return true;
	return false;
}

/* No name by itself: it stays with the part before. */
static bool is_glued(const struct scan *s, struct str word)
{
	static const struct str words[] = {
		STR("so"), STR("js"), STR("py"), STR("rb"),
		STR("func"), STR("gowrap"), STR("deferwrap"),
	};
	if (is_digit(word.p[0]) || word.p[0] == '\'' || str_starts(word, STR("$_")))
		return true;
	if (s->before == ':')
		return str_eq(word, STR("_FUN")) ||
		       (str_eq(word, STR("operator")) && char_at(s, s->at) == '(');
	size_t n = 0;
	while (n < word.n && !is_digit(word.p[n]))
		n++;
	return s->before == '.' && is_in(str_head(word, n), words, ARRAY_SIZE(words));
}

/* .cold, and "::h0123456789abcdef" at the end. */
static bool is_suffix(const struct scan *s, struct str word)
{
	static const struct str words[] = {
		STR("cold"), STR("part"), STR("isra"), STR("constprop"), STR("llvm"),
		STR("lto_priv"), STR("localalias"), STR("abi0"), STR("abiinternal"),
	};
	if (s->before == '.')
		return is_in(word, words, ARRAY_SIZE(words));
	size_t n = word.p[0] == 'h' && s->before == ':' && s->at == s->name.n;
	while (n > 0 && n < word.n && is_one_of(word.p[n], "0123456789abcdef"))
		n++;
	return n == 17 && n == word.n;
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

/*
 * Map$Entry.get: a label may begin behind the '$' of a class, but not of an escape
 * like "$LT$".  Returns how much of the word stays: Foo$$Lambda of Foo$$Lambda$14/0x7f.
 */
static size_t scan_class(struct scan *s, struct str word)
{
	const char *found = memmem(word.p, word.n, "$$Lambda", 8);
	size_t n = found ? (size_t)(found - word.p) + 8 : word.n;
	s->at -= word.n - n;
	while (found && is_one_of(char_at(s, s->at), "$/.+") &&
	       is_digit(char_at(s, s->at + 1)))
		for (s->at++; is_one_of(char_at(s, s->at), "0123456789abcdefx"); )
			s->at++;
	char next = char_at(s, s->at);
	if (is_one_of(next, "./") || (next == ':' && is_one_of(s->before, "./")))
		for (size_t i = 2; i + 2 < n && word.p[0] != '_'; i++)
			if (word.p[i - 1] == '$' && is_letter(word.p[i]) &&
			    is_letter(word.p[i + 1]) && is_letter(word.p[i + 2]))
				add_cut(s, s->to->bare.n + i, false);
	return n;
}

static void scan_word(struct scan *s)
{
	size_t from = s->at;
	s->at = run_end(s, WORD);
	struct str word = str_head(str_skip(s->name, from), s->at - from);
	if (s->fresh && s->depth == 0 && is_suffix(s, word)) {
		go_back(s, s->separator);
		s->at = s->name.n;
		return;
	}
	if (s->fresh) {
		begin_part(s, is_glued(s, word));
		if (str_starts(word, STR("operator")) && !s->quiet &&
		    (word.n == 8 || !brackets_is_word(word.p[8]))) {
			skip_sign(s, str_skip(word, 8));
			word.n = s->at - from;
		} else if (memchr(word.p, '$', word.n)) {
			word.n = scan_class(s, word);
		}
	}
	put(s, from, from + word.n, true);
}

static void scan_separator(struct scan *s)
{
	size_t from = s->at, end = run_end(s, SEPARATOR);
	bool scope = has_at(s, from, STR("::"));
	bool colon = s->name.p[from] == ':' && end == from + 1;
	if (s->is_python && !scope && s->name.p[from] == ':') {
		s->at = s->name.n;
		return;
	}
	if (scope)
		s->quiet = false;
	if (!s->quiet) {
		/* Not a class but a file or a host: "file.js:12", "github.com/x" */
		if (s->dotted && (colon || is_one_of(s->name.p[from], "/!`")))
			s->to->count--;
		s->dotted = s->is_operator = false;
		/* "file.js:12" and "/a/b" behind a name and a blank tell where it is. */
		s->has_place |= s->has_blank &&
				(memchr(s->name.p + from, '/', end - from) ||
				 (colon && is_digit(char_at(s, end))));
		s->separator = mark_of(s);
		put(s, from, end, true);
		s->divided = s->fresh = true;
		s->before = scope ? ':' : colon ? ';' : s->name.p[end - 1];
	}
	s->at = end;
}

/* Leaves "<T as Trait>" and "<impl Trait for T>" in "bare" as T. */
static bool scan_self(struct scan *s)
{
	bool as = has_at(s, s->at, STR(" as "));
	size_t end = as ? group_end(s->name, s->at, '<') : s->at + STR(" for ").n;
	s->quiet = s->dotted = false;
	s->fresh = !as;
	s->before = '<';
	if (end == 0)
		return false;
	put(s, s->at, end, false);
	s->at = end;
	if (as)
		s->depth--;
	else
		s->to->bare.n = s->opened[s->depth - 1];
	while (s->to->count > 0 && s->to->cuts[s->to->count - 1] > s->to->bare.n)
		s->to->count--;
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
	if (!s->is_operator && !s->frozen && s->depth == 0) {
		s->result = mark_of(s);
		struct str before = str_head(s->name, from);
		if (str_ends(before, STR(" for")) || str_ends(before, STR(" to")))
			s->words = s->result;
	}
	s->divided = s->dotted = false;
	s->fresh = true;
	s->before = ' ';
	return true;
}

/* <T as Trait>::f, x::<impl Trait for T>::f: whose method it is; but not <module>. */
static bool opens_self(const struct scan *s)
{
	if (s->before == '\0' && s->fresh)
		return has_at(s, group_end(s->name, s->at + 1, '<'), STR("::"));
	bool impl = s->before == ':' && has_at(s, s->at, STR("<impl "));
	return s->fresh && (impl || s->before == '<');
}

static bool open_self(struct scan *s)
{
	size_t n = has_at(s, s->at, STR("<impl ")) ? STR("<impl ").n : 1;
	if (s->depth == DEPTH)
		return false;
	s->opened[s->depth++] = s->to->bare.n;
	put(s, s->at, s->at + n, false);
	s->at += n;
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
		begin_part(s, s->before != '\0');
	put(s, s->at, end, name);
	s->divided = s->fresh = false;
}

/* Of brackets, what may be left out: arguments, and remarks like [clone .cold]. */
static bool is_list(const struct scan *s)
{
	if (s->fresh)
		return s->before == ' ' && s->depth == 0 && !s->has_place &&
		       !is_one_of(char_at(s, s->at + 1), "*&") &&
		       !has_at(s, s->at, STR("(anonymous "));
	return s->name.p[s->at] == '(' &&
	       (s->is_operator ||
		(!is_one_of(char_at(s, s->at - 1), "*~^&+-") &&
		 !str_ends(str_head(s->name, s->at), STR("decltype"))));
}

static void list(struct scan *s)
{
	if (s->fresh)
		go_back(s, s->blank);
	else
		s->has_arguments = true;
	s->quiet = true;
	s->fresh = s->divided = false;
}

/* {lambda(int)#1} goes without arguments, and f[T], (*T[...]) without types in "bare". */
static void named_group(struct scan *s, size_t end)
{
	char open = s->name.p[s->at], next = char_at(s, s->at + 1);
	char last = char_at(s, s->at - 1);
	bool types = open == '(' ? next == '*'
				 : !s->fresh && brackets_is_word(last) && last != '_' &&
				   next != ']';
	char inner = open == '{' ? '(' : '[';
	begin_part(s, open == '{');
	const char *found = types || open == '{'
		? memchr(s->name.p + s->at, inner, end - s->at) : NULL;
	size_t from = found ? (size_t)(found - s->name.p) : end;
	size_t to = found ? group_end(s->name, from + 1, inner) : end;
	assert(to != 0);
	put(s, s->at, from, true);
	if (open != '{')
		put(s, from, to, false);
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
		if (open == '<')
			angle_group(s, end);
		else if (open != '{' && is_list(s))
			list(s);
		else
			named_group(s, end);
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
		add_cut(s, (size_t)(blank + 1 - s->to->bare.p), false);
	return true;
}

static bool scan_all(struct scan *s)
{
	if (scan_message(s))
		return true;
	s->is_python = s->divided = str_starts(s->name, STR("py::"));
	if (s->is_python)
		put(s, 0, s->at = STR("py::").n, true);
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

static size_t columns_of(struct str s)
{
	unsigned char all = 0;
	for (size_t i = 0; i < s.n; i++)
		all |= (unsigned char)s.p[i];
	return all < 0x80 ? s.n : utf8_columns(s);
}

/* The first words, and right behind them the text from "from" on. */
static struct str join(struct label_text *text, size_t words, size_t from)
{
	if (from >= text->n)
		return STR("");
	assert(from >= words);
	memmove(text->p + from - words, text->p, words);
	return (struct str){ text->p + from - words, text->n - from + words };
}

/* Where the text begins of which as few leading parts are dropped as must be. */
static size_t best_front(const struct label_smart *to, size_t from, size_t columns)
{
	struct str bare = { to->bare.p, to->bare.n };
	size_t need = from < bare.n ? columns_of(str_skip(bare, from)) : 0;
	for (size_t i = 0; i < to->count && need > columns; i++) {
		size_t cut = to->cuts[i];
		if (cut <= from || cut >= bare.n)
			continue;
		need -= columns_of(str_skip(str_head(bare, cut), from));
		from = cut;
	}
	return from;
}

/* What fits of the words and of what is behind them; without words, the last part. */
static struct str best_form(struct label_smart *to, struct mark words, struct mark rest,
			    size_t columns)
{
	struct str plain = join(&to->plain, words.plain, rest.plain);
	if (plain.n > 0 && columns_of(plain) <= columns)
		return plain;
	size_t used = columns_of((struct str){ to->bare.p, words.bare });
	size_t from = best_front(to, rest.bare, used < columns ? columns - used : 0);
	struct str end = join(&to->bare, 0, from);
	if (used > 0 && used + columns_of(end) > columns)
		return STR("");
	return join(&to->bare, words.bare, from);
}

struct str label_smart_choose(struct label_smart *to, struct str name, size_t columns)
{
	to->plain.n = to->bare.n = to->count = 0;
	struct scan s = { .name = name, .to = to, .fresh = true };
	if (name.n > LABEL_SMART_BYTES || !scan_all(&s))
		return name;
	if (s.has_place && !s.has_arguments)
		go_back(&s, s.blank);
	if (s.words.bare >= to->bare.n)
		s.words = (struct mark){ 0, 0 };
	if (!s.has_arguments)
		s.result = s.words;
	struct str best = best_form(to, s.words, s.result, columns);
	if (best.n == 0)
		best = best_form(to, (struct mark){ 0, 0 }, s.result, columns);
	return best.n > 0 ? best : name;
}
