/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Profiles for OpenTelemetry: io/otlp.proto tells the fields, read/otlp.c what they mean.
 * The dictionary comes first, so that those who read on know what is referred to.  There
 * is a resource for each process and, in it, a profile for each type of values; a stack of
 * a group is a sample.
 *
 *	comm, tid, cpu     thread.name, thread.id, cpu.logical_number of samples
 *	pid                process.pid of the resource
 *	labels             attributes of samples, or of the resource where their keys are
 *	                   those of resources (service.name, k8s.pod.name)
 *	trace_id, span_id  link
 *
 * Both encodings carry the same.
 */
#include "write/otlp.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "model/comments.h"
#include "write/otlp_parts.h"
#include "write/otlp_times.h"
#include "write/pprof_types.h"

enum { RESOURCE_PROFILES = 1, DICTIONARY };      /* of the whole */
enum { RESOURCE = 1, SCOPE_PROFILES };           /* of ResourceProfiles */
enum { SCOPE = 1, PROFILES };                    /* of ScopeProfiles */
enum { SAMPLES = 2 };                            /* of Profile */

/* Attributes of samples beside labels, and of profiles. */
enum { GROUP_ATTRIBUTES = 3, PROFILE_ATTRIBUTES = 4, ID_SIZE = 16 };

struct writing {
	const struct stacks *stacks;
	const struct profile *profile;
	struct series series;
	struct otlp_parts parts;
	struct otlp_times times;
	struct proto_write out;
	struct arena arena;
	bool has_names;          /* of processes: some are not empty */

	int32_t *stack_of;       /* by item */
	struct sample_group {
		uint32_t resource;
		int32_t *attributes;
		uint32_t count;
		int32_t link;
	} *groups;               /* by group */
	struct intern resources; /* what tells them apart */
	uint32_t *group_of;      /* by resource: one of its groups */
	uint32_t *first, *next;  /* items: by resource, and by item; ID_NONE ends */

	Otlp__ValueType *types, period_type;     /* by series */
	int32_t attributes[PROFILE_ATTRIBUTES];  /* of all profiles */
	size_t attribute_count;
	uint64_t texts_hash;
};

static struct str text_of(const struct writing *w, uint32_t text)
{
	return text == ID_NONE ? STR("") : intern_text(&w->profile->text, text);
}

/* Labels */

static bool is_of_resource(struct str key)
{
	static const struct str starts[] = {
		STR("service."), STR("process."), STR("host."), STR("container."), STR("k8s."),
		STR("os."), STR("cloud."), STR("deployment."), STR("telemetry."), STR("faas."),
	};
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (str_starts(key, starts[i]))
			return true;
	return false;
}

/* How many labels, which are sorted by keys, have that of the first. */
static uint32_t run_of(const struct label *labels, uint32_t count)
{
	uint32_t n = 1;
	while (n < count && labels[n].key == labels[0].key)
		n++;
	return n;
}

static struct str link_part(const struct writing *w, const struct label *labels,
			    uint32_t count, struct str key)
{
	for (uint32_t i = 0; i < count; i += run_of(labels + i, count - i))
		if (str_eq(text_of(w, labels[i].key), key) &&
		    run_of(labels + i, count - i) == 1)
			return text_of(w, labels[i].text);
	return STR("");
}

static bool is_of_link(const struct sample_group *g, struct str key)
{
	return g->link && (str_eq(key, STR("trace_id")) || str_eq(key, STR("span_id")));
}

/* Groups */

static void put_labels(struct writing *w, struct sample_group *to,
		       const struct label *labels, uint32_t count)
{
	uint32_t n;
	to->link = otlp_parts_link(&w->parts,
				   link_part(w, labels, count, STR("trace_id")),
				   link_part(w, labels, count, STR("span_id")));
	for (uint32_t i = 0; i < count; i += n) {
		struct str key = text_of(w, labels[i].key);
		n = run_of(labels + i, count - i);
		if (!is_of_resource(key) && !is_of_link(to, key))
			to->attributes[to->count++] =
				otlp_parts_label(&w->parts, labels + i, n);
	}
}

static uint32_t find_resource(struct writing *w, const struct group *g,
			      const struct label *labels, uint32_t count)
{
	struct buf key = { 0 };
	proto_put_varint(&key, (uint64_t)g->pid);
	for (uint32_t i = 0; i < count; i++)
		if (is_of_resource(text_of(w, labels[i].key))) {
			proto_put_varint(&key, labels[i].key);
			proto_put_varint(&key, labels[i].text);
			proto_put_varint(&key, labels[i].unit);
			proto_put_varint(&key, (uint64_t)labels[i].number);
		}
	uint32_t id = intern(&w->resources, buf_str(&key));
	buf_free(&key);
	return id;
}

