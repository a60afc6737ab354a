/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The trace event format of Chrome, which many other programs write:
 *
 *	{"traceEvents":[
 *	 {"ph":"X","pid":1,"tid":2,"ts":100.5,"dur":20,"name":"RunTask","args":{}},
 *	 {"ph":"B","pid":1,"tid":2,"ts":130,"name":"MinorGC"},
 *	 {"ph":"E","pid":1,"tid":2,"ts":131},
 *	 {"ph":"M","pid":1,"tid":2,"ts":0,"name":"thread_name","args":{"name":"Main"}},
 *	 {"ph":"P","pid":1,"tid":2,"ts":99,"name":"Profile","id":"0x1",
 *	  "args":{"data":{"startTime":99}}},
 *	 {"ph":"P","pid":1,"tid":5,"ts":200,"name":"ProfileChunk","id":"0x1",
 *	  "args":{"data":{"cpuProfile":{"nodes":[...],"samples":[...]},
 *	   "timeDeltas":[...]}}}]}
 *
 * or the array alone, which then may lack its end.
 *
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 *
 * Calls of a thread (B, E and X) become stacks; so do profiles of V8, which are in such
 * traces where DevTools have recorded them: v8profile.h.  chrome_lanes keeps the calls.
 * The members of an event come in any order, mostly args first, so what may be a piece of
 * a profile is read before it is known to be one.
 */
#include "read/reader.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "read/chrome_sessions.h"
#include "read/chrome_stacks.h"

/* Members of an event. */
enum member {
	PHASE, NAME, TIME, SPAN, PID, TID, ID, ARGS, OTHER,
};

/* What is counted and left out. */
enum left_out { ASYNC, INSTANT, FLOW, COUNTER, REST, TOTALS, LEFT_OUT };

struct trace {
	struct input *in;
	struct json *json;
	const struct want *want;
	struct samples *out;
	struct chrome_lanes lanes;

	struct trace_event {
		char phase;
		uint32_t name;           /* in lanes.names */
		int64_t time, span;      /* ns */
		int64_t pid, tid;
		uint64_t id;             /* hash of its text */
		bool has_time, has_span, is_total;
		uint32_t arg_name;       /* args.name */
	} event;
	struct buf detail;               /* args.detail */

	/* Profiles of V8. */
	struct v8frames frames;
	struct v8chunk chunk;            /* args.data, of this event */
	struct chrome_sessions sessions;
	struct chrome_stacks stacks;     /* samples beside the events */

	uint64_t left_out[LEFT_OUT];
	uint64_t timeless;               /* calls without a time */
	bool in_event;
	struct buf scratch;

	struct calltree tree;            /* of samples */
	struct calls calls;
	struct metrics metrics;
};

/* The arguments of an event */

static bool read_detail(struct trace *t)
{
	if (json_next(t->json) != JSON_STRING)
		return json_skip(t->json);
	buf_add(&t->detail, t->json->text);
	return true;
}

/* Of a profile, whose members stand in two places: args.data and cpuProfile in it. */
static bool read_profile(struct trace *t)
{
	struct json *j = t->json;
	if (json_next(j) != JSON_OBJECT)
		return json_skip(j);
	while (json_next(j) == JSON_KEY)
		if (!v8chunk_member(&t->chunk, &t->frames, j))
			return false;
	return j->kind == JSON_OBJECT_END;
}

static bool read_data(struct trace *t)
{
	struct json *j = t->json;
	if (json_next(j) != JSON_OBJECT)
		return json_skip(j);
	while (json_next(j) == JSON_KEY) {
		bool is_chunk = str_eq(j->text, STR("timeDeltas")) ||
				str_eq(j->text, STR("startTime")) ||
				str_eq(j->text, STR("endTime"));
		bool ok = str_eq(j->text, STR("cpuProfile")) ? read_profile(t) :
			  is_chunk ? v8chunk_member(&t->chunk, &t->frames, j) :
				     json_skip(j);
		if (!ok)
			return false;
	}
	return j->kind == JSON_OBJECT_END;
}

