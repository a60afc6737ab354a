/* SPDX-License-Identifier: Apache-2.0 */

/* What fg-collapse and fg-filter, which write folded stacks, offer beyond the shared options. */
#include "cmd/options.h"

#include "base/alloc.h"

static const struct opt folded_rows[] = {
	{ .name = "no-marks", .kind = OPT_SET, OPT_AT(no_marks),
	  .help = "do not mark kernel, inlined and other frames" },
	{ .name = "no-header", .kind = OPT_SET, OPT_AT(no_header),
	  .help = "no lines that tell event, unit and total" },
	{ .name = "kernel", .kind = OPT_SET, OPT_AT(kernel), .hidden = true,
	  .help = "mark kernel frames, as is the default" },
	{ .name = "jit", .kind = OPT_SET, OPT_AT(jit), .hidden = true,
	  .help = "mark frames of compilers at run time, as is the default" },
	{ .name = "all", .kind = OPT_SET, OPT_AT(all), .hidden = true,
	  .help = "as --kernel --jit" },
	{ .name = "nthreads", .letter = 'n', .kind = OPT_UNSIGNED, OPT_AT(threads),
	  .argument = "N", .max = 1024, .hidden = true,
	  .help = "how many threads may read; one is used, whatever N is" },
	{ 0 },
};

static const struct opt filter_rows[] = {
	{ .name = "no-marks", .kind = OPT_SET, OPT_AT(no_marks),
	  .help = "do not mark kernel, inlined and other frames" },
	{ .name = "no-header", .kind = OPT_SET, OPT_AT(no_header),
	  .help = "no lines that tell event, unit and total" },
	{ 0 },
};

static const struct opt_table filter_tables[] = {
	{ .title = "Filtering", .rows = options_filter },
	{ .title = "Folded stacks", .rows = filter_rows },
	{ .title = "Reading", .rows = options_reading },
	{ .title = "Recordings", .rows = options_recording },
	{ .title = "General", .rows = options_general },
};

static const struct opt_table collapse_tables[] = {
	{ .title = "Folded stacks", .rows = folded_rows },
	OPTIONS_SHARED,
};

const struct face face_collapse = {
	.name = "fg-collapse",
	.second_name = "stackcollapse-perf",
	.format_name = "pprof2folded",
	.format = "pprof",
	.usage = "[OPTION]... [FILE]...",
	.summary = "Read profiles and write folded stacks: a line for each distinct stack.",
	.manual = "fg-collapse(1)",
	.writes_marks = true,
	.tables = collapse_tables,
	.table_count = ARRAY_SIZE(collapse_tables),
};

const struct face face_filter = {
	.name = "fg-filter",
	.usage = "[OPTION]... [FILE]...",
	.summary = "Leave out, shorten and rename stacks, and write what is left as folded "
		   "stacks.",
	.manual = "fg-filter(1)",
	.writes_marks = true,
	.tables = filter_tables,
	.table_count = ARRAY_SIZE(filter_tables),
};
