/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What of a report counts, and what it comes to.
 */
#include "read/memcheck_sum.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "read/reader.h"

/* Metrics: bytes and blocks of each kind of leak, and more. */
enum {
	LEAKED = 2 * MEMCHECK_LEAKS, LEAKED_BLOCKS, ERRORS, SUPPRESSED, VALUES
};

static const struct {
	struct str name, unit;
} values[VALUES] = {
	[2 * MEMCHECK_DEFINITE] = { STR("definite"), STR("bytes") },
	[2 * MEMCHECK_DEFINITE + 1] = { STR("definite-blocks"), STR("blocks") },
	[2 * MEMCHECK_INDIRECT] = { STR("indirect"), STR("bytes") },
	[2 * MEMCHECK_INDIRECT + 1] = { STR("indirect-blocks"), STR("blocks") },
	[2 * MEMCHECK_POSSIBLE] = { STR("possible"), STR("bytes") },
	[2 * MEMCHECK_POSSIBLE + 1] = { STR("possible-blocks"), STR("blocks") },
	[2 * MEMCHECK_REACHABLE] = { STR("reachable"), STR("bytes") },
	[2 * MEMCHECK_REACHABLE + 1] = { STR("reachable-blocks"), STR("blocks") },
	[LEAKED] = { STR("leaked"), STR("bytes") },
	[LEAKED_BLOCKS] = { STR("leaked-blocks"), STR("blocks") },
	[ERRORS] = { STR("errors"), STR("errors") },
	[SUPPRESSED] = { STR("suppressed"), STR("bytes") },
};

struct summing {
	struct memcheck_report *report;
	bool is_hidden[MEMCHECK_LEAKS];  /* there are some, only a sum tells */
	bool is_listed[VALUES];
	unsigned value_of[METRICS_MAX];
	struct metrics metrics;
	uint64_t leaks, errors;
};

static bool counts(const struct memcheck_report *r, const struct memcheck_record *record)
{
	const struct memcheck_process *p = &r->processes[record->process];
	if (record->kind == MEMCHECK_ERROR)
		return record->set == p->error_set;
	/* Nothing was lost at the end. */
	if (p->checked && !p->told_after)
		return false;
	return record->set == p->leak_set;
}

static int64_t value(const struct memcheck_record *record, unsigned value)
{
	if (record->kind == MEMCHECK_ERROR)
		return value == ERRORS ? record->blocks : 0;
	if (record->suppressed)
		return value == SUPPRESSED ? record->bytes : 0;
	if (value == 2 * record->kind || value == LEAKED)
		return record->bytes;
	if (value == 2 * record->kind + 1 || value == LEAKED_BLOCKS)
		return record->blocks;
	return 0;
}

/* Summaries */

/*
 * A kind without a single leak, of which there are some, was not asked for; one that
 * nothing is told of was not, either, but for those that Memcheck always tells.
 */
static void compare_summary(struct summing *s, const struct memcheck_process *p,
			    const int64_t told[MEMCHECK_LEAKS])
{
	for (unsigned k = 0; k < MEMCHECK_LEAKS; k++) {
		bool is_known = p->has_summary[k];
		bool hidden = is_known && p->summary[k] > 0 && told[k] == 0;
		if (is_known && !hidden && p->summary[k] != told[k])
			input_warn(s->report->in, "leak summaries that the leaks do not "
				   "add up to", values[2 * k].name);
		s->is_hidden[k] |= hidden;
		s->is_listed[2 * k] |= is_known || p->is_shown[k] || told[k] > 0;
	}
}

static void compare_summaries(struct summing *s)
{
	struct memcheck_report *r = s->report;
	int64_t (*told)[MEMCHECK_LEAKS] = xcalloc(r->process_count, sizeof(*told));
	for (size_t i = 0; i < r->record_count; i++) {
		const struct memcheck_record *record = &r->records[i];
		if (!counts(r, record))
			continue;
		s->errors += record->kind == MEMCHECK_ERROR;
		s->leaks += record->kind != MEMCHECK_ERROR;
		if (record->kind == MEMCHECK_ERROR)
			continue;
		int64_t *sum = &told[record->process][record->kind];
		if (__builtin_add_overflow(*sum, record->bytes, sum))
			*sum = INT64_MAX;
	}
	for (size_t i = 0; i < r->process_count; i++)
		compare_summary(s, &r->processes[i], told[i]);
	free(told);
}

/* Metrics */

