/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The Firefox Profiler's own format, as read/firefox.c shows it, in version 60: the first
 * one in which threads share their tables.  Whatever reads a later version reads this
 * one as well, for what has been added since it can make itself.
 *
 * https://github.com/firefox-devtools/profiler/blob/main/src/types/profile.ts
 *
 * A sample has one weight, so one kind of values is written: the one that was asked for.
 * Each sample stands where it was in time, when that is known; else the samples of a
 * thread follow each other, each for as long as it weighs.
 */
#include "write/firefox.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"
#include "model/series.h"
#include "write/firefox_shared.h"

enum { MS_DECIMALS = 6, NS_PER_MS = 1000000, LONGEST_MS = 10000000 };

/* What weights are, and how they are written: digits / 10^scale, times the factor. */
struct unit {
	struct str unit, weight_type;
	int decimals;            /* of a ms; negative: it is several */
};

static const struct unit units[] = {
	{ STR("ns"), STR("tracing-ms"), 6 }, { STR("us"), STR("tracing-ms"), 3 },
	{ STR("ms"), STR("tracing-ms"), 0 }, { STR("s"), STR("tracing-ms"), -3 },
	{ STR("bytes"), STR("bytes"), 0 },
};

struct sample {
	uint32_t item, next;     /* of the same thread; ID_NONE ends */
	int64_t weight;
	int64_t time;            /* since the first one, in ns; without any: not used */
};

struct writing {
	const struct stacks *stacks;
	const struct profile *profile;
	struct output *out;
	struct series series;
	struct firefox_shared shared;
	uint32_t *stack_of;      /* by item: its row, or ID_NONE */

	struct thread {
		uint32_t group;          /* the first one of it */
		uint32_t first, last;    /* of its samples */
		uint32_t count;
		bool is_main;
	} *threads;
	uint32_t *thread_of;     /* by group */
	uint32_t thread_count;
	struct sample *samples;
	size_t sample_count, sample_capacity;

	struct unit unit;
	unsigned scale;
	int64_t factor;
	unsigned time_scale;     /* of times that are sums of weights */
	bool has_times;
};

/* Values */

static void find_unit(struct writing *w)
{
	const struct series_item *item = &w->series.items[w->series.chosen];
	w->unit = (struct unit){ .unit = item->unit, .weight_type = STR("samples") };
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(units[i].unit, item->unit))
			w->unit = units[i];
	w->scale = item->scale;
	w->factor = 1;
	if (w->unit.decimals > 0)
		w->scale += (unsigned)w->unit.decimals;
	else if (w->unit.decimals < 0)
		w->factor = 1000;
}

static bool is_bytes(const struct writing *w)
{
	return str_eq(w->unit.weight_type, STR("bytes"));
}

/* What differs from before, of a difference. */
static bool weight_of(const struct writing *w, uint32_t item, int64_t *weight)
{
	const int64_t *values = w->stacks->items[item].value;
	*weight = series_value(&w->series, w->stacks, item, w->series.chosen);
	if (w->profile->is_difference && w->stacks->columns == 2 &&
	    __builtin_sub_overflow(values[1], values[0], weight))
		return false;
	return !__builtin_mul_overflow(*weight, w->factor, weight);
}

/* Threads */

static uint32_t find_thread(struct writing *w, struct table *table, uint32_t group)
{
	const struct group *g = &w->profile->groups[group];
	uint64_t key[] = { g->comm, (uint64_t)g->pid, (uint64_t)g->tid };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key)), id;
	uint32_t at = table_place(table, hash);
	while ((id = table_next(table, hash, &at)) != TABLE_END) {
		const struct group *other = &w->profile->groups[w->threads[id].group];
		if (other->comm == g->comm && other->pid == g->pid &&
		    other->tid == g->tid)
			return id;
	}
	id = w->thread_count++;
	w->threads[id] = (struct thread){
		.group = group, .first = ID_NONE, .last = ID_NONE,
		.is_main = g->tid == g->pid,
	};
	table_insert(table, hash, id);
	return id;
}

