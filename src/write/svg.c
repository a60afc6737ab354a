/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From top to bottom: title, subtitle, two lines kept free for the viewer's
 * details, frames (svg_frames.c), legend, footer, and the viewer.  Colour and
 * geometry are attributes, never styles, so they survive where styles are
 * blocked.  Everything that comes from a profile or an option passes
 * output_xml(), and none of it is written into the script.
 */
#include "write/svg_drawing.h"

#include <stdio.h>

#include "base/embed.h"
#include "base/hash.h"
#include "base/num.h"
#include "model/label.h"

/* Bold text is that much wider. */
static const double bold = 1.12;

/* Pixels at the right end of the title that are the viewer's, for its buttons. */
enum { BUTTONS = 264 };

/* "62 %", "0.7 %", "<0.1 %" */
static void add_share(struct buf *b, double share)
{
	double percent = share * 100;
	if (percent > 0 && percent < .05)
		buf_add(b, STR("<0.1 %"));
	else if (percent >= 99.5 && percent < 100)
		buf_add(b, STR(">99 %"));
	else if (percent < 9.95)
		buf_addf(b, "%.1f %%", percent);
	else
		buf_addf(b, "%.0f %%", percent);
}

static void separate(struct buf *b)
{
	if (b->n)
		buf_add(b, STR(" · "));
}

/* "java" or "java and 3 more": the frames at the bottom, which are mostly processes. */
static void name_roots(struct drawing *d)
{
	const struct node *nodes = d->tree->nodes;
	uint32_t best = d->tree->count > 1 ? 1 : 0, more = 0;
	for (uint32_t i = best; i != 0 && nodes[i].next != 0; more++) {
		int64_t most = layout_value(d->tree, &nodes[best]);
		i = nodes[i].next;
		if (layout_value(d->tree, &nodes[i]) > most)
			best = i;
	}
	struct str name = STR("profile");
	if (best > 0)
		name = profile_name(d->stacks->profile, nodes[best].frame);
	buf_add(&d->title, name);
	if (more > 0)
		buf_addf(&d->title, " and %u more", more);
}

static void make_title(struct drawing *d)
{
	struct str title = d->options->title;
	if (title.n == 0)
		title = d->stacks->title;
	if (title.n == 0)
		title = d->options->source;
	if (title.n)
		buf_add(&d->title, title);
	else
		name_roots(d);
}

/* "cycles:u · 1.24 G cycles in 3,980 samples · 62 % of the profile shown" */
static void make_subtitle(struct drawing *d)
{
	const struct stacks *s = d->stacks;
	struct buf *b = &d->subtitle;
	int64_t total = layout_value(d->tree, &d->tree->nodes[0]);
	buf_add(b, d->options->subtitle);
	if (s->event.n) {
		separate(b);
		buf_add(b, s->event);
	}
	separate(b);
	if (total == 0) {
		buf_add(b, STR("nothing was counted, so there is nothing to draw"));
		return;
	}
	if (d->unit.n == 0)
		buf_add(b, STR("total "));
	svg_add_quantity(d, b, total);
	if (s->samples && !str_eq(d->unit, STR("samples"))) {
		buf_add(b, STR(" in "));
		num_add_grouped(b, (int64_t)s->samples);
		buf_add(b, s->samples == 1 ? STR(" sample") : STR(" samples"));
	}
	if (s->columns == 1 && s->total_before > s->total[0]) {
		separate(b);
		add_share(b, (double)s->total[0] / (double)s->total_before);
		buf_add(b, STR(" of the profile shown"));
	} else if (s->shown.n) {
		separate(b);
		ptrdiff_t of = str_find(s->shown, STR(" of "));
		buf_add(b, of > 0 ? str_head(s->shown, (size_t)of) : s->shown);
		buf_add(b, of > 0 ? STR(" of the profile shown") : STR(" shown"));
	}
}

/* The same picture has the same id, another one in the same page another. */
static void make_id(struct drawing *d)
{
	uint64_t hash = hash_str(buf_str(&d->title));
	hash ^= 3 * hash_str(buf_str(&d->subtitle));
	for (uint32_t i = 0; i < d->layout.count; i++) {
		const struct layout_box *box = &d->layout.boxes[i];
		uint64_t part[] = { hash, hash_str(svg_frame_name(d, box)),
				    (uint64_t)box->from, (uint64_t)box->value,
				    box->depth };
		hash = hash_bytes(part, sizeof(part));
	}
	snprintf(d->id, sizeof(d->id), "fg%08x", (unsigned)(hash ^ hash >> 32));
}

/*
 * A file of the viewer without the tabs in front of its lines and comments of
 * one line.
 */
