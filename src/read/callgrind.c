/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Callgrind and all that writes its format: Cachegrind, Xdebug, go tool pprof -callgrind,
 * converters for KCachegrind.
 *
 *	# callgrind format
 *	version: 1
 *	creator: callgrind-3.19.0
 *	pid: 7366
 *	cmd:  ./c
 *	positions: line
 *	events: Ir Dr
 *	summary: 5090 1020
 *
 *	ob=(1) /tmp/c
 *	fl=(1) /tmp/c.c
 *	fn=(1) main
 *	16 60 20
 *	cfn=(2) work
 *	calls=3 7
 *	+2 5000 1000
 *	fi=(2) /tmp/c.h
 *	4 30
 *
 *	fl=(1)
 *	fn=(2)
 *	...
 *
 * read/callgrind_text.h has the syntax, https://valgrind.org/docs/manual/cl-format.html
 * the meaning.  Costs belong to functions and to calls, all that the called one has done
 * included; model/callgraph.h says which stacks are made of that.
 */
#include "read/reader.h"

#include <inttypes.h>

#include "model/callgraph.h"
#include "read/callgrind_events.h"
#include "read/callgrind_functions.h"
#include "read/callgrind_text.h"

/* All stacks together; those of a perf recording of an hour have as many. */
enum { FRAMES_MAX = 1 << 25 };

struct callgrind {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct callgrind_functions functions;

	struct callgrind_events events;
	struct metrics metrics;
	unsigned event_count;
	int64_t sums[METRICS_MAX], sums_before[METRICS_MAX];     /* of parts before */
	int64_t summary[METRICS_MAX];
	bool has_summary, has_totals;    /* of the part */
	bool has_costs;

	struct callgraph graph;

	int64_t pid, tid;
	uint32_t group;          /* ID_NONE: not yet */
	struct callgrind_text_place place;
	uint32_t object, file, source;       /* source: of the lines */
	uint32_t symbol, self;   /* ID_NONE: none; self: the part, when it is known */
	uint32_t called_object, called_file, called;
	bool has_called_object, has_called_file;
	bool after_calls, after_jump;

	struct buf scratch;
	unsigned event;          /* that is pushed */
};

/* Parts */

static bool is_far(int64_t a, int64_t b)
{
	double difference = (double)a - (double)b;
	return difference > 0.01 * (double)a || -difference > 0.01 * (double)a;
}

static void compare(struct callgrind *c, const char *what, unsigned event, int64_t told,
		    int64_t sum)
{
	buf_clear(&c->scratch);
	buf_addf(&c->scratch, "%s %" PRId64 ", sum %" PRId64,
		 c->metrics.items[event].name.p, told, sum);
	input_warn(c->in, what, buf_str(&c->scratch));
}

/*
 * Profilers may count what comes before the first function in their summary; totals are
 * sums.
 */
static void end_part(struct callgrind *c)
{
	for (unsigned i = 0; i < c->event_count; i++) {
		int64_t sum = c->sums[i] - c->sums_before[i];
		bool is_wanted = c->want->all_metrics || i == c->metrics.chosen;
		if (c->has_summary && !c->has_totals && is_wanted &&
		    is_far(c->summary[i], sum))
			compare(c, "summaries that costs do not add up to", i,
				c->summary[i], sum);
	}
	memcpy(c->sums_before, c->sums, sizeof(c->sums));
	c->has_summary = c->has_totals = false;
}

/* Events */

static bool same_events(struct callgrind *c, const struct callgrind_events *e)
{
	for (unsigned i = 0; i < e->count; i++)
		if (e->count != c->events.count ||
		    !str_eq(e->items[i].name, c->events.items[i].name) ||
		    e->items[i].factor != c->events.items[i].factor)
			return false;
	return true;
}

static bool choose_metric(struct callgrind *c)
{
	for (unsigned i = 0; i < c->events.count; i++) {
		const struct callgrind_event *e = &c->events.items[i];
		metrics_add(&c->metrics, profile_keep(c->profile, e->name),
			    profile_keep(c->profile, e->unit));
	}
	bool ok = reader_choose_metric_here(c->in, &c->metrics, c->want, c->metrics.items[0].name);
	if (ok)
		samples_metrics(c->out, &c->metrics, c->want->all_metrics);
	c->event_count = c->events.count;
	callgraph_init(&c->graph, c->want->all_metrics ? c->event_count : 1);
	return ok;
}

