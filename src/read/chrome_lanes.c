/* SPDX-License-Identifier: Apache-2.0 */
#include "read/chrome_lanes.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

void chrome_lanes_free(struct chrome_lanes *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		free(l->items[i].events);
		free(l->items[i].long_spans);
	}
	free(l->items);
	free(l->processes);
	free(l->frame_of);
	intern_free(&l->names);
	table_free(&l->table);
	table_free(&l->process_table);
}

/* Threads and processes */

static bool is_lane(const struct chrome_lane *l, int64_t pid, int64_t tid)
{
	return l->tid == tid && l->pid == pid;
}

static uint32_t new_lane(struct chrome_lanes *l, int64_t pid, int64_t tid)
{
	ARRAY_RESERVE(l->items, l->capacity, l->count + 1ull);
	l->items[l->count] = (struct chrome_lane){
		.pid = pid, .tid = tid, .name = ID_NONE,
	};
	return l->count++;
}

uint32_t chrome_lanes_find(struct chrome_lanes *l, int64_t pid, int64_t tid)
{
	if (l->count > 0 && is_lane(&l->items[l->last], pid, tid))
		return l->last;
	int64_t key[] = { pid, tid };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key));
	uint32_t id, place = table_place(&l->table, hash);
	while ((id = table_next(&l->table, hash, &place)) != TABLE_END)
		if (is_lane(&l->items[id], pid, tid))
			return l->last = id;
	if (l->count == CHROME_LANES_MAX)
		return ID_NONE;
	l->last = new_lane(l, pid, tid);
	table_insert(&l->table, hash, l->last);
	return l->last;
}

static uint32_t hash_pid(int64_t pid)
{
	return (uint32_t)hash_hidden(&pid, sizeof(pid));
}

static uint32_t find_process(const struct chrome_lanes *l, int64_t pid)
{
	uint32_t id, hash = hash_pid(pid), place = table_place(&l->process_table, hash);
	while ((id = table_next(&l->process_table, hash, &place)) != TABLE_END)
		if (l->processes[id].pid == pid)
			return id;
	return ID_NONE;
}

void chrome_lanes_name_process(struct chrome_lanes *l, int64_t pid, uint32_t name)
{
	uint32_t id = find_process(l, pid);
	if (id != ID_NONE) {
		l->processes[id].name = name;
		return;
	}
	ARRAY_RESERVE(l->processes, l->process_capacity, l->process_count + 1ull);
	l->processes[l->process_count] = (struct chrome_process){ pid, name };
	table_insert(&l->process_table, hash_pid(pid), l->process_count++);
}

/* Events */

static struct chrome_event *next_event(struct chrome_lanes *l, struct chrome_lane *lane)
{
	ARRAY_RESERVE(lane->events, lane->event_capacity, lane->event_count + 1);
	l->event_count++;
	return &lane->events[lane->event_count++];
}

static unsigned short_name(uint32_t name)
{
	return name < CHROME_NAMELESS ? name : CHROME_NAMELESS;
}

static uint32_t keep_long(struct chrome_lane *lane, int64_t span)
{
	ARRAY_RESERVE(lane->long_spans, lane->long_capacity, lane->long_count + 1);
	lane->long_spans[lane->long_count] = span;
	return (uint32_t)lane->long_count++;
}

void chrome_lanes_span(struct chrome_lanes *l, uint32_t lane, int64_t time, int64_t span,
		       uint32_t name)
{
	struct chrome_lane *to = &l->items[lane];
	bool is_long = span > UINT32_MAX;
	*next_event(l, to) = (struct chrome_event){
		.time = time, .name = short_name(name),
		.span = is_long ? keep_long(to, span) : (uint32_t)span,
		.kind = is_long ? CHROME_LONG_SPAN : CHROME_SPAN,
	};
}

void chrome_lanes_mark(struct chrome_lanes *l, uint32_t lane, int64_t time,
		       enum chrome_kind kind, uint32_t name)
{
	*next_event(l, &l->items[lane]) = (struct chrome_event){
		.time = time, .name = short_name(name), .kind = kind,
	};
}

/* Stacks */

/* Of threads, as elsewhere, or of the process when the thread has none. */
static uint32_t name_of(const struct chrome_lanes *l, const struct chrome_lane *lane)
{
	uint32_t process = find_process(l, lane->pid);
	if (lane->name != ID_NONE || process == ID_NONE)
		return lane->name;
	return l->processes[process].name;
}

uint32_t chrome_lanes_group(const struct chrome_lanes *l, uint32_t lane,
			    struct profile *p, const struct want *want, uint32_t event)
{
	const struct chrome_lane *from = &l->items[lane];
	uint32_t name = name_of(l, from);
	struct group g = {
		.event = event, .cpu = -1, .comm = ID_NONE,
		.pid = want_pid(want) && from->pid >= 0 ? from->pid : -1,
		.tid = want_tid(want) && from->tid >= 0 ? from->tid : -1,
	};
	if (want_comm(want) && name != ID_NONE)
		g.comm = profile_text(p, intern_text(&l->names, name));
	return profile_group(p, &g);
}

static uint32_t make_frame(struct profile *p, struct str name)
{
	uint32_t text = profile_name_text(p, name.n ? name : STR("[unnamed]"));
	return profile_frame(p, text, frame_kind_of(intern_text(&p->text, text)), ID_NONE,
			     ID_NONE);
}

static uint32_t frame_of(struct chrome_lanes *l, struct profile *p, uint32_t name)
{
	if (name == CHROME_NAMELESS)
		return make_frame(p, STR(""));
	if (l->frame_of == NULL) {
		l->frame_of = xreallocarray(NULL, l->names.count, sizeof(*l->frame_of));
		memset(l->frame_of, 0xff, l->names.count * sizeof(*l->frame_of));
	}
	if (l->frame_of[name] == ID_NONE)
		l->frame_of[name] = make_frame(p, intern_text(&l->names, name));
	return l->frame_of[name];
}

static bool push_event(struct chrome_lanes *l, const struct chrome_lane *from,
		       const struct chrome_event *e, struct calls *calls, uint32_t to,
		       struct profile *p)
{
	int64_t span = e->span;
	switch ((enum chrome_kind)e->kind) {
	case CHROME_ENTER:
		return calls_enter(calls, to, e->time, frame_of(l, p, e->name));
	case CHROME_LEAVE:
		calls_leave(calls, to, e->time, e->name == CHROME_NAMELESS ?
			    ID_NONE : frame_of(l, p, e->name));
		return true;
	case CHROME_LONG_SPAN:
		span = from->long_spans[e->span];
		break;
	case CHROME_SPAN:
		break;
	}
	return calls_span(calls, to, e->time, e->time + span, frame_of(l, p, e->name));
}

bool chrome_lanes_push(struct chrome_lanes *l, uint32_t lane, struct calls *calls,
		       struct profile *p, uint32_t group)
{
	struct chrome_lane *from = &l->items[lane];
	uint32_t to = calls_lane(calls, group);
	chrome_sort(from->events, from->event_count, from->long_spans);
	for (size_t i = 0; i < from->event_count; i++)
		if (!push_event(l, from, &from->events[i], calls, to, p))
			return false;
	calls_close(calls, to);
	free(from->events);
	from->events = NULL;
	from->event_count = from->event_capacity = 0;
	return true;
}
