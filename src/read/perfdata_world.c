/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Records that are no samples.  A mapping of a process, MMAP2:
 *
 *	 0 u32 pid, tid                 56 u32 protection, flags
 *	 8 u64 address, length, offset  64 path, ends at a NUL
 *	32 device and inode, or u8 length, 3 unused, and a build id
 *
 * MMAP is the same without what stands from 32 to 63.  Mappings of the kernel are made
 * up by perf.  What is executable and has no file is called after the perf map of its
 * process, as perf does it.
 */
#include "read/perfdata_world.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "read/perfdata_file.h"
#include "read/perfdata_paths.h"

enum {
	PROT_EXECUTE = 4,
	MMAP_DATA = 1 << 13,             /* misc of MMAP: not executable */
	MAP_HUGE = 0x40000,              /* flags of MMAP2 */
	BUILD_ID_MAX = 20,
};

static const char too_many[] = "mappings left out, there are too many";

void perfdata_world_init(struct perfdata_world *w, struct input *in,
			 const struct want *want, struct profile *profile)
{
	struct perfdata_source nowhere = { .kind = PERFDATA_NOWHERE };
	struct perfdata_source guest = {
		.kind = PERFDATA_ANON, .path = STR("[guest.kernel.kallsyms]"),
	};
	struct perfdata_source truncated = { .kind = PERFDATA_TRUNCATED };
	*w = (struct perfdata_world){ .in = in, .want = want, .profile = profile };
	perfdata_tasks_init(&w->tasks);
	perfdata_places_init(&w->places);
	w->nowhere = perfdata_places_source(&w->places, &nowhere);
	w->truncated = perfdata_places_source(&w->places, &truncated);
	w->guest_kernel = perfdata_places_source(&w->places, &guest);
	w->kernel = w->nowhere;
}

void perfdata_world_free(struct perfdata_world *w)
{
	for (uint32_t i = 0; i < w->jit_count; i++)
		perfdata_jitdump_close(&w->jits[i]);
	perfdata_tasks_free(&w->tasks);
	perfdata_places_free(&w->places);
}

/* Mappings */

