/* SPDX-License-Identifier: Apache-2.0 */
#include "write/svg.h"

#include "base/alloc.h"
#include "base/embed.h"
#include "base/hash.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/layout.h"

/*
 * From top to bottom: title, subtitle, two lines kept free for the viewer's
 * details, frames, legend, footer.  A frame is
 *
 *	<g data-f="2 512 81"><title>main (81 samples, 12.34%)
 *	self 3 samples, 0.46%
 *	/usr/bin/app</title>
 *	<rect x="412.5" y="194" width="148" height="17" fill="#f0b46e"/>
 *	<text x="416.5" y="206.5">main</text></g>
 *
 * data-f holds depth, left edge and width in values, from which the viewer
 * lays out again.  Colour and geometry are attributes, never styles, so they
 * survive where styles are blocked.  Everything that comes from a profile
 * passes output_xml() and none of it is written into the script.
 */

enum { PAD = 16, INSET = 4, GAP = 1 };

#define INK "#1b1f24"
#define MUTED "#57606a"
#define ROOT_FILL "#e6e8eb"
#define TEXT_FONT "system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif"
#define LABEL_FONT "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

/* Widths of a column of text in parts of the font size: of labels, and a cautious one of other text. */
static const double label_em = .61, text_em = .62, title_em = .68;

/* One picture being written. */
struct drawing {
	const struct tree *tree;
	const struct stacks *stacks;
	const struct profile *profile;
	const struct svg_options *options;
	struct output *out;
	struct layout layout;
	struct str unit;             /* word for the values; may be empty */
	struct buf title, subtitle;
	struct buf scratch;
	double divisor;              /* 10^scale */
	double top, graph_height, legend_y, height;
	uint64_t used;               /* colours with words, by bit, that were drawn */
	char id[16];
};

static void number(struct output *out, double value)
{
	output_fixed(out, value, 1);
}

/* A blank, name="value" of a number. */
static void attribute(struct output *out, struct str name, double value)
{
	output_char(out, ' ');
	output_bytes(out, name);
	output_lit(out, "=\"");
	number(out, value);
	output_char(out, '"');
}

static void put_color(struct output *out, struct color c)
{
	static const char digits[] = "0123456789abcdef";
	char text[] = { '#', digits[c.r >> 4], digits[c.r & 15], digits[c.g >> 4],
			digits[c.g & 15], digits[c.b >> 4], digits[c.b & 15] };

	output_bytes(out, (struct str){ text, sizeof(text) });
}

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

static void add_quantity(const struct drawing *d, struct buf *b, int64_t value)
{
	num_add_quantity(b, (double)value / d->divisor, d->unit);
}

/* Hundredths of a percent, rounded half up, of whole. */
static void add_percent(struct buf *b, int64_t part, int64_t whole)
{
	double share = whole ? (double)part / (double)whole : 1;
	long hundredths = (long)(share * 10000 + .5);

	buf_addf(b, "%ld.%02ld%%", hundredths / 100, hundredths % 100);
}

/* "62 %", "0.7 %", "<0.1 %" */
static void add_share(struct buf *b, double share)
{
	double percent = share * 100;

	if (percent > 0 && percent < .05)
		buf_add(b, STR("<0.1 %"));
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

static void make_title(struct drawing *d)
{
	struct str title = d->options->title;

	if (title.n == 0)
		title = d->stacks->title;
	if (title.n == 0)
		title = d->options->source;
	buf_add(&d->title, title.n ? title : STR("profile"));
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
		buf_add(b, STR("nothing was counted"));
		return;
	}
	add_quantity(d, b, total);
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
		buf_add(b, s->shown);
		buf_add(b, STR(" shown"));
	}
}

static struct str frame_name(const struct drawing *d, const struct layout_box *box)
{
	uint32_t frame = d->tree->nodes[box->node].frame;

	return frame == ID_NONE ? STR("all") : profile_name(d->profile, frame);
}

/* The same picture has the same id, another one in the same page another. */
static void make_id(struct drawing *d)
{
	uint64_t hash = hash_str(buf_str(&d->title)) ^ 3 * hash_str(buf_str(&d->subtitle));

	for (uint32_t i = 0; i < d->layout.count; i++) {
		const struct layout_box *box = &d->layout.boxes[i];
		uint64_t part[] = { hash, hash_str(frame_name(d, box)), (uint64_t)box->from,
				    (uint64_t)box->value, box->depth };

		hash = hash_bytes(part, sizeof(part));
	}
	snprintf(d->id, sizeof(d->id), "fg%08x", (unsigned)(hash ^ hash >> 32));
}

