/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_TIMELINE_H
#define MODEL_TIMELINE_H

#include "base/str.h"

/*
 * How much there was over time, for a chart: some hundred points, whatever the
 * length of the recording.  Each stands for a piece of time and has the largest
 * value in it; when the points are used up, two pieces become one.
 *
 * A zeroed struct is an empty timeline.
 */
enum { TIMELINE_POINTS = 1024 };

struct timeline {
	struct str unit;         /* of time: "ms", "instrs"; lives as long as the profile */
	uint64_t step;           /* time that a point stands for; a power of two */
	uint32_t count;          /* points up to the last one with a value */
	int64_t points[TIMELINE_POINTS];     /* -1: nothing is known of that time */
};

/* There was this much at that time.  Times come in any order; below 2^62. */
void timeline_add(struct timeline *, uint64_t time, int64_t value);

#endif
