/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From top to bottom: title, subtitle, frames, legend, the functions that cost
 * most (both picture_foot.c), footer.
 */
#include "model/picture.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/diff_words.h"
#include "model/picture_zoom.h"

/* Bold text is that much wider. */
static const double bold = 1.12;

/* Pixels: the first row of the picture, and what is between its parts. */
enum { FRAMES_Y = 72, BETWEEN = 13, FOOTER = 18 };

static const struct picture_look light_look = {
	.back = { 0xff, 0xff, 0xff }, .ink = { 0x1b, 0x1f, 0x24 },
	.muted = { 0x57, 0x60, 0x6a }, .bar = { 0xe6, 0xe8, 0xeb },
	.label = { 0x1b, 0x1f, 0x24 }, .faint = { 0x50, 0x58, 0x61 },
	.above = { 0x1b, 0x1f, 0x24 }, .above_opacity = .55,
}, dark_look = {
	.back = { 0x14, 0x18, 0x1d }, .ink = { 0xe6, 0xe8, 0xeb },
	.muted = { 0x97, 0xa1, 0xac }, .bar = { 0x2d, 0x33, 0x3b },
	.label = { 0x14, 0x18, 0x1d }, .faint = { 0xd0, 0xd7, 0xde },
	.above = { 0xe6, 0xe8, 0xeb }, .above_opacity = .42, .dim = true,
}, print_look = {
	.back = { 0xff, 0xff, 0xff }, .muted = { 0x33, 0x33, 0x33 },
	.bar = { 0xdd, 0xdd, 0xdd }, .above_opacity = .55,
};

static const struct picture_look *const looks[] = {
	[PICTURE_AUTO] = &light_look, [PICTURE_LIGHT] = &light_look,
	[PICTURE_DARK] = &dark_look, [PICTURE_PRINT] = &print_look,
};

/* Words */

void picture_fit(struct buf *b, struct str text, double width, double size)
{
	struct str fit = label_text_fit(text, width / size);
	if (fit.n < text.n)
		fit = label_text_fit(text, width / size - 1);
	buf_add(b, fit);
	if (fit.n < text.n)
		buf_add(b, STR("…"));
}

void picture_share(struct buf *b, double share)
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

void picture_quantity(const struct picture *p, struct buf *b, int64_t value)
{
	num_add_quantity(b, (double)value / p->divisor, p->unit);
}

struct str picture_name(const struct picture *p, const struct layout_box *box)
{
	uint32_t frame = p->tree->nodes[box->node].frame;
	return frame == ID_NONE ? STR("all") : profile_name(p->profile, frame);
}

static void separate(struct buf *b)
{
	if (b->n)
		buf_add(b, STR(" · "));
}

/* "java" or "java and 3 more": the frames at the bottom, which are mostly processes. */
static void name_roots(struct picture *p, struct buf *b)
{
	const struct node *nodes = p->tree->nodes;
	/* By frame: what it is worth, and the number of its boxes. */
	uint64_t *worth = xcalloc(p->profile->frame_count, sizeof(*worth));
	uint32_t best = 0, names = 0;
	for (uint32_t i = p->tree->count > 1 ? 1 : 0; i != 0; i = nodes[i].next) {
		uint64_t *of = &worth[nodes[i].frame];
		names += *of == 0;
		*of += 1 + (uint64_t)layout_value(p->tree, &nodes[i]);
		if (best == 0 || *of > worth[nodes[best].frame])
			best = i;
	}
	buf_add(b, best == 0 ? STR("profile")
		: profile_name(p->profile, nodes[best].frame));
	if (names > 1)
		buf_addf(b, " and %u more", names - 1);
	free(worth);
}

static void make_title(struct picture *p)
{
	struct str title = p->options->title;
	if (title.n == 0)
		title = p->stacks->title;
	if (title.n == 0)
		title = p->options->source;
	if (title.n)
		buf_add(&p->words[PICTURE_TITLE], title);
	else
		name_roots(p, &p->words[PICTURE_TITLE]);
}

