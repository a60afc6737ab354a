/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_INFLATE_H
#define IO_INFLATE_H

#include <sys/types.h>

#include "base/str.h"

/*
 * The door to libzstd, and one of two to zlib: decompresses a stream piece by piece, in
 * constant memory.  Members and frames that follow each other are one stream.
 */

/* Reads up to n compressed bytes; 0 at the end, -1 with errno on failure. */
typedef ssize_t inflate_source(void *context, char *to, size_t n);

/* Whether bytes that begin so are gzip or zstd. */
bool inflate_recognises(struct str head);

/*
 * head: what was read already, which must be recognised, or a stream of zlib; it is copied.
 * Without a source it is all there is.
 */
struct inflate *inflate_new(struct str head, inflate_source *, void *context);

/*
 * Up to n decompressed bytes, 0 at the end, -1 after an error, which
 * *message then names ("gzip data is damaged"); the message lives as long as
 * the stream.  With a message 0 is the end of a stream that was cut off.
 */
ssize_t inflate_read(struct inflate *, char *to, size_t n, const char **message);

void inflate_free(struct inflate *);

/* The check sum that gzip has, and files of debug information. */
uint32_t inflate_crc(struct str bytes);

/*
 * A zstd stream that comes in pieces with other things between them: a piece is added,
 * read until nothing more comes of it, then the next one.
 */
struct inflate_pieces *inflate_pieces_new(void);

/* The bytes must stay until they have been read; those before have been. */
void inflate_pieces_add(struct inflate_pieces *, struct str piece);

/* Up to n bytes, 0 when the pieces so far are used up, -1 after an error. */
ssize_t inflate_pieces_read(struct inflate_pieces *, char *to, size_t n,
			    const char **message);

void inflate_pieces_free(struct inflate_pieces *);

#endif
