/* SPDX-License-Identifier: Apache-2.0 */
#include "read/otlp_samples.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"

/* A profile and its next sample. */
struct cursor {
	const struct otlp_profile *profile;
	struct proto *proto;
	struct str rest;         /* of its samples */
	uint64_t offset;         /* of the sample in the file */
	Otlp__Sample sample;
	int64_t sum;             /* of its values */
	bool has_sample;
};

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
	struct cursor cursors[METRICS_MAX];      /* profiles that are read side by side */
	unsigned cursor_count;
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
static bool sum_up(struct pushing *p, struct cursor *c)
{
	const Otlp__Sample *s = &c->sample;
	if (s->n_values && s->n_timestamps_unix_nano && s->n_values != s->n_timestamps_unix_nano)
		return proto_walk_error(p->walk, c->offset, "a sample of %zu values and %zu times",
					s->n_values, s->n_timestamps_unix_nano);
	c->sum = s->n_values ? 0 : (int64_t)s->n_timestamps_unix_nano;
	for (size_t i = 0; i < s->n_values; i++)
		if (__builtin_add_overflow(c->sum, s->values[i], &c->sum))
			return proto_walk_error(p->walk, c->offset, "the sum of the values of a "
						"sample leaves the range of 64 bits");
	return true;
}

static bool push_values(struct pushing *p, Pprof__Sample *to, int64_t *values, bool is_chosen)
{
	struct samples *out = p->pprof.out;
	uint64_t count = out->count;
	to->value = values;
	to->n_value = p->pprof.metrics->count;
	bool ok = pprof_samples_push_one(&p->pprof, to);
	/* What is told of a sample a second time is none of its own. */
	if (!is_chosen)
		out->count = count;
	return ok;
}

/* One by one, where it is wanted when each was. */
static bool push_times(struct pushing *p, Pprof__Sample *to, const struct cursor *c)
{
	const Otlp__Sample *s = &c->sample;
	bool is_chosen = c->profile->metric == p->pprof.metrics->chosen;
	for (size_t i = 0; i < s->n_timestamps_unix_nano; i++) {
		int64_t values[METRICS_MAX] = { 0 };
		values[c->profile->metric] = s->n_values ? s->values[i] : 1;
		p->pprof.out->time = s->timestamps_unix_nano[i] <= INT64_MAX ?
					     (int64_t)s->timestamps_unix_nano[i] : INT64_MAX;
		if (!push_values(p, to, values, is_chosen))
			return false;
	}
	p->pprof.out->time = MOMENT_UNKNOWN;
	return true;
}

static bool is_same(const Otlp__Sample *a, const Otlp__Sample *b)
{
	return a->stack_index == b->stack_index && a->link_index == b->link_index &&
	       a->n_attribute_indices == b->n_attribute_indices &&
	       (a->n_attribute_indices == 0 ||
		memcmp(a->attribute_indices, b->attribute_indices,
		       a->n_attribute_indices * sizeof(*a->attribute_indices)) == 0);
}

