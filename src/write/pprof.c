/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A profile of pprof: io/pprof.proto tells the fields, read/pprof.c what they mean.
 * Samples come first and make what they refer to as they need it; the tables come
 * behind them.  One stack of a group is one sample.
 *
 * Process and thread are the labels comm, pid and tid, the processor is cpu; the reader
 * takes the first three back.
 */
#include "write/pprof.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "io/deflate.h"
#include "io/pprof.pb-c.h"
#include "model/comments.h"
#include "model/series.h"
#include "write/pprof_parts.h"
#include "write/pprof_types.h"

enum field {
	SAMPLE_TYPE = 1, SAMPLE, DROP_FRAMES = 7, KEEP_FRAMES, TIME, DURATION, PERIOD_TYPE,
	PERIOD, COMMENT, DEFAULT_TYPE, DOC_URL
};

enum { PIECE = 64 * 1024, GROUP_LABELS = 4 };

struct writing {
	const struct stacks *stacks;
	const struct profile *profile;
	struct series series;
	struct pprof_parts parts;
	struct output *out;
	struct buf plain, packed;    /* what waits, and what was made small of it */
	struct deflate *deflate;

	uint64_t *locations;     /* of a sample, leaf first */
	size_t location_capacity;
	struct group_labels {
		Pprof__Label **labels;
		size_t count;
		bool made;
	} *labels;               /* by group */
	struct arena arena;      /* of labels */
	bool has_names;          /* of processes: some are not empty */
	bool is_again;           /* it was a profile of pprof */
};

static void pass_on(struct writing *w)
{
	deflate_add(w->deflate, buf_str(&w->plain), DEFLATE_TEXT);
	buf_clear(&w->plain);
	output_bytes(w->out, buf_str(&w->packed));
	buf_clear(&w->packed);
}

static void more(void *context)
{
	struct writing *w = context;
	if (w->plain.n >= PIECE)
		pass_on(w);
}

/* Types of values */

static void put_type(struct writing *w, enum field field, struct str type, struct str unit)
{
	Pprof__ValueType message = PPROF__VALUE_TYPE__INIT;
	message.type = pprof_parts_text(&w->parts, type);
	message.unit = pprof_parts_text(&w->parts, unit);
	proto_put_message(&w->plain, field, &message.base);
}

static void put_types(struct writing *w)
{
	for (unsigned i = 0; i < w->series.count; i++)
		put_type(w, SAMPLE_TYPE, pprof_types_name(&w->series.items[i]),
			 pprof_types_unit(&w->series.items[i]));
}

/* Labels */

static void put_label(struct writing *w, struct group_labels *to, Pprof__Label label)
{
	Pprof__Label *kept = arena_alloc(&w->arena, sizeof(*kept));
	*kept = label;
	to->labels[to->count++] = kept;
}

static void put_number(struct writing *w, struct group_labels *to, struct str key,
		       int64_t number)
{
	Pprof__Label label = PPROF__LABEL__INIT;
	label.key = pprof_parts_text(&w->parts, key);
	label.num = number;
	if (number >= 0)
		put_label(w, to, label);
}

static void make_labels(struct writing *w, const struct group *g, struct group_labels *to)
{
	uint32_t count;
	const struct label *labels = labels_of(&w->profile->labels, g->labels, &count);
	to->made = true;
	to->labels = arena_alloc(&w->arena, (count + GROUP_LABELS) * sizeof(*to->labels));
	if (g->comm != ID_NONE) {
		Pprof__Label label = PPROF__LABEL__INIT;
		label.key = pprof_parts_text(&w->parts, STR("comm"));
		struct str name = intern_text(&w->profile->text, g->comm);
		label.str = pprof_parts_text(&w->parts, name.n ? name : STR("[no name]"));
		if (w->has_names)
			put_label(w, to, label);
	}
	put_number(w, to, STR("pid"), g->pid);
	put_number(w, to, STR("tid"), g->tid);
	put_number(w, to, STR("cpu"), g->cpu);
	for (uint32_t i = 0; i < count; i++) {
		Pprof__Label label = PPROF__LABEL__INIT;
		label.key = pprof_parts_own(&w->parts, labels[i].key);
		label.str = pprof_parts_own(&w->parts, labels[i].text);
		label.num = labels[i].number;
		label.num_unit = pprof_parts_own(&w->parts, labels[i].unit);
		put_label(w, to, label);
	}
}

static bool has_names(const struct profile *p)
{
	for (uint32_t i = 0; i < p->group_count; i++)
		if (p->groups[i].comm != ID_NONE &&
		    intern_text(&p->text, p->groups[i].comm).n > 0)
			return true;
	return false;
}

/* Samples */

static size_t find_locations(struct writing *w, uint32_t item)
{
	const struct stacks_item *stack = &w->stacks->items[item];
	const uint32_t *frames = w->stacks->pool + stack->first;
	size_t n = 0;
	ARRAY_RESERVE(w->locations, w->location_capacity, stack->depth);
	for (uint32_t i = 0; i < stack->depth;) {
		uint32_t run = pprof_parts_run(&w->parts, frames + i, stack->depth - i);
		w->locations[n++] = pprof_parts_location(&w->parts, frames + i, run);
		i += run;
	}
	/* pprof leaves out samples without a location. */
	if (n == 0 && !w->is_again) {
		ARRAY_RESERVE(w->locations, w->location_capacity, 1);
		w->locations[n++] = pprof_parts_no_stack(&w->parts);
	}
	for (size_t i = 0; i < n / 2; i++) {
		uint64_t swap = w->locations[i];
		w->locations[i] = w->locations[n - 1 - i];
		w->locations[n - 1 - i] = swap;
	}
	return n;
}

