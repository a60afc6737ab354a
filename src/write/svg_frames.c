/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A frame is
 *
 *	<g data-f="2 512 81"><title>main (81 samples, 12.34%)
 *	self 3 samples, 0.46%
 *	/usr/bin/app</title>
 *	<rect x="412.5" y="194" width="148" height="17" fill="#f0b46e"/>
 *	<text x="416.5" y="206.5">main</text></g>
 *
 * data-f holds depth, left edge and width in values, from which the viewer
 * lays out again.
 */
#include "write/svg_drawing.h"

#include "base/num.h"
#include "base/utf8.h"
#include "model/label.h"

/* Width of a column of labels in parts of the font size. */
static const double label_em = .61;

/* "1,234.5 samples" */
static void add_exact(const struct drawing *d, struct buf *b, int64_t value)
{
	int64_t divisor = 1;
	for (unsigned i = 0; i < d->stacks->scale; i++)
		divisor *= 10;
	num_add_grouped(b, value / divisor);
	if (value % divisor) {
		struct buf fraction = { 0 };
		num_add_decimal(&fraction, value % divisor, d->stacks->scale);
		buf_add(b, str_skip(buf_str(&fraction), 1));
		buf_free(&fraction);
	}
	if (d->unit.n) {
		buf_addc(b, ' ');
		buf_add(b, d->unit);
	}
}

/* Hundredths of a percent, rounded half up, of whole. */
static void add_percent(struct buf *b, int64_t part, int64_t whole)
{
	double share = whole ? (double)part / (double)whole : 1;
	long hundredths = (long)(share * 10000 + .5);
	buf_addf(b, "%ld.%02ld%%", hundredths / 100, hundredths % 100);
}

static double row_y(const struct drawing *d, uint32_t depth)
{
	double row = d->options->inverted ? depth : d->layout.depth - depth;
	return d->top + row * d->options->height;
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
		put_bounded(out, intern_text(&d->profile->text, f->module));
	if (f->full != ID_NONE && f->full != ID_SEVERAL && f->full != f->name) {
		output_char(out, '\n');
		put_bounded(out, intern_text(&d->profile->text, f->full));
	}
}

/* "main (1,234 samples, 12.34%)", then what else is known. */
static void put_tooltip(struct drawing *d, const struct layout_box *box)
{
	struct buf *b = &d->scratch, exact = { 0 }, quantity = { 0 };
	int64_t self = tree_self(d->tree, box->node, d->stacks->columns > 1);
	add_exact(d, &exact, box->value);
	svg_add_quantity(d, &quantity, box->value);
	buf_clear(b);
	buf_add(b, STR(" ("));
	buf_add(b, buf_str(&exact));
	buf_add(b, STR(", "));
	if (box->value == d->layout.total)
		buf_add(b, STR("100%"));
	else
		add_percent(b, box->value, d->layout.total);
	buf_addc(b, ')');
	put_bounded(d->out, svg_frame_name(d, box));
	output_xml(d->out, buf_str(b));
	output_char(d->out, '\n');
	buf_clear(b);
	if (!str_eq(buf_str(&exact), buf_str(&quantity))) {
		buf_add(b, buf_str(&quantity));
		buf_add(b, STR(" · "));
	}
	buf_add(b, STR("self "));
	svg_add_quantity(d, b, self > 0 ? self : 0);
	buf_add(b, STR(", "));
	add_percent(b, self > 0 ? self : 0, d->layout.total);
	output_xml(d->out, buf_str(b));
	uint32_t frame = d->tree->nodes[box->node].frame;
	if (frame != ID_NONE)
		put_origin(d, &d->profile->frames[frame]);
	buf_free(&exact);
	buf_free(&quantity);
}

static void put_fill(const struct drawing *d, const struct layout_box *box)
{
	uint32_t frame = d->tree->nodes[box->node].frame;
	struct output *out = d->out;
	if (frame == ID_NONE) {
		output_lit(out, ROOT_FILL);
		return;
	}
	const struct palette *palette = &d->options->palette;
	struct str name = profile_name(d->profile, frame);
	enum frame_kind kind = d->profile->frames[frame].kind;
	unsigned pick = palette_pick(palette, name, kind, d->stacks->unit);
	svg_color(out, palette_color(palette, pick, name, kind));
}

