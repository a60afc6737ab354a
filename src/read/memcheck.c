/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Memcheck, Valgrind's usual tool: what was never freed, and other errors.  Its XML
 * is read by memcheck_xml.c, its text by memcheck_text.c.
 */
#include "read/reader.h"

#include "read/memcheck_sum.h"
#include "read/memcheck_text.h"
#include "read/memcheck_xml.h"
#include "read/suppress.h"

enum { PROBE_LINES = 2000 };

static bool is_xml(struct str head)
{
	return str_starts(str_skip_space(head), STR("<"));
}

static bool read_memcheck(struct input *in, const struct want *want, struct samples *out)
{
	struct memcheck_report r;
	memcheck_report_init(&r, in, want, out->profile);
	bool ok = suppress_load(&r.suppressions, in, want) &&
		  (is_xml(input_peek(in, 64)) ? memcheck_xml_read(&r) :
						memcheck_text_read(&r)) &&
		  memcheck_sum_push(&r, out);
	memcheck_report_free(&r);
	return ok && !in->failed;
}

static bool is_ours(struct str line)
{
	static const struct str starts[] = {
		STR("Memcheck, a memory error detector"), STR("HEAP SUMMARY:"),
		STR("LEAK SUMMARY:"),
	};
	struct memcheck_loss loss;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (str_starts(line, starts[i]))
			return true;
	return memcheck_loss_parse(&loss, line);
}

static enum probe probe_memcheck(struct str head)
{
	struct str pid;
	if (is_xml(head))
		return str_find(head, STR("<valgrindoutput>")) >= 0 ? PROBE_SURE : PROBE_NO;
	for (int i = 0; i < PROBE_LINES && head.n > 0; i++) {
		struct str line = str_cut(&head, '\n');
		if (memcheck_text_cut_prefix(&line, &pid) && is_ours(line))
			return PROBE_LIKELY;
	}
	return PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines; build the program with -g",
	.quality = {
		.unknown = "install debug symbols",
		.no_chains = "record with --num-callers=100",
		.rootless = "record with --num-callers=100",
	},
};

const struct reader reader_memcheck = {
	.name = "memcheck",
	.title = "leaks and errors found by Memcheck of Valgrind, XML or text",
	.leaf_first = true,
	.options = READS_SUPPRESSIONS,
	.probe = probe_memcheck,
	.read = read_memcheck,
	.hints = &hints,
};