static void list_metrics(struct summing *s)
{
	for (unsigned k = 0; k < MEMCHECK_LEAKS; k++) {
		s->is_listed[2 * k] &= !s->is_hidden[k];
		s->is_listed[2 * k + 1] = s->is_listed[2 * k];
	}
	s->is_listed[LEAKED] = s->is_listed[LEAKED_BLOCKS] = s->is_listed[ERRORS] = true;
	s->is_listed[SUPPRESSED] = s->report->suppressions.count > 0;
	for (unsigned i = 0; i < VALUES; i++) {
		if (!s->is_listed[i])
			continue;
		unsigned m = metrics_add(&s->metrics, values[i].name, values[i].unit);
		s->value_of[m] = i;
	}
}

/* Where there is nothing lost, other errors are worth a look. */
static unsigned usual_value(const struct summing *s)
{
	if (s->leaks == 0 && s->errors > 0)
		return ERRORS;
	return s->is_hidden[MEMCHECK_DEFINITE] ? LEAKED : 0;
}

static bool fail_hidden(struct summing *s)
{
	return input_fail(s->report->in, "it does not tell where memory was lost, only how "
			  "much; record with --leak-check=full");
}

static bool choose_metric(struct summing *s)
{
	struct memcheck_report *r = s->report;
	struct buf why = { 0 };
	bool ok = metrics_choose(&s->metrics, r->want, values[usual_value(s)].name, &why);
	for (unsigned i = 0; !ok && i < LEAKED; i++)
		if (!s->is_listed[i] && metrics_is(values[i].name, r->want->metric))
			buf_add(&why, STR("; record with --leak-check=full "
					  "--show-leak-kinds=all"));
	if (!ok)
		input_fail(r->in, "%s", buf_cstr(&why));
	buf_free(&why);
	unsigned chosen = s->value_of[s->metrics.chosen];
	bool leaked = chosen == LEAKED || chosen == LEAKED_BLOCKS;
	return ok && (!leaked || !s->is_hidden[MEMCHECK_DEFINITE] || fail_hidden(s));
}

/* Stacks */

static uint32_t *make_groups(struct summing *s)
{
	struct memcheck_report *r = s->report;
	bool pids = want_pid(r->want), is_shown = want_shows_pid(r->want);
	struct str command = r->profile->title;
	struct str name = str_basename(str_cut(&command, ' '));
	uint32_t *groups = xcalloc(r->process_count, sizeof(*groups));
	for (size_t i = 0; i < r->process_count; i++) {
		struct group g = {
			.event = profile_event(r->profile, STR(""),
					       s->metrics.items[s->metrics.chosen].unit),
			.comm = is_shown ? profile_text(r->profile, name) : ID_NONE,
			.pid = pids ? r->processes[i].pid : -1, .tid = -1, .cpu = -1,
		};
		groups[i] = profile_group(r->profile, &g);
	}
	return groups;
}

static void push_places(struct memcheck_report *r, const struct memcheck_record *record,
			struct samples *out)
{
	bool leak = record->kind != MEMCHECK_ERROR;
	if (!leak)
		sample_push(out, record->error);
	if (record->depth > 0)
		framestack_push(&r->places, out, r->pool + record->first, record->depth, leak);
	else
		sample_push(out, profile_frame(r->profile,
					       profile_text(r->profile, STR("[unknown]")),
					       FRAME_OTHER, ID_NONE, ID_NONE));
}

static void push_record(struct summing *s, const struct memcheck_record *record,
			uint32_t group, struct samples *out)
{
	int64_t all[METRICS_MAX] = { 0 };
	bool has_any = false;
	for (unsigned m = 0; m < s->metrics.count; m++) {
		all[m] = value(record, s->value_of[m]);
		metrics_sum(&s->metrics, m, all[m]);
		has_any |= all[m] != 0;
	}
	if (all[s->metrics.chosen] == 0 && !(has_any && s->report->want->all_metrics))
		return;
	push_places(s->report, record, out);
	sample_end_metrics(out, group, all);
}

bool memcheck_sum_push(struct memcheck_report *r, struct samples *out)
{
	struct summing s = { .report = r };
	for (uint32_t i = 0; i < r->process_count; i++)
		memcheck_report_end(r, i);
	compare_summaries(&s);
	list_metrics(&s);
	if (!choose_metric(&s))
		return false;
	samples_metrics(out, &s.metrics, r->want->all_metrics);
	uint32_t *groups = make_groups(&s);
	for (size_t i = 0; i < r->record_count; i++)
		if (counts(r, &r->records[i]))
			push_record(&s, &r->records[i], groups[r->records[i].process], out);
	free(groups);
	return reader_end_metrics(r->in, r->profile, &s.metrics);
}