static void put_viewer(struct output *out, struct str name)
{
	const struct embed *e = embed_svg;
	while (!str_eq(e->name, name))
		e++;
	for (struct str rest = e->text; rest.n > 0;) {
		struct str line = str_cut(&rest, '\n');
		while (line.n > 0 && *line.p == '\t')
			line = str_skip(line, 1);
		if (str_starts(line, STR("/*")) && str_ends(line, STR("*/")))
			continue;
		output_bytes(out, line);
		output_char(out, '\n');
	}
}

/* Text that ends in "…" when it would be wider than width. */
static void put_fitted(struct drawing *d, struct str text, double width, double size)
{
	struct str fit = label_text_fit(text, width / size);
	if (fit.n < text.n)
		fit = label_text_fit(text, width / size - 1);
	output_xml(d->out, fit);
	if (fit.n < text.n)
		output_lit(d->out, "…");
}

static void put_root(struct drawing *d)
{
	struct output *out = d->out;
	struct str font = d->options->fonttype;
	output_lit(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fg\" id=\"");
	output_bytes(out, str_of(d->id));
	output_lit(out, "\" viewBox=\"0 0 ");
	svg_number(out, d->options->width);
	output_char(out, ' ');
	svg_number(out, d->height);
	output_char(out, '"');
	svg_attribute(out, STR("width"), d->options->width);
	svg_attribute(out, STR("height"), d->height);
	output_lit(out, " font-family=\"");
	output_xml(out, font.n ? font : STR(TEXT_FONT));
	output_lit(out, "\" font-size=\"12\" fill=\"" INK "\" role=\"group\" "
			"aria-labelledby=\"");
	output_bytes(out, str_of(d->id));
	output_lit(out, "t ");
	output_bytes(out, str_of(d->id));
	output_lit(out, "s\">\n");
}

static void put_head(struct drawing *d)
{
	struct output *out = d->out;
	double width = d->options->width - 2 * PAD;
	output_lit(out, "<title>");
	output_xml(out, buf_str(&d->title));
	output_lit(out, "</title>\n<style><![CDATA[\n");
	put_viewer(out, STR("viewer.css"));
	output_lit(out, "]]></style>\n<rect class=\"fg-back\" width=\"100%\" "
			"height=\"100%\" fill=\"");
	svg_color(out, d->options->background);
	output_lit(out, "\"/>\n<g class=\"fg-head\">\n<text class=\"fg-title\" id=\"");
	output_bytes(out, str_of(d->id));
	output_lit(out, "t\" x=\"16\" y=\"35\" font-size=\"18\" font-weight=\"600\">");
	put_fitted(d, buf_str(&d->title), width - (d->options->no_javascript ? 0 : BUTTONS),
		   18 * bold);
	output_lit(out, "</text>\n<text class=\"fg-sub\" id=\"");
	output_bytes(out, str_of(d->id));
	output_lit(out, "s\" x=\"16\" y=\"57\" fill=\"" MUTED "\"");
	struct str subtitle = buf_str(&d->subtitle);
	if (label_text_fit(subtitle, width / 12).n < subtitle.n) {
		output_lit(out, " data-words=\"");
		output_xml(out, subtitle);
		output_char(out, '"');
	}
	output_char(out, '>');
	put_fitted(d, subtitle, width, 12);
	output_lit(out, "</text>\n</g>\n");
}

/* Where the next entry stands. */
struct legend {
	double x, y;
	struct output *out;
};

static unsigned legend_count(const struct drawing *d)
{
	const struct palette *p = &d->options->palette;
	unsigned count = 0;
	for (unsigned i = 0; i < p->color_count; i++)
		count += p->colors[i].words.n && d->used >> i & 1;
	return count + d->has_inlined;
}

/* Which colours frames will have, to know beforehand what the legend holds. */
static void note_used(struct drawing *d)
{
	for (uint32_t i = 1; i < d->layout.count; i++) {
		uint32_t frame = d->tree->nodes[d->layout.boxes[i].node].frame;
		const struct palette *p = &d->options->palette;
		enum frame_kind kind = d->profile->frames[frame].kind;
		unsigned pick = palette_pick(p, profile_name(d->profile, frame), kind,
					     d->stacks->unit);
		d->used |= (uint64_t)1 << pick;
		if (p->fades_inlined && kind == FRAME_INLINED && !d->has_inlined) {
			d->has_inlined = true;
			d->inlined_color = palette_faded(palette_swatch(p, pick));
		}
	}
}

/*
 * A swatch with words, in a new row where the width ends; without "out" only its
 * place.
 */
