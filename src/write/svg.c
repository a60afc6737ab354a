/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The parts of a picture from top to bottom: title, subtitle, frames
 * (svg_frames.c), legend (svg_legend.c), the functions that cost most
 * (svg_table.c), footer; then what cannot be seen: the call tree (svg_data.c) and
 * the viewer that draws from it.
 * Colour and geometry are attributes, never styles, so they survive where
 * styles are blocked.  Everything that comes from a profile or an option passes
 * output_xml(), and none of it is written into the script.
 */
#include "write/svg_drawing.h"

#include "base/embed.h"

static const struct str theme_classes[] = {
	[PICTURE_AUTO] = STR("fg"),
	[PICTURE_LIGHT] = STR("fg fg-light"), [PICTURE_PRINT] = STR("fg fg-light"),
	[PICTURE_DARK] = STR("fg fg-dark"),
};

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
	const struct picture *p = d->picture;
	const struct picture_options *o = p->options;
	struct str font = o->fonttype;
	output_lit(out, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
	if (d->options->links.count)
		output_lit(out, " xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
	output_lit(out, " class=\"");
	output_bytes(out, theme_classes[o->fixed_theme]);
	if (o->ui_color)
		output_lit(out, " fg-ui");
	output_lit(out, "\" viewBox=\"0 0 ");
	svg_number(out, o->width);
	output_char(out, ' ');
	svg_number(out, p->height);
	output_char(out, '"');
	svg_attribute(out, STR("width"), o->width);
	svg_attribute(out, STR("height"), p->height);
	output_lit(out, " font-family=\"");
	output_xml(out, font.n ? font : STR(TEXT_FONT));
	output_lit(out, "\" font-size=\"12\"");
	svg_color_attribute(out, STR("fill"), p->look.ink);
	output_lit(out, " role=\"group\" aria-label=\"");
	output_xml(out, p->lines[PICTURE_TITLE].words);
	output_lit(out, ". ");
	output_xml(out, p->lines[PICTURE_SUBTITLE].words);
	output_lit(out, "\">\n");
}

/* Which rules of the dark theme hold: those of the browser, all or none. */
static void put_styles(const struct drawing *d)
{
	struct output *out = d->out;
	enum picture_theme theme = d->picture->options->fixed_theme;
	output_lit(out, "<style><![CDATA[\n");
	put_viewer(out, STR("viewer.css"));
	if (theme == PICTURE_AUTO)
		output_lit(out, "@media (prefers-color-scheme: dark) {\n");
	if (theme == PICTURE_AUTO || theme == PICTURE_DARK)
		put_viewer(out, STR("dark.css"));
	if (theme == PICTURE_AUTO)
		output_lit(out, "}\n");
	output_lit(out, "]]></style>\n");
}

static void begin_line(struct output *out, const struct picture_line *line,
		       struct str class)
{
	output_lit(out, "<text class=\"");
	output_bytes(out, class);
	output_char(out, '"');
	svg_attribute(out, STR("x"), line->x);
	svg_attribute(out, STR("y"), line->y);
}

static void end_line(struct drawing *d, const struct picture_line *line)
{
	output_char(d->out, '>');
	svg_fitted(d, line->words, line->room, line->size);
	output_lit(d->out, "</text>\n");
}

/* Of a line that is cut the viewer has to know all. */
static void put_head(struct drawing *d)
{
	struct output *out = d->out;
	const struct picture *p = d->picture;
	const struct picture_line *title = &p->lines[PICTURE_TITLE];
	const struct picture_line *sub = &p->lines[PICTURE_SUBTITLE];
	output_lit(out, "<title>");
	output_xml(out, title->words);
	output_lit(out, "</title>\n");
	put_styles(d);
	output_lit(out, "<rect class=\"fg-back\" width=\"100%\" height=\"100%\"");
	svg_color_attribute(out, STR("fill"), p->look.back);
	output_lit(out, "/>\n<g class=\"fg-head\">\n");
	begin_line(out, title, STR("fg-title"));
	svg_attribute(out, STR("font-size"), title->size);
	output_lit(out, " font-weight=\"600\"");
	end_line(d, title);
	begin_line(out, sub, STR("fg-sub"));
	svg_color_attribute(out, STR("fill"), sub->color);
	if (label_text_fit(sub->words, sub->room / sub->size).n < sub->words.n) {
		output_lit(out, " data-words=\"");
		output_xml(out, sub->words);
		output_char(out, '"');
	}
	end_line(d, sub);
	output_lit(out, "</g>\n");
}

static void put_footer(struct drawing *d)
{
	const struct picture_line *line = &d->picture->lines[PICTURE_FOOTER];
	if (line->words.n == 0)
		return;
	begin_line(d->out, line, STR("fg-foot"));
	svg_attribute(d->out, STR("font-size"), line->size);
	svg_color_attribute(d->out, STR("fill"), line->color);
	end_line(d, line);
}

static bool has_viewer(const struct drawing *d)
{
	return !d->options->no_javascript && d->picture->layout.total > 0;
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
	put_footer(d);
	if (has_viewer(d)) {
		svg_data(d);
		put_script(out);
	}
	output_lit(out, "</svg>\n");
}

void svg_write(const struct picture *p, const struct svg_options *o, struct output *out)
{
	struct drawing d = { .picture = p, .options = o, .out = out };
	put_all(&d);
	buf_free(&d.scratch);
}
