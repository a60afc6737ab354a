/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	text        self  self %     total total %  function
 *	           8,008  61.6 %     8,008  61.6 %  parse
 *
 *	tsv       self<tab>self_percent<tab>total<tab>total_percent<tab>function
 *	          8008<tab>61.55<tab>8008<tab>61.55<tab>parse
 *
 *	json      {"view": "functions", "unit": "cycles", "total": 13010, "rows": [
 *	          {"self": 8008, "self_percent": 61.55, ..., "function": "parse"},
 *
 * Rows wait until their section is complete, for text has to know how wide its
 * columns are.
 */
#include "write/top_table.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/num.h"
#include "base/utf8.h"

static bool is_for_people(const struct top_table *t)
{
	return t->options.form == TOP_TEXT || t->options.form == TOP_MARKDOWN;
}

static void write_line(struct output *out, struct buf *line)
{
	buf_addc(line, '\n');
	output_bytes(out, buf_str(line));
	buf_clear(line);
}

/* Cells */

/* Times and bytes are scaled; else numbers are exact. */
static bool is_scaled(struct str unit)
{
	static const struct str units[] = {
		STR("ns"), STR("us"), STR("ms"), STR("s"), STR("bytes"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(unit, units[i]))
			return true;
	return false;
}

static void add_value_for_people(const struct top_table *t, struct buf *b, int64_t value)
{
	const struct stacks *s = t->stacks;
	if (is_scaled(s->unit))
		num_add_quantity(b, (double)value / pow(10, s->scale), s->unit);
	else
		num_add_product(b, value, s->scale, (struct decimal){ .digits = 1 });
}

static void add_for_people(const struct top_table *t, struct buf *b,
			   const struct top_cell *cell, enum top_cell_kind kind)
{
	if (cell->is_empty)
		return;
	if (kind == TOP_VALUE)
		add_value_for_people(t, b, cell->value);
	else if (kind == TOP_SHARE)
		buf_addf(b, "%.1f %%", cell->share * 100);
	else if (kind == TOP_NUMBER || kind == TOP_INDENT)
		num_add_grouped(b, cell->value);
	else
		message_visible(b, cell->text);
}

static void add_for_programs(const struct top_table *t, struct buf *b,
			     const struct top_cell *cell, enum top_cell_kind kind)
{
	if (kind == TOP_VALUE)
		num_add_decimal(b, cell->value, t->stacks->scale);
	else if (kind == TOP_SHARE)
		buf_addf(b, "%.4f", cell->share * 100);
	else
		buf_addf(b, "%lld", (long long)cell->value);
}

static bool is_text(enum top_cell_kind kind)
{
	return kind == TOP_WORD || kind == TOP_NAME;
}

/* Text */

static bool is_shown(const struct top_table *t, unsigned column)
{
	return !t->options.columns[column].only_data &&
	       (t->options.form == TOP_MARKDOWN ||
		t->options.columns[column].kind != TOP_INDENT);
}

static void find_widths(const struct top_table *t, size_t widths[TOP_COLUMNS_MAX])
{
	struct buf b = { 0 };
	unsigned n = t->options.column_count;
	for (unsigned c = 0; c < n; c++) {
		const struct top_column *column = &t->options.columns[c];
		widths[c] = utf8_columns(str_of(column->title));
		for (uint64_t r = 0; is_shown(t, c) && c + 1 < n && r < t->rows; r++) {
			buf_clear(&b);
			add_for_people(t, &b, &t->cells[r * n + c], column->kind);
			size_t width = utf8_columns(buf_str(&b));
			widths[c] = width > widths[c] ? width : widths[c];
		}
	}
	buf_free(&b);
}

static void add_padded(struct buf *line, struct str text, size_t width, bool left)
{
	size_t columns = utf8_columns(text);
	for (size_t i = columns; !left && i < width; i++)
		buf_addc(line, ' ');
	buf_add(line, text);
	for (size_t i = columns; left && i < width; i++)
		buf_addc(line, ' ');
}

/* cells NULL: the titles. */
static void text_row(const struct top_table *t, const struct top_cell *cells,
		     const size_t *widths, struct buf *line)
{
	struct buf b = { 0 };
	unsigned n = t->options.column_count;
	int64_t indent = 0;
	bool first = true;
	for (unsigned c = 0; c < n; c++) {
		const struct top_column *column = &t->options.columns[c];
		if (cells && column->kind == TOP_INDENT)
			indent = cells[c].value;
		if (!is_shown(t, c))
			continue;
		buf_clear(&b);
		for (int64_t i = 0; cells && c + 1 == n && i < 2 * indent; i++)
			buf_addc(&b, ' ');
		if (cells)
			add_for_people(t, &b, &cells[c], column->kind);
		else
			buf_addf(&b, "%s", column->title);
		buf_addf(line, "%s", first ? "" : "  ");
		add_padded(line, buf_str(&b), c + 1 == n ? 0 : widths[c],
			   is_text(column->kind));
		first = false;
	}
	while (line->n > 0 && line->p[line->n - 1] == ' ')
		line->n--;
	write_line(t->out, line);
	buf_free(&b);
}

static void text_section(const struct top_table *t, struct str heading)
{
	size_t widths[TOP_COLUMNS_MAX];
	struct buf line = { 0 };
	find_widths(t, widths);
	if (t->any_section)
		output_char(t->out, '\n');
	if (heading.n) {
		message_visible(&line, heading);
		write_line(t->out, &line);
	}
	text_row(t, NULL, widths, &line);
	for (uint64_t r = 0; r < t->rows; r++)
		text_row(t, &t->cells[r * t->options.column_count], widths, &line);
	buf_free(&line);
}

/* Markdown */

/* In a code span, whose fence is longer than what looks like one; '|' ends cells. */
static void add_code(struct buf *b, struct str text)
{
	size_t run = 0, longest = 0;
	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	bool pad = text.n == 0 || text.p[0] == '`' || text.p[text.n - 1] == '`';
	for (size_t i = 0; i <= longest; i++)
		buf_addc(b, '`');
	buf_addf(b, "%s", pad ? " " : "");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '|')
			buf_addc(b, '\\');
		buf_addc(b, text.p[i]);
	}
	buf_addf(b, "%s", pad ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		buf_addc(b, '`');
}

static void markdown_row(const struct top_table *t, const struct top_cell *cells,
			 struct buf *line)
{
	struct buf b = { 0 };
	buf_addc(line, '|');
	for (unsigned c = 0; c < t->options.column_count; c++) {
		const struct top_column *column = &t->options.columns[c];
		if (!is_shown(t, c))
			continue;
		buf_clear(&b);
		if (cells)
			add_for_people(t, &b, &cells[c], column->kind);
		else
			buf_addf(&b, "%s", column->title);
		buf_addc(line, ' ');
		if (cells && column->kind == TOP_NAME && !cells[c].is_empty)
			add_code(line, buf_str(&b));
		else
			buf_add(line, buf_str(&b));
		buf_addf(line, " |");
	}
	write_line(t->out, line);
	buf_free(&b);
}

static void markdown_section(const struct top_table *t, struct str heading)
{
	struct buf line = { 0 }, b = { 0 };
	if (heading.n) {
		message_visible(&b, heading);
		buf_addf(&line, "%s**", t->any_section ? "\n" : "");
		add_code(&line, buf_str(&b));
		buf_addf(&line, "**\n");
		write_line(t->out, &line);
	}
	markdown_row(t, NULL, &line);
	buf_addc(&line, '|');
	for (unsigned c = 0; c < t->options.column_count; c++)
		if (is_shown(t, c))
			buf_addf(&line, is_text(t->options.columns[c].kind) ? " --- |" :
									      " ---: |");
	write_line(t->out, &line);
	for (uint64_t r = 0; r < t->rows; r++)
		markdown_row(t, &t->cells[r * t->options.column_count], &line);
	buf_free(&line);
	buf_free(&b);
}

/* TSV and JSON */

static void tsv_titles(const struct top_table *t)
{
	for (unsigned c = 0; c < t->options.column_count; c++) {
		if (c > 0)
			output_char(t->out, '\t');
		output_bytes(t->out, str_of(t->options.columns[c].name));
	}
	output_char(t->out, '\n');
}

static void tsv_row(const struct top_table *t, const struct top_cell *cells,
		    struct buf *line)
{
	for (unsigned c = 0; c < t->options.column_count; c++) {
		enum top_cell_kind kind = t->options.columns[c].kind;
		if (c > 0)
			buf_addc(line, '\t');
		if (cells[c].is_empty)
			continue;
		if (is_text(kind))
			message_visible(line, cells[c].text);
		else
			add_for_programs(t, line, &cells[c], kind);
	}
	write_line(t->out, line);
}

static void json_row(const struct top_table *t, const struct top_cell *cells,
		     struct buf *b, bool first)
{
	output_bytes(t->out, first ? STR("\n{") : STR(",\n{"));
	for (unsigned c = 0; c < t->options.column_count; c++) {
		enum top_cell_kind kind = t->options.columns[c].kind;
		if (c > 0)
			output_lit(t->out, ", ");
		output_json(t->out, str_of(t->options.columns[c].name));
		output_lit(t->out, ": ");
		buf_clear(b);
		if (cells[c].is_empty) {
			output_lit(t->out, "null");
		} else if (is_text(kind)) {
			output_json(t->out, cells[c].text);
		} else {
			add_for_programs(t, b, &cells[c], kind);
			output_bytes(t->out, buf_str(b));
		}
	}
	output_char(t->out, '}');
}

static void json_text(const struct top_table *t, const char *key, struct str text)
{
	output_json(t->out, str_of(key));
	output_lit(t->out, ": ");
	output_json(t->out, text);
	output_lit(t->out, ", ");
}

static void json_value(const struct top_table *t, const char *key, int64_t value)
{
	output_json(t->out, str_of(key));
	output_lit(t->out, ": ");
	output_decimal(t->out, value, t->stacks->scale);
	output_lit(t->out, ", ");
}

static void json_begin(const struct top_table *t)
{
	const struct stacks *s = t->stacks;
	output_char(t->out, '{');
	json_text(t, "view", str_of(t->options.view));
	json_text(t, "event", s->event);
	json_text(t, "metric", s->metric);
	json_text(t, "unit", s->unit);
	json_value(t, "total", s->total[s->columns > 1]);
	json_value(t, "whole", t->options.whole);
	output_lit(t->out, "\"samples\": ");
	if (s->samples)
		output_u64(t->out, s->samples);
	else
		output_lit(t->out, "null");
	output_lit(t->out, ", \"rows\": [");
}

/* All of it */

void top_table_begin(struct top_table *t, const struct top_options *options,
		     const struct stacks *s, struct output *out)
{
	*t = (struct top_table){ .options = *options, .stacks = s, .out = out };
	if (options->form == TOP_TSV)
		tsv_titles(t);
	if (options->form == TOP_JSON)
		json_begin(t);
}

void top_table_line(struct top_table *t, struct str text)
{
	struct buf line = { 0 };
	if (!is_for_people(t))
		return;
	message_visible(&line, text);
	write_line(t->out, &line);
	if (t->options.form == TOP_MARKDOWN)
		write_line(t->out, &line);
	buf_free(&line);
}

struct top_cell *top_table_row(struct top_table *t)
{
	size_t n = t->options.column_count;
	ARRAY_RESERVE(t->cells, t->capacity, (size_t)(t->rows + 1) * n);
	struct top_cell *row = &t->cells[t->rows++ * n];
	memset(row, 0, n * sizeof(*row));
	return row;
}

void top_table_section(struct top_table *t, struct str heading, struct str note)
{
	struct buf line = { 0 };
	if (t->options.form == TOP_TEXT)
		text_section(t, heading);
	if (t->options.form == TOP_MARKDOWN)
		markdown_section(t, heading);
	for (uint64_t r = 0; !is_for_people(t) && r < t->rows; r++) {
		const struct top_cell *cells = &t->cells[r * t->options.column_count];
		if (t->options.form == TOP_TSV)
			tsv_row(t, cells, &line);
		else
			json_row(t, cells, &line, t->written == 0);
		buf_clear(&line);
		t->written++;
	}
	if (note.n && is_for_people(t)) {
		if (t->options.form == TOP_MARKDOWN)
			output_char(t->out, '\n');
		top_table_line(t, note);
	}
	t->rows = 0;
	t->any_section = true;
	buf_free(&line);
}

void top_table_end(struct top_table *t)
{
	if (t->options.form == TOP_JSON)
		output_lit(t->out, "\n]}\n");
	free(t->cells);
	t->cells = NULL;
}
