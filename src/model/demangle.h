/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DEMANGLE_H
#define MODEL_DEMANGLE_H

#include "base/buf.h"

/*
 * The door to the demangler: libiberty, only through its callback interfaces.
 * Symbols are hostile text, so the work is bounded: a mangled name may have
 * DEMANGLE_INPUT bytes, and a readable one that would exceed DEMANGLE_OUTPUT
 * is given up as soon as it does (270 bytes can ask for gigabytes).  The
 * library itself gives up on C++ names of more than about 1,000 bytes and on
 * deep nesting.
 */
enum {
	DEMANGLE_INPUT = 8 << 10,
	DEMANGLE_OUTPUT = 64 << 10,
};

/* Whether s has the look of a mangled C++ (_Z) or Rust (_R) symbol. */
static inline bool demangle_wanted(struct str s)
{
	return s.n > 2 && s.p[0] == '_' && (s.p[1] == 'Z' || s.p[1] == 'R');
}

/*
 * Appends the readable form of "mangled" to out: C++ with parameters, return
 * types and " [clone .cold]"; Rust, both manglings, without hash.  A symbol
 * version or "@plt" at the end is kept.  False, and out as it was, when it is
 * no mangled name, or one that is too long for the bounds above.
 */
bool demangle(struct buf *out, struct str mangled);

/*
 * Old Rust symbols that went through a C++ demangler, which knows neither their
 * hash nor their escapes: "core::ptr::_$LT$impl$u20$T$GT$::f::h0123456789abcdef"
 * becomes "core::ptr::<impl T>::f".  What follows the hash (".llvm.123",
 * " [clone .cold]") is kept.  False, and out as it was, when s has no hash.
 */
bool demangle_rust_text(struct buf *out, struct str s);

#endif
