/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_TOP_TABLE_H
#define WRITE_TOP_TABLE_H

#include "io/output.h"
#include "model/stacks.h"

/*
 * A table for people, programs or pages: rows of values, shares and names.  The same
 * rows in each form; in text and Markdown rows come in sections with a heading, and
 * numbers are scaled.
 *
 *	top_table_begin(&t, &options, stacks, out);
 *	struct top_cell *row = top_table_row(&t);
 *	... row[0].value = 5; row[1].text = ...
 *	top_table_section(&t, STR("java-12"), STR("3 more"));
 *	top_table_end(&t);
 */
enum top_form { TOP_TEXT, TOP_TSV, TOP_JSON, TOP_MARKDOWN };

enum top_cell_kind {
	TOP_VALUE,               /* in units of the stacks */
	TOP_SHARE,               /* 0 to 1, of the whole; a percentage when written */
	TOP_NUMBER,
	TOP_WORD,                /* a word of ours */
	TOP_NAME,                /* any bytes */
	TOP_INDENT,              /* a number; in text it moves the last column */
};

struct top_column {
	const char *name;        /* as TSV and JSON have it: "self", "self_percent" */
	const char *title;       /* as people read it: "self", "%" */
	enum top_cell_kind kind;
	bool only_data;          /* not in text and Markdown */
};

enum { TOP_COLUMNS_MAX = 10 };

struct top_cell {
	int64_t value;
	double share;
	struct str text;
	bool is_empty;
};

struct top_options {
	enum top_form form;
	const char *view;        /* what the rows are, for JSON: "functions" */
	const struct top_column *columns;
	unsigned column_count;
	int64_t whole;           /* what shares are of */
};

struct top_table {
	/* private */
	struct top_options options;
	const struct stacks *stacks;
	struct output *out;
	struct top_cell *cells;  /* of the section, by row * columns + column */
	uint64_t rows;
	size_t capacity;
	bool any_section;
	uint64_t written;        /* rows */
};

void top_table_begin(struct top_table *, const struct top_options *,
		     const struct stacks *, struct output *);

/* A line in front of or between sections, for people. */
void top_table_line(struct top_table *, struct str line);

/* A new row of zeroed cells, valid until the next; texts live until the section ends. */
struct top_cell *top_table_row(struct top_table *);

/* Writes the rows so far; an empty heading or note is none. */
void top_table_section(struct top_table *, struct str heading, struct str note);

void top_table_end(struct top_table *);

#endif
