/* SPDX-License-Identifier: Apache-2.0 */

/*
 * As in google/pprof, profile/legacy_profile.go, and jeprof.  Those cut decimals off
 * (the first those of every sample, which loses up to one block each time); jeprof
 * does so once, in the end.
 */
#include "read/unsample.h"

#include <assert.h>
#include <math.h>

bool unsample_times(struct unsample *u, unsigned sum, double factor, int64_t *value)
{
	assert(sum < UNSAMPLE_SUMS);
	double exact = (double)*value * factor + u->rest[sum];
	double whole = floor(exact + 0.5);
	if (!(whole < 0x1p63))
		return false;
	u->rest[sum] = exact - whole;
	*value = whole > 0 ? (int64_t)whole : 0;
	return true;
}

bool unsample(struct unsample *u, unsigned sum, int64_t *blocks, int64_t *bytes)
{
	if (u->rate <= 1 || *blocks <= 0 || *bytes <= 0)
		return true;
	double size = (double)*bytes / (double)*blocks;
	double factor = 1 / -expm1(-size / u->rate);
	return unsample_times(u, sum, factor, blocks) &&
	       unsample_times(u, sum + 1, factor, bytes);
}
