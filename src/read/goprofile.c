/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Profiles of Go as text, net/http/pprof with debug=1 or WriteTo(w, 1), but for those
 * of the heap, which heapprofile.c reads:
 *
 *	--- mutex:
 *	cycles/second=2000000000
 *	sampling period=1
 *	8192046 12 @ 0x47b2f6 0x4b3ecf 0x461121
 *	#	0x47b2f5	sync.(*Mutex).Unlock+0x55	/usr/lib/go/src/sync/mutex.go:223
 *	#	0x4b3ece	main.work+0x2e			/tmp/main.go:13
 *
 *	goroutine profile: total 12
 *	10 @ 0x437452 0x4b416b 0x461121
 *	#	0x4b416a	main.wait+0x2a			/tmp/main.go:44
 *
 * src/runtime/pprof/pprof.go.  The first form, also "--- contention:" for the block
 * profile, and "--- contentionz 1 ---" of servers in C++, has cycles of the processor and
 * times of waiting, the second one counts of what the profile is about.
 */
#include "read/reader.h"

#include "base/num.h"
#include "read/traces.h"
#include "read/unsample.h"

enum { DELAY, CONTENTIONS, NUMBERS_MAX };

struct goprofile {
	struct input *in;
	const struct want *want;
	struct profile *profile;
	struct traces *traces;
	struct str event;        /* "mutex", "block"; empty for profiles of counts */
	struct str name;         /* of a profile of counts: "goroutine" */
	int64_t told;            /* by its head */
	int64_t seen;
	uint64_t cycles;         /* per second; 0: not told */
	uint64_t period;         /* one of so many was counted */

	struct metrics metrics;
	struct unsample unsample;
	bool is_chosen;
	uint32_t group;
};

static const struct contention {
	struct str heading, event;
	enum probe sure;         /* what it says where it stands */
} contentions[] = {
	{ STR("--- contention:"), STR("block"), PROBE_SURE },
	{ STR("--- mutex:"), STR("mutex"), PROBE_SURE },
	/* Those of Java begin so, too, and are known by the next lines. */
	{ STR("--- contentionz 1 ---"), STR("contention"), PROBE_LIKELY },
};

static const struct str profile_total = STR(" profile: total ");

/* What is counted, where that has a name. */
static const struct {
	struct str name, unit;
} known[] = {
	{ STR("goroutine"), STR("goroutines") },
	{ STR("threadcreate"), STR("threads") },
};

/* Metrics */

static void add_counts(struct goprofile *g)
{
	struct str unit = STR("entries");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(known[i].name, g->name))
			unit = known[i].unit;
	struct metric *m = &g->metrics.items[metrics_add(&g->metrics, g->name, unit)];
	m->own = g->name;
	m->own_unit = STR("count");
}

static void add_contentions(struct goprofile *g)
{
	static const struct str count = STR("count"), ns = STR("nanoseconds");
	bool is_time = g->cycles > 0;
	metrics_add(&g->metrics, STR("delay"), is_time ? STR("ns") : STR("cycles"));
	metrics_add(&g->metrics, STR("contentions"), STR("contentions"));
	for (unsigned i = 0; i < g->metrics.count; i++) {
		struct metric *m = &g->metrics.items[i];
		m->is_estimate = g->period > 1;
		m->own = m->name;
		m->own_unit = i == CONTENTIONS ? count : is_time ? ns : m->unit;
	}
}

static bool choose(struct goprofile *g)
{
	if (g->is_chosen)
		return true;
	g->is_chosen = true;
	if (g->want->raw_counts || g->period == 0)
		g->period = 1;
	if (g->event.n)
		add_contentions(g);
	else
		add_counts(g);
	bool ok = reader_choose_metric_here(g->in, &g->metrics, g->want,
					    g->metrics.items[0].name);
	traces_metrics(g->traces, &g->metrics);
	g->group = reader_group(g->profile, g->event, &g->metrics);
	return ok;
}

/* Lines */

static bool read_number(struct goprofile *g, struct str word, int64_t *number)
{
	uint64_t value;
	if (num_u64(word, &value) && value <= INT64_MAX) {
		*number = (int64_t)value;
		return true;
	}
	return input_error(g->in, num_is_digits(word) ? "%.*s is too large" :
			   "'%.*s' is no number of what was counted",
			   (int)(word.n > 40 ? 40 : word.n), word.p);
}

static bool is_told(struct goprofile *g, struct str key, struct str value,
		    struct str name, uint64_t *number)
{
	if (!str_eq(key, name))
		return true;
	return num_u64(value, number) ||
	       input_error(g->in, "'%.*s' is no number",
			   (int)(value.n > 40 ? 40 : value.n), value.p);
}

/* "cycles/second=2000000000" */
static bool read_setting(struct goprofile *g, struct str line)
{
	struct str key = str_trim(str_cut(&line, '='));
	struct str value = str_trim(line);
	if (str_eq(key, STR("format")) || str_eq(key, STR("resolution")))
		return input_error(g->in, "this is a contention profile of Java; its format "
				   "is javaprofile");
	return is_told(g, key, value, STR("cycles/second"), &g->cycles) &&
	       is_told(g, key, value, STR("sampling period"), &g->period);
}

/* What the period stands for is made up for; and cycles become ns. */
static bool scale(struct goprofile *g, int64_t values[])
{
	double factor = (double)g->period;
	if (!g->event.n)
		return true;
	if (factor > 1 &&
	    !unsample_times(&g->unsample, CONTENTIONS, factor, &values[CONTENTIONS]))
		return input_error(g->in, "more contentions than can be counted");
	if (g->cycles > 0)
		factor *= 1e9 / (double)g->cycles;
	return unsample_times(&g->unsample, DELAY, factor, &values[DELAY]) ||
	       input_error(g->in, "the delay is too large");
}

