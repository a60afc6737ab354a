/* SPDX-License-Identifier: Apache-2.0 */
#include "read/jfr_samples.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/events.h"
#include "model/moments.h"
#include "model/tags.h"

#define NO_STACK "samples whose stack the recording has lost"
#define NO_TIME "events that tell no time, left out (--metric=time)"
#define BELOW_0 "values below 0, taken for 0"

void jfr_samples_init(struct jfr_samples *s, struct input *in, const struct want *want,
		      struct samples *out)
{
	struct profile *p = out->profile;
	*s = (struct jfr_samples){
		.in = in, .want = want, .out = out, .profile = p, .pid = -1,
		.truncated_frame = ID_NONE, .by_time = str_eq(want->metric, STR("time")),
	};
	jfr_frames_init(&s->frames, in, p, want);
	profile_count_samples(p);
	p->columns[0].name = s->by_time ? STR("time") : STR("value");
}

void jfr_samples_free(struct jfr_samples *s)
{
	jfr_samples_end(s);
	jfr_frames_free(&s->frames);
	buf_free(&s->text);
}

bool jfr_samples_begin(struct jfr_samples *s, const struct jfr_chunk *chunk,
		       struct jfr_pools *pools)
{
	s->chunk = chunk;
	s->pools = pools;
	s->metadata = pools->metadata;
	s->sources = xcalloc(s->metadata->type_count + 1ull, sizeof(*s->sources));
	return jfr_frames_begin(&s->frames, pools, chunk->offset);
}

void jfr_samples_end(struct jfr_samples *s)
{
	for (uint32_t i = 0; s->sources && i < s->metadata->type_count; i++)
		jfr_layout_free(&s->sources[i].type.layout);
	free(s->sources);
	s->sources = NULL;
}

struct jfr_source *jfr_samples_source(struct jfr_samples *s, uint64_t type_id)
{
	uint32_t number = jfr_metadata_find(s->metadata, type_id);
	const char *why;
	if (number == UINT32_MAX)
		return NULL;
	struct jfr_source *source = &s->sources[number];
	if (source->is_known)
		return source;
	source->is_known = true;
	source->event = ID_NONE;
	if (jfr_events_know(&source->type, s->metadata, number, &why))
		return source;
	struct str name = s->metadata->types[number].name;
	input_error_at(s->in, s->chunk->offset, "the class '%.*s' cannot be read: %s",
		       STR_ARG(name), why);
	return NULL;
}

/* Events */

static void name_event(struct jfr_samples *s, struct jfr_source *source)
{
	struct str name = s->metadata->types[source - s->sources].name;
	source->event = profile_event(s->profile, name,
				      s->by_time ? STR("ns") : source->type.unit);
	source->is_wanted = events_match(s->profile->events[source->event].name, s->want);
}

/* Values */

static int64_t checked(struct jfr_samples *s, int64_t value)
{
	if (value >= 0)
		return value;
	input_warn_at(s->in, s->chunk->offset, BELOW_0, STR(""));
	return 0;
}

static int64_t in_ns(struct jfr_samples *s, const struct jfr_event_type *type, int64_t value)
{
	int64_t ns;
	if (type->ns_per_unit == 0)
		return jfr_chunk_span(s->chunk, value);
	return __builtin_mul_overflow(value, (int64_t)type->ns_per_unit, &ns) ? INT64_MIN :
										ns;
}

/* What it is worth, and how many samples it stands for.  False: nothing, by time. */
static bool value_of(struct jfr_samples *s, const struct jfr_source *source,
		     const struct jfr_value values[JFR_SLOTS_MAX],
		     int64_t sample[COLUMNS_MAX])
{
	const struct jfr_event_type *type = &source->type;
	int64_t value = (int64_t)values[JFR_EVENT_VALUE].number;
	if (value == 0)
		value = (int64_t)values[JFR_EVENT_OTHER_VALUE].number;
	bool is_time = str_eq(type->unit, STR("ns"));
	sample[0] = sample[1] = 1;
	if (type->has_value)
		sample[0] = checked(s, is_time ? in_ns(s, type, value) : value);
	if (type->has_value && str_eq(type->unit, STR("samples")))
		sample[1] = sample[0];
	if (!s->by_time || is_time)
		return true;
	sample[0] = source->period;
	return source->type.is_periodic && source->period > 0;
}

/* Groups */

static struct str label_text(struct jfr_samples *s, const struct jfr_event_label *label,
			     const struct jfr_value *value)
{
	switch (label->kind) {
	case JFR_LABEL_TEXT:
		return jfr_pools_text(s->pools, &value->text, &s->text);
	case JFR_LABEL_CLASS:
		return jfr_frames_class(&s->frames, value->number);
	default:
		return jfr_frames_word(&s->frames, label->type, value->number);
	}
}

static bool wants_labels(const struct want *w)
{
	return want_tag(w, TAG_LABELS) || w->tagroot_count > 0 || w->tagleaf_count > 0;
}

