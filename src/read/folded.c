/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Folded stacks, fg-folded(5): one stack a line, root first, and its value.
 *
 *	# event: cycles:u
 *	# unit: cycles
 *	java;start_thread;Interpreter;org/a/B:::run_[j] 12
 *
 * Written by every stackcollapse script; the "# " lines are ours and Austin's.
 * Files are usually sorted, so a line begins as the one before: the frames of
 * that beginning are taken over without looking at them.
 */
#include "read/reader.h"

#include <math.h>
#include <stdlib.h>

#include "base/num.h"
#include "read/folded_header.h"

enum { PROBE_LINES = 200, SEARCHES = 256 };

struct folded {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;

	uint32_t *frame_of;      /* by id of the text as written; ID_NONE: none yet */
	uint32_t frame_count;
	size_t frame_capacity;

	struct buf line;         /* the stack before */
	uint32_t *frames;        /* its frames, and where each one's text ends */
	size_t *ends;
	uint32_t depth;
	size_t frames_capacity, ends_capacity;

	struct str event, unit;  /* from the header */
	struct metrics metrics;  /* the same; the first is the one of the values */
	struct str metric;
	bool is_estimate;
	bool sorted;             /* so far lines come in byte order, frame by frame */
	unsigned header_columns; /* 0: not told */
	unsigned units, totals;  /* headers */
	unsigned with_samples;   /* totals that tell the samples */
	double told_sum;         /* of the values, as totals say */
	struct decimal whole;    /* sums before filters, of the first column */
	unsigned filtered;       /* how many */
	uint32_t first_stack;    /* that is new in this file */
	bool has_group;
	uint32_t group;
	uint64_t lines, two_numbers;
};

/* Lines */

/* Cuts the number at the end, and the blanks before it, off *line. */
static bool cut_number(struct str *line, struct decimal *value)
{
	ptrdiff_t blank = str_rchr(*line, ' '), tab = str_rchr(*line, '\t');
	size_t n = (size_t)((blank > tab ? blank : tab) + 1);
	if (n == 0 || !num_decimal(str_skip(*line, n), value))
		return false;
	line->n = n;
	while (line->n && (line->p[line->n - 1] == ' ' || line->p[line->n - 1] == '\t'))
		line->n--;
	return true;
}

/* A whole number that is none to us can only be too large. */
static bool ends_in_digits(struct str line)
{
	struct str number = str_skip(line, (size_t)(str_rchr(line, ' ') + 1));
	return number.n < line.n && num_is_digits(number);
}

static bool is_header(struct str line)
{
	return str_starts(line, STR("# ")) || str_eq(line, STR("#"));
}

static bool take_same(struct folded *f, struct str *known, struct str value,
		      const char *what)
{
	if (known->n && !str_eq(*known, value))
		return input_error(f->in, "this %s differs from the one before", what);
	if (known->n == 0 && value.n > 0)
		*known = profile_keep(f->profile, value);
	return true;
}

/* "13010 cycles in 3980 samples" */
static void add_total(struct folded *f, struct str value)
{
	uint64_t samples = folded_header_samples(value);
	struct decimal sum;
	if (!num_decimal(str_cut(&value, ' '), &sum))
		return;
	f->totals++;
	f->with_samples += samples > 0;
	f->told_sum += (double)sum.digits / pow(10, sum.scale);
	f->profile->header_samples += samples;
}

static void add_shown(struct folded *f, struct str value)
{
	if (f->profile->shown.n == 0)
		f->profile->shown = profile_keep(f->profile, value);
	f->filtered += folded_header_whole(value, &f->whole);
}

/* "total 1343525 bytes", of another metric than that of the values */
static void add_metric(struct folded *f, struct str value)
{
	struct metrics *m = &f->metrics;
	struct str name = str_cut(&value, ' ');
	struct str number = str_cut(&value, ' ');
	struct decimal total;
	unsigned i = 0;
	if (name.n == 0 || !num_decimal(number, &total))
		return;
	while (i < m->count && !str_eq(m->items[i].name, name))
		i++;
	if (i == m->count && i < METRICS_MAX - 1)
		metrics_add(m, profile_keep(f->profile, name),
			    profile_keep(f->profile, value));
	if (i < m->count)
		metrics_sum_decimal(m, i, total);
}