static const struct embed *viewer_file(struct str name)
{
	const struct embed *e = embed_svg;

	while (!str_eq(e->name, name))
		e++;
	return e;
}

/* Element with an escaped text, which is cut when it is wider than width. */
static void put_fitted(struct drawing *d, struct str text, double width, double advance)
{
	struct buf *b = &d->scratch;

	buf_clear(b);
	if (layout_label(b, text, layout_columns(width, advance, 0)))
		output_xml(d->out, buf_str(b));
}

static void put_root(struct drawing *d)
{
	struct output *out = d->out;
	struct str font = d->options->fonttype;

	output_lit(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fg\" id=\"");
	output_bytes(out, str_of(d->id));
	output_lit(out, "\" viewBox=\"0 0 ");
	number(out, d->options->width);
	output_char(out, ' ');
	number(out, d->height);
	output_char(out, '"');
	attribute(out, STR("width"), d->options->width);
	attribute(out, STR("height"), d->height);
	output_lit(out, " font-family=\"");
	output_xml(out, font.n ? font : STR(TEXT_FONT));
	output_lit(out, "\" font-size=\"12\" fill=\"" INK "\" role=\"group\" aria-labelledby=\"");
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
	output_bytes(out, viewer_file(STR("viewer.css"))->text);
	output_lit(out, "]]></style>\n<rect class=\"fg-back\" width=\"100%\" height=\"100%\" "
			"fill=\"");
	put_color(out, d->options->background);
	output_lit(out, "\"/>\n<g class=\"fg-head\">\n<text class=\"fg-title\" id=\"");
	output_bytes(out, str_of(d->id));
	output_lit(out, "t\" x=\"16\" y=\"35\" font-size=\"18\" font-weight=\"600\">");
	put_fitted(d, buf_str(&d->title), width - (d->options->no_javascript ? 0 : 264),
		   18 * title_em);
	output_lit(out, "</text>\n<text class=\"fg-sub\" id=\"");
	output_bytes(out, str_of(d->id));
	output_lit(out, "s\" x=\"16\" y=\"57\" fill=\"" MUTED "\">");
	put_fitted(d, buf_str(&d->subtitle), width, 12 * text_em);
	output_lit(out, "</text>\n</g>\n");
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
	const struct node *node = &d->tree->nodes[box->node];
	struct buf *b = &d->scratch;
	int64_t self = node->self[d->stacks->columns > 1];

	put_bounded(d->out, frame_name(d, box));
	buf_clear(b);
	buf_add(b, STR(" ("));
	add_exact(d, b, box->value);
	buf_add(b, STR(", "));
	if (box->value == d->layout.total)
		buf_add(b, STR("100%"));
	else
		add_percent(b, box->value, d->layout.total);
	buf_add(b, STR(")\n"));
	size_t quantity = b->n;
	add_quantity(d, b, box->value);
	/* A quantity that is no shorter than the exact number says nothing new. */
	if (b->n - quantity + 1 >= quantity || str_eq(d->unit, STR("samples")))
		b->n = quantity;
	else
		buf_add(b, STR(" · "));
	buf_add(b, STR("self "));
	add_quantity(d, b, self > 0 ? self : 0);
	buf_add(b, STR(", "));
	add_percent(b, self > 0 ? self : 0, d->layout.total);
	output_xml(d->out, str_head(buf_str(b), quantity - 1));
	output_char(d->out, '\n');
	output_xml(d->out, str_skip(buf_str(b), quantity));
	if (node->frame != ID_NONE)
		put_origin(d, &d->profile->frames[node->frame]);
}

static void put_fill(struct drawing *d, const struct layout_box *box)
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
	d->used |= (uint64_t)1 << pick;
	put_color(out, palette_color(palette, pick, name, kind));
}

static void put_rect(struct drawing *d, const struct layout_box *box, double y, double w)
{
	struct output *out = d->out;

	output_lit(out, "<rect");
	attribute(out, STR("x"), PAD + box->x);
	attribute(out, STR("y"), y);
	attribute(out, STR("width"), w);
	attribute(out, STR("height"), d->options->height - GAP);
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
	unsigned columns = layout_columns(w, d->options->fontsize * label_em, INSET);

	buf_clear(b);
	if (d->tree->nodes[box->node].frame == ID_NONE) {
		struct buf all = { 0 };

		buf_add(&all, STR("all · "));
		add_quantity(d, &all, box->value);
		bool fits = layout_label(b, buf_str(&all), columns);
		buf_free(&all);
		if (!fits)
			return;
	} else if (!layout_label(b, frame_name(d, box), columns)) {
		return;
	}
	output_lit(out, "\n<text");
	attribute(out, STR("x"), PAD + box->x + INSET);
	attribute(out, STR("y"), y);
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
		attribute(out, STR("x"), PAD + box->x);
		attribute(out, STR("y"), y);
		attribute(out, STR("width"), w < 6 ? w / 3 : 2);
		attribute(out, STR("height"), row - GAP);
		output_lit(out, " opacity=\".35\"/>");
	}
	put_label(d, box, y + (row - GAP) / 2 + d->options->fontsize * .35, w);
	output_lit(out, "</g>\n");
}