static void make_group(struct writing *w, uint32_t group)
{
	const struct group *g = &w->profile->groups[group];
	struct sample_group *to = &w->groups[group];
	uint32_t count;
	const struct label *labels = labels_of(&w->profile->labels, g->labels, &count);
	struct str name = text_of(w, g->comm);
	to->attributes = arena_alloc(&w->arena,
				     (count + GROUP_ATTRIBUTES) * sizeof(*to->attributes));
	to->resource = find_resource(w, g, labels, count);
	w->group_of[to->resource] = group;
	if (g->comm != ID_NONE && w->has_names)
		to->attributes[to->count++] = otlp_parts_text_attribute(
			&w->parts, STR("thread.name"), name.n ? name : STR("[no name]"));
	if (g->tid >= 0)
		to->attributes[to->count++] = otlp_parts_number_attribute(
			&w->parts, STR("thread.id"), g->tid);
	if (g->cpu >= 0)
		to->attributes[to->count++] = otlp_parts_number_attribute(
			&w->parts, STR("cpu.logical_number"), g->cpu);
	put_labels(w, to, labels, count);
}

static void make_groups(struct writing *w)
{
	const struct profile *p = w->profile;
	for (uint32_t i = 0; i < p->group_count; i++)
		w->has_names |= text_of(w, p->groups[i].comm).n > 0;
	w->groups = xcalloc(p->group_count, sizeof(*w->groups));
	w->group_of = xcalloc(p->group_count, sizeof(*w->group_of));
	w->first = xcalloc(p->group_count + 1ull, sizeof(*w->first));
	w->next = xcalloc(w->stacks->count, sizeof(*w->next));
	w->stack_of = xcalloc(w->stacks->count, sizeof(*w->stack_of));
	for (uint32_t i = 0; i <= p->group_count; i++)
		w->first[i] = ID_NONE;
}

static uint32_t group_of_item(const struct writing *w, uint32_t item)
{
	return w->profile->stacks[w->stacks->source[item]].group;
}

/* In the order of the items, so that equal profiles have equal bytes. */
static void make_stacks(struct writing *w)
{
	const struct stacks *s = w->stacks;
	uint32_t *last = xcalloc(w->profile->group_count, sizeof(*last));
	for (uint32_t i = 0; i < s->count; i++) {
		struct sample_group *g = &w->groups[group_of_item(w, i)];
		if (g->attributes == NULL)
			make_group(w, group_of_item(w, i));
		w->stack_of[i] = otlp_parts_stack(&w->parts, s->pool + s->items[i].first,
						  s->items[i].depth);
		uint32_t *to = w->first[g->resource] == ID_NONE ? &w->first[g->resource] :
								  &w->next[last[g->resource]];
		*to = i;
		w->next[i] = ID_NONE;
		last[g->resource] = i;
	}
	free(last);
}

/* Resources */

static Otlp__KeyValue *make_pair(struct writing *w, struct str key, Otlp__AnyValue *value)
{
	Otlp__KeyValue *kv = arena_alloc(&w->arena, sizeof(*kv));
	*kv = (Otlp__KeyValue)OTLP__KEY_VALUE__INIT;
	kv->key = otlp_parts_copy(&w->arena, key);
	kv->value = value;
	return kv;
}

static Otlp__AnyValue *make_text(struct writing *w, struct str text)
{
	Otlp__AnyValue *value = arena_alloc(&w->arena, sizeof(*value));
	*value = (Otlp__AnyValue)OTLP__ANY_VALUE__INIT;
	value->value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE;
	value->string_value = otlp_parts_copy(&w->arena, text);
	return value;
}

/* The thread that has the number of the process has its name; or what was recorded. */
static struct str name_of_process(const struct writing *w, uint32_t resource)
{
	const struct group *groups = w->profile->groups;
	int64_t pid = w->resources.count ? groups[w->group_of[resource]].pid : -1;
	for (uint32_t i = 0; pid >= 0 && i < w->profile->group_count; i++)
		if (groups[i].pid == pid && groups[i].tid == pid)
			return text_of(w, groups[i].comm);
	return w->resources.count <= 1 ? pprof_types_program(w->stacks->title) : STR("");
}

