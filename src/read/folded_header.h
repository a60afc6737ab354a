/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_FOLDED_HEADER_H
#define READ_FOLDED_HEADER_H

#include "base/num.h"
#include "model/profile.h"

/*
 * What stands in header lines of folded text, "# key: value".
 */

/* The value without the double quotes around it. */
struct str folded_header_value(struct str value);

/* A unit is a word or two, never "cycles in 3 samples". */
struct str folded_header_unit(struct str value);

/* "13010 cycles in 3980 samples": the number of samples, or 0. */
uint64_t folded_header_samples(struct str total);

/*
 * Adds the number of "62 % of 21000 cycles", the sum before a filter, to *sum.  False
 * when there is none, or when it does not fit.
 */
bool folded_header_whole(struct str value, struct decimal *sum);

/*
 * Notes what filters took away of a file that was read: the whole less what is there,
 * which is the sum of the first column less that before reading.
 */
void folded_header_taken(struct profile *, struct decimal whole,
			 struct decimal sum_before);

#endif