static void put_frames(struct drawing *d)
{
	struct output *out = d->out;
	struct str font = d->options->fonttype;

	output_lit(out, "<g class=\"fg-frames\" font-family=\"");
	output_xml(out, font.n ? font : STR(LABEL_FONT));
	output_char(out, '"');
	attribute(out, STR("font-size"), d->options->fontsize);
	output_lit(out, " data-view=\"");
	output_i64(out, d->layout.total);
	output_char(out, ' ');
	output_fixed(out, d->options->fontsize * label_em, 4);
	output_char(out, ' ');
	number(out, d->top);
	output_char(out, ' ');
	number(out, d->graph_height);
	output_char(out, ' ');
	number(out, d->options->height);
	output_lit(out, " ");
	output_u64(out, d->options->inverted);
	output_lit(out, "\" data-nametype=\"");
	output_xml(out, d->options->nametype);
	output_lit(out, "\">\n");
	for (uint32_t i = 0; i < d->layout.count; i++)
		put_frame(d, &d->layout.boxes[i]);
	output_lit(out, "</g>\n");
}

static unsigned legend_count(const struct drawing *d)
{
	const struct palette *p = &d->options->palette;
	unsigned count = 0;

	for (unsigned i = 0; i < p->color_count; i++)
		count += p->colors[i].words.n && d->used >> i & 1;
	return count;
}

/* Which colours will be drawn, to know beforehand whether there is a legend. */
static void note_used(struct drawing *d)
{
	for (uint32_t i = 1; i < d->layout.count; i++) {
		uint32_t frame = d->tree->nodes[d->layout.boxes[i].node].frame;

		d->used |= (uint64_t)1 << palette_pick(&d->options->palette,
						       profile_name(d->profile, frame),
						       d->profile->frames[frame].kind,
						       d->stacks->unit);
	}
}

/* Swatches with words, in a new line where the width ends. */
static void put_legend(struct drawing *d)
{
	const struct palette *p = &d->options->palette;
	struct output *out = d->out;
	double x = PAD, y = d->legend_y;

	output_lit(out, "<g class=\"fg-legend\">\n");
	for (unsigned i = 0; i < p->color_count; i++) {
		const struct palette_color *color = &p->colors[i];

		if (color->words.n == 0 || !(d->used >> i & 1))
			continue;
		output_lit(out, "<rect");
		attribute(out, STR("x"), x);
		attribute(out, STR("y"), y);
		output_lit(out, " width=\"12\" height=\"12\" rx=\"2\" fill=\"");
		put_color(out, palette_swatch(p, i));
		output_lit(out, "\"/><text");
		attribute(out, STR("x"), x + 18);
		attribute(out, STR("y"), y + 10);
		output_lit(out, " fill=\"" MUTED "\">");
		output_xml(out, color->words);
		output_lit(out, "</text>\n");
		x += 18 + (double)utf8_columns(color->words) * 12 * text_em + 18;
	}
	output_lit(out, "</g>\n");
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
	attribute(d->out, STR("y"), d->height - 14);
	output_lit(d->out, " font-size=\"10\" fill=\"" MUTED "\">");
	output_xml(d->out, buf_str(b));
	output_lit(d->out, "</text>\n");
}

static void measure(struct drawing *d)
{
	d->top = d->options->no_javascript ? 72 : 110;
	d->graph_height = (d->layout.depth + 1) * d->options->height;
	d->legend_y = d->top + d->graph_height + 13;
	d->height = d->top + d->graph_height + PAD;
	if (legend_count(d) > 1)
		d->height += 26;
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
	put_frames(d);
	if (legend_count(d) > 1)
		put_legend(d);
	if (d->layout.hidden)
		put_footer(d);
	if (!d->options->no_javascript) {
		output_lit(out, "<script><![CDATA[\n");
		output_bytes(out, viewer_file(STR("viewer.js"))->text);
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
	struct layout_options layout = {
		.width = o->width - 2 * PAD,
		.min_width = o->min_width,
		.max_boxes = o->max_frames,
		.by_weight = o->by_weight,
		.total = o->total * d.divisor < 9e18 ? (int64_t)(o->total * d.divisor) : 0,
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
