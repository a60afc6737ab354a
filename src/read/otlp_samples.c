/* SPDX-License-Identifier: Apache-2.0 */
#include "read/otlp_samples.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"

struct pushing {
	struct otlp_samples *samples;
	struct otlp_tables *tables;
	struct proto_walk *walk;
	struct pprof_pushing pprof;
	const struct otlp_profile *profile;
	struct group profile_group;      /* of all of its samples ... */
	uint32_t profile_labels;         /* ... with these in front of their labels */
	Pprof__Label *labels;            /* of the sample */
	Pprof__Label **pointers;
	uint64_t *locations;
	uint32_t label_count;
	size_t label_capacity, pointer_capacity, location_capacity;
	uint32_t trace_key, span_key;    /* texts */
};

void otlp_samples_free(struct otlp_samples *s)
{
	pprof_samples_free(&s->kept);
	free(s->profiles);
	free(s->runs);
	free(s->messages);
}

/* Keeping */

/* Some write lists of one number as that number. */
static void look_at(struct str sample, struct otlp_message *m)
{
	struct proto_field f;
	unsigned seen = 0;
	while (proto_cut(&sample, &f)) {
		bool is_list = f.kind == PROTO_BYTES;
		if (f.number < 8)
			seen |= 1u << f.number;
		if (f.number == 3 && is_list)
			m->looks |= OTLP_LIST_IN_3;
		else if (f.number == 3 && f.value > m->link_max)
			m->link_max = f.value;
		else if (f.number == 4 && is_list)
			m->looks |= OTLP_LIST_IN_4;
	}
	if (seen & (1u << 4 | 1u << 5))
		m->looks |= OTLP_NOT_IN_2;
	else if (seen & 1u << 2)
		m->looks |= OTLP_VALUES_IN_2;
}

void otlp_samples_keep(struct otlp_samples *s, const struct proto_walk *walk)
{
	struct proto_field f = walk->field;
	f.offset = walk->place;
	pprof_samples_keep(&s->kept, &f);
	s->profiles[s->profile_count - 1].end = s->kept.bytes.n;
	if (!walk->is_json)
		look_at(f.bytes, &s->messages[s->message_count - 1]);
}

bool otlp_samples_end(struct otlp_samples *s, const struct otlp_tables *t)
{
	struct otlp_message *m = &s->messages[s->message_count - 1];
	bool lists_in_both = (m->looks & OTLP_LIST_IN_3) && (m->looks & OTLP_LIST_IN_4);
	memcpy(m->base, t->base, sizeof(m->base));
	memcpy(m->seen, t->seen, sizeof(m->seen));
	m->is_19 = !(m->looks & OTLP_LIST_IN_4) &&
		   ((m->looks & OTLP_LIST_IN_3) ||
		    (m->link_max > 0 && m->link_max >= m->seen[OTLP_LINK_TABLE]) ||
		    ((m->looks & OTLP_VALUES_IN_2) && !(m->looks & OTLP_NOT_IN_2)));
	return !lists_in_both;
}

/* Groups and labels */

static void put_label(struct pushing *p, const Pprof__Label *label)
{
	ARRAY_RESERVE(p->labels, p->label_capacity, p->label_count + 1ull);
	p->labels[p->label_count++] = *label;
}

static void put_labels(struct pushing *p, const struct otlp_attributes *attributes,
		       const struct otlp_attribute *a)
{
	for (uint32_t i = a->first; i < a->first + a->count; i++) {
		const struct otlp_value *v = &attributes->values[i];
		Pprof__Label label = PPROF__LABEL__INIT;
		label.key = a->key;
		label.str = v->kind == OTLP_NUMBER ? 0 : v->text;
		label.num = v->kind == OTLP_NUMBER ? v->number : 0;
		label.num_unit = v->kind == OTLP_NUMBER ? a->unit : 0;
		put_label(p, &label);
	}
}

/* What has a place of its own in a group. */
static bool take_into_group(struct pushing *p, const struct otlp_attributes *attributes,
			    const struct otlp_attribute *a, struct group *g)
{
	struct pprof_tables *t = &p->tables->pprof;
	bool is_number = a->count == 1 && attributes->values[a->first].kind == OTLP_NUMBER;
	int64_t number = is_number ? attributes->values[a->first].number : -1;
	switch (a->meaning) {
	case OTLP_COMM:
		if (a->count != 1 || is_number)
			return false;
		if (otlp_attributes_text(attributes, t, a).n > 0)
			g->comm = profile_text(t->profile,
					       otlp_attributes_text(attributes, t, a));
		return true;
	case OTLP_PROGRAM: return a->count == 1 && !is_number;
	case OTLP_PID: g->pid = number; return number >= 0;
	case OTLP_TID: g->tid = number; return number >= 0;
	case OTLP_CPU:
		g->cpu = number <= INT32_MAX ? (int32_t)number : -1;
		return g->cpu >= 0;
	default: return false;
	}
}

static void take(struct pushing *p, const struct otlp_attributes *attributes,
		 const struct otlp_attribute *a, struct group *g)
{
	if (!take_into_group(p, attributes, a, g))
		put_labels(p, attributes, a);
}