/* Each part tells them again. */
static bool read_events(struct callgrind *c, struct str text)
{
	struct callgrind_events events = c->events;
	if (!callgrind_events_read(&events, c->in, text))
		return false;
	if (c->event_count > 0) {
		end_part(c);
		return same_events(c, &events) ||
		       input_error(c->in, "other events than in the part before");
	}
	for (unsigned i = 0; i < events.count; i++)
		events.items[i].name = profile_keep(c->profile, events.items[i].name);
	c->events = events;
	return choose_metric(c);
}

/* Costs */

static void make_group(struct callgrind *c)
{
	const struct want *w = c->want;
	struct str command = c->profile->title;
	struct str program = str_basename(str_cut(&command, ' '));
	struct group g = {
		.event = profile_event(c->profile, STR(""),
				       c->metrics.items[c->metrics.chosen].unit),
		.comm = want_shows_pid(w) ? profile_text(c->profile, program) : ID_NONE,
		.pid = want_pid(w) ? c->pid : -1, .tid = want_tid(w) ? c->tid : -1,
		.cpu = -1,
	};
	c->group = profile_group(c->profile, &g);
}

static bool scale(struct callgrind *c, int64_t *costs)
{
	for (unsigned i = 0; i < c->event_count; i++)
		if (c->events.items[i].factor > 1 &&
		    __builtin_mul_overflow(costs[i], c->events.items[i].factor, &costs[i]))
			return input_error(c->in, "a cost does not fit in 63 bits");
	return true;
}

static const int64_t *wanted(const struct callgrind *c, const int64_t *costs)
{
	return c->graph.events > 1 ? costs : costs + c->metrics.chosen;
}

static bool fail_sum(struct callgrind *c, unsigned event)
{
	return input_error(c->in, "the sum of %.*s does not fit in 63 bits",
			   STR_ARG(c->metrics.items[event].name));
}

static uint32_t find_function(struct callgrind *c, uint32_t symbol)
{
	return callgrind_functions_find(&c->functions, &c->graph, symbol, c->group);
}

static uint32_t find_spot(struct callgrind *c)
{
	return callgrind_functions_spot(&c->functions, c->symbol, c->source, &c->place);
}

static bool add_self(struct callgrind *c, const int64_t *costs)
{
	for (unsigned i = 0; i < c->event_count; i++)
		if (__builtin_add_overflow(c->sums[i], costs[i], &c->sums[i]))
			return fail_sum(c, i);
	if (c->self == ID_NONE || c->functions.wants_files)
		c->self = callgraph_part(&c->graph, find_function(c, c->symbol),
					 CALLGRAPH_SELF, find_spot(c));
	return callgraph_add(&c->graph, c->self, wanted(c, costs));
}

static bool add_call(struct callgrind *c, const int64_t *costs)
{
	uint32_t owner = find_function(c, c->symbol);
	uint32_t callee = find_function(c, c->called);
	uint32_t part = callgraph_part(&c->graph, owner, callee, find_spot(c));
	c->after_calls = false;
	c->has_called_file = c->has_called_object = false;
	c->called = ID_NONE;
	return callgraph_add(&c->graph, part, wanted(c, costs)) ||
	       fail_sum(c, c->metrics.chosen);
}

static bool read_cost_line(struct callgrind *c, struct str line)
{
	unsigned count;
	int64_t costs[METRICS_MAX];
	if (c->event_count == 0)
		return input_error(c->in, "costs before the events are told");
	if (!callgrind_text_place(c->in, &line, &c->place))
		return false;
	if (c->after_jump) {
		c->after_jump = false;
		return true;
	}
	if (c->symbol == ID_NONE)
		return input_error(c->in, "costs without a function");
	if (!callgrind_text_costs(c->in, line, c->event_count, costs, &count) ||
	    !scale(c, costs))
		return false;
	if (c->group == ID_NONE)
		make_group(c);
	c->has_costs = true;
	return c->after_calls ? add_call(c, costs) : add_self(c, costs);
}

/* Header lines */

static bool read_totals(struct callgrind *c, struct str text)
{
	unsigned count;
	int64_t totals[METRICS_MAX];
	if (!callgrind_text_costs(c->in, text, c->event_count, totals, &count) ||
	    !scale(c, totals))
		return false;
	for (unsigned i = 0; i < count; i++) {
		int64_t sum = c->sums[i] - c->sums_before[i];
		if (totals[i] != sum)
			compare(c, "totals that costs do not add up to", i, totals[i], sum);
	}
	c->has_totals = true;
	return true;
}

