/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_SCOPE_H
#define MODEL_SCOPE_H

#include "base/buf.h"

/*
 * Cleaned names made shorter.  Results are in out or are the name itself, and
 * live as long as both; a name that does not balance comes back unchanged.
 */

/* Template argument lists nested deeper than "keep" become "<...>". */
struct str scope_elide(struct buf *out, struct str name, unsigned keep);

/*
 * The last two parts of the scope without template arguments: "v8::Isolate::Run"
 * and "<v8::Isolate<T> as Go>::Run" become "Isolate::Run", "net/http.(*Client).Do"
 * "(*Client).Do", "Lorg/x/Y;::call" "Y::call".
 */
struct str scope_shorten(struct buf *out, struct str name);

/*
 * Where the suffixes that compilers append begin (".part.0", ".llvm.123",
 * ".constprop.0.cold"), or end.
 */
const char *scope_clone_suffix(const char *start, const char *end);

#endif
