/* SPDX-License-Identifier: Apache-2.0 */

/* What fg-svg offers beyond the shared options. */
#include "cmd/options.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/num.h"

static const char *const orders[] = { "name", "weight", NULL };
static const char *const labels[] = { "smart", "left", "right", "middle", NULL };
static const char *const themes[] = { "auto", "light", "dark", NULL };
static const char *const views[] = { "callees", "callers", NULL };

/* For options that ask for what is always so. */
static const char *nothing(void *settings, const char *value)
{
	(void)settings, (void)value;
	return NULL;
}

static const char *set_view(void *to, const char *value)
{
	struct settings *settings = to;
	settings->want.reverse = strcmp(value, "callers") == 0;
	return NULL;
}

static const char *set_encoding(void *settings, const char *value)
{
	(void)settings;
	if (strcasecmp(value, "utf-8") == 0 || strcasecmp(value, "utf8") == 0)
		return NULL;
	return "pictures are always UTF-8";
}

static const char *set_cut_right(void *to, const char *value)
{
	struct settings *settings = to;
	(void)value;
	settings->svg.label = "right";
	return NULL;
}

static const char *set_seed(void *to, const char *value)
{
	struct settings *settings = to;
	return num_u64(str_of(value), &settings->svg.paint.seed) ? NULL
		: "not a whole number";
}

static const char *set_map(void *to, const char *value)
{
	struct settings *settings = to;
	(void)value;
	settings->svg.paint.map = "palette.map";
	return NULL;
}

static const struct opt picture_rows[] = {
	{ .name = "title", .kind = OPT_STR, OPT_AT(svg.title), .argument = "TEXT",
	  .help = "heading; the recorded command or the file name by default" },
	{ .name = "subtitle", .kind = OPT_STR, OPT_AT(svg.subtitle), .argument = "TEXT",
	  .help = "second heading, in front of unit and total" },
	{ .name = "view", .kind = OPT_CALL, .call = set_view, .argument = "VIEW",
	  .choices = views,
	  .help = "merge stacks from the root (callees) or the leaf (callers)" },
	{ .name = "inverted", .letter = 'i', .kind = OPT_SET, OPT_AT(svg.inverted),
	  .help = "draw upside down, the root on top" },
	{ .name = "order", .kind = OPT_TEXT, OPT_AT(svg.order), .argument = "ORDER",
	  .choices = orders, .help = "of neighbours: name (default) or weight" },
	{ .name = "flamechart", .kind = OPT_SET, OPT_AT(want.in_order),
	  .help = "frames in the order of the input, which is time; nothing is merged" },
	{ .name = "detail", .kind = OPT_TEXT, OPT_AT(svg.detail), .argument = "WHAT",
	  .help = "what zooming can reveal: all, drawn or a number of frames (200000)" },
	{ .name = "minwidth", .kind = OPT_TEXT, OPT_AT(svg.minwidth), .argument = "WIDTH",
	  .help = "do not draw frames narrower than this, in pixels or % (0.5)" },
	{ .name = "max-frames", .kind = OPT_UNSIGNED, OPT_AT(svg.max_frames),
	  .argument = "N", .max = UINT32_MAX,
	  .help = "do not draw the narrowest frames beyond N (5000); 0 draws all" },
	{ .name = "highlight", .kind = OPT_STR, OPT_AT(svg.highlight), .argument = "RE",
	  .help = "mark functions that match, and tell their share" },
	{ .name = "total", .kind = OPT_NUMBER, OPT_AT(svg.total), .argument = "N",
	  .max = 9e18, .help = "value of the whole width, when more than the profile's" },
	{ .name = "factor", .kind = OPT_NUMBER, OPT_AT(svg.factor), .argument = "N",
	  .min = 1e-9, .max = 1e9, .help = "multiply the values that are shown" },
	{ .name = "countname", .kind = OPT_STR, OPT_AT(svg.countname), .argument = "WORD",
	  .help = "word for the unit" },
	{ .name = "nametype", .kind = OPT_STR, OPT_AT(svg.nametype), .argument = "WORD",
	  .help = "word in front of names, such as Function:" },
	{ .name = "nameattr", .kind = OPT_TEXT, OPT_AT(svg.nameattr), .argument = "FILE",
	  .complete = OPT_COMPLETE_FILE, .help = "links and tooltips of functions" },
	{ .name = "notes", .kind = OPT_STR, OPT_AT(svg.notes), .argument = "TEXT",
	  .help = "a comment in the file" },
	{ .name = "no-javascript", .kind = OPT_SET, OPT_AT(svg.no_javascript),
	  .help = "a picture without script, and without what the script would draw" },
	{ .name = "no-sort", .kind = OPT_CALL, .call = nothing, .hidden = true,
	  .help = "accepted: the order of the input does not matter" },
	{ .name = "pretty-xml", .kind = OPT_CALL, .call = nothing, .hidden = true,
	  .help = "accepted: a line has one element" },
	{ .name = "encoding", .kind = OPT_CALL, .call = set_encoding, .hidden = true,
	  .argument = "NAME", .help = "accepted when it is UTF-8" },
	{ 0 },
};

