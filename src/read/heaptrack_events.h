/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPTRACK_EVENTS_H
#define READ_HEAPTRACK_EVENTS_H

#include "io/input.h"
#include "read/heaptrack_blocks.h"
#include "read/heaptrack_costs.h"

/*
 * The lines that a recording mostly is made of:
 *
 *	+ SIZE TRACE ADDRESS     - ADDRESS       with addresses
 *	+ INFO                   - INFO          of an interpreted file
 */
struct heaptrack_events {
	struct input *in;
	struct heaptrack_costs *costs;
	bool has_addresses;
	/* private */
	struct heaptrack_blocks blocks;
	struct heaptrack_info {
		int64_t size;
		int64_t live;
		uint32_t cost;
	} *infos;                        /* kinds of allocations, of interpreted files */
	uint32_t info_count;
	size_t info_capacity;
	uint32_t *cost_of;               /* by trace; ID + 1, 0: none yet */
	uint32_t trace_count;            /* and there is trace 0, an empty stack */
	size_t trace_capacity;

	/* What was allocated last; nothing after a free. */
	uint64_t last;
	struct heaptrack_kind {
		int64_t size;
		uint32_t cost;
	} last_kind, first_kind;
};

void heaptrack_events_init(struct heaptrack_events *, struct input *,
			   struct heaptrack_costs *);
void heaptrack_events_free(struct heaptrack_events *);

/* One trace more. */
void heaptrack_events_add_trace(struct heaptrack_events *);

/* One info more; the trace is known. */
void heaptrack_events_add_info(struct heaptrack_events *, int64_t size, uint32_t trace);

/*
 * Takes the lines of events that wait in the input, up to one that is something
 * else, or not whole, or wrong.  False after an error.
 */
bool heaptrack_events_take(struct heaptrack_events *);

/* One such line, whatever it is like; false after an error. */
bool heaptrack_events_line(struct heaptrack_events *, struct str line);

#endif
