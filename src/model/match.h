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

/* NULL when the pattern is wrong; why and where is then appended to *message. */
struct match *match_new(struct str pattern, struct buf *message);

/* Whether the pattern occurs in the subject. */
bool match_find(struct match *, struct str subject);

/* How many subjects so far would have taken too long. */
unsigned match_slow(const struct match *);

void match_free(struct match *);

#endif
