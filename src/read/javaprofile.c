/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Profiles of the heap and of contention that agents in servers in Java wrote:
 *
 *	--- contentionz 1 ---
 *	format = java
 *	resolution = microseconds
 *	sampling period = 100
 *	ms since reset = 60000
 *	       90     2 @ 0x00000001 0x00000002
 *
 *	 0x00000001 com.example.Queue.take (Queue.java:88)
 *	 0x00000002 com.example.Worker.run (Worker.java:9)
 *
 * or "--- heapz 1 ---", with a resolution of bytes and no more in its head.
 * google/pprof, profile/legacy_java_profile.go.  First comes how long was waited, or how
 * many bytes there are, then how often, or in how many objects.  Of the heap one byte in
 * 512 KiB is a sample, which no head tells.  CPU profiles are binary, and gperftools.c
 * reads them.
 */
#include "read/reader.h"

#include "base/num.h"
#include "read/javanames.h"
#include "read/unsample.h"

enum { VALUE, COUNT, NUMBERS };

static const double heap_rate = 512 * 1024;

static const struct kind {
	struct str heading;
	struct str names[NUMBERS], units[NUMBERS];
	struct str own[NUMBERS], own_unit;       /* as google/pprof calls them */
	bool is_heap;
} kinds[] = {
	{
		STR("--- heapz 1 ---"), { STR("live"), STR("live-blocks") },
		{ STR("bytes"), STR("blocks") },
		{ STR("inuse_space"), STR("inuse_objects") }, STR("bytes"), true,
	}, {
		STR("--- contentionz 1 ---"), { STR("delay"), STR("contentions") },
		{ STR("ns"), STR("contentions") },
		{ STR("delay"), STR("contentions") }, STR("nanoseconds"), false,
	},
};

struct javaprofile {
	struct input *in;
	const struct want *want;
	struct profile *profile;
	struct traces *traces;
	struct javanames names;
	const struct kind *kind;
	int64_t resolution;      /* ns or bytes in what values count; 0: not told */
	int64_t period;          /* one contention of so many was counted; 0: not told */
	int64_t duration;        /* in ms */

	struct metrics metrics;
	struct unsample unsample;
	bool is_chosen;
	uint32_t group;
};

/* Metrics */

static void keep_recording(const struct javaprofile *j)
{
	struct recording *r = &j->profile->recording;
	if (j->period > 0) {
		r->period_type = STR("contentions");
		r->period_unit = STR("count");
	}
	if (j->period > r->period)
		r->period = j->period;
	j->profile->overflow |= __builtin_add_overflow(r->duration, j->duration * 1000000,
						       &r->duration);
}

static void add_metrics(struct javaprofile *j)
{
	const struct kind *k = j->kind;
	for (unsigned i = 0; i < NUMBERS; i++) {
		struct metric *m = &j->metrics.items[metrics_add(&j->metrics, k->names[i],
								 k->units[i])];
		m->own = k->own[i];
		m->own_unit = i == COUNT ? STR("count") : k->own_unit;
		m->is_estimate = j->period > 1 || j->unsample.rate > 1;
	}
}

static bool choose(struct javaprofile *j)
{
	if (j->is_chosen)
		return true;
	j->is_chosen = true;
	if (j->resolution == 0)
		return input_error(j->in, "the head does not tell the resolution");
	keep_recording(j);
	if (j->want->raw_counts || j->period == 0)
		j->period = 1;
	if (j->kind->is_heap && !j->want->raw_counts)
		j->unsample.rate = heap_rate;
	add_metrics(j);
	bool ok = reader_choose_metric_here(j->in, &j->metrics, j->want, j->kind->names[VALUE]);
	traces_metrics(j->traces, &j->metrics);
	j->group = reader_group(j->profile, STR(""), &j->metrics);
	return ok;
}

/* The head */

static bool fail_unknown(struct javaprofile *j, const char *what, struct str word)
{
	return input_error(j->in, "the %s '%.*s' is not known", what,
			   (int)(word.n > 40 ? 40 : word.n), word.p);
}

static bool read_number(struct javaprofile *j, struct str word, int64_t max, int64_t *number)
{
	uint64_t value;
	if (num_u64(word, &value) && value <= (uint64_t)max) {
		*number = (int64_t)value;
		return true;
	}
	return input_error(j->in, num_is_digits(word) ? "%.*s is too large" :
			   "'%.*s' is no number",
			   (int)(word.n > 40 ? 40 : word.n), word.p);
}

static bool set_resolution(struct javaprofile *j, struct str unit)
{
	if (j->kind->is_heap)
		j->resolution = str_eq(unit, STR("bytes"));
	else
		j->resolution = (int64_t)num_time_unit(unit);
	return j->resolution > 0 || fail_unknown(j, "resolution", unit);
}

/* "sampling period = 100" */
static bool read_setting(struct javaprofile *j, struct str line)
{
	struct str rest = line;
	struct str key = str_trim(str_cut(&rest, '='));
	struct str value = str_trim(rest);
	bool is_heap = j->kind->is_heap;
	if (str_eq(key, STR("format")))
		return str_eq(value, STR("java")) ||
		       fail_unknown(j, "format", value);
	if (str_eq(key, STR("resolution")))
		return set_resolution(j, value);
	if (!is_heap && str_eq(key, STR("sampling period")))
		return read_number(j, value, INT64_MAX, &j->period);
	if (!is_heap && str_eq(key, STR("ms since reset")))
		return read_number(j, value, INT64_MAX / 1000000, &j->duration);
	input_warn(j->in, READER_NOT_UNDERSTOOD, line);
	return true;
}

