/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	{"$schema":"https://www.speedscope.app/file-format-schema.json",
 *	"shared":{"frames":[
 *	{"name":"main","file":"m.c","line":1},
 *	{"name":"work","file":"a.c","line":10,"fgtools":"inlined"}]},
 *	"profiles":[
 *	{"type":"sampled","name":"cpu","unit":"nanoseconds","startValue":0,"endValue":30,
 *	"fgtools":{"series":"cpu","unit":"ns"},
 *	"samples":[[0,1]],"weights":[30]}],
 *	"name":"prog","activeProfileIndex":0,"exporter":"fgtools"}
 *
 * https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources.  A profile
 * has one kind of values, so there is one for each, of each thread.  A frame is a
 * function: its line is the one where it begins, and what else it is, for those who read
 * it again, is told when it is so everywhere.
 */
#include "write/speedscope.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "model/series.h"

struct shared_frame {
	uint32_t name, file;     /* in profile->text; file may be ID_NONE */
	int64_t line;            /* 0: not known */
	enum frame_kind kind;    /* no part of what it is; FRAME_USER: several */
};

struct writing {
	const struct stacks *stacks;
	const struct profile *profile;
	struct series series;
	struct output *out;

	struct shared_frame *frames;
	uint32_t frame_count;
	size_t frame_capacity;
	struct table table;
	uint32_t *number_of;     /* by frame of the profile, of a frame here */

	uint32_t *thread_of;     /* by group */
	uint32_t *group_of;      /* by thread: the first group of it */
	uint32_t *next, *first;  /* items of a thread: by item, and by thread; ID_NONE ends */
	uint32_t thread_count;
	unsigned profiles;       /* written so far */
};

/* Frames */

static uint32_t file_of(const struct profile *p, const struct frame_place *place)
{
	if (place == NULL)
		return ID_NONE;
	if (place->file != ID_NONE || place->mapping == ID_NONE)
		return place->file;
	return p->places->mappings[place->mapping].file;
}

static uint32_t find_frame(struct writing *w, const struct shared_frame *f)
{
	uint64_t key[] = { (uint64_t)f->name << 32 | f->file, (uint64_t)f->line };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key));
	uint32_t id, at = table_place(&w->table, hash);
	while ((id = table_next(&w->table, hash, &at)) != TABLE_END) {
		const struct shared_frame *g = &w->frames[id];
		if (g->name == f->name && g->file == f->file && g->line == f->line) {
			if (g->kind != f->kind)
				w->frames[id].kind = FRAME_USER;
			return id;
		}
	}
	id = w->frame_count++;
	ARRAY_RESERVE(w->frames, w->frame_capacity, w->frame_count);
	w->frames[id] = *f;
	table_insert(&w->table, hash, id);
	return id;
}

/* Those that occur, in the order in which they do. */
static void find_frames(struct writing *w)
{
	const struct stacks *s = w->stacks;
	w->number_of = xcalloc(w->profile->frame_count, sizeof(*w->number_of));
	for (uint32_t i = 0; i < w->profile->frame_count; i++)
		w->number_of[i] = ID_NONE;
	for (uint32_t i = 0; i < s->count; i++)
		for (uint32_t k = 0; k < s->items[i].depth; k++) {
			uint32_t frame = s->pool[s->items[i].first + k];
			const struct frame_place *place = profile_place(w->profile, frame);
			if (w->number_of[frame] != ID_NONE)
				continue;
			w->number_of[frame] = find_frame(w, &(struct shared_frame){
				.name = w->profile->frames[frame].name,
				.file = file_of(w->profile, place),
				.line = place && place->start_line > 0 ?
						place->start_line : 0,
				.kind = w->profile->frames[frame].kind,
			});
		}
}

static void put_frames(struct writing *w)
{
	const struct intern *text = &w->profile->text;
	output_lit(w->out, "\"shared\":{\"frames\":[");
	for (uint32_t i = 0; i < w->frame_count; i++) {
		const struct shared_frame *f = &w->frames[i];
		output_bytes(w->out, i ? STR(",\n{\"name\":") : STR("\n{\"name\":"));
		output_json(w->out, intern_text(text, f->name));
		if (f->file != ID_NONE) {
			output_lit(w->out, ",\"file\":");
			output_json(w->out, intern_text(text, f->file));
		}
		if (f->line) {
			output_lit(w->out, ",\"line\":");
			output_i64(w->out, f->line);
		}
		if (f->kind != FRAME_USER && f->kind != FRAME_OTHER) {
			output_lit(w->out, ",\"fgtools\":");
			output_json(w->out, frame_kind_word(f->kind));
		}
		output_char(w->out, '}');
	}
	output_lit(w->out, "]},\n");
}

