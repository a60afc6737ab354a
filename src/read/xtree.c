/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Execution trees of Valgrind's tools: --xtree-memory=full or allocs,
 * --xtree-leak=yes of Memcheck.
 *
 *	# callgrind format
 *	version: 1
 *	creator: xtree-1
 *	pid: 1869
 *	cmd: bin/memdemo
 *
 *	positions: line
 *	event: curB : currently allocated Bytes
 *	event: curBk : currently allocated Blocks
 *	events: curB  curBk
 *	fl=(1) /src/memdemo.c
 *	fn=(1) main
 *	206
 *	cfi=(1)
 *	cfn=(3) leak_definite
 *	calls=0 33
 *	206 10000 10
 *	fl=(1)
 *	fn=(3)
 *	33 10000 10
 *
 *	totals: 10000 10
 *
 * https://sourceware.org/git/?p=valgrind.git;f=coregrind/m_xtree.c.  In the format
 * of Callgrind costs belong to functions and calls, and stacks cannot be had.  Here
 * each paragraph is a stack from the root on: what calls has a line of "calls="
 * and the costs behind it, the last function has costs of its own, which are those
 * of the stack.  "(3)" stands for the name that came with it first.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "model/framestack.h"
#include "read/callgrind_text.h"

enum { COLUMNS = CALLGRIND_EVENTS_MAX };

struct function {
	struct str file, name;
	uint64_t line;
	bool has_line;
};

struct xtree {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct framestack places;
	struct callgrind_text_names files, functions;
	struct callgrind_text_place place;

	struct str columns[COLUMNS];
	unsigned column_count;
	int64_t sums[COLUMNS];
	struct metrics metrics;
	struct recipe {
		uint64_t plus, minus;    /* bits of columns */
	} recipes[METRICS_MAX];

	int64_t pid;
	bool has_group, has_totals;
	uint32_t group;

	/* The paragraph. */
	struct str file;
	struct function *stack;
	uint32_t *numbers;       /* the same in "places", leaf first */
	size_t depth, stack_capacity, numbers_capacity;
	bool after_calls;        /* what follows are the costs of a call */
	bool has_costs;
	int64_t costs[COLUMNS];
};

/* Metrics */

static int find_column(const struct xtree *x, struct str name)
{
	for (unsigned i = 0; i < x->column_count; i++)
		if (str_eq(x->columns[i], name))
			return (int)i;
	return -1;
}

static uint64_t bit(const struct xtree *x, struct str column)
{
	int i = find_column(x, column);
	return i < 0 ? 0 : 1ull << i;
}

static void add_metric(struct xtree *x, struct str name, struct recipe recipe)
{
	if (!recipe.plus || x->metrics.count == METRICS_MAX)
		return;
	struct str column = x->columns[__builtin_ctzll(recipe.plus)];
	unsigned i = metrics_add(&x->metrics, name, str_ends(column, STR("Bk")) ?
						    STR("blocks") : STR("bytes"));
	x->recipes[i] = recipe;
}

/* What is lost definitely has what it makes others lose in it. */
static const struct leak_metric {
	struct str name;
	const char *plus[5], *minus;
} leak_metrics[] = {
	{ STR("definite"), { "DB" }, "DIB" },
	{ STR("definite-blocks"), { "DBk" }, NULL },
	{ STR("indirect"), { "IB" }, NULL },
	{ STR("indirect-blocks"), { "IBk" }, NULL },
	{ STR("possible"), { "PB" }, NULL },
	{ STR("possible-blocks"), { "PBk" }, NULL },
	{ STR("reachable"), { "RB" }, NULL },
	{ STR("reachable-blocks"), { "RBk" }, NULL },
	{ STR("leaked"), { "DB", "IB", "PB", "RB" }, "DIB" },
	{ STR("leaked-blocks"), { "DBk", "IBk", "PBk", "RBk" }, NULL },
	{ STR("growth"), { "iDB", "iIB", "iPB", "iRB" }, "iDIB" },
	{ STR("growth-blocks"), { "iDBk", "iIBk", "iPBk", "iRBk" }, NULL },
};

static void add_leaks(struct xtree *x)
{
	for (size_t i = 0; i < ARRAY_SIZE(leak_metrics); i++) {
		const struct leak_metric *m = &leak_metrics[i];
		struct recipe recipe = { 0, bit(x, str_of(m->minus)) };
		for (int k = 0; m->plus[k]; k++)
			recipe.plus |= bit(x, str_of(m->plus[k]));
		add_metric(x, m->name, recipe);
	}
}

