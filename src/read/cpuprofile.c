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

#include "read/v8profile.h"

struct cpuprofile {
	struct input *in;
	struct json *json;
	const struct want *want;
	struct samples *out;
	struct v8frames frames;
	struct v8chunk chunk;
	struct v8profile profile;
	struct calltree tree;
	struct metrics metrics;
};

/* Metrics */

static bool choose_metric(struct cpuprofile *c)
{
	struct buf why = { 0 };
	c->tree.first_metric = c->profile.timed ? 0 : -1;
	if (c->profile.timed)
		metrics_add(&c->metrics, STR("time"), STR("ns"));
	c->metrics.samples = 1 + metrics_add(&c->metrics, STR("samples"), STR("samples"));
	bool ok = metrics_choose(&c->metrics, c->want, c->metrics.items[0].name, &why) ||
		  input_fail(c->in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

static bool tell_metrics(struct cpuprofile *c)
{
	struct buf why = { 0 };
	calltree_sum(&c->tree, &c->metrics);
	c->out->profile->overflow |= c->tree.overflow;
	bool ok = profile_metrics(c->out->profile, &c->metrics, &why) ||
		  input_fail(c->in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

static bool push_all(struct cpuprofile *c)
{
	struct profile *p = c->out->profile;
	struct group g = {
		.event = profile_event(p, STR(""), c->metrics.items[c->metrics.chosen].unit),
		.comm = ID_NONE, .pid = -1, .tid = -1, .cpu = -1,
	};
	samples_metrics(c->out, &c->metrics, c->want->all_metrics);
	p->column_count = 2;
	p->columns[1] = (struct column){ .name = STR("samples"), .is_samples = true };
	bool ok = v8profile_push(&c->profile, &c->tree, profile_group(p, &g), c->out, c->in) &&
		  (calltree_push_all(&c->tree, c->out) ||
		   input_fail(c->in, "its stacks are too deep to be kept"));
	samples_flush(c->out);
	return ok;
}

/* The file */

static bool check_whole(struct cpuprofile *c)
{
	const struct v8chunk *k = &c->chunk;
	if (!k->has_nodes)
		return input_error(c->in, "there are no 'nodes'");
	if (k->has_samples && k->time_count == 0 && k->sample_count > 0)
		input_warn_many(c->in, "samples without a time", k->sample_count);
	return true;
}

static bool read_json(struct cpuprofile *c)
{
	struct json *j = c->json;
	if (json_next(j) != JSON_OBJECT)
		return j->kind > JSON_END && json_error(j, "no object where one belongs");
	while (json_next(j) == JSON_KEY)
		if (!v8chunk_member(&c->chunk, &c->frames, j))
			return false;
	return j->kind == JSON_OBJECT_END && json_next(j) == JSON_END && check_whole(c) &&
	       v8profile_add(&c->profile, &c->chunk, j);
}

static bool read_cpuprofile(struct input *in, const struct want *want, struct samples *out)
{
	struct cpuprofile c = {
		.in = in, .want = want, .out = out, .json = json_new(in),
	};
	c.json->depth_max = JSON_DEEP_MAX;
	v8frames_init(&c.frames, out->profile, want);
	v8profile_init(&c.profile, want->in_order || want->times);
	bool ok = read_json(&c) && choose_metric(&c) && push_all(&c) && tell_metrics(&c);
	if (ok)
		v8profile_tell(&c.profile, in);
	calltree_free(&c.tree);
	v8profile_free(&c.profile);
	v8chunk_free(&c.chunk);
	v8frames_free(&c.frames);
	json_delete(c.json);
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
	while (head.n && strchr(" \t\r\n", head.p[0]) != NULL)
		head = str_skip(head, 1);
	if (!str_starts(head, STR("{")) || !has_key(head, STR("\"functionName\"")) ||
	    has_key(head, STR("\"traceEvents\"")) || has_key(head, STR("\"selfSize\"")))
		return PROBE_NO;
	bool has_nodes = has_key(head, STR("\"nodes\"")) || has_key(head, STR("\"head\""));
	bool counts = has_key(head, STR("\"hitCount\"")) ||
		      has_key(head, STR("\"timeDeltas\"")) ||
		      has_key(head, STR("\"children\"")) || has_key(head, STR("\"parent\""));
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