/* Where the process is known and threads have no names, the program has one. */
static void name_process(struct pushing *p, const struct otlp_attributes *attributes,
			 const struct otlp_attribute *a, struct group *g)
{
	struct pprof_tables *t = &p->tables->pprof;
	struct str name = otlp_attributes_text(attributes, t, a);
	if (a->meaning == OTLP_PROGRAM && g->comm == ID_NONE && g->pid >= 0 && name.n)
		g->comm = profile_text(t->profile, name);
}

static void begin_profile(struct pushing *p, const struct group *nobody)
{
	struct otlp_tables *t = p->tables;
	struct otlp_run run = p->samples->runs[p->profile->resource];
	p->label_count = 0;
	p->profile_group = *nobody;
	for (uint32_t i = run.first; i < run.first + run.count; i++)
		take(p, &t->own, &t->own.items[i], &p->profile_group);
	p->profile_labels = p->label_count;
}

static void put_link(struct pushing *p, uint32_t index)
{
	const struct otlp_link *link = &p->tables->links[index];
	Pprof__Label label = PPROF__LABEL__INIT;
	label.key = p->trace_key;
	label.str = link->trace;
	if (link->trace)
		put_label(p, &label);
	label.key = p->span_key;
	label.str = link->span;
	if (link->span)
		put_label(p, &label);
}

/* A sample */

static bool check(struct pushing *p, enum otlp_table table, int64_t index)
{
	const struct otlp_message *m = &p->samples->messages[p->profile->message];
	static const char *const words[OTLP_TABLES] = {
		[OTLP_STACK_TABLE] = "stack", [OTLP_ATTRIBUTE_TABLE] = "attribute",
		[OTLP_LINK_TABLE] = "link",
	};
	return index == 0 || (index > 0 && index < m->seen[table]) ||
	       proto_walk_error(p->walk, p->pprof.offset, "there is no %s %" PRId64,
				words[table], index);
}

static bool make_labels(struct pushing *p, const Otlp__Sample *s, Pprof__Sample *to)
{
	struct otlp_tables *t = p->tables;
	const struct otlp_message *m = &p->samples->messages[p->profile->message];
	struct group *g = &p->pprof.group;
	struct otlp_run resource = p->samples->runs[p->profile->resource];
	*g = p->profile_group;
	p->label_count = p->profile_labels;
	for (size_t i = 0; i < s->n_attribute_indices; i++) {
		int32_t index = s->attribute_indices[i];
		if (!check(p, OTLP_ATTRIBUTE_TABLE, index))
			return false;
		if (index)
			take(p, &t->attributes,
			     &t->attributes.items[m->base[OTLP_ATTRIBUTE_TABLE] +
						  (uint32_t)index], g);
	}
	for (size_t i = 0; g->comm == ID_NONE && i < s->n_attribute_indices; i++)
		name_process(p, &t->attributes,
			     &t->attributes.items[m->base[OTLP_ATTRIBUTE_TABLE] +
						  (uint32_t)s->attribute_indices[i]], g);
	for (uint32_t i = 0; g->comm == ID_NONE && i < resource.count; i++)
		name_process(p, &t->own, &t->own.items[resource.first + i], g);
	if (!check(p, OTLP_LINK_TABLE, s->link_index))
		return false;
	if (s->link_index)
		put_link(p, m->base[OTLP_LINK_TABLE] + (uint32_t)s->link_index);
	ARRAY_RESERVE(p->pointers, p->pointer_capacity, p->label_count);
	for (uint32_t i = 0; i < p->label_count; i++)
		p->pointers[i] = &p->labels[i];
	to->label = p->pointers;
	to->n_label = p->label_count;
	return true;
}

static bool make_stack(struct pushing *p, const Otlp__Sample *s, Pprof__Sample *to)
{
	const struct otlp_tables *t = p->tables;
	const struct otlp_message *m = &p->samples->messages[p->profile->message];
	if (!check(p, OTLP_STACK_TABLE, s->stack_index))
		return false;
	if (s->stack_index == 0)
		return true;
	struct otlp_run run = t->stacks[m->base[OTLP_STACK_TABLE] + (uint32_t)s->stack_index];
	ARRAY_RESERVE(p->locations, p->location_capacity, run.count);
	for (uint32_t i = 0; i < run.count; i++)
		if (t->numbers[run.first + i])
			p->locations[to->n_location_id++] = t->numbers[run.first + i];
	to->location_id = p->locations;
	return true;
}

/* Without values, each time is an event that counts 1. */
static bool sum_up(struct pushing *p, const Otlp__Sample *s, int64_t *sum)
{
	*sum = 0;
	if (s->n_values && s->n_timestamps_unix_nano && s->n_values != s->n_timestamps_unix_nano)
		return proto_walk_error(p->walk, p->pprof.offset, "a sample of %zu values and "
					"%zu times", s->n_values, s->n_timestamps_unix_nano);
	if (s->n_values == 0)
		*sum = (int64_t)s->n_timestamps_unix_nano;
	for (size_t i = 0; i < s->n_values; i++)
		if (__builtin_add_overflow(*sum, s->values[i], sum))
			return proto_walk_error(p->walk, p->pprof.offset, "the sum of the values "
						"of a sample leaves the range of 64 bits");
	return true;
}

