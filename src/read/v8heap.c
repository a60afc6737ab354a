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

#include "read/v8single.h"

static bool read_member(struct v8single *s)
{
	return str_eq(s->json->text, STR("head")) ?
		       v8chunk_member(&s->chunk, &s->frames, s->json) :
		       json_skip(s->json);
}

/* Sizes stand where samples do elsewhere: they have no time. */
static void add_metrics(struct v8single *s)
{
	unsigned live = metrics_add(&s->metrics, STR("live"), STR("bytes"));
	s->metrics.items[live].is_estimate = true;
	s->tree.first_metric = -1;
}

static bool read_v8heap(struct input *in, const struct want *want, struct samples *out)
{
	struct v8single s;
	v8single_init(&s, in, want, out, false);
	bool ok = v8single_read(&s, read_member) &&
		  (s.chunk.has_nodes || input_error(in, "there is no 'head'"));
	add_metrics(&s);
	ok = ok && v8single_finish(&s);
	v8single_free(&s);
	return ok && !in->failed;
}

static enum probe probe_v8heap(struct str head)
{
	head = str_skip_space(head);
	bool is_heap = str_starts(head, STR("{")) &&
		       str_find(head, STR("\"head\"")) >= 0 &&
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
