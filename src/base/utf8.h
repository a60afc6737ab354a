/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

/*
 * UTF-8 read with distrust.
 */

/*
 * The code point at the start of s (not empty), and in *length the bytes it
 * takes.  Bytes that are not UTF-8 (overlong forms and surrogates included)
 * give -1 and a length of 1.
 */
int32_t utf8_next(struct str s, unsigned *length);

/* Appends a code point, which is below 0x110000 and no surrogate. */
void utf8_add(struct buf *out, uint32_t code);

/* Appends s with U+FFFD in place of bytes that are not UTF-8. */
void utf8_mend(struct buf *out, struct str s);

/*
 * Columns in a fixed-width font: 0 for combining marks, 2 for East Asian wide
 * and emoji, else 1.
 */
unsigned utf8_width(int32_t code);

/* Columns of all of s; a byte that is not UTF-8 counts as one. */
size_t utf8_columns(struct str s);

/*
 * The longest start of s that is at most "columns" wide, never cutting a
 * character or splitting one from its combining marks.
 */
struct str utf8_fit(struct str s, size_t columns);

#endif
