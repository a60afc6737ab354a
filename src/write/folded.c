/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	# event: cycles:u
 *	# unit: cycles
 *	# total: 13010 cycles in 3980 samples
 *	java;start_thread;org/a/B:::run_[j] 12
 *
 * or, of a profile with metrics,
 *
 *	# metric: peak
 *	# unit: bytes
 *	# total: 1014768 bytes
 *	# also: total 1343525 bytes
 *
 * The text of the path to the leaf is kept from line to line: only what
 * differs from the stack before is written anew.  Header lines never end in a
 * blank and a number, or older tools would take them for a stack.
 */
#include "write/folded.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/num.h"

enum { FRAMES_PER_CACHE_LINE = 16 };

struct path {
	struct str *labels;      /* by frame id: name and mark, NULL until used */
	struct arena arena;
	struct buf text;         /* "a;b;c" of the stack before */
	size_t *ends;            /* where the text of each frame ends */
	size_t capacity;
};

static struct str label_of(struct path *path, const struct stacks *s, unsigned marks,
			   uint32_t frame)
{
	struct str *label = &path->labels[frame];
	if (label->p != NULL)
		return *label;
	struct str name = profile_name(s->profile, frame);
	enum frame_kind kind = s->profile->frames[frame].kind;
	struct str mark = marks >> kind & 1 ? frame_kind_mark(kind) : STR("");
	char *text = arena_alloc(&path->arena, name.n + mark.n + 1);
	memcpy(text, name.p, name.n);
	memcpy(text + name.n, mark.n ? mark.p : "", mark.n);
	*label = (struct str){ text, name.n + mark.n };
	return *label;
}

static void add_frame(struct path *path, uint32_t depth, struct str label)
{
	path->text.n = depth ? path->ends[depth - 1] : 0;
	char *to = buf_reserve(&path->text, label.n + 8);
	if (depth > 0)
		*to++ = ';';
	if (depth == 0 && str_starts(label, STR("#"))) {
		memcpy(to, "\\x23", 4);
		to += 4;
		label = str_skip(label, 1);
	}
	memcpy(to, label.p, label.n);
	path->text.n = (size_t)(to + label.n - path->text.p);
	ARRAY_RESERVE(path->ends, path->capacity, (size_t)depth + 1);
	path->ends[depth] = path->text.n;
}

static void write_stacks(const struct stacks *s, const struct folded_options *o,
			 struct output *out)
{
	struct path path = {
		.labels = xcalloc(s->profile->frame_count, sizeof(struct str)),
	};
	for (uint32_t i = 0; i < s->count; i++) {
		const struct stacks_item *item = &s->items[i];
		stacks_fetch_ahead(s, i, 0);
		stacks_fetch_ahead(s, i, FRAMES_PER_CACHE_LINE);
		uint32_t depth = stacks_shared(s, i);
		for (; depth < item->depth; depth++)
			add_frame(&path, depth,
				  label_of(&path, s, o->marks,
					   s->pool[item->first + depth]));
		path.text.n = path.ends[item->depth - 1];
		output_bytes(out, buf_str(&path.text));
		for (unsigned c = 0; c < s->columns; c++) {
			output_char(out, ' ');
			output_decimal(out, item->value[c], s->scale);
		}
		output_char(out, '\n');
	}
	free(path.labels);
	free(path.ends);
	arena_free(&path.arena);
	buf_free(&path.text);
}

static bool ends_in_number(struct str s)
{
	double number;
	ptrdiff_t blank = str_rchr(s, ' ');
	return num_double(str_skip(s, (size_t)(blank + 1)), &number);
}

static void header_line(struct output *out, struct str key, struct str value)
{
	value = str_trim(value);
	bool quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
	bool quote = quoted || ends_in_number(value);
	output_lit(out, "# ");
	output_bytes(out, key);
	output_lit(out, ": ");
	if (quote)
		output_char(out, '"');
	for (size_t i = 0; i < value.n; i++)
		output_char(out, (unsigned char)value.p[i] < ' ' ? '?' : value.p[i]);
	if (quote)
		output_char(out, '"');
	output_char(out, '\n');
}