static void add_columns(struct xtree *x)
{
	for (unsigned i = 0; i < x->column_count; i++)
		add_metric(x, metrics_name(x->columns[i]),
			   (struct recipe){ 1ull << i, 0 });
}

static bool choose_metric(struct xtree *x)
{
	bool leaks = bit(x, STR("DB")) && bit(x, STR("DIB"));
	if (leaks)
		add_leaks(x);
	else
		add_columns(x);
	struct str usual = leaks ? STR("definite") : STR("total");
	bool ok = reader_choose_metric_here(x->in, &x->metrics, x->want, usual);
	if (ok)
		samples_metrics(x->out, &x->metrics, x->want->all_metrics);
	return ok;
}

static bool sum_of(const int64_t costs[COLUMNS], uint64_t columns, int64_t *result)
{
	int64_t sum = 0;
	for (; columns; columns &= columns - 1)
		if (__builtin_add_overflow(sum, costs[__builtin_ctzll(columns)], &sum))
			return false;
	*result = sum;
	return true;
}

/* False when it does not fit in 63 bits. */
static bool find_value(const struct xtree *x, unsigned metric,
		       const int64_t costs[COLUMNS], int64_t *value)
{
	const struct recipe *r = &x->recipes[metric];
	int64_t plus, minus;
	if (!sum_of(costs, r->plus, &plus) || !sum_of(costs, r->minus, &minus))
		return false;
	*value = plus - minus;
	return true;
}

/* Names */

static bool read_name(struct xtree *x, struct callgrind_text_names *names, struct str text,
		      struct str *result)
{
	struct callgrind_text_name name = callgrind_text_name(text);
	uint32_t told = name.text.n ? profile_text(x->profile, name.text) : CALLGRIND_NEW;
	uint32_t own = told, *known = &own;
	if (name.is_short)
		known = callgrind_text_meaning(names, name.id);
	if (*known == CALLGRIND_NEW)
		*known = told;
	if (*known == CALLGRIND_NEW)
		return input_error(x->in, "'%.*s' stands for no name so far", STR_ARG(text));
	if (told != CALLGRIND_NEW && told != *known)
		return input_error(x->in, "(%" PRIu64 ") is another name already", name.id);
	*result = intern_text(&x->profile->text, *known);
	return true;
}

static uint32_t number_of(struct xtree *x, const struct function *f)
{
	struct buf line = { 0 };
	struct frametext place = { .name = f->name };
	if (str_eq(f->name, STR("UnknownFn?" "?" "?")) || str_eq(f->name, STR("?" "?" "?")))
		place.name = STR("");
	if (f->file.n > 0 && !str_eq(f->file, STR("UnknownFile?" "?" "?"))) {
		buf_addf(&line, "%.*s:%" PRIu64, STR_ARG(str_basename(f->file)), f->line);
		place.line = buf_str(&line);
	}
	uint32_t number = framestack_find(&x->places, &place);
	buf_free(&line);
	return number;
}

/* Stacks */

static void make_group(struct xtree *x)
{
	struct str command = x->profile->title;
	struct str name = str_basename(str_cut(&command, ' '));
	struct group g = {
		.event = profile_event(x->profile, STR(""),
				       x->metrics.items[x->metrics.chosen].unit),
		.comm = want_shows_pid(x->want) ? profile_text(x->profile, name) : ID_NONE,
		.pid = want_pid(x->want) ? x->pid : -1, .tid = -1, .cpu = -1,
	};
	x->group = profile_group(x->profile, &g);
	x->has_group = true;
}

static bool fail_sum(struct xtree *x, struct str what)
{
	return input_error(x->in, "the sum of %.*s does not fit in 63 bits", STR_ARG(what));
}

static bool push_stack(struct xtree *x)
{
	int64_t values[METRICS_MAX] = { 0 };
	bool has_any = false;
	for (unsigned i = 0; i < x->metrics.count; i++) {
		if (!find_value(x, i, x->costs, &values[i]))
			return fail_sum(x, x->metrics.items[i].name);
		if (values[i] < 0)
			return input_error(x->in, "more bytes are lost indirectly than at all");
		has_any |= values[i] > 0;
	}
	if (values[x->metrics.chosen] == 0 && !(has_any && x->want->all_metrics))
		return true;
	ARRAY_RESERVE(x->numbers, x->numbers_capacity, x->depth);
	for (size_t i = 0; i < x->depth; i++)
		x->numbers[i] = number_of(x, &x->stack[x->depth - 1 - i]);
	framestack_push(&x->places, x->out, x->numbers, (uint32_t)x->depth, true);
	if (!x->has_group)
		make_group(x);
	sample_end_metrics(x->out, x->group, values);
	return true;
}

