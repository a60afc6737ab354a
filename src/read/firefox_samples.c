/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A sample is a row of a stack table, where the stack of its callers is another row:
 * what samples count is added up by row, so that each stack is put together once.  Only
 * where it is wanted when each sample was do they go one by one.
 */
#include "read/firefox_samples.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "model/tags.h"

/* Of different stacks together: 2 GiB. */
enum { FRAMES_SEEN_MAX = 1 << 29 };

enum { SAMPLES, JS, NATIVE };

enum { WRONG_PREFIX = -2 };

static bool is_told(const struct firefox_numbers *n)
{
	for (uint32_t i = 0; i < n->count; i++)
		if (firefox_numbers_get(n, i) != FIREFOX_NONE)
			return true;
	return false;
}

static enum firefox_value weight_of(const struct firefox_table *t)
{
	return str_eq(t->weight_type, STR("tracing-ms")) ? FIREFOX_TIME :
	       str_eq(t->weight_type, STR("bytes")) ? FIREFOX_TOTAL : FIREFOX_COUNT;
}

static unsigned values_told(const struct firefox_thread *t)
{
	const struct firefox_table *samples = t->samples[SAMPLES], *js = t->samples[JS],
				   *native = t->samples[NATIVE];
	unsigned has = 0;
	if (samples && samples->rows > 0)
		has |= 1u << weight_of(samples);
	if (samples && is_told(&samples->columns[SAMPLE_CPU]))
		has |= 1u << FIREFOX_CPU;
	if (js && js->rows > 0)
		has |= 1u << FIREFOX_JS;
	if (native && native->rows > 0)
		has |= 1u << FIREFOX_TOTAL | 1u << FIREFOX_FREED;
	if (native && native->columns[SAMPLE_MEMORY].count > 0)
		has |= 1u << FIREFOX_LIVE;
	return has;
}

void firefox_samples_init(struct firefox_samples *s, struct input *in,
			  const struct want *want, struct samples *out,
			  const struct firefox_file *file)
{
	*s = (struct firefox_samples){ .in = in, .want = want, .out = out, .file = file };
	firefox_frames_init(&s->frames, file, in, out->profile, want);
	s->labels_of = xcalloc(file->category_count + 1ull, sizeof(*s->labels_of));
	for (uint32_t i = 0; i < file->thread_count; i++)
		s->has |= values_told(&file->threads[i]);
}

static void free_stacks(struct firefox_samples *s)
{
	free(s->depths);
	free(s->seen);
	free(s->touched);
	free(s->sums);
}

void firefox_samples_free(struct firefox_samples *s)
{
	free_stacks(s);
	free(s->labels_of);
	free(s->freed);
	firefox_frames_free(&s->frames);
}

/* Stacks */

/* The row of the callers; -1 at the root. */
static int64_t prefix_of(const struct firefox_table *t, uint32_t stack)
{
	const struct firefox_numbers *prefix = &t->columns[STACK_PREFIX];
	if (prefix->count > 0)
		return firefox_numbers_get(prefix, stack);
	int64_t offset = firefox_numbers_find(&t->columns[STACK_PREFIX_OFFSET], stack);
	if (offset == 0 || offset == FIREFOX_NONE)
		return -1;
	return offset > 0 && offset <= stack ? stack - offset : WRONG_PREFIX;
}

/* Callers come before what they called, so there are no cycles. */
static bool measure_stacks(struct firefox_samples *s, const struct firefox_table *t)
{
	for (uint32_t i = 0; i < t->rows; i++) {
		int64_t prefix = prefix_of(t, i);
		bool is_root = prefix == FIREFOX_NONE || prefix == -1;
		if (!is_root && (prefix < 0 || prefix >= i))
			return input_fail(
				s->in,
				"stackTable of thread '%.*s', row %" PRIu32
				": the stack of its callers is none of the rows "
				"before it",
				STR_ARG(s->thread->name), i);
		s->depths[i] = is_root ? 1 : s->depths[prefix] + 1;
		if (s->depths[i] > SAMPLES_DEPTH_MAX)
			return input_fail(s->in,
					  "stackTable of thread '%.*s', row %" PRIu32
					  ": stack of more than %d frames",
					  STR_ARG(s->thread->name), i, SAMPLES_DEPTH_MAX);
	}
	return true;
}

