/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The functions that cost most by themselves, as a table that screen readers
 * know for one.
 */
#include "write/svg_drawing.h"

/* Begins a cell of text; x is its end where numbers stand. */
static void begin_cell(const struct drawing *d, struct str role, double x, bool number)
{
	struct output *out = d->out;
	output_lit(out, "<text role=\"");
	output_bytes(out, role);
	output_char(out, '"');
	svg_attribute(out, STR("x"), x);
	svg_attribute(out, STR("y"), PICTURE_ROW_BASELINE);
	if (number)
		output_lit(out, " text-anchor=\"end\"");
	output_char(out, '>');
}

static void put_head(const struct drawing *d, struct str words, double x, bool number)
{
	begin_cell(d, STR("columnheader"), x, number);
	output_bytes(d->out, words);
	output_lit(d->out, "</text>");
}

static void put_percent(struct drawing *d, double percent, double x)
{
	buf_clear(&d->scratch);
	picture_cell(&d->scratch, percent);
	begin_cell(d, STR("cell"), x, true);
	output_xml(d->out, buf_str(&d->scratch));
	output_lit(d->out, "</text>");
}

static void put_change(struct drawing *d, double points)
{
	buf_clear(&d->scratch);
	picture_change_cell(&d->scratch, points);
	begin_cell(d, STR("cell"), PICTURE_CHANGE_END, true);
	output_xml(d->out, buf_str(&d->scratch));
	output_lit(d->out, "</text>");
}

static void put_bar(const struct drawing *d, double width)
{
	struct output *out = d->out;
	output_lit(out, "<rect class=\"fg-share\"");
	svg_attribute(out, STR("x"), PICTURE_BAR);
	svg_attribute(out, STR("y"), (PICTURE_ROW - PICTURE_BAR_HEIGHT) / 2);
	svg_attribute(out, STR("width"), width);
	svg_attribute(out, STR("height"), PICTURE_BAR_HEIGHT);
	svg_color_attribute(out, STR("fill"), d->picture->look.bar);
	output_lit(out, "/>");
}

static void begin_row(const struct drawing *d, uint32_t row)
{
	output_lit(d->out, "<g role=\"row\"");
	if (row == 0)
		output_lit(d->out, " font-weight=\"600\"");
	output_lit(d->out, " transform=\"translate(0,");
	svg_number(d->out, d->picture->table_y + row * PICTURE_ROW);
	output_lit(d->out, ")\">");
}

static void put_row(struct drawing *d, uint32_t i, const struct picture_table *table)
{
	const struct picture_row *row = &table->rows[i];
	begin_row(d, i + 1);
	put_percent(d, row->self, PICTURE_SELF_END);
	put_bar(d, row->bar);
	put_percent(d, row->total, PICTURE_TOTAL_END);
	if (table->has_change)
		put_change(d, row->change);
	begin_cell(d, STR("cell"), table->name_x, false);
	buf_clear(&d->scratch);
	picture_row_name(d->picture, table, i, &d->scratch);
	output_xml(d->out, buf_str(&d->scratch));
	output_lit(d->out, "</text></g>\n");
}

void svg_table(struct drawing *d)
{
	struct output *out = d->out;
	struct picture_table table;
	picture_table(d->picture, &table);
	if (table.count == 0)
		return;
	output_lit(out, "<g class=\"fg-top\" role=\"table\" aria-label=\"");
	output_bytes(out, table.title);
	output_lit(out, "\" font-variant=\"tabular-nums\">\n");
	begin_row(d, 0);
	put_head(d, picture_self, PICTURE_SELF_END, true);
	put_head(d, picture_total, PICTURE_TOTAL_END, true);
	if (table.has_change)
		put_head(d, picture_changed, PICTURE_CHANGE_END, true);
	put_head(d, table.title, table.name_x, false);
	output_lit(out, "</g>\n");
	for (uint32_t i = 0; i < table.count; i++)
		put_row(d, i, &table);
	output_lit(out, "</g>\n");
}
