/* SPDX-License-Identifier: Apache-2.0 */

/* Probabilities, against values that were calculated by hand or with long sums. */
#include "model/diff_test.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void close_to(double is, double should, double part)
{
	if (fabs(is - should) > fabs(should) * part)
		fail_msg("%.12g is not %.12g", is, should);
}

static void binomial(void **state)
{
	(void)state;
	close_to(diff_test_binomial(2, 8, .5), 2 * 56 / 1024., 1e-9);
	close_to(diff_test_binomial(8, 2, .5), 2 * 56 / 1024., 1e-9);
	close_to(diff_test_binomial(0, 20, .5), 2 / 1048576., 1e-9);
	close_to(diff_test_binomial(5, 5, .5), 1, 1e-12);
	close_to(diff_test_binomial(0, 3, .25), 2 / 64., 1e-9);
	assert_true(diff_test_binomial(0, 0, .5) == 1);
	/* On both sides of where the sum gives way to the normal distribution. */
	close_to(diff_test_binomial(1900, 2090, .5), diff_test_binomial(1910, 2100, .5), .05);
	assert_true(diff_test_binomial(1e7, 1e7 + 30000, .5) < 1e-9);
	assert_true(diff_test_binomial(1e7, 1e7 + 1000, .5) > .5);
}

static void shares(void **state)
{
	(void)state;
	/* The lady tasting tea: 3 of 4 and 1 of 4; twice 17/70. */
	close_to(diff_test_shares(1, 4, 3, 4), 2 * 17 / 70., 1e-9);
	close_to(diff_test_shares(0, 4, 4, 4), 2 / 70., 1e-9);
	/* The same share of different totals is no change. */
	close_to(diff_test_shares(25, 100, 50, 200), 1, 1e-9);
	assert_true(diff_test_shares(25, 100, 50, 100) < .001);
	/* All there is has always the same share. */
	assert_true(diff_test_shares(100, 100, 200, 200) == 1);
	close_to(diff_test_shares(1900, 10000, 2090, 10000),
		 diff_test_shares(1910, 10050, 2100, 10050), .05);
}

static void above(void **state)
{
	(void)state;
	close_to(diff_test_above(2, 2, .5), .25, 1e-9);
	close_to(diff_test_above(1, 2, .5), .75, 1e-9);
	assert_true(diff_test_above(200, 10000, .01) < 1e-9);
	assert_true(diff_test_above(100, 10000, .01) > .4);
	assert_true(diff_test_above(5, 100, 0) == 0);
}

static void student(void **state)
{
	(void)state;
	close_to(diff_test_student(2.228138852, 10), .05, 1e-6);
	close_to(diff_test_student(12.7062047, 1), .05, 1e-6);
	close_to(diff_test_student(0, 5), 1, 1e-9);
	close_to(diff_test_student(1.959963985, 1e7), .05, 1e-4);
}

/* The example of Benjamini and Hochberg, 1995: four of fifteen at 5 %. */
static void adjust(void **state)
{
	double p[] = {
		.0344, .0001, .0095, .0004, .0019, .0201, .0278, .0298, .0459, .3240,
		.4262, .5719, .6528, .7590, 1,
	};
	int found = 0;
	(void)state;
	diff_test_adjust(p, 15);
	for (int i = 0; i < 15; i++)
		found += p[i] <= .05;
	assert_int_equal(found, 4);
	close_to(p[1], .0015, 1e-9);
	close_to(p[2], .0095 * 15 / 4, 1e-9);
	close_to(p[14], 1, 1e-9);
	diff_test_adjust(p, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(binomial), cmocka_unit_test(shares), cmocka_unit_test(above),
		cmocka_unit_test(student), cmocka_unit_test(adjust),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