/* With what the profiles behind it tell of the same. */
static bool push_sample(struct pushing *p, struct cursor *c)
{
	Pprof__Sample made = PPROF__SAMPLE__INIT;
	int64_t values[METRICS_MAX] = { 0 };
	bool is_chosen = false;
	p->profile = c->profile;
	p->pprof.offset = c->offset;
	c->has_sample = false;
	if (!make_stack(p, &c->sample, &made) || !make_labels(p, &c->sample, &made))
		return false;
	if (p->tables->pprof.want->times && c->sample.n_timestamps_unix_nano > 0)
		return push_times(p, &made, c);
	values[c->profile->metric] = c->sum;
	is_chosen = c->profile->metric == p->pprof.metrics->chosen;
	for (struct cursor *k = c + 1; k < p->cursors + p->cursor_count; k++) {
		if (!k->has_sample || !is_same(&c->sample, &k->sample))
			continue;
		values[k->profile->metric] = k->sum;
		is_chosen |= k->profile->metric == p->pprof.metrics->chosen;
		k->has_sample = false;
	}
	return push_values(p, &made, values, is_chosen);
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

static bool unpack(struct pushing *p, struct cursor *c, struct str bytes)
{
	bool is_19 = p->samples->messages[c->profile->message].is_19;
	const void *message = proto_unpack(c->proto, is_19 ? &otlp__sample19__descriptor :
							     &otlp__sample__descriptor, bytes);
	if (message == NULL)
		return proto_walk_error(p->walk, c->offset, "this is no sample of OTLP");
	c->sample = is_19 ? sample_of_19(message) : *(const Otlp__Sample *)message;
	return true;
}

/* The next sample with a value, if there is one. */
static bool go_on(struct pushing *p, struct cursor *c)
{
	const struct pprof_samples *kept = &p->samples->kept;
	struct proto_field f;
	while (!c->has_sample && c->rest.n > 0 && proto_cut(&c->rest, &f)) {
		c->offset = pprof_samples_offset(kept, (size_t)(f.whole.p - kept->bytes.p));
		if (!unpack(p, c, f.bytes) || !sum_up(p, c))
			return false;
		c->has_sample = c->sample.n_values || c->sample.n_timestamps_unix_nano;
		if (!c->has_sample)
			input_warn(p->tables->pprof.in,
				   "samples without a value and a time, left out", STR(""));
	}
	return true;
}

static bool push_profiles(struct pushing *p)
{
	for (;;) {
		struct cursor *next = NULL;
		for (unsigned i = p->cursor_count; i-- > 0;) {
			if (!go_on(p, &p->cursors[i]))
				return false;
			if (p->cursors[i].has_sample)
				next = &p->cursors[i];
		}
		if (next == NULL)
			return true;
		if (!push_sample(p, next))
			return false;
	}
}

/* Whether the values of a profile are stored, or only their sum. */
static bool is_stored(const struct pushing *p, const struct otlp_profile *profile)
{
	const struct metrics *m = p->pprof.metrics;
	return profile->metric == m->chosen || profile->metric + 1 == m->samples ||
	       p->tables->pprof.want->all_metrics;
}

static bool sum_profile(struct pushing *p, struct cursor *c)
{
	while (go_on(p, c) && c->has_sample) {
		metrics_sum(p->pprof.metrics, c->profile->metric, c->sum);
		c->has_sample = false;
	}
	return !p->tables->pprof.in->failed;
}

static void begin_cursor(struct pushing *p, const struct otlp_profile *profile)
{
	struct cursor *c = &p->cursors[p->cursor_count++];
	const struct buf *bytes = &p->samples->kept.bytes;
	if (c->proto == NULL)
		c->proto = proto_new();
	c->profile = profile;
	size_t n = profile->end - profile->first;
	c->rest = n > 0 ? (struct str){ bytes->p + profile->first, n } : STR("");
	c->has_sample = false;
}

static bool goes_with(const struct pushing *p, const struct otlp_profile *profile)
{
	for (unsigned i = 0; i < p->cursor_count; i++)
		if (p->cursors[i].profile->metric == profile->metric ||
		    p->cursors[i].profile->scope != profile->scope)
			return false;
	return p->cursor_count < METRICS_MAX;
}

/* Profiles of a scope, which tell of the same samples, are read side by side. */
static bool push_all(struct pushing *p, const struct group *nobody)
{
	struct otlp_samples *s = p->samples;
	for (uint32_t i = 0; i < s->profile_count;) {
		p->cursor_count = 0;
		p->profile = &s->profiles[i];
		begin_profile(p, nobody);
		for (; i < s->profile_count && goes_with(p, &s->profiles[i]); i++) {
			begin_cursor(p, &s->profiles[i]);
			if (is_stored(p, &s->profiles[i]))
				continue;
			if (!sum_profile(p, &p->cursors[--p->cursor_count]))
				return false;
		}
		if (!push_profiles(p))
			return false;
	}
	return true;
}

static uint32_t text_number(struct pprof_tables *t, struct str text)
{
	pprof_tables_string(t, text, 0);
	return t->string_count - 1;
}

bool otlp_samples_push(struct otlp_samples *s, struct otlp_tables *t, struct str event,
		       struct proto_walk *walk, struct samples *out)
{
	const struct metric *chosen = &s->metrics.items[s->metrics.chosen];
	struct group nobody = profile_nobody(profile_event(out->profile, event,
							   chosen->unit));
	struct pushing p = {
		.samples = s, .tables = t, .walk = walk,
		.pprof = { .tables = &t->pprof, .metrics = &s->metrics, .out = out },
		.trace_key = text_number(&t->pprof, STR("trace_id")),
		.span_key = text_number(&t->pprof, STR("span_id")),
	};
	bool ok = push_all(&p, &nobody);
	samples_flush(out);
	pprof_samples_pushed(&p.pprof);
	for (unsigned i = 0; i < METRICS_MAX && p.cursors[i].proto; i++)
		proto_delete(p.cursors[i].proto);
	free(p.labels);
	free(p.pointers);
	free(p.locations);
	return ok;
}
