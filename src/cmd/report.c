/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/message.h"
#include "base/num.h"
#include "model/events.h"
#include "model/filter.h"

/* Without --verbose. */
enum { EVENTS_SHOWN = 6, WARNINGS_SHOWN = 2 };

uint64_t report_samples_read(const struct job *job)
{
	const struct profile *p = &job->profile;
	if (!job_read_raw(job) && p->header_samples > 0 && !p->samples_untold)
		return p->header_samples;
	return job->samples.count + job->samples.filtered;
}

static void add_count(struct buf *out, uint64_t n, const char *what)
{
	num_add_grouped(out, (int64_t)n);
	buf_addf(out, " %s%s", what, n == 1 ? "" : "s");
}

static double in_units(int64_t value, unsigned scale)
{
	return (double)value / pow(10, scale);
}

/* What was read */

static void add_warning(struct buf *out, const struct input *in,
			const struct input_warning *w)
{
	buf_addf(out, "%s: ", w->what);
	num_add_grouped(out, (int64_t)w->count);
	if (w->first_line == 0)          /* of the whole file */
		return;
	buf_addf(out, " (first at %s %" PRIu64, in->is_binary ? "byte" : "line",
		 w->first_line);
	if (w->first_text.n) {
		buf_addf(out, ": '");
		message_visible(out, w->first_text);
		buf_addc(out, '\'');
	}
	buf_addc(out, ')');
}

static void add_warnings(struct buf *out, const struct job *job)
{
	unsigned shown = 0, left = 0;
	for (size_t i = 0; i < job->file_count; i++) {
		const struct input *in = &job->files[i].input;
		for (unsigned w = 0; w < in->warning_count; w++) {
			if (shown++ >= WARNINGS_SHOWN && !job->settings->verbose) {
				left++;
				continue;
			}
			buf_addf(out, "; ");
			if (job->file_count > 1)
				buf_addf(out, "%s: ", in->name);
			add_warning(out, in, &in->warnings[w]);
		}
	}
	if (left > 0)
		buf_addf(out, "; %u more kind%s with -v", left, left == 1 ? "" : "s");
}

static void add_value(struct buf *out, const struct stacks *s, int64_t value)
{
	num_add_quantity(out, in_units(value, s->scale), s->unit);
}

/* "3,980 samples, 4.02 s of cpu-clock in 412 stacks" */
static void add_samples(struct buf *line, const struct job *job)
{
	const struct stacks *s = &job->stacks;
	add_count(line, report_samples_read(job), "sample");
	uint64_t left = report_samples_read(job) - s->samples;
	if (left > 0 && s->samples > 0) {
		buf_addf(line, ", ");
		num_add_grouped(line, (int64_t)s->samples);
		buf_addf(line, " of them kept");
	}
	bool counts = str_eq(s->unit, STR("samples"));
	if (!counts) {
		buf_addf(line, ", ");
		add_value(line, s, s->total[0]);
	}
	if (s->event.n && !str_eq(s->unit, s->event)) {
		buf_addf(line, counts && left > 0 ? ", all of " : " of ");
		message_visible(line, s->event);
	}
	struct buf marks = { 0 };
	stacks_add_marks(&marks, s);
	message_visible(line, buf_str(&marks));
	buf_free(&marks);
	buf_addf(line, " in ");
	add_count(line, s->count, "stack");
}

/* "peak 62.4 MiB in 412 stacks; total 1.2 GiB, at end 0 B" */
static void add_metrics(struct buf *line, const struct job *job)
{
	const struct stacks *s = &job->stacks;
	struct buf others = { 0 };
	if (s->event.n) {
		message_visible(line, s->event);
		buf_addf(line, ": ");
	}
	stacks_add_metric(line, s);
	if (s->total[0] != s->total_before) {
		buf_addf(line, " of ");
		add_value(line, s, s->total_before);
	}
	if (s->count > 0) {
		buf_addf(line, " in ");
		add_count(line, s->count, "stack");
	}
	metrics_add_others(&others, &job->profile.metrics, STR(", "), true);
	if (others.n) {
		buf_addf(line, "; %s", stacks_is_whole(s) ? "" : "of the whole, ");
		message_visible(line, buf_str(&others));
	}
	buf_free(&others);
}

