/* SPDX-License-Identifier: Apache-2.0 */
#include "read/pprof_samples.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/tags.h"

void pprof_samples_free(struct pprof_samples *s)
{
	buf_free(&s->bytes);
	free(s->runs);
}

void pprof_samples_keep(struct pprof_samples *s, const struct proto_field *f)
{
	const struct pprof_run *last = s->run_count ? &s->runs[s->run_count - 1] : NULL;
	if (last == NULL || f->offset - last->offset != s->bytes.n - last->at) {
		ARRAY_RESERVE(s->runs, s->run_capacity, s->run_count + 1);
		s->runs[s->run_count++] = (struct pprof_run){ s->bytes.n, f->offset };
	}
	buf_add(&s->bytes, f->whole);
}

uint64_t pprof_samples_offset(const struct pprof_samples *s, size_t at)
{
	size_t low = 0, high = s->run_count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (s->runs[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return s->runs[low].offset + (at - s->runs[low].at);
}

/* Labels */

static bool texts_of(struct pprof_pushing *p, const Pprof__Label *l, struct str *key,
		     struct str *text, struct str *unit)
{
	struct pprof_tables *t = p->tables;
	return pprof_tables_text(t, l->key, p->offset, key) &&
	       pprof_tables_text(t, l->str, p->offset, text) &&
	       pprof_tables_text(t, l->num_unit, p->offset, unit);
}

/* What has a place of its own in a group: as our own writer calls it. */
static bool take_into_group(struct pprof_pushing *p, const Pprof__Label *l, struct str key,
			    struct str text, struct group *g)
{
	if (l->str && str_eq(key, STR("comm")) && g->comm == ID_NONE) {
		g->comm = profile_text(p->tables->profile, text);
		return true;
	}
	if (l->str || l->num_unit || l->num < 0)
		return false;
	int64_t *id = str_eq(key, STR("pid")) ? &g->pid :
		      str_eq(key, STR("tid")) ? &g->tid : NULL;
	if (id == NULL || *id >= 0)
		return false;
	*id = l->num;
	return true;
}

static bool make_group(struct pprof_pushing *p, const Pprof__Sample *s, struct group *g)
{
	struct profile *profile = p->tables->profile;
	uint32_t count = 0;
	ARRAY_RESERVE(p->labels, p->label_capacity, s->n_label);
	for (size_t i = 0; i < s->n_label; i++) {
		const Pprof__Label *l = s->label[i];
		struct str key, text, unit;
		if (!texts_of(p, l, &key, &text, &unit))
			return false;
		bool told = l->str || l->num || l->num_unit;
		if (!told || take_into_group(p, l, key, text, g))
			continue;
		p->labels[count++] = (struct label){
			.key = profile_text(profile, key), .number = l->num,
			.text = l->str ? profile_text(profile, text) : ID_NONE,
			.unit = l->num_unit ? profile_text(profile, unit) : ID_NONE,
		};
	}
	p->label_set = labels_add(&profile->labels, p->labels, count);
	if (want_tag(p->tables->want, TAG_LABELS))
		g->labels = p->label_set;
	return true;
}

static void forget_unwanted(const struct want *w, struct group *g)
{
	if (!want_comm(w))
		g->comm = ID_NONE;
	if (!want_pid(w))
		g->pid = -1;
	if (!want_tid(w))
		g->tid = -1;
	if (!want_cpu(w))
		g->cpu = -1;
}

static bool find_group(struct pprof_pushing *p, const Pprof__Sample *s, uint32_t *group)
{
	struct group g = p->group;
	p->label_set = 0;
	if (s->n_label > 0 && !make_group(p, s, &g))
		return false;
	forget_unwanted(p->tables->want, &g);
	*group = profile_group(p->tables->profile, &g);
	return true;
}

/* Stacks */

static const struct pprof_location *find_location(struct pprof_pushing *p, uint64_t id)
{
	const struct pprof_location *l = pprof_tables_find(p->tables, id);
	if (l == NULL)
		input_error_at(p->tables->in, p->offset, "there is no location %" PRIu64, id);
	return l;
}

/* Locations that are left out at the leaf; the first *cut is one that is kept alone. */
static bool find_cut(struct pprof_pushing *p, const Pprof__Sample *s, size_t *first)
{
	bool found_user = false;
	*first = 0;
	for (size_t i = s->n_location_id; p->tables->has_rules && i-- > 0;) {
		const struct pprof_location *l = find_location(p, s->location_id[i]);
		if (l == NULL)
			return false;
		if (!l->drops_rest)
			found_user = true;
		else if (found_user && *first == 0)
			*first = l->drops_all ? i + 1 : i;
	}
	return true;
}

/* What our own writer says of samples without a stack, for readers that skip them. */
static void forget_no_stack(struct pprof_pushing *p)
{
	struct samples *out = p->out;
	if (sample_depth(out) > 0 && !p->tables->want->places &&
	    str_eq(profile_name(p->tables->profile, out->frames[out->frame_count - 1]),
		   STR("[no stack]")))
		sample_pop(out);
}

static bool push_stack(struct pprof_pushing *p, const Pprof__Sample *s)
{
	size_t first;
	if (!find_cut(p, s, &first))
		return false;
	tags_push_leaf(p->out, p->tables->want, p->label_set);
	for (size_t i = first; i < s->n_location_id; i++) {
		const struct pprof_location *l = find_location(p, s->location_id[i]);
		if (l == NULL)
			return false;
		sample_push_all(p->out, p->tables->frames, l->first_frame, l->frames);
		if (sample_depth(p->out) > SAMPLES_DEPTH_MAX)
			return input_error_at(p->tables->in, p->offset,
					      "stack of more than %d frames",
					      SAMPLES_DEPTH_MAX);
	}
	if (s->n_location_id == 1)
		forget_no_stack(p);
	tags_push_root(p->out, p->tables->want, p->label_set);
	if (sample_depth(p->out) == 0)
		p->out->frameless++;
	return true;
}

/* Flame graphs have no width below 0; formats that carry all values have no width. */
static bool is_negative(const struct pprof_pushing *p, const Pprof__Sample *s)
{
	return !p->tables->want->all_metrics && s->value[p->metrics->chosen] < 0;
}

bool pprof_samples_push_one(struct pprof_pushing *p, const Pprof__Sample *s)
{
	struct metrics *m = p->metrics;
	uint32_t group;
	if (s->n_value != m->count)
		return input_error_at(p->tables->in, p->offset, "a sample of %zu values, "
				      "where there are %u types of them", s->n_value,
				      m->count);
	if (is_negative(p, s)) {
		input_warn(p->tables->in, "samples with a value below 0, left out",
			   STR(""));
		return true;
	}
	if (!find_group(p, s, &group) || !push_stack(p, s))
		return false;
	for (unsigned i = 0; i < m->count; i++)
		metrics_sum(m, i, s->value[i]);
	sample_end_metrics(p->out, group, s->value);
	return true;
}

bool pprof_samples_push(struct pprof_samples *s, struct pprof_pushing *p,
			struct proto *proto)
{
	struct str rest = buf_str(&s->bytes);
	struct proto_field f;
	while (proto_cut(&rest, &f)) {
		p->offset = pprof_samples_offset(s, (size_t)(f.whole.p - s->bytes.p));
		const Pprof__Sample *sample =
			proto_unpack(proto, &pprof__sample__descriptor, f.bytes);
		if (sample == NULL)
			return input_error_at(p->tables->in, p->offset,
					      "this is no sample of pprof");
		if (!pprof_samples_push_one(p, sample))
			return false;
	}
	return true;
}

void pprof_samples_pushed(struct pprof_pushing *p)
{
	free(p->labels);
}