static bool read_arg_name(struct trace *t)
{
	if (json_next(t->json) != JSON_STRING)
		return json_skip(t->json);
	t->event.arg_name = intern(&t->lanes.names, t->json->text);
	return true;
}

static bool read_args(struct trace *t)
{
	struct json *j = t->json;
	if (json_next(j) != JSON_OBJECT)
		return json_skip(j);
	while (json_next(j) == JSON_KEY) {
		t->event.is_total |= str_eq(j->text, STR("avg ms"));
		bool ok = str_eq(j->text, STR("data")) ? read_data(t) :
			  str_eq(j->text, STR("name")) ? read_arg_name(t) :
			  str_eq(j->text, STR("detail")) ? read_detail(t) :
							   json_skip(j);
		if (!ok)
			return false;
	}
	return j->kind == JSON_OBJECT_END;
}

/* The members of an event */

static enum member find_member(struct str key)
{
	static const struct {
		struct str key;
		enum member member;
	} members[] = {
		{ STR("ph"), PHASE }, { STR("name"), NAME }, { STR("ts"), TIME },
		{ STR("dur"), SPAN }, { STR("pid"), PID }, { STR("tid"), TID },
		{ STR("id"), ID }, { STR("args"), ARGS },
	};
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (str_eq(members[i].key, key))
			return members[i].member;
	return OTHER;
}

/* Some programs write numbers as text. */
static bool read_time(struct trace *t, int64_t *time, bool *is_told)
{
	struct json *j = t->json;
	enum json_kind kind = json_next(j);
	*is_told = kind == JSON_NUMBER || kind == JSON_STRING;
	return *is_told ? json_scaled(j, 3, time) : json_skip(j);
}

static bool read_phase(struct trace *t)
{
	if (json_next(t->json) != JSON_STRING)
		return json_skip(t->json);
	t->event.phase = t->json->text.n == 1 ? t->json->text.p[0] : '?';
	return true;
}

static bool read_name(struct trace *t)
{
	if (json_next(t->json) != JSON_STRING)
		return json_skip(t->json);
	t->event.name = intern(&t->lanes.names, t->json->text);
	return true;
}

static bool read_id(struct trace *t)
{
	enum json_kind kind = json_next(t->json);
	if (kind != JSON_NUMBER && kind != JSON_STRING)
		return json_skip(t->json);
	t->event.id = hash_str(t->json->text);
	return true;
}

static bool read_member(struct trace *t)
{
	struct trace_event *e = &t->event;
	switch (find_member(t->json->text)) {
	case PHASE: return read_phase(t);
	case NAME: return read_name(t);
	case TIME: return read_time(t, &e->time, &e->has_time);
	case SPAN: return read_time(t, &e->span, &e->has_span);
	case PID: return chrome_stacks_id(&t->lanes, t->json, &e->pid);
	case TID: return chrome_stacks_id(&t->lanes, t->json, &e->tid);
	case ID: return read_id(t);
	case ARGS: return read_args(t);
	case OTHER: break;
	}
	return json_skip(t->json);
}

/* Profiles of V8 */

static bool wants_each(const struct trace *t)
{
	return t->want->in_order || t->want->times;
}

static bool is_named(const struct trace *t, struct str name)
{
	return t->event.name != ID_NONE &&
	       str_eq(intern_text(&t->lanes.names, t->event.name), name);
}

/* A whole one, the begin of one, or a chunk, which another thread writes. */
static bool add_profile(struct trace *t, uint32_t lane)
{
	const struct trace_event *e = &t->event;
	struct v8profile *p = NULL;
	if (is_named(t, STR("ProfileChunk")))
		p = chrome_sessions_find(&t->sessions, e->pid, e->id);
	if (p == NULL)
		p = chrome_sessions_add(&t->sessions, e->pid, e->id, lane, wants_each(t));
	return v8profile_add(p, &t->chunk, t->json);
}