/* A process whose main thread was not recorded has the first one for it. */
static void find_main_threads(struct writing *w)
{
	struct table table = { 0 };
	uint32_t *of_pid = xcalloc(w->thread_count, sizeof(*of_pid)), pids = 0;
	bool *has_main = xcalloc(w->thread_count, sizeof(*has_main));
	for (uint32_t i = 0; i < w->thread_count; i++) {
		int64_t pid = w->profile->groups[w->threads[i].group].pid;
		uint32_t hash = (uint32_t)hash_hidden(&pid, sizeof(pid)), id;
		uint32_t at = table_place(&table, hash);
		while ((id = table_next(&table, hash, &at)) != TABLE_END)
			if (w->profile->groups[w->threads[of_pid[id]].group].pid == pid)
				break;
		if (id == TABLE_END) {
			id = pids++;
			of_pid[id] = i;
			table_insert(&table, hash, id);
		}
		has_main[id] |= w->threads[i].is_main;
	}
	for (uint32_t i = 0; i < pids; i++)
		w->threads[of_pid[i]].is_main |= !has_main[i];
	table_free(&table);
	free(of_pid);
	free(has_main);
}

static void find_threads(struct writing *w)
{
	uint32_t groups = w->profile->group_count;
	struct table table = { 0 };
	w->thread_of = xcalloc(groups, sizeof(*w->thread_of));
	w->threads = xcalloc(groups, sizeof(*w->threads));
	for (uint32_t i = 0; i < groups; i++)
		w->thread_of[i] = find_thread(w, &table, i);
	table_free(&table);
	find_main_threads(w);
}

static struct str label_of(const struct writing *w, const struct group *g, struct str key)
{
	uint32_t count;
	const struct label *labels = labels_of(&w->profile->labels, g->labels, &count);
	for (uint32_t i = 0; i < count; i++)
		if (labels[i].text != ID_NONE &&
		    str_eq(intern_text(&w->profile->text, labels[i].key), key))
			return intern_text(&w->profile->text, labels[i].text);
	return STR("");
}

/* Samples */

static const struct group *group_of(const struct writing *w, uint32_t item)
{
	uint32_t stack = w->stacks->source[item];
	return &w->profile->groups[w->profile->stacks[stack].group];
}

static void find_stacks(struct writing *w)
{
	const struct stacks *s = w->stacks;
	w->stack_of = xcalloc(s->count, sizeof(*w->stack_of));
	for (uint32_t i = 0; i < s->count; i++)
		w->stack_of[i] = firefox_shared_stack(
			&w->shared, s->pool + s->items[i].first, s->items[i].depth,
			label_of(w, group_of(w, i), STR("category")));
}

static void add_sample(struct writing *w, uint32_t item, int64_t weight, int64_t time)
{
	uint32_t group = w->profile->stacks[w->stacks->source[item]].group;
	struct thread *t = &w->threads[w->thread_of[group]];
	uint32_t id = (uint32_t)w->sample_count++;
	ARRAY_RESERVE(w->samples, w->sample_capacity, w->sample_count);
	w->samples[id] = (struct sample){ item, ID_NONE, weight, time };
	if (t->last == ID_NONE)
		t->first = id;
	else
		w->samples[t->last].next = id;
	t->last = id;
	t->count++;
}

/* Of the first sample whose time is known; they are sorted. */
static bool find_first_time(const struct writing *w, int64_t *first)
{
	const struct moments *m = w->profile->moments;
	*first = MOMENT_UNKNOWN;
	for (size_t i = 0; m && i < m->count && *first == MOMENT_UNKNOWN; i++)
		*first = m->items[i].time;
	return *first != MOMENT_UNKNOWN && w->stacks->columns == 1;
}

static bool add_moments(struct writing *w, int64_t first, struct buf *why)
{
	const struct moments *m = w->profile->moments;
	uint32_t *item_of = stacks_by_source(w->stacks);
	bool ok = true;
	for (size_t i = 0; i < m->count && ok; i++) {
		uint32_t item = item_of[m->items[i].stack];
		int64_t time = 0, weight;
		if (item == ID_NONE || m->items[i].value == 0)
			continue;
		if (m->items[i].time != MOMENT_UNKNOWN &&
		    __builtin_sub_overflow(m->items[i].time, first, &time))
			time = INT64_MAX;
		ok = w->sample_count < ID_SEVERAL &&
		     !__builtin_mul_overflow(m->items[i].value, w->factor, &weight);
		if (ok)
			add_sample(w, item, weight, time);
	}
	free(item_of);
	if (!ok)
		buf_add(why, STR("there are more than 4 billion samples, or one is too "
				 "large"));
	return ok;
}

static bool add_items(struct writing *w, struct buf *why)
{
	for (uint32_t i = 0; i < w->stacks->count; i++) {
		int64_t weight;
		if (!weight_of(w, i, &weight)) {
			buf_add(why, STR("a value leaves the range of 64 bits"));
			return false;
		}
		if (weight != 0)
			add_sample(w, i, weight, 0);
	}
	return true;
}

