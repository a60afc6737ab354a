/* SPDX-License-Identifier: Apache-2.0 */

/*
 * JSON of stackprof, the sampling profiler of Ruby:
 *
 *	{"version":1.2,"mode":"wall","interval":1000,"samples":3,"gc_samples":0,
 *	"missed_samples":0,"metadata":{},"frames":{
 *	"1404":{"name":"Work.fib","file":"/tmp/demo.rb","line":6,"total_samples":3,…},
 *	"1408":{"name":"Integer#times","file":"<cfunc>","line":null,…}},
 *	"raw":[2,1408,1404,2,1,1404,1],"raw_lines":[2,0,7,2,1,8,1],
 *	"raw_sample_timestamps":[1890396022,1890396571,1890412667],
 *	"raw_timestamp_deltas":[8457,521,16090]}
 *
 * https://github.com/tmm1/stackprof/blob/master/ext/stackprof/stackprof.c.  "raw" has
 * stacks: how many frames, these from the root to the leaf, and how often they were seen
 * in a row; "raw_lines" has source lines in their places.  Times are in microseconds, one
 * for each sample.  Lists wait until the end, as keys may come in any order.
 *
 * Garbage is collected at the end of what was seen before, maybe; stackprof does not say
 * so, and "(garbage collection)" stays a stack of its own.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"
#include "io/json.h"
#include "model/location.h"

enum key { MODE, INTERVAL, SAMPLES, FRAMES, RAW, LINES, TIMES, DELTAS, KEYS };

static const struct str keys[KEYS] = {
	[MODE] = STR("mode"), [INTERVAL] = STR("interval"), [SAMPLES] = STR("samples"),
	[FRAMES] = STR("frames"), [RAW] = STR("raw"), [LINES] = STR("raw_lines"),
	[TIMES] = STR("raw_sample_timestamps"), [DELTAS] = STR("raw_timestamp_deltas"),
};

enum mode { WALL, CPU, OBJECT, CUSTOM, MODES };

static const struct {
	struct str name, metric, unit;
} modes[MODES] = {
	[WALL] = { STR("wall"), STR("time"), STR("us") },
	[CPU] = { STR("cpu"), STR("time"), STR("us") },
	[OBJECT] = { STR("object"), STR("blocks"), STR("blocks") },
	[CUSTOM] = { STR("custom"), STR(""), STR("") },
};

enum { COUNT, COST, METRICS, FRAMES_MAX = 1 << 30, TIMED_FRAMES_MAX = 1 << 26 };

struct numbers {
	int64_t *items;
	size_t count, capacity;
};

struct stackprof {
	struct input *in;
	struct json *json;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct locations locations;
	unsigned seen;           /* 1u << enum key */
	enum mode mode;
	int64_t interval, told;
	struct numbers lists[KEYS];

	struct function {
		int64_t id;
		struct str name, file;
		int64_t line;            /* 0: not known */
		uint32_t location;       /* found last, ... */
		int64_t at_line;         /* ... for this line; -1: none */
	} *functions;
	uint32_t function_count;
	size_t function_capacity;
	struct table table;
	struct arena arena;
	struct buf line_text;

	struct metrics metrics;
	uint32_t group;
	int64_t seen_samples;
	size_t sample;           /* in the lists of times */
};

static bool has_seen(const struct stackprof *s, enum key key)
{
	return s->seen >> key & 1;
}

/* Frames */

static struct function *find_function(const struct stackprof *s, int64_t id)
{
	uint32_t hash = (uint32_t)hash_hidden(&id, sizeof(id));
	uint32_t at, place = table_place(&s->table, hash);
	while ((at = table_next(&s->table, hash, &place)) != TABLE_END)
		if (s->functions[at].id == id)
			return &s->functions[at];
	return NULL;
}

static bool new_function(struct stackprof *s, struct function **made)
{
	struct json *j = s->json;
	uint64_t id;
	if (!num_u64(j->text, &id) || id > INT64_MAX)
		return json_error(j, "'%.*s' is no number of a frame",
				  (int)(j->text.n > 40 ? 40 : j->text.n), j->text.p);
	if (find_function(s, (int64_t)id))
		return json_error(j, "frame %" PRIu64 " comes twice", id);
	if (s->function_count == FRAMES_MAX)
		return json_error(j, "more than %d frames", FRAMES_MAX);
	ARRAY_RESERVE(s->functions, s->function_capacity, s->function_count + 1ull);
	*made = &s->functions[s->function_count];
	**made = (struct function){ .id = (int64_t)id, .at_line = -1 };
	uint32_t hash = (uint32_t)hash_hidden(&(*made)->id, sizeof((*made)->id));
	table_insert(&s->table, hash, s->function_count++);
	return true;
}

