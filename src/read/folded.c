/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Folded stacks, fg-folded(5): one stack a line, root first, and its value.
 *
 *	# event: cycles:u
 *	# unit: cycles
 *	java;start_thread;Interpreter;org/a/B:::run_[j] 12
 *
 * Written by every stackcollapse script; the "# " lines are ours and Austin's.
 */
#include "read/reader.h"

#include <math.h>

#include "base/num.h"
#include "read/folded_header.h"
#include "read/folded_stacks.h"

enum { PROBE_LINES = 200 };

struct folded {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;

	struct folded_stacks stacks;

	struct str event, unit;  /* from the header */
	struct metrics metrics;  /* the same; the first is the one of the values */
	struct str metric;
	bool is_estimate;
	unsigned header_columns; /* 0: not told */
	unsigned units, totals;  /* headers */
	unsigned with_samples;   /* totals that tell the samples */
	double told_sum;         /* of the values, as totals say */
	struct decimal whole;    /* sums before filters, of the first column */
	unsigned filtered;       /* how many */
	uint32_t first_stack;    /* that is new in this file */
	bool has_group;
	uint64_t lines, two_numbers;
};

/* Lines */

/* Cuts the number at the end, and the blanks before it, off *line. */
static bool cut_number(struct str *line, struct decimal *value)
{
	size_t n = (size_t)(str_rchr(*line, ' ') + 1);
	n += (size_t)(str_rchr(str_skip(*line, n), '\t') + 1);
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

/* Stacks */

static void rescale(struct folded *f, unsigned column, struct decimal *value)
{
	struct profile *p = f->profile;
	if (value->scale > p->columns[column].scale) {
		folded_stacks_hand_over(&f->stacks);
		samples_flush(f->out);
		profile_rescale(p, column, value->scale);
	}
	for (; value->scale < p->columns[column].scale; value->scale++)
		if (__builtin_mul_overflow(value->digits, 10, &value->digits))
			p->overflow = true;
}

static void choose_group(struct folded *f)
{
	if (f->has_group)
		return;
	uint32_t event = profile_event(f->profile, f->event, f->unit);
	struct group g = profile_nobody(event);
	f->stacks.group = profile_group(f->profile, &g);
	f->has_group = true;
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
	choose_group(f);
	return folded_stacks_add(&f->stacks, stack, value.digits) ||
	       input_error(f->in, "stack of more than %d frames", SAMPLES_DEPTH_MAX);
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
	p->pool[stack->first + stack->depth - 1] = folded_stacks_frame(&f->stacks, name);
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

static bool next_line(struct folded *f, struct str *line)
{
	if (input_waiting_line(f->in, line))
		return true;
	folded_stacks_keep(&f->stacks);
	return input_line(f->in, line);
}

static bool read_lines(struct folded *f)
{
	struct str line;
	while (next_line(f, &line)) {
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
	if (f->metric.n == 0 || f->profile->is_difference)
		return true;
	choose_group(f);             /* where there is no stack, nothing was counted */
	m.items[metrics_add(&m, f->metric, f->unit)].is_estimate = f->is_estimate;
	for (unsigned i = 0; i < f->metrics.count && with_others; i++)
		if (!str_eq(f->metrics.items[i].name, f->metric))
			m.items[m.count++] = f->metrics.items[i];
	return reader_end_metrics(f->in, f->profile, &m);
}

static bool read_folded(struct input *in, const struct want *want, struct samples *out)
{
	struct folded f = {
		.in = in, .want = want, .out = out, .profile = out->profile,
	};
	folded_stacks_init(&f.stacks, out);
	f.first_stack = out->profile->stack_count;
	double sum_before = sum_of_values(out->profile);
	struct decimal first_before = { .scale = out->profile->columns[0].scale };
	profile_sum(out->profile, 0, &first_before.digits);
	bool ok = read_lines(&f);
	bool told = tells_totals(&f, sum_before);
	out->profile->samples_untold |= !told || f.with_samples < f.totals;
	ok = ok && keep_metrics(&f, told);
	if (f.filtered > 0 && f.filtered == f.totals)
		folded_header_taken(out->profile, f.whole, first_before);
	out->profile->sorted = f.stacks.sorted && !out->profile->is_difference;
	out->distinct = false;
	folded_stacks_free(&f.stacks);
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