static bool is_profile(const struct trace *t)
{
	return is_named(t, STR("Profile")) || is_named(t, STR("ProfileChunk")) ||
	       (is_named(t, STR("CpuProfile")) && t->chunk.has_nodes);
}

/* Events */

static void add_name(struct trace *t, uint32_t lane)
{
	if (t->event.arg_name == ID_NONE)
		return;
	if (is_named(t, STR("thread_name")))
		t->lanes.items[lane].name = t->event.arg_name;
	else if (is_named(t, STR("process_name")))
		chrome_lanes_name_process(&t->lanes, t->event.pid, t->event.arg_name);
}

/* "Source: /usr/include/stdio.h", as clang -ftime-trace tells what it was about. */
static uint32_t detailed_name(struct trace *t)
{
	if (t->detail.n == 0 || t->event.name == ID_NONE)
		return t->event.name;
	buf_clear(&t->scratch);
	buf_add(&t->scratch, intern_text(&t->lanes.names, t->event.name));
	buf_add(&t->scratch, STR(": "));
	buf_add(&t->scratch, buf_str(&t->detail));
	return intern(&t->lanes.names, buf_str(&t->scratch));
}

/* clang's sums over all files, each in a thread that there is not. */
static bool is_total(const struct trace *t)
{
	return t->event.is_total && t->event.name != ID_NONE &&
	       str_starts(intern_text(&t->lanes.names, t->event.name), STR("Total "));
}

static bool add_call(struct trace *t, uint32_t lane)
{
	const struct trace_event *e = &t->event;
	if (!e->has_time || (e->phase == 'X' && e->span < 0))
		t->timeless++;
	else if (e->phase == 'X' && is_total(t))
		t->left_out[TOTALS]++;
	else if (e->phase == 'X' && e->has_span)
		chrome_lanes_span(&t->lanes, lane, e->time, e->span, detailed_name(t));
	else
		chrome_lanes_mark(&t->lanes, lane, e->time,
				  e->phase == 'E' ? CHROME_LEAVE : CHROME_ENTER, e->name);
	return true;
}

static enum left_out kind_of(char phase)
{
	return strchr("benSTpF", phase) ? ASYNC :
	       strchr("iIR", phase) ? INSTANT :
	       strchr("stf", phase) ? FLOW :
	       phase == 'C' ? COUNTER : REST;
}

static bool end_event(struct trace *t)
{
	const struct trace_event *e = &t->event;
	if (e->phase == '\0')
		return true;
	bool is_call = e->phase == 'B' || e->phase == 'E' || e->phase == 'X';
	if (!is_call && e->phase != 'M' && !is_profile(t)) {
		t->left_out[kind_of(e->phase)]++;
		return true;
	}
	uint32_t lane = chrome_lanes_find(&t->lanes, e->pid, e->tid);
	if (lane == ID_NONE)
		return json_error(t->json, "more than %d threads", CHROME_LANES_MAX);
	if (is_call)
		return add_call(t, lane);
	if (e->phase != 'M')
		return add_profile(t, lane);
	add_name(t, lane);
	return true;
}

static bool read_event(struct trace *t)
{
	t->event = (struct trace_event){
		.name = ID_NONE, .arg_name = ID_NONE, .pid = -1, .tid = -1,
	};
	buf_clear(&t->detail);
	v8chunk_clear(&t->chunk);
	t->in_event = true;
	while (json_next(t->json) == JSON_KEY)
		if (!read_member(t))
			return false;
	if (t->json->kind != JSON_OBJECT_END)
		return false;
	t->in_event = false;
	return end_event(t);
}

static bool read_events(struct trace *t)
{
	struct json *j = t->json;
	while (json_next(j) == JSON_OBJECT)
		if (!read_event(t))
			return false;
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no event where one belongs"));
}