/* Where Ruby does not know it, there is null. */
static bool read_member(struct stackprof *s, struct function *f)
{
	struct json *j = s->json;
	struct str *text = str_eq(j->text, STR("name")) ? &f->name :
			   str_eq(j->text, STR("file")) ? &f->file : NULL;
	bool line = str_eq(j->text, STR("line"));
	uint64_t number;
	if (json_next(j) == JSON_STRING && text)
		*text = arena_copy(&s->arena, j->text);
	if (j->kind == JSON_NUMBER && line && num_u64(j->text, &number) &&
	    number <= INT32_MAX)
		f->line = (int64_t)number;
	return json_skip(j);
}

static bool read_frames(struct stackprof *s)
{
	struct json *j = s->json;
	struct function *f = NULL;
	if (!json_expect(j, JSON_OBJECT, "table of frames"))
		return false;
	while (json_next(j) == JSON_KEY) {
		if (!new_function(s, &f) || !json_expect(j, JSON_OBJECT, "frame"))
			return false;
		while (json_next(j) == JSON_KEY)
			if (!read_member(s, f))
				return false;
		if (j->kind != JSON_OBJECT_END)
			return false;
	}
	return j->kind == JSON_OBJECT_END;
}

static uint32_t line_text(struct stackprof *s, const struct function *f, int64_t line)
{
	if (f->file.n == 0)
		return ID_NONE;
	buf_clear(&s->line_text);
	buf_add(&s->line_text, f->file);
	if (line > 0)
		buf_addf(&s->line_text, ":%" PRId64, line);
	return profile_text(s->profile, buf_str(&s->line_text));
}

static uint32_t place_of(struct stackprof *s, const struct function *f, int64_t line)
{
	struct frame_place place = {
		.mapping = ID_NONE, .system_name = ID_NONE,
		.file = f->file.n ? profile_text(s->profile, f->file) : ID_NONE,
		.line = line, .start_line = f->line,
		.flags = f->name.n == 0 ? PLACE_NAMELESS : 0,
	};
	return places_add(s->profile->places, &place);
}

/* line: the one that runs, or 0 */
static uint32_t locate(struct stackprof *s, struct function *f, int64_t line)
{
	if (line == f->at_line)
		return f->location;
	int64_t known = line ? line : f->line;
	struct location_key key = { .symbol = f->name, .module = ID_NONE, .line = ID_NONE };
	if (s->want->granularity != GRANULARITY_FUNCTIONS)
		key.line = line_text(s, f, known);
	if (s->want->places) {
		key.place = 1 + place_of(s, f, known);
		key.as_is = s->want->names.style == NAMES_FULL && f->name.n > 0;
	}
	f->at_line = line;
	return f->location = location_find(&s->locations, &key);
}

/* Lists */

static bool read_number(struct json *j, int64_t *number)
{
	struct decimal d;
	if (!json_is(j, JSON_NUMBER, "number"))
		return false;
	if (!num_decimal(j->text, &d) || d.scale > 0)
		return json_error(j, "'%.*s' is no whole number of 64 bits",
				  (int)(j->text.n > 40 ? 40 : j->text.n), j->text.p);
	*number = d.digits;
	return true;
}

static bool read_list(struct stackprof *s, enum key key)
{
	struct numbers *l = &s->lists[key];
	struct json *j = s->json;
	if (!json_expect(j, JSON_ARRAY, "list of numbers"))
		return false;
	while (json_next(j) != JSON_ARRAY_END) {
		ARRAY_RESERVE(l->items, l->capacity, l->count + 1);
		if (!read_number(j, &l->items[l->count++]))
			return false;
	}
	return true;
}

static bool read_mode(struct stackprof *s)
{
	struct json *j = s->json;
	if (!json_expect(j, JSON_STRING, "mode"))
		return false;
	s->mode = 0;
	while (s->mode < MODES && !str_eq(modes[s->mode].name, j->text))
		s->mode++;
	return s->mode < MODES ||
	       json_error(j, "the mode '%.*s' is not known: wall, cpu, object, custom",
			  (int)(j->text.n > 40 ? 40 : j->text.n), j->text.p);
}

/* null in the mode "custom" */
static bool read_interval(struct stackprof *s)
{
	return json_next(s->json) == JSON_NULL || json_count(s->json, &s->interval);
}

/* Metrics */

/* What each sample stands for is told by its own time, or it is the interval. */
static bool has_deltas(const struct stackprof *s)
{
	return s->mode == WALL && s->lists[DELTAS].count > 0;
}