static bool read_header(struct folded *f, struct str line)
{
	struct str rest = str_trim(str_skip(line, 1));
	struct str key = str_cut(&rest, ':');
	struct str value = folded_header_value(str_trim(rest));
	struct profile *p = f->profile;
	if (rest.p == NULL)
		return true;
	if (str_eq(key, STR("event")))
		return take_same(f, &f->event, value, "event");
	if (str_eq(key, STR("metric")))
		return take_same(f, &f->metric, value, "metric");
	if (str_eq(key, STR("unit")) && ++f->units)
		return take_same(f, &f->unit, folded_header_unit(value), "unit");
	if (str_eq(key, STR("total")))
		add_total(f, value);
	else if (str_eq(key, STR("part")) && p->part.n == 0)
		p->part = profile_keep(p, value);
	else if (str_eq(key, STR("estimated")))
		f->is_estimate |= str_eq(value, STR("yes"));
	else if (str_eq(key, STR("also")))
		add_metric(f, value);
	else if (str_eq(key, STR("command")) && p->title.n == 0)
		p->title = profile_keep(p, value);
	else if (str_eq(key, STR("shown")))
		add_shown(f, value);
	else if (str_eq(key, STR("columns")))
		f->header_columns = str_eq(value, STR("before, after")) ? 2 : 1;
	return true;
}

/* Frames */

static uint32_t make_frame(struct folded *f, struct str text)
{
	struct str raw = text;
	enum frame_kind kind = frame_kind_unmark(&text);
	if (kind == FRAME_USER)
		kind = frame_kind_of(text);
	uint32_t name = profile_name_text(f->profile, text);
	f->sorted &= str_eq(intern_text(&f->profile->text, name), text) &&
		     str_ends(raw, frame_kind_mark(kind));
	return profile_frame(f->profile, name, kind, ID_NONE, ID_NONE);
}

static uint32_t frame_of(struct folded *f, const struct intern_search *search)
{
	uint32_t id = intern_end(&f->profile->text, search);
	while (f->frame_count <= id) {
		ARRAY_RESERVE(f->frame_of, f->frame_capacity, (size_t)id + 1);
		f->frame_of[f->frame_count++] = ID_NONE;
	}
	if (f->frame_of[id] == ID_NONE)
		f->frame_of[id] = make_frame(f, search->s);
	return f->frame_of[id];
}

/* Whether 32 bytes are the same. */
static inline bool same_block(const char *a, const char *b)
{
	uint64_t x[4], y[4];
	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3])) == 0;
}

