/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Tails of discrete distributions are summed up from their most probable end, term by
 * term from the one before, until terms no longer matter.  Two-sided probabilities are
 * twice the tail on that side of what was expected, at most 1.
 */
#include "model/diff_test.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Sums of more terms than that are no better than the normal distribution. */
enum { EXACT_MAX = 4000 };

static double log_choose(double n, double k)
{
	return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* How likely a normal variable is above z. */
static double normal_above(double z)
{
	return .5 * erfc(z / M_SQRT2);
}

/* z of a whole number, half a step nearer to what was expected. */
static double from_normal(double b, double expected, double variance)
{
	if (variance <= 0)
		return 1;
	double off = fmax(fabs(b - expected) - .5, 0);
	return fmin(1, 2 * normal_above(off / sqrt(variance)));
}

/* A term of a distribution, as a logarithm. */
struct distribution {
	double n, q;             /* binomial */
	double draws, good, all; /* hypergeometric, when all > 0 */
};

static double log_term(const struct distribution *d, double k)
{
	if (d->all > 0)
		return log_choose(d->good, k) + log_choose(d->all - d->good, d->draws - k) -
		       log_choose(d->all, d->draws);
	return log_choose(d->n, k) + k * log(d->q) + (d->n - k) * log1p(-d->q);
}

/* By what the term of k is multiplied to get that of k + 1. */
static double growth(const struct distribution *d, double k)
{
	if (d->all > 0)
		return (d->good - k) * (d->draws - k) /
		       ((k + 1) * (d->all - d->good - d->draws + k + 1));
	return (d->n - k) / (k + 1) * d->q / (1 - d->q);
}

/* The sum of terms from k to the last one, upwards or downwards, as far as they matter. */
static double tail(const struct distribution *d, double k, double last)
{
	double term = exp(log_term(d, k)), sum = term, most = term;
	while (k != last && term >= most * 1e-12) {
		term *= k < last ? growth(d, k) : 1 / growth(d, k - 1);
		k += k < last ? 1 : -1;
		sum += term;
		most = fmax(most, term);
	}
	return sum;
}

/* Twice the tail that b lies in. */
static double two_sided(const struct distribution *d, double b, double expected,
			double least, double most)
{
	return fmin(1, 2 * tail(d, b, b < expected ? least : most));
}

double diff_test_binomial(double a, double b, double q)
{
	a = round(a), b = round(b);
	double n = a + b;
	if (n < 1 || q <= 0 || q >= 1)
		return 1;
	if (n > EXACT_MAX)
		return from_normal(b, n * q, n * q * (1 - q));
	return two_sided(&(struct distribution){ .n = n, .q = q }, b, n * q, 0, n);
}

double diff_test_shares(double a, double all_a, double b, double all_b)
{
	a = round(a), b = round(b), all_a = round(all_a), all_b = round(all_b);
	double n = a + b, all = all_a + all_b;
	if (n < 1 || all_a < 1 || all_b < 1 || n >= all)
		return 1;
	double share = all_b / all, expected = n * share;
	if (n > EXACT_MAX && all - n > EXACT_MAX)
		return from_normal(b, expected, expected * (1 - share) * (all - n) / (all - 1));
	struct distribution d = { .draws = n, .good = all_b, .all = all };
	return two_sided(&d, b, expected, fmax(0, n - all_a), fmin(n, all_b));
}

double diff_test_above(double b, double all, double share)
{
	b = round(b), all = round(all);
	if (all < 1 || share <= 0 || share >= 1)
		return share <= 0 && b > 0 ? 0 : 1;
	double expected = all * share;
	if (all > EXACT_MAX && expected > 100)
		return normal_above((b - .5 - expected) / sqrt(expected * (1 - share)));
	struct distribution d = { .n = all, .q = share };
	return fmin(1, tail(&d, b, all));
}

/* Continued fraction of the incomplete beta function, by Lentz's method. */
static double beta_fraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1);
	d = 1 / (fabs(d) < tiny ? tiny : d);
	double h = d;
	for (int m = 1; m < 300; m++) {
		double odd = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double even = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		for (int i = 0; i < 2; i++) {
			double term = i ? even : odd;
			d = 1 + term * d;
			d = 1 / (fabs(d) < tiny ? tiny : d);
			c = 1 + term / c;
			c = fabs(c) < tiny ? tiny : c;
			h *= c * d;
		}
		if (fabs(c * d - 1) < 1e-12)
			break;
	}
	return h;
}

static double beta_below(double a, double b, double x)
{
	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) +
			   b * log1p(-x));
	return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
					 : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double diff_test_student(double t, double freedom)
{
	return beta_below(freedom / 2, .5, freedom / (freedom + t * t));
}

static int by_value(const void *a, const void *b)
{
	const double *x = *(const double *const *)a, *y = *(const double *const *)b;
	if (*x != *y)
		return *x < *y ? -1 : 1;
	return (x > y) - (x < y);
}

void diff_test_adjust(double *p, size_t n)
{
	double **sorted = xcalloc(n, sizeof(*sorted)), least = 1;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &p[i];
	if (n > 0)
		qsort(sorted, n, sizeof(*sorted), by_value);
	for (size_t i = n; i > 0; i--) {
		least = fmin(least, *sorted[i - 1] * (double)n / (double)i);
		*sorted[i - 1] = least;
	}
	free(sorted);
}