/* "154 M cycles in parse · 12 % of 1.24 G cycles" */
static void add_zoom(const struct picture *p, struct buf *b, int64_t total)
{
	buf_add(b, STR(" in "));
	buf_add(b, profile_name(p->profile, p->tree->nodes[p->node].frame));
	separate(b);
	picture_share(b, (double)layout_value(p->tree, &p->tree->nodes[p->node]) /
		      (double)total);
	buf_add(b, STR(" of "));
	picture_quantity(p, b, total);
}

/* What a filter told, "97.6 % of 12300 bytes", in the words for what is left here. */
static void add_shown(struct buf *b, struct str shown)
{
	ptrdiff_t of = str_find(shown, STR(" of "));
	struct str share = of > 0 ? str_head(shown, (size_t)of) : shown;
	double percent;
	if (str_ends(share, STR(" %")) &&
	    num_double(str_head(share, share.n - 2), &percent))
		picture_share(b, percent / 100);
	else
		buf_add(b, share);
	buf_add(b, of > 0 ? STR(" of the profile shown") : STR(" shown"));
}

/* " · total 1.2 GiB · at end 0 B" */
static void add_other_metrics(const struct picture *p, struct buf *b)
{
	struct buf others = { 0 };
	if (p->stacks->metric.n && stacks_is_whole(p->stacks))
		metrics_add_others(&others, &p->profile->metrics, STR(" · "),
				   p->stacks->samples == 0);
	if (others.n) {
		separate(b);
		buf_add(b, buf_str(&others));
	}
	buf_free(&others);
}

/* ", before 1.1 G cycles, ×1.13" */
static void add_totals(const struct picture *p, struct buf *b)
{
	const int64_t *total = p->tree->nodes[0].total;
	buf_add(b, STR(", before "));
	picture_quantity(p, b, total[0]);
	if (total[0] > 0 && total[1] > 0 && total[0] != total[1]) {
		buf_add(b, STR(", "));
		diff_words_add_ratio(b, total[0], total[1]);
	}
}

/*
 * "cycles:u · 1.24 G cycles in 3,980 samples · 62 % of the profile shown",
 * "peak 62.4 MiB · total 1.2 GiB · at end 0 B"
 */
static void make_subtitle(struct picture *p)
{
	const struct stacks *s = p->stacks;
	struct buf *b = &p->words[PICTURE_SUBTITLE];
	int64_t total = layout_value(p->tree, &p->tree->nodes[0]);
	buf_add(b, p->options->subtitle);
	if (s->event.n) {
		separate(b);
		buf_add(b, s->event);
	}
	separate(b);
	if (p->layout.total == 0) {
		buf_add(b, s->metric.n ? metrics_nothing(s->metric) :
					 STR("nothing was counted"));
		buf_add(b, STR(", so there is nothing to draw"));
		add_other_metrics(p, b);
		return;
	}
	struct str words = metrics_words(s->metric);
	if (s->metric.n == 0 && p->unit.n == 0)
		words = STR("total");
	buf_add(b, words);
	if (words.n)
		buf_addc(b, ' ');
	picture_quantity(p, b, layout_value(p->tree, &p->tree->nodes[p->node]));
	stacks_add_marks(b, s);
	if (p->node) {
		add_zoom(p, b, total);
		return;
	}
	if (s->columns > 1)
		add_totals(p, b);
	else if (s->samples && !str_eq(p->unit, STR("samples"))) {
		buf_add(b, STR(" in "));
		num_add_grouped(b, (int64_t)s->samples);
		buf_add(b, s->samples == 1 ? STR(" sample") : STR(" samples"));
	}
	if (s->columns == 1 && s->total_before > s->total[0]) {
		separate(b);
		picture_share(b, (double)s->total[0] / (double)s->total_before);
		buf_add(b, STR(" of the profile shown"));
	} else if (s->shown.n) {
		separate(b);
		add_shown(b, s->shown);
	}
	add_other_metrics(p, b);
}