static uint32_t labels_of_event(struct jfr_samples *s, const struct jfr_event_type *type,
				const struct jfr_value values[JFR_SLOTS_MAX])
{
	struct label labels[JFR_LABELS_MAX];
	uint32_t count = 0;
	for (unsigned i = 0; i < type->label_count; i++) {
		const struct jfr_event_label *label = &type->labels[i];
		struct str text = label_text(s, label, &values[JFR_EVENT_LABELS + i]);
		if (text.n == 0)
			continue;
		labels[count++] = (struct label){
			.text = profile_text(s->profile, text), .unit = ID_NONE,
			.key = profile_text(s->profile, label->name),
		};
	}
	return labels_add(&s->profile->labels, labels, count);
}

static uint32_t group_of(struct jfr_samples *s, const struct jfr_source *source,
			 const struct jfr_value values[JFR_SLOTS_MAX], uint32_t labels)
{
	const struct want *w = s->want;
	struct group g = profile_nobody(source->event);
	g.labels = want_tag(w, TAG_LABELS) ? labels : 0;
	uint64_t key = values[JFR_EVENT_SAMPLED_THREAD].number;
	if (key == 0)
		key = values[JFR_EVENT_THREAD].number;
	struct jfr_thread thread = jfr_frames_thread(&s->frames, key);
	if (want_comm(w))
		g.comm = thread.name;
	if (want_pid(w))
		g.pid = s->pid;
	if (want_tid(w))
		g.tid = thread.id;
	return profile_group(s->profile, &g);
}

/* Stacks */

static void push_truncated(struct jfr_samples *s)
{
	struct profile *p = s->profile;
	if (s->truncated_frame == ID_NONE)
		s->truncated_frame =
			profile_frame(p, profile_text(p, STR("[truncated]")), FRAME_OTHER,
				      ID_NONE, ID_NONE);
	sample_push(s->out, s->truncated_frame);
	s->truncated++;
}

static bool push_stack(struct jfr_samples *s, uint64_t key)
{
	const struct jfr_stack *stack = key ? jfr_frames_stack(&s->frames, key) : NULL;
	if (stack == NULL) {
		if (key != 0 && !s->in->failed)
			input_warn_at(s->in, s->chunk->offset, NO_STACK, STR(""));
		return !s->in->failed;
	}
	sample_push_all(s->out, s->frames.frames, stack->first, stack->count);
	if (stack->is_truncated)
		push_truncated(s);
	return true;
}

/* Samples */

int64_t jfr_samples_ticks(const struct jfr_source *source, const struct jfr_event *event)
{
	const struct jfr_layout *layout = &source->type.layout;
	struct jfr_value values[JFR_SLOTS_MAX] = { 0 };
	struct jfr_bytes body = event->body;
	jfr_layout_take(layout->steps, layout->count, &body, values);
	return (int64_t)values[JFR_EVENT_START].number;
}

static bool is_in_window(const struct jfr_samples *s, int64_t time)
{
	const struct want_window *w = &s->want->window;
	int64_t since;
	if (!w->is_set)
		return true;
	if (time == INT64_MIN || __builtin_sub_overflow(time, s->start, &since))
		return false;
	return want_window_has(w, since < 0 ? 0 : since);
}

static bool end_sample(struct jfr_samples *s, const struct jfr_source *source,
		       const struct jfr_value values[JFR_SLOTS_MAX],
		       const int64_t sample[COLUMNS_MAX])
{
	uint32_t labels = wants_labels(s->want) ?
				  labels_of_event(s, &source->type, values) : 0;
	uint32_t group = group_of(s, source, values, labels);
	size_t before;
	tags_push_leaf(s->out, s->want, labels);
	before = sample_depth(s->out);
	if (!push_stack(s, values[JFR_EVENT_STACK].number))
		return false;
	if (sample_depth(s->out) == before)
		s->out->frameless++;
	tags_push_root(s->out, s->want, labels);
	sample_end(s->out, group, sample);
	s->out->count += (uint64_t)sample[1] - 1;
	return true;
}

bool jfr_samples_push(struct jfr_samples *s, struct jfr_source *source,
		      const struct jfr_event *event)
{
	struct jfr_value values[JFR_SLOTS_MAX];
	struct jfr_bytes body = event->body;
	int64_t sample[COLUMNS_MAX];
	memset(values, 0, sizeof(values));
	jfr_layout_take(source->type.layout.steps, source->type.layout.count, &body, values);
	if (body.is_bad)
		return input_error_at(s->in, s->chunk->offset + event->at,
				      "an event that its class does not fit");
	if (source->type.role == JFR_SAMPLE_WITH_STACK &&
	    values[JFR_EVENT_STACK].number == 0)
		return true;
	if (source->event == ID_NONE)
		name_event(s, source);
	int64_t time = jfr_chunk_time(s->chunk, (int64_t)values[JFR_EVENT_START].number);
	if (!source->is_wanted || !is_in_window(s, time)) {
		s->out->filtered++;
		return true;
	}
	if (!value_of(s, source, values, sample)) {
		input_warn_at(s->in, s->chunk->offset, NO_TIME, STR(""));
		s->out->filtered++;
		return true;
	}
	s->out->time = time == INT64_MIN ? MOMENT_UNKNOWN : time;
	return end_sample(s, source, values, sample);
}
