/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DIFF_WORDS_H
#define MODEL_DIFF_WORDS_H

#include "base/buf.h"

/*
 * A change in words: "25 → 50 samples, ×2.0, +12.5 points of the total", "new: 50
 * samples, +12.5 points of the total", "gone: 25 samples, −12.5 points of the total".
 */
struct diff_words {
	long double before;      /* in digits of values, as what follows; may be scaled */
	long double after;
	long double whole_before, whole_after;   /* what 100 % was, and is */
	double divisor;          /* digits of a unit */
	struct str unit;
};

void diff_words_add(struct buf *, const struct diff_words *);

/* "25 → 50 samples, ×2.0" alone, or "0 samples" where it was and is nothing. */
void diff_words_add_values(struct buf *, const struct diff_words *);

/* "×2.0", "×0.95", "new", "gone", "=" */
void diff_words_add_ratio(struct buf *, long double before, long double after);

/* By how much the share of the whole has grown; nothing has a share of nothing. */
double diff_words_points(const struct diff_words *);

/* "+12.5", "−0.03", "±0": of a share as points, 1/100. */
void diff_words_add_points(struct buf *, double share);

#endif