/* What is in the input, with the name of that. */
static void say_sums(const struct job *job)
{
	struct buf line = { 0 };
	buf_addf(&line, "%s%s: ", job->files[0].input.name,
		 job->file_count > 1 ? " and others" : "");
	if (job->stacks.metric.n)
		add_metrics(&line, job);
	else
		add_samples(&line, job);
	add_warnings(&line, job);
	message_line(buf_str(&line));
	buf_free(&line);
}

static bool is_shown(const struct job *job, uint32_t event)
{
	return events_is_chosen(job->events, job->event_count, event);
}

static void add_event(struct buf *out, const struct profile *p, const uint64_t *count,
		      uint32_t event)
{
	message_visible(out, p->events[event].name);
	buf_addf(out, " (");
	num_add_grouped(out, (int64_t)count[event]);
	buf_addc(out, ')');
}

/* "events left out: page-faults (12), … (--event-filter chooses)" */
static void say_events(const struct job *job)
{
	const struct profile *p = &job->profile;
	uint64_t *count = events_count(p);
	struct buf line = { 0 };
	unsigned left = 0;
	for (uint32_t i = 0; i < p->event_count; i++) {
		if (is_shown(job, i) || count[i] == 0)
			continue;
		if (left++ >= EVENTS_SHOWN && !job->settings->verbose)
			continue;
		buf_addf(&line, "%s", line.n ? ", " : "events left out: ");
		add_event(&line, p, count, i);
	}
	if (left > EVENTS_SHOWN && !job->settings->verbose)
		buf_addf(&line, " and %u more", left - EVENTS_SHOWN);
	if (line.n) {
		buf_addf(&line, " samples; choose with --event-filter");
		message_line(buf_str(&line));
	}
	buf_free(&line);
	free(count);
}

static bool has_groups_by(const struct profile *p, enum group_by by)
{
	for (uint32_t i = 0; i < p->group_count; i++)
		if (by == GROUP_CPU ? p->groups[i].cpu >= 0 : p->groups[i].pid >= 0)
			return true;
	return p->group_count == 0;
}

static bool has_lines(const struct profile *p)
{
	for (uint32_t i = 0; i < p->frame_count; i++)
		if (profile_function(p, i).n < profile_name(p, i).n)
			return true;
	return p->frame_count == 0;
}

/* What an option asks for and the input does not tell. */
static const char *missing(const struct job *job)
{
	static const struct reader_hints none = {
		.pids = "process ids", .cpus = "processors", .lines = "source lines",
	};
	const struct profile *p = &job->profile;
	const struct want *want = &job->settings->want;
	const struct reader_hints *hints = job->files[0].reader->hints;
	if (hints == NULL)
		hints = &none;
	if (want->group_by == GROUP_PID && !has_groups_by(p, GROUP_PID))
		return hints->pids;
	if (want->group_by == GROUP_CPU && !has_groups_by(p, GROUP_CPU))
		return hints->cpus;
	if (want->granularity == GRANULARITY_LINES && !has_lines(p))
		return hints->lines;
	return NULL;
}

/* Readers that know no events take no notice of --event-filter. */
static void add_unmatched_events(const struct job *job, struct buf *out)
{
	const struct want *want = &job->settings->want;
	for (unsigned i = 0; i < job->event_count; i++)
		if (events_match(job->profile.events[job->events[i]].name, want))
			return;
	for (size_t i = 0; job->event_count > 0 && i < want->event_filter_count; i++) {
		buf_addf(out, "%s--event-filter=", i ? ", " : "");
		message_visible(out, str_of(want->event_filter[i]));
	}
}

