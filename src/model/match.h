/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_MATCH_H
#define MODEL_MATCH_H

#include "base/buf.h"

/*
 * The door to pcre2: a regular expression, compiled once.  Patterns come from
 * the user, subjects from input; a match that would take too long counts as
 * none, and of a subject only the first 8 KiB are looked at.
 */
struct match;

/* Why some text of the user is wrong, and where; zero it first. */
struct match_error {
	struct buf why;
	size_t at;               /* byte of the text */
};

/* NULL when the pattern is wrong; why and where is then appended to *message. */
struct match *match_new(struct str pattern, struct buf *message);

/* The same, with the place apart; any_case: letters match in either case. */
struct match *match_try(struct str pattern, bool any_case, struct match_error *);

/* Whether the pattern occurs in the subject. */
bool match_find(struct match *, struct str subject);

/* The number of the group of this name or number ("2", "0"); negative for none. */
int match_group(const struct match *, struct str name);

/*
 * Appends the subject with what matches, the first time or all of them, replaced:
 * in the template "$$" is a '$' and "${1}" the group of that number, empty when
 * it did not take part.  False, and nothing appended, when nothing matches, when
 * it would take too long, or when one of both texts is longer than 8 KiB.
 */
bool match_replace(struct match *, struct str subject, struct str template, bool all,
		   struct buf *out);

/* How many subjects so far would have taken too long. */
unsigned match_slow(const struct match *);

void match_free(struct match *);

#endif