static void add_values(struct goprofile *g, const int64_t values[])
{
	for (unsigned m = 0; m < g->metrics.count; m++)
		metrics_sum(&g->metrics, m, values[m]);
	if (__builtin_add_overflow(g->seen, values[0], &g->seen))
		g->seen = INT64_MAX;
	traces_add(g->traces, g->group, values);
}

/* "8192046 12 @ 0x47b2f6 0x4b3ecf", "10 @ 0x437452" */
static bool read_sample(struct goprofile *g, struct str line)
{
	int64_t values[NUMBERS_MAX] = { 0 };
	unsigned numbers = g->event.n ? NUMBERS_MAX : 1;
	ptrdiff_t at = str_chr(line, '@');
	if (traces_is_cut(g->traces))
		return true;
	if (at < 0)
		return input_error(g->in, "no '@' behind the numbers");
	struct str rest = str_trim(str_head(line, (size_t)at));
	for (unsigned i = 0; i < numbers; i++) {
		struct str word = i + 1 < numbers ? str_cut(&rest, ' ') : rest;
		rest = str_trim(rest);
		if (i + 1 < numbers && rest.n == 0)
			return input_error(g->in, "one number where two belong");
		if (!read_number(g, str_trim(word), &values[i]))
			return false;
	}
	traces_begin(g->traces);
	if (!choose(g) || !scale(g, values) ||
	    !traces_addresses(g->traces, str_skip(line, (size_t)at + 1)))
		return false;
	add_values(g, values);
	return true;
}

static bool read_line(struct goprofile *g, struct str line)
{
	if (line.n == 0)
		return true;
	if (line.p[0] == '#') {
		traces_comment(g->traces, line);
		return true;
	}
	if (g->event.n && !g->is_chosen && str_chr(line, '=') > 0)
		return read_setting(g, line);
	return read_sample(g, line);
}

/* "goroutine profile: total 12" */
static bool parse_total(struct str line, struct str *name, uint64_t *total)
{
	ptrdiff_t at = str_find(line, profile_total);
	if (at <= 0 || str_chr(str_head(line, (size_t)at), ' ') >= 0)
		return false;
	*name = str_head(line, (size_t)at);
	return num_u64(str_trim(str_skip(line, (size_t)at + profile_total.n)), total) &&
	       *total <= INT64_MAX;
}

/* "goroutine 1 [running]:", the first line of a text that is something else. */
static bool is_goroutine(struct str line)
{
	static const struct str start = STR("goroutine ");
	if (!str_starts(line, start))
		return false;
	line = str_skip(line, start.n);
	return num_is_digits(str_cut(&line, ' ')) && str_starts(line, STR("[")) &&
	       str_ends(line, STR("]:"));
}

/* NULL when it is no heading of that. */
static const struct contention *find_contention(struct str line)
{
	for (size_t i = 0; i < ARRAY_SIZE(contentions); i++)
		if (str_eq(contentions[i].heading, line))
			return &contentions[i];
	return NULL;
}

static bool read_head(struct goprofile *g)
{
	struct str line, name;
	uint64_t total;
	while (input_line(g->in, &line)) {
		line = str_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		const struct contention *contention = find_contention(line);
		if (contention) {
			g->event = contention->event;
			return true;
		}
		if (!parse_total(line, &name, &total))
			return is_goroutine(line) ?
				input_error(g->in, "this is the text with debug=2, each "
					    "goroutine alone; debug=1 counts them") :
				input_error(g->in, "no head of a profile of Go");
		g->name = profile_keep(g->profile, name);
		g->told = (int64_t)total;
		return true;
	}
	return g->in->failed ? false : input_fail(g->in, "there is no profile in it");
}

static bool read_lines(struct goprofile *g)
{
	struct str line;
	while (input_line(g->in, &line)) {
		if (maps_is_heading(line))
			return traces_map(g->traces);
		if (!read_line(g, str_trim(line)))
			return false;
	}
	return !g->in->failed;
}

static bool push(struct goprofile *g)
{
	if (!g->event.n)
		traces_check_sum(g->traces, g->seen, g->told);
	traces_push(g->traces, TRACES_DROP_NOTHING);
	return reader_end_metrics(g->in, g->profile, &g->metrics);
}

static bool read_goprofile(struct input *in, const struct want *want,
			   struct samples *out)
{
	struct goprofile g = {
		.in = in, .want = want, .profile = out->profile, .period = 1,
		.traces = traces_new(in, want, out),
	};
	bool ok = read_head(&g) && read_lines(&g) && choose(&g) && push(&g);
	traces_delete(g.traces);
	return ok;
}

static enum probe probe_goprofile(struct str head)
{
	struct str name;
	uint64_t total;
	while (head.p != NULL) {
		struct str line = str_trim(reader_cut_line(&head));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		const struct contention *contention = find_contention(line);
		if (contention)
			return contention->sure;
		bool ours = parse_total(line, &name, &total) || is_goroutine(line);
		return ours ? PROBE_SURE : PROBE_NO;
	}
	return PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
};

const struct reader reader_goprofile = {
	.name = "goprofile",
	.title = "text of Go's profiles: block, mutex, goroutine, threadcreate",
	.leaf_first = true,
	.options = READS_RAW_COUNTS | READS_FILES,
	.probe = probe_goprofile,
	.read = read_goprofile,
	.hints = &hints,
};
