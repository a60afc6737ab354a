/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/job.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/message.h"
#include "cmd/progress.h"
#include "cmd/report.h"
#include "cmd/stats.h"
#include "model/events.h"
#include "model/filter.h"

static const char *const stdin_only[] = { "-" };

static const char *file_path(const struct job *job, size_t i)
{
	const struct settings *s = job->settings;
	return s->file_count ? s->files[i] : stdin_only[i];
}

static int say_input_error(struct input *in)
{
	message_line(str_of(buf_cstr(&in->message)));
	return 2;
}

/* Finding the format */

static void write_format(struct output *out, const struct reader *reader,
			 const char *file)
{
	struct buf line = { 0 };
	if (file)
		buf_addf(&line, "%s: %s: %s\n", file, reader->name, reader->title);
	else
		buf_addf(&line, "%-12s %s\n", reader->name, reader->title);
	output_bytes(out, buf_str(&line));
	buf_free(&line);
}

static int list_formats(const struct job *job)
{
	static struct output out;
	if (!job_open_output(job->settings, &out, JOB_TEXT))
		return 2;
	for (const struct reader *const *r = readers; *r; r++)
		write_format(&out, *r, NULL);
	return job_close_output(&out);
}

static int say_unknown_format(const char *name)
{
	struct buf names = { 0 };
	for (const struct reader *const *r = readers; *r; r++)
		buf_addf(&names, "%s%s", r == readers ? "" : ", ", (*r)->name);
	message_error("unknown format '%s': %s", name, buf_cstr(&names));
	buf_free(&names);
	return 2;
}

static void add_excerpt(struct buf *out, struct str head)
{
	for (int i = 0; i < 3 && head.n > 0; i++) {
		struct str line = str_cut(&head, '\n');
		buf_addf(out, "%s'", i ? ", " : "");
		message_visible(out, line.n > 60 ? str_head(line, 60) : line);
		buf_addc(out, '\'');
	}
}

static bool fail_unrecognised(struct input *in, struct str head)
{
	if (in->cut)
		return input_fail(in, "cannot read: %s", in->cut);
	if (head.n == 0)
		return input_fail(in, "is empty: nothing was recorded, or what "
				      "should write it failed");
	const char *advice = reader_advice(head);
	if (advice)
		return input_fail(in, "%s", advice);
	struct buf excerpt = { 0 };
	add_excerpt(&excerpt, head);
	input_fail(in, "no known profile format (see --list-formats); it begins with %s",
		   buf_cstr(&excerpt));
	buf_free(&excerpt);
	return false;
}

static bool find_reader(struct job *job, struct job_file *file)
{
	const char *from = job->settings->from;
	struct str head = input_peek(&file->input, INPUT_HEAD);
	file->reader = from ? reader_find(str_of(from)) : reader_probe(head);
	if (file->input.failed)
		return false;
	return file->reader ? true : fail_unrecognised(&file->input, head);
}

/* Options whose silent loss would make the result another one. */
static bool check_options(struct job *job, struct job_file *file)
{
	const struct want *want = &job->settings->want;
	const struct {
		const char *name;
		bool is_given;
		enum reader_option option;
	} options[] = {
		{ "--time", want->window.is_set, READS_WINDOW },
		{ "--snapshot", want->snapshot.n > 0, READS_SNAPSHOT },
		{ "--suppressions", want->suppression_count > 0, READS_SUPPRESSIONS },
		{ "--no-suppressions", want->no_suppressions, READS_SUPPRESSIONS },
		{ "--raw-counts", want->raw_counts, READS_RAW_COUNTS },
		{ "--sysroot", want->sysroot != NULL, READS_FILES },
		{ "--map", want->map_count > 0, READS_FILES },
		{ "--tagroot", want->tagroot_count > 0, READS_LABELS },
		{ "--tagleaf", want->tagleaf_count > 0, READS_LABELS },
		{ "--all-frames", want->all_frames, READS_ALL_FRAMES },
	};
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].is_given && !(file->reader->options & options[i].option))
			return input_fail(&file->input, "%s does nothing for %s (%s)",
					  options[i].name, file->reader->title,
					  file->reader->name);
	return true;
}