static void put_resource(struct writing *w, uint32_t resource)
{
	const struct group nobody = { .pid = -1 };
	const struct group *g = w->resources.count ?
		&w->profile->groups[w->group_of[resource]] : &nobody;
	struct str name = name_of_process(w, resource);
	uint32_t count, n;
	const struct label *labels = labels_of(&w->profile->labels, g->labels, &count);
	Otlp__Resource message = OTLP__RESOURCE__INIT;
	message.attributes = arena_alloc(&w->arena, (count + 2) * sizeof(*message.attributes));
	if (g->pid >= 0) {
		const struct label pid = { .text = ID_NONE, .number = g->pid };
		message.attributes[message.n_attributes++] =
			make_pair(w, STR("process.pid"),
				  otlp_parts_value(w->profile, &pid, 1, &w->arena));
	}
	if (name.n)
		message.attributes[message.n_attributes++] =
			make_pair(w, STR("process.executable.name"), make_text(w, name));
	for (uint32_t i = 0; i < count; i += n) {
		n = run_of(labels + i, count - i);
		if (is_of_resource(text_of(w, labels[i].key)))
			message.attributes[message.n_attributes++] =
				make_pair(w, text_of(w, labels[i].key),
					  otlp_parts_value(w->profile, labels + i, n,
							   &w->arena));
	}
	proto_write_put(&w->out, RESOURCE, &message.base);
}

/* The first type is what is shown, unless another one is named. */
static void put_scope(struct writing *w)
{
	Otlp__InstrumentationScope message = OTLP__INSTRUMENTATION_SCOPE__INIT;
	Otlp__KeyValue *pair;
	message.name = otlp_parts_copy(&w->arena, STR("fgtools"));
	if (w->series.chosen > 0) {
		struct str name = pprof_types_name(&w->series.items[w->series.chosen]);
		pair = make_pair(w, STR("pprof.scope.default_sample_type"), make_text(w, name));
		message.attributes = &pair;
		message.n_attributes = 1;
	}
	proto_write_put(&w->out, SCOPE, &message.base);
}

/* Profiles */

static Otlp__ValueType make_type(struct writing *w, struct str type, struct str unit)
{
	Otlp__ValueType made = OTLP__VALUE_TYPE__INIT;
	made.type_strindex = otlp_parts_text(&w->parts, type);
	made.unit_strindex = otlp_parts_text(&w->parts, unit);
	return made;
}

static void add_attribute(struct writing *w, struct str key, struct str text)
{
	if (text.n)
		w->attributes[w->attribute_count++] =
			otlp_parts_text_attribute(&w->parts, key, text);
}

static void add_comments(struct writing *w, const struct recording *r)
{
	const struct series_item *chosen = &w->series.items[w->series.chosen];
	uint32_t count = r->comment_count;
	struct str *texts = arena_alloc(&w->arena, (count + COMMENTS_MAX) * sizeof(*texts));
	for (uint32_t i = 0; i < count; i++)
		texts[i] = r->comments[i];
	count += comments_make(w->stacks, &w->series, pprof_types_unit(chosen), &w->arena,
			       texts + count);
	if (count > 0)
		w->attributes[w->attribute_count++] = otlp_parts_texts_attribute(
			&w->parts, STR("pprof.profile.comment"), texts, count);
}

static void make_types(struct writing *w)
{
	const struct recording *r = &w->profile->recording;
	w->types = arena_alloc(&w->arena, w->series.count * sizeof(*w->types));
	for (unsigned i = 0; i < w->series.count; i++)
		w->types[i] = make_type(w, pprof_types_name(&w->series.items[i]),
					pprof_types_unit(&w->series.items[i]));
	w->period_type = make_type(w, r->period_type, r->period_unit);
	add_attribute(w, STR("pprof.profile.drop_frames"), r->drop);
	add_attribute(w, STR("pprof.profile.keep_frames"), r->keep);
	add_attribute(w, STR("pprof.profile.doc_url"), r->url);
	add_comments(w, r);
}

/* A value that is 0 says nothing, unless all are. */
static bool is_written(const struct writing *w, uint32_t item, unsigned series)
{
	for (unsigned i = 0; i < w->series.count; i++)
		if (series_whole(&w->series, w->stacks, item, i))
			return series_whole(&w->series, w->stacks, item, series);
	return series == 0;
}

/* Whether each time is one of what the values of a series count. */
static bool counts_times(const struct writing *w, unsigned series)
{
	for (uint32_t i = 0; i < w->stacks->count; i++)
		if (series_whole(&w->series, w->stacks, i, series) !=
		    (int64_t)(w->times.first[i + 1] - w->times.first[i]))
			return false;
	return true;
}

static void put_sample(struct writing *w, uint32_t item, unsigned series, bool counts)
{
	const struct sample_group *g = &w->groups[group_of_item(w, item)];
	int64_t value = series_whole(&w->series, w->stacks, item, series);
	Otlp__Sample message = OTLP__SAMPLE__INIT;
	message.stack_index = w->stack_of[item];
	message.attribute_indices = g->attributes;
	message.n_attribute_indices = g->count;
	message.link_index = g->link;
	message.values = &value;
	message.n_values = 1;
	if (w->times.are_known && (counts || series == w->series.chosen)) {
		size_t first = w->times.first[item];
		message.timestamps_unix_nano = w->times.times + first;
		message.n_timestamps_unix_nano = w->times.first[item + 1] - first;
		message.values = w->times.values + first;
		message.n_values = counts ? 0 : message.n_timestamps_unix_nano;
	}
	proto_write_put(&w->out, SAMPLES, &message.base);
}

