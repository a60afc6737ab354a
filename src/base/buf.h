/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/str.h"

/*
 * Owned text that grows.  A zeroed struct is an empty buffer.
 */
struct buf {
	char *p;
	size_t n;        /* bytes used */
	size_t capacity;
};

void buf_free(struct buf *);

/* Makes room for n more bytes and returns where they go. */
char *buf_reserve(struct buf *, size_t n);

void buf_add(struct buf *, struct str s);
void buf_addc(struct buf *, char c);

/* As printf; meant for short text, not for hot loops. */
void buf_addf(struct buf *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *, const char *format, va_list)
	__attribute__((format(printf, 2, 0)));

/* The text so far, valid until the buffer changes. */
static inline struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

/* The text so far with a NUL behind it, valid until the buffer changes. */
const char *buf_cstr(struct buf *);

static inline void buf_clear(struct buf *b)
{
	b->n = 0;
}

#endif