/* Where a weight is neither time nor bytes, all of them together shall not be years. */
static void find_time_scale(struct writing *w)
{
	double longest = 0;
	w->time_scale = w->scale;
	if (str_eq(w->unit.unit, STR("bytes")) || w->unit.decimals != 0 || w->factor != 1)
		return;
	for (uint32_t i = 0; i < w->thread_count; i++) {
		double sum = 0;
		for (uint32_t k = w->threads[i].first; k != ID_NONE;
		     k = w->samples[k].next)
			sum += fabs((double)w->samples[k].weight);
		longest = sum > longest ? sum : longest;
	}
	for (unsigned i = 0; i < w->scale; i++)
		longest /= 10;
	for (; longest > LONGEST_MS; longest /= 10)
		w->time_scale++;
}

static bool find_samples(struct writing *w, struct buf *why)
{
	int64_t first;
	w->has_times = find_first_time(w, &first);
	if (w->has_times ? !add_moments(w, first, why) : !add_items(w, why))
		return false;
	find_time_scale(w);
	return true;
}

/* Threads as JSON */

static void put_text(struct output *out, const char *key, struct str text)
{
	output_lit(out, ",\n\"");
	output_bytes(out, str_of(key));
	output_lit(out, "\":");
	output_json(out, text);
}

/* No more than nine digits stand behind the point. */
static void put_decimal(struct output *out, int64_t digits, unsigned scale)
{
	for (; scale > DECIMAL_SCALE_MAX; scale--)
		digits /= 10;
	output_decimal(out, digits, scale);
}

static void put_stack_column(const struct writing *w, const struct thread *t)
{
	output_lit(w->out, ",\n\"stack\":[");
	for (uint32_t i = t->first; i != ID_NONE; i = w->samples[i].next) {
		uint32_t stack = w->stack_of[w->samples[i].item];
		if (i != t->first)
			output_char(w->out, ',');
		if (stack == ID_NONE)
			output_lit(w->out, "null");
		else
			output_u64(w->out, stack);
	}
	output_char(w->out, ']');
}

static void put_weight_column(const struct writing *w, const struct thread *t)
{
	output_lit(w->out, ",\n\"weight\":[");
	for (uint32_t i = t->first; i != ID_NONE; i = w->samples[i].next) {
		if (i != t->first)
			output_char(w->out, ',');
		put_decimal(w->out, w->samples[i].weight, w->scale);
	}
	output_char(w->out, ']');
}

/* How long a sample lasts that has no time of its own, in units of its weight. */
static int64_t duration_of(const struct sample *s)
{
	return s->weight == INT64_MIN ? INT64_MAX :
	       s->weight < 0	      ? -s->weight :
					s->weight;
}

static void put_time_column(const struct writing *w, const struct thread *t)
{
	int64_t time = 0;
	output_lit(w->out, ",\n\"time\":[");
	for (uint32_t i = t->first; i != ID_NONE; i = w->samples[i].next) {
		const struct sample *s = &w->samples[i];
		if (i != t->first)
			output_char(w->out, ',');
		if (w->has_times)
			output_decimal(w->out, s->time, MS_DECIMALS);
		else
			put_decimal(w->out, time, w->time_scale);
		if (__builtin_add_overflow(time, duration_of(s), &time))
			time = INT64_MAX;
	}
	output_char(w->out, ']');
}

static void put_samples(const struct writing *w, const struct thread *t)
{
	output_lit(w->out, ",\n\"samples\":{\"length\":");
	output_u64(w->out, t->count);
	output_lit(w->out, ",\"weightType\":\"");
	output_bytes(w->out, w->unit.weight_type);
	output_char(w->out, '"');
	put_stack_column(w, t);
	put_time_column(w, t);
	put_weight_column(w, t);
	output_lit(w->out, "},\n\"markers\":{\"length\":0,\"data\":[],\"name\":[],"
			   "\"startTime\":[],\"endTime\":[],\"phase\":[],"
			   "\"category\":[]}}");
}

/* What is not known is no number, so that nobody takes it for one. */
static void put_id(struct output *out, const char *key, int64_t id, bool is_text,
		   uint32_t thread)
{
	output_lit(out, ",\n\"");
	output_bytes(out, str_of(key));
	output_lit(out, "\":");
	if (is_text || id < 0)
		output_char(out, '"');
	if (id >= 0)
		output_i64(out, id);
	else
		output_lit(out, "thread ");
	if (id < 0)
		output_u64(out, thread + 1);
	if (is_text || id < 0)
		output_char(out, '"');
}

