/* SPDX-License-Identifier: Apache-2.0 */
#include "model/timeline.h"

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void halve(struct timeline *t)
{
	for (uint32_t i = 0; i < t->count; i += 2) {
		int64_t second = i + 1 < t->count ? t->points[i + 1] : -1;
		t->points[i / 2] = larger(t->points[i], second);
	}
	t->count = (t->count + 1) / 2;
	t->step *= 2;
}

void timeline_add(struct timeline *t, uint64_t time, int64_t value)
{
	if (t->step == 0)
		t->step = 1;
	while (time / t->step >= TIMELINE_POINTS)
		halve(t);
	uint32_t at = (uint32_t)(time / t->step);
	while (t->count <= at)
		t->points[t->count++] = -1;
	t->points[at] = larger(t->points[at], value);
}
