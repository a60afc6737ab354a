/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	before  old.folded: 100 samples
 *	after   new.folded: 150 samples, ×1.5
 *	2 of 4 functions with enough samples changed significantly, …
 *
 *	failed: total(parse) > +5%: parse: 25 → 75 samples, ×3.0 (+200.0 %, p 1e-06)
 *
 *	    self    change    total    change     ×   points  function
 *	      75       +50       75       +50   3.0    +25.0  parse
 *
 * and as Markdown.
 */
#include "write/diff_formats.h"

#include <math.h>

#include "base/message.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/diff_words.h"

static const struct str side_words[] = { STR("before"), STR("after") };

static void put(struct output *out, struct buf *b)
{
	output_bytes(out, buf_str(b));
	buf_clear(b);
}

/* "120 samples, ×1.2" */
static void add_side(struct buf *b, const struct diff_report *r, unsigned side)
{
	const struct diff *d = r->diff;
	int64_t total = d->stacks.total[side];
	long double before = (long double)d->stacks.total[0] * d->files[1];
	long double after = (long double)total * d->files[0];
	message_visible(b, r->names[side]);
	buf_add(b, STR(": "));
	diff_formats_add_quantity(b, r, total);
	if (d->samples[side] > 0 && !str_eq(d->stacks.unit, STR("samples"))) {
		buf_add(b, STR(" in "));
		num_add_grouped(b, (int64_t)llround(d->samples[side]));
		buf_add(b, STR(" samples"));
	}
	if (side == 1 && before > 0 && after != before) {
		buf_add(b, STR(", "));
		diff_words_add_ratio(b, before, after);
		if (d->files[0] != d->files[1])
			buf_add(b, STR(" per file"));
	}
}

/* Cells */

static void pad(struct buf *b, struct str cell, size_t width)
{
	size_t columns = utf8_columns(cell);
	for (; columns < width; columns++)
		buf_addc(b, ' ');
	buf_add(b, cell);
}

static void add_amount(struct buf *b, const struct diff_report *r, long double value)
{
	const struct stacks *s = &r->diff->stacks;
	bool plain = str_eq(s->unit, STR("samples")) || s->unit.n == 0;
	num_add_quantity(b, (double)(value / powl(10, s->scale)), plain ? STR("") : s->unit);
}

static void add_change(struct buf *b, const struct diff_report *r, const long double v[2])
{
	long double change = v[1] - v[0];
	if (change != 0)
		buf_add(b, change > 0 ? STR("+") : STR("−"));
	add_amount(b, r, fabsl(change));
}

enum { CELLS = 6, CELL_WIDTH = 13 };

static const struct str heads[CELLS] = {
	STR("self"), STR("change"), STR("total"), STR("change"), STR("×"), STR("points"),
};

static void make_cells(const struct diff_report *r, const struct diff_formats_row *row,
		       struct buf cells[CELLS])
{
	for (unsigned i = 0; i < CELLS; i++)
		buf_clear(&cells[i]);
	add_amount(&cells[0], r, row->self[1]);
	add_change(&cells[1], r, row->self);
	add_amount(&cells[2], r, row->total[1]);
	add_change(&cells[3], r, row->total);
	diff_words_add_ratio(&cells[4], row->total[0], row->total[1]);
	diff_words_add_points(&cells[5], row->points);
}

static void free_cells(struct buf cells[CELLS])
{
	for (unsigned i = 0; i < CELLS; i++)
		buf_free(&cells[i]);
}

static void put_left(struct buf *b, const struct diff_report *r)
{
	uint32_t left = r->row_count - diff_formats_shown(r);
	if (left > 0)
		buf_addf(b, "%u more function%s changed (--limit)\n", left, left == 1 ? "" : "s");
	if (r->row_count == 0)
		buf_add(b, STR("no function changed\n"));
}

/* Text */

/* So wide that there is a blank between them. */
static void find_widths(const struct diff_report *r, struct buf cells[CELLS],
			size_t widths[CELLS])
{
	for (unsigned i = 0; i < CELLS; i++)
		widths[i] = i < 4 ? CELL_WIDTH : 9;
	for (uint32_t i = 0; i < diff_formats_shown(r); i++) {
		struct diff_formats_row row = diff_formats_row(r, i);
		make_cells(r, &row, cells);
		for (unsigned k = 0; k < CELLS; k++) {
			size_t columns = utf8_columns(buf_str(&cells[k])) + 2;
			widths[k] = columns > widths[k] ? columns : widths[k];
		}
	}
}

static void text_row(struct buf *b, const struct diff_formats_row *row,
		     const struct buf cells[CELLS], const size_t widths[CELLS])
{
	for (unsigned i = 0; i < CELLS; i++)
		pad(b, buf_str(&cells[i]), widths[i]);
	buf_add(b, STR("  "));
	message_visible(b, row->name);
	if (!row->changed)
		buf_add(b, STR("  (not significant)"));
	buf_addc(b, '\n');
}