static bool end_paragraph(struct xtree *x)
{
	bool ok = !x->has_costs || push_stack(x);
	if (x->depth > 0 && !x->has_costs)
		input_warn(x->in, "stacks without costs", x->stack[0].name);
	x->depth = 0;
	x->has_costs = x->after_calls = false;
	return ok;
}

static bool begin_function(struct xtree *x, struct str text)
{
	struct function f = { .file = x->file };
	if (x->has_costs)
		return input_error(x->in, "a function behind the costs of its stack");
	if (x->depth == SAMPLES_DEPTH_MAX)
		return input_error(x->in, "stack of more than %d frames",
				   SAMPLES_DEPTH_MAX);
	if (!read_name(x, &x->functions, text, &f.name))
		return false;
	ARRAY_RESERVE(x->stack, x->stack_capacity, x->depth + 1);
	x->stack[x->depth++] = f;
	return true;
}

/* Numbers */

static bool sum_costs(struct xtree *x)
{
	for (unsigned i = 0; i < x->column_count; i++)
		if (__builtin_add_overflow(x->sums[i], x->costs[i], &x->sums[i]))
			return fail_sum(x, x->columns[i]);
	return true;
}

/* "209", "209 0 0 128": a line, and what it costs. */
static bool read_position(struct xtree *x, struct str line)
{
	unsigned count;
	int64_t costs[COLUMNS];
	if (x->depth == 0)
		return input_error(x->in, "costs without a function");
	if (x->metrics.count == 0)
		return input_error(x->in, "costs before the events are told");
	if (!callgrind_text_place(x->in, &line, &x->place) ||
	    !callgrind_text_costs(x->in, line, x->column_count, costs, &count))
		return false;
	struct function *f = &x->stack[x->depth - 1];
	if (!f->has_line)
		f->line = x->place.line;
	f->has_line = true;
	if (count == 0)
		return true;
	if (x->after_calls) {
		x->after_calls = false;
		return true;
	}
	if (x->has_costs)
		return input_error(x->in, "two lines of costs in a stack");
	x->has_costs = true;
	memcpy(x->costs, costs, sizeof(costs));
	return sum_costs(x);
}

static bool read_totals(struct xtree *x, struct str text)
{
	unsigned count;
	int64_t totals[COLUMNS];
	if (!end_paragraph(x) ||
	    !callgrind_text_costs(x->in, text, x->column_count, totals, &count))
		return false;
	x->has_totals = true;
	for (unsigned i = 0; i < count; i++)
		if (totals[i] != x->sums[i])
			input_warn(x->in, "totals that stacks do not add up to",
				   x->columns[i]);
	return true;
}

/* Lines */

static bool read_events(struct xtree *x, struct str text)
{
	if (x->column_count > 0)
		return input_error(x->in, "events are told twice");
	for (text = str_trim(text); text.n > 0; text = str_trim(text)) {
		struct str name = str_cut(&text, ' ');
		if (x->column_count == COLUMNS)
			return input_error(x->in, "more than %d events", COLUMNS);
		if (find_column(x, name) >= 0)
			return input_error(x->in, "event '%.*s' comes twice", STR_ARG(name));
		x->columns[x->column_count++] = profile_keep(x->profile, name);
	}
	return x->column_count > 0 ? choose_metric(x) :
				     input_error(x->in, "there are no events");
}

static bool read_creator(struct xtree *x, struct str text)
{
	return str_starts(text, STR("xtree")) ||
	       input_error(x->in, "made by '%.*s', not by xtree: it has the format callgrind",
			   STR_ARG(text));
}

static bool read_positions(struct xtree *x, struct str text)
{
	return str_eq(text, STR("line")) ||
	       input_error(x->in, "positions are '%.*s', not lines", STR_ARG(text));
}

static bool read_command(struct xtree *x, struct str text)
{
	if (x->profile->title.n == 0)
		x->profile->title = profile_keep(x->profile, text);
	return true;
}

