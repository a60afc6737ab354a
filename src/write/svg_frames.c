/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A frame is
 *
 *	<g role="treeitem" aria-level="3"><title>main (81 samples, 12.34%)
 *	self 3 samples, 0.46%
 *	/usr/bin/app</title>
 *	<rect x="412.5" y="194" width="148" height="17" fill="#f0b46e"/>
 *	<text x="416.5" y="206.5">main</text></g>
 *
 * with an <a> around what can be clicked when it has a link.  The group of all
 * tells the viewer how to draw.
 */
#include "write/svg_drawing.h"

#include "base/num.h"
#include "base/utf8.h"

/* "1,234.5 samples" */
static void add_exact(const struct drawing *d, struct buf *b, int64_t value)
{
	num_add_product(b, value, d->picture->stacks->scale,
			d->picture->options->times);
	if (d->picture->unit.n) {
		buf_addc(b, ' ');
		buf_add(b, d->picture->unit);
	}
}

/* Hundredths of a percent, rounded half up, of whole. */
static void add_percent(struct buf *b, int64_t part, int64_t whole)
{
	double share = whole ? (double)part / (double)whole : part == 0 ? 0 : 1;
	long hundredths = (long)(share * 10000 + .5);
	buf_addf(b, "%ld.%02ld%%", hundredths / 100, hundredths % 100);
}

static const char *const kind_words[FRAME_KINDS] = {
	[FRAME_KERNEL] = "kernel",
	[FRAME_INLINED] = "inlined",
	[FRAME_JIT] = "generated at run time",
	[FRAME_WAKER] = "waker",
};

/* Text of a tooltip, of a bounded length. */
static void put_bounded(struct output *out, struct str s)
{
	enum { BYTES_MAX = 4096 };
	if (s.n <= BYTES_MAX) {
		output_xml(out, s);
		return;
	}
	output_xml(out, utf8_fit(str_head(s, BYTES_MAX), BYTES_MAX - 4));
	output_lit(out, "…");
}

/* The lines about what function a frame is of. */
static void put_origin(struct drawing *d, const struct frame *f)
{
	struct output *out = d->out;
	const char *kind = kind_words[f->kind];
	if (kind || f->module != ID_NONE)
		output_char(out, '\n');
	if (kind)
		output_bytes(out, str_of(kind));
	if (kind && f->module != ID_NONE)
		output_lit(out, " · ");
	if (f->module == ID_SEVERAL)
		output_lit(out, "several modules");
	else if (f->module != ID_NONE)
		put_bounded(out, intern_text(&d->picture->profile->text, f->module));
	if (f->full != ID_NONE && f->full != ID_SEVERAL && f->full != f->name) {
		output_char(out, '\n');
		put_bounded(out, intern_text(&d->picture->profile->text, f->full));
	}
}

/* Boxes of a difference may be wider than what is left of their value. */
static int64_t value_of(const struct drawing *d, const struct layout_box *box)
{
	const struct tree *t = d->picture->tree;
	return t->widths ? layout_value(t, &t->nodes[box->node]) : box->value;
}

/* "main (1,234 samples, 12.34%)" */
static void put_value(struct drawing *d, const struct layout_box *box, struct str exact)
{
	struct buf *b = &d->scratch;
	buf_clear(b);
	buf_add(b, STR(" ("));
	buf_add(b, exact);
	buf_add(b, STR(", "));
	int64_t value = value_of(d, box);
	if (value == d->picture->whole && value > 0)
		buf_add(b, STR("100%"));
	else
		add_percent(b, value, d->picture->whole);
	buf_addc(b, ')');
	put_bounded(d->out, picture_name(d->picture, box));
	output_xml(d->out, buf_str(b));
}

/* "1.23 G cycles · self 12 M cycles, 0.12%", as far as that is more. */
static void put_quantities(struct drawing *d, const struct layout_box *box, struct str exact)
{
	struct buf *b = &d->scratch;
	buf_clear(b);
	picture_quantity(d->picture, b, value_of(d, box));
	if (str_eq(exact, buf_str(b)))
		buf_clear(b);
	/* Where callers are children, the rest of a box is not the function's own. */
	if (!d->picture->stacks->reversed) {
		int64_t self = tree_self(d->picture->tree, box->node,
					 d->picture->stacks->columns > 1);
		buf_add(b, b->n ? STR(" · self ") : STR("self "));
		picture_quantity(d->picture, b, self > 0 ? self : 0);
		buf_add(b, STR(", "));
		add_percent(b, self > 0 ? self : 0, d->picture->whole);
	}
	if (b->n)
		output_char(d->out, '\n');
	output_xml(d->out, buf_str(b));
}