static bool choose_metric(struct stackprof *s)
{
	struct metrics *m = &s->metrics;
	metrics_add(m, STR("samples"), STR("samples"));
	m->samples = COUNT + 1;
	if (s->mode != CUSTOM)
		metrics_add(m, modes[s->mode].metric, modes[s->mode].unit);
	if (s->mode == OBJECT && s->want->raw_counts)
		s->interval = 1;
	m->items[COST].is_estimate = s->mode == OBJECT && s->interval > 1;
	return reader_choose_metric(s->in, m, s->want, m->items[m->count - 1].name);
}

/* Stacks */

static bool wrong(struct stackprof *s, size_t at, const char *what)
{
	return input_fail(s->in, "number %zu of 'raw' is %" PRId64 ": %s", at + 1,
			  s->lists[RAW].items[at], what);
}

/* One behind the stack that begins at that number. */
static bool check_stack(struct stackprof *s, size_t at, size_t *end)
{
	const struct numbers *raw = &s->lists[RAW], *lines = &s->lists[LINES];
	int64_t depth = raw->items[at];
	if (depth < 0 || depth > SAMPLES_DEPTH_MAX)
		return wrong(s, at, "no depth of a stack");
	if ((uint64_t)depth + 1 >= raw->count - at)
		return wrong(s, at, "the stack goes on behind the end of the list");
	*end = at + (size_t)depth + 2;
	if (raw->items[*end - 1] < 0)
		return wrong(s, *end - 1, "no number of samples");
	if (lines->count && (lines->items[at] != depth ||
			     lines->items[*end - 1] != raw->items[*end - 1]))
		return wrong(s, at, "'raw_lines' has another stack there");
	return true;
}

/* How much the next n samples stand for. */
static bool take_cost(struct stackprof *s, int64_t n, int64_t *cost)
{
	const struct numbers *deltas = &s->lists[DELTAS];
	if (!has_deltas(s))
		return !__builtin_mul_overflow(n, s->interval, cost) ||
		       input_fail(s->in, "more was counted than 63 bits can tell");
	if ((uint64_t)n > deltas->count - s->sample)
		return input_fail(s->in, "there are more samples than numbers in "
				  "'raw_timestamp_deltas', which has %zu", deltas->count);
	*cost = 0;
	for (int64_t i = 0; i < n; i++) {
		int64_t delta = deltas->items[s->sample + (size_t)i];
		if (delta < 0)
			input_warn_many(s->in, "times that run backwards", 1);
		else if (__builtin_add_overflow(*cost, delta, cost))
			return input_fail(s->in, "the times are too large");
	}
	return true;
}

static int64_t time_of(const struct stackprof *s)
{
	const struct numbers *times = &s->lists[TIMES];
	int64_t ns;
	if (s->sample >= times->count ||
	    __builtin_mul_overflow(times->items[s->sample], 1000, &ns))
		return MOMENT_UNKNOWN;
	return ns;
}

static bool push_frames(struct stackprof *s, size_t at)
{
	const struct numbers *raw = &s->lists[RAW], *lines = &s->lists[LINES];
	for (size_t i = at + (size_t)raw->items[at]; i > at; i--) {
		struct function *f = find_function(s, raw->items[i]);
		if (f == NULL)
			return wrong(s, i, "there is no such frame");
		int64_t line = lines->count ? lines->items[i] : 0;
		uint32_t n, location = locate(s, f, line > 0 ? line : 0);
		const uint32_t *frames = location_frames(&s->locations, location, &n);
		sample_push_all(s->out, frames, 0, n);
	}
	if (sample_depth(s->out) == 0)
		s->out->frameless++;
	return true;
}

static bool push_samples(struct stackprof *s, size_t at, int64_t n)
{
	int64_t values[METRICS] = { n, 0 };
	s->out->time = time_of(s);
	if (!take_cost(s, n, &values[COST]) || !push_frames(s, at))
		return false;
	for (unsigned m = 0; m < s->metrics.count; m++)
		metrics_sum(&s->metrics, m, values[m]);
	sample_end_metrics(s->out, s->group, values);
	s->sample += (size_t)n;
	return true;
}

/* Whether each sample is handed over alone; not for more frames than a file should need. */
static bool is_timed(const struct stackprof *s, size_t at, int64_t n)
{
	int64_t frames;
	return s->want->times && s->sample <= s->lists[TIMES].count &&
	       (uint64_t)n <= s->lists[TIMES].count - s->sample &&
	       !__builtin_mul_overflow(n, s->lists[RAW].items[at], &frames) &&
	       frames < TIMED_FRAMES_MAX;
}

/* A stack that was seen several times in a row is one, unless somebody asks when. */
static bool push_stack(struct stackprof *s, size_t at, int64_t n)
{
	bool ok = true;
	if (__builtin_add_overflow(s->seen_samples, n, &s->seen_samples))
		return input_fail(s->in, "more samples than 63 bits can count");
	if (!is_timed(s, at, n))
		return push_samples(s, at, n);
	while (ok && n-- > 0)
		ok = push_samples(s, at, 1);
	return ok;
}