static void put_legend_entry(const struct drawing *d, struct legend *at,
			     struct color color, struct str words, bool edge)
{
	struct output *out = at->out;
	double w = 18 + label_text_width(words) * 12;
	if (at->x > PAD && at->x + w > d->options->width - PAD) {
		at->x = PAD;
		at->y += 18;
	}
	if (out) {
		output_lit(out, "<g transform=\"translate(");
		svg_number(out, at->x);
		output_char(out, ',');
		svg_number(out, at->y);
		output_lit(out, ")\"><rect width=\"12\" height=\"12\" rx=\"2\" fill=\"");
		svg_color(out, color);
		output_lit(out, "\"/>");
		if (edge)
			output_lit(out, "<rect width=\"2\" height=\"12\" "
					"opacity=\".35\"/>");
		output_lit(out, "<text x=\"18\" y=\"10\" fill=\"" MUTED "\">");
		output_xml(out, words);
		output_lit(out, "</text></g>\n");
	}
	at->x += w + 18;
}

/* Returns where the last row is; out may be NULL. */
static double put_legend(const struct drawing *d, struct output *out)
{
	const struct palette *p = &d->options->palette;
	struct legend at = { .x = PAD, .y = d->legend_y, .out = out };
	for (unsigned i = 0; i < p->color_count; i++)
		if (p->colors[i].words.n > 0 && d->used >> i & 1)
			put_legend_entry(d, &at, palette_swatch(p, i), p->colors[i].words,
					 false);
	if (d->has_inlined)
		put_legend_entry(d, &at, d->inlined_color, STR("inlined"), true);
	return at.y;
}

/* "4,812 narrow frames not drawn (0.7 %)" */
static void put_footer(struct drawing *d)
{
	struct buf *b = &d->scratch;
	buf_clear(b);
	num_add_grouped(b, d->layout.hidden);
	buf_add(b, d->layout.hidden == 1 ? STR(" narrow frame") : STR(" narrow frames"));
	buf_add(b, STR(" not drawn ("));
	add_share(b, d->layout.total
		     ? (double)d->layout.hidden_value / (double)d->layout.total : 0);
	buf_addc(b, ')');
	output_lit(d->out, "<text class=\"fg-foot\" x=\"16\"");
	svg_attribute(d->out, STR("y"), d->height - 14);
	output_lit(d->out, " font-size=\"10\" fill=\"" MUTED "\">");
	output_xml(d->out, buf_str(b));
	output_lit(d->out, "</text>\n");
}

static void measure(struct drawing *d)
{
	d->top = d->options->no_javascript || d->layout.total == 0 ? 72 : 110;
	d->graph_height = (d->layout.depth + 1) * d->options->height;
	d->legend_y = d->top + d->graph_height + 13;
	d->height = d->top + d->graph_height + PAD;
	if (legend_count(d) > 1)
		d->height += 26 + put_legend(d, NULL) - d->legend_y;
	if (d->layout.hidden)
		d->height += 18;
}

static void put_all(struct drawing *d)
{
	struct output *out = d->out;
	output_lit(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	put_root(d);
	if (d->options->notes.n) {
		output_lit(out, "<!-- ");
		output_comment(out, d->options->notes);
		output_lit(out, " -->\n");
	}
	put_head(d);
	svg_frames(d);
	if (legend_count(d) > 1) {
		output_lit(out, "<g class=\"fg-legend\">\n");
		put_legend(d, out);
		output_lit(out, "</g>\n");
	}
	if (d->layout.hidden)
		put_footer(d);
	if (!d->options->no_javascript && d->layout.total > 0) {
		output_lit(out, "<script><![CDATA[\n");
		put_viewer(out, STR("viewer.js"));
		output_lit(out, "]]></script>\n");
	}
	output_lit(out, "</svg>\n");
}

void svg_write(const struct tree *tree, const struct svg_options *o, struct output *out)
{
	struct drawing d = {
		.tree = tree, .stacks = tree->stacks, .profile = tree->stacks->profile,
		.options = o, .out = out, .divisor = 1,
		.unit = o->countname.n ? o->countname : tree->stacks->unit,
	};
	for (unsigned i = 0; i < tree->stacks->scale; i++)
		d.divisor *= 10;
	double total = o->total * d.divisor;
	struct layout_options layout = {
		.width = o->width - 2 * PAD,
		.min_width = o->min_width,
		.max_boxes = o->max_frames,
		.by_weight = o->by_weight,
		.total = total < 9e18 ? (int64_t)total : 0,
	};
	layout_make(&d.layout, tree, &layout);
	make_title(&d);
	make_subtitle(&d);
	make_id(&d);
	note_used(&d);
	measure(&d);
	put_all(&d);
	layout_free(&d.layout);
	buf_free(&d.title);
	buf_free(&d.subtitle);
	buf_free(&d.scratch);
}