static bool use_stacks(struct firefox_samples *s)
{
	const struct firefox_table *t = s->frames.tables[FIREFOX_STACKS];
	if (t == s->stacks_of)
		return true;
	free_stacks(s);
	s->stacks_of = t;
	s->depths = xcalloc(t->rows, sizeof(*s->depths));
	s->seen = xcalloc(t->rows, sizeof(*s->seen));
	s->touched = xcalloc(t->rows, sizeof(*s->touched));
	s->sums = xcalloc(t->rows, (s->value_count + 1) * sizeof(*s->sums));
	return measure_stacks(s, t);
}

static bool see_stack(struct firefox_samples *s, uint32_t stack)
{
	if (s->seen[stack])
		return true;
	s->seen[stack] = true;
	s->frames_seen += s->depths[stack];
	return s->frames_seen <= FRAMES_SEEN_MAX ||
	       input_fail(s->in, "stacks of more than %d frames together",
			  FRAMES_SEEN_MAX);
}

/* Labels and groups */

static void add_label(struct firefox_samples *s, struct label *labels, uint32_t *count,
		      struct str key, struct str text)
{
	struct profile *p = s->out->profile;
	if (text.n > 0)
		labels[(*count)++] = (struct label){
			.key = profile_text(p, key), .text = profile_text(p, text),
			.unit = ID_NONE,
		};
}

/* Firefox calls the main thread of each process the same. */
static struct str comm_of(const struct firefox_thread *t)
{
	bool is_main = str_eq(t->name, STR("GeckoMain"));
	return is_main && t->process_name.n ? t->process_name : t->name;
}

/* What the name of the group does not tell. */
static uint32_t make_labels(struct firefox_samples *s, int64_t category)
{
	const struct firefox_thread *t = s->thread;
	uint32_t *known = &s->labels_of[category + 1], count = 0;
	struct label labels[3];
	if (*known)
		return *known - 1;
	struct str comm = comm_of(t);
	add_label(s, labels, &count, STR("thread"),
		  str_eq(comm, t->name) ? STR("") : t->name);
	add_label(s, labels, &count, STR("process"),
		  str_eq(comm, t->process_name) ? STR("") : t->process_name);
	if (category >= 0)
		add_label(s, labels, &count, STR("category"),
			  s->file->categories[category]);
	uint32_t set = labels_add(&s->out->profile->labels, labels, count);
	*known = set + 1;
	return set;
}

static uint32_t group_of(struct firefox_samples *s, uint32_t labels)
{
	struct profile *p = s->out->profile;
	const struct firefox_thread *t = s->thread;
	const struct want *w = s->want;
	return profile_group(p, &(struct group){
		.event = s->event, .cpu = -1,
		.comm = want_comm(w) && t->name.n ? profile_text(p, comm_of(t)) : ID_NONE,
		.pid = want_pid(w) ? t->pid : -1, .tid = want_tid(w) ? t->tid : -1,
		.labels = want_tag(w, TAG_LABELS) ? labels : 0,
	});
}

/* Handing over */

static bool find_frame(struct firefox_samples *s, uint32_t stack, int64_t *frame)
{
	if (!firefox_frames_index(&s->frames, FIREFOX_STACKS, STACK_FRAME, stack,
				  s->frames.tables[FIREFOX_FRAMES]->rows, frame))
		return false;
	return *frame >= 0 || input_fail(s->in,
					 "stackTable of thread '%.*s', row %" PRIu32
					 ": there is no frame",
					 STR_ARG(s->thread->name), stack);
}

/* The one of the frame nearest to the leaf that has one. */
static bool find_category(struct firefox_samples *s, int64_t stack, int64_t *category)
{
	int64_t frame;
	*category = -1;
	while (stack >= 0 && *category < 0) {
		if (!find_frame(s, (uint32_t)stack, &frame) ||
		    !firefox_frames_category(&s->frames, (uint32_t)frame, category))
			return false;
		stack = prefix_of(s->stacks_of, (uint32_t)stack);
	}
	return true;
}