static void header_total(const struct stacks *s, struct output *out)
{
	struct buf text = { 0 };
	num_add_decimal(&text, s->total[s->columns - 1], s->scale);
	if (s->unit.n) {
		buf_addc(&text, ' ');
		buf_add(&text, s->unit);
	}
	if (s->samples > 0 && !str_eq(s->unit, STR("samples")))
		buf_addf(&text, " in %llu samples", (unsigned long long)s->samples);
	else if (s->unit.n == 0)
		buf_add(&text, STR(" in all"));
	header_line(out, STR("total"), buf_str(&text));
	buf_free(&text);
}

/* "total 1343525 bytes": what pictures tell of other metrics. */
static void header_also(const struct stacks *s, struct output *out)
{
	const struct metrics *m = &s->profile->metrics;
	struct buf text = { 0 };
	for (unsigned i = 0; i < m->count && stacks_is_whole(s); i++) {
		if (!metrics_is_other(m, i) || (i + 1 == m->samples && s->samples))
			continue;
		buf_clear(&text);
		buf_add(&text, m->items[i].name);
		buf_addc(&text, ' ');
		num_add_decimal(&text, m->items[i].total, m->items[i].scale);
		buf_addc(&text, ' ');
		buf_add(&text, m->items[i].unit);
		header_line(out, STR("also"), buf_str(&text));
	}
	buf_free(&text);
}

/* "62 % of 21000 cycles" */
static void header_shown(const struct stacks *s, struct output *out)
{
	struct buf text = { 0 };
	if (s->total[0] != s->total_before && s->total_before > 0) {
		int tenths = (int)(1000.0 * (double)s->total[0] /
				   (double)s->total_before + 0.5);
		buf_addf(&text, "%d.%d %% of ", tenths / 10, tenths % 10);
		num_add_decimal(&text, s->total_before, s->scale);
		buf_addc(&text, ' ');
		buf_add(&text, s->unit.n ? s->unit : STR("in all"));
	} else {
		buf_add(&text, s->shown);
	}
	if (text.n)
		header_line(out, STR("shown"), buf_str(&text));
	buf_free(&text);
}

/* All leaves end in a number, so readers would take it for a column. */
static bool looks_like_two_columns(const struct stacks *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		const struct stacks_item *item = &s->items[i];
		struct str leaf = profile_name(s->profile,
					       s->pool[item->first + item->depth - 1]);
		if (str_rchr(leaf, ' ') < 0 || !ends_in_number(leaf))
			return false;
	}
	return s->count > 0;
}

static void write_header(const struct stacks *s, struct output *out)
{
	bool plain = str_eq(s->unit, STR("samples")) || s->unit.n == 0;
	bool ambiguous = s->columns == 1 && looks_like_two_columns(s);
	if (plain && !ambiguous && s->event.n == 0 && s->title.n == 0 &&
	    s->columns == 1 && s->metric.n == 0 && s->part.n == 0 && stacks_is_whole(s))
		return;
	if (s->title.n)
		header_line(out, STR("command"), s->title);
	if (s->event.n)
		header_line(out, STR("event"), s->event);
	if (s->metric.n)
		header_line(out, STR("metric"), s->metric);
	if (s->unit.n)
		header_line(out, STR("unit"), s->unit);
	if (s->columns == 2)
		header_line(out, STR("columns"), STR("before, after"));
	else if (ambiguous)
		header_line(out, STR("columns"), STR("value"));
	header_total(s, out);
	if (s->is_estimate)
		header_line(out, STR("estimated"), STR("yes"));
	if (s->part.n)
		header_line(out, STR("part"), s->part);
	header_also(s, out);
	header_shown(s, out);
}

void folded_write(const struct stacks *s, const struct folded_options *o,
		  struct output *out)
{
	if (o->header)
		write_header(s, out);
	write_stacks(s, o, out);
}
