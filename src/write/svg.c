/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From top to bottom: title, subtitle, frames (svg_frames.c), legend
 * (svg_legend.c), the functions that cost most (svg_table.c), footer; then what
 * cannot be seen: the call tree (svg_data.c) and the viewer that draws from it.
 * Colour and geometry are attributes, never styles, so they survive where
 * styles are blocked.  Everything that comes from a profile or an option passes
 * output_xml(), and none of it is written into the script.
 */
#include "write/svg_drawing.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/embed.h"
#include "base/num.h"

/* Bold text is that much wider. */
static const double bold = 1.12;

/* Pixels: the first row of the picture, and what is between its parts. */
enum { TOP = 72, BETWEEN = 13 };

static const struct svg_look light_look = {
	.back = { 0xff, 0xff, 0xff }, .ink = { 0x1b, 0x1f, 0x24 },
	.muted = { 0x57, 0x60, 0x6a }, .label = { 0x1b, 0x1f, 0x24 },
	.bar = { 0xe6, 0xe8, 0xeb },
}, dark_look = {
	.back = { 0x14, 0x18, 0x1d }, .ink = { 0xe6, 0xe8, 0xeb },
	.muted = { 0x97, 0xa1, 0xac }, .label = { 0x14, 0x18, 0x1d },
	.bar = { 0x2d, 0x33, 0x3b }, .dim = true,
};

static const struct str theme_classes[] = {
	[SVG_AUTO] = STR("fg"), [SVG_LIGHT] = STR("fg fg-light"), [SVG_DARK] = STR("fg fg-dark"),
};

static void separate(struct buf *b)
{
	if (b->n)
		buf_add(b, STR(" · "));
}

/* "java" or "java and 3 more": the frames at the bottom, which are mostly processes. */
static void name_roots(struct drawing *d)
{
	const struct node *nodes = d->tree->nodes;
	/* By frame: what it is worth, and its number of boxes, which may be many in a chart. */
	uint64_t *worth = xcalloc(d->profile->frame_count, sizeof(*worth));
	uint32_t best = 0, names = 0;
	for (uint32_t i = d->tree->count > 1 ? 1 : 0; i != 0; i = nodes[i].next) {
		uint64_t *of = &worth[nodes[i].frame];
		names += *of == 0;
		*of += 1 + (uint64_t)layout_value(d->tree, &nodes[i]);
		if (best == 0 || *of > worth[nodes[best].frame])
			best = i;
	}
	buf_add(&d->title, best == 0 ? STR("profile") :
		profile_name(d->profile, nodes[best].frame));
	if (names > 1)
		buf_addf(&d->title, " and %u more", names - 1);
	free(worth);
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
		svg_add_share(b, (double)s->total[0] / (double)s->total_before);
		buf_add(b, STR(" of the profile shown"));
	} else if (s->shown.n) {
		separate(b);
		ptrdiff_t of = str_find(s->shown, STR(" of "));
		buf_add(b, of > 0 ? str_head(s->shown, (size_t)of) : s->shown);
		buf_add(b, of > 0 ? STR(" of the profile shown") : STR(" shown"));
	}
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