bool report_add_unmatched(const struct job *job, struct buf *out)
{
	struct buf option = { 0 };
	unsigned step = 0;
	size_t before = out->n;
	add_unmatched_events(job, out);
	while (filter_add_unmatched(job->settings->want.filter, &option, &step)) {
		if (out->n > before)
			buf_addf(out, ", ");
		buf_add(out, buf_str(&option));
		buf_clear(&option);
	}
	buf_free(&option);
	return out->n > before;
}

static void add_advice(struct buf *out, const struct job *job)
{
	const struct input *in = &job->files[0].input;
	struct quality_advice advice = job->files[0].reader->hints->quality;
	if (in->advice.no_chains)
		advice.no_chains = in->advice.no_chains;
	if (in->advice.unknown)
		advice.unknown = in->advice.unknown;
	if (in->advice.rootless)
		advice.rootless = in->advice.rootless;
	quality_add_hint(out, &job->quality, &advice);
}

/* One at most: what was asked for in vain comes before what could be better. */
static void say_hint(const struct job *job)
{
	struct buf line = { 0 };
	const struct reader *reader = job->files[0].reader;
	const char *words = job_read_raw(job) ? missing(job) : NULL;
	if (report_add_unmatched(job, &line)) {
		message_note("hint: nothing matches %s", buf_cstr(&line));
		buf_free(&line);
		return;
	}
	if (words)
		buf_addf(&line, "hint: the input has no %s", words);
	else if (job_read_raw(job) && reader->hints)
		add_advice(&line, job);
	if (line.n)
		message_line(buf_str(&line));
	buf_free(&line);
}

static void say_notes(const struct input *in)
{
	struct str notes = buf_str(&in->notes);
	while (notes.n > 0)
		message_line(str_cut(&notes, '\n'));
}

static void say_details(const struct job *job)
{
	const struct quality *q = &job->quality;
	message_note("%" PRIu64 " of %" PRIu64 " frames have no name, %" PRIu64
		     " of %" PRIu64 " stacks reach no known start of a thread, %" PRIu64
		     " samples have no frame at all",
		     q->unknown_frames, q->frames, q->rootless, q->samples,
		     job->samples.frameless);
	for (size_t i = 0; i < job->file_count; i++) {
		const struct input *in = &job->files[i].input;
		message_note("%s: %s, %" PRIu64 " %s", in->name,
			     job->files[i].reader->title, in->line,
			     in->is_binary ? "bytes" : "lines");
		say_notes(in);
	}
}

static void say_folded_oddities(const struct job *job)
{
	struct buf line = { 0 };
	add_warnings(&line, job);
	if (job->profile.columns_guessed)
		buf_addf(&line, "; two columns of numbers are read as before and after");
	if (line.n)
		message_note("%s: %s", job->files[0].input.name, buf_cstr(&line) + 2);
	buf_free(&line);
}

void report_words(const struct job *job)
{
	if (job->settings->quiet)
		return;
	if (!job_read_raw(job)) {
		say_folded_oddities(job);
		say_hint(job);
		return;
	}
	say_sums(job);
	say_events(job);
	say_hint(job);
	if (job->settings->verbose)
		say_details(job);
}

/* Nothing to write */

static void say_filtered_events(const struct job *job)
{
	struct buf line = { 0 };
	buf_addf(&line, "0 of %" PRIu64 " samples match --event-filter; the events are ",
		 job->samples.filtered);
	for (uint32_t i = 0; i < job->profile.event_count; i++) {
		buf_addf(&line, "%s", i ? ", " : "");
		message_visible(&line, job->profile.events[i].name);
	}
	message_error("%s", buf_cstr(&line));
	buf_free(&line);
}

/* All of them were dropped by filters, the last ones by one that is named. */
static void say_filtered(const struct job *job)
{
	struct buf option = { 0 };
	if (!filter_add_dropper(job->settings->want.filter, &option))
		buf_addf(&option, "the filters");
	message_error("0 of %" PRIu64 " %s are left by %s", job->samples.count,
		      job_read_raw(job) && !job->profile.metrics.count ? "samples" :
									 "stacks",
		      buf_cstr(&option));
	buf_free(&option);
}