/* What of the whole fits --highlight, nothing counted twice. */
static int64_t find_hits(struct picture *p)
{
	const struct profile *profile = p->profile;
	bool *tried = xcalloc(profile->text.count, sizeof(*tried));
	p->hits = xcalloc(profile->text.count, sizeof(*p->hits));
	for (uint32_t i = 0; i < profile->frame_count; i++) {
		uint32_t name = profile->frames[i].name;
		if (!tried[name])
			p->hits[name] = match_find(p->options->pattern,
						   intern_text(&profile->text, name));
		tried[name] = true;
	}
	free(tried);
	const struct node *nodes = p->tree->nodes;
	int64_t sum = 0;
	uint32_t end = nodes[p->node].end;
	for (uint32_t i = p->node ? p->node : 1; i < end;) {
		uint32_t frame = nodes[i].frame;
		bool hit = frame != ID_NONE && p->hits[profile->frames[frame].name];
		if (hit)
			sum += layout_value(p->tree, &nodes[i]);
		i = hit ? nodes[i].end : i + 1;
	}
	return sum;
}

static struct diff_words words_of(const struct picture *p, long double before,
				  long double after)
{
	const struct node *root = &p->tree->nodes[0];
	return (struct diff_words){
		.before = before > 0 ? before : 0, .after = after > 0 ? after : 0,
		.whole_before = root->total[0], .whole_after = root->total[1],
		.divisor = p->divisor, .unit = p->unit,
	};
}

/*
 * "25 → 50 samples, ×2.0, +12.5 points of the total
 * self 5 → 20 samples, ×4.0; not significant"
 */
void picture_change(const struct picture *p, uint32_t node, struct buf *b)
{
	const struct node *n = &p->tree->nodes[node];
	struct diff_words total = words_of(p, n->total[0], n->total[1]);
	diff_words_add(b, &total);
	if (!p->stacks->reversed) {
		struct diff_words self = words_of(p, tree_self(p->tree, node, 0),
						  tree_self(p->tree, node, 1));
		buf_add(b, STR("\nself "));
		diff_words_add_values(b, &self);
	}
	if (paint_is_noise(&p->options->colors, node))
		buf_add(b, STR("\nnot significant"));
}

/* "31.4 % match ^std::" */
static void add_highlight(struct picture *p)
{
	struct buf *b = &p->words[PICTURE_SUBTITLE];
	int64_t sum = find_hits(p);
	separate(b);
	picture_share(b, p->whole ? (double)sum / (double)p->whole : 0);
	buf_add(b, STR(" match "));
	buf_add(b, p->options->highlight);
}

/* "4,812 narrow frames not drawn (0.7 %)" */
static void make_footer(struct picture *p)
{
	struct buf *b = &p->words[PICTURE_FOOTER];
	if (p->layout.hidden == 0)
		return;
	num_add_grouped(b, p->layout.hidden);
	buf_add(b, p->layout.hidden == 1 ? STR(" narrow frame") : STR(" narrow frames"));
	buf_add(b, STR(" not drawn ("));
	picture_share(b, p->layout.total
		      ? (double)p->layout.hidden_value / (double)p->layout.total : 0);
	buf_addc(b, ')');
}

/* Boxes */

static bool is_hit(const struct picture *p, uint32_t frame)
{
	return frame != ID_NONE && p->hits[p->profile->frames[frame].name];
}

static double row_y(const struct picture *p, uint32_t depth)
{
	double row = p->options->inverted ? depth : p->layout.depth - depth;
	return p->frames_y + row * p->options->height;
}

bool picture_hatch(double x, double y, double w, double h, unsigned number,
		   struct picture_segment *s)
{
	enum { STEP = 7 };
	double at = (number + .5) * STEP - h;
	if (at >= w)
		return false;
	double skip = at < 0 ? -at : 0, cut = at + h > w ? at + h - w : 0;
	*s = (struct picture_segment){ x + at + skip, y + h - skip, x + at + h - cut, y + cut };
	return true;
}

