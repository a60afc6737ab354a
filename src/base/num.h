/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/buf.h"

/*
 * Numbers from text and back, never depending on the locale.
 */

static inline bool num_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether s is decimal digits, at least one, and nothing else. */
bool num_is_digits(struct str s);

/* What a hexadecimal digit of either case is worth; -1 when it is none. */
int num_hex_digit(char c);

/*
 * All of s as an unsigned number, decimal or hexadecimal (without 0x); false
 * when it is none or does not fit.
 */
bool num_u64(struct str s, uint64_t *value);
bool num_hex(struct str s, uint64_t *value);

/* All of s as a finite decimal number such as "12", "0.5" or "1e-3". */
bool num_double(struct str s, double *value);

/*
 * A number with decimals kept exactly: value = digits / 10^scale.
 */
struct decimal {
	int64_t digits;
	unsigned scale;              /* 0 .. DECIMAL_SCALE_MAX */
};

enum { DECIMAL_SCALE_MAX = 9 };

/*
 * All of s ("7", "-2", "0.156", "1.5e10") as a decimal of the smallest scale;
 * decimals past the ninth are rounded.  False when s is not a number or
 * does not fit.
 */
bool num_decimal(struct str s, struct decimal *);

/*
 * The same number with another scale: decimals that it has no room for are rounded.
 * False when it does not fit.
 */
bool num_rescale(struct decimal *, unsigned scale);

/* "1,234,567" */
void num_add_grouped(struct buf *, int64_t value);

/* digits / 10^scale without needless zeros: "0.156", "12". */
void num_add_decimal(struct buf *, int64_t digits, unsigned scale);

/*
 * digits / 10^scale times a factor, exact and grouped: "1,234.5".  scale may be
 * up to DECIMAL_SCALE_MAX.
 */
void num_add_product(struct buf *, int64_t digits, unsigned scale,
		     struct decimal factor);

/*
 * A quantity for people in three or four digits: "268 s", "62.4 MiB",
 * "1.24 G cycles", "3,980 samples".  Nanoseconds, microseconds, milliseconds
 * and seconds become times, bytes binary multiples, other units decimal ones;
 * an empty unit gives the bare number.  value is in units.
 */
void num_add_quantity(struct buf *, double value, struct str unit);

/* How many ns there are in "ms", or "milliseconds"; 0 when it is no unit of time. */
double num_time_unit(struct str unit);

#endif
