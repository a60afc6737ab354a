/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DIFF_TEST_H
#define MODEL_DIFF_TEST_H

#include <stddef.h>

/*
 * Whether two numbers of samples differ by more than chance, as probabilities: how
 * often chance alone would make a difference that large, two-sided unless said
 * otherwise.
 */

/*
 * Of a + b samples each was "after" with probability q: b is binomial.  Exact for up
 * to some thousand samples, else from the normal distribution with a correction for
 * continuity.
 */
double diff_test_binomial(double a, double b, double q);

/*
 * a of all_a samples and b of all_b, the numbers of all being given: Fisher's exact
 * test, and for many samples the normal distribution with the same variance.
 */
double diff_test_shares(double a, double all_a, double b, double all_b);

/* One-sided: whether b of "all" samples is more than a share of it. */
double diff_test_above(double b, double all, double share);

/* The same for a value of z whose variance is only estimated, see diff_noise.h. */
double diff_test_student(double t, double freedom);

/*
 * Benjamini and Hochberg: turns n probabilities into the least rates of false
 * discoveries at which each is one.
 */
void diff_test_adjust(double *p, size_t n);

#endif
