/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_CHROME_LANES_H
#define READ_CHROME_LANES_H

#include "base/intern.h"
#include "io/input.h"
#include "model/calls.h"
#include "read/chrome_sort.h"

/*
 * The threads of a trace and their events, kept until all are there: they come in no
 * order that could be relied on, and the names of threads often come last.
 */
struct chrome_lane {
	int64_t pid, tid;        /* CHROME_TEXT_ID - n: the text of number n */
	uint32_t name;           /* in lanes->names, or ID_NONE */
	struct chrome_event *events;
	size_t event_count, event_capacity;
	int64_t *long_spans;
	size_t long_count, long_capacity;
};

struct chrome_lanes {
	struct intern names;     /* of events, threads and processes */
	struct chrome_lane *items;
	uint32_t count;
	uint64_t event_count;    /* of all lanes */
	/* private */
	size_t capacity;
	struct table table;
	uint32_t last;           /* found last */
	struct chrome_process {
		int64_t pid;
		uint32_t name;
	} *processes;
	uint32_t process_count;
	size_t process_capacity;
	struct table process_table;
	uint32_t *frame_of;      /* by name */
};

enum { CHROME_LANES_MAX = 1 << 20 };

/* Ids of processes and threads that are no numbers lie at and below this. */
#define CHROME_TEXT_ID INT64_C(-2)

/* Zeroed, there are none. */
void chrome_lanes_free(struct chrome_lanes *);

/* The lane of a thread, made when new; ID_NONE when there are CHROME_LANES_MAX. */
uint32_t chrome_lanes_find(struct chrome_lanes *, int64_t pid, int64_t tid);

void chrome_lanes_name_process(struct chrome_lanes *, int64_t pid, uint32_t name);

/* An event of a lane; name is in lanes->names, or ID_NONE. */
void chrome_lanes_span(struct chrome_lanes *, uint32_t lane, int64_t time, int64_t span,
		       uint32_t name);
void chrome_lanes_mark(struct chrome_lanes *, uint32_t lane, int64_t time,
		       enum chrome_kind kind, uint32_t name);

/* The group of a lane's samples. */
uint32_t chrome_lanes_group(const struct chrome_lanes *, uint32_t lane, struct profile *,
			    const struct want *, uint32_t event);

/* Gives a lane's events to the calls, and forgets them. */
bool chrome_lanes_push(struct chrome_lanes *, uint32_t lane, struct calls *,
		       struct profile *, uint32_t group);

#endif
