/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Of a process /proc/PID/status tells its numbers, the innermost one last, and
 * /proc/PID/stat behind its name, as the 20th word, when it began, in ticks since boot:
 *
 *	NSpid:	2411	7
 *	2411 (node) S 2390 2411 2411 0 -1 4194304 ... 81230 ...
 */
#include "read/perfdata_paths.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "io/input.h"
#include "read/perfdata_kernel.h"

enum {
	BEGAN_WORD = 20,                 /* of /proc/PID/stat, behind the name */
	HOST_MAX = 256,
};

static const uint64_t second = 1000000000;

void perfdata_paths_find(struct buf *path, const struct want *want, struct str recorded)
{
	buf_clear(path);
	for (size_t i = 0; i < want->map_count; i++) {
		struct str to = str_of(want->maps[i]), from = str_cut(&to, '=');
		if (!str_starts(recorded, from))
			continue;
		buf_add(path, to);
		buf_add(path, str_skip(recorded, from.n));
		return;
	}
	if (want->sysroot)
		buf_add(path, str_of(want->sysroot));
	buf_add(path, recorded);
}

static bool is_this_machine(const struct perfdata_info *info)
{
	char here[HOST_MAX] = "";
	struct str kernel = perfdata_info_find(info, STR("[kernel.kallsyms]"));
	return gethostname(here, sizeof(here) - 1) == 0 &&
	       str_eq(info->hostname, str_of(here)) &&
	       perfdata_kernel_is_running(kernel, info->release);
}

/* The first line of /proc/PID/FILE that begins so; of a process that has ended none. */
static bool read_about(struct buf *to, uint32_t pid, const char *file, const char *begin)
{
	struct input in;
	struct str line = STR("");
	struct buf path = { 0 };
	bool found = false;
	buf_addf(&path, "/proc/%" PRIu32 "/%s", pid, file);
	bool ok = input_open(&in, buf_cstr(&path));
	while (ok && !found && input_line(&in, &line))
		found = str_starts(line, str_of(begin));
	buf_clear(to);
	if (found)
		buf_add(to, line);
	input_close(&in);
	buf_free(&path);
	return found;
}

static bool began_before(struct buf *text, uint32_t pid, uint64_t latest)
{
	uint64_t ticks = 0, each = (uint64_t)sysconf(_SC_CLK_TCK);
	if (!read_about(text, pid, "stat", ""))
		return false;
	struct str rest = buf_str(text), word = STR("");
	ptrdiff_t name_end = str_rchr(rest, ')');
	rest = name_end < 0 ? STR("") : str_skip(rest, (size_t)name_end + 2);
	for (int i = 0; i < BEGAN_WORD; i++)
		word = str_cut(&rest, ' ');
	return num_u64(word, &ticks) && ticks / each <= latest / second;
}

bool perfdata_paths_container_map(struct buf *path, uint32_t pid, uint64_t latest,
				  const struct perfdata_info *info)
{
	struct buf text = { 0 };
	uint64_t inner;
	bool found = pid != 0 && latest != 0 && is_this_machine(info) &&
		     began_before(&text, pid, latest) &&
		     read_about(&text, pid, "status", "NSpid:");
	ptrdiff_t tab = found ? str_rchr(buf_str(&text), '\t') : -1;
	found = tab >= 0 && num_u64(str_skip(buf_str(&text), (size_t)tab + 1), &inner);
	buf_clear(path);
	if (found)
		buf_addf(path, "/proc/%" PRIu32 "/root/tmp/perf-%" PRIu64 ".map", pid, inner);
	buf_free(&text);
	return found;
}

bool perfdata_paths_is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}
