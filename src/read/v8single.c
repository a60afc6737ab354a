/* SPDX-License-Identifier: Apache-2.0 */
#include "read/v8single.h"

#include "read/reader.h"

void v8single_init(struct v8single *s, struct input *in, const struct want *want,
		   struct samples *out, bool each)
{
	*s = (struct v8single){
		.in = in, .want = want, .out = out, .json = json_new(in),
	};
	s->json->depth_max = JSON_DEEP_MAX;
	v8frames_init(&s->frames, out->profile, want);
	v8profile_init(&s->profile, each);
}

void v8single_free(struct v8single *s)
{
	calltree_free(&s->tree);
	v8profile_free(&s->profile);
	v8chunk_free(&s->chunk);
	v8frames_free(&s->frames);
	json_delete(s->json);
}

bool v8single_read(struct v8single *s, bool (*member)(struct v8single *))
{
	struct json *j = s->json;
	if (json_next(j) != JSON_OBJECT)
		return j->kind > JSON_END && json_error(j, "no object where one belongs");
	while (json_next(j) == JSON_KEY)
		if (!member(s))
			return false;
	return j->kind == JSON_OBJECT_END && json_next(j) == JSON_END;
}

static bool choose_metric(struct v8single *s)
{
	return reader_choose_metric(s->in, &s->metrics, s->want, s->metrics.items[0].name);
}

static bool tell_metrics(struct v8single *s)
{
	calltree_sum(&s->tree, &s->metrics);
	s->out->profile->overflow |= s->tree.overflow;
	return reader_end_metrics(s->in, s->out->profile, &s->metrics);
}

static bool push_all(struct v8single *s)
{
	struct profile *p = s->out->profile;
	uint32_t group = reader_group(p, STR(""), &s->metrics);
	samples_metrics(s->out, &s->metrics, s->want->all_metrics);
	if (s->metrics.samples)
		profile_count_samples(p);
	bool ok = v8profile_push(&s->profile, &s->tree, group, s->out, s->in) &&
		  (calltree_push_all(&s->tree, s->out) ||
		   input_fail(s->in, "its stacks are too deep to be kept"));
	samples_flush(s->out);
	return ok;
}

bool v8single_finish(struct v8single *s)
{
	if (!v8profile_add(&s->profile, &s->chunk, s->json) || !choose_metric(s) ||
	    !push_all(s) || !tell_metrics(s))
		return false;
	v8profile_tell(&s->profile, s->in);
	return true;
}
