/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include "model/stacks.h"

/*
 * The values of a stack as formats write them that carry several: all metrics, where
 * they were kept (want->all_metrics), else the columns of the profile, the number of
 * samples before what they stand for.
 */
struct series {
	struct series_item {
		struct str name, unit;   /* as here: "live", "ns" */
		struct str own, own_unit;    /* as the file called them; NULL: the same */
		unsigned scale;          /* values are digits / 10^scale */
		unsigned power;          /* of whole ones: times 10^power */
		unsigned column;
		bool is_metric;          /* column of profile->metric_values */
	} items[METRICS_MAX];
	unsigned count;
	unsigned chosen;         /* what want->metric asked for, or what is usual */
};

/* The stacks must have been selected with want->places. */
void series_init(struct series *, const struct stacks *);

/* The same for formats of whole numbers: times with decimals are nanoseconds there. */
void series_init_whole(struct series *, const struct stacks *);

/* Whether decimals are lost in whole numbers, but for parts of nanoseconds. */
bool series_is_rounded(const struct series *);

/* Of an item of the stacks. */
int64_t series_value(const struct series *, const struct stacks *, uint32_t item,
		     unsigned which);

/* The same as a whole number; of others than times decimals are rounded. */
int64_t series_whole(const struct series *, const struct stacks *, uint32_t item,
		     unsigned which);

#endif
