/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_SPEEDSCOPE_PUSH_H
#define READ_SPEEDSCOPE_PUSH_H

#include "model/location.h"
#include "model/samples.h"
#include "read/speedscope_profiles.h"

/*
 * Hands over the profiles of a speedscope file.
 *
 * Values are told apart by their unit: profiles of one unit are one metric, and their
 * names those of threads.  Where our own writer has told what the values are, a metric is
 * what it was before.
 */
struct speedscope_table {
	struct locations locations;
	uint32_t *location;      /* by frame of the file */
	uint32_t count;
};

/*
 * All frames that are used must be in the table.  active: the profile that is looked at
 * first.  False with an input_error().
 */
bool speedscope_push(struct input *, const struct want *, struct samples *,
		     const struct speedscope_profiles *, const struct speedscope_table *,
		     uint32_t active);

#endif
