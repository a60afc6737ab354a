/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Frames are counted as they are met, not places; those of one file are one line, whatever
 * processes had it:
 *
 *	no name: 1,204 frames of /usr/lib/libfoo.so.1: the file has no symbols; install its
 *	debug symbols
 */
#include "read/perfdata_unknown.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/num.h"

enum { LINES_MAX = 20 };

/* What is wrong with a module, and what to do. */
static const struct {
	const char *wrong, *advice;
} words[PERFDATA_WHYS] = {
	[PERFDATA_FILE_MISSING] = {
		"the file is not there",
		"--sysroot or --map tells where its file is",
	},
	[PERFDATA_FILE_OTHER] = {
		"the file has changed, its build id is another one",
		"--map leads to the file that was recorded",
	},
	[PERFDATA_FILE_BROKEN] = {
		"the file cannot be read as ELF",
		"--map leads to a copy that can be read",
	},
	[PERFDATA_FILE_STRIPPED] = {
		"the file has no symbols",
		"install its debug symbols, or build it without -s",
	},
	[PERFDATA_FILE_SILENT] = {
		"its symbols do not tell of them",
		"where there are many, its stacks are wrong: record with --call-graph dwarf",
	},
	[PERFDATA_NO_FILE] = {
		"memory that is no file",
		"for code made at run time have a perf map written",
	},
	[PERFDATA_NO_ELFUTILS] = {
		"this program was made without elfutils",
		"build it with elfutils (libdw)",
	},
	[PERFDATA_NO_MAP] = {
		"code made at run time, and there is no perf map",
		"have one written (node --perf-basic-prof, python -X perf); --map=/tmp=DIR "
		"tells where it is",
	},
	[PERFDATA_MAP_SILENT] = {
		"the perf map does not tell of them",
		"let the program end by itself, and read its perf map afterwards",
	},
	[PERFDATA_NO_VDSO] = {
		"another kernel runs here, and has another one",
		"read it on the machine that was recorded, or with its ~/.debug",
	},
	[PERFDATA_KERNEL_HIDDEN] = {
		"the kernel hides its symbols from this user",
		"run as root, or after sysctl kernel.kptr_restrict=0 "
		"kernel.perf_event_paranoid=1",
	},
	[PERFDATA_KERNEL_OTHER] = {
		"another kernel was recorded than runs here",
		"--sysroot leads to its boot/vmlinux-RELEASE, or to a copy of its "
		"/proc/kallsyms",
	},
	[PERFDATA_KERNEL_ABSENT] = {
		"there is no /proc/kallsyms",
		"install the kernel's debug symbols (vmlinux)",
	},
	[PERFDATA_KERNEL_SILENT] = {
		"the kernel's symbols do not tell of them",
		"copy /proc/kallsyms when you record; --sysroot leads to it",
	},
	[PERFDATA_KERNEL_MODULE] = {
		"modules of the kernel lay elsewhere in that boot, and its file is not there",
		"--sysroot leads to its lib/modules, or to a copy of its /proc/kallsyms",
	},
	[PERFDATA_UNMAPPED] = {
		"nothing was mapped there",
		"stacks of code without frame pointers lead there: record with "
		"--call-graph dwarf, or build with -fno-omit-frame-pointer",
	},
	[PERFDATA_GUEST] = {
		"a guest or the hypervisor, of which nothing was recorded",
		"record in the guest",
	},
};

struct row {
	struct str module;
	enum perfdata_why why;
	uint64_t frames;
};

static int by_module(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = str_cmp(x->module, y->module);
	return order ? order : (int)x->why - (int)y->why;
}

static int by_frames(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->frames != y->frames)
		return x->frames > y->frames ? -1 : 1;
	return by_module(a, b);
}

static struct str module_of(const struct perfdata_source *source)
{
	return source->path.n > 0 ? source->path : STR("[unknown]");
}

static size_t merge(struct row *rows, size_t count)
{
	size_t kept = 0;
	qsort(rows, count, sizeof(*rows), by_module);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && by_module(&rows[kept - 1], &rows[i]) == 0)
			rows[kept - 1].frames += rows[i].frames;
		else
			rows[kept++] = rows[i];
	}
	qsort(rows, kept, sizeof(*rows), by_frames);
	return kept;
}

static void add_count(struct buf *out, uint64_t n, const char *what)
{
	num_add_grouped(out, (int64_t)n);
	buf_addf(out, " %s%s", what, n == 1 ? "" : "s");
}

static void add_lines(struct buf *out, const struct row *rows, size_t count)
{
	uint64_t others = 0;
	for (size_t i = 0; i < count; i++) {
		if (i >= LINES_MAX) {
			others += rows[i].frames;
			continue;
		}
		buf_addf(out, "no name: ");
		add_count(out, rows[i].frames, "frame");
		buf_addf(out, " of ");
		message_visible(out, rows[i].module);
		buf_addf(out, ": %s; %s\n", words[rows[i].why].wrong,
			 words[rows[i].why].advice);
	}
	if (others == 0)
		return;
	buf_addf(out, "no name: ");
	add_count(out, others, "frame");
	buf_addf(out, " of ");
	add_count(out, count - LINES_MAX, "other module");
	buf_addc(out, '\n');
}

void perfdata_unknown_tell(struct input *in, const struct perfdata_places *places,
			   const uint8_t *why, const uint64_t *frames)
{
	struct row *rows = NULL;
	size_t count = 0, capacity = 0;
	for (uint32_t i = 0; i < places->count; i++) {
		if (why[i] == PERFDATA_KNOWN || frames[i] == 0)
			continue;
		ARRAY_RESERVE(rows, capacity, count + 1);
		rows[count++] = (struct row){
			.module = module_of(&places->sources[places->items[i].source]),
			.why = why[i], .frames = frames[i],
		};
	}
	if (count > 0) {
		count = merge(rows, count);
		add_lines(&in->notes, rows, count);
		in->advice.unknown = words[rows[0].why].advice;
	}
	free(rows);
}