static bool read_file(struct xtree *x, struct str text)
{
	return read_name(x, &x->files, text, &x->file);
}

/* What is called has its own lines behind, but may tell its name here. */
static bool read_called_file(struct xtree *x, struct str text)
{
	struct str name;
	return read_name(x, &x->files, text, &name);
}

static bool read_called(struct xtree *x, struct str text)
{
	struct str name;
	return read_name(x, &x->functions, text, &name);
}

static bool read_calls(struct xtree *x)
{
	x->after_calls = true;
	return x->depth > 0 || input_error(x->in, "a call without a function");
}

static bool read_key(struct xtree *x, enum callgrind_text_key key, struct str text)
{
	switch (key) {
	case CALLGRIND_COSTS: return read_position(x, text);
	case CALLGRIND_CALLS: return read_calls(x);
	case CALLGRIND_CFN: return read_called(x, text);
	case CALLGRIND_FN: return begin_function(x, text);
	case CALLGRIND_CFI: return read_called_file(x, text);
	case CALLGRIND_FI:
	case CALLGRIND_FL: return read_file(x, text);
	case CALLGRIND_EVENTS: return read_events(x, text);
	case CALLGRIND_POSITIONS: return read_positions(x, text);
	case CALLGRIND_TOTALS: return read_totals(x, text);
	case CALLGRIND_CREATOR: return read_creator(x, text);
	case CALLGRIND_COMMAND: return read_command(x, text);
	case CALLGRIND_PID: return callgrind_text_number(x->in, text, &x->pid);
	case CALLGRIND_EVENT:
	case CALLGRIND_SUMMARY:
	case CALLGRIND_VERSION:
	case CALLGRIND_REMARK: return true;
	default: break;
	}
	input_warn(x->in, READER_NOT_UNDERSTOOD, text);
	return true;
}

static bool read_line(struct xtree *x, struct str line)
{
	if (line.n == 0)
		return end_paragraph(x);
	struct str all = line;
	enum callgrind_text_key key = callgrind_text_key(&line);
	return read_key(x, key, key == CALLGRIND_UNKNOWN ? all : line);
}

static bool read_lines(struct xtree *x)
{
	struct str line;
	while (input_line(x->in, &line)) {
		/* What was cut off may look like a smaller number. */
		if (!str_ends(x->in->raw, STR("\n"))) {
			input_warn(x->in, "lines cut off at the end", line);
			break;
		}
		if (!read_line(x, line))
			return false;
	}
	return !x->in->failed && end_paragraph(x);
}

static bool finish(struct xtree *x)
{
	if (x->metrics.count == 0)
		return input_fail(x->in, "there are no events");
	if (!x->has_totals)
		input_warn(x->in, "no totals: the file was cut off", STR(""));
	for (unsigned i = 0; i < x->metrics.count; i++) {
		int64_t value = 0;
		if (!find_value(x, i, x->sums, &value))
			return fail_sum(x, x->metrics.items[i].name);
		metrics_sum(&x->metrics, i, value);
	}
	if (!x->has_group)
		make_group(x);
	return reader_end_metrics(x->in, x->profile, &x->metrics);
}

static bool read_xtree(struct input *in, const struct want *want, struct samples *out)
{
	struct xtree x = {
		.in = in, .want = want, .out = out, .profile = out->profile, .pid = -1,
		.place = { .has_line = true },
	};
	framestack_init(&x.places, x.profile, want);
	bool ok = read_lines(&x) && finish(&x);
	framestack_free(&x.places);
	callgrind_text_names_free(&x.files);
	callgrind_text_names_free(&x.functions);
	free(x.stack);
	free(x.numbers);
	return ok && !in->failed;
}

static enum probe probe_xtree(struct str head)
{
	struct str start = head.n > 4096 ? str_head(head, 4096) : head;
	return str_starts(start, STR("# callgrind format")) &&
	       str_find(start, STR("\ncreator: xtree")) >= 0 ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines; build the program with -g",
	.quality = {
		.unknown = "install debug symbols",
		.no_chains = "record with --num-callers=100",
		.rootless = "record with --num-callers=100",
	},
};

const struct reader reader_xtree = {
	.name = "xtree",
	.title = "execution trees of Valgrind (--xtree-memory, --xtree-leak)",
	.leaf_first = true,
	.probe = probe_xtree,
	.read = read_xtree,
	.hints = &hints,
};
