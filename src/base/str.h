/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Borrowed text.  A struct str never owns its bytes and is not terminated by
 * a NUL; it is valid as long as what it points into.  It is passed by value.
 * An empty str may have a NULL pointer.
 */
struct str {
	const char *p;
	size_t n;
};

/* A str of a string literal. */
#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })

/* Arguments for "%.*s", which ends at a NUL; at most 4096 bytes. */
#define STR_ARG(s) (int)((s).n > 4096 ? 4096 : (s).n), (s).p

/* A str of a C string, NULL giving the empty str. */
static inline struct str str_of(const char *s)
{
	return (struct str){ s, s ? strlen(s) : 0 };
}

/* The bytes from "from" up to, not including, "to". */
static inline struct str str_span(const char *from, const char *to)
{
	return (struct str){ from, (size_t)(to - from) };
}

/* s without its first n bytes; n may not exceed s.n. */
static inline struct str str_skip(struct str s, size_t n)
{
	return (struct str){ n ? s.p + n : s.p, s.n - n };
}

/* The first n bytes of s; n may not exceed s.n. */
static inline struct str str_head(struct str s, size_t n)
{
	return (struct str){ s.p, n };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n &&
	       (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 ||
		memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* Cuts the prefix off; false, with nothing done, when *s does not begin with it. */
static inline bool str_take(struct str *s, struct str prefix)
{
	if (!str_starts(*s, prefix))
		return false;
	*s = str_skip(*s, prefix.n);
	return true;
}

/* Order by bytes, a prefix before the longer text: <0, 0 or >0. */
int str_cmp(struct str a, struct str b);

/* Offset of the first (str_find, str_chr) or last (str_rchr) occurrence, or -1. */
ptrdiff_t str_chr(struct str s, char c);
ptrdiff_t str_rchr(struct str s, char c);
ptrdiff_t str_find(struct str s, struct str needle);

/* s without blanks and tabs at both ends. */
struct str str_trim(struct str s);

/* s without blanks, tabs and line ends in front. */
struct str str_skip_space(struct str s);

/*
 * Cuts the text before the first "delimiter" off *rest and returns it; *rest
 * becomes what follows the delimiter.  Without a delimiter all of *rest is
 * returned and *rest becomes empty with a NULL pointer.
 */
struct str str_cut(struct str *rest, char delimiter);

/* The part after the last '/'. */
struct str str_basename(struct str path);

#endif
