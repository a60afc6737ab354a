/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_EVENTS_H
#define READ_PERFDATA_EVENTS_H

#include "base/arena.h"
#include "base/str.h"
#include "base/table.h"

/*
 * The events of a perf.data file: what each was asked to record, its name, and the
 * numbers ("ids") under which the kernel tells of it.
 */

/* Bits of sample_type: what a sample has, in the order of perfdata_sample.c. */
enum {
	PERFDATA_IP = 1 << 0,
	PERFDATA_TID = 1 << 1,
	PERFDATA_TIME = 1 << 2,
	PERFDATA_ADDR = 1 << 3,
	PERFDATA_READ = 1 << 4,
	PERFDATA_CALLCHAIN = 1 << 5,
	PERFDATA_ID = 1 << 6,
	PERFDATA_CPU = 1 << 7,
	PERFDATA_PERIOD = 1 << 8,
	PERFDATA_STREAM_ID = 1 << 9,
	PERFDATA_RAW = 1 << 10,
	PERFDATA_BRANCH_STACK = 1 << 11,
	PERFDATA_REGS_USER = 1 << 12,
	PERFDATA_STACK_USER = 1 << 13,
	PERFDATA_WEIGHT = 1 << 14,
	PERFDATA_DATA_SRC = 1 << 15,
	PERFDATA_IDENTIFIER = 1 << 16,
	PERFDATA_TRANSACTION = 1 << 17,
	PERFDATA_REGS_INTR = 1 << 18,
	PERFDATA_WEIGHT_STRUCT = 1 << 24,
};

/* Bits of read_format. */
enum {
	PERFDATA_READ_ENABLED = 1,
	PERFDATA_READ_RUNNING = 2,
	PERFDATA_READ_ID = 4,
	PERFDATA_READ_GROUP = 8,
	PERFDATA_READ_LOST = 16,
};

/* struct perf_event_attr as far as it matters; what an old one lacks is 0. */
struct perfdata_event {
	struct str name;         /* as perf prints it; empty until the file tells it */
	uint32_t type;
	uint64_t config;
	uint64_t period;         /* of samples that do not tell theirs */
	uint64_t sample_type, read_format;
	uint64_t branch_type;
	uint64_t regs_user, regs_intr;
	bool id_all;             /* records that are no samples have a trailer */
	bool inherit;
	bool monotonic;          /* times are of CLOCK_MONOTONIC */
	unsigned precise;
	bool no_user, no_kernel, no_hypervisor;
};

struct perfdata_id {
	uint64_t id;
	uint32_t tid;            /* counted apart for each thread; else 0 */
	uint32_t event;
	uint64_t value;          /* of the counter when it was read last */
};

struct perfdata_events {
	struct perfdata_event *items;
	uint32_t count;
	size_t capacity;
	struct perfdata_id *ids;
	uint32_t id_count;
	size_t id_capacity;
	struct table table;      /* of ids */
};

void perfdata_events_free(struct perfdata_events *);

/*
 * Adds the event of this attr, at least 64 bytes; returns its number.  It has the ids,
 * count of them.
 */
uint32_t perfdata_events_add(struct perfdata_events *, struct str attr);
void perfdata_events_add_id(struct perfdata_events *, uint32_t event, uint64_t id);

/* The entry of an id; NULL when there is none. */
struct perfdata_id *perfdata_events_find(struct perfdata_events *, uint64_t id);

/* The entry of an id in a thread, made when new. */
struct perfdata_id *perfdata_events_of_thread(struct perfdata_events *,
					      const struct perfdata_id *, uint32_t tid);

/* The event of a sample or of another record, NULL when nothing is known of it. */
const struct perfdata_event *perfdata_events_sample(struct perfdata_events *,
						    struct str body);
const struct perfdata_event *perfdata_events_other(struct perfdata_events *,
						   struct str body);

/* What perf calls it when the file has no name: "cycles:u". */
struct str perfdata_events_name(struct arena *, const struct perfdata_event *);

/* Numbers of the file, at any address. */
static inline uint16_t perfdata_u16(const char *p)
{
	uint16_t value;
	memcpy(&value, p, sizeof(value));
	return value;
}

static inline uint32_t perfdata_u32(const char *p)
{
	uint32_t value;
	memcpy(&value, p, sizeof(value));
	return value;
}

static inline uint64_t perfdata_u64(const char *p)
{
	uint64_t value;
	memcpy(&value, p, sizeof(value));
	return value;
}

#endif