/* Profiles of what stands beside the events. */
static bool end_stacks(struct trace *t)
{
	for (uint32_t i = 0; i < t->stacks.thread_count; i++) {
		uint32_t lane = t->stacks.threads[i].lane;
		struct v8profile *p = chrome_sessions_add(&t->sessions, -1, 0, lane,
							  wants_each(t));
		if (!chrome_stacks_add(&t->stacks, i, p, t->json))
			return false;
	}
	return true;
}

/* Metrics and stacks */

/* What was sampled is looked at first; the time of calls is "time" where it is alone. */
static bool choose_metric(struct trace *t)
{
	struct metrics *m = &t->metrics;
	bool sampled = chrome_sessions_sampled(&t->sessions);
	if (sampled) {
		metrics_add(m, STR("time"), STR("ns"));
		metrics_add(m, STR("samples"), STR("samples"));
	}
	if (t->lanes.event_count > 0) {
		t->calls.tree.first_metric = (int)m->count;
		metrics_add(m, sampled ? STR("traced") : STR("time"), STR("ns"));
		metrics_add(m, STR("calls"), STR("calls"));
	}
	if (m->count == 0)
		return input_fail(t->in, "there are neither calls (B, E, X) nor CPU "
				  "profiles of V8 in it");
	bool ok = reader_choose_metric(t->in, m, t->want, m->items[0].name);
	if (sampled && m->chosen < 2)
		m->samples = 2;
	return ok;
}

static bool push_samples(struct trace *t, uint32_t event)
{
	for (uint32_t i = 0; i < t->sessions.count; i++) {
		struct chrome_session *s = &t->sessions.items[i];
		uint32_t group = chrome_lanes_group(&t->lanes, s->lane, t->out->profile,
						    t->want, event);
		if (!v8profile_push(&s->profile, &t->tree, group, t->out, t->in))
			return false;
	}
	return calltree_push_all(&t->tree, t->out) ||
	       input_fail(t->in, "its stacks are too deep to be kept");
}

static bool push_calls(struct trace *t, uint32_t event)
{
	bool ok = true;
	for (uint32_t i = 0; ok && i < t->lanes.count; i++) {
		if (t->lanes.items[i].event_count == 0)
			continue;
		uint32_t group = chrome_lanes_group(&t->lanes, i, t->out->profile,
						    t->want, event);
		ok = chrome_lanes_push(&t->lanes, i, &t->calls, t->out->profile, group);
	}
	return (ok && calls_end(&t->calls)) ||
	       input_fail(t->in, "its stacks are too deep to be kept");
}

static bool tell_metrics(struct trace *t)
{
	calltree_sum(&t->tree, &t->metrics);
	if (t->lanes.event_count > 0)
		calltree_sum(&t->calls.tree, &t->metrics);
	t->out->profile->overflow |= t->tree.overflow;
	return reader_end_metrics(t->in, t->out->profile, &t->metrics);
}

static bool push_all(struct trace *t)
{
	struct profile *p = t->out->profile;
	if (!choose_metric(t))
		return false;
	struct str unit = t->metrics.items[t->metrics.chosen].unit;
	uint32_t event = profile_event(p, STR(""), unit);
	samples_metrics(t->out, &t->metrics, t->want->all_metrics);
	if (t->metrics.samples)
		profile_count_samples(p);
	bool ok = push_samples(t, event) && push_calls(t, event) && tell_metrics(t);
	samples_flush(t->out);
	return ok;
}

/* What is said of the trace */

static void warn_of(struct trace *t, uint64_t count, const char *what)
{
	if (count)
		input_warn_many(t->in, what, count);
}

