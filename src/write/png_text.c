/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Where words are cut is known without asking a font, see model/label.h; so a
 * font only has to be near the widths that are counted with there.  Each kind of
 * text has a layout that is filled again for each line: making one is what costs.
 */
#include "write/png_text.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"
#include "io/output.h"

#define TEXT_FONT "Noto Sans,DejaVu Sans,Liberation Sans,sans-serif"
#define LABEL_FONT "DejaVu Sans Mono,Liberation Mono,Noto Sans Mono,monospace"

/* Longer lines are cut: a letter with 32,768 marks ends a program that shapes it. */
enum { BYTES_MAX = 16 * 1024 };

/* Text is not made narrower than that. */
static const double squeeze_least = .7;

struct png_text {
	cairo_t *cairo;
	PangoFontMap *map;
	PangoContext *context;
	PangoLayout *layouts[PNG_FONTS];
	struct buf shown;
	struct missing {
		uint64_t count;
		uint32_t first;
		bool of[3];      /* by enum package */
	} missing;
};

/* Characters without a font */

enum package { PACKAGE_CJK, PACKAGE_EMOJI, PACKAGE_CORE };

/* As Debian calls them. */
static const char *const packages[] = {
	[PACKAGE_CJK] = "fonts-noto-cjk",
	[PACKAGE_EMOJI] = "fonts-noto-color-emoji",
	[PACKAGE_CORE] = "fonts-noto-core",
};

static const struct {
	uint32_t from, to;
	enum package package;
} ranges[] = {
	{ 0x1100, 0x11ff, PACKAGE_CJK }, { 0x2600, 0x27bf, PACKAGE_EMOJI },
	{ 0x2b00, 0x2bff, PACKAGE_EMOJI }, { 0x2e80, 0xa4cf, PACKAGE_CJK },
	{ 0xa960, 0xa97f, PACKAGE_CJK }, { 0xac00, 0xd7ff, PACKAGE_CJK },
	{ 0xf900, 0xfaff, PACKAGE_CJK }, { 0xfe30, 0xfe4f, PACKAGE_CJK },
	{ 0xff00, 0xffef, PACKAGE_CJK }, { 0x1f000, 0x1faff, PACKAGE_EMOJI },
	{ 0x20000, 0x3ffff, PACKAGE_CJK },
};

static enum package package_of(uint32_t character)
{
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (character >= ranges[i].from && character <= ranges[i].to)
			return ranges[i].package;
	return PACKAGE_CORE;
}

static void note_missing(struct missing *m, const PangoLayoutLine *line)
{
	for (const GSList *run = line->runs; run; run = run->next) {
		const PangoGlyphString *glyphs = ((PangoGlyphItem *)run->data)->glyphs;
		for (int i = 0; i < glyphs->num_glyphs; i++) {
			uint32_t glyph = glyphs->glyphs[i].glyph;
			if (!(glyph & PANGO_GLYPH_UNKNOWN_FLAG))
				continue;
			uint32_t character = glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
			if (m->count++ == 0)
				m->first = character;
			m->of[package_of(character)] = true;
		}
	}
}

void png_text_tell(const struct png_text *t, struct buf *b)
{
	const struct missing *m = &t->missing;
	if (m->count == 0)
		return;
	num_add_grouped(b, (int64_t)m->count);
	buf_add(b, m->count == 1 ? STR(" character has") : STR(" characters have"));
	buf_addf(b, " no font here, as U+%04X, and a box instead; install", m->first);
	for (size_t i = 0; i < ARRAY_SIZE(packages); i++)
		if (m->of[i])
			buf_addf(b, " %s", packages[i]);
	buf_add(b, STR(" (Debian's names)\n"));
}

bool png_text_has_font(const struct png_text *t)
{
	pango_layout_set_text(t->layouts[PNG_TEXT], "a", 1);
	return pango_layout_get_unknown_glyphs_count(t->layouts[PNG_TEXT]) == 0;
}

/* Fonts */

/* A family as CSS and SVG write it: names may stand in quotes, which pango wants away. */
static void set_family(PangoFontDescription *font, struct str family)
{
	struct buf name = { 0 };
	for (size_t i = 0; i < family.n; i++)
		if (family.p[i] != '\'' && family.p[i] != '"')
			buf_addc(&name, family.p[i]);
	struct buf shown = { 0 };
	output_xml_shown(&shown, buf_str(&name));
	pango_font_description_set_family(font, buf_cstr(&shown));
	buf_free(&name);
	buf_free(&shown);
}