static bool read_summary(struct callgrind *c, struct str text)
{
	unsigned count;
	c->has_summary = true;
	return callgrind_text_costs(c->in, text, c->event_count, c->summary, &count) &&
	       scale(c, c->summary);
}

/* Another file behind the one before, whose numbers mean other names. */
static void begin_file(struct callgrind *c)
{
	if (!c->has_costs)
		return;
	end_part(c);
	callgrind_functions_forget(&c->functions);
	c->object = c->file = c->source = c->symbol = c->self = ID_NONE;
}

static bool read_id(struct callgrind *c, struct str text, int64_t *id)
{
	c->group = c->self = ID_NONE;
	return callgrind_text_number(c->in, text, id);
}

static void read_command(struct callgrind *c, struct str text)
{
	if (c->profile->title.n == 0)
		c->profile->title = profile_keep(c->profile, text);
}

/* Body lines */

static bool begin_function(struct callgrind *c, struct str text)
{
	c->source = c->file;
	c->self = ID_NONE;
	return callgrind_functions_symbol(&c->functions, text, c->file, c->object, &c->symbol);
}

static bool read_called(struct callgrind *c, struct str text, uint32_t *called)
{
	uint32_t file = c->has_called_file ? c->called_file : c->source;
	uint32_t object = c->has_called_object ? c->called_object : c->object;
	return callgrind_functions_symbol(&c->functions, text, file, object, called);
}

static bool read_jump_target(struct callgrind *c, struct str text)
{
	uint32_t unused;
	return callgrind_functions_symbol(&c->functions, text, c->source, c->object, &unused);
}

static bool read_calls(struct callgrind *c)
{
	c->after_calls = true;
	return c->called != ID_NONE ||
	       input_error(c->in, "calls of no function");
}

static bool read_file(struct callgrind *c, struct str text)
{
	bool ok = callgrind_functions_file(&c->functions, text, &c->file);
	c->source = c->file;
	return ok;
}

static bool read_key(struct callgrind *c, enum callgrind_text_key key, struct str text)
{
	uint32_t unused;
	switch (key) {
	case CALLGRIND_COSTS: return read_cost_line(c, text);
	case CALLGRIND_CALLS: return read_calls(c);
	case CALLGRIND_CFN: return read_called(c, text, &c->called);
	case CALLGRIND_FN: return begin_function(c, text);
	case CALLGRIND_CFI:
		c->has_called_file = true;
		return callgrind_functions_file(&c->functions, text, &c->called_file);
	case CALLGRIND_FI: return callgrind_functions_file(&c->functions, text, &c->source);
	case CALLGRIND_FL: return read_file(c, text);
	case CALLGRIND_COB:
		c->has_called_object = true;
		return callgrind_functions_object(&c->functions, text, &c->called_object);
	case CALLGRIND_OB: return callgrind_functions_object(&c->functions, text, &c->object);
	case CALLGRIND_JUMP: c->after_jump = true; break;
	case CALLGRIND_JFI: return callgrind_functions_file(&c->functions, text, &unused);
	case CALLGRIND_JFN: return read_jump_target(c, text);
	case CALLGRIND_EVENTS: return read_events(c, text);
	case CALLGRIND_EVENT: callgrind_events_describe(&c->events, c->in, text); break;
	case CALLGRIND_POSITIONS: return callgrind_text_positions(c->in, text, &c->place);
	case CALLGRIND_SUMMARY: return read_summary(c, text);
	case CALLGRIND_TOTALS: return read_totals(c, text);
	case CALLGRIND_VERSION: begin_file(c); break;
	case CALLGRIND_CREATOR:
		c->functions.is_callgrinds = str_starts(text, STR("callgrind"));
		break;
	case CALLGRIND_COMMAND: read_command(c, text); break;
	case CALLGRIND_PID: return read_id(c, text, &c->pid);
	case CALLGRIND_THREAD: return read_id(c, text, &c->tid);
	case CALLGRIND_REMARK: break;
	case CALLGRIND_UNKNOWN: input_warn(c->in, READER_NOT_UNDERSTOOD, text); break;
	}
	return true;
}

static bool read_lines(struct callgrind *c)
{
	struct str line;
	while (input_line(c->in, &line)) {
		bool is_cut = !str_ends(c->in->raw, STR("\n"));
		struct str all = line;
		enum callgrind_text_key key = callgrind_text_key(&line);
		if (is_cut)
			input_warn(c->in, "lines that may be cut off at the end", all);
		/* A part of a name is another one, a part of a number may be all of it. */
		if (is_cut && key != CALLGRIND_COSTS)
			break;
		if (c->after_calls && key != CALLGRIND_COSTS && key != CALLGRIND_REMARK)
			return input_error(c->in, "calls without a line of costs");
		if (!read_key(c, key, line))
			return false;
	}
	return !c->in->failed;
}