void diff_text(const struct diff_report *r, struct output *out)
{
	struct buf b = { 0 }, cells[CELLS] = { { 0 } };
	size_t widths[CELLS];
	for (unsigned side = 0; side < 2; side++) {
		buf_addf(&b, "%-8s", side_words[side].p);
		add_side(&b, r, side);
		buf_addc(&b, '\n');
	}
	diff_report_add_method(&b, r);
	for (size_t i = 0; i < r->rule_count; i++) {
		buf_addf(&b, "%s%s: ", i ? "" : "\n",
			 diff_formats_outcome[r->rules[i].outcome].p);
		diff_report_add_rule(&b, r, &r->rules[i]);
		buf_addc(&b, '\n');
	}
	buf_addc(&b, '\n');
	find_widths(r, cells, widths);
	for (unsigned i = 0; i < CELLS && r->row_count > 0; i++)
		pad(&b, heads[i], widths[i]);
	if (r->row_count > 0)
		buf_add(&b, STR("  function\n"));
	for (uint32_t i = 0; i < diff_formats_shown(r); i++) {
		struct diff_formats_row row = diff_formats_row(r, i);
		make_cells(r, &row, cells);
		text_row(&b, &row, cells, widths);
		put(out, &b);
	}
	put_left(&b, r);
	put(out, &b);
	buf_free(&b);
	free_cells(cells);
}

/* Markdown */

/* In a table a '|' ends a cell, and names may be anything. */
static void markdown_code(struct buf *b, struct str s)
{
	struct buf shown = { 0 };
	message_visible(&shown, s);
	buf_add(b, STR("`"));
	for (size_t i = 0; i < shown.n; i++) {
		char c = shown.p[i];
		if (c == '|')
			buf_addc(b, '\\');
		buf_addc(b, c == '`' ? '\'' : c);
	}
	buf_add(b, STR("`"));
	buf_free(&shown);
}

/* Words outside of code: what would be markup stands as itself. */
static void markdown_text(struct buf *b, struct str s)
{
	struct buf shown = { 0 };
	message_visible(&shown, s);
	for (size_t i = 0; i < shown.n; i++) {
		if (strchr("\\`*_{}[]<>#|~&!", shown.p[i]) && shown.p[i])
			buf_addc(b, '\\');
		buf_addc(b, shown.p[i]);
	}
	buf_free(&shown);
}

static void markdown_rules(struct buf *b, const struct diff_report *r)
{
	static const struct str signs[] = {
		[DIFF_PASSED] = STR("✅"), [DIFF_FAILED] = STR("❌"),
		[DIFF_INCONCLUSIVE] = STR("❔"),
	};
	for (size_t i = 0; i < r->rule_count; i++) {
		struct buf words = { 0 };
		diff_report_add_rule(&words, r, &r->rules[i]);
		buf_addf(b, "* %s %s: ", signs[r->rules[i].outcome].p,
			 diff_formats_outcome[r->rules[i].outcome].p);
		markdown_text(b, buf_str(&words));
		buf_addc(b, '\n');
		buf_free(&words);
	}
	if (r->rule_count > 0)
		buf_addc(b, '\n');
}

static void markdown_head(struct buf *b, const struct diff_report *r)
{
	struct buf words = { 0 };
	for (unsigned side = 0; side < 2; side++) {
		buf_addf(b, "* %s ", side_words[side].p);
		buf_clear(&words);
		add_side(&words, r, side);
		markdown_text(b, buf_str(&words));
		buf_addc(b, '\n');
	}
	buf_clear(&words);
	diff_report_add_method(&words, r);
	for (struct str rest = buf_str(&words); rest.n > 0;) {
		buf_add(b, STR("* "));
		markdown_text(b, str_cut(&rest, '\n'));
		buf_addc(b, '\n');
	}
	buf_addc(b, '\n');
	buf_free(&words);
}

void diff_text_markdown(const struct diff_report *r, struct output *out)
{
	struct buf b = { 0 }, cells[CELLS] = { { 0 } };
	markdown_head(&b, r);
	markdown_rules(&b, r);
	if (r->row_count > 0)
		buf_add(&b, STR("| self | change | total | change | × | points | function |\n"
				"|---:|---:|---:|---:|---:|---:|:---|\n"));
	for (uint32_t i = 0; i < diff_formats_shown(r); i++) {
		struct diff_formats_row row = diff_formats_row(r, i);
		make_cells(r, &row, cells);
		for (unsigned k = 0; k < CELLS; k++) {
			buf_add(&b, STR("| "));
			buf_add(&b, buf_str(&cells[k]));
			buf_addc(&b, ' ');
		}
		buf_add(&b, STR("| "));
		markdown_code(&b, row.name);
		buf_add(&b, row.changed ? STR(" |\n") : STR(" (not significant) |\n"));
		put(out, &b);
	}
	if (r->row_count > 0)
		buf_addc(&b, '\n');
	put_left(&b, r);
	put(out, &b);
	buf_free(&b);
	free_cells(cells);
}
