/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_CALLGRIND_EVENTS_H
#define READ_CALLGRIND_EVENTS_H

#include "io/input.h"
#include "model/metrics.h"

/*
 * What the columns of Callgrind's format count: "Ir" are instructions, "Time_(10ns)" and
 * "cpu(ms)" tell it themselves, of others a line "event:" does.
 */
struct callgrind_events {
	struct callgrind_event {
		struct str name, unit;   /* "Ir", "instructions"; of "Time_(10ns)" they
					    are "Time" and "ns" */
		int64_t factor;          /* of its costs, to be in that unit */
	} items[METRICS_MAX];
	unsigned count;
	/* private */
	struct callgrind_described {
		struct str name, unit;
	} described[METRICS_MAX];
	unsigned described_count;
};

/* "sysTime : sysTime (elapsed ns)", behind "event:". */
void callgrind_events_describe(struct callgrind_events *, struct input *, struct str text);

/* The names behind "events:", which become all there are; false after an input_error(). */
bool callgrind_events_read(struct callgrind_events *, struct input *, struct str text);

#endif
