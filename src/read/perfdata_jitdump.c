/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tools/perf/Documentation/jitdump-specification.txt in the Linux source.
 *
 *	header   0 u32 "JiTD", version 1, u32 size    40 or as long as it says
 *	record   0 u32 type, u32 size, u64 time
 *	LOAD    16 u32 pid, tid; u64 address, address of the code, size, number; name; code
 *	MOVE    16 u32 pid, tid; u64 address, old address, new one, size, number
 *
 * The times are those of CLOCK_MONOTONIC, which perf record takes with -k mono.  Without
 * it all is mapped at once, and what came last counts.
 */
#include "read/perfdata_jitdump.h"

#include <inttypes.h>
#include <stdio.h>

#include "read/perfdata_events.h"
#include "read/perfdata_paths.h"

enum {
	MAGIC = 0x4a695444,
	HEADER = 40, HEADER_MAX = 4096,
	RECORD = 16,
	LOAD = 0, LOAD_HEAD = 56,
	MOVE = 1, MOVE_SIZE = 64,
	NAME_MAX_BYTES = 4096,
};

bool perfdata_jitdump_open(struct perfdata_jitdump *j, const char *path, uint32_t pid,
			   bool by_time)
{
	*j = (struct perfdata_jitdump){ .by_time = by_time };
	if (!perfdata_paths_is_file(path))
		return false;
	bool ok = input_open(&j->in, path);
	struct str head = ok ? input_peek(&j->in, HEADER) : STR("");
	uint32_t size = head.n == HEADER ? perfdata_u32(head.p + 8) : 0;
	if (size < HEADER || size > HEADER_MAX || perfdata_u32(head.p) != MAGIC ||
	    perfdata_u32(head.p + 4) != 1 || !input_discard(&j->in, size)) {
		input_close(&j->in);
		return false;
	}
	/* As perf inject calls what it makes of them, for others to know it as such. */
	int n = snprintf(j->name, sizeof(j->name), "jitted-%" PRIu32 ".so", pid);
	j->module = (struct str){ j->name, (size_t)n };
	return true;
}

void perfdata_jitdump_close(struct perfdata_jitdump *j)
{
	input_close(&j->in);
}

static void map(struct perfdata_tasks *tasks, struct perfdata_space *space,
		uint64_t start, uint64_t size, uint32_t source)
{
	struct perfdata_map m = { .start = start, .end = start + size, .file = source };
	if (m.end > start)
		perfdata_tasks_map(tasks, space, PERFDATA_CODE, &m);
}

static void load(struct perfdata_jitdump *j, struct str record,
		 struct perfdata_tasks *tasks, struct perfdata_places *places,
		 struct perfdata_space *space)
{
	struct str name = str_skip(record, LOAD_HEAD);
	name.n = strnlen(name.p, name.n);
	struct perfdata_source source = {
		.kind = PERFDATA_NAMED, .path = j->module, .name = name,
	};
	map(tasks, space, perfdata_u64(record.p + 32), perfdata_u64(record.p + 40),
	    perfdata_places_source(places, &source));
}

static void move(struct str record, struct perfdata_tasks *tasks,
		 struct perfdata_space *space)
{
	const struct perfdata_map *old =
		perfdata_tasks_find(space, perfdata_u64(record.p + 32));
	if (old)
		map(tasks, space, perfdata_u64(record.p + 40),
		    perfdata_u64(record.p + 48), old->file);
}

void perfdata_jitdump_apply(struct perfdata_jitdump *j, struct perfdata_tasks *tasks,
			    struct perfdata_places *places, struct perfdata_space *space,
			    uint64_t time)
{
	while (!j->at_end) {
		struct str record = STR("");
		if (input_need(&j->in, RECORD))
			record = str_head(input_ahead(&j->in), RECORD);
		uint32_t type = record.n ? perfdata_u32(record.p) : 0;
		uint32_t size = record.n ? perfdata_u32(record.p + 4) : 0;
		if (j->by_time && size >= RECORD && perfdata_u64(record.p + 8) > time)
			return;
		uint32_t head = size < LOAD_HEAD + NAME_MAX_BYTES ?
					size : LOAD_HEAD + NAME_MAX_BYTES;
		j->at_end = size < RECORD || !input_need(&j->in, head);
		if (j->at_end)
			return;
		record = str_head(input_ahead(&j->in), head);
		if (type == LOAD && size > LOAD_HEAD)
			load(j, record, tasks, places, space);
		else if (type == MOVE && size >= MOVE_SIZE)
			move(record, tasks, space);
		j->at_end = !input_discard(&j->in, size);
	}
}