/* Another one for other contents, and the same one for the same. */
static void make_id(const struct writing *w, uint32_t resource, unsigned series, uint8_t *id)
{
	uint64_t halves[2] = { w->texts_hash, series };
	for (uint32_t i = w->first[resource]; i != ID_NONE; i = w->next[i]) {
		int64_t sample[2] = {
			w->stack_of[i], series_whole(&w->series, w->stacks, i, series),
		};
		halves[0] = hash_seeded(sample, sizeof(sample), halves[0]);
		halves[1] = hash_seeded(halves, sizeof(halves), halves[1]);
	}
	halves[1] |= 1;
	memcpy(id, halves, ID_SIZE);
}

static void put_profile(struct writing *w, uint32_t resource, unsigned series)
{
	const struct recording *r = &w->profile->recording;
	bool told = r->period || r->period_type.n || r->period_unit.n;
	bool counts = w->times.are_known && counts_times(w, series);
	uint8_t id[ID_SIZE];
	Otlp__Profile head = OTLP__PROFILE__INIT;
	make_id(w, resource, series, id);
	head.sample_type = &w->types[series];
	head.period_type = told ? &w->period_type : NULL;
	head.period = r->period;
	head.time_unix_nano = r->time > 0 ? (uint64_t)r->time : 0;
	head.duration_nano = r->duration > 0 ? (uint64_t)r->duration : 0;
	head.profile_id = (ProtobufCBinaryData){ ID_SIZE, id };
	head.attribute_indices = w->attributes;
	head.n_attribute_indices = w->attribute_count;
	proto_write_begin(&w->out, PROFILES);
	proto_write_fields(&w->out, &head.base);
	for (uint32_t i = w->first[resource]; i != ID_NONE; i = w->next[i])
		if (is_written(w, i, series))
			put_sample(w, i, series, counts);
	proto_write_end(&w->out);
}

static void put_all(struct writing *w)
{
	proto_write_begin(&w->out, DICTIONARY);
	otlp_parts_write(&w->parts, &w->out);
	proto_write_end(&w->out);
	w->texts_hash = otlp_parts_hash(&w->parts);
	for (uint32_t i = 0; i == 0 || i < w->resources.count; i++) {
		proto_write_begin(&w->out, RESOURCE_PROFILES);
		put_resource(w, i);
		proto_write_begin(&w->out, SCOPE_PROFILES);
		put_scope(w);
		for (unsigned k = 0; k < w->series.count; k++)
			put_profile(w, i, k);
		proto_write_end(&w->out);
		proto_write_end(&w->out);
	}
	proto_write_finish(&w->out);
}

/* The whole */

static bool write_either(const struct stacks *stacks, struct output *out, bool is_json)
{
	struct writing w = { .stacks = stacks, .profile = stacks->profile };
	series_init_whole(&w.series, stacks);
	otlp_parts_init(&w.parts, w.profile);
	otlp_times_init(&w.times, stacks, &w.series);
	make_groups(&w);
	make_stacks(&w);
	make_types(&w);
	proto_write_init(&w.out, out, &otlp__profiles_data__descriptor, is_json);
	put_all(&w);
	otlp_parts_free(&w.parts);
	otlp_times_free(&w.times);
	intern_free(&w.resources);
	arena_free(&w.arena);
	free(w.stack_of);
	free(w.groups);
	free(w.group_of);
	free(w.first);
	free(w.next);
	return true;
}

static bool write_otlp(const struct stacks *stacks, struct output *out, struct buf *why)
{
	(void)why;
	return write_either(stacks, out, false);
}

static bool write_otlp_json(const struct stacks *stacks, struct output *out, struct buf *why)
{
	(void)why;
	return write_either(stacks, out, true);
}

const struct writer writer_otlp = {
	.name = "otlp",
	.title = "profiles for OpenTelemetry, as protocol buffers",
	.suffixes = { ".otlp", ".otlp.pb" },
	.is_rich = true,
	.is_whole = true,
	.is_timed = true,
	.is_binary = true,
	.keeps_rules = true,
	.write = write_otlp,
};

const struct writer writer_otlp_json = {
	.name = "otlp-json",
	.title = "profiles for OpenTelemetry, as JSON",
	.suffixes = { ".otlp.json" },
	.is_rich = true,
	.is_whole = true,
	.is_timed = true,
	.keeps_rules = true,
	.write = write_otlp_json,
};
