/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A profile of V8's heap, as "node --heap-prof" and Chrome's DevTools ("allocation
 * sampling") write it:
 *
 *	{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"",
 *	  "lineNumber":-1,"columnNumber":-1},"selfSize":0,"id":1,"children":[
 *	  {"callFrame":{...},"selfSize":16416,"id":2,"children":[]}]},
 *	 "samples":[{"size":8224,"nodeId":2,"ordinal":1}]}
 *
 * https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/
 * #type-SamplingHeapProfile.  selfSize is what lives at the end, estimated by V8 from
 * the samples, which are listed again as they were taken; this list is not needed.
 */
#include "read/reader.h"

#include "read/v8profile.h"

struct v8heap {
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

static bool choose_metric(struct v8heap *h)
{
	struct buf why = { 0 };
	unsigned live = metrics_add(&h->metrics, STR("live"), STR("bytes"));
	h->metrics.items[live].is_estimate = true;
	h->tree.first_metric = -1;       /* sizes stand where samples do elsewhere */
	bool ok = metrics_choose(&h->metrics, h->want, STR("live"), &why) ||
		  input_fail(h->in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

static bool tell_metrics(struct v8heap *h)
{
	struct buf why = { 0 };
	calltree_sum(&h->tree, &h->metrics);
	h->out->profile->overflow |= h->tree.overflow;
	bool ok = profile_metrics(h->out->profile, &h->metrics, &why) ||
		  input_fail(h->in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

static bool push_all(struct v8heap *h)
{
	struct profile *p = h->out->profile;
	struct group g = {
		.event = profile_event(p, STR(""), STR("bytes")),
		.comm = ID_NONE, .pid = -1, .tid = -1, .cpu = -1,
	};
	samples_metrics(h->out, &h->metrics, h->want->all_metrics);
	bool ok = v8profile_push(&h->profile, &h->tree, profile_group(p, &g), h->out, h->in) &&
		  (calltree_push_all(&h->tree, h->out) ||
		   input_fail(h->in, "its stacks are too deep to be kept"));
	samples_flush(h->out);
	return ok;
}

static bool read_json(struct v8heap *h)
{
	struct json *j = h->json;
	if (json_next(j) != JSON_OBJECT)
		return j->kind > JSON_END && json_error(j, "no object where one belongs");
	while (json_next(j) == JSON_KEY) {
		bool ok = str_eq(j->text, STR("head")) ?
				  v8chunk_member(&h->chunk, &h->frames, j) :
				  json_skip(j);
		if (!ok)
			return false;
	}
	if (j->kind != JSON_OBJECT_END || json_next(j) != JSON_END)
		return false;
	return h->chunk.has_nodes ? v8profile_add(&h->profile, &h->chunk, j) :
				    input_error(h->in, "there is no 'head'");
}

static bool read_v8heap(struct input *in, const struct want *want, struct samples *out)
{
	struct v8heap h = {
		.in = in, .want = want, .out = out, .json = json_new(in),
	};
	h.json->depth_max = JSON_DEEP_MAX;
	v8frames_init(&h.frames, out->profile, want);
	v8profile_init(&h.profile, false);
	bool ok = read_json(&h) && choose_metric(&h) && push_all(&h) && tell_metrics(&h);
	if (ok)
		v8profile_tell(&h.profile, in);
	calltree_free(&h.tree);
	v8profile_free(&h.profile);
	v8chunk_free(&h.chunk);
	v8frames_free(&h.frames);
	json_delete(h.json);
	return ok && !in->failed;
}

static enum probe probe_v8heap(struct str head)
{
	while (head.n && strchr(" \t\r\n", head.p[0]) != NULL)
		head = str_skip(head, 1);
	bool is_heap = str_starts(head, STR("{")) && str_find(head, STR("\"head\"")) >= 0 &&
		       str_find(head, STR("\"selfSize\"")) >= 0;
	return is_heap ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "names of scripts",
};

const struct reader reader_v8heap = {
	.name = "v8heap",
	.title = "heap profiles of V8: node --heap-prof, Chrome's DevTools",
	.leaf_first = true,
	.probe = probe_v8heap,
	.read = read_v8heap,
	.hints = &hints,
};