/* Lines that tell what is new, and what is gone. */
static void mark_change(const struct picture *p, const struct layout_box *box,
			struct picture_box *b)
{
	const struct node *n = &p->tree->nodes[box->node];
	const struct paint *colors = &p->options->colors;
	if (p->options->paint.diffusion)
		return;
	b->is_hatched = tree_is_gone(n);
	if (b->is_hatched)
		b->line = paint_hatch(colors, box->node);
	if (!tree_is_new(n))
		return;
	b->outline = b->w >= 8 ? 2 : b->w >= 4 ? 1 : 0;
	b->line = paint_outline(colors);
}

struct picture_box picture_box(const struct picture *p, const struct layout_box *box)
{
	struct picture_options *o = p->options;
	uint32_t frame = p->tree->nodes[box->node].frame;
	bool hit = p->hits && is_hit(p, frame);
	struct picture_box b = {
		.x = PICTURE_PAD + box->x,
		.y = row_y(p, box->depth),
		/* The gap is left free where there is room for it. */
		.w = box->w > 3 * PICTURE_GAP ? box->w - PICTURE_GAP : box->w * 2 / 3,
		.h = o->height - PICTURE_GAP,
		.color = hit ? o->hit : paint_node(&o->colors, box->node),
		.ink = p->look.label, .opacity = 1,
	};
	if (box->node < p->node) {
		b.ink = p->look.above;
		b.opacity = p->look.above_opacity;
	} else if (p->hits && !hit) {
		b.ink = p->look.faint;
		b.opacity = PICTURE_FAINT;
	}
	if (p->stacks->columns > 1 && frame != ID_NONE)
		mark_change(p, box, &b);
	if (frame != ID_NONE && paint_has_edge(&o->colors, frame))
		b.edge = b.w < 6 ? b.w / 3 : 2;
	b.text_x = b.x + PICTURE_INSET;
	b.text_y = b.y + b.h / 2 + o->fontsize * .35;
	return b;
}

bool picture_label(const struct picture *p, const struct layout_box *box,
		   const struct picture_box *drawn, struct buf *b)
{
	const struct picture_options *o = p->options;
	unsigned columns = label_columns(drawn->w, o->fontsize * o->fontwidth,
					 PICTURE_INSET);
	if (p->tree->nodes[box->node].frame != ID_NONE)
		return label_add(b, picture_name(p, box), columns, o->cut);
	struct buf all = { 0 };
	buf_add(&all, STR("all · "));
	picture_quantity(p, &all, p->node || p->tree->widths
			 ? layout_value(p->tree, &p->tree->nodes[0]) : box->value);
	bool fits = label_add(b, buf_str(&all), columns, LABEL_RIGHT);
	buf_free(&all);
	return fits;
}

static size_t written_length(const struct picture *p, uint32_t text)
{
	struct str s = { NULL, 0 };
	if (text != ID_NONE && text != ID_SEVERAL)
		s = intern_text(&p->profile->text, text);
	size_t n = s.n;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '<' || s.p[i] == '>' || s.p[i] == '&' ? 3 : 0;
	return n;
}

/* About what the frames take in a file of XML: the box, numbers, names. */
static size_t written_bytes(const struct picture *p)
{
	enum { BOX_AND_NUMBERS = 190 };
	size_t sum = 0;
	for (uint32_t i = 1; i < p->layout.count; i++) {
		const struct frame *f = &p->profile->frames[
			p->tree->nodes[p->layout.boxes[i].node].frame];
		sum += BOX_AND_NUMBERS + written_length(p, f->name) +
		       written_length(p, f->module) +
		       (f->full == f->name ? 0 : written_length(p, f->full));
	}
	return sum;
}