/* Stacks */

static void push_stack(void *context, uint32_t leaf, const uint32_t *spots, uint32_t depth,
		       int64_t value)
{
	struct callgrind *c = context;
	int64_t values[METRICS_MAX] = { 0 };
	for (uint32_t i = 0; i < depth; i++) {
		uint32_t n;
		const uint32_t *frames =
			callgrind_functions_frames(&c->functions, spots[i], &n);
		sample_push_all(c->out, frames, 0, n);
	}
	values[c->event] = value;
	sample_end_metrics(c->out, c->functions.group_of[leaf], values);
}

static void tell(struct callgrind *c, const char *what, int64_t amount, int64_t total)
{
	buf_clear(&c->scratch);
	buf_addf(&c->scratch, "%" PRId64 " of %" PRId64 " %s", amount, total,
		 c->metrics.items[c->event].name.p);
	input_warn(c->in, what, buf_str(&c->scratch));
}

static void report(struct callgrind *c, const struct callgraph_report *r)
{
	if (r->torn > 0)
		tell(c, "cycles of calls cut open, being too many", r->torn, r->total);
	if (r->rootless > 0)
		tell(c, "callers left out, stacks being too many", r->rootless, r->total);
	if (r->excess > 0 && is_far(r->total, r->total - r->excess))
		tell(c, "calls that cost more than what they called", r->excess, r->total);
}

static void push_stacks(struct callgrind *c)
{
	unsigned events = c->graph.events;
	for (unsigned i = 0; i < events; i++) {
		struct callgraph_report r;
		c->event = events > 1 ? i : c->metrics.chosen;
		callgraph_expand(&c->graph, i, FRAMES_MAX / events, push_stack, c, &r);
		report(c, &r);
	}
}

static bool finish(struct callgrind *c)
{
	if (c->event_count == 0)
		return input_fail(c->in, "there are no events");
	if (c->functions.is_callgrinds && !c->has_totals)
		input_warn(c->in, "no totals: the file was cut off", STR(""));
	end_part(c);
	for (unsigned i = 0; i < c->event_count; i++)
		metrics_sum(&c->metrics, i, c->sums[i]);
	if (c->group == ID_NONE)
		make_group(c);
	push_stacks(c);
	return reader_end_metrics(c->in, c->profile, &c->metrics);
}

static bool read_callgrind(struct input *in, const struct want *want, struct samples *out)
{
	struct callgrind c = {
		.in = in, .want = want, .out = out, .profile = out->profile,
		.pid = -1, .tid = -1, .group = ID_NONE, .place = { .has_line = true },
		.object = ID_NONE, .file = ID_NONE, .source = ID_NONE, .symbol = ID_NONE,
		.self = ID_NONE, .called = ID_NONE,
	};
	callgrind_functions_init(&c.functions, in, c.profile, want);
	bool ok = read_lines(&c) && finish(&c);
	callgrind_functions_free(&c.functions);
	callgraph_free(&c.graph);
	buf_free(&c.scratch);
	return ok && !in->failed;
}

/*
 * "# callgrind format" need not stand there; then all lines up to "events:" are those of
 * a header.
 */
static enum probe probe_callgrind(struct str head)
{
	struct str line = str_cut(&head, '\n');
	if (str_starts(line, STR("# callgrind format"))) {
		struct str start = head.n > 4096 ? str_head(head, 4096) : head;
		return str_find(start, STR("\ncreator: xtree")) >= 0 ? PROBE_NO : PROBE_SURE;
	}
	for (; head.n > 0; line = str_cut(&head, '\n')) {
		enum callgrind_text_key key = callgrind_text_key(&line);
		if (key == CALLGRIND_EVENTS)
			return line.n > 0 ? PROBE_SURE : PROBE_NO;
		if (key < CALLGRIND_EVENTS || key == CALLGRIND_UNKNOWN)
			return PROBE_NO;
	}
	return PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines; build the program with -g",
	.quality = {
		.unknown = "install debug symbols",
		.no_chains = "Cachegrind knows no calls, Callgrind does",
	},
};

const struct reader reader_callgrind = {
	.name = "callgrind",
	.title = "costs of Callgrind, Cachegrind, Xdebug and others for KCachegrind",
	.leaf_first = true,
	.probe = probe_callgrind,
	.read = read_callgrind,
	.hints = &hints,
};
