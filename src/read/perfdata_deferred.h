/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_DEFERRED_H
#define READ_PERFDATA_DEFERRED_H

#include "model/samples.h"

/*
 * Samples whose user stack comes later.  Linux from 6.19 on may look at it only when the
 * thread leaves the kernel: the call chain of a sample ends with a cookie then, and a
 * record with that cookie has the user's part for all samples since the thread entered
 * the kernel.
 */
struct perfdata_deferred {
	struct perfdata_waiting {
		uint64_t cookie;
		uint32_t pid, tid;
		uint32_t group;
		int64_t time;            /* as in struct samples */
		int64_t values[COLUMNS_MAX];
		size_t first;            /* in places, leaf first */
		uint32_t depth;
		bool is_done;
		uint32_t next_plus_1;    /* of those with the same hash; 0: the last */
	} *items;                        /* in the order of samples */
	size_t count, capacity;
	struct perfdata_bucket {
		uint32_t first_plus_1, last_plus_1;
	} *buckets;                      /* by hash of the cookie */
	uint32_t *places;
	size_t place_count, place_capacity;
	uint64_t alone;                  /* samples whose other part never came */
};

void perfdata_deferred_free(struct perfdata_deferred *);

/*
 * Takes the sample being made, its places so far, out of out, to wait.  When too many
 * wait, the oldest ones are handed over as they are.
 */
void perfdata_deferred_keep(struct perfdata_deferred *, struct samples *out,
			    const struct perfdata_waiting *);

/*
 * The next sample that waits for a cookie: its places are pushed, and the caller pushes
 * the others and ends it, with out->time set.  NULL: there is none.
 */
const struct perfdata_waiting *perfdata_deferred_next(struct perfdata_deferred *,
						      struct samples *out,
						      uint64_t cookie);

/* At the end: hands over those that still wait. */
void perfdata_deferred_end(struct perfdata_deferred *, struct samples *out);

#endif