void report_nothing(const struct job *job)
{
	struct buf line = { 0 };
	add_warnings(&line, job);
	const struct want *want = &job->settings->want;
	if (job->samples.filtered > 0 && want->window.is_set &&
	    want->event_filter_count == 0)
		message_error("0 of %" PRIu64 " samples are in the window of --time",
			      job->samples.filtered);
	else if (job->samples.filtered > 0)
		say_filtered_events(job);
	else if (job->samples.count > 0)
		say_filtered(job);
	else
		message_note("%s: error: no %s found%s", job->files[0].input.name,
			     job_read_raw(job) ? "sample" : "stack",
			     line.n ? buf_cstr(&line) : "");
	buf_free(&line);
}

/* --list-metrics */

struct total {
	int64_t sum;
	bool overflow;
};

/* By event * COLUMNS_MAX + column. */
static struct total *sum_up(const struct profile *p)
{
	struct total *totals = xcalloc(p->event_count, COLUMNS_MAX * sizeof(*totals));
	for (uint32_t i = 0; i < p->stack_count; i++) {
		size_t event = p->groups[p->stacks[i].group].event;
		for (unsigned c = 0; c < p->column_count; c++) {
			struct total *t = &totals[event * COLUMNS_MAX + c];
			int64_t value = p->values[(size_t)i * COLUMNS_MAX + c];
			t->overflow |= __builtin_add_overflow(t->sum, value, &t->sum);
		}
	}
	return totals;
}

static void metric_line(struct output *out, const struct job *job, uint32_t event,
			unsigned column, struct total total)
{
	const struct profile *p = &job->profile;
	const struct column *c = &p->columns[column];
	struct buf line = { 0 };
	buf_addf(&line, "%s\t", c->name.n ? c->name.p : "value");
	message_visible(&line, p->events[event].name);
	buf_addc(&line, '\t');
	if (total.overflow)
		buf_add(&line, STR("too large"));
	else
		num_add_decimal(&line, total.sum, c->scale);
	struct str unit = c->is_samples ? STR("samples") : p->events[event].unit;
	buf_addc(&line, '\t');
	message_visible(&line, unit);
	buf_addf(&line, "%s\n", is_shown(job, event) && column == 0 ? "\tdefault" : "");
	output_bytes(out, buf_str(&line));
	buf_free(&line);
}

/* "peak", no event, its total and unit */
static void metric_lines(const struct job *job, struct output *out)
{
	const struct profile *p = &job->profile;
	const struct metrics *m = &p->metrics;
	for (unsigned i = 0; i < m->count; i++) {
		struct buf line = { 0 };
		message_visible(&line, m->items[i].name);
		buf_addc(&line, '\t');
		message_visible(&line, p->events[0].name);
		buf_addc(&line, '\t');
		if (m->items[i].overflow)
			buf_addf(&line, "too large");
		else
			num_add_decimal(&line, m->items[i].total, m->items[i].scale);
		buf_addc(&line, '\t');
		message_visible(&line, m->items[i].unit);
		buf_addf(&line, "%s\n", i == m->usual ? "\tdefault" : "");
		output_bytes(out, buf_str(&line));
		buf_free(&line);
	}
}

static void event_lines(const struct job *job, struct output *out)
{
	const struct profile *p = &job->profile;
	struct total *totals = sum_up(p);
	for (uint32_t e = 0; e < p->event_count; e++)
		for (unsigned c = 0; c < p->column_count; c++)
			metric_line(out, job, e, c, totals[e * (size_t)COLUMNS_MAX + c]);
	free(totals);
}

void report_metrics(const struct job *job, struct output *out)
{
	output_lit(out, "# metric\tevent\ttotal\tunit\n");
	if (job->profile.metrics.count > 0 && job_read_raw(job))
		metric_lines(job, out);
	else
		event_lines(job, out);
}
