/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_DEFLATE_H
#define IO_DEFLATE_H

#include "base/buf.h"

/*
 * The other direction of io/inflate.h: a raw deflate stream (RFC 1951, no gzip
 * around it) of bytes that are in memory, or a file of gzip.  The other door to zlib.
 */

/* What bytes are like, which decides how they are made small. */
enum deflate_kind {
	DEFLATE_TEXT,            /* much of it was there before */
	DEFLATE_NUMBERS,         /* some bytes are frequent, often many in a row */
};

struct deflate;

/* What is made is appended to *out, which must live as long. */
struct deflate *deflate_new(struct buf *out);

/* The same as a file of gzip, without name and time; smaller, and taking more time. */
struct deflate *deflate_new_gzip(struct buf *out);
void deflate_add(struct deflate *, struct str bytes, enum deflate_kind);

/* Ends the stream and frees it. */
void deflate_end(struct deflate *);

#endif
