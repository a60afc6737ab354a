/* SPDX-License-Identifier: Apache-2.0 */

/*
 * struct perf_event_attr, include/uapi/linux/perf_event.h in the Linux source.  It has
 * grown from 64 bytes, and tells its own size:
 *
 *	  0 u32 type, u32 size        40 u64 flags            92 s32 clockid
 *	  8 u64 config                72 u64 branch type      96 u64 registers, interrupt
 *	 16 u64 period or frequency   80 u64 registers, user
 *	 24 u64 sample_type           88 u32 stack bytes
 *	 32 u64 read_format
 *
 * A record tells its event by an id whose place follows from sample_type: with
 * IDENTIFIER it is the first word of a sample and the last of anything else; without,
 * all events have the same sample_type.
 */
#include "read/perfdata_events.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/hash.h"

enum { CLOCK_MONOTONIC_ID = 1 };

void perfdata_events_free(struct perfdata_events *e)
{
	free(e->items);
	free(e->ids);
	table_free(&e->table);
}

static uint64_t field64(struct str attr, size_t at)
{
	return attr.n >= at + 8 ? perfdata_u64(attr.p + at) : 0;
}

static uint32_t field32(struct str attr, size_t at)
{
	return attr.n >= at + 4 ? perfdata_u32(attr.p + at) : 0;
}

uint32_t perfdata_events_add(struct perfdata_events *e, struct str attr)
{
	uint64_t flags = field64(attr, 40);
	ARRAY_RESERVE(e->items, e->capacity, (size_t)e->count + 1);
	e->items[e->count] = (struct perfdata_event){
		.type = field32(attr, 0),
		.config = field64(attr, 8),
		.period = field64(attr, 16),
		.sample_type = field64(attr, 24),
		.read_format = field64(attr, 32),
		.branch_type = field64(attr, 72),
		.regs_user = field64(attr, 80),
		.regs_intr = field64(attr, 96),
		.inherit = flags >> 1 & 1,
		.no_user = flags >> 4 & 1,
		.no_kernel = flags >> 5 & 1,
		.no_hypervisor = flags >> 6 & 1,
		.precise = flags >> 15 & 3,
		.id_all = flags >> 18 & 1,
		.monotonic = (flags >> 25 & 1) &&
			     field32(attr, 92) == CLOCK_MONOTONIC_ID,
	};
	return e->count++;
}

/* Ids */

static uint32_t id_hash(uint64_t id, uint32_t tid)
{
	uint64_t key[] = { id, tid };
	return (uint32_t)hash_hidden(key, sizeof(key));
}

static struct perfdata_id *find_id(struct perfdata_events *e, uint64_t id, uint32_t tid)
{
	uint32_t hash = id_hash(id, tid), place = table_place(&e->table, hash), found;
	while ((found = table_next(&e->table, hash, &place)) != TABLE_END)
		if (e->ids[found].id == id && e->ids[found].tid == tid)
			return &e->ids[found];
	return NULL;
}

static struct perfdata_id *add_id(struct perfdata_events *e, struct perfdata_id id)
{
	ARRAY_RESERVE(e->ids, e->id_capacity, (size_t)e->id_count + 1);
	e->ids[e->id_count] = id;
	table_insert(&e->table, id_hash(id.id, id.tid), e->id_count);
	return &e->ids[e->id_count++];
}

void perfdata_events_add_id(struct perfdata_events *e, uint32_t event, uint64_t id)
{
	if (find_id(e, id, 0) == NULL)
		add_id(e, (struct perfdata_id){ .id = id, .event = event });
}

struct perfdata_id *perfdata_events_find(struct perfdata_events *e, uint64_t id)
{
	return find_id(e, id, 0);
}

struct perfdata_id *perfdata_events_of_thread(struct perfdata_events *e,
					      const struct perfdata_id *id, uint32_t tid)
{
	struct perfdata_id of_thread = { id->id, tid, id->event, 0 };
	struct perfdata_id *known = find_id(e, id->id, tid);
	return known ? known : add_id(e, of_thread);
}

static const struct perfdata_event *event_of(struct perfdata_events *e, uint64_t id)
{
	const struct perfdata_id *known = id ? find_id(e, id, 0) : NULL;
	if (known)
		return &e->items[known->event];
	return id == 0 ? &e->items[0] : NULL;
}

/* How many of these bits are set. */
static size_t words(uint64_t type, uint64_t bits)
{
	return (size_t)__builtin_popcountll(type & bits);
}

const struct perfdata_event *perfdata_events_sample(struct perfdata_events *e,
						    struct str body)
{
	if (e->count <= 1)
		return e->items;
	uint64_t type = e->items[0].sample_type;
	size_t at = type & PERFDATA_IDENTIFIER ? 0 :
		    words(type, PERFDATA_IP | PERFDATA_TID | PERFDATA_TIME |
					PERFDATA_ADDR);
	if (!(type & (PERFDATA_IDENTIFIER | PERFDATA_ID)))
		return e->items;
	return body.n >= (at + 1) * 8 ? event_of(e, perfdata_u64(body.p + at * 8)) : NULL;
}

const struct perfdata_event *perfdata_events_other(struct perfdata_events *e,
						   struct str body)
{
	if (e->count <= 1)
		return e->items;
	uint64_t type = e->items[0].sample_type;
	size_t behind = type & PERFDATA_IDENTIFIER ? 0 :
			words(type, PERFDATA_STREAM_ID | PERFDATA_CPU);
	if (!(type & (PERFDATA_IDENTIFIER | PERFDATA_ID)) || !e->items[0].id_all)
		return e->items;
	size_t from_end = (behind + 1) * 8;
	return body.n >= from_end ?
		       event_of(e, perfdata_u64(body.p + body.n - from_end)) : NULL;
}

/* Names */

static const char *const hardware[] = {
	"cycles", "instructions", "cache-references", "cache-misses", "branches",
	"branch-misses", "bus-cycles", "stalled-cycles-frontend",
	"stalled-cycles-backend", "ref-cycles",
};

static const char *const software[] = {
	"cpu-clock", "task-clock", "page-faults", "context-switches", "cpu-migrations",
	"minor-faults", "major-faults", "alignment-faults", "emulation-faults", "dummy",
	"bpf-output", "cgroup-switches",
};

enum { TYPE_HARDWARE, TYPE_SOFTWARE };

static void add_modifiers(struct buf *name, const struct perfdata_event *event)
{
	if (!event->no_user && !event->no_kernel && event->precise == 0)
		return;
	buf_addc(name, ':');
	if (event->no_user || event->no_kernel) {
		if (!event->no_kernel)
			buf_addc(name, 'k');
		if (!event->no_user)
			buf_addc(name, 'u');
	}
	for (unsigned i = 0; i < event->precise; i++)
		buf_addc(name, 'p');
}

struct str perfdata_events_name(struct arena *arena, const struct perfdata_event *event)
{
	struct buf name = { 0 };
	if (event->type == TYPE_HARDWARE && event->config < ARRAY_SIZE(hardware))
		buf_add(&name, str_of(hardware[event->config]));
	else if (event->type == TYPE_SOFTWARE && event->config < ARRAY_SIZE(software))
		buf_add(&name, str_of(software[event->config]));
	else
		buf_addf(&name, "type %u config 0x%llx", event->type,
			 (unsigned long long)event->config);
	if (event->type <= TYPE_SOFTWARE)
		add_modifiers(&name, event);
	struct str kept = arena_copy(arena, buf_str(&name));
	buf_free(&name);
	return kept;
}
