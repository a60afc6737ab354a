/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The layout of the pictures with pixels that are characters:
 *
 *	|all 13,010 cycles
 *	|server
 *	|parse                 |write
 *
 * In colour a box is a stretch of its colour, and the last of its columns stays free,
 * so that neighbours can be told apart.
 */
#include "write/top_flame.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/label.h"
#include "model/layout.h"
#include "model/paint.h"

struct flame {
	const struct top_flame_options *options;
	const struct tree *tree;
	struct layout layout;
	struct paint paint;
	uint32_t *boxes;         /* row by row, from left to right */
	struct buf line, label, name;
};

static void end_line(struct flame *f, struct output *out)
{
	while (f->line.n > 0 && f->line.p[f->line.n - 1] == ' ')
		f->line.n--;
	buf_addc(&f->line, '\n');
	output_bytes(out, buf_str(&f->line));
	buf_clear(&f->line);
}

/* Colours */

/* The nearest of the 6 x 6 x 6 colours; their levels are 0, 95, 135, ..., 255. */
static unsigned cube_level(uint8_t value)
{
	return value < 48 ? 0 : value < 115 ? 1 : (value - 35u) / 40;
}

static void add_color(struct flame *f, const char *what, struct color c)
{
	if (f->options->colors == TOP_FLAME_TRUE)
		buf_addf(&f->line, "\033[%s;2;%u;%u;%um", what, c.r, c.g, c.b);
	else
		buf_addf(&f->line, "\033[%s;5;%um", what, 16 + 36 * cube_level(c.r) +
			 6 * cube_level(c.g) + cube_level(c.b));
}

/* Boxes */

/* What fits into so many columns, and blanks. */
static void add_label(struct flame *f, uint32_t node, unsigned columns)
{
	const struct node *n = &f->tree->nodes[node];
	const struct stacks *s = f->tree->stacks;
	buf_clear(&f->name);
	buf_clear(&f->label);
	if (n->frame == ID_NONE) {
		buf_addf(&f->name, "all ");
		num_add_quantity(&f->name, (double)layout_value(f->tree, n) /
				 pow(10, s->scale), s->unit);
	} else {
		message_visible(&f->name, profile_name(s->profile, n->frame));
	}
	label_add(&f->label, buf_str(&f->name), columns, LABEL_SMART);
	buf_add(&f->line, buf_str(&f->label));
	for (size_t i = utf8_columns(buf_str(&f->label)); i < columns; i++)
		buf_addc(&f->line, ' ');
}

static void add_box(struct flame *f, uint32_t node, unsigned columns)
{
	bool gap = columns > 1;
	if (f->options->colors == TOP_FLAME_PLAIN) {
		buf_addc(&f->line, '|');
		add_label(f, node, columns - 1);
		return;
	}
	add_color(f, "38", color_ink_light);
	add_color(f, "48", node ? paint_node(&f->paint, node) : paint_root);
	add_label(f, node, columns - gap);
	buf_addf(&f->line, gap ? "\033[0m " : "\033[0m");
}

static int compare_boxes(const void *a, const void *b, void *layout)
{
	const struct layout_box *boxes = ((const struct layout *)layout)->boxes;
	const struct layout_box *x = &boxes[*(const uint32_t *)a];
	const struct layout_box *y = &boxes[*(const uint32_t *)b];
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static void write_boxes(struct flame *f, struct output *out)
{
	const struct layout *l = &f->layout;
	unsigned at = 0;
	f->boxes = xcalloc(l->count, sizeof(*f->boxes));
	for (uint32_t i = 0; i < l->count; i++)
		f->boxes[i] = i;
	qsort_r(f->boxes, l->count, sizeof(*f->boxes), compare_boxes, &f->layout);
	for (uint32_t i = 0; i < l->count; i++) {
		const struct layout_box *b = &l->boxes[f->boxes[i]];
		unsigned from = (unsigned)(b->x + .5), to = (unsigned)(b->x + b->w + .5);
		for (; at < from; at++)
			buf_addc(&f->line, ' ');
		if (to > from)
			add_box(f, b->node, to - from);
		at = to;
		if (i + 1 == l->count || l->boxes[f->boxes[i + 1]].depth != b->depth) {
			end_line(f, out);
			at = 0;
		}
	}
}

static void write_words(struct flame *f, struct output *out, struct str words)
{
	message_visible(&f->line, words);
	if (f->line.n)
		end_line(f, out);
}

static void write_flame(struct flame *f, struct output *out)
{
	struct layout_options options = {
		.width = f->options->columns, .min_width = 1, .by_weight = false,
	};
	layout_make(&f->layout, f->tree, &options);
	paint_begin(&f->paint, f->tree);
	write_words(f, out, f->options->head);
	write_boxes(f, out);
	if (f->layout.hidden > 0) {
		buf_clear(&f->name);
		num_add_grouped(&f->name, f->layout.hidden);
		buf_addf(&f->name, " call%s narrower than a column",
			 f->layout.hidden == 1 ? " is" : "s are");
		write_words(f, out, buf_str(&f->name));
	}
	layout_free(&f->layout);
	free(f->boxes);
}

bool top_flame_write(const struct stacks *s, const struct top_flame_options *options,
		     struct output *out, struct buf *message)
{
	struct tree tree;
	struct flame f = { .options = options, .tree = &tree };
	struct paint_options colors = { 0 };
	if (!tree_build(&tree, s)) {
		buf_addf(message, "more than 4 billion different call paths");
		return false;
	}
	bool ok = paint_open(&f.paint, &colors, message);
	if (ok) {
		write_flame(&f, out);
		paint_free(&f.paint);
	}
	buf_free(&f.line);
	buf_free(&f.label);
	buf_free(&f.name);
	tree_free(&tree);
	return ok;
}