static bool read_head(struct javaprofile *j)
{
	struct str line;
	while (input_line(j->in, &line)) {
		line = str_trim(line);
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (str_eq(kinds[i].heading, line))
				j->kind = &kinds[i];
		if (j->kind)
			return true;
		if (line.n > 0)
			return input_error(j->in, "no head of a profile of Java");
	}
	return j->in->failed ? false : input_fail(j->in, "there is no profile in it");
}

/* Samples */

static bool scale(struct javaprofile *j, int64_t values[NUMBERS])
{
	if (j->kind->is_heap)
		return unsample(&j->unsample, 0, &values[COUNT], &values[VALUE]) ||
		       input_error(j->in, "what these samples stand for is too large");
	if (__builtin_mul_overflow(values[COUNT], j->period, &values[COUNT]))
		return input_error(j->in, "more contentions than can be counted");
	if (__builtin_mul_overflow(values[VALUE], j->period, &values[VALUE]) ||
	    __builtin_mul_overflow(values[VALUE], j->resolution, &values[VALUE]))
		return input_error(j->in, "the delay is too large");
	return true;
}

/* "14     1" */
static bool read_numbers(struct javaprofile *j, struct str text, int64_t values[NUMBERS])
{
	struct str rest = str_trim(text);
	struct str first = str_trim(str_cut(&rest, ' '));
	rest = str_trim(rest);
	if (rest.n == 0)
		return input_error(j->in, "one number where two belong");
	if (!read_number(j, first, INT64_MAX, &values[VALUE]) ||
	    !read_number(j, rest, INT64_MAX, &values[COUNT]))
		return false;
	if (j->kind->is_heap && values[COUNT] == 0 && values[VALUE] > 0)
		return input_error(j->in, "%lld bytes in 0 blocks", (long long)values[VALUE]);
	return true;
}

static bool read_sample(struct javaprofile *j, struct str line)
{
	int64_t values[NUMBERS];
	ptrdiff_t at = str_chr(line, '@');
	if (traces_is_cut(j->traces))
		return true;
	if (at < 0)
		return input_error(j->in, "no '@' behind the numbers");
	traces_begin(j->traces);
	if (!choose(j) || !read_numbers(j, str_head(line, (size_t)at), values) ||
	    !scale(j, values) ||
	    !traces_leaves(j->traces, str_skip(line, (size_t)at + 1)))
		return false;
	for (unsigned m = 0; m < NUMBERS; m++)
		metrics_sum(&j->metrics, m, values[m]);
	traces_add(j->traces, j->group, values);
	return true;
}

static bool read_line(struct javaprofile *j, struct str line)
{
	if (line.n == 0)
		return true;
	if (javanames_is_line(line))
		return javanames_add(&j->names, line);
	if (str_starts(line, STR("--- ")))
		return input_error(j->in, "a second profile in one file; give them as "
				   "files of their own");
	if (!j->is_chosen && str_chr(line, '=') > 0)
		return read_setting(j, line);
	if (num_is_digit(line.p[0]) || line.p[0] == '-' || str_chr(line, '@') >= 0)
		return read_sample(j, line);
	input_warn(j->in, READER_NOT_UNDERSTOOD, line);
	return true;
}

static bool read_lines(struct javaprofile *j)
{
	struct str line;
	while (input_line(j->in, &line))
		if (!read_line(j, str_trim(line)))
			return false;
	javanames_end(&j->names);
	return !j->in->failed;
}

static bool push(struct javaprofile *j)
{
	traces_push(j->traces, TRACES_DROP_NOTHING);
	return reader_end_metrics(j->in, j->profile, &j->metrics);
}

static bool read_javaprofile(struct input *in, const struct want *want, struct samples *out)
{
	struct traces *traces = traces_new(in, want, out);
	struct javaprofile j = {
		.in = in, .want = want, .profile = out->profile,
		.traces = traces, .names = { in, out->profile, traces },
	};
	bool ok = read_head(&j) && read_lines(&j) && choose(&j) && push(&j);
	traces_delete(traces);
	return ok;
}

/* Whether the head has what those of servers in C++ do not have. */
static bool is_java(struct str head)
{
	while (head.p != NULL) {
		struct str line = str_cut(&head, '\n');
		if (line.n > 0 && str_chr(line, '=') < 0 && !str_eq(line, STR("\r")))
			return false;
		struct str key = str_trim(str_cut(&line, '='));
		if (str_eq(key, STR("format")) || str_eq(key, STR("resolution")))
			return true;
	}
	return false;
}

static enum probe probe_javaprofile(struct str head)
{
	while (head.p != NULL) {
		struct str line = str_trim(reader_cut_line(&head));
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (str_eq(kinds[i].heading, line))
				return kinds[i].is_heap || is_java(head) ? PROBE_SURE :
									   PROBE_NO;
		if (line.n > 0)
			return PROBE_NO;
	}
	return PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
	.quality = {
		.unknown = JAVANAMES_UNKNOWN,
		.no_chains = JAVANAMES_NO_CHAINS,
	},
};

const struct reader reader_javaprofile = {
	.name = "javaprofile",
	.title = "old heap and contention profiles of Java (heapz, contentionz)",
	.leaf_first = true,
	.options = READS_RAW_COUNTS,
	.probe = probe_javaprofile,
	.read = read_javaprofile,
	.hints = &hints,
};