/* With --verbose what the file tells of the recording. */
static bool describe(struct job *job, struct job_file *file, struct output *out)
{
	struct buf lines = { 0 };
	bool ok = true;
	if (job->settings->verbose && file->reader->describe)
		ok = file->reader->describe(&file->input, &lines);
	output_bytes(out, buf_str(&lines));
	buf_free(&lines);
	return ok;
}

static int identify(struct job *job)
{
	static struct output out;
	bool all_known = true;
	if (!job_open_output(job->settings, &out, JOB_TEXT))
		return 2;
	for (size_t i = 0; i < job->file_count; i++) {
		struct job_file *file = &job->files[i];
		struct input *in = &file->input;
		bool known = input_open(in, file_path(job, i)) && find_reader(job, file);
		if (known)
			write_format(&out, file->reader, in->name);
		if (!known || !describe(job, file, &out)) {
			say_input_error(in);
			all_known = false;
		}
	}
	int status = job_close_output(&out);
	return all_known ? status : 2;
}

/* Reading */

static bool check_same_kind(struct job *job, size_t i, uint32_t events_before,
			    bool units_differed)
{
	struct job_file *first = &job->files[0], *file = &job->files[i];
	if (i == 0)
		return true;
	if (file->reader != first->reader)
		return input_fail(&file->input,
				  "is %s, '%s' is %s: one run adds up files of one "
				  "format",
				  file->reader->name, first->input.name,
				  first->reader->name);
	if (events_before > 0 && job->profile.event_count > events_before) {
		struct str name = job->profile.events[events_before].name;
		return input_fail(&file->input, "counts '%s', which '%s' does not",
				  name.n ? name.p : "something", first->input.name);
	}
	if (job->profile.units_differ && !units_differed)
		return input_fail(&file->input, "has another unit than '%s'",
				  first->input.name);
	return true;
}

/* What was recognised by a line here and there, and is something else. */
static bool check_understood(struct job *job, struct job_file *file)
{
	struct input *in = &file->input;
	for (unsigned i = 0; i < in->warning_count && !job->settings->from; i++)
		if (strcmp(in->warnings[i].what, READER_NOT_UNDERSTOOD) == 0 &&
		    in->warnings[i].count > in->line / 2)
			return input_fail(in, "%" PRIu64 " of %" PRIu64 " lines are "
					  "nothing that %s has; use --from=%s if it is "
					  "that",
					  in->warnings[i].count, in->line,
					  file->reader->title, file->reader->name);
	return true;
}

static bool read_file(struct job *job, size_t i)
{
	struct job_file *file = &job->files[i];
	struct input *in = &file->input;
	uint64_t samples_before = job->samples.count;
	uint64_t told_before = job->profile.header_samples;
	uint32_t events_before = job->profile.event_count;
	bool units_differed = job->profile.units_differ;
	if (!input_open(in, file_path(job, i)))
		return false;
	if (!job->settings->quiet)
		progress_begin(in, job->settings->name);
	bool ok = find_reader(job, file) && check_options(job, file);
	if (ok) {
		job->samples.leaf_first = file->reader->leaf_first;
		job->samples.time = MOMENT_UNKNOWN;
		job->profile.sampled = file->reader->is_sampled &&
				       (i == 0 || job->profile.sampled);
		ok = file->reader->read(in, &job->settings->want, &job->samples);
		samples_flush(&job->samples);
		ok = ok && check_understood(job, file);
	}
	progress_end();
	file->samples = job->profile.header_samples - told_before;
	if (file->samples == 0)
		file->samples = job->samples.count - samples_before;
	return ok && check_same_kind(job, i, events_before, units_differed);
}

static bool fail_on_warnings(struct job *job)
{
	for (size_t i = 0; i < job->file_count; i++) {
		struct input *in = &job->files[i].input;
		if (in->warning_count == 0)
			continue;
		in->line = in->warnings[0].first_line;
		input_error(in, "%s (--strict)", in->warnings[0].what);
		say_input_error(in);
		return false;
	}
	return true;
}