static PangoLayout *new_layout(PangoContext *context, struct str family, double size,
			       bool bold)
{
	PangoFontDescription *font = pango_font_description_new();
	PangoLayout *layout = pango_layout_new(context);
	PangoAttrList *attributes = pango_attr_list_new();
	set_family(font, family);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_SEMIBOLD :
						       PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	pango_layout_set_auto_dir(layout, FALSE);
	pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
	pango_layout_set_attributes(layout, attributes);
	pango_attr_list_unref(attributes);
	pango_font_description_free(font);
	return layout;
}

/* Letters stand where they would at any size, and look the same for everyone. */
static void open_context(struct png_text *t)
{
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	t->map = pango_cairo_font_map_new();
	t->context = pango_font_map_create_context(t->map);
	pango_cairo_context_set_font_options(t->context, options);
	pango_cairo_context_set_resolution(t->context, 96);
	pango_context_set_round_glyph_positions(t->context, FALSE);
	pango_context_set_language(t->context, pango_language_from_string("en"));
	cairo_font_options_destroy(options);
}

struct png_text *png_text_new(struct _cairo *cairo, const struct picture *p)
{
	struct str all = p->options->fonttype;
	struct str text = all.n ? all : STR(TEXT_FONT);
	struct str label = all.n ? all : STR(LABEL_FONT);
	double title = p->lines[PICTURE_TITLE].size;
	double small = p->lines[PICTURE_FOOTER].size;
	struct png_text *t = xcalloc(1, sizeof(*t));
	t->cairo = cairo;
	open_context(t);
	t->layouts[PNG_TITLE] = new_layout(t->context, text, title, true);
	t->layouts[PNG_TEXT] = new_layout(t->context, text, PICTURE_ROW_SIZE, false);
	t->layouts[PNG_HEAD] = new_layout(t->context, text, PICTURE_ROW_SIZE, true);
	t->layouts[PNG_SMALL] = new_layout(t->context, text, small, false);
	t->layouts[PNG_LABEL] = new_layout(t->context, label, p->options->fontsize,
					  false);
	return t;
}

void png_text_delete(struct png_text *t)
{
	for (int i = 0; i < PNG_FONTS; i++)
		g_object_unref(t->layouts[i]);
	g_object_unref(t->context);
	g_object_unref(t->map);
	buf_free(&t->shown);
	free(t);
}

/* Drawing */

static bool is_tall(const PangoRectangle *ink, const struct png_at *at)
{
	return at->above > 0 && (-ink->y > at->above * PANGO_SCALE ||
				 ink->y + ink->height > at->below * PANGO_SCALE);
}

void png_text_draw(struct png_text *t, enum png_font font, struct str text,
		   const struct png_at *at)
{
	if (text.n > BYTES_MAX)
		text = utf8_fit(str_head(text, BYTES_MAX), BYTES_MAX);
	buf_clear(&t->shown);
	output_xml_shown(&t->shown, text);
	pango_layout_set_text(t->layouts[font], t->shown.p, (int)t->shown.n);
	PangoLayoutLine *line = pango_layout_get_line_readonly(t->layouts[font], 0);
	PangoRectangle ink, logical;
	pango_layout_line_get_extents(line, &ink, &logical);
	double w = (double)logical.width / PANGO_SCALE;
	if (pango_layout_get_unknown_glyphs_count(t->layouts[font]) > 0)
		note_missing(&t->missing, line);
	cairo_save(t->cairo);
	cairo_translate(t->cairo, at->right ? at->x - w : at->x, at->y);
	bool wide = at->room > 0 && w > at->room;
	if ((wide && at->room / w < squeeze_least) || is_tall(&ink, at)) {
		cairo_rectangle(t->cairo, 0, -(at->above > 0 ? at->above : 1e4),
				at->room > 0 ? at->room : 1e5,
				at->above > 0 ? at->above + at->below : 2e4);
		cairo_clip(t->cairo);
	}
	if (wide)
		cairo_scale(t->cairo, fmax(at->room / w, squeeze_least), 1);
	cairo_move_to(t->cairo, 0, 0);
	pango_cairo_show_layout_line(t->cairo, line);
	cairo_restore(t->cairo);
}
