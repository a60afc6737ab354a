/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_UNSAMPLE_H
#define READ_UNSAMPLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What samples of a heap stand for.  Allocators that take one byte in "rate" for a
 * sample see a block of s bytes with the probability 1 - exp(-s/rate), so each seen
 * one stands for 1 / that many.
 *
 * Every value becomes a whole number; what rounding took from it or gave to it is
 * made good by the next one, so that a sum is the rounded sum of the exact values.
 */
enum { UNSAMPLE_SUMS = 4 };

struct unsample {
	double rate;                     /* up to 1: everything was seen */
	double rest[UNSAMPLE_SUMS];      /* zeroed at first */
};

/*
 * Blocks and their bytes, both from 0 on, become what they stand for; "sum" and
 * sum + 1 are the sums they belong to.  False when that leaves the range of int64.
 */
bool unsample(struct unsample *, unsigned sum, int64_t *blocks, int64_t *bytes);

/* The value times a factor, in the same way. */
bool unsample_times(struct unsample *, unsigned sum, double factor, int64_t *value);

#endif