static bool is_anonymous(struct str path, uint32_t flags)
{
	static const struct str starts[] = {
		STR("//anon"), STR("/dev/zero"), STR("/anon_hugepage"), STR("[stack"),
		STR("/SYSV"), STR("[heap]"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (str_starts(path, starts[i]))
			return true;
	return flags & MAP_HUGE;
}

static struct str before_nul(struct str s)
{
	ptrdiff_t end = str_chr(s, '\0');
	return end < 0 ? s : str_head(s, (size_t)end);
}

static uint32_t user_source(struct perfdata_world *w, uint32_t pid, struct str path,
			    struct str build_id, uint32_t flags, bool executable)
{
	struct perfdata_source source = {
		.kind = PERFDATA_ELF, .path = path, .build_id = build_id, .pid = pid,
	};
	char map[32];
	if (is_anonymous(path, flags) || path.n == 0) {
		source.kind = PERFDATA_ANON;
		if (executable) {
			snprintf(map, sizeof(map), "/tmp/perf-%" PRIu32 ".map", pid);
			source.path = str_of(map);
		}
	} else if (str_starts(path, STR("[vdso"))) {
		source.kind = PERFDATA_VDSO;
	}
	return perfdata_places_source(&w->places, &source);
}

/* "/tmp/jit-123.dump": mapped to mark that it is there. */
static bool is_jitdump(struct str path)
{
	struct str name = str_basename(path);
	return str_starts(name, STR("jit-")) && str_ends(name, STR(".dump"));
}

static void load_jitdump(struct perfdata_world *w, uint32_t pid, struct str path)
{
	struct perfdata_process *process = perfdata_tasks_process(&w->tasks, pid);
	struct buf file = { 0 };
	if (process->jit != PERFDATA_NONE || w->jit_count == PERFDATA_JITS)
		return;
	perfdata_paths_find(&file, w->want, path);
	if (perfdata_jitdump_open(&w->jits[w->jit_count], buf_cstr(&file), pid,
				  w->monotonic))
		process->jit = w->jit_count++;
	else
		input_warn(w->in, "dumps of run-time code that are not there", path);
	buf_free(&file);
}

static bool add_map(struct perfdata_world *w, struct perfdata_space *space,
		    struct perfdata_map *map, uint64_t length)
{
	map->end = map->start + length;
	if (map->end < map->start)
		map->end = UINT64_MAX;
	if (!perfdata_tasks_map(&w->tasks, space, PERFDATA_FILES, map))
		input_warn(w->in, too_many, STR(""));
	return true;
}

/* "[kernel.kallsyms]_text", "[nf_tables]", "/lib/modules/6.1/kernel/fs/xfs.ko.xz" */
static void map_kernel(struct perfdata_world *w, struct perfdata_map *map, uint64_t length,
		       struct str path, struct str build_id)
{
	struct perfdata_source source = {
		.kind = PERFDATA_KERNEL, .path = path, .build_id = build_id,
		.start = map->start,
	};
	char name[80];
	bool is_kernel = str_starts(path, STR("[kernel."));
	if (is_kernel) {
		ptrdiff_t end = str_chr(path, ']');
		source.path = end < 0 ? path : str_head(path, (size_t)end + 1);
		if (w->kernel_text == 0)
			w->kernel_text = map->offset;
	} else if (path.n && path.p[0] != '[') {
		struct str base = str_basename(path);
		ptrdiff_t end = str_find(base, STR(".ko"));
		int n = end < 0 || end > 64 ? (int)(base.n > 64 ? 64 : base.n) : (int)end;
		snprintf(name, sizeof(name), "[%.*s]", n, base.p);
		for (char *c = name; *c; c++)
			*c = *c == '-' ? '_' : *c;
		source.path = str_of(name);
		source.name = path;
	}
	map->file = perfdata_places_source(&w->places, &source);
	if (is_kernel)
		w->kernel = map->file;
	map->offset = map->start;
	add_map(w, &w->tasks.kernel, map, length);
}

static bool read_map(struct perfdata_world *w, const struct perfdata_record *r)
{
	bool second = r->type == PERFDATA_MMAP2;
	size_t head = second ? 64 : 32;
	if (r->body.n <= head)
		return input_error_at(w->in, w->in->line, "a mapping without a name");
	const char *b = r->body.p;
	struct perfdata_map map = {
		.start = perfdata_u64(b + 8), .offset = perfdata_u64(b + 24),
	};
	uint32_t pid = perfdata_u32(b);
	uint64_t length = perfdata_u64(b + 16);
	struct str path = before_nul(str_skip(r->body, head)), build_id = STR("");
	if (second && r->misc & PERFDATA_BUILD_ID && (unsigned char)b[32] <= BUILD_ID_MAX)
		build_id = (struct str){ b + 36, (unsigned char)b[32] };
	if ((r->misc & PERFDATA_CPU_MODE) == PERFDATA_MODE_KERNEL) {
		map_kernel(w, &map, length, path, build_id);
		return true;
	}
	if ((r->misc & PERFDATA_CPU_MODE) > PERFDATA_MODE_USER)
		return true;
	if (is_jitdump(path))
		load_jitdump(w, pid, path);
	bool executable = second ? perfdata_u32(b + 56) & PROT_EXECUTE :
				   !(r->misc & MMAP_DATA);
	map.file = user_source(w, pid, path, build_id,
			       second ? perfdata_u32(b + 60) : 0, executable);
	if (w->places.sources[map.file].kind == PERFDATA_ANON)
		map.offset = map.start;
	return add_map(w, &perfdata_tasks_process(&w->tasks, pid)->space, &map, length);
}

/* Code that the kernel has got at run time, of BPF programs and others. */
static bool read_ksymbol(struct perfdata_world *w, const struct perfdata_record *r)
{
	enum { HEAD = 16, UNREGISTER = 1 };
	if (r->body.n <= HEAD || perfdata_u16(r->body.p + 14) & UNREGISTER)
		return true;
	struct perfdata_map map = { .start = perfdata_u64(r->body.p) };
	struct str name = before_nul(str_skip(r->body, HEAD));
	bool is_bpf = str_starts(name, STR("bpf_prog_"));
	struct perfdata_source source = {
		.kind = PERFDATA_NAMED, .name = name,
		.path = is_bpf ? name : STR("[kernel.kallsyms]"),
	};
	map.file = perfdata_places_source(&w->places, &source);
	return add_map(w, &w->tasks.kernel, &map, perfdata_u32(r->body.p + 8));
}

/* Tasks */

static bool read_comm(struct perfdata_world *w, const struct perfdata_record *r)
{
	if (r->body.n <= 8)
		return true;
	uint32_t pid = perfdata_u32(r->body.p), tid = perfdata_u32(r->body.p + 4);
	struct str name = before_nul(str_skip(r->body, 8));
	if (r->misc & PERFDATA_EXEC)
		perfdata_tasks_exec(&w->tasks, pid);
	perfdata_tasks_thread(&w->tasks, pid, tid)->comm =
		profile_text(w->profile, str_trim(name));
	return true;
}

static bool read_task(struct perfdata_world *w, const struct perfdata_record *r)
{
	uint32_t ids[4];         /* pid, parent's, tid, parent's */
	if (r->body.n < sizeof(ids))
		return true;
	memcpy(ids, r->body.p, sizeof(ids));
	if (r->type == PERFDATA_EXIT)
		perfdata_tasks_exit(&w->tasks, ids[0], ids[2]);
	else if (!perfdata_tasks_fork(&w->tasks, ids[0], ids[2], ids[1], ids[3],
				      r->misc & PERFDATA_EXEC))
		input_warn(w->in, too_many, STR(""));
	return true;
}

/* All */

bool perfdata_world_change(struct perfdata_world *w, const struct perfdata_record *r)
{
	switch (r->type) {
	case PERFDATA_MMAP:
	case PERFDATA_MMAP2: return read_map(w, r);
	case PERFDATA_COMM: return read_comm(w, r);
	case PERFDATA_FORK:
	case PERFDATA_EXIT: return read_task(w, r);
	case PERFDATA_KSYMBOL: return read_ksymbol(w, r);
	default: return true;
	}
}

struct perfdata_space *perfdata_world_space(struct perfdata_world *w,
					    const struct perfdata_thread *thread,
					    uint64_t time)
{
	struct perfdata_process *process = &w->tasks.processes[thread->process];
	if (process->jit != PERFDATA_NONE)
		perfdata_jitdump_apply(&w->jits[process->jit], &w->tasks, &w->places,
				       &process->space, time);
	return &process->space;
}
