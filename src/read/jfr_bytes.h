/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_BYTES_H
#define READ_JFR_BYTES_H

#include "base/buf.h"

/*
 * The values that events and constants of JFR are made of, taken one behind the other
 * from bytes in memory.  Where they end too early, or are nothing of JFR, is_bad is set;
 * all that is taken from then on is 0.
 */
struct jfr_bytes {
	const char *p, *end;
	bool is_raw;             /* numbers are not compressed */
	bool is_bad;
};

static inline void jfr_bytes_fail(struct jfr_bytes *b)
{
	b->is_bad = true;
	b->p = b->end;
}

static inline size_t jfr_bytes_left(const struct jfr_bytes *b)
{
	return (size_t)(b->end - b->p);
}

/* n bytes as they are; NULL when there are fewer. */
static inline const char *jfr_bytes_take(struct jfr_bytes *b, uint64_t n)
{
	const char *p = b->p;
	if (n > jfr_bytes_left(b)) {
		jfr_bytes_fail(b);
		return NULL;
	}
	b->p += n;
	return p;
}

/* A number of n bytes, up to 8, the most significant one first. */
uint64_t jfr_bytes_fixed(struct jfr_bytes *, unsigned n);

/* What jfr_bytes_number() does when the number takes several bytes. */
uint64_t jfr_bytes_long_number(struct jfr_bytes *, unsigned raw_size);

/*
 * A compressed number: seven bits a byte, the least significant ones first, and all of
 * the ninth byte.  Where nothing is compressed, raw_size bytes.
 */
static inline uint64_t jfr_bytes_number(struct jfr_bytes *b, unsigned raw_size)
{
	if (!b->is_raw && b->p < b->end && (unsigned char)*b->p < 0x80)
		return (unsigned char)*b->p++;
	return jfr_bytes_long_number(b, raw_size);
}

static inline uint64_t jfr_bytes_u64(struct jfr_bytes *b)
{
	return jfr_bytes_number(b, 8);
}

static inline uint32_t jfr_bytes_u32(struct jfr_bytes *b)
{
	return (uint32_t)jfr_bytes_number(b, 4);
}

/*
 * How many of something follow, each of at least one byte; bad when these cannot all
 * be there.
 */
uint32_t jfr_bytes_count(struct jfr_bytes *);

enum jfr_encoding {
	JFR_NULL, JFR_EMPTY, JFR_CONSTANT, JFR_UTF8, JFR_UTF16, JFR_LATIN1
};

/* A text as it was written. */
struct jfr_text {
	enum jfr_encoding encoding;
	struct str bytes;        /* of UTF-8, Latin-1, and numbers of UTF-16 */
	uint64_t constant;       /* in the pool of strings */
	bool is_raw;             /* of these numbers */
};

struct jfr_text jfr_bytes_text(struct jfr_bytes *);

/*
 * The text in UTF-8; it lies where it was, or in *scratch, and is valid until that
 * changes.  Empty for one that is a constant.
 */
struct str jfr_bytes_utf8(const struct jfr_text *, struct buf *scratch);

#endif