static int read_files(struct job *job)
{
	const struct settings *s = job->settings;
	if (s->from && !reader_find(str_of(s->from)))
		return say_unknown_format(s->from);
	for (size_t i = 0; i < job->file_count; i++)
		if (!read_file(job, i))
			return say_input_error(&job->files[i].input);
	if (s->want.strict && !fail_on_warnings(job))
		return 2;
	/* "Nothing leaked" is a result. */
	if (job->profile.stack_count == 0 && job->profile.metrics.count == 0) {
		report_nothing(job);
		return 2;
	}
	return -1;
}

/* Choosing */

static int say_unknown_metric(const struct job *job)
{
	const struct profile *p = &job->profile;
	struct buf names = { 0 };
	for (unsigned i = 0; i < p->column_count; i++)
		if (p->columns[i].name.n)
			buf_addf(&names, "%s%s", names.n ? ", " : "",
				 p->columns[i].name.p);
	message_error("unknown metric '%s': %s", job->settings->want.metric.p,
		      names.n ? buf_cstr(&names) : "there is only one");
	buf_free(&names);
	return 2;
}

/* Events that were asked for together are shown together, or not at all. */
static bool check_units(const struct job *job)
{
	const struct profile *p = &job->profile;
	const struct event *shown = &p->events[job->events[0]];
	uint64_t *count = events_count(p);
	bool same = true;
	for (uint32_t i = 0; same && i < p->event_count; i++) {
		same = count[i] == 0 ||
		       events_is_chosen(job->events, job->event_count, i);
		if (!same)
			message_error("'%s' counts %s and '%s' counts %s: choose one, or "
				      "add --metric=samples", shown->name.p,
				      shown->unit.p, p->events[i].name.p,
				      p->events[i].unit.p);
	}
	free(count);
	return same;
}

static int say_too_large(const struct job *job)
{
	struct buf line = { 0 };
	buf_addf(&line, "%s%s: error: the sum of all values leaves the range of 64 bits",
		 job->files[0].input.name, job->file_count > 1 ? " and others" : "");
	message_line(buf_str(&line));
	buf_free(&line);
	return 2;
}

static int choose(struct job *job)
{
	const struct want *want = &job->settings->want;
	job->events = xcalloc(job->profile.event_count, sizeof(*job->events));
	job->event_count = events_choose(&job->profile, want, job->events);
	if (want->strict && job->event_count < job->profile.event_count &&
	    want->event_filter_count == 0) {
		message_error("several events: choose with --event-filter, "
			      "see --list-metrics (--strict)");
		return 2;
	}
	if (want->event_filter_count > 0 && !check_units(job))
		return 2;
	if (stacks_metric(&job->profile, want) < 0)
		return say_unknown_metric(job);
	if (job->profile.moments)
		moments_sort(job->profile.moments);
	if (job_read_raw(job))
		quality_measure(&job->quality, &job->profile, job->events,
				job->event_count);
	if (!stacks_select(&job->stacks, &job->profile, want, job->events,
			   job->event_count))
		return say_too_large(job);
	return -1;
}

/* As collapsing programs write them, where time is lost; then no two are the same. */
static bool is_sorted_by_name(const struct job *job)
{
	enum { ENOUGH = 10 };
	const struct stacks *s = &job->stacks;
	if (!job->profile.sorted || s->count < ENOUGH)
		return false;
	for (uint32_t i = 1; i < s->count; i++) {
		uint32_t depth = s->items[i].depth;
		if (depth == s->items[i - 1].depth && stacks_shared(s, i) == depth)
			return false;
	}
	return true;
}

static void warn_of_order(const struct job *job)
{
	if (job->settings->want.in_order && !job->settings->quiet &&
	    is_sorted_by_name(job))
		message_warning("the stacks come in the order of their names: "
				"--flamechart needs them in that of time, as perf "
				"script prints them");
}

static int list_metrics(const struct job *job)
{
	static struct output out;
	if (!job_open_output(job->settings, &out, JOB_TEXT))
		return 2;
	report_metrics(job, &out);
	return job_close_output(&out);
}

