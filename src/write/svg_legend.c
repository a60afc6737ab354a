/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the colours mean: a group for each entry.  A scale is a row of plain
 * rectangles: a gradient would need an id, which two pictures in one page could
 * share.
 */
#include "write/svg_drawing.h"

static void put_words(struct drawing *d, struct str words, double x)
{
	struct output *out = d->out;
	output_lit(out, "<text");
	svg_attribute(out, STR("x"), x);
	svg_attribute(out, STR("y"), PICTURE_ENTRY_BASELINE);
	svg_color_attribute(out, STR("fill"), d->picture->look.muted);
	output_char(out, '>');
	svg_fitted(d, words, PICTURE_ENTRY_WORDS, PICTURE_ENTRY);
	output_lit(out, "</text>");
}

static void put_box(const struct drawing *d, double x, double w, struct color color)
{
	struct output *out = d->out;
	output_lit(out, "<rect");
	if (x > 0)
		svg_attribute(out, STR("x"), x);
	svg_attribute(out, STR("width"), w);
	svg_attribute(out, STR("height"), PICTURE_ENTRY);
	svg_color_attribute(out, STR("fill"), color);
	if (d->picture->look.dim)
		output_lit(out, " fill-opacity=\".82\"");
	output_lit(out, "/>");
}

static void put_outlined(const struct drawing *d, const struct paint_entry *e)
{
	output_lit(d->out, "<rect x=\"1\" y=\"1\" width=\"10\" height=\"10\"");
	svg_color_attribute(d->out, STR("fill"), e->color);
	svg_color_attribute(d->out, STR("stroke"), e->line);
	output_lit(d->out, " stroke-width=\"2\"/>");
}

static void put_swatch(struct drawing *d, const struct picture_entry *e)
{
	if (e->paint->outlined)
		put_outlined(d, e->paint);
	else
		put_box(d, 0, PICTURE_ENTRY, e->paint->color);
	if (e->paint->hatched)
		svg_hatch(d->out, 0, 0, PICTURE_ENTRY, PICTURE_ENTRY, e->paint->line, 1);
	if (e->paint->edge)
		output_lit(d->out, "<rect width=\"2\" height=\"12\" opacity=\".35\"/>");
	put_words(d, e->paint->words, e->words_x);
}

static void put_scale(struct drawing *d, const struct picture_entry *e)
{
	put_words(d, e->paint->words, e->words_x);
	for (unsigned i = 0; i < PICTURE_STEPS; i++)
		put_box(d, e->steps_x + i * PICTURE_STEP, PICTURE_STEP - PICTURE_GAP,
			picture_step(e->paint, i));
	put_words(d, e->paint->last_words, e->last_x);
}

void svg_legend(struct drawing *d)
{
	struct output *out = d->out;
	struct picture_legend legend;
	picture_legend(d->picture, &legend);
	if (legend.count == 0)
		return;
	output_lit(out, "<g class=\"fg-legend\">\n");
	for (unsigned i = 0; i < legend.count; i++) {
		const struct picture_entry *e = &legend.entries[i];
		output_lit(out, "<g transform=\"translate(");
		svg_number(out, e->x);
		output_char(out, ',');
		svg_number(out, e->y);
		output_lit(out, ")\">");
		if (e->paint->what == PAINT_SCALE)
			put_scale(d, e);
		else
			put_swatch(d, e);
		output_lit(out, "</g>\n");
	}
	output_lit(out, "</g>\n");
}
