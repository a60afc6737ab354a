/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Leaks that LeakSanitizer reports, alone or as part of AddressSanitizer:
 *
 *	==3433==ERROR: LeakSanitizer: detected memory leaks
 *
 *	Direct leak of 32 byte(s) in 1 object(s) allocated from:
 *	    #0 0x7f28 in __interceptor_malloc ../src/asan_malloc_linux.cpp:69
 *	    #1 0x55c9 in leak_indirect src/memdemo.c:50
 *
 *	Indirect leak of 128 byte(s) in 4 object(s) allocated from:
 *	    #0 0x7f28 in __interceptor_malloc ../src/asan_malloc_linux.cpp:69
 *	    #1 0x55c9 in leak_indirect src/memdemo.c:50
 *
 *	-----------------------------------------------------
 *	Suppressions used:
 *	  count      bytes template
 *	      1         77 known_leak
 *	-----------------------------------------------------
 *
 *	SUMMARY: LeakSanitizer: 160 byte(s) leaked in 5 allocation(s).
 *
 * https://github.com/llvm/llvm-project/blob/main/compiler-rt/lib/lsan/lsan_common.cpp.
 * Reports stand among what programs write.
 */
#include "read/reader.h"

#include <stdlib.h>

#include "model/framestack.h"
#include "read/lsan_line.h"
#include "read/suppress.h"

enum { PROBE_LINES = 2000 };

enum value {
	LEAKED, LEAKED_BLOCKS, DIRECT, DIRECT_BLOCKS, INDIRECT, INDIRECT_BLOCKS, SUPPRESSED,
	SUPPRESSED_BLOCKS, VALUES
};

static const struct {
	struct str name, unit;
} values[VALUES] = {
	[LEAKED] = { STR("leaked"), STR("bytes") },
	[LEAKED_BLOCKS] = { STR("leaked-blocks"), STR("blocks") },
	[DIRECT] = { STR("direct"), STR("bytes") },
	[DIRECT_BLOCKS] = { STR("direct-blocks"), STR("blocks") },
	[INDIRECT] = { STR("indirect"), STR("bytes") },
	[INDIRECT_BLOCKS] = { STR("indirect-blocks"), STR("blocks") },
	[SUPPRESSED] = { STR("suppressed"), STR("bytes") },
	[SUPPRESSED_BLOCKS] = { STR("suppressed-blocks"), STR("blocks") },
};

struct leak {
	struct lsan_leak told;
	uint32_t report;
	bool suppressed;
	uint32_t pattern;        /* frame of the pattern that has hidden it, or ID_NONE */
	uint64_t first;          /* of its places */
	uint32_t depth;
};

struct report {
	int64_t pid;
	bool replaced;           /* by a later one of the same process */
	bool has_summary;
	int64_t bytes, objects;  /* of the leaks */
	int64_t told_bytes, told_objects;
};

struct lsan {
	struct input *in;
	const struct want *want;
	struct profile *profile;
	struct framestack places;
	struct suppressions suppressions;
	struct report *reports;
	size_t report_count, report_capacity;
	struct intern pids;
	uint32_t *report_of;     /* the last one, by id in pids */
	size_t pid_capacity;
	struct leak *leaks;
	size_t leak_count, leak_capacity;
	uint32_t *pool;
	uint64_t pool_count;
	size_t pool_capacity;
	bool is_open;            /* places of the last leak come */
	bool in_patterns;        /* lines of suppressions come */
	bool any_suppressed;
	struct metrics metrics;
};

/* Reports */

static void add_report(struct lsan *l, int64_t pid)
{
	ARRAY_RESERVE(l->reports, l->report_capacity, l->report_count + 1);
	l->reports[l->report_count++] = (struct report){ .pid = pid };
}

/* A process may look for leaks again, and tells all of them again. */
static void begin_report(struct lsan *l, int64_t pid)
{
	add_report(l, pid);
	l->is_open = l->in_patterns = false;
	if (pid < 0)
		return;
	uint32_t known = l->pids.count;
	uint32_t id = intern(&l->pids, (struct str){ (const char *)&pid, sizeof(pid) });
	ARRAY_RESERVE(l->report_of, l->pid_capacity, id + 1ull);
	if (id < known) {
		l->reports[l->report_of[id]].replaced = true;
		input_warn(l->in, "reports that a later one of the same process replaces",
			   STR(""));
	}
	l->report_of[id] = (uint32_t)(l->report_count - 1);
}

static struct report *last_report(struct lsan *l)
{
	if (l->report_count == 0)
		add_report(l, -1);
	return &l->reports[l->report_count - 1];
}

