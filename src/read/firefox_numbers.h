/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_FIREFOX_NUMBERS_H
#define READ_FIREFOX_NUMBERS_H

#include "io/json.h"

/*
 * A column of a table: whole numbers, stored in 32 bits each until one comes that needs
 * 64.  Where decimals are allowed, the first one makes millionths of all.  A zeroed struct
 * is an empty column of whole numbers.
 */
struct firefox_numbers {
	uint32_t count;
	bool is_told;            /* also when it is empty */
	bool may_be_decimal;     /* set before the first one */
	bool is_decimal;         /* values are millionths */
	/* private */
	int32_t *narrow;         /* NULL once there is "wide" */
	int64_t *wide;
	size_t capacity;
};

/* No number: null, or none of this row. */
#define FIREFOX_NONE INT64_MIN

enum { FIREFOX_DECIMAL = 1000000 };

void firefox_numbers_free(struct firefox_numbers *);

/*
 * Appends the token got last: a number, null, or false and true as 0 and 1.  False after
 * an error.
 */
bool firefox_numbers_add(struct firefox_numbers *, struct json *);

/* Appends FIREFOX_NONE until there are "count". */
void firefox_numbers_fill(struct firefox_numbers *, uint32_t count);

/* The array that comes next, or null for no column.  False after an error. */
bool firefox_numbers_read(struct firefox_numbers *, struct json *);

/* Makes a column of whole numbers of decimals; false when they are none. */
bool firefox_numbers_make_whole(struct firefox_numbers *);

/* The number, or null, that comes next, in millionths. */
bool firefox_numbers_next(struct json *, int64_t *millionths);

static inline int64_t firefox_numbers_get(const struct firefox_numbers *n, uint32_t i)
{
	if (n->wide)
		return n->wide[i];
	return n->narrow[i] == INT32_MIN ? FIREFOX_NONE : n->narrow[i];
}

/* The same of a column that may be missing. */
static inline int64_t firefox_numbers_find(const struct firefox_numbers *n, uint32_t i)
{
	return i < n->count ? firefox_numbers_get(n, i) : FIREFOX_NONE;
}

/* The same in millionths, whatever the column has; FIREFOX_NONE when it is too large. */
static inline int64_t firefox_numbers_millionths(const struct firefox_numbers *n,
						 uint32_t i)
{
	int64_t value = firefox_numbers_find(n, i);
	if (value == FIREFOX_NONE || n->is_decimal)
		return value;
	return __builtin_mul_overflow(value, FIREFOX_DECIMAL, &value) ? FIREFOX_NONE :
									value;
}

#endif