/* --unit gives another name to the same numbers; it converts nothing. */
static void warn_of_unit(const struct job *job)
{
	struct str asked = job->settings->want.unit;
	struct str told = job->event_count ?
		job->profile.events[job->events[0]].unit : STR("");
	if (asked.n && told.n && !str_eq(asked, told) && !job->settings->quiet)
		message_warning("the values are in %.*s, --unit=%.*s only calls them so",
				STR_ARG(told), STR_ARG(asked));
}

/* What the filters could not do; false when that is an error. */
static bool check_filters(const struct job *job)
{
	const struct settings *s = job->settings;
	struct buf line = { 0 };
	unsigned slow = filter_slow(s->want.filter);
	bool strict = s->want.strict;
	if (slow > 0 && (strict || !s->quiet))
		(strict ? message_error : message_warning)(
			"%u names take too long to match with the filters, and count "
			"as no match%s", slow, strict ? " (--strict)" : "");
	bool ok = !strict || slow == 0;
	if (ok && strict && report_add_unmatched(job, &line)) {
		message_error("nothing matches %s (--strict)", buf_cstr(&line));
		ok = false;
	}
	buf_free(&line);
	return ok;
}

static int show_choice(struct job *job)
{
	if (job->stacks.count == 0 && job->stacks.any_before &&
	    !job->settings->may_be_empty) {
		report_nothing(job);
		return 2;
	}
	if (!check_filters(job))
		return 2;
	warn_of_unit(job);
	warn_of_order(job);
	report_words(job);
	return stats_write(job) ? -1 : 2;
}

int job_run(struct job *job, const struct settings *settings)
{
	*job = (struct job){ .settings = settings };
	profile_init(&job->profile);
	if (settings->want.places)
		profile_keep_places(&job->profile);
	if (settings->want.times)
		profile_keep_moments(&job->profile);
	samples_init(&job->samples, &job->profile);
	job->samples.in_order = settings->want.in_order;
	job->file_count = settings->file_count ? settings->file_count : 1;
	job->files = xcalloc(job->file_count, sizeof(*job->files));
	if (settings->list_formats)
		return list_formats(job);
	if (settings->identify)
		return identify(job);
	int status = read_files(job);
	if (status < 0)
		status = choose(job);
	if (status < 0 && settings->list_metrics)
		return list_metrics(job);
	return status < 0 ? show_choice(job) : status;
}

void job_free(struct job *job)
{
	for (size_t i = 0; i < job->file_count; i++)
		if (job->files[i].input.name)
			input_close(&job->files[i].input);
	free(job->files);
	free(job->events);
	stacks_free(&job->stacks);
	samples_free(&job->samples);
	profile_free(&job->profile);
}

bool job_read_raw(const struct job *job)
{
	return !job->files[0].reader->is_digest;
}

/*
 * Times are never the same again, whoever measures them; and "value" is what something else
 * has written, which may have sampled.
 */
bool job_is_exact(const struct job *job)
{
	const struct profile *p = &job->profile;
	const struct stacks *s = &job->stacks;
	return s->metric.n > 0 && !s->is_estimate && p->metrics.samples == 0 &&
	       s->samples == 0 && !s->with_samples && p->recording.period == 0 &&
	       num_time_unit(s->unit) == 0 && !str_eq(s->metric, STR("value"));
}

/* Writing */

static const struct output *current_output;
static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP };

/* Nothing half-written stays behind when the user gives up. */
static void on_signal(int signal_number)
{
	if (current_output)
		output_unlink(current_output);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

bool job_open_output(const struct settings *s, struct output *out, enum job_output what)
{
	if (what == JOB_PICTURE && s->output == NULL && isatty(STDOUT_FILENO)) {
		message_error("this would fill the terminal: use -o FILE, or -o - if "
			      "you mean it");
		return false;
	}
	if (!output_open(out, s->output)) {
		message_error("%s", output_message(out));
		return false;
	}
	current_output = out;
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++)
		if (signal(ending_signals[i], on_signal) == SIG_IGN)
			signal(ending_signals[i], SIG_IGN);      /* nohup */
	return true;
}

int job_close_output(struct output *out)
{
	bool ok = output_close(out);
	current_output = NULL;
	if (!ok)
		message_error("%s", output_message(out));
	return ok ? 0 : 2;
}

void job_discard_output(struct output *out)
{
	output_discard(out);
	current_output = NULL;
}