static void put_root(struct drawing *d)
{
	struct output *out = d->out;
	struct str font = d->options->fonttype;
	output_lit(out, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
	if (d->options->links.count)
		output_lit(out, " xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
	output_lit(out, " class=\"");
	output_bytes(out, theme_classes[d->options->fixed_theme]);
	if (d->options->ui_color)
		output_lit(out, " fg-ui");
	output_lit(out, "\" viewBox=\"0 0 ");
	svg_number(out, d->options->width);
	output_char(out, ' ');
	svg_number(out, d->height);
	output_char(out, '"');
	svg_attribute(out, STR("width"), d->options->width);
	svg_attribute(out, STR("height"), d->height);
	output_lit(out, " font-family=\"");
	output_xml(out, font.n ? font : STR(TEXT_FONT));
	output_lit(out, "\" font-size=\"12\"");
	svg_color_attribute(out, STR("fill"), d->look->ink);
	output_lit(out, " role=\"group\" aria-label=\"");
	output_xml(out, buf_str(&d->title));
	output_lit(out, ". ");
	output_xml(out, buf_str(&d->subtitle));
	output_lit(out, "\">\n");
}

/* Which rules of the dark theme hold: those of the browser, all or none. */
static void put_styles(const struct drawing *d)
{
	struct output *out = d->out;
	enum svg_theme theme = d->options->fixed_theme;
	output_lit(out, "<style><![CDATA[\n");
	put_viewer(out, STR("viewer.css"));
	if (theme == SVG_AUTO)
		output_lit(out, "@media (prefers-color-scheme: dark) {\n");
	if (theme != SVG_LIGHT)
		put_viewer(out, STR("dark.css"));
	if (theme == SVG_AUTO)
		output_lit(out, "}\n");
	output_lit(out, "]]></style>\n");
}

static void put_head(struct drawing *d)
{
	struct output *out = d->out;
	double width = d->options->width - 2 * PAD;
	output_lit(out, "<title>");
	output_xml(out, buf_str(&d->title));
	output_lit(out, "</title>\n");
	put_styles(d);
	output_lit(out, "<rect class=\"fg-back\" width=\"100%\" height=\"100%\"");
	svg_color_attribute(out, STR("fill"), d->look->back);
	output_lit(out, "/>\n<g class=\"fg-head\">\n"
			"<text class=\"fg-title\" x=\"16\" y=\"35\" font-size=\"18\" "
			"font-weight=\"600\">");
	svg_fitted(out, buf_str(&d->title), width, 18 * bold);
	output_lit(out, "</text>\n<text class=\"fg-sub\" x=\"16\" y=\"57\"");
	svg_color_attribute(out, STR("fill"), d->look->muted);
	struct str subtitle = buf_str(&d->subtitle);
	if (label_text_fit(subtitle, width / 12).n < subtitle.n) {
		output_lit(out, " data-words=\"");
		output_xml(out, subtitle);
		output_char(out, '"');
	}
	output_char(out, '>');
	svg_fitted(out, subtitle, width, 12);
	output_lit(out, "</text>\n</g>\n");
}

/* "4,812 narrow frames not drawn (0.7 %)" */
static void put_footer(struct drawing *d)
{
	struct buf *b = &d->scratch;
	buf_clear(b);
	num_add_grouped(b, d->layout.hidden);
	buf_add(b, d->layout.hidden == 1 ? STR(" narrow frame") : STR(" narrow frames"));
	buf_add(b, STR(" not drawn ("));
	svg_add_share(b, d->layout.total
		     ? (double)d->layout.hidden_value / (double)d->layout.total : 0);
	buf_addc(b, ')');
	output_lit(d->out, "<text class=\"fg-foot\" x=\"16\"");
	svg_attribute(d->out, STR("y"), d->height - 14);
	output_lit(d->out, " font-size=\"10\"");
	svg_color_attribute(d->out, STR("fill"), d->look->muted);
	output_char(d->out, '>');
	output_xml(d->out, buf_str(b));
	output_lit(d->out, "</text>\n");
}

static bool has_viewer(const struct drawing *d)
{
	return !d->options->no_javascript && d->layout.total > 0;
}

static void measure(struct drawing *d)
{
	d->top = TOP;
	d->graph_height = (d->layout.depth + 1) * d->options->height;
	d->legend_y = d->top + d->graph_height + BETWEEN;
	d->table_y = d->legend_y + svg_legend_height(d);
	d->height = d->table_y + svg_table_height(d) + PAD - BETWEEN;
	if (d->layout.hidden)
		d->height += 18;
}

static void put_script(struct output *out)
{
	output_lit(out, "<script><![CDATA[\n(() => {\n'use strict';\n");
	for (const struct embed *e = embed_svg; e->name.n; e++)
		if (str_ends(e->name, STR(".js")))
			put_viewer(out, e->name);
	output_lit(out, "})();\n]]></script>\n");
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
	svg_legend(d);
	svg_table(d);
	if (d->layout.hidden)
		put_footer(d);
	if (has_viewer(d)) {
		svg_data(d);
		put_script(out);
	}
	output_lit(out, "</svg>\n");
}

static void choose_boxes(struct drawing *d)
{
	const struct svg_options *o = d->options;
	double total = o->total * pow(10, d->stacks->scale);
	struct layout_options layout = {
		.width = o->width - 2 * PAD,
		.min_width = o->min_width,
		.max_boxes = o->max_frames,
		.by_weight = o->by_weight,
		.total = total < 9e18 ? (int64_t)total : 0,
	};
	layout_make(&d->layout, d->tree, &layout);
	paint_begin(&d->options->colors, d->tree);
	for (uint32_t i = 1; i < d->layout.count; i++)
		paint_use(&d->options->colors,
			  d->tree->nodes[d->layout.boxes[i].node].frame);
	top_build(&d->top_functions, d->tree);
}

/* What of the whole fits --highlight, nothing counted twice. */
static int64_t find_hits(struct drawing *d)
{
	const struct profile *p = d->profile;
	bool *tried = xcalloc(p->text.count, sizeof(*tried));
	d->hits = xcalloc(p->text.count, sizeof(*d->hits));
	for (uint32_t i = 0; i < p->frame_count; i++) {
		uint32_t name = p->frames[i].name;
		if (!tried[name])
			d->hits[name] = match_find(d->options->pattern,
						   intern_text(&p->text, name));
		tried[name] = true;
	}
	free(tried);
	const struct node *nodes = d->tree->nodes;
	int64_t sum = 0;
	for (uint32_t i = 1; i < d->tree->count;) {
		uint32_t frame = nodes[i].frame;
		bool hit = frame != ID_NONE && d->hits[p->frames[frame].name];
		if (hit)
			sum += layout_value(d->tree, &nodes[i]);
		i = hit ? nodes[i].end : i + 1;
	}
	return sum;
}

/* "31.4 % match ^std::" */
static void add_highlight(struct drawing *d)
{
	int64_t sum = find_hits(d);
	separate(&d->subtitle);
	svg_add_share(&d->subtitle, (double)sum / (double)d->layout.total);
	buf_add(&d->subtitle, STR(" match "));
	buf_add(&d->subtitle, d->options->highlight);
}

void svg_write(const struct tree *tree, struct svg_options *o, struct output *out)
{
	struct svg_look look = o->fixed_theme == SVG_DARK ? dark_look : light_look;
	struct drawing d = {
		.tree = tree, .stacks = tree->stacks, .profile = tree->stacks->profile,
		.options = o, .look = &look, .out = out,
		.divisor = pow(10, tree->stacks->scale) / o->factor,
		.unit = o->countname.n ? o->countname : tree->stacks->unit,
	};
	if (o->fixed_theme != SVG_DARK || o->bgcolors)
		look.back = o->background;
	if (o->ui_color)
		look.ink = look.muted = o->ui;
	choose_boxes(&d);
	make_title(&d);
	make_subtitle(&d);
	if (o->pattern && d.layout.total > 0)
		add_highlight(&d);
	measure(&d);
	put_all(&d);
	layout_free(&d.layout);
	top_free(&d.top_functions);
	buf_free(&d.title);
	buf_free(&d.subtitle);
	buf_free(&d.scratch);
	free(d.hits);
}
