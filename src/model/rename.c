/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The text is taken apart by hand, so that what is wrong in it is known, with its
 * place, before anything is read:
 *
 *	s/^std::(\w+)/$1: \//g     pattern  "^std::(\w+)"
 *	                           template "${1}: /", as match_replace() wants it
 */
#include "model/rename.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"

struct rename {
	struct match *match;
	struct buf template;
	bool all;
};

/* Taking the text apart */

struct parsing {
	struct str text;
	size_t at;
	char delimiter;
	struct match_error *error;
};

static bool fail(struct parsing *p, size_t at, const char *why)
{
	buf_addf(&p->error->why, "%s", why);
	p->error->at = at;
	return false;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || num_is_digit(c);
}

static bool begin(struct parsing *p)
{
	if (p->text.n < 1 || p->text.p[0] != 's')
		return fail(p, 0, "s/PATTERN/REPLACEMENT/ is needed");
	char c = p->text.n > 1 ? p->text.p[1] : ' ';
	if (is_word(c) || c == ' ' || c == '\\' || (unsigned char)c >= 0x80)
		return fail(p, 1, "a delimiter such as '/' is needed behind the 's'");
	p->delimiter = c;
	p->at = 2;
	return true;
}

/* What stands before the next delimiter; one behind a '\' is none. */
static bool take_part(struct parsing *p, struct str *part, const char *missing)
{
	size_t from = p->at;
	for (; p->at < p->text.n; p->at++) {
		if (p->text.p[p->at] == p->delimiter) {
			*part = str_head(str_skip(p->text, from), p->at++ - from);
			return true;
		}
		if (p->text.p[p->at] == '\\' && p->at + 1 < p->text.n)
			p->at++;
	}
	return fail(p, p->text.n, missing);
}

static bool take_flags(struct parsing *p, bool *all, bool *any_case)
{
	for (; p->at < p->text.n; p->at++) {
		char c = p->text.p[p->at];
		if (c != 'g' && c != 'i')
			return fail(p, p->at, "flags are g and i");
		*all |= c == 'g';
		*any_case |= c == 'i';
	}
	return true;
}

/* The group that is named at s; *length: of that name with its braces. */
static struct str group_name(struct str s, size_t *length)
{
	if (s.n && s.p[0] == '{') {
		ptrdiff_t end = str_chr(s, '}');
		*length = end < 0 ? 0 : (size_t)end + 1;
		return end < 0 ? STR("") : str_head(str_skip(s, 1), (size_t)end - 1);
	}
	size_t n = 0;
	if (s.n && s.p[0] == '&') {
		*length = 1;
		return STR("0");
	}
	while (n < s.n && num_is_digit(s.p[n]))
		n++;
	*length = n;
	return str_head(s, n);
}

/* A group in the replacement, behind "$" or "\". */
static bool add_group(struct parsing *p, struct rename *r, struct str rest, size_t at,
		      size_t *length)
{
	int group = match_group(r->match, group_name(rest, length));
	if (*length == 0)
		return fail(p, at, "'$' is followed by no group: $1, ${name} or $&; "
			    "$$ is a '$'");
	if (group < 0)
		return fail(p, at, "the pattern has no such group");
	buf_addf(&r->template, "${%d}", group);
	return true;
}

static bool make_template(struct parsing *p, struct rename *r, struct str text)
{
	size_t start = (size_t)(text.p - p->text.p), length;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i], next = i + 1 < text.n ? text.p[i + 1] : '\0';
		struct str rest = str_skip(text, i + 1);
		if (c == '$' && next == '$') {
			buf_add(&r->template, STR("$$"));
			i++;
		} else if (c == '$' || (c == '\\' && num_is_digit(next))) {
			if (!add_group(p, r, rest, start + i, &length))
				return false;
			i += length;
		} else if (c == '\\') {
			if (next != '\\' && next != p->delimiter)
				return fail(p, start + i, "'\\' is followed by no digit, "
					    "'\\' or delimiter");
			if (next == '$')
				buf_addc(&r->template, '$');
			buf_addc(&r->template, next);
			i++;
		} else {
			buf_addc(&r->template, c);
		}
	}
	return true;
}

/* A delimiter behind a '\' is the character to pcre2, too. */
static struct match *make_match(struct parsing *p, struct str part, bool any_case)
{
	struct match *m = match_try(part, any_case, p->error);
	if (m == NULL)
		p->error->at += (size_t)(part.p - p->text.p);
	return m;
}

struct rename *rename_new(struct str text, struct match_error *error)
{
	struct parsing p = { .text = text, .error = error };
	struct str pattern, replacement;
	bool any_case = false, all = false;
	if (!begin(&p) ||
	    !take_part(&p, &pattern, "the delimiter behind the pattern is missing") ||
	    !take_part(&p, &replacement, "the delimiter behind the replacement is "
		       "missing") ||
	    !take_flags(&p, &all, &any_case))
		return NULL;
	struct match *match = make_match(&p, pattern, any_case);
	if (match == NULL)
		return NULL;
	struct rename *r = xmalloc(sizeof(*r));
	*r = (struct rename){ .match = match, .all = all };
	if (make_template(&p, r, replacement))
		return r;
	rename_free(r);
	return NULL;
}

void rename_free(struct rename *r)
{
	if (r == NULL)
		return;
	match_free(r->match);
	buf_free(&r->template);
	free(r);
}

bool rename_apply(struct rename *r, struct str name, struct buf *out)
{
	buf_clear(out);
	return match_replace(r->match, name, buf_str(&r->template), r->all, out);
}

unsigned rename_slow(const struct rename *r)
{
	return match_slow(r->match);
}

/* Threads */

void rename_add_thread(struct buf *out, struct str name)
{
	for (size_t i = 0, end; i < name.n; i = end) {
		end = i;
		while (end < name.n && num_is_digit(name.p[end]))
			end++;
		bool folds = end > i && (end == name.n || i == 0 ||
					 !is_word(name.p[i - 1]));
		end += end == i;
		if (folds)
			buf_addc(out, '*');
		else
			buf_add(out, str_head(str_skip(name, i), end - i));
	}
}
