/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One walk over the name: at each place the rules are tried, each of which may take
 * some bytes and put others in their place.  Endings of compilers are cut off first,
 * for they stand one behind the other.
 */
#include "model/stable.h"

enum { HASH_DIGITS = 16 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t digits_at(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && is_digit(s.p[at + n]))
		n++;
	return n;
}

static size_t hex_at(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && is_hex(s.p[at + n]))
		n++;
	return n;
}

static bool has_at(struct str s, size_t at, struct str word)
{
	return str_starts(str_skip(s, at), word);
}

/* Endings */

static struct str cut_digits(struct str s)
{
	size_t n = s.n;
	while (n > 0 && is_digit(s.p[n - 1]))
		n--;
	return n > 0 && n < s.n && s.p[n - 1] == '.' ? str_head(s, n - 1) : s;
}

/* "parse.isra.0" to "parse"; the same when there is no such ending. */
static struct str cut_clone(struct str s)
{
	static const struct { struct str word; bool needs_number; } endings[] = {
		{ STR(".llvm"), true }, { STR(".isra"), true }, { STR(".part"), true },
		{ STR(".constprop"), true }, { STR(".lto_priv"), true },
		{ STR(".cold"), false },
	};
	struct str plain = cut_digits(s);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (str_ends(plain, endings[i].word) && plain.n > endings[i].word.n &&
		    (plain.n < s.n || !endings[i].needs_number))
			return str_head(plain, plain.n - endings[i].word.n);
	return s;
}

/* "push::h0123456789abcdef" to "push" */
static struct str cut_hash(struct str s)
{
	if (s.n <= HASH_DIGITS + 3)
		return s;
	size_t at = s.n - HASH_DIGITS;
	if (!has_at(s, at - 3, STR("::h")) || hex_at(s, at) < HASH_DIGITS)
		return s;
	return str_head(s, at - 3);
}

static struct str cut_endings(struct str s)
{
	for (;;) {
		struct str shorter = cut_hash(cut_clone(s));
		if (shorter.n == s.n)
			return s;
		s = shorter;
	}
}

/* Rules: each returns how many bytes at a place it takes, 0 for none. */

/* "$$Lambda$14/0x00007f1a", "$$Lambda/0x0000" */
static size_t take_lambda(struct str s, size_t at, struct buf *out)
{
	struct str word = STR("$$Lambda");
	if (!has_at(s, at, word))
		return 0;
	size_t end = at + word.n;
	if (end < s.n && (s.p[end] == '$' || s.p[end] == '.') && digits_at(s, end + 1))
		end += 1 + digits_at(s, end + 1);
	if (has_at(s, end, STR("/0x")) && hex_at(s, end + 3))
		end += 3 + hex_at(s, end + 3);
	else if (end < s.n && s.p[end] == '/' && digits_at(s, end + 1))
		end += 1 + digits_at(s, end + 1);
	buf_add(out, word);
	return end - at;
}

/* "lambda$main$3" */
static size_t take_javac(struct str s, size_t at, struct buf *out)
{
	struct str word = STR("lambda$");
	if (!has_at(s, at, word))
		return 0;
	size_t end = at + word.n;
	while (end < s.n && s.p[end] != '$' && s.p[end] != '.' && s.p[end] != '(')
		end++;
	size_t digits = end < s.n && s.p[end] == '$' ? digits_at(s, end + 1) : 0;
	if (digits == 0)
		return 0;
	buf_add(out, str_span(s.p + at, s.p + end + 1));
	buf_addc(out, '*');
	return end + 1 + digits - at;
}

/* "#2}" behind "{lambda(int)" or "{closure" */
static size_t take_closure(struct str s, size_t at, struct buf *out)
{
	size_t digits = s.p[at] == '#' ? digits_at(s, at + 1) : 0;
	struct str before = str_head(s, at);
	ptrdiff_t brace = digits ? str_rchr(before, '{') : -1;
	if (brace < 0 || !has_at(s, at + 1 + digits, STR("}")))
		return 0;
	struct str what = str_skip(before, (size_t)brace + 1);
	if (!str_starts(what, STR("lambda(")) && !str_eq(what, STR("closure")) &&
	    !str_eq(what, STR("unnamed type")))
		return 0;
	buf_add(out, STR("#*"));
	return 1 + digits;
}