static bool push_all(struct stackprof *s)
{
	const struct numbers *raw = &s->lists[RAW];
	for (size_t at = 0, end = 0; at < raw->count; at = end)
		if (!check_stack(s, at, &end) || !push_stack(s, at, raw->items[end - 1]))
			return false;
	s->out->time = MOMENT_UNKNOWN;
	return true;
}

/* Samples without any frame are counted there, and not in the list. */
static void check_sum(struct stackprof *s)
{
	char text[64];
	if (!has_seen(s, SAMPLES) || s->seen_samples == s->told)
		return;
	int n = snprintf(text, sizeof(text), "%lld of %lld", (long long)s->seen_samples,
			 (long long)s->told);
	input_warn(s->in, s->seen_samples < s->told ?
		   "profiles with fewer samples in stacks than they tell of" :
		   "profiles with more samples in stacks than they tell of",
		   (struct str){ text, (size_t)n });
}

/* The file */

static bool read_value(struct stackprof *s, enum key key)
{
	switch (key) {
	case MODE: return read_mode(s);
	case INTERVAL: return read_interval(s);
	case SAMPLES: return json_next_count(s->json, &s->told);
	case FRAMES: return read_frames(s);
	case RAW: case LINES: case TIMES: case DELTAS: return read_list(s, key);
	case KEYS: break;
	}
	return json_skip(s->json);
}

/* Nothing is wrong when no sample was taken; there is no list then. */
static bool check_keys(struct stackprof *s)
{
	const struct numbers *lines = &s->lists[LINES];
	if (!has_seen(s, MODE) || !has_seen(s, FRAMES))
		return input_fail(s->in, "there is no '%s'",
				  has_seen(s, MODE) ? "frames" : "mode");
	if (!has_seen(s, RAW) && s->told > 0)
		return input_fail(s->in, "there are no stacks in it, just sums; record with "
				  "StackProf.run(raw: true)");
	return lines->count == 0 || lines->count == s->lists[RAW].count ||
	       input_fail(s->in, "'raw_lines' has %zu numbers, and 'raw' %zu", lines->count,
			  s->lists[RAW].count);
}

static bool push(struct stackprof *s)
{
	if (!check_keys(s) || !choose_metric(s))
		return false;
	profile_count_samples(s->profile);
	samples_metrics(s->out, &s->metrics, s->want->all_metrics);
	s->group = reader_group(s->profile, STR(""), &s->metrics);
	bool ok = push_all(s);
	samples_flush(s->out);
	check_sum(s);
	return ok && reader_end_metrics(s->in, s->profile, &s->metrics);
}

static bool read_json(struct stackprof *s)
{
	struct json *j = s->json;
	if (!json_expect(j, JSON_OBJECT, "object"))
		return false;
	while (json_next(j) == JSON_KEY) {
		enum key key = 0;
		while (key < KEYS && !str_eq(keys[key], j->text))
			key++;
		if (key < KEYS && has_seen(s, key))
			return json_error(j, "'%.*s' comes twice", STR_ARG(j->text));
		if (!read_value(s, key))
			return false;
		s->seen |= 1u << key;
	}
	return j->kind == JSON_OBJECT_END && json_next(j) == JSON_END && push(s);
}

static bool read_stackprof(struct input *in, const struct want *want, struct samples *out)
{
	struct stackprof s = {
		.in = in, .json = json_new(in), .want = want, .out = out,
		.profile = out->profile, .interval = 1,
	};
	locations_init(&s.locations, s.profile, want);
	bool ok = read_json(&s);
	locations_free(&s.locations);
	json_delete(s.json);
	for (unsigned i = 0; i < KEYS; i++)
		free(s.lists[i].items);
	free(s.functions);
	table_free(&s.table);
	arena_free(&s.arena);
	buf_free(&s.line_text);
	return ok && !in->failed;
}

/* "mode" and "interval" stand near the beginning, "frames" behind them. */
static enum probe probe_stackprof(struct str head)
{
	static const struct str needed[] = {
		STR("\"mode\""), STR("\"interval\""), STR("\"samples\""), STR("\"frames\""),
		STR("\"missed_samples\""),
	};
	head = str_skip_space(head);
	if (!str_starts(head, STR("{")))
		return PROBE_NO;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (str_find(head, needed[i]) < 0)
			return PROBE_NO;
	return PROBE_SURE;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
};

const struct reader reader_stackprof = {
	.name = "stackprof",
	.title = "JSON of stackprof (Ruby), recorded with raw: true",
	.leaf_first = true,
	.is_sampled = true,
	.options = READS_RAW_COUNTS,
	.probe = probe_stackprof,
	.read = read_stackprof,
	.hints = &hints,
};