/* "9 → 12 samples, ×1.33, +2.5 points of the total" */
static void put_change(struct drawing *d, const struct layout_box *box)
{
	buf_clear(&d->scratch);
	picture_change(d->picture, box->node, &d->scratch);
	for (struct str rest = buf_str(&d->scratch); rest.n > 0;) {
		output_char(d->out, '\n');
		output_xml(d->out, str_cut(&rest, '\n'));
	}
}

static void put_tooltip(struct drawing *d, const struct layout_box *box)
{
	struct buf exact = { 0 };
	add_exact(d, &exact, value_of(d, box));
	put_value(d, box, buf_str(&exact));
	put_quantities(d, box, buf_str(&exact));
	if (d->picture->stacks->columns > 1)
		put_change(d, box);
	uint32_t frame = d->picture->tree->nodes[box->node].frame;
	if (frame != ID_NONE)
		put_origin(d, &d->picture->profile->frames[frame]);
	buf_free(&exact);
}

static void put_rect(struct drawing *d, const struct picture_box *box)
{
	struct output *out = d->out;
	double in = box->outline / 2;
	output_lit(out, "<rect");
	svg_attribute(out, STR("x"), box->x + in);
	svg_attribute(out, STR("y"), box->y + in);
	svg_attribute(out, STR("width"), box->w - 2 * in);
	svg_attribute(out, STR("height"), box->h - 2 * in);
	svg_color_attribute(out, STR("fill"), box->color);
	if (box->outline > 0) {
		svg_color_attribute(out, STR("stroke"), box->line);
		svg_attribute(out, STR("stroke-width"), box->outline);
	}
	if (box->opacity < 1)
		svg_opacity(out, box->opacity);
	output_lit(out, "/>");
	if (box->is_hatched)
		svg_hatch(out, box->x, box->y, box->w, box->h, box->line, box->opacity);
	if (box->edge <= 0)
		return;
	output_lit(out, "<rect class=\"fg-edge\"");
	svg_attribute(out, STR("x"), box->x);
	svg_attribute(out, STR("y"), box->y);
	svg_attribute(out, STR("width"), box->edge);
	svg_attribute(out, STR("height"), box->h);
	output_lit(out, " opacity=\".35\"/>");
}

static void put_label(struct drawing *d, const struct layout_box *of,
		      const struct picture_box *box)
{
	struct output *out = d->out;
	buf_clear(&d->scratch);
	if (!picture_label(d->picture, of, box, &d->scratch))
		return;
	output_lit(out, "\n<text");
	svg_attribute(out, STR("x"), box->text_x);
	svg_attribute(out, STR("y"), box->text_y);
	if (box->opacity < 1) {
		output_lit(out, " class=\"fg-faint\"");
		svg_color_attribute(out, STR("fill"), box->ink);
	}
	output_char(out, '>');
	output_xml(out, buf_str(&d->scratch));
	output_lit(out, "</text>");
}

/* The link of a frame, or NULL. */
static const struct svg_link *link_of(const struct drawing *d, const struct layout_box *box)
{
	uint32_t frame = d->picture->tree->nodes[box->node].frame;
	return frame == ID_NONE ? NULL
		: svg_links_of(&d->options->links, d->picture->profile, frame);
}

static void put_link(struct output *out, const struct svg_link *link)
{
	output_lit(out, "<a xlink:href=\"");
	output_xml(out, link->href);
	output_lit(out, "\" target=\"");
	output_xml(out, link->target.n ? link->target : STR("_top"));
	output_lit(out, "\">");
}