static bool push_frames(struct firefox_samples *s, int64_t stack)
{
	struct firefox_made made;
	bool is_caller = false;
	for (; stack >= 0; stack = prefix_of(s->stacks_of, (uint32_t)stack)) {
		int64_t frame;
		if (!find_frame(s, (uint32_t)stack, &frame) ||
		    !firefox_frames_of(&s->frames, (uint32_t)frame, is_caller, &made))
			return false;
		sample_push_all(s->out, s->frames.pool, made.first, made.count);
		is_caller = true;
	}
	return true;
}

/* As weights tell; those of other kinds are one each. */
static uint64_t samples_of(const struct firefox_samples *s, const int64_t *values)
{
	bool told = s->has >> FIREFOX_COUNT & 1;
	return (uint64_t)(told && values[0] > 0 ? values[0] : values[s->value_count]);
}

/* stack: -1 for none.  values: of the metrics, then the number of samples. */
static bool push_stack(struct firefox_samples *s, int64_t stack, const int64_t *values)
{
	struct samples *out = s->out;
	int64_t category;
	if (!find_category(s, stack, &category))
		return false;
	uint32_t labels = make_labels(s, category);
	tags_push_leaf(out, s->want, labels);
	if (!push_frames(s, stack))
		return false;
	tags_push_root(out, s->want, labels);
	uint64_t samples = samples_of(s, values);
	if (sample_depth(out) == 0)
		out->frameless += samples;
	uint32_t group = group_of(s, labels);
	if (s->is_plain)
		sample_end(out, group, (int64_t[COLUMNS_MAX]){ values[0] });
	else
		sample_end_metrics(out, group, values);
	out->count += samples - 1;
	return true;
}

static bool push_sums(struct firefox_samples *s)
{
	unsigned stride = s->value_count + 1;
	for (uint32_t i = 0; i < s->touched_count; i++) {
		uint32_t stack = s->touched[i];
		int64_t *sums = &s->sums[(size_t)stack * stride];
		if (!push_stack(s, stack, sums))
			return false;
		memset(sums, 0, stride * sizeof(*sums));
	}
	s->touched_count = 0;
	return true;
}

static void add_sums(struct firefox_samples *s, uint32_t stack, const int64_t *values)
{
	int64_t *sums = &s->sums[(size_t)stack * (s->value_count + 1)];
	if (sums[s->value_count]++ == 0)
		s->touched[s->touched_count++] = stack;
	for (unsigned i = 0; i < s->value_count; i++)
		s->out->profile->overflow |=
			__builtin_add_overflow(sums[i], values[i], &sums[i]);
}

/* Rows */

/* Of a weight; null counts nothing. */
static int64_t whole(struct firefox_samples *s, const struct firefox_numbers *n,
		     uint32_t row)
{
	int64_t value = firefox_numbers_find(n, row);
	if (value == FIREFOX_NONE)
		return 0;
	if (!n->is_decimal)
		return value;
	if (value % FIREFOX_DECIMAL != 0)
		input_warn_many(s->in, "weights with a fraction, which is left out", 1);
	return value / FIREFOX_DECIMAL;
}

/* Told in "ns" on Linux, in "µs" on macOS and by samply, elsewhere in cycles. */
static int64_t cpu_of(const struct firefox_samples *s, const struct firefox_numbers *n,
		      uint32_t row)
{
	int64_t delta = firefox_numbers_millionths(n, row);
	bool micro = str_eq(s->file->cpu_unit, STR("µs"));
	return delta == FIREFOX_NONE ? 0 : delta / (micro ? FIREFOX_DECIMAL / 1000 :
							    FIREFOX_DECIMAL);
}

