/* SPDX-License-Identifier: Apache-2.0 */

/* What fg-svg offers beyond the shared options. */
#include "cmd/options.h"

#include "base/alloc.h"

static const char *const orders[] = { "name", "weight", NULL };

static const char *nothing(void *settings, const char *value)
{
	(void)settings, (void)value;
	return NULL;
}

static const struct opt picture_rows[] = {
	{ .name = "title", .kind = OPT_STR, OPT_AT(svg.title), .argument = "TEXT",
	  .help = "heading; the recorded command or the file name by default" },
	{ .name = "subtitle", .kind = OPT_STR, OPT_AT(svg.subtitle), .argument = "TEXT",
	  .help = "second heading, in front of unit and total" },
	{ .name = "colors", .kind = OPT_TEXT, OPT_AT(svg.colors), .argument = "PALETTE",
	  .complete = OPT_COMPLETE_FILE,
	  .help = "auto (default), hot, mem, io, java, … or a palette file; see "
		  "fg-palette(5)" },
	{ .name = "color", .same = "colors" },
	{ .name = "hash", .kind = OPT_CALL, .call = nothing, .hidden = true,
	  .help = "accepted: colours always follow the name" },
	{ .name = "bgcolors", .kind = OPT_TEXT, OPT_AT(svg.bgcolors), .argument = "COLOR",
	  .help = "background: yellow, blue, green, grey or #rrggbb" },
	{ .name = "inverted", .letter = 'i', .kind = OPT_SET, OPT_AT(svg.inverted),
	  .help = "root on top" },
	{ .name = "order", .kind = OPT_TEXT, OPT_AT(svg.order), .argument = "ORDER",
	  .choices = orders, .help = "of neighbours: name (default) or weight" },
	{ .name = "width", .kind = OPT_NUMBER, OPT_AT(svg.width), .argument = "PX",
	  .min = 200, .max = 100000, .help = "width of the picture (1200)" },
	{ .name = "height", .kind = OPT_NUMBER, OPT_AT(svg.height), .argument = "PX",
	  .min = 4, .max = 200, .help = "height of a row (18)" },
	{ .name = "minwidth", .kind = OPT_TEXT, OPT_AT(svg.minwidth), .argument = "WIDTH",
	  .help = "leave out frames narrower than this, in pixels or % (0.1)" },
	{ .name = "max-frames", .kind = OPT_UNSIGNED, OPT_AT(svg.max_frames),
	  .argument = "N", .max = UINT32_MAX,
	  .help = "leave out the narrowest frames beyond N (5000); 0 draws all" },
	{ .name = "total", .kind = OPT_NUMBER, OPT_AT(svg.total), .argument = "N",
	  .max = 9e18, .help = "value of the whole width, when more than the profile's" },
	{ .name = "fonttype", .kind = OPT_STR, OPT_AT(svg.fonttype), .argument = "FONT",
	  .help = "font of all text" },
	{ .name = "fontsize", .kind = OPT_NUMBER, OPT_AT(svg.fontsize), .argument = "PX",
	  .min = 4, .max = 100, .help = "size of labels (11.5)" },
	{ .name = "countname", .kind = OPT_STR, OPT_AT(svg.countname), .argument = "WORD",
	  .help = "word for the unit" },
	{ .name = "nametype", .kind = OPT_STR, OPT_AT(svg.nametype), .argument = "WORD",
	  .help = "word in front of names, such as Function:" },
	{ .name = "notes", .kind = OPT_STR, OPT_AT(svg.notes), .argument = "TEXT",
	  .help = "a comment in the file" },
	{ .name = "no-javascript", .kind = OPT_SET, OPT_AT(svg.no_javascript),
	  .help = "a picture without script" },
	{ 0 },
};

static const struct opt_table svg_tables[] = {
	{ .title = "Picture", .rows = picture_rows },
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