static void put_frame(struct drawing *d, const struct layout_box *of)
{
	struct output *out = d->out;
	struct picture_box box = picture_box(d->picture, of);
	const struct svg_link *link = link_of(d, of);
	output_lit(out, "<g role=\"treeitem\" aria-level=\"");
	output_u64(out, of->depth + 1);
	output_lit(out, "\"><title>");
	if (link && link->title.n)
		put_bounded(out, link->title);
	else
		put_tooltip(d, of);
	output_lit(out, "</title>\n");
	if (link && link->href.n)
		put_link(out, link);
	put_rect(d, &box);
	put_label(d, of, &box);
	if (link && link->href.n)
		output_lit(out, "</a>");
	output_lit(out, "</g>\n");
}

static void put_text_attribute(struct output *out, struct str name, struct str value)
{
	output_char(out, ' ');
	output_bytes(out, name);
	output_lit(out, "=\"");
	output_xml(out, value);
	output_char(out, '"');
}

/* The colours of a difference: less, same, more, and of the line around what is new. */
static void put_ends(const struct drawing *d)
{
	const struct paint *colors = &d->picture->options->colors;
	const struct paint_ends *ends = paint_ends(colors);
	output_lit(d->out, " data-ends=\"");
	svg_color(d->out, ends->less);
	output_char(d->out, ' ');
	svg_color(d->out, ends->same);
	output_char(d->out, ' ');
	svg_color(d->out, ends->more);
	output_char(d->out, ' ');
	svg_color(d->out, paint_outline(colors));
	output_char(d->out, '"');
}

/* What the viewer has to know. */
static void put_settings(struct drawing *d)
{
	static const char *const cuts[] = {
		[LABEL_SMART] = "smart", [LABEL_LEFT] = "left",
		[LABEL_RIGHT] = "right", [LABEL_MIDDLE] = "middle",
	};
	struct output *out = d->out;
	const struct picture *p = d->picture;
	const struct picture_options *o = p->options;
	output_lit(out, " data-look=\"");
	output_fixed(out, o->fontsize * o->fontwidth, 4);
	output_char(out, ' ');
	svg_number(out, p->frames_y);
	output_char(out, ' ');
	svg_number(out, o->height);
	output_char(out, ' ');
	svg_number(out, p->frames_height);
	output_lit(out, "\" data-total=\"");
	output_i64(out, p->whole);
	output_char(out, '"');
	if (o->factor != 1) {
		output_lit(out, " data-factor=\"");
		output_decimal(out, o->times.digits, o->times.scale);
		output_char(out, '"');
	}
	put_text_attribute(out, STR("data-label"), str_of(cuts[o->cut]));
	put_text_attribute(out, STR("data-order"), o->by_weight ? STR("weight") : STR("name"));
	put_text_attribute(out, STR("data-inverted"), o->inverted ? STR("1") : STR("0"));
	put_text_attribute(out, STR("data-colors"), paint_mode(&o->colors));
	put_text_attribute(out, STR("data-unit"), p->unit);
	if (p->stacks->columns > 1)
		put_ends(d);
	if (d->options->nametype.n)
		put_text_attribute(out, STR("data-nametype"), d->options->nametype);
	if (o->highlight.n)
		put_text_attribute(out, STR("data-find"), o->highlight);
	if (o->search_color)
		svg_color_attribute(out, STR("data-hit"), o->hit);
}

void svg_frames(struct drawing *d)
{
	struct output *out = d->out;
	const struct picture *p = d->picture;
	const struct picture_options *o = p->options;
	struct str font = o->fonttype;
	output_lit(out, "<g class=\"fg-frames\" role=\"tree\" aria-label=\"flame graph\"");
	put_text_attribute(out, STR("font-family"), font.n ? font : STR(LABEL_FONT));
	svg_attribute(out, STR("font-size"), o->fontsize);
	svg_color_attribute(out, STR("fill"), p->look.label);
	if (p->look.dim)
		output_lit(out, " fill-opacity=\".82\"");
	if (o->has_stroke) {
		svg_color_attribute(out, STR("stroke"), o->stroke);
		output_lit(out, " stroke-width=\".5\"");
	}
	if (!d->options->no_javascript)
		put_settings(d);
	output_lit(out, ">\n");
	for (uint32_t i = 0; i < p->layout.count; i++)
		put_frame(d, &p->layout.boxes[i]);
	output_lit(out, "</g>\n");
}