static const struct opt look_rows[] = {
	{ .name = "colors", .letter = 'c', .kind = OPT_TEXT, OPT_AT(svg.paint.colors),
	  .argument = "PALETTE", .complete = OPT_COMPLETE_FILE,
	  .help = "auto (default), module, kind, hot, mem, io, java or others, or a "
		  "palette file; see fg-palette(5)" },
	{ .name = "color", .same = "colors" },
	{ .name = "color-rules", .kind = OPT_TEXT, OPT_AT(svg.paint.rules),
	  .argument = "FILE", .complete = OPT_COMPLETE_FILE,
	  .help = "colours of your own for some functions; see fg-palette(5)" },
	{ .name = "cp", .kind = OPT_CALL, .call = set_map,
	  .help = "keep the colours of functions in the file palette.map" },
	{ .name = "colordiffusion", .kind = OPT_SET, OPT_AT(svg.paint.diffusion),
	  .help = "the wider, the redder" },
	{ .name = "negate", .kind = OPT_SET, OPT_AT(svg.paint.negate),
	  .help = "switch the colours of a difference" },
	{ .name = "random", .kind = OPT_SET, OPT_AT(svg.paint.random),
	  .help = "any colour of the palette, whatever the name" },
	{ .name = "seed", .kind = OPT_CALL, .call = set_seed, .argument = "N",
	  .help = "which colours --random picks (0)" },
	{ .name = "hash", .kind = OPT_CALL, .call = nothing, .hidden = true,
	  .help = "accepted: colours follow the name" },
	{ .name = "deterministic", .same = "hash" },
	{ .name = "theme", .kind = OPT_TEXT, OPT_AT(svg.theme), .argument = "THEME",
	  .choices = themes, .help = "auto (default, follows the browser), light or dark" },
	{ .name = "bgcolors", .kind = OPT_TEXT, OPT_AT(svg.bgcolors), .argument = "COLOR",
	  .help = "background: yellow, blue, green, grey or #rrggbb" },
	{ .name = "uicolor", .kind = OPT_TEXT, OPT_AT(svg.ui_color), .argument = "COLOR",
	  .help = "of the text around the frames" },
	{ .name = "search-color", .kind = OPT_TEXT, OPT_AT(svg.search_color),
	  .argument = "COLOR", .help = "of what was found" },
	{ .name = "stroke-color", .kind = OPT_TEXT, OPT_AT(svg.stroke_color),
	  .argument = "COLOR", .help = "of lines around frames; none by default" },
	{ .name = "width", .kind = OPT_NUMBER, OPT_AT(svg.width), .argument = "PX",
	  .min = 200, .max = 100000, .help = "width of the picture (1200)" },
	{ .name = "height", .kind = OPT_NUMBER, OPT_AT(svg.height), .argument = "PX",
	  .min = 4, .max = 200, .help = "height of a row (18)" },
	{ .name = "label", .kind = OPT_TEXT, OPT_AT(svg.label), .argument = "SIDE",
	  .choices = labels,
	  .help = "where names are cut: smart (default), left, right or middle" },
	{ .name = "truncate-text-right", .kind = OPT_CALL, .call = set_cut_right,
	  .hidden = true, .help = "the same as --label=right" },
	{ .name = "fonttype", .kind = OPT_STR, OPT_AT(svg.fonttype), .argument = "FONT",
	  .help = "font of all text" },
	{ .name = "fontsize", .kind = OPT_NUMBER, OPT_AT(svg.fontsize), .argument = "PX",
	  .min = 4, .max = 100, .help = "size of labels (11.5)" },
	{ .name = "fontwidth", .kind = OPT_NUMBER, OPT_AT(svg.fontwidth), .argument = "N",
	  .min = .1, .max = 10,
	  .help = "width of a character of labels in parts of its size (0.61)" },
	{ 0 },
};

static const struct opt_table svg_tables[] = {
	{ .title = "Picture", .rows = picture_rows },
	{ .title = "Looks", .rows = look_rows },
	OPTIONS_SHARED,
};

static void set_defaults(struct settings *settings)
{
	svg_options_init(&settings->svg);
}

const struct face face_svg = {
	.name = "fg-svg",
	.second_name = "flamegraph",
	.usage = "[OPTION]... [FILE]...",
	.summary = "Draw a flame graph of a profile, as an SVG to look at in a browser.",
	.manual = "fg-svg(1)",
	.set_defaults = set_defaults,
	.tables = svg_tables,
	.table_count = ARRAY_SIZE(svg_tables),
};
