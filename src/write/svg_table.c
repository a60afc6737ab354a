/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The functions that cost most by themselves, also for who does not see the
 * frames or cannot zoom into them:
 *
 *	  self     total   Top functions by self
 *	31.4 %  ##31.4 %   memcpy
 *	12.0 %  ##62.8 %   main
 *
 * The bar behind a total is as long as the total is large, of the column.
 */
#include "write/svg_drawing.h"

enum { ROWS = 10, ROW = 22, SIZE = 12, BELOW = 13, BASELINE = 15, BAR_HEIGHT = 16 };

/* Pixels from the left: where numbers end, the bar's column, where names begin. */
enum { SELF_END = 52, BAR = 64, BAR_WIDTH = 64, TOTAL_END = BAR + BAR_WIDTH - 4, NAME = 144 };

/* Of one function there is nothing to compare. */
static uint32_t row_count(const struct drawing *d)
{
	const struct top *top = &d->top_functions;
	uint32_t rows = 0;
	if (d->layout.total == 0 || top->count < 2)
		return 0;
	for (uint32_t i = 0; i < top->count && rows < ROWS; i++)
		rows += top->functions[top->names[i]].self > 0;
	return rows;
}

double svg_table_height(const struct drawing *d)
{
	uint32_t rows = row_count(d);
	return rows ? (rows + 1) * ROW + BELOW : 0;
}

/* Begins a cell of text; x is its end where numbers stand. */
static void begin_cell(const struct drawing *d, const char *role, double x, bool number)
{
	struct output *out = d->out;
	output_lit(out, "<text role=\"");
	output_bytes(out, str_of(role));
	output_char(out, '"');
	svg_attribute(out, STR("x"), PAD + x);
	svg_attribute(out, STR("y"), BASELINE);
	if (number)
		output_lit(out, " text-anchor=\"end\"");
	output_char(out, '>');
}

static void put_head(const struct drawing *d, const char *words, double x, bool number)
{
	begin_cell(d, "columnheader", x, number);
	output_bytes(d->out, str_of(words));
	output_lit(d->out, "</text>");
}

static void put_share(struct drawing *d, int64_t value, double x)
{
	struct buf *b = &d->scratch;
	double percent = 100 * (double)value / (double)d->layout.total;
	buf_clear(b);
	buf_addf(b, "%.1f %%", percent);
	begin_cell(d, "cell", x, true);
	output_xml(d->out, buf_str(b));
	output_lit(d->out, "</text>");
}

static void put_bar(const struct drawing *d, int64_t value)
{
	struct output *out = d->out;
	double w = BAR_WIDTH * (double)value / (double)d->layout.total;
	output_lit(out, "<rect class=\"fg-share\"");
	svg_attribute(out, STR("x"), PAD + BAR);
	svg_attribute(out, STR("y"), (ROW - BAR_HEIGHT) / 2);
	svg_attribute(out, STR("width"), w < 1 ? 1 : w);
	svg_attribute(out, STR("height"), BAR_HEIGHT);
	svg_color_attribute(out, STR("fill"), d->look->bar);
	output_lit(out, "/>");
}

static void begin_row(const struct drawing *d, uint32_t row)
{
	output_lit(d->out, "<g role=\"row\"");
	if (row == 0)
		output_lit(d->out, " font-weight=\"600\"");
	output_lit(d->out, " transform=\"translate(0,");
	svg_number(d->out, d->table_y + row * ROW);
	output_lit(d->out, ")\">");
}

static void put_row(struct drawing *d, uint32_t row, uint32_t name)
{
	const struct top_function *f = &d->top_functions.functions[name];
	struct str text = intern_text(&d->profile->text, name);
	begin_row(d, row);
	put_share(d, f->self, SELF_END);
	put_bar(d, f->total);
	put_share(d, f->total, TOTAL_END);
	begin_cell(d, "cell", NAME, false);
	svg_fitted(d->out, text, d->options->width - 2 * PAD - NAME, SIZE);
	output_lit(d->out, "</text></g>\n");
}

void svg_table(struct drawing *d)
{
	uint32_t names[ROWS], rows = row_count(d);
	if (rows == 0)
		return;
	struct output *out = d->out;
	output_lit(out, "<g class=\"fg-top\" role=\"table\" "
			"aria-label=\"Top functions by self\" "
			"font-variant=\"tabular-nums\">\n");
	begin_row(d, 0);
	put_head(d, "self", SELF_END, true);
	put_head(d, "total", TOTAL_END, true);
	put_head(d, "Top functions by self", NAME, false);
	output_lit(out, "</g>\n");
	rows = top_choose(&d->top_functions, TOP_BY_SELF, names, rows);
	for (uint32_t i = 0; i < rows; i++)
		put_row(d, i + 1, names[i]);
	output_lit(out, "</g>\n");
}
