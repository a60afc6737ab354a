/* SPDX-License-Identifier: Apache-2.0 */

/*
 * heaptrack, as "heaptrack -r" records it, and as heaptrack_interpret makes it of that:
 *
 *	v 10400 3                                        v 10400 3
 *	x 1d /opt/dem/data/mem/bin/memdemo               X ../bin/memdemo
 *	X ../bin/memdemo                                 I 1000 5e298f
 *	I 1000 5e298f                                    s 1d /opt/dem/data/mem/bin/memdemo
 *	m 1 -                                            s 4 main
 *	m 1 x 55f95e512000 0 8e0 1000 94d                s 9 memdemo.c
 *	t 55f95e513381 0                                 i 55f95e513381 1 2 3 c8
 *	t 55f95e513117 1                                 t 1 0
 *	+ 40 2 55f98e91b1d0                              a 40 2
 *	- 55f98e91b1d0                                   + 0
 *	c a                                              - 0
 *	R 4a3                                            c a
 *
 * https://invent.kde.org/sdk/heaptrack, src/track/libheaptrack.cpp and
 * src/interpret/heaptrack_interpret.cpp.  Every line is a record, its letter tells of
 * what; numbers are hexadecimal.  heaptrack_events.h has allocations, heaptrack_traces.h
 * stacks, heaptrack_modules.h and heaptrack_names.h what these are made of.  "c" is the
 * time in ms, every 10 ms: what follows happened after it.
 *
 * Versions: 0 has addresses in interpreted files, too, and no "a"; up to 2 texts have no
 * length in front, and addresses are where functions return to; 3 is the one above.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "read/heaptrack_events.h"
#include "read/heaptrack_traces.h"
#include "read/suppress.h"

/* Each suppression is compared with each name. */
enum { VERSION_MAX = 3, OLD_VERSION_1 = 0x10200, SUPPRESSIONS_MAX = 1000 };

/* Stamps; two years. */
#define TIME_MAX (INT64_C(1) << 36)

static const int64_t ns_per_ms = 1000000;

/* Known leaks of the C library and of GLib, which are none. */
static const char *const built_in[] = {
	"__nss_module_allocate", "__gconv_read_conf", "__new_exitfn", "tzset_internal",
	"dl_open_worker", "g_main_context_new", "g_thread_self",
};

static const struct {
	enum heaptrack_cost cost;
	struct str name, unit;
} listed[] = {
	{ COST_PEAK, STR("peak"), STR("bytes") },
	{ COST_PEAK_BLOCKS, STR("peak-blocks"), STR("blocks") },
	{ COST_TOTAL, STR("total"), STR("bytes") },
	{ COST_BLOCKS, STR("blocks"), STR("blocks") },
	{ COST_LEAKED, STR("leaked"), STR("bytes") },
	{ COST_LEAKED_BLOCKS, STR("leaked-blocks"), STR("blocks") },
	{ COST_LIVE, STR("live"), STR("bytes") },
	{ COST_LIVE_BLOCKS, STR("live-blocks"), STR("blocks") },
	{ COST_SUPPRESSED, STR("suppressed"), STR("bytes") },
	{ COST_SUPPRESSED_BLOCKS, STR("suppressed-blocks"), STR("blocks") },
	{ COST_TEMPORARY, STR("temporary"), STR("blocks") },
	{ COST_TEMPORARY_BYTES, STR("temporary-bytes"), STR("bytes") },
	{ COST_TEMPORARY_BY_INDEX, STR("temporary-by-index"), STR("blocks") },
	{ COST_LIFETIME, STR("lifetime"), STR("ms") },
	{ COST_GROWTH, STR("growth"), STR("bytes") },
	{ COST_GROWTH_BLOCKS, STR("growth-blocks"), STR("blocks") },
};

struct heaptrack {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;

	bool has_version;
	unsigned version;
	bool is_interpreted;     /* traces.is_raw: the other kind; neither: not known yet */
	bool in_command;         /* the last record was "X", or more of it */
	bool has_begun;          /* what is wanted is known, events are counted */
	bool before_window, is_over;
	int64_t now;             /* ms */

	struct metrics metrics;
	enum heaptrack_cost cost_of[METRICS_MAX];
	struct heaptrack_costs costs;
	struct heaptrack_events events;
	struct heaptrack_traces traces;
	struct suppressions suppressions;
	unsigned own_suppressions;       /* of the recording */
};

/* What is wanted */

static bool has_addresses(const struct heaptrack *h)
{
	return h->traces.is_raw || h->version == 0;
}

