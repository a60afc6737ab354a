/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Profiles of OpenTelemetry, as its collector, async-profiler and others write them:
 * protocol buffers, or JSON of the same; the fields stand in io/otlp.proto, what they mean in
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/profiles/v1development/profiles.proto
 *
 *	resourceProfiles  attributes of a process, and its profiles
 *	   profile        sample type cpu/nanoseconds, period, samples
 *	      sample      stack 1, attributes 1 (thread.name=worker), values 30000000
 *	dictionary        tables of stacks, locations, functions, mappings, attributes, texts;
 *	                  the first element of each is empty
 *
 * It is what pprof is, with a type of values in each profile and tables that all profiles
 * share.  They are made into those of pprof, so one reader knows what becomes of them.
 * Layouts of the time before 1.8 are recognised and refused.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/comments.h"
#include "read/otlp_probe.h"
#include "read/otlp_samples.h"
#include "read/value_types.h"

static const ProtobufCMessageDescriptor *const walked[] = {
	&otlp__profiles_data__descriptor, &otlp__profiles_dictionary__descriptor,
	&otlp__resource_profiles__descriptor, &otlp__scope_profiles__descriptor,
	&otlp__profile__descriptor, NULL,
};

/* Numbers of fields; see io/otlp.proto. */
enum { RESOURCE = 1, SCOPE = 1 };
enum profile_field {
	SAMPLE_TYPE = 1, SAMPLES, TIME, DURATION, PERIOD_TYPE, PERIOD,
	ATTRIBUTES = 11
};

struct otlp {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct proto_walk *walk;
	struct proto *proto;
	struct otlp_tables tables;
	struct otlp_samples samples;
	uint32_t resource, scope;        /* runs of those that are read */
	uint32_t message_profiles;       /* profiles before this message */
	unsigned usual;                  /* 1 + the metric that a scope names */
	uint64_t end;                    /* of the profiles, in ns since 1970 */
};

static bool fail(struct otlp *o, const char *why)
{
	return proto_walk_error(o->walk, o->walk->place, "%s", why);
}

static void *unpack(struct otlp *o, const ProtobufCMessageDescriptor *type, const char *what)
{
	void *message = proto_unpack(o->proto, type, o->walk->field.bytes);
	if (message == NULL)
		proto_walk_error(o->walk, o->walk->place, "this is no %s of OTLP", what);
	return message;
}

/* Resources and scopes */

static uint32_t add_run(struct otlp *o)
{
	struct otlp_samples *s = &o->samples;
	ARRAY_RESERVE(s->runs, s->run_capacity, s->run_count + 1ull);
	s->runs[s->run_count] = (struct otlp_run){ 0, 0 };
	return s->run_count++;
}

static void keep_attributes(struct otlp *o, uint32_t run, Otlp__KeyValue *const *kv, size_t n)
{
	struct otlp_attributes *own = &o->tables.own;
	o->samples.runs[run] = (struct otlp_run){ own->count, (uint32_t)n };
	for (size_t i = 0; i < n; i++)
		otlp_attributes_add_plain(own, kv[i], o->tables.base[OTLP_STRING_TABLE],
					  o->walk->place);
}

static bool read_resource(struct otlp *o)
{
	const Otlp__Resource *r = unpack(o, &otlp__resource__descriptor, "resource");
	if (r)
		keep_attributes(o, o->resource, r->attributes, r->n_attributes);
	return r != NULL;
}

static bool read_scope(struct otlp *o)
{
	const Otlp__InstrumentationScope *s =
		unpack(o, &otlp__instrumentation_scope__descriptor, "scope");
	if (s)
		keep_attributes(o, o->scope, s->attributes, s->n_attributes);
	return s != NULL;
}

/* Profiles */

static struct otlp_profile *profile_of(struct otlp *o)
{
	return &o->samples.profiles[o->samples.profile_count - 1];
}

static void begin_profile(struct otlp *o)
{
	struct otlp_samples *s = &o->samples;
	ARRAY_RESERVE(s->profiles, s->profile_capacity, s->profile_count + 1ull);
	s->profiles[s->profile_count++] = (struct otlp_profile){
		.place = o->walk->place, .message = s->message_count - 1,
		.resource = o->resource, .scope = o->scope,
		.first = s->kept.bytes.n, .end = s->kept.bytes.n,
		.attributes = { o->tables.number_count, 0 },
	};
}

static bool read_type(struct otlp *o, uint32_t *type, uint32_t *unit)
{
	const Otlp__ValueType *t = unpack(o, &otlp__value_type__descriptor, "type of values");
	if (t == NULL)
		return false;
	*type = otlp_tables_at(&o->tables, OTLP_STRING_TABLE, t->type_strindex);
	*unit = otlp_tables_at(&o->tables, OTLP_STRING_TABLE, t->unit_strindex);
	return true;
}

