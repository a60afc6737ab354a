/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Stacks of all threads, as servers in C++ tell them at /threadz:
 *
 *	--- threadz 1 ---
 *
 *	--- Thread 7eff063d9940 (name: main/25376) stack: ---
 *	  PC: 0xbc8f1c 0xbcae55 0xbcb5f5 0x40b688 0x4d5f51
 *	      0x7eff052e111d
 *	--- Thread 7eff04b95700 (name: thread1/25380) stack: ---
 *	    -- same as previous thread --
 *	      creator: 0xa45b96 0xa48928 0xbaa17f 0x7eff052e111d
 *	--- Memory map: ---
 *	  00400000-00fcb000: /opt/bin/server
 *
 * or, where the server knows names,
 *
 *	  PC:  0x00bc8f1c: helper(arg *)
 *	  0x0040be31: main
 *
 * google/pprof, profile/legacy_profile.go.  Addresses are leaf first, and the first one
 * is where the thread is, not where it returns to.  Who has created it has not called
 * it, and is left out.
 */
#include "read/reader.h"

#include "base/num.h"
#include "read/traces.h"

static const struct str heading = STR("--- threadz "), thread_start = STR("--- Thread ");

struct threadz {
	struct input *in;
	const struct want *want;
	struct profile *profile;
	struct traces *traces;
	struct metrics metrics;
	uint32_t event, group;
	bool is_open;            /* there is a thread whose stack is being read */
	bool is_creator;         /* addresses are those of who has created it */
	bool is_same;            /* it has the stack of the one before */
	bool is_named;           /* the first address of its stack has a name */
	bool any;                /* some thread has had a stack */
	uint32_t depth;          /* addresses so far */
	uint64_t leaf;
};

static bool choose_metric(struct threadz *t)
{
	struct metric *m = &t->metrics.items[metrics_add(&t->metrics, STR("thread"),
							  STR("threads"))];
	m->own = m->name;
	m->own_unit = STR("count");
	bool ok = reader_choose_metric(t->in, &t->metrics, t->want, m->name);
	traces_metrics(t->traces, &t->metrics);
	t->event = profile_event(t->profile, STR(""), m->unit);
	return ok;
}

/* Threads */

static void count_thread(struct threadz *t)
{
	metrics_sum(&t->metrics, 0, 1);
	traces_add(t->traces, t->group, &(int64_t){ 1 });
	t->any = true;
}

static void end_thread(struct threadz *t)
{
	if (!t->is_open)
		return;
	t->is_open = false;
	if (t->depth > 0 || (t->is_same && t->any))
		count_thread(t);
	else
		input_warn(t->in, "threads without a stack", STR(""));
}

/* "7eff063d9940 (name: main/25376) stack: ---" */
static void find_group(struct threadz *t, struct str rest)
{
	struct group g = profile_nobody(t->event);
	ptrdiff_t start = str_find(rest, STR("(name: ")), end = str_find(rest, STR(") stack"));
	uint64_t tid;
	if (start >= 0 && end > start) {
		struct str name = str_skip(str_head(rest, (size_t)end), (size_t)start + 7);
		ptrdiff_t slash = str_rchr(name, '/');
		if (slash >= 0 && num_u64(str_skip(name, (size_t)slash + 1), &tid) &&
		    tid <= INT64_MAX) {
			if (want_tid(t->want))
				g.tid = (int64_t)tid;
			name.n = (size_t)slash;
		}
		if (want_comm(t->want))
			g.comm = profile_text(t->profile, name);
	}
	t->group = profile_group(t->profile, &g);
}

static void begin_thread(struct threadz *t, struct str rest)
{
	end_thread(t);
	find_group(t, rest);
	t->is_open = true;
	t->is_creator = t->is_same = false;
	t->depth = 0;
}

/* Lines */

/* The leaf is there once more where a signal has stopped the thread. */
static bool add_address(struct threadz *t, uint64_t address, struct str name)
{
	if (t->depth++ == 0) {
		t->leaf = address;
		t->is_named = name.n > 0;
		traces_begin(t->traces);
	} else if (t->depth == 2 && address == t->leaf) {
		return true;
	}
	if (t->is_named) {
		traces_named(t->traces, &(struct location_key){
			.symbol = name, .address = address,
			.module = ID_NONE, .line = ID_NONE,
		});
		return true;
	}
	return t->depth == 1 ? traces_leaf(t->traces, address) :
			       traces_address(t->traces, address);
}

static bool read_addresses(struct threadz *t, struct str line)
{
	while ((line = str_trim(line)).n > 0) {
		struct str rest = line, word = str_cut(&rest, ' '), name = STR("");
		uint64_t address;
		if (str_ends(word, STR(":"))) {
			word.n--;
			name = str_trim(rest);
			rest = STR("");
		}
		if (!traces_parse(t->traces, word, &address) || !add_address(t, address, name))
			return false;
		line = rest;
	}
	return true;
}

static bool read_line(struct threadz *t, struct str line)
{
	if (line.n == 0)
		return true;
	if (str_starts(line, thread_start)) {
		begin_thread(t, str_skip(line, thread_start.n));
		return true;
	}
	if (str_starts(line, STR("---- no stack trace for"))) {
		end_thread(t);
		input_warn(t->in, "threads without a stack", line);
		return true;
	}
	if (!t->is_open) {
		if (!str_starts(line, heading))
			input_warn(t->in, READER_NOT_UNDERSTOOD, line);
		return true;
	}
	if (str_find(line, STR("same as previous thread")) >= 0)
		return t->is_same = true;
	t->is_creator |= str_starts(line, STR("creator:"));
	str_take(&line, STR("PC:"));
	return t->is_creator || t->is_same || read_addresses(t, line);
}

static bool read_lines(struct threadz *t)
{
	struct str line;
	while (input_line(t->in, &line)) {
		if (maps_is_heading(line)) {
			end_thread(t);
			return traces_map(t->traces);
		}
		if (!read_line(t, str_trim(line)))
			return false;
	}
	end_thread(t);
	return !t->in->failed;
}

static bool push(struct threadz *t)
{
	traces_push(t->traces, TRACES_DROP_HANDLER);
	return reader_end_metrics(t->in, t->profile, &t->metrics);
}

static bool read_threadz(struct input *in, const struct want *want, struct samples *out)
{
	struct threadz t = {
		.in = in, .want = want, .profile = out->profile,
		.traces = traces_new(in, want, out),
	};
	bool ok = choose_metric(&t) && read_lines(&t) && push(&t);
	samples_flush(out);
	traces_delete(t.traces);
	return ok && !in->failed;
}

static enum probe probe_threadz(struct str head)
{
	while (head.p != NULL) {
		struct str line = str_trim(str_cut(&head, '\n'));
		if (str_starts(line, heading) ||
		    (str_starts(line, thread_start) &&
		     str_find(line, STR(" stack: ---")) >= 0))
			return PROBE_SURE;
		if (line.n > 0 && !str_eq(line, STR("\r")) && line.p[0] != '#')
			return PROBE_NO;
	}
	return PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = TRACES_NO_LINES,
	.quality = {
		.unknown = TRACES_UNKNOWN,
	},
};

const struct reader reader_threadz = {
	.name = "threadz",
	.title = "stacks of threads of servers in C++ (threadz)",
	.leaf_first = true,
	.options = READS_FILES | READS_ALL_FRAMES,
	.probe = probe_threadz,
	.read = read_threadz,
	.hints = &hints,
};
