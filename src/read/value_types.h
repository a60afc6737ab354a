/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_VALUE_TYPES_H
#define READ_VALUE_TYPES_H

#include "model/metrics.h"
#include "model/profile.h"

/*
 * Types of values as pprof calls them and OpenTelemetry after it, "alloc_space" in
 * "bytes", and the metrics that they are.
 */

/* Adds a type that is not there yet; returns its number.  The texts are copied. */
unsigned value_types_add(struct metrics *, struct profile *, struct str type, struct str unit);

/*
 * Chooses the metric that is asked for, as pprof takes its sample_index: by its number, by
 * its name, here or there, or by that with "inuse_" in front.  False with words in *why.
 */
bool value_types_choose(struct metrics *, const struct want *, unsigned usual,
			struct buf *why);

#endif