static void put_thread(const struct writing *w, const struct thread *t,
		       const struct group *g, uint32_t number)
{
	struct str thread = label_of(w, g, STR("thread"));
	struct str process = label_of(w, g, STR("process"));
	struct str comm = g->comm == ID_NONE ? w->stacks->title :
					       intern_text(&w->profile->text, g->comm);
	output_lit(w->out, "{\"name\":");
	output_json(w->out, thread.n ? thread : comm);
	put_text(w->out, "processName", process.n ? process : comm);
	output_lit(w->out, ",\n\"processType\":\"default\",\"isMainThread\":");
	output_bytes(w->out, t->is_main || g->pid < 0 ? STR("true") : STR("false"));
	put_id(w->out, "pid", g->pid, true, number);
	put_id(w->out, "tid", g->tid, false, number);
	output_lit(w->out, ",\n\"processStartupTime\":0,\"processShutdownTime\":null,"
			   "\"registerTime\":0,\"unregisterTime\":null,"
			   "\"pausedRanges\":[]");
	put_samples(w, t);
}

/* At least one, for there must be one. */
static void put_threads(const struct writing *w)
{
	static const struct thread empty = { .first = ID_NONE, .is_main = true };
	static const struct group nobody = { .comm = ID_NONE, .pid = -1, .tid = -1 };
	uint32_t written = 0;
	output_lit(w->out, ",\n\"threads\":[");
	for (uint32_t i = 0; i < w->thread_count; i++) {
		const struct thread *t = &w->threads[i];
		if (t->count == 0)
			continue;
		output_bytes(w->out, written ? STR(",\n") : STR("\n"));
		put_thread(w, t, &w->profile->groups[t->group], written++);
	}
	if (written == 0)
		put_thread(w, &empty, &nobody, 0);
	output_char(w->out, ']');
}

/* The whole */

static int64_t interval_of(const struct writing *w)
{
	const struct recording *r = &w->profile->recording;
	bool is_told = str_eq(r->period_unit, STR("nanoseconds")) && r->period > 0;
	return is_told ? r->period : NS_PER_MS;
}

/* Sizes are laid out in bytes, not in time. */
static void put_meta(const struct writing *w)
{
	const struct recording *r = &w->profile->recording;
	struct str title = w->stacks->title;
	output_lit(w->out, "{\"meta\":{\"version\":24,\"preprocessedProfileVersion\":60,"
			   "\n\"product\":");
	output_json(w->out, title.n ? title : STR("profile"));
	output_lit(w->out, ",\n\"importedFrom\":\"fgtools\",\"interval\":");
	output_decimal(w->out, interval_of(w), MS_DECIMALS);
	output_lit(w->out, ",\"startTime\":");
	output_decimal(w->out, r->time, MS_DECIMALS);
	output_lit(w->out, ",\n\"processType\":0,\"stackwalk\":1,\"symbolicated\":true,"
			   "\"usesOnlyOneStackType\":true,"
			   "\"sourceCodeIsNotOnSearchfox\":true,\"markerSchema\":[],"
			   "\n\"sampleUnits\":{\"time\":\"");
	output_bytes(w->out, is_bytes(w) && !w->has_times ? STR("bytes") : STR("ms"));
	output_lit(w->out, "\",\"eventDelay\":\"ms\",\"threadCPUDelta\":\"ns\"},"
			   "\n\"categories\":");
	firefox_shared_put_categories(&w->shared, w->out);
	output_char(w->out, '}');
}

static void free_all(struct writing *w)
{
	firefox_shared_free(&w->shared);
	free(w->stack_of);
	free(w->threads);
	free(w->thread_of);
	free(w->samples);
}

static bool write_firefox(const struct stacks *stacks, struct output *out,
			  struct buf *why)
{
	struct writing w = { .stacks = stacks, .profile = stacks->profile, .out = out };
	series_init(&w.series, stacks);
	firefox_shared_init(&w.shared, stacks->profile);
	find_unit(&w);
	find_threads(&w);
	find_stacks(&w);
	bool ok = find_samples(&w, why);
	if (ok) {
		put_meta(&w);
		output_lit(out, ",\n\"libs\":");
		firefox_shared_put_libs(&w.shared, out);
		output_lit(out, ",\n\"shared\":");
		firefox_shared_put(&w.shared, out);
		put_threads(&w);
		output_lit(out, "}\n");
	}
	free_all(&w);
	return ok;
}

const struct writer writer_firefox = {
	.name = "firefox",
	.title = "JSON for profiler.firefox.com",
	.suffixes = { ".firefox.json", ".profile.json" },
	.is_rich = true,
	.is_whole = true,
	.is_timed = true,
	.write = write_firefox,
};
