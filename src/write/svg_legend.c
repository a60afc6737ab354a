/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the colours mean, in rows under the frames:
 *
 *	[] user code   [] kernel   [] inlined
 *	−12 % [][][][][][][][][] +12 %
 *
 * A scale is a row of plain rectangles: a gradient would need an id, which two
 * pictures in one page could share.
 */
#include "write/svg_drawing.h"

#include "model/label.h"

enum { SIZE = 12, WORDS_AT = 18, ASIDE = 18, BELOW = 13, ROW = 18, STEPS = 11, STEP = 14,
       APART = 9 };

/* Words longer than that, in pixels, are cut. */
static const double longest = 320;

/* Where the next entry stands. */
struct place {
	double x, y;
};

static double width_of(struct str words)
{
	double w = label_text_width(words) * SIZE;
	return w < longest ? w : longest;
}

static double entry_width(const struct paint_entry *e)
{
	if (e->what == PAINT_SWATCH)
		return WORDS_AT + width_of(e->words);
	return width_of(e->words) + STEPS * STEP + width_of(e->last_words) +
	       2 * APART;
}

/* Goes to where an entry of this width stands, and tells where that is. */
static struct place next_place(const struct drawing *d, struct place *at, double w)
{
	if (at->x > PAD && at->x + w > d->options->width - PAD) {
		at->x = PAD;
		at->y += ROW;
	}
	struct place here = *at;
	at->x += w + ASIDE;
	return here;
}

static void put_words(const struct drawing *d, struct str words, double x)
{
	struct output *out = d->out;
	output_lit(out, "<text");
	svg_attribute(out, STR("x"), x);
	output_lit(out, " y=\"10\"");
	svg_color_attribute(out, STR("fill"), d->look->muted);
	output_char(out, '>');
	svg_fitted(out, words, longest, SIZE);
	output_lit(out, "</text>");
}

static void put_box(const struct drawing *d, double x, double w, struct color color)
{
	struct output *out = d->out;
	output_lit(out, "<rect");
	if (x > 0)
		svg_attribute(out, STR("x"), x);
	svg_attribute(out, STR("width"), w);
	svg_attribute(out, STR("height"), SIZE);
	svg_color_attribute(out, STR("fill"), color);
	if (d->look->dim)
		output_lit(out, " fill-opacity=\".82\"");
	output_lit(out, "/>");
}

static void put_swatch(const struct drawing *d, const struct paint_entry *e)
{
	put_box(d, 0, SIZE, e->color);
	if (e->edge)
		output_lit(d->out, "<rect width=\"2\" height=\"12\" opacity=\".35\"/>");
	put_words(d, e->words, WORDS_AT);
}

static void put_scale(const struct drawing *d, const struct paint_entry *e)
{
	double x = width_of(e->words) + APART;
	put_words(d, e->words, 0);
	for (int i = 0; i < STEPS; i++, x += STEP) {
		double at = 2. * i / (STEPS - 1);
		put_box(d, x, STEP - GAP,
			at < 1 ? color_mix(e->color, e->middle, at)
			       : color_mix(e->middle, e->last, at - 1));
	}
	put_words(d, e->last_words, x + APART);
}

double svg_legend_height(const struct drawing *d)
{
	struct paint_entry entries[PAINT_ENTRIES_MAX];
	unsigned count = paint_legend(&d->options->colors, entries, PAINT_ENTRIES_MAX);
	struct place at = { .x = PAD, .y = 0 };
	for (unsigned i = 0; i < count; i++)
		next_place(d, &at, entry_width(&entries[i]));
	return count ? at.y + SIZE + BELOW : 0;
}

void svg_legend(struct drawing *d)
{
	struct paint_entry entries[PAINT_ENTRIES_MAX];
	unsigned count = paint_legend(&d->options->colors, entries, PAINT_ENTRIES_MAX);
	struct output *out = d->out;
	struct place at = { .x = PAD, .y = d->legend_y };
	if (count == 0)
		return;
	output_lit(out, "<g class=\"fg-legend\">\n");
	for (unsigned i = 0; i < count; i++) {
		struct place here = next_place(d, &at, entry_width(&entries[i]));
		output_lit(out, "<g transform=\"translate(");
		svg_number(out, here.x);
		output_char(out, ',');
		svg_number(out, here.y);
		output_lit(out, ")\">");
		if (entries[i].what == PAINT_SCALE)
			put_scale(d, &entries[i]);
		else
			put_swatch(d, &entries[i]);
		output_lit(out, "</g>\n");
	}
	output_lit(out, "</g>\n");
}