static void put_sample(struct writing *w, uint32_t item)
{
	int64_t values[METRICS_MAX];
	uint32_t group = w->profile->stacks[w->stacks->source[item]].group;
	struct group_labels *labels = &w->labels[group];
	if (!labels->made)
		make_labels(w, &w->profile->groups[group], labels);
	for (unsigned i = 0; i < w->series.count; i++)
		values[i] = series_whole(&w->series, w->stacks, item, i);
	Pprof__Sample message = PPROF__SAMPLE__INIT;
	message.n_location_id = find_locations(w, item);
	message.location_id = w->locations;
	message.n_value = w->series.count;
	message.value = values;
	message.n_label = labels->count;
	message.label = labels->labels;
	proto_put_message(&w->plain, SAMPLE, &message.base);
	more(w);
}

/* The whole; texts are written last of all. */

static void put_text(struct writing *w, enum field field, struct str text)
{
	if (text.n)
		proto_put_number(&w->plain, field, pprof_parts_text(&w->parts, text));
}

static void put_whole_number(struct writing *w, enum field field, int64_t number)
{
	if (number)
		proto_put_number(&w->plain, field, (uint64_t)number);
}

/* The default is the last one for pprof, unless another one is named. */
static void put_default(struct writing *w)
{
	const struct recording *r = &w->profile->recording;
	const struct metrics *m = &w->profile->metrics;
	struct str type = pprof_types_name(&w->series.items[w->series.chosen]);
	if (w->series.items[w->series.chosen].is_metric && m->chosen == m->usual && r->usual.n)
		put_text(w, DEFAULT_TYPE, r->usual);
	else if (w->series.chosen + 1 < w->series.count)
		put_text(w, DEFAULT_TYPE, type);
}

static void put_comment(struct writing *w, struct str text)
{
	proto_put_number(&w->plain, COMMENT, pprof_parts_text(&w->parts, text));
}

static void put_own_comments(struct writing *w, struct str unit)
{
	struct str own[COMMENTS_MAX];
	unsigned count = comments_make(w->stacks, &w->series, unit, &w->arena, own);
	for (unsigned i = 0; i < count; i++)
		put_comment(w, own[i]);
}

static void put_recording(struct writing *w)
{
	const struct recording *r = &w->profile->recording;
	const struct series_item *chosen = &w->series.items[w->series.chosen];
	bool told = r->period_type.n || r->period_unit.n || r->period;
	put_text(w, DROP_FRAMES, r->drop);
	put_text(w, KEEP_FRAMES, r->keep);
	put_whole_number(w, TIME, r->time);
	put_whole_number(w, DURATION, r->duration);
	put_type(w, PERIOD_TYPE, told ? r->period_type : pprof_types_name(chosen),
		 told ? r->period_unit : pprof_types_unit(chosen));
	put_whole_number(w, PERIOD, r->period);
	for (uint32_t i = 0; i < r->comment_count; i++)
		put_comment(w, r->comments[i]);
	put_own_comments(w, pprof_types_unit(chosen));
	put_default(w);
	put_text(w, DOC_URL, r->url);
}

/* Without any, pprof says that it misses the program. */
static struct str program_name(const struct stacks *stacks)
{
	const struct profile *p = stacks->profile;
	struct str title = stacks->title;
	for (uint32_t i = 0; title.n == 0 && i < p->group_count; i++)
		if (p->groups[i].comm != ID_NONE)
			title = intern_text(&p->text, p->groups[i].comm);
	title = pprof_types_program(title);
	return title.n ? title : STR("[program]");
}

static bool write_pprof(const struct stacks *stacks, struct output *out, struct buf *why)
{
	(void)why;
	struct writing w = {
		.stacks = stacks, .profile = stacks->profile, .out = out,
		.labels = xcalloc(stacks->profile->group_count, sizeof(*w.labels)),
		.has_names = has_names(stacks->profile),
	};
	w.deflate = deflate_new_gzip(&w.packed);
	series_init_whole(&w.series, stacks);
	w.is_again = w.series.items[0].own.p != NULL;
	pprof_parts_init(&w.parts, w.profile,
			 w.is_again ? STR("") : program_name(stacks));
	put_types(&w);
	for (uint32_t i = 0; i < stacks->count; i++)
		put_sample(&w, i);
	put_recording(&w);
	pprof_parts_write(&w.parts, &w.plain, more, &w);
	pass_on(&w);
	deflate_end(w.deflate);
	output_bytes(out, buf_str(&w.packed));
	pprof_parts_free(&w.parts);
	arena_free(&w.arena);
	buf_free(&w.plain);
	buf_free(&w.packed);
	free(w.locations);
	free(w.labels);
	return true;
}

const struct writer writer_pprof = {
	.name = "pprof",
	.title = "profile for go tool pprof and all that reads its format",
	.suffixes = { ".pb.gz", ".pprof", ".pb" },
	.is_rich = true,
	.is_whole = true,
	.is_binary = true,
	.keeps_rules = true,
	.write = write_pprof,
};