static void choose_boxes(struct picture *p)
{
	const struct picture_options *o = p->options;
	double total = o->total * pow(10, p->stacks->scale);
	struct layout_options layout = {
		.node = p->node,
		.width = o->width - 2 * PICTURE_PAD,
		.min_width = o->min_width,
		.max_boxes = o->max_frames,
		.by_weight = o->by_weight,
		.total = total < 9e18 ? (int64_t)total : 0,
	};
	layout_make(&p->layout, p->tree, &layout);
	for (size_t bytes; o->max_bytes > 0 && p->layout.count > 1 &&
			   (bytes = written_bytes(p)) > o->max_bytes;) {
		double part = (double)o->max_bytes / (double)bytes;
		layout.max_boxes = (uint32_t)((p->layout.count - 1) * part) + 1;
		layout_free(&p->layout);
		layout_make(&p->layout, p->tree, &layout);
	}
	struct paint *colors = &p->options->colors;
	paint_judge(colors, o->changed);
	paint_begin(colors, p->tree);
	for (uint32_t i = 1; i < p->layout.count; i++) {
		uint32_t node = p->layout.boxes[i].node;
		paint_use(colors, p->tree->nodes[node].frame);
		if (p->stacks->columns > 1)
			paint_use_node(colors, node);
	}
	p->whole = p->layout.total;
	if (p->tree->widths) {
		p->whole = layout_value(p->tree, &p->tree->nodes[p->node]);
		if (p->whole < layout.total)
			p->whole = layout.total;
	}
	top_build(&p->top, p->tree, p->node);
}

/* The page */

static void place_lines(struct picture *p)
{
	double width = p->options->width - 2 * PICTURE_PAD;
	p->lines[PICTURE_TITLE] = (struct picture_line){
		.y = 35, .size = 18, .room = width / bold, .bold = true,
		.color = p->look.ink,
	};
	p->lines[PICTURE_SUBTITLE] = (struct picture_line){
		.y = 57, .size = 12, .room = width, .color = p->look.muted,
	};
	p->lines[PICTURE_FOOTER] = (struct picture_line){
		.y = p->height - 14, .size = 10, .room = width, .color = p->look.muted,
	};
	for (int i = 0; i < PICTURE_LINES; i++) {
		p->lines[i].x = PICTURE_PAD;
		p->lines[i].words = buf_str(&p->words[i]);
	}
}

static void place_parts(struct picture *p)
{
	struct picture_legend legend;
	struct picture_table table;
	p->frames_y = FRAMES_Y;
	p->frames_height = (p->layout.depth + 1) * p->options->height;
	p->legend_y = p->frames_y + p->frames_height + BETWEEN;
	picture_legend(p, &legend);
	p->table_y = p->legend_y + legend.height;
	picture_table(p, &table);
	p->height = p->table_y + PICTURE_PAD - BETWEEN;
	if (table.count)
		p->height += (table.count + 1) * PICTURE_ROW + BETWEEN;
	if (p->layout.hidden)
		p->height += FOOTER;
}

bool picture_make(struct picture *p, const struct tree *tree, struct picture_options *o,
		  struct buf *message)
{
	*p = (struct picture){
		.tree = tree, .stacks = tree->stacks, .profile = tree->stacks->profile,
		.options = o, .look = *looks[o->fixed_theme],
		.divisor = pow(10, tree->stacks->scale) / o->factor,
		.unit = o->countname.n ? o->countname : tree->stacks->unit,
	};
	if (o->fixed_theme < PICTURE_DARK || o->bgcolors)
		p->look.back = o->background;
	if (o->ui_color)
		p->look.ink = p->look.muted = o->ui;
	if (o->zoom.n && !(p->node = picture_zoom(tree, o->zoom, message)))
		return false;
	choose_boxes(p);
	make_title(p);
	make_subtitle(p);
	if (o->pattern && p->layout.total > 0)
		add_highlight(p);
	make_footer(p);
	place_parts(p);
	place_lines(p);
	return true;
}

void picture_free(struct picture *p)
{
	layout_free(&p->layout);
	top_free(&p->top);
	for (int i = 0; i < PICTURE_LINES; i++)
		buf_free(&p->words[i]);
	free(p->hits);
	*p = (struct picture){ 0 };
}
