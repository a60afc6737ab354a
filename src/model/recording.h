/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_RECORDING_H
#define MODEL_RECORDING_H

#include <stdbool.h>

#include "base/str.h"

/*
 * What a profile tells of how it was recorded, for formats that can carry it on.
 * Texts live as long as the profile.  What is not known is 0 or empty.
 */
struct recording {
	struct str period_type, period_unit;     /* "cpu", "nanoseconds" */
	int64_t period;          /* of these, between two samples */
	int64_t time;            /* when it began, in ns since 1970 */
	int64_t duration;        /* in ns */
	struct str usual;        /* the metric that is meant when nobody says, as it is
				    called there */
	struct str url;          /* where people read about it */
	struct str drop, keep;   /* regular expressions: functions that tell nothing, but
				    for those that do */
	bool has_comments;       /* the format has them, so those it lacks it never had */
	struct str *comments;
	uint32_t comment_count;
	size_t comment_capacity;
};

#endif