/* What the first one tells of the CPU is since the thread began, and not looked at. */
static void sample_values(struct firefox_samples *s, const struct firefox_table *t,
			  uint32_t row, int64_t values[FIREFOX_VALUES])
{
	const struct firefox_numbers *weights = &t->columns[SAMPLE_WEIGHT];
	enum firefox_value kind = weight_of(t);
	if (weights->count == 0)
		values[kind] = 1;
	else if (kind != FIREFOX_TIME)
		values[kind] = whole(s, weights, row);
	else if (firefox_numbers_get(weights, row) != FIREFOX_NONE)
		values[kind] = firefox_numbers_millionths(weights, row);
	if (row > 0)
		values[FIREFOX_CPU] = cpu_of(s, &t->columns[SAMPLE_CPU], row);
}

static void allocation_values(struct firefox_samples *s, const struct firefox_table *t,
			      uint32_t row, bool is_js, int64_t values[FIREFOX_VALUES])
{
	int64_t bytes = whole(s, &t->columns[SAMPLE_WEIGHT], row);
	if (is_js)
		values[FIREFOX_JS] = bytes;
	else if (bytes < 0)
		values[FIREFOX_FREED] = -bytes;
	else
		values[FIREFOX_TOTAL] = bytes;
	if (!is_js && bytes > 0 && s->freed && !s->freed[row])
		values[FIREFOX_LIVE] = bytes;
}

/* The number of an address, made when new. */
static uint32_t find_address(struct table *table, int64_t *addresses, int64_t address)
{
	uint32_t hash = (uint32_t)hash_hidden(&address, sizeof(address)), id;
	uint32_t at = table_place(table, hash);
	while ((id = table_next(table, hash, &at)) != TABLE_END)
		if (addresses[id] == address)
			return id;
	id = table->count;
	addresses[id] = address;
	table_insert(table, hash, id);
	return id;
}

/* Which allocations are freed later: of an address the last one before that. */
static void find_freed(struct firefox_samples *s, const struct firefox_table *t)
{
	const struct firefox_numbers *memory = &t->columns[SAMPLE_MEMORY];
	struct table table = { 0 };
	uint32_t *last = xcalloc(memory->count, sizeof(*last));  /* 1 + its row */
	int64_t *addresses = xcalloc(memory->count, sizeof(*addresses));
	s->freed = xcalloc(memory->count, sizeof(*s->freed));
	for (uint32_t i = 0; i < memory->count; i++) {
		int64_t address = firefox_numbers_get(memory, i);
		uint32_t *row = &last[find_address(&table, addresses, address)];
		int64_t bytes = firefox_numbers_find(&t->columns[SAMPLE_WEIGHT], i);
		if (bytes >= 0)
			*row = i + 1;
		else if (*row > 0)
			s->freed[*row - 1] = true;
	}
	table_free(&table);
	free(last);
	free(addresses);
}

/* Flame graphs have no width below 0; formats that carry all values have no width. */
static bool is_negative(struct firefox_samples *s, const int64_t *values)
{
	if (s->want->all_metrics || values[s->chosen] >= 0)
		return false;
	input_warn(s->in, "samples with a value below 0, left out", STR(""));
	return true;
}

static bool is_wanted(const struct firefox_samples *s, int64_t time)
{
	const struct want_window *w = &s->want->window;
	int64_t since;
	return !w->is_set || (time != MOMENT_UNKNOWN &&
			      !__builtin_sub_overflow(time, s->begin, &since) &&
			      want_window_has(w, since));
}

static bool push_row(struct firefox_samples *s, unsigned kind, uint32_t row, int64_t time)
{
	const struct firefox_table *t = s->thread->samples[kind];
	int64_t all[FIREFOX_VALUES] = { 0 }, values[FIREFOX_VALUES + 1];
	int64_t stack = firefox_numbers_get(&t->columns[SAMPLE_STACK], row);
	if (stack >= s->stacks_of->rows)
		return input_fail(s->in,
				  "%s of thread '%.*s', row %" PRIu32 ": there is no "
				  "stack %" PRId64 ", but %" PRIu32 " of them",
				  firefox_tables_name(FIREFOX_SAMPLES + kind).p,
				  STR_ARG(s->thread->name), row, stack,
				  s->stacks_of->rows);
	if (kind == SAMPLES)
		sample_values(s, t, row, all);
	else
		allocation_values(s, t, row, kind == JS, all);
	for (unsigned i = 0; i < s->value_count; i++)
		values[i] = all[s->values[i]];
	values[s->value_count] = 1;
	if (!is_wanted(s, time)) {
		s->out->filtered++;
		return true;
	}
	if (is_negative(s, values))
		return true;
	for (unsigned i = 0; i < s->value_count; i++)
		s->overflow[i] |= __builtin_add_overflow(s->totals[i], values[i],
							 &s->totals[i]);
	if (stack >= 0 && !see_stack(s, (uint32_t)stack))
		return false;
	if (stack >= 0 && !s->want->times && !s->out->in_order) {
		add_sums(s, (uint32_t)stack, values);
		return true;
	}
	s->out->time = time;
	return push_stack(s, stack < 0 ? -1 : stack, values);
}

