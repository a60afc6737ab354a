/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_RENAME_H
#define MODEL_RENAME_H

#include "model/match.h"

/*
 * New names for functions: "s/PATTERN/REPLACEMENT/FLAGS", with any character that
 * is no letter, digit, blank or backslash in place of '/'.  In the replacement
 * "$1", "${1}", "${name}" and "\1" are groups of the pattern, "$&" is all that
 * matched; "$$", "\\" and a delimiter behind '\' are these characters.  Flags are
 * g (every place, not the first one only) and i (letters of either case).
 */
struct rename;

/* NULL when the text is wrong. */
struct rename *rename_new(struct str text, struct match_error *);

/*
 * Puts the new name into *out, which is cleared.  False when the pattern does not
 * match.
 */
bool rename_apply(struct rename *, struct str name, struct buf *out);

/* How many names would have taken too long; they keep their names. */
unsigned rename_slow(const struct rename *);

void rename_free(struct rename *);

/*
 * Appends the name of a thread with "*" for numbers: those at its end, and those
 * behind what is no letter or digit.  "worker-12" and "kworker/3:1H" become
 * "worker-*" and "kworker/ *:*H" (without the blank), "x86" becomes "x*" and "x86_64"
 * "x86_*".
 */
void rename_add_thread(struct buf *out, struct str name);

#endif