static bool has_cost(const struct heaptrack *h, enum heaptrack_cost cost)
{
	const struct want_window *window = &h->want->window;
	if (cost == COST_GROWTH || cost == COST_GROWTH_BLOCKS)
		return window->is_set && (has_addresses(h) || window->from == 0);
	return cost != COST_TEMPORARY_BY_INDEX || has_addresses(h);
}

static bool fail_metric(struct heaptrack *h, struct buf *why)
{
	struct str asked = h->want->metric;
	if (!str_starts(asked, STR("growth")))
		return input_error(h->in, "%s", buf_cstr(why));
	if (!h->want->window.is_set)
		return input_error(h->in, "growth is that from one time to another: say "
				  "--time=A,B");
	return input_error(h->in, "interpreted files do not tell which block was freed: "
			  "for growth record with heaptrack -r");
}

static bool choose_metric(struct heaptrack *h)
{
	struct buf why = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(listed); i++)
		if (has_cost(h, listed[i].cost))
			h->cost_of[metrics_add(&h->metrics, listed[i].name,
					       listed[i].unit)] = listed[i].cost;
	bool ok = metrics_choose(&h->metrics, h->want, STR("peak"), &why) ||
		  fail_metric(h, &why);
	buf_free(&why);
	return ok;
}

/* Before the first event, when all is known that tells how to count. */
static bool begin(struct heaptrack *h)
{
	if (h->has_begun)
		return true;
	if (!choose_metric(h))
		return false;
	h->has_begun = true;
	h->events.has_addresses = has_addresses(h);
	h->before_window = h->want->window.is_set && h->want->window.from > 0;
	heaptrack_costs_choose(&h->costs, h->cost_of[h->metrics.chosen],
			       !h->before_window);
	return true;
}

/* Records */

static bool read_version(struct heaptrack *h, struct str rest)
{
	uint64_t program, version = 0;
	if (h->has_version)
		return input_error(h->in, "a second recording begins");
	if (!num_hex(str_cut(&rest, ' '), &program) ||
	    (rest.n && !num_hex(str_cut(&rest, ' '), &version)))
		return input_error(h->in, "the version is no number");
	if (rest.p == NULL && version == 0 && program == OLD_VERSION_1)
		version = 1;
	if (version > VERSION_MAX)
		return input_error(h->in, "version %" PRIu64 " of heaptrack's format is not "
				   "known, 0 to %d are", version, VERSION_MAX);
	h->has_version = true;
	h->version = (unsigned)version;
	h->traces.names.are_sized = h->traces.modules.are_sized = version > 2;
	return true;
}

static bool read_suppression(struct heaptrack *h, struct str rest)
{
	uint64_t size;
	struct str text = rest;
	if (num_hex(str_cut(&text, ' '), &size) && size == text.n)
		rest = text;
	if (h->want->no_suppressions)
		return true;
	if (h->own_suppressions++ == SUPPRESSIONS_MAX)
		return input_error(h->in, "more than %d suppressions; --no-suppressions "
				   "leaves them out", SUPPRESSIONS_MAX);
	if (!suppressions_add_line(&h->suppressions, rest))
		input_warn(h->in, "suppressions not understood", rest);
	return true;
}

static bool read_info(struct heaptrack *h, struct str rest)
{
	uint64_t size, trace;
	rest = str_trim(rest);
	if (!num_hex(str_cut(&rest, ' '), &size) ||
	    !num_hex(str_cut(&rest, ' '), &trace) || rest.n)
		return input_error(h->in, "numbers are wrong or missing");
	if (size > HEAPTRACK_SIZE_MAX)
		return input_error(h->in, "a block of 0x%" PRIx64 " bytes", size);
	if (trace > h->traces.count)
		return input_error(h->in, "there is no trace 0x%" PRIx64 " yet", trace);
	if (h->events.info_count == INT32_MAX)
		return input_error(h->in, "too many kinds of allocations");
	heaptrack_events_add_info(&h->events, (int64_t)size, (uint32_t)trace);
	return true;
}

static bool look_at_time(struct heaptrack *h, int64_t ms)
{
	const struct want_window *window = &h->want->window;
	int64_t ns = ms * ns_per_ms;
	timeline_add(&h->profile->timeline, (uint64_t)ms, h->costs.most);
	h->costs.most = h->costs.sums[COST_LIVE];
	h->now = ms;
	if (!heaptrack_costs_time(&h->costs, ms))
		return input_error(h->in, "the time is too large for so many blocks");
	if (h->before_window && ns >= window->from) {
		heaptrack_costs_begin(&h->costs);
		h->before_window = false;
	}
	h->is_over = window->is_set && ns >= window->to;
	return true;
}