/* Times of a process count from its own start. */
static int64_t offset_of(const struct firefox_samples *s)
{
	int64_t own = s->file->processes[s->thread->process].start, offset;
	int64_t first = s->file->processes[0].start;
	if (own == FIREFOX_NONE || first == FIREFOX_NONE ||
	    __builtin_sub_overflow(own, first, &offset))
		return 0;
	return offset;
}

static bool push_rows(struct firefox_samples *s, unsigned kind)
{
	const struct firefox_table *t = s->thread->samples[kind];
	const struct firefox_numbers *times = &t->columns[SAMPLE_TIME],
				     *deltas = &t->columns[SAMPLE_TIME_DELTA];
	int64_t offset = offset_of(s), sum = 0;
	for (uint32_t row = 0; row < t->rows; row++) {
		int64_t time = firefox_numbers_millionths(times, row);
		int64_t delta = firefox_numbers_millionths(deltas, row);
		if (delta != FIREFOX_NONE && !__builtin_add_overflow(sum, delta, &sum))
			time = sum;
		if (time == FIREFOX_NONE || __builtin_add_overflow(time, offset, &time))
			time = MOMENT_UNKNOWN;
		if (!push_row(s, kind, row, time))
			return false;
	}
	return push_sums(s);
}

static bool push_thread(struct firefox_samples *s)
{
	firefox_frames_use(&s->frames, s->thread);
	memset(s->labels_of, 0, (s->file->category_count + 1ull) * sizeof(*s->labels_of));
	if (!use_stacks(s))
		return false;
	for (unsigned kind = SAMPLES; kind <= NATIVE; kind++) {
		const struct firefox_table *t = s->thread->samples[kind];
		if (t == NULL || t->rows == 0)
			continue;
		if (kind == NATIVE && t->columns[SAMPLE_MEMORY].count > 0)
			find_freed(s, t);
		bool ok = push_rows(s, kind);
		free(s->freed);
		s->freed = NULL;
		if (!ok)
			return false;
	}
	return true;
}

/* Where the file does not tell when the recording began, it is with the first sample. */
static void find_begin(struct firefox_samples *s)
{
	s->begin = s->file->begin;
	for (uint32_t i = 0; s->file->begin == FIREFOX_NONE && i < s->file->thread_count;
	     i++) {
		const struct firefox_table *t = s->file->threads[i].samples[SAMPLES];
		if (t == NULL)
			continue;
		int64_t time = firefox_numbers_millionths(&t->columns[SAMPLE_TIME], 0);
		if (time == FIREFOX_NONE)
			time = firefox_numbers_millionths(&t->columns[SAMPLE_TIME_DELTA],
							  0);
		if (time != FIREFOX_NONE && (s->begin == FIREFOX_NONE || time < s->begin))
			s->begin = time;
	}
	if (s->begin == FIREFOX_NONE)
		s->begin = 0;
}

static bool push_threads(struct firefox_samples *s, bool with_own_tables)
{
	for (uint32_t i = 0; i < s->file->thread_count; i++) {
		s->thread = &s->file->threads[i];
		if ((s->thread->own != NULL) == with_own_tables && !push_thread(s))
			return false;
	}
	return true;
}

/* Shared tables first, so that each is looked through once. */
bool firefox_samples_push(struct firefox_samples *s)
{
	find_begin(s);
	bool ok = push_threads(s, false) && push_threads(s, true);
	samples_flush(s->out);
	return ok;
}