/* Classes that are made at run time and numbered. */
static size_t take_generated(struct str s, size_t at, struct buf *out)
{
	static const struct { struct str word; bool hex; } words[] = {
		{ STR("GeneratedMethodAccessor"), false },
		{ STR("GeneratedConstructorAccessor"), false },
		{ STR("GeneratedSerializationConstructorAccessor"), false },
		{ STR("$Proxy"), false }, { STR("jdk.proxy"), false },
		{ STR("CGLIB$$"), true }, { STR("LambdaForm$MH."), true },
		{ STR("LambdaForm$DMH."), true }, { STR("ByteBuddy$"), true },
		{ STR("ScriptObjectMirror$"), false },
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!has_at(s, at, words[i].word))
			continue;
		size_t end = at + words[i].word.n;
		size_t n = words[i].hex ? hex_at(s, end) : digits_at(s, end);
		if (n == 0 || has_at(s, end, STR("0x")))
			continue;
		buf_add(out, words[i].word);
		buf_addc(out, '*');
		return words[i].word.n + n;
	}
	return 0;
}

/* "0x7f2b3c" */
static size_t take_address(struct str s, size_t at, struct buf *out)
{
	size_t n = has_at(s, at, STR("0x")) ? hex_at(s, at + 2) : 0;
	if (n > 0)
		buf_add(out, STR("0x..."));
	return n ? n + 2 : 0;
}

/* "vmlinux-6.1.0-13-amd64", "/lib/modules/6.1.0/" */
static size_t take_kernel(struct str s, size_t at, struct buf *out)
{
	static const struct str words[] = {
		STR("vmlinux-"), STR("vmlinuz-"), STR("/modules/"), STR("linux-headers-"),
		STR("linux-image-"), STR("System.map-"), STR("kernel-"),
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t start = at + words[i].n, end = start;
		if (!has_at(s, at, words[i]) || digits_at(s, start) == 0)
			continue;
		end += digits_at(s, start);
		if (end >= s.n || s.p[end] != '.' || !digits_at(s, end + 1))
			continue;
		while (end < s.n && s.p[end] != '/' && s.p[end] != ']' && s.p[end] != ' ')
			end++;
		buf_add(out, words[i]);
		buf_addc(out, '*');
		return end - at;
	}
	return 0;
}

/* "worker-12": digits that no letter stands before. */
static size_t take_number(struct str s, size_t at, struct buf *out)
{
	size_t digits = digits_at(s, at);
	char before = at ? s.p[at - 1] : 'a';
	bool letter = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
		      is_digit(before) || before == '.' || (unsigned char)before >= 0x80;
	if (digits == 0 || letter)
		return 0;
	buf_addc(out, '*');
	return digits;
}

typedef size_t take(struct str, size_t at, struct buf *);

/* Bytes that a rule begins with; the rest of a name is copied. */
static bool may_begin(char c, bool is_thread)
{
	return strchr("$l#GjCLBS0v/Sk", c) != NULL || (is_thread && is_digit(c));
}

static struct str rewrite(struct stable *stable, struct str s, take *const *rules,
			  bool is_thread)
{
	struct buf *out = &stable->text;
	buf_clear(out);
	for (size_t at = 0; at < s.n;) {
		size_t taken = 0;
		bool may = s.p[at] && may_begin(s.p[at], is_thread);
		for (unsigned i = 0; may && rules[i] && taken == 0; i++)
			taken = rules[i](s, at, out);
		if (taken == 0)
			buf_addc(out, s.p[at]);
		at += taken ? taken : 1;
	}
	return buf_str(out);
}

/* Whether anything in the name could change: most names are passed by quickly. */
static bool is_plain(struct str s, bool is_thread)
{
	bool digit = false, sign = false;
	for (size_t i = 0; i < s.n; i++) {
		digit |= is_digit(s.p[i]);
		sign |= s.p[i] == '$';
	}
	return !digit && !sign && (is_thread || !str_ends(s, STR(".cold")));
}

static void count(struct stable *stable, struct str before, struct str after)
{
	intern(&stable->before, before);
	intern(&stable->after, after);
	stable->changed = stable->before.count;
	stable->made = stable->after.count;
}

struct str stable_name(struct stable *stable, struct str name, bool is_thread)
{
	static take *const function_rules[] = {
		take_lambda, take_javac, take_closure, take_generated, take_address,
		take_kernel, NULL,
	}, *const thread_rules[] = {
		take_lambda, take_javac, take_closure, take_generated, take_address,
		take_kernel, take_number, NULL,
	};
	if (is_plain(name, is_thread))
		return name;
	struct str stem = cut_endings(name);
	struct str made = rewrite(stable, stem, is_thread ? thread_rules : function_rules,
				  is_thread);
	if (str_eq(made, name))
		return name;
	count(stable, name, made);
	return made;
}

struct str stable_hex(struct stable *stable, struct str name)
{
	static take *const rules[] = { take_address, NULL };
	if (str_find(name, STR("0x")) < 0)
		return name;
	return rewrite(stable, name, rules, false);
}

void stable_free(struct stable *stable)
{
	intern_free(&stable->before);
	intern_free(&stable->after);
	buf_free(&stable->text);
	*stable = (struct stable){ 0 };
}