/*
 * Numbers, each alone or all of them packed.  Dictionaries do not come within a profile, so
 * that they follow each other.
 */
static bool read_attributes(struct otlp *o, struct otlp_profile *p)
{
	const struct proto_field *f = &o->walk->field;
	struct str rest = f->bytes;
	uint64_t number = f->value;
	while (f->kind == PROTO_VARINT || rest.n > 0) {
		if (f->kind == PROTO_BYTES && !proto_cut_number(&rest, &number))
			return fail(o, "these are no attributes of OTLP");
		int32_t index = (int32_t)number;
		otlp_tables_numbers(&o->tables, OTLP_ATTRIBUTE_TABLE, &index, 1);
		p->attributes.count++;
		if (f->kind == PROTO_VARINT)
			break;
	}
	return true;
}

/* Before 1.8 the locations of all stacks stood here, and before that whole tables. */
static bool is_older(struct otlp *o)
{
	const struct proto_field *f = &o->walk->field;
	struct str name = f->bytes;
	if (o->walk->event == PROTO_UNKNOWN)
		return str_eq(name, STR("sample")) || str_eq(name, STR("timeNanos"));
	return f->number == TIME && f->kind == PROTO_BYTES;
}

static bool read_profile_field(struct otlp *o)
{
	struct otlp_profile *p = profile_of(o);
	const struct proto_field *f = &o->walk->field;
	bool is_bytes = f->kind == PROTO_BYTES;
	if (is_older(o))
		return fail(o, o->walk->is_json ?
			    "a profile in the layout of OTLP 1.8 or before, with other names; "
			    "those of 1.9 and later are read" :
			    "a profile in the layout of OTLP 1.7 or before; those of 1.8 and "
			    "later are read");
	switch (f->number) {
	case SAMPLE_TYPE: return !is_bytes || read_type(o, &p->type, &p->unit);
	case SAMPLES:
		if (is_bytes)
			otlp_samples_keep(&o->samples, o->walk);
		return true;
	case TIME: p->time = f->value; return true;
	case DURATION: p->duration = f->value; return true;
	case PERIOD_TYPE: return !is_bytes || read_type(o, &p->period_type, &p->period_unit);
	case PERIOD: p->period = (int64_t)f->value; return true;
	case ATTRIBUTES: return read_attributes(o, p);
	default: return true;    /* of versions to come */
	}
}

/* Messages */

static void begin_message(struct otlp *o)
{
	struct otlp_samples *s = &o->samples;
	ARRAY_RESERVE(s->messages, s->message_capacity, s->message_count + 1ull);
	s->messages[s->message_count++] = (struct otlp_message){ 0 };
	otlp_tables_begin(&o->tables);
	o->message_profiles = s->profile_count;
}

static bool enter(struct otlp *o)
{
	if (o->walk->type == &otlp__resource_profiles__descriptor)
		o->resource = add_run(o);
	else if (o->walk->type == &otlp__scope_profiles__descriptor)
		o->scope = add_run(o);
	else if (o->walk->type == &otlp__profile__descriptor)
		begin_profile(o);
	return true;
}

static bool read_field(struct otlp *o)
{
	const ProtobufCMessageDescriptor *type = o->walk->type;
	const struct proto_field *f = &o->walk->field;
	if (o->walk->event == PROTO_LEAVE)
		return true;
	if (o->walk->event == PROTO_ENTER)
		return enter(o);
	if (type == &otlp__profile__descriptor)
		return read_profile_field(o);
	if (o->walk->event == PROTO_UNKNOWN)
		return true;
	if (type == &otlp__profiles_dictionary__descriptor)
		return otlp_tables_field(&o->tables);
	if (type == &otlp__resource_profiles__descriptor && f->number == RESOURCE)
		return read_resource(o);
	if (type == &otlp__scope_profiles__descriptor && f->number == SCOPE)
		return read_scope(o);
	if (type == &otlp__profiles_data__descriptor && f->number > 2 && f->number < 9)
		return fail(o, "profiles in the layout of OTLP 1.6; those of 1.8 and later are "
			    "read");
	return true;
}

/* The words of pprof, where units are those of UCUM: "By" are bytes. */
static struct str plain_unit(struct str unit)
{
	if (str_eq(unit, STR("By")))
		return STR("bytes");
	if (str_eq(unit, STR("1")))
		return STR("count");
	if (unit.n > 2 && unit.p[0] == '{' && unit.p[unit.n - 1] == '}')
		return (struct str){ unit.p + 1, unit.n - 2 };
	return metrics_long_unit(unit);
}

