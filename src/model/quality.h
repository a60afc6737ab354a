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
	uint64_t inlined_frames;     /* that no call chain need tell */
	uint64_t unknown_frames;     /* without a function name */
	uint64_t rootless;           /* samples that reach no known start of a thread */
	struct str unknown_module;   /* most unknown frames are from it; may be empty */
};

/* Whether a function is one in which threads and processes begin. */
bool quality_is_root(struct str function);

void quality_measure(struct quality *, const struct profile *,
		     const uint32_t *events, unsigned event_count);

/* How to record better with a profiler, behind what is wrong; NULL: nobody knows. */
struct quality_advice {
	const char *no_chains;       /* "recorded without call chains; "; main alone is one */
	const char *unknown;         /* "20 % of frames have no name, …; " */
	const char *rootless;        /* "20 % of stacks do not reach …; " */
};

/*
 * One line of advice on what is worst ("a third of the frames …: install …"),
 * or nothing appended when all is well, or when there is nothing to advise.
 */
void quality_add_hint(struct buf *, const struct quality *,
		      const struct quality_advice *);

#endif