static bool add_leak(struct lsan *l, const struct lsan_leak *told, uint32_t pattern)
{
	struct report *r = last_report(l);
	bool hidden = pattern != ID_NONE;
	if (!hidden && (__builtin_add_overflow(r->bytes, told->bytes, &r->bytes) ||
			__builtin_add_overflow(r->objects, told->objects, &r->objects)))
		return input_error(l->in, "the sum of all leaks does not fit in 63 bits");
	ARRAY_RESERVE(l->leaks, l->leak_capacity, l->leak_count + 1);
	l->leaks[l->leak_count++] = (struct leak){
		.told = *told, .report = (uint32_t)(l->report_count - 1),
		.suppressed = hidden, .pattern = pattern, .first = l->pool_count,
	};
	l->any_suppressed |= hidden;
	l->is_open = !hidden;
	l->in_patterns = false;
	return true;
}

static bool add_pattern(struct lsan *l, struct str pattern, int64_t count, int64_t bytes)
{
	struct buf name = { 0 };
	buf_addf(&name, "[suppressed by %.*s]", STR_ARG(pattern));
	uint32_t frame = profile_frame(l->profile, profile_name_text(l->profile, buf_str(&name)),
				       FRAME_OTHER, ID_NONE, ID_NONE);
	buf_free(&name);
	bool ok = add_leak(l, &(struct lsan_leak){ .bytes = bytes, .objects = count }, frame);
	l->in_patterns = true;
	return ok;
}

static bool add_place(struct lsan *l, struct frametext *place)
{
	struct leak *leak = &l->leaks[l->leak_count - 1];
	if (leak->depth == SAMPLES_DEPTH_MAX)
		return input_error(l->in, "stack of more than %d frames",
				   SAMPLES_DEPTH_MAX);
	leak->suppressed |= suppressions_fit_place(&l->suppressions, place);
	place->line = str_basename(place->line);
	ARRAY_RESERVE(l->pool, l->pool_capacity, l->pool_count + 1);
	l->pool[l->pool_count++] = framestack_find(&l->places, place);
	leak->depth++;
	return true;
}

/* Lines */

/* Another stack begins with 0; other numbers that do not fit are somebody's words. */
static bool read_frame(struct lsan *l, struct str line)
{
	struct frametext place;
	uint64_t number;
	if (!lsan_line_frame(line, &number, &place))
		return true;
	if (number == l->leaks[l->leak_count - 1].depth)
		return add_place(l, &place);
	l->is_open = number != 0;
	return true;
}

static bool read_line(struct lsan *l, struct str line)
{
	struct lsan_leak leak;
	struct str pattern;
	int64_t pid, bytes, objects;
	if (lsan_line_leak(line, &leak))
		return add_leak(l, &leak, ID_NONE);
	if (str_find(line, STR("ect leak of ")) >= 0)
		input_warn(l->in, "leaks whose words are not understood", line);
	if (lsan_line_is_start(line, &pid)) {
		begin_report(l, pid);
	} else if (lsan_line_summary(line, &bytes, &objects)) {
		struct report *r = last_report(l);
		r->has_summary = true;
		r->told_bytes = bytes;
		r->told_objects = objects;
		l->is_open = l->in_patterns = false;
	} else if (str_find(line, STR("Suppressions used:")) >= 0) {
		l->is_open = false;
		l->in_patterns = true;
	} else if (l->in_patterns && str_starts(line, STR("---"))) {
		l->in_patterns = false;
	} else if (l->in_patterns && lsan_line_suppression(line, &objects, &bytes, &pattern)) {
		return add_pattern(l, pattern, objects, bytes);
	}
	return !l->is_open || read_frame(l, line);
}

static bool read_lines(struct lsan *l)
{
	struct str line;
	while (input_line(l->in, &line)) {
		/* What was cut off may look like a smaller number. */
		if (!str_ends(l->in->raw, STR("\n")) && !str_ends(line, STR("."))) {
			input_warn(l->in, "lines cut off at the end", line);
			break;
		}
		if (!read_line(l, line))
			return false;
	}
	return !l->in->failed;
}

/* The end */

static void compare_summaries(struct lsan *l)
{
	for (size_t i = 0; i < l->report_count; i++) {
		const struct report *r = &l->reports[i];
		if (r->replaced)
			continue;
		if (!r->has_summary && r->objects > 0)
			input_warn(l->in, "reports without a summary: cut off", STR(""));
		else if (r->has_summary && (r->told_bytes > r->bytes ||
					    r->told_objects > r->objects))
			input_warn(l->in, "reports that leave out leaks, which they sum up",
				   STR(""));
		else if (r->has_summary && (r->told_bytes != r->bytes ||
					    r->told_objects != r->objects))
			input_warn(l->in, "summaries that leaks do not add up to", STR(""));
	}
}