static void put_rect(struct drawing *d, const struct layout_box *box, double y, double w)
{
	struct output *out = d->out;
	output_lit(out, "<rect");
	svg_attribute(out, STR("x"), PAD + box->x);
	svg_attribute(out, STR("y"), y);
	svg_attribute(out, STR("width"), w);
	svg_attribute(out, STR("height"), d->options->height - GAP);
	output_lit(out, " fill=\"");
	put_fill(d, box);
	output_lit(out, "\"/>");
}

static bool has_edge(const struct drawing *d, const struct layout_box *box)
{
	uint32_t frame = d->tree->nodes[box->node].frame;
	return d->options->palette.fades_inlined && frame != ID_NONE &&
	       d->profile->frames[frame].kind == FRAME_INLINED;
}

static void put_label(struct drawing *d, const struct layout_box *box, double y, double w)
{
	struct output *out = d->out;
	struct buf *b = &d->scratch;
	unsigned columns = label_columns(w, d->options->fontsize * label_em, INSET);
	buf_clear(b);
	if (d->tree->nodes[box->node].frame == ID_NONE) {
		struct buf all = { 0 };
		buf_add(&all, STR("all · "));
		svg_add_quantity(d, &all, box->value);
		bool fits = label_add(b, buf_str(&all), columns);
		buf_free(&all);
		if (!fits)
			return;
	} else if (!label_add(b, svg_frame_name(d, box), columns)) {
		return;
	}
	output_lit(out, "\n<text");
	svg_attribute(out, STR("x"), PAD + box->x + INSET);
	svg_attribute(out, STR("y"), y);
	output_char(out, '>');
	output_xml(out, buf_str(b));
	output_lit(out, "</text>");
}

static void put_frame(struct drawing *d, const struct layout_box *box)
{
	struct output *out = d->out;
	double row = d->options->height, y = row_y(d, box->depth);
	/* The gap is left free where there is room for it. */
	double w = box->w > 3 * GAP ? box->w - GAP : box->w * 2 / 3;
	output_lit(out, "<g data-f=\"");
	output_u64(out, box->depth);
	output_char(out, ' ');
	output_i64(out, box->from);
	output_char(out, ' ');
	output_i64(out, box->value);
	output_lit(out, "\"><title>");
	put_tooltip(d, box);
	output_lit(out, "</title>\n");
	put_rect(d, box, y, w);
	if (has_edge(d, box)) {
		output_lit(out, "<rect class=\"fg-edge\"");
		svg_attribute(out, STR("x"), PAD + box->x);
		svg_attribute(out, STR("y"), y);
		svg_attribute(out, STR("width"), w < 6 ? w / 3 : 2);
		svg_attribute(out, STR("height"), row - GAP);
		output_lit(out, " opacity=\".35\"/>");
	}
	put_label(d, box, y + (row - GAP) / 2 + d->options->fontsize * .35, w);
	output_lit(out, "</g>\n");
}

void svg_frames(struct drawing *d)
{
	struct output *out = d->out;
	struct str font = d->options->fonttype;
	output_lit(out, "<g class=\"fg-frames\" font-family=\"");
	output_xml(out, font.n ? font : STR(LABEL_FONT));
	output_char(out, '"');
	svg_attribute(out, STR("font-size"), d->options->fontsize);
	output_lit(out, " data-view=\"");
	output_i64(out, d->layout.total);
	output_char(out, ' ');
	output_fixed(out, d->options->fontsize * label_em, 4);
	output_char(out, ' ');
	svg_number(out, d->top);
	output_char(out, ' ');
	svg_number(out, d->graph_height);
	output_char(out, ' ');
	svg_number(out, d->options->height);
	output_lit(out, " ");
	output_u64(out, d->options->inverted);
	output_lit(out, "\" data-nametype=\"");
	output_xml(out, d->options->nametype);
	output_lit(out, "\">\n");
	for (uint32_t i = 0; i < d->layout.count; i++)
		put_frame(d, &d->layout.boxes[i]);
	output_lit(out, "</g>\n");
}
