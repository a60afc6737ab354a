/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_OUTPUT_H
#define IO_OUTPUT_H

#include "base/buf.h"

/*
 * Bytes out: buffered, to a file or standard output.  Errors stick: writing
 * after one is a no-op, output_close() tells.
 *
 * A regular file is written under a temporary name beside it and renamed by
 * output_close(), so nothing half-written is left; FIFOs, devices and what a
 * symbolic link points to are written through.
 */
struct output {
	size_t n;                /* bytes waiting in data */
	bool failed;
	/* private */
	int fd;
	int error;               /* errno of the first failure */
	char *path;              /* NULL: standard output */
	char *temporary;         /* NULL: written in place */
	char data[64 * 1024];
};

/*
 * path NULL or "-" is standard output.  False when the file cannot be made;
 * output_message() says why.
 */
bool output_open(struct output *, const char *path);

/*
 * Writes what waits, closes, and puts the file in its place.  False when
 * anything failed since output_open().
 */
bool output_close(struct output *);

/* Gives up: removes the temporary file.  For use instead of output_close(). */
void output_discard(struct output *);

/*
 * Removes the temporary file, if there is one, and does nothing else: for a
 * signal handler that ends the program.
 */
void output_unlink(const struct output *);

/*
 * "cannot write 'x.svg': No space left on device", valid until the next call;
 * for after a failure.
 */
const char *output_message(struct output *);

void output_flush(struct output *);
void output_bytes(struct output *, struct str s);      /* any length */
void output_i64(struct output *, int64_t value);
void output_u64(struct output *, uint64_t value);

/* digits / 10^scale without needless zeros, as num_add_decimal(). */
void output_decimal(struct output *, int64_t digits, unsigned scale);

/*
 * value with at most "decimals" (0..4) digits after the point, needless zeros
 * left out: "12.5", "3".
 */
void output_fixed(struct output *, double value, unsigned decimals);

/*
 * s as XML text or attribute value (in double quotes): & < > " ' escaped, what
 * is not UTF-8 replaced by U+FFFD, control characters (and others XML does not
 * allow) by visible stand-ins (U+2400 …), so that the result is well-formed
 * whatever s is.
 */
void output_xml(struct output *, struct str s);

/* Appends s as people read it in what output_xml() wrote: without the escapes. */
void output_xml_shown(struct buf *, struct str s);

/* s inside an XML comment: as output_xml(), and never "--" nor a '-' at the end. */
void output_comment(struct output *, struct str s);

/* s as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void output_json(struct output *, struct str s);

/* s as base64 (RFC 4648) in one line, with its '=' at the end. */
void output_base64(struct output *, struct str s);

static inline void output_char(struct output *o, char c)
{
	if (__builtin_expect(o->n == sizeof(o->data), 0))
		output_flush(o);
	o->data[o->n++] = c;
}

/* A string literal. */
#define output_lit(o, literal) output_bytes((o), STR(literal))

#endif