static bool push_value(struct pushing *p, Pprof__Sample *to, int64_t value, int64_t time)
{
	int64_t values[METRICS_MAX] = { 0 };
	struct metrics *m = p->pprof.metrics;
	struct samples *out = p->pprof.out;
	values[p->profile->metric] = value;
	to->value = values;
	to->n_value = m->count;
	out->time = time;
	uint64_t count = out->count;
	bool ok = pprof_samples_push_one(&p->pprof, to);
	/* What is told of a sample a second time is none of its own. */
	if (p->profile->metric != m->chosen)
		out->count = count;
	return ok;
}

static bool push_sample(struct pushing *p, const Otlp__Sample *s)
{
	Pprof__Sample made = PPROF__SAMPLE__INIT;
	const struct metrics *m = p->pprof.metrics;
	const struct want *want = p->tables->pprof.want;
	size_t times = s->n_timestamps_unix_nano;
	int64_t sum;
	if (!make_stack(p, s, &made) || !make_labels(p, s, &made) || !sum_up(p, s, &sum))
		return false;
	if (s->n_values == 0 && times == 0) {
		input_warn(p->tables->pprof.in, "samples without a value and a time, left out",
			   STR(""));
		return true;
	}
	if (p->profile->metric != m->chosen && p->profile->metric + 1 != m->samples &&
	    !want->all_metrics) {
		metrics_sum(p->pprof.metrics, p->profile->metric, sum);
		return true;
	}
	if (!want->times || times == 0)
		return push_value(p, &made, sum, MOMENT_UNKNOWN);
	for (size_t i = 0; i < times; i++)
		if (!push_value(p, &made, s->n_values ? s->values[i] : 1,
				s->timestamps_unix_nano[i] <= INT64_MAX ?
					(int64_t)s->timestamps_unix_nano[i] : INT64_MAX))
			return false;
	return true;
}

/* Profiles */

static Otlp__Sample sample_of_19(const Otlp__Sample19 *old)
{
	Otlp__Sample s = OTLP__SAMPLE__INIT;
	s.stack_index = old->stack_index;
	s.n_values = old->n_values;
	s.values = old->values;
	s.n_attribute_indices = old->n_attribute_indices;
	s.attribute_indices = old->attribute_indices;
	s.link_index = old->link_index;
	s.n_timestamps_unix_nano = old->n_timestamps_unix_nano;
	s.timestamps_unix_nano = old->timestamps_unix_nano;
	return s;
}

static bool unpack(struct pushing *p, struct proto *proto, struct str bytes, Otlp__Sample *s)
{
	bool is_19 = p->samples->messages[p->profile->message].is_19;
	const void *message = proto_unpack(proto, is_19 ? &otlp__sample19__descriptor :
							  &otlp__sample__descriptor, bytes);
	if (message == NULL)
		return proto_walk_error(p->walk, p->pprof.offset, "this is no sample of OTLP");
	*s = is_19 ? sample_of_19(message) : *(const Otlp__Sample *)message;
	return true;
}

static bool push_profile(struct pushing *p, struct proto *proto)
{
	struct pprof_samples *kept = &p->samples->kept;
	const struct otlp_profile *profile = p->profile;
	struct str rest = { kept->bytes.p + profile->first, profile->end - profile->first };
	struct proto_field f;
	Otlp__Sample s = OTLP__SAMPLE__INIT;
	while (rest.n > 0 && proto_cut(&rest, &f)) {
		p->pprof.offset = pprof_samples_offset(kept, (size_t)(f.whole.p - kept->bytes.p));
		if (!unpack(p, proto, f.bytes, &s) || !push_sample(p, &s))
			return false;
	}
	return true;
}

static uint32_t text_number(struct pprof_tables *t, struct str text)
{
	pprof_tables_string(t, text, 0);
	return t->string_count - 1;
}

bool otlp_samples_push(struct otlp_samples *s, struct otlp_tables *t, struct proto_walk *walk,
		       struct proto *proto, struct samples *out)
{
	const struct metric *chosen = &s->metrics.items[s->metrics.chosen];
	struct group nobody = pprof_samples_nobody(profile_event(out->profile, STR(""),
								 chosen->unit));
	struct pushing p = {
		.samples = s, .tables = t, .walk = walk,
		.pprof = { .tables = &t->pprof, .metrics = &s->metrics, .out = out },
		.trace_key = text_number(&t->pprof, STR("trace_id")),
		.span_key = text_number(&t->pprof, STR("span_id")),
	};
	bool ok = true;
	for (uint32_t i = 0; ok && i < s->profile_count; i++) {
		p.profile = &s->profiles[i];
		begin_profile(&p, &nobody);
		ok = push_profile(&p, proto);
	}
	samples_flush(out);
	out->time = MOMENT_UNKNOWN;
	pprof_samples_pushed(&p.pprof);
	free(p.labels);
	free(p.pointers);
	free(p.locations);
	return ok;
}
