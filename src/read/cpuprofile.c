/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A CPU profile of V8 in a file of its own, as "node --cpu-prof" and Chrome's DevTools
 * write it:
 *
 *	{"nodes":[{"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"",
 *	  "lineNumber":-1,"columnNumber":-1},"hitCount":0,"children":[2]},
 *	 {"id":2,"callFrame":{"functionName":"fib","scriptId":"80","url":"file:///a.js",
 *	  "lineNumber":2,"columnNumber":12},"hitCount":9}],
 *	 "startTime":1000,"endTime":9000,"samples":[2,2],"timeDeltas":[100,1000]}
 *
 * v8profile.h has what it means.  Where there are no samples, nodes tell how many there
 * were of each.
 */
#include "read/reader.h"

#include "read/v8single.h"

static bool read_member(struct v8single *s)
{
	return v8chunk_member(&s->chunk, &s->frames, s->json);
}

static bool check_whole(const struct v8single *s)
{
	const struct v8chunk *c = &s->chunk;
	if (!c->has_nodes)
		return input_error(s->in, "there are no 'nodes'");
	if (c->time_count == 0 && c->sample_count > 0)
		input_warn_many(s->in, "samples without a time", c->sample_count);
	return true;
}

static void add_metrics(struct v8single *s)
{
	bool timed = s->chunk.time_count > 0;
	s->tree.first_metric = timed ? 0 : -1;
	if (timed)
		metrics_add(&s->metrics, STR("time"), STR("ns"));
	s->metrics.samples = 1 + metrics_add(&s->metrics, STR("samples"), STR("samples"));
}

static bool read_cpuprofile(struct input *in, const struct want *want,
			    struct samples *out)
{
	struct v8single s;
	v8single_init(&s, in, want, out, want->in_order || want->times);
	bool ok = v8single_read(&s, read_member) && check_whole(&s);
	add_metrics(&s);
	ok = ok && v8single_finish(&s);
	v8single_free(&s);
	return ok && !in->failed;
}

static bool has_key(struct str head, struct str key)
{
	return str_find(head, key) >= 0;
}

/*
 * A node is told by its function, and a profile by what it counts, which may stand behind
 * all nodes; a trace has all of that in its events, and the profile of a heap has sizes.
 */
static enum probe probe_cpuprofile(struct str head)
{
	head = str_skip_space(head);
	if (!str_starts(head, STR("{")) || !has_key(head, STR("\"functionName\"")) ||
	    has_key(head, STR("\"traceEvents\"")) || has_key(head, STR("\"selfSize\"")))
		return PROBE_NO;
	bool has_nodes = has_key(head, STR("\"nodes\"")) ||
			 has_key(head, STR("\"head\""));
	bool counts = has_key(head, STR("\"hitCount\"")) ||
		      has_key(head, STR("\"timeDeltas\"")) ||
		      has_key(head, STR("\"children\"")) ||
		      has_key(head, STR("\"parent\""));
	return has_nodes && counts ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "names of scripts",
};

const struct reader reader_cpuprofile = {
	.name = "cpuprofile",
	.title = "CPU profiles of V8: node --cpu-prof, Chrome's DevTools",
	.leaf_first = true,
	.is_sampled = true,
	.probe = probe_cpuprofile,
	.read = read_cpuprofile,
	.hints = &hints,
};