/* Threads */

static bool is_same_thread(const struct group *a, const struct group *b)
{
	return a->comm == b->comm && a->pid == b->pid && a->tid == b->tid;
}

static uint32_t find_thread(struct writing *w, struct table *table, uint32_t group)
{
	const struct group *g = &w->profile->groups[group];
	uint64_t key[] = { g->comm, (uint64_t)g->pid, (uint64_t)g->tid };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key));
	uint32_t id, at = table_place(table, hash);
	while ((id = table_next(table, hash, &at)) != TABLE_END)
		if (is_same_thread(&w->profile->groups[w->group_of[id]], g))
			return id;
	id = w->thread_count++;
	w->group_of[id] = group;
	table_insert(table, hash, id);
	return id;
}

static void find_threads(struct writing *w)
{
	const struct stacks *s = w->stacks;
	uint32_t groups = w->profile->group_count;
	struct table table = { 0 };
	w->thread_of = xcalloc(groups, sizeof(*w->thread_of));
	w->group_of = xcalloc(groups, sizeof(*w->group_of));
	w->first = xcalloc(groups, sizeof(*w->first));
	w->next = xcalloc(s->count, sizeof(*w->next));
	for (uint32_t i = 0; i < groups; i++) {
		w->thread_of[i] = find_thread(w, &table, i);
		w->first[i] = ID_NONE;
	}
	table_free(&table);
	for (uint32_t i = s->count; i-- > 0;) {
		uint32_t group = w->profile->stacks[s->source[i]].group;
		uint32_t *first = &w->first[w->thread_of[group]];
		w->next[i] = *first;
		*first = i;
	}
}

/* "java-12/13: cpu", as far as it is known */
static void put_name(struct writing *w, const struct group *g, struct str series)
{
	struct buf name = { 0 };
	if (g->comm != ID_NONE)
		buf_add(&name, intern_text(&w->profile->text, g->comm));
	if (g->pid >= 0)
		buf_addf(&name, "-%lld", (long long)g->pid);
	if (g->tid >= 0)
		buf_addf(&name, "/%lld", (long long)g->tid);
	if (name.n)
		buf_add(&name, STR(": "));
	buf_add(&name, series);
	output_json(w->out, buf_str(&name));
	buf_free(&name);
}

/*
 * What the name does not tell for sure, and what no unit of speedscope is, for those who
 * read it again.
 */
static void put_own(struct writing *w, const struct group *g, const struct series_item *s)
{
	output_lit(w->out, ",\n\"fgtools\":{\"series\":");
	output_json(w->out, s->name);
	if (s->own.n) {
		output_lit(w->out, ",\"own\":");
		output_json(w->out, s->own);
	}
	output_lit(w->out, ",\"unit\":");
	output_json(w->out, s->unit);
	if (g->comm != ID_NONE) {
		output_lit(w->out, ",\"comm\":");
		output_json(w->out, intern_text(&w->profile->text, g->comm));
	}
	if (g->pid >= 0) {
		output_lit(w->out, ",\"pid\":");
		output_i64(w->out, g->pid);
	}
	if (g->tid >= 0) {
		output_lit(w->out, ",\"tid\":");
		output_i64(w->out, g->tid);
	}
	output_char(w->out, '}');
}

/* Profiles */

static struct str unit_of(struct str unit)
{
	struct str word = metrics_long_unit(unit);
	bool is_known = !str_eq(word, unit) || str_eq(unit, STR("bytes"));
	return is_known ? word : STR("none");
}

/* Weights below 0, as a difference may have, are none to speedscope. */
static bool has_weight(const struct writing *w, uint32_t item, unsigned series,
		       int64_t *weight)
{
	*weight = series_value(&w->series, w->stacks, item, series);
	return *weight > 0;
}

static bool sum_up(const struct writing *w, uint32_t thread, unsigned series,
		   int64_t *sum, bool *any)
{
	int64_t weight;
	*sum = 0;
	*any = false;
	for (uint32_t i = w->first[thread]; i != ID_NONE; i = w->next[i])
		if (has_weight(w, i, series, &weight)) {
			*any = true;
			if (__builtin_add_overflow(*sum, weight, sum))
				return false;
		}
	return true;
}

