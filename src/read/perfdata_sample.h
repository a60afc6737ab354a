/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_SAMPLE_H
#define READ_PERFDATA_SAMPLE_H

#include "read/perfdata_events.h"

/*
 * A sample of perf.data, taken apart.  Pointers lead into the record; they need not be
 * aligned, see perfdata_u64().
 */
struct perfdata_sample {
	uint64_t ip, time, period, weight;
	uint32_t pid, tid, cpu;          /* UINT32_MAX: not recorded */
	bool has_chain;                  /* there is a call chain, though it may be empty */
	const char *chain;               /* addresses, leaf first, and marks among them */
	uint64_t chain_count;
	struct str read;                 /* values of counters */
	const char *branches;            /* of 24 bytes: from, to, flags; newest first */
	uint64_t branch_count;
	uint64_t regs_abi;               /* 0: no registers, 1: of 32 bits */
	const char *regs;                /* as many as bits in event->regs_user */
	struct str stack;                /* a copy of it from the stack pointer up */
	bool stack_is_full;              /* the copy ends because of its size, not where the
					    stack does */
};

/* False when the record is shorter than what it says. */
bool perfdata_sample_parse(struct perfdata_sample *, const struct perfdata_event *,
			   struct str body);

/* The same for the part of a call chain that comes later, and its cookie. */
bool perfdata_sample_deferred(struct perfdata_sample *, struct str body, uint64_t *cookie);

/* The time of a record that is no sample; 0 when it has none. */
uint64_t perfdata_sample_time(const struct perfdata_event *, struct str body);

/* A counter's value in a sample. */
struct perfdata_reading {
	uint64_t value, id;              /* id 0: not told */
};

/*
 * The i-th value that sample->read has; false when there is none.
 */
bool perfdata_sample_reading(const struct perfdata_event *, struct str read, uint64_t i,
			     struct perfdata_reading *);

#endif
