/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_OTLP_TIMES_H
#define WRITE_OTLP_TIMES_H

#include "model/series.h"

/*
 * When the samples of each item were, in ns since 1970, and what they were worth of the
 * chosen series.
 */
struct otlp_times {
	bool are_known;          /* of all samples; else there are none here */
	size_t *first;           /* by item, and behind the last one */
	uint64_t *times;
	int64_t *values;
};

void otlp_times_init(struct otlp_times *, const struct stacks *, const struct series *);
void otlp_times_free(struct otlp_times *);

#endif