static void fill_values(const struct leak *leak, int64_t all[VALUES])
{
	enum value first = leak->suppressed ? SUPPRESSED :
			   leak->told.indirect ? INDIRECT : DIRECT;
	memset(all, 0, VALUES * sizeof(*all));
	all[first] = leak->told.bytes;
	all[first + 1] = leak->told.objects;
	if (leak->suppressed)
		return;
	all[LEAKED] = leak->told.bytes;
	all[LEAKED_BLOCKS] = leak->told.objects;
}

static uint32_t group_of(struct lsan *l, const struct report *r)
{
	bool is_shown = want_shows_pid(l->want);
	struct group g = {
		.event = profile_event(l->profile, STR(""),
				       l->metrics.items[l->metrics.chosen].unit),
		.comm = is_shown ? profile_text(l->profile, STR("process")) : ID_NONE,
		.pid = want_pid(l->want) ? r->pid : -1, .tid = -1, .cpu = -1,
	};
	return profile_group(l->profile, &g);
}

static void push_places(struct lsan *l, const struct leak *leak, struct samples *out)
{
	uint32_t frame = leak->pattern;
	if (leak->depth > 0) {
		framestack_push(&l->places, out, l->pool + leak->first, leak->depth, true);
		return;
	}
	if (frame == ID_NONE)
		frame = profile_frame(l->profile, profile_text(l->profile, STR("[unknown]")),
				      FRAME_OTHER, ID_NONE, ID_NONE);
	sample_push(out, frame);
}

static void push_leak(struct lsan *l, const struct leak *leak, struct samples *out)
{
	int64_t all[VALUES];
	fill_values(leak, all);
	for (unsigned m = 0; m < l->metrics.count; m++)
		metrics_sum(&l->metrics, m, all[m]);
	if (all[l->metrics.chosen] == 0 && !l->want->all_metrics)
		return;
	push_places(l, leak, out);
	sample_end_metrics(out, group_of(l, &l->reports[leak->report]), all);
}

static bool choose_metric(struct lsan *l)
{
	bool suppressed = l->any_suppressed || l->suppressions.count > 0;
	for (unsigned i = 0; i < (suppressed ? VALUES : SUPPRESSED); i++)
		metrics_add(&l->metrics, values[i].name, values[i].unit);
	return reader_choose_metric(l->in, &l->metrics, l->want, values[LEAKED].name);
}

static bool push_all(struct lsan *l, struct samples *out)
{
	if (!choose_metric(l))
		return false;
	samples_metrics(out, &l->metrics, l->want->all_metrics);
	compare_summaries(l);
	group_of(l, last_report(l));
	for (size_t i = 0; i < l->leak_count; i++)
		if (!l->reports[l->leaks[i].report].replaced)
			push_leak(l, &l->leaks[i], out);
	return reader_end_metrics(l->in, l->profile, &l->metrics);
}

static bool read_lsan(struct input *in, const struct want *want, struct samples *out)
{
	struct lsan l = { .in = in, .want = want, .profile = out->profile };
	framestack_init(&l.places, l.profile, want);
	bool ok = suppress_load(&l.suppressions, in, want) && read_lines(&l) &&
		  push_all(&l, out);
	framestack_free(&l.places);
	suppressions_free(&l.suppressions);
	intern_free(&l.pids);
	free(l.report_of);
	free(l.reports);
	free(l.leaks);
	free(l.pool);
	return ok && !in->failed;
}

static enum probe probe_lsan(struct str head)
{
	struct lsan_leak leak;
	int64_t pid, bytes, objects;
	for (int i = 0; i < PROBE_LINES && head.n > 0; i++) {
		struct str line = str_cut(&head, '\n');
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (lsan_line_is_start(line, &pid) || lsan_line_leak(line, &leak) ||
		    lsan_line_summary(line, &bytes, &objects))
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
		.no_chains = "build with -fno-omit-frame-pointer",
		.rootless = "build with -fno-omit-frame-pointer, or run with "
			    "ASAN_OPTIONS=fast_unwind_on_malloc=0",
	},
};

const struct reader reader_lsan = {
	.name = "lsan",
	.title = "leaks found by LeakSanitizer, also as part of AddressSanitizer",
	.leaf_first = true,
	.options = READS_SUPPRESSIONS,
	.probe = probe_lsan,
	.read = read_lsan,
	.hints = &hints,
};