static bool read_time(struct heaptrack *h, struct str rest)
{
	uint64_t ms;
	if (!num_hex(str_trim(rest), &ms) || ms > TIME_MAX)
		return input_error(h->in, "the time is no number or too large");
	if (!begin(h))
		return false;
	if ((int64_t)ms >= h->now)
		return look_at_time(h, (int64_t)ms);
	input_warn(h->in, "times before the last one", rest);
	return true;
}

static bool read_command(struct heaptrack *h, struct str rest)
{
	h->in_command = true;
	if (h->profile->title.n == 0)
		h->profile->title = profile_keep(h->profile, str_trim(rest));
	return true;
}

static bool read_trace(struct heaptrack *h, struct str rest)
{
	/* Before version 3 an address is where the function returns to. */
	if (!heaptrack_traces_add(&h->traces, rest, h->version < 3))
		return false;
	heaptrack_events_add_trace(&h->events);
	return true;
}

/* Whether the record is of the kind of file that this one is. */
static bool check_kind(struct heaptrack *h, char letter)
{
	bool is_raw = letter == 'x' || letter == 'm';
	bool is_interpreted = letter == 's' || letter == 'i' || letter == 'a';
	h->traces.is_raw |= is_raw && !h->is_interpreted;
	h->is_interpreted |= is_interpreted && !h->traces.is_raw;
	if (is_raw ? !h->is_interpreted : !is_interpreted || !h->traces.is_raw)
		return true;
	return input_error(h->in, "'%c' is of %s files, what came before is of the other "
			   "kind", letter, is_raw ? "raw" : "interpreted");
}

static bool read_record(struct heaptrack *h, char letter, struct str line, struct str rest)
{
	if (!h->has_version && letter != 'v')
		return input_error(h->in, "there is no version, which a recording begins "
				   "with");
	if (!check_kind(h, letter))
		return false;
	switch (letter) {
	case '+':
	case '-': return begin(h) && heaptrack_events_line(&h->events, line);
	case 'v': return read_version(h, rest);
	case 'X': return read_command(h, rest);
	case 'x': return heaptrack_modules_set_program(&h->traces.modules, rest);
	case 'm': return heaptrack_modules_add(&h->traces.modules, rest);
	case 's': return heaptrack_names_add_string(&h->traces.names, rest);
	case 'i': return heaptrack_names_add_place(&h->traces.names, rest);
	case 't': return read_trace(h, rest);
	case 'a': return read_info(h, rest);
	case 'S': return read_suppression(h, rest);
	case 'c': return read_time(h, rest);
	default: return true;    /* A: it was attached; I, R: memory of the machine, pages */
	}
}

/* A command may hold line ends. */
static bool read_line(struct heaptrack *h, struct str line)
{
	if (line.n == 0 || line.p[0] == '#')
		return true;
	bool is_record = strchr("vXxISAmtsia+-cR", line.p[0]) != NULL &&
			 line.p[0] != '\0' && (line.n == 1 || line.p[1] == ' ');
	if (is_record) {
		h->in_command = false;
		return read_record(h, line.p[0], line, str_skip(line, line.n > 1 ? 2 : 1));
	}
	if (!h->in_command)
		input_warn(h->in, READER_NOT_UNDERSTOOD, line);
	return true;
}

/* The recording */

/* A program or a recorder that was killed leaves half a line, which may look whole. */
static void warn_of_cut(struct heaptrack *h, struct str line)
{
	if (line.n)
		input_warn(h->in, "last line without its end, left out", line);
	if (h->in->cut)
		input_warn(h->in, "compressed data that ends early, read up to there",
			   STR(""));
}

static bool read_lines(struct heaptrack *h)
{
	struct input *in = h->in;
	struct str line = STR("");
	while (!h->is_over) {
		if (h->has_begun && !heaptrack_events_take(&h->events))
			return false;
		if (!input_line(in, &line)) {
			line = STR("");
			break;
		}
		if (!str_ends(in->raw, STR("\n")))
			break;
		if (!read_line(h, line))
			return false;
	}
	if (!h->is_over)
		warn_of_cut(h, line);
	return !in->failed;
}