static size_t common_start(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	while (i + 32 <= n && same_block(a.p + i, b.p + i))
		i += 32;
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

/* How many frames of the stack before stand unchanged at the start of this one. */
static uint32_t shared_frames(const struct folded *f, struct str stack)
{
	size_t same = common_start(buf_str(&f->line), stack);
	uint32_t from = 0, to = f->depth;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		size_t end = f->ends[middle];
		bool ends = end == same && (end == stack.n || stack.p[end] == ';');
		if (end < same || ends)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static size_t frame_end(struct str stack, size_t at)
{
	ptrdiff_t semicolon = str_chr(str_skip(stack, at), ';');
	return semicolon < 0 ? stack.n : at + (size_t)semicolon;
}

/* The next frames of the stack: where they end, and what to look up.  0 at its end. */
static size_t split(struct folded *f, struct str stack, struct intern_search *searches)
{
	size_t depth = f->depth, n = 0;
	size_t at = depth ? f->ends[depth - 1] + 1 : 0;
	for (; at <= stack.n && n < SEARCHES; at = f->ends[depth++] + 1) {
		ARRAY_RESERVE(f->ends, f->ends_capacity, depth + 1);
		f->ends[depth] = frame_end(stack, at);
		searches[n].s = str_span(stack.p + at, stack.p + f->ends[depth]);
		intern_begin(&f->profile->text, &searches[n++]);
	}
	return n;
}

static void look_up(struct folded *f, struct intern_search *searches, size_t n)
{
	for (size_t i = 0; i < n; i++)
		intern_guess(&f->profile->text, &searches[i]);
	for (size_t i = 0; i < n; i++)
		intern_fetch(&f->profile->text, &searches[i]);
	ARRAY_RESERVE(f->frames, f->frames_capacity, f->depth + n);
	for (size_t i = 0; i < n; i++)
		f->frames[f->depth++] = frame_of(f, &searches[i]);
}

/*
 * How the stack, which shares some frames with the one before, compares with
 * it: <0 before it, 0 the same, >0 behind it.
 */
static int compare_with_last(const struct folded *f, struct str stack, uint32_t shared)
{
	size_t at = shared ? f->ends[shared - 1] + 1 : 0;
	if (shared == f->depth)
		return at <= stack.n || shared == 0;
	if (at > stack.n)
		return -1;
	struct str last = str_span(f->line.p + at, f->line.p + f->ends[shared]);
	return str_cmp(str_span(stack.p + at, stack.p + frame_end(stack, at)), last);
}

/* Stacks that come in order are known to be new ones. */
static void watch_order(struct folded *f, struct str stack, uint32_t shared)
{
	if (!f->sorted)
		return;
	int order = compare_with_last(f, stack, shared);
	f->sorted = order >= 0;
	if (order <= 0 && f->out->distinct) {
		samples_flush(f->out);
		f->out->distinct = false;
	}
}

static bool add_frames(struct folded *f, struct str stack)
{
	uint32_t shared = shared_frames(f, stack);
	watch_order(f, stack, shared);
	f->depth = shared;
	struct intern_search searches[SEARCHES];
	size_t n;
	while ((n = split(f, stack, searches)) > 0) {
		look_up(f, searches, n);
		if (f->depth >= SAMPLES_DEPTH_MAX)
			return input_error(f->in, "stack of more than %d frames",
					   SAMPLES_DEPTH_MAX);
	}
	f->line.n = shared ? f->ends[shared - 1] : 0;
	buf_add(&f->line, str_skip(stack, f->line.n));
	return true;
}

static void rescale(struct folded *f, unsigned column, struct decimal *value)
{
	struct profile *p = f->profile;
	if (value->scale > p->columns[column].scale) {
		samples_flush(f->out);
		profile_rescale(p, column, value->scale);
	}
	for (; value->scale < p->columns[column].scale; value->scale++)
		if (__builtin_mul_overflow(value->digits, 10, &value->digits))
			p->overflow = true;
}

static uint32_t group_of(struct folded *f)
{
	if (f->has_group)
		return f->group;
	uint32_t event = profile_event(f->profile, f->event, f->unit);
	struct group g = {
		.event = event, .comm = ID_NONE, .pid = -1, .tid = -1, .cpu = -1,
	};
	f->group = profile_group(f->profile, &g);
	f->has_group = true;
	return f->group;
}

/* Whether another count stands before the last one; TABs there would not stay. */
static bool has_before(struct str stack)
{
	struct decimal before;
	struct str shorter = stack;
	if (!cut_number(&shorter, &before) || before.digits < 0 || shorter.n == 0)
		return false;
	for (char *p = (char *)stack.p + shorter.n; *p == ' ' || *p == '\t'; p++)
		*p = ' ';
	return true;
}

/*
 * In two columns the second number is the value "after"; the first one stays
 * in the name of the leaf until it is known whether all lines have it.  Column
 * 1 counts lines meanwhile.
 */
static bool read_stack(struct folded *f, struct str line)
{
	struct decimal value;
	struct str stack = line;
	if (!cut_number(&stack, &value)) {
		if (ends_in_digits(line))
			return input_error(f->in, "count is too large");
		input_warn(f->in, "lines without a count", line);
		return true;
	}
	if (value.digits < 0) {
		input_warn(f->in, "lines with a negative count", line);
		return true;
	}
	if (str_starts(stack, STR("\\x23"))) {
		stack = str_skip(stack, 3);
		*(char *)stack.p = '#';
	}
	if (f->two_numbers == f->lines++)
		f->two_numbers += has_before(stack);
	rescale(f, 0, &value);
	if (!add_frames(f, stack))
		return false;
	samples_reserve(f->out, f->depth);
	for (uint32_t i = 0; i < f->depth; i++)
		sample_push_reserved(f->out, f->frames[i]);
	sample_end(f->out, group_of(f), (int64_t[]){ value.digits, 1 });
	return true;
}

/* Two columns */

static struct str before_of(const struct profile *p, const struct stack *stack,
			    struct decimal *before)
{
	struct str name = profile_name(p, p->pool[stack->first + stack->depth - 1]);
	*before = (struct decimal){ 0 };
	cut_number(&name, before);
	return name;
}

/* The largest scale of all numbers of both columns. */
static unsigned common_scale(const struct folded *f)
{
	const struct profile *p = f->profile;
	unsigned scale = p->columns[0].scale;
	struct decimal before;
	for (uint32_t i = f->first_stack; i < p->stack_count; i++) {
		before_of(p, &p->stacks[i], &before);
		if (before.scale > scale)
			scale = before.scale;
	}
	return scale;
}

static void split_leaf(struct folded *f, uint32_t id)
{
	struct profile *p = f->profile;
	struct stack *stack = &p->stacks[id];
	int64_t *values = &p->values[(size_t)id * COLUMNS_MAX];
	int64_t lines = values[1];
	struct decimal before;
	struct str name = before_of(p, stack, &before);
	rescale(f, 0, &before);
	if (__builtin_mul_overflow(before.digits, lines, &before.digits))
		p->overflow = true;
	values[1] = values[0];
	values[0] = before.digits;
	p->pool[stack->first + stack->depth - 1] = make_frame(f, name);
}

/* The second column of files before this one, to the scale of the first. */
static void rescale_after(struct profile *p, uint32_t stacks)
{
	for (; p->columns[1].scale < p->columns[0].scale; p->columns[1].scale++)
		for (uint32_t i = 0; i < stacks; i++) {
			int64_t *after = &p->values[(size_t)i * COLUMNS_MAX + 1];
			if (__builtin_mul_overflow(*after, 10, after))
				p->overflow = true;
		}
}

static bool is_difference(const struct folded *f)
{
	if (f->want->columns != 0 || f->lines == 0)
		return f->want->columns == 2;
	if (f->header_columns != 0)
		return f->header_columns == 2;
	return f->two_numbers == f->lines;
}

static bool check_columns(struct folded *f, bool difference)
{
	if (f->first_stack > 0 && f->profile->is_difference != difference)
		return input_fail(f->in, "has %s of numbers, the file before has not",
				  difference ? "two columns" : "one column");
	if (difference && f->two_numbers != f->lines)
		return input_fail(f->in, "%llu of %llu lines do not end in two numbers",
				  (unsigned long long)(f->lines - f->two_numbers),
				  (unsigned long long)f->lines);
	return true;
}

static void name_columns(struct profile *p)
{
	p->is_difference = true;
	p->column_count = 2;
	p->columns[0].name = STR("before");
	p->columns[1].name = STR("after");
}

static bool finish_columns(struct folded *f)
{
	struct profile *p = f->profile;
	bool difference = is_difference(f);
	samples_flush(f->out);
	if (!check_columns(f, difference))
		return false;
	if (!difference) {
		for (uint32_t i = 0; i < p->stack_count; i++)
			p->values[(size_t)i * COLUMNS_MAX + 1] = 0;
		return true;
	}
	p->columns_guessed = f->want->columns == 0 && f->header_columns == 0;
	name_columns(p);
	profile_rescale(p, 0, common_scale(f));
	rescale_after(p, f->first_stack);
	for (uint32_t i = f->first_stack; i < p->stack_count; i++)
		split_leaf(f, i);
	return true;
}

static bool read_lines(struct folded *f)
{
	struct str line;
	while (input_line(f->in, &line)) {
		bool ok = true;
		if (is_header(line))
			ok = read_header(f, line);
		else if (str_trim(line).n > 0)
			ok = read_stack(f, line);
		if (!ok)
			return false;
	}
	return !f->in->failed && finish_columns(f);
}

/* Of the last column, which totals are about. */
static double sum_of_values(const struct profile *p)
{
	unsigned column = p->is_difference;
	double sum = 0;
	for (uint32_t i = 0; i < p->stack_count; i++)
		sum += (double)p->values[(size_t)i * COLUMNS_MAX + column];
	return sum / pow(10, p->columns[column].scale);
}

/*
 * Lines may have been taken out, by grep(1) for instance; then nobody knows how
 * many samples the others stand for.
 */
static bool tells_totals(const struct folded *f, double sum_before)
{
	double sum = sum_of_values(f->profile) - sum_before;
	return f->totals > 0 && f->totals >= f->units &&
	       fabs(sum - f->told_sum) <= fabs(f->told_sum) * 1e-9;
}

/* The metric of the values goes in front; the total is only for the list. */
static bool keep_metrics(struct folded *f, bool with_others)
{
	struct metrics m = { 0 };
	struct buf why = { 0 };
	if (f->metric.n == 0 || f->profile->is_difference)
		return true;
	group_of(f);             /* where there is no stack, nothing was counted */
	m.items[metrics_add(&m, f->metric, f->unit)].is_estimate = f->is_estimate;
	for (unsigned i = 0; i < f->metrics.count && with_others; i++)
		if (!str_eq(f->metrics.items[i].name, f->metric))
			m.items[m.count++] = f->metrics.items[i];
	bool ok = profile_metrics(f->profile, &m, &why);
	if (!ok)
		input_fail(f->in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

static bool read_folded(struct input *in, const struct want *want, struct samples *out)
{
	struct folded f = {
		.in = in, .want = want, .out = out, .profile = out->profile,
	};
	buf_reserve(&f.line, 1);         /* to point into, even when it is empty */
	f.first_stack = out->profile->stack_count;
	f.sorted = f.first_stack == 0;
	out->distinct = f.sorted;
	double sum_before = sum_of_values(out->profile);
	struct decimal first_before = { .scale = out->profile->columns[0].scale };
	profile_sum(out->profile, 0, &first_before.digits);
	bool ok = read_lines(&f);
	bool told = tells_totals(&f, sum_before);
	out->profile->samples_untold |= !told || f.with_samples < f.totals;
	ok = ok && keep_metrics(&f, told);
	if (f.filtered > 0 && f.filtered == f.totals)
		folded_header_taken(out->profile, f.whole, first_before);
	out->profile->sorted = f.sorted && !out->profile->is_difference;
	out->distinct = false;
	free(f.frame_of);
	free(f.frames);
	free(f.ends);
	buf_free(&f.line);
	return ok;
}

/* The start of a line that is longer than a probe sees, without a control character. */
static bool is_long_stack(struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
			return false;
	return line.n > INPUT_HEAD / 2 && !is_header(line);
}

static enum probe probe_folded(struct str head)
{
	unsigned good = 0, all = 0;
	bool ours = false;
	for (unsigned i = 0; i < PROBE_LINES && head.p != NULL; i++) {
		struct str line = str_cut(&head, '\n');
		struct decimal value;
		if (head.p == NULL && all == 0 && is_long_stack(line))
			return ours ? PROBE_LIKELY : PROBE_MAYBE;
		if (head.p == NULL && i > 0)
			break;           /* perhaps cut off */
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		ours |= str_starts(line, STR("# event: ")) ||
			str_starts(line, STR("# unit: ")) ||
			str_starts(line, STR("# metric: "));
		if (is_header(line) || str_trim(line).n == 0)
			continue;
		all++;
		good += ends_in_digits(line) || (cut_number(&line, &value) && line.n > 0);
	}
	if (ours && (good > 0 || all == 0))
		return PROBE_LIKELY;
	return all > 0 && good * 10 >= all * 9 ? PROBE_MAYBE : PROBE_NO;
}

const struct reader reader_folded = {
	.name = "folded",
	.title = "folded stacks (frame;frame;frame VALUE)",
	.is_digest = true,
	.probe = probe_folded,
	.read = read_folded,
};