static bool find_metric(struct otlp *o, struct otlp_profile *p)
{
	struct metrics *m = &o->samples.metrics;
	struct str type = o->tables.pprof.strings[p->type];
	struct str unit = plain_unit(o->tables.pprof.strings[p->unit]);
	for (p->metric = 0; p->metric < m->count; p->metric++)
		if (str_eq(m->items[p->metric].own, type) &&
		    str_eq(m->items[p->metric].own_unit, unit))
			return true;
	if (m->count == METRICS_MAX)
		return proto_walk_error(o->walk, p->place, "more than %d types of values",
					METRICS_MAX);
	p->metric = value_types_add(m, o->profile, type, unit);
	return true;
}

static void find_usual(struct otlp *o, const struct otlp_profile *p)
{
	const struct otlp_attributes *own = &o->tables.own;
	struct otlp_run run = o->samples.runs[p->scope];
	for (uint32_t i = run.first; i < run.first + run.count; i++)
		if (own->items[i].meaning == OTLP_DEFAULT_TYPE &&
		    str_eq(otlp_attributes_text(own, &o->tables.pprof, &own->items[i]),
			   o->samples.metrics.items[p->metric].own))
			o->usual = p->metric + 1;
}

static bool end_profile(struct otlp *o, struct otlp_profile *p)
{
	const uint32_t texts[] = { p->type, p->unit, p->period_type, p->period_unit };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!otlp_tables_check(&o->tables, OTLP_STRING_TABLE, texts[i], p->place))
			return false;
	if (!otlp_tables_check_run(&o->tables, OTLP_ATTRIBUTE_TABLE, p->attributes, p->place) ||
	    !find_metric(o, p))
		return false;
	find_usual(o, p);
	return true;
}

static bool end_message(struct otlp *o)
{
	if (!otlp_tables_end(&o->tables))
		return false;
	if (!otlp_samples_end(&o->samples, &o->tables))
		return fail(o, "samples in the layouts of several versions of OTLP");
	for (uint32_t i = o->message_profiles; i < o->samples.profile_count; i++)
		if (!end_profile(o, &o->samples.profiles[i]))
			return false;
	return true;
}

/* The whole */

static void keep_comments(struct otlp *o, const struct otlp_attribute *a)
{
	struct recording *r = &o->profile->recording;
	for (uint32_t i = a->first; i < a->first + a->count; i++) {
		const struct otlp_value *v = &o->tables.attributes.values[i];
		if (v->kind == OTLP_NUMBER)
			continue;
		ARRAY_RESERVE(r->comments, r->comment_capacity, r->comment_count + 1ull);
		r->comments[r->comment_count++] =
			profile_keep(o->profile, o->tables.pprof.strings[v->text]);
	}
}

static void keep_attribute(struct otlp *o, const struct otlp_attribute *a)
{
	struct recording *r = &o->profile->recording;
	struct str *to = a->meaning == OTLP_DROP ? &r->drop : a->meaning == OTLP_KEEP ? &r->keep :
			 a->meaning == OTLP_URL ? &r->url : NULL;
	if (to)
		*to = profile_keep(o->profile,
				   otlp_attributes_text(&o->tables.attributes,
							&o->tables.pprof, a));
	if (a->meaning == OTLP_COMMENT)
		keep_comments(o, a);
}

static bool has_same_attributes(const struct otlp *o, const struct otlp_profile *a,
				const struct otlp_profile *b)
{
	const uint32_t *numbers = o->tables.numbers;
	return a->message == b->message && a->attributes.count == b->attributes.count &&
	       (a->attributes.count == 0 ||
		memcmp(numbers + a->attributes.first, numbers + b->attributes.first,
		       a->attributes.count * sizeof(*numbers)) == 0);
}

static void keep_profile(struct otlp *o, const struct otlp_profile *p)
{
	struct recording *r = &o->profile->recording;
	uint64_t end = p->time + p->duration;
	if (p->period > r->period || (p->period_type && r->period_type.n == 0)) {
		r->period = p->period;
		r->period_type = profile_keep(o->profile,
					      o->tables.pprof.strings[p->period_type]);
		r->period_unit = profile_keep(o->profile,
			plain_unit(o->tables.pprof.strings[p->period_unit]));
	}
	if (p->time && p->time <= INT64_MAX && (r->time == 0 || (int64_t)p->time < r->time))
		r->time = (int64_t)p->time;
	if (end >= p->time && end <= INT64_MAX && end > o->end)
		o->end = end;
}