/* The value of the chosen metric, or of all where they are wanted; false when all are 0. */
static bool find_values(const struct heaptrack *h, uint32_t cost, bool suppressed,
			int64_t values[METRICS_MAX])
{
	bool has_any = false;
	for (unsigned m = 0; m < h->metrics.count; m++) {
		if (m != h->metrics.chosen && !h->want->all_metrics)
			continue;
		values[m] = heaptrack_costs_value(&h->costs, cost, h->cost_of[m], suppressed);
		has_any |= values[m] != 0;
	}
	return has_any;
}

static void push_stacks(struct heaptrack *h, const bool *suppressed)
{
	samples_metrics(h->out, &h->metrics, h->want->all_metrics);
	uint32_t group = reader_group(h->profile, STR(""), &h->metrics);
	for (uint32_t i = 0; i < h->costs.count; i++) {
		int64_t values[METRICS_MAX] = { 0 };
		if (!find_values(h, i, suppressed[i], values))
			continue;
		heaptrack_traces_push(&h->traces, h->out, h->costs.items[i].trace);
		sample_end_metrics(h->out, group, values);
	}
}

static void count_stacks(struct heaptrack *h)
{
	struct heaptrack_costs *c = &h->costs;
	bool *suppressed = xcalloc(c->count, sizeof(*suppressed));
	heaptrack_names_end(&h->traces.names);
	heaptrack_traces_suppress(&h->traces, &h->suppressions);
	for (uint32_t i = 0; i < c->count; i++)
		suppressed[i] = heaptrack_traces_is_suppressed(&h->traces,
							       c->items[i].trace);
	heaptrack_costs_end(c, suppressed);
	for (unsigned m = 0; m < h->metrics.count; m++)
		metrics_sum(&h->metrics, m, c->sums[h->cost_of[m]]);
	push_stacks(h, suppressed);
	free(suppressed);
}

static bool finish(struct heaptrack *h)
{
	if (!h->has_version)
		return input_fail(h->in, "holds no whole line of a recording");
	if (!begin(h))
		return false;
	if (h->before_window)
		return input_fail(h->in, "the recording ends after %" PRId64 " ms, before the "
				  "window begins", h->now);
	if (h->costs.most > h->costs.sums[COST_LIVE] || h->profile->timeline.count == 0)
		timeline_add(&h->profile->timeline, (uint64_t)h->now, h->costs.most);
	h->profile->timeline.unit = STR("ms");
	count_stacks(h);
	return reader_end_metrics(h->in, h->profile, &h->metrics);
}

static bool load_suppressions(struct heaptrack *h)
{
	for (size_t i = 0; !h->want->no_suppressions && i < ARRAY_SIZE(built_in); i++)
		suppressions_add(&h->suppressions, str_of(built_in[i]));
	return suppress_load(&h->suppressions, h->in, h->want);
}

static bool read_heaptrack(struct input *in, const struct want *want, struct samples *out)
{
	struct heaptrack h = {
		.in = in, .want = want, .out = out, .profile = out->profile,
	};
	in->may_be_cut = true;
	if (want->all_metrics)
		heaptrack_costs_keep_all(&h.costs);
	heaptrack_traces_init(&h.traces, in, h.profile, want);
	heaptrack_events_init(&h.events, in, &h.costs);
	bool ok = load_suppressions(&h) && read_lines(&h) && finish(&h);
	heaptrack_events_free(&h.events);
	heaptrack_traces_free(&h.traces);
	heaptrack_costs_free(&h.costs);
	suppressions_free(&h.suppressions);
	return ok && !in->failed;
}

/* "v 10400 3", and a record behind it. */
static enum probe probe_heaptrack(struct str head)
{
	struct str line = str_cut(&head, '\n');
	uint64_t number;
	if (!str_starts(line, STR("v ")))
		return PROBE_NO;
	line = str_trim(str_skip(line, 2));
	if (!num_hex(str_cut(&line, ' '), &number) || number < 0x10000 ||
	    (line.n && !num_hex(line, &number)))
		return PROBE_NO;
	if (head.n < 2)
		return PROBE_LIKELY;
	return strchr("XxISAmtsia+-cR#", head.p[0]) && head.p[0] ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines; build the program with -g",
	.quality = {
		.unknown = "install debug symbols, or tell where the files are with "
			   "--sysroot or --map",
	},
};

const struct reader reader_heaptrack = {
	.name = "heaptrack",
	.title = "recordings of heaptrack, raw or interpreted",
	.leaf_first = true,
	.options = READS_WINDOW | READS_SUPPRESSIONS | READS_FILES,
	.probe = probe_heaptrack,
	.read = read_heaptrack,
	.hints = &hints,
};