static void put_stack(const struct writing *w, uint32_t item)
{
	const struct stacks_item *stack = &w->stacks->items[item];
	output_char(w->out, '[');
	for (uint32_t k = 0; k < stack->depth; k++) {
		if (k)
			output_char(w->out, ',');
		output_u64(w->out, w->number_of[w->stacks->pool[stack->first + k]]);
	}
	output_char(w->out, ']');
}

static void put_samples(const struct writing *w, uint32_t thread, unsigned series)
{
	int64_t weight;
	bool later = false;
	output_lit(w->out, "\"samples\":[");
	for (uint32_t i = w->first[thread]; i != ID_NONE; i = w->next[i]) {
		if (!has_weight(w, i, series, &weight))
			continue;
		output_bytes(w->out, later ? STR(",\n") : STR("\n"));
		put_stack(w, i);
		later = true;
	}
	output_lit(w->out, "],\n\"weights\":[");
	later = false;
	for (uint32_t i = w->first[thread]; i != ID_NONE; i = w->next[i]) {
		if (!has_weight(w, i, series, &weight))
			continue;
		if (later)
			output_char(w->out, ',');
		output_decimal(w->out, weight, w->series.items[series].scale);
		later = true;
	}
	output_lit(w->out, "]}");
}

static bool put_profile(struct writing *w, uint32_t thread, unsigned series, bool only)
{
	const struct series_item *item = &w->series.items[series];
	struct group nobody = { .comm = ID_NONE, .pid = -1, .tid = -1 };
	const struct group *g = w->thread_count > 0 ?
		&w->profile->groups[w->group_of[thread]] : &nobody;
	int64_t sum = 0;
	bool any = false;
	if (w->thread_count > 0 && !sum_up(w, thread, series, &sum, &any))
		return false;
	if (!any && !only)
		return true;
	output_bytes(w->out, w->profiles++ ? STR(",\n{\"type\":\"sampled\",\"name\":") :
					     STR("\n{\"type\":\"sampled\",\"name\":"));
	put_name(w, g, item->own.n ? item->own : item->name);
	output_lit(w->out, ",\"unit\":");
	output_json(w->out, unit_of(item->unit));
	output_lit(w->out, ",\"startValue\":0,\"endValue\":");
	output_decimal(w->out, sum, item->scale);
	put_own(w, g, item);
	output_lit(w->out, ",\n");
	if (any)
		put_samples(w, thread, series);
	else
		output_lit(w->out, "\"samples\":[],\"weights\":[]}");
	return true;
}

/* What is shown first: the values that were asked for. */
static bool put_profiles(struct writing *w)
{
	output_lit(w->out, "\"profiles\":[");
	for (unsigned k = 0; k < w->series.count; k++) {
		unsigned series = (w->series.chosen + k) % w->series.count;
		for (uint32_t thread = 0; thread < w->thread_count; thread++)
			if (!put_profile(w, thread, series, false))
				return false;
	}
	if (w->profiles == 0)
		put_profile(w, 0, w->series.chosen, true);
	output_lit(w->out, "],\n");
	return true;
}

static bool write_speedscope(const struct stacks *stacks, struct output *out,
			     struct buf *why)
{
	struct writing w = { .stacks = stacks, .profile = stacks->profile, .out = out };
	struct str title = stacks->title;
	series_init(&w.series, stacks);
	find_frames(&w);
	find_threads(&w);
	output_lit(out, "{\"$schema\":\"https://www.speedscope.app/"
			"file-format-schema.json\",\n");
	put_frames(&w);
	bool ok = put_profiles(&w);
	if (!ok)
		buf_add(why, STR("the sum of all values leaves the range of 64 bits"));
	output_lit(out, "\"name\":");
	output_json(out, title.n ? title : STR("profile"));
	output_lit(out, ",\"activeProfileIndex\":0,\"exporter\":\"fgtools\"}\n");
	table_free(&w.table);
	free(w.frames);
	free(w.number_of);
	free(w.thread_of);
	free(w.group_of);
	free(w.first);
	free(w.next);
	return ok;
}

const struct writer writer_speedscope = {
	.name = "speedscope",
	.title = "JSON for speedscope.app",
	.suffixes = { ".speedscope.json", ".speedscope" },
	.is_rich = true,
	.write = write_speedscope,
};
