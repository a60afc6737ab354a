/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_QUALITY_H
#define MODEL_QUALITY_H

#include "model/profile.h"

/*
 * How good a profile is: whether the profiler found names, and callers up to
 * where threads begin.  Counted over samples of the given events as they were
 * read, before filters.
 */
struct quality {
	uint64_t samples;
	uint64_t frames;             /* in all samples */
	uint64_t unknown_frames;     /* without a function name */
	uint64_t rootless;           /* samples that reach no known start of a thread */
	struct str unknown_module;   /* most unknown frames are from it; may be empty */
};

void quality_measure(struct quality *, const struct profile *,
		     const uint32_t *events, unsigned event_count);

/*
 * One line of advice on what is worst ("a third of the frames …: install …"),
 * or nothing appended when all is well.
 */
void quality_add_hint(struct buf *, const struct quality *);

#endif