static void tell(struct trace *t)
{
	static const char *const names[LEFT_OUT] = {
		[ASYNC] = "asynchronous", [INSTANT] = "instant", [FLOW] = "flow",
		[COUNTER] = "counter", [REST] = "other", [TOTALS] = "summing",
	};
	warn_of(t, t->in_event, "events cut off");
	warn_of(t, t->in->cut != NULL,
		"compressed data that ends early, read up to there");
	warn_of(t, t->timeless, "calls without a time");
	warn_of(t, t->calls.unmatched, "ends of calls that had not begun");
	warn_of(t, t->calls.unended, "calls whose end is missing");
	warn_of(t, t->calls.overlapping, "calls that outlast the one around them");
	warn_of(t, t->calls.open, "calls that are open at the end");
	for (uint32_t i = 0; i < t->sessions.count; i++)
		v8profile_tell(&t->sessions.items[i].profile, t->in);
	for (int i = 0; i < LEFT_OUT; i++)
		if (t->left_out[i])
			buf_addf(&t->in->notes, "%" PRIu64 " %s events are left out\n",
				 t->left_out[i], names[i]);
}

/* The file */

static bool read_beside(struct trace *t)
{
	struct json *j = t->json;
	if (str_eq(j->text, STR("samples")))
		return chrome_stacks_samples(&t->stacks, &t->lanes, j);
	if (str_eq(j->text, STR("stackFrames")))
		return chrome_stacks_frames(&t->stacks, &t->frames, j);
	if (!str_eq(j->text, STR("traceEvents")))
		return json_skip(j);
	if (json_next(j) != JSON_ARRAY)
		return j->kind > JSON_END &&
		       json_error(j, "no list of events where one belongs");
	return read_events(t);
}

static bool read_object(struct trace *t)
{
	while (json_next(t->json) == JSON_KEY)
		if (!read_beside(t))
			return false;
	return t->json->kind == JSON_OBJECT_END;
}

/* A program that was stopped leaves its trace without an end. */
static bool read_trace(struct trace *t)
{
	struct json *j = t->json;
	bool ok = false;
	switch (json_next(j)) {
	case JSON_ARRAY: ok = read_events(t); break;
	case JSON_OBJECT: ok = read_object(t); break;
	case JSON_FAILED: case JSON_END: break;
	default: return json_error(j, "neither an object nor a list");
	}
	if (ok)
		json_next(j);
	return !t->in->failed && j->kind == JSON_END && end_stacks(t);
}

static void free_trace(struct trace *t)
{
	chrome_sessions_free(&t->sessions);
	calls_free(&t->calls);
	calltree_free(&t->tree);
	chrome_lanes_free(&t->lanes);
	chrome_stacks_free(&t->stacks);
	v8chunk_free(&t->chunk);
	v8frames_free(&t->frames);
	buf_free(&t->detail);
	buf_free(&t->scratch);
	json_delete(t->json);
}

static bool read_chrome(struct input *in, const struct want *want, struct samples *out)
{
	struct trace t = {
		.in = in, .want = want, .out = out, .json = json_new(in),
	};
	in->may_be_cut = true;
	t.json->depth_max = JSON_DEEP_MAX;
	t.json->may_be_cut = t.json->mend_commas = true;
	v8frames_init(&t.frames, out->profile, want);
	calls_init(&t.calls, out, want);
	bool ok = read_trace(&t) && push_all(&t);
	if (ok)
		tell(&t);
	free_trace(&t);
	return ok && !in->failed;
}

static bool has(struct str head, struct str text)
{
	return str_find(head, text) >= 0;
}

static enum probe probe_chrome(struct str head)
{
	head = str_skip_space(head);
	if (str_take(&head, STR("{")))
		return has(head, STR("\"traceEvents\"")) ? PROBE_SURE : PROBE_NO;
	if (!str_take(&head, STR("[")) || !str_starts(str_skip_space(head), STR("{")))
		return PROBE_NO;
	bool has_event = has(head, STR("\"ph\"")) &&
			 (has(head, STR("\"ts\"")) || has(head, STR("\"pid\"")));
	return has_event ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
};

const struct reader reader_chrome = {
	.name = "chrome",
	.title = "trace events of Chrome, DevTools, node and many other programs",
	.leaf_first = true,
	.probe = probe_chrome,
	.read = read_chrome,
	.hints = &hints,
};