static void keep_attributes_of(struct otlp *o, const struct otlp_profile *p)
{
	for (uint32_t i = 0; i < p->attributes.count; i++)
		keep_attribute(o, &o->tables.attributes.items[
			o->tables.numbers[p->attributes.first + i]]);
}

static void keep_recording(struct otlp *o)
{
	struct recording *r = &o->profile->recording;
	const struct otlp_samples *s = &o->samples;
	int64_t before = r->time;
	r->time = 0;
	r->has_comments = true;
	for (uint32_t i = 0; i < s->profile_count; i++) {
		keep_profile(o, &s->profiles[i]);
		if (i == 0 || !has_same_attributes(o, &s->profiles[i - 1], &s->profiles[i]))
			keep_attributes_of(o, &s->profiles[i]);
	}
	int64_t duration = o->end > (uint64_t)r->time ? (int64_t)o->end - r->time : 0;
	o->profile->overflow |= __builtin_add_overflow(r->duration, duration, &r->duration);
	if (before && before < r->time)
		r->time = before;
}

/* The program, or the service, when it is only one. */
static void keep_title(struct otlp *o)
{
	const struct otlp_attributes *own = &o->tables.own;
	struct str title[2] = { STR(""), STR("") };
	bool several[2] = { false, false };
	for (uint32_t i = 0; i < own->count; i++) {
		const struct otlp_attribute *a = &own->items[i];
		struct str text = otlp_attributes_text(own, &o->tables.pprof, a);
		int k = a->meaning == OTLP_PROGRAM ? 0 : a->meaning == OTLP_SERVICE ? 1 : -1;
		if (k < 0)
			continue;
		several[k] |= title[k].n > 0 && !str_eq(title[k], text);
		title[k] = text;
	}
	for (int k = 0; k < 2; k++)
		if (o->profile->title.n == 0 && !several[k] && title[k].n > 0)
			o->profile->title = profile_keep(o->profile, title[k]);
}

static bool choose_metric(struct otlp *o)
{
	struct metrics *m = &o->samples.metrics;
	struct buf why = { 0 };
	if (m->count == 0)
		return input_fail(o->in, "there is no profile");
	bool ok = value_types_choose(m, o->want, o->usual ? o->usual - 1 : 0, &why);
	if (!ok)
		input_fail(o->in, "%s", buf_cstr(&why));
	buf_free(&why);
	if (ok && o->usual && o->usual < m->count)
		o->profile->recording.usual = m->items[o->usual - 1].own;
	return ok;
}

static bool push_all(struct otlp *o)
{
	const struct recording *r = &o->profile->recording;
	struct metrics *m = &o->samples.metrics;
	if (!choose_metric(o))
		return false;
	otlp_tables_finish(&o->tables);
	keep_recording(o);
	struct comments comments = comments_read(r);
	comments_apply(&comments, o->profile, m);
	keep_title(o);
	if (!pprof_tables_finish(&o->tables.pprof, r->drop, r->keep))
		return false;
	if (m->samples)
		profile_count_samples(o->profile);
	samples_metrics(o->out, m, o->want->all_metrics);
	bool ok = otlp_samples_push(&o->samples, &o->tables, comments.event, o->walk, o->out);
	return ok && reader_end_metrics(o->in, o->profile, m);
}

static bool read_message(struct otlp *o)
{
	begin_message(o);
	while (proto_walk_next(o->walk))
		if (!read_field(o))
			return false;
	return !o->in->failed && end_message(o);
}

static bool read_otlp(struct input *in, const struct want *want, struct samples *out)
{
	struct str head = input_peek(in, INPUT_HEAD);
	struct otlp o = {
		.in = in, .want = want, .out = out, .profile = out->profile,
		.walk = proto_walk_new(in, walked, otlp_probe_is_json(head)),
		.proto = proto_new(),
	};
	bool ok = true;
	otlp_tables_init(&o.tables, o.walk, o.proto, in, o.profile, want);
	while (ok && proto_walk_message(o.walk))
		ok = read_message(&o);
	ok = ok && !in->failed && push_all(&o);
	otlp_samples_free(&o.samples);
	otlp_tables_free(&o.tables);
	proto_delete(o.proto);
	proto_walk_delete(o.walk);
	return ok && !in->failed;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
	.quality = {
		.unknown = "functions were not looked up; profilers of OpenTelemetry leave "
			   "that to what receives their profiles",
	},
};

const struct reader reader_otlp = {
	.name = "otlp",
	.title = "profiles of OpenTelemetry, as protocol buffers or as JSON",
	.leaf_first = true,
	.options = READS_LABELS | READS_ALL_FRAMES,
	.probe = otlp_probe,
	.read = read_otlp,
	.hints = &hints,
};
