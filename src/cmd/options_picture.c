/* SPDX-License-Identifier: Apache-2.0 */

/* What programs that draw share: what is in a picture, and what it looks like. */
#include "cmd/options.h"

#include <string.h>

#include "base/num.h"

static const char *const orders[] = { "name", "weight", NULL };
static const char *const labels[] = { "smart", "left", "right", "middle", NULL };
static const char *const shapes[] = { "union", "after", "before", NULL };
static const char *const views[] = { "callees", "callers", NULL };

static const char *set_view(void *to, const char *value)
{
	struct settings *settings = to;
	settings->want.reverse = strcmp(value, "callers") == 0;
	return NULL;
}

static const char *set_seed(void *to, const char *value)
{
	struct settings *settings = to;
	return num_u64(str_of(value), &settings->picture.paint.seed) ? NULL
		: "not a whole number";
}

static const char *set_map(void *to, const char *value)
{
	struct settings *settings = to;
	(void)value;
	settings->picture.paint.map = "palette.map";
	return NULL;
}

const struct opt options_picture[] = {
	{ .name = "title", .kind = OPT_STR, OPT_AT(picture.title), .argument = "TEXT",
	  .help = "heading; the recorded command or the file name by default" },
	{ .name = "subtitle", .kind = OPT_STR, OPT_AT(picture.subtitle),
	  .argument = "TEXT",
	  .help = "second heading, in front of unit and total" },
	{ .name = "view", .kind = OPT_CALL, .call = set_view, .argument = "VIEW",
	  .choices = views,
	  .help = "merge stacks from the root (callees) or the leaf (callers)" },
	{ .name = "inverted", .letter = 'i', .kind = OPT_SET, OPT_AT(picture.inverted),
	  .help = "draw upside down, the root on top" },
	{ .name = "order", .kind = OPT_TEXT, OPT_AT(picture.order), .argument = "ORDER",
	  .choices = orders, .help = "of neighbours: name (default) or weight" },
	{ .name = "flamechart", .kind = OPT_SET, OPT_AT(want.in_order),
	  .help = "frames in the order of the input, which is time; nothing is merged" },
	{ .name = "shape", .kind = OPT_TEXT, OPT_AT(picture.shape), .argument = "SHAPE",
	  .choices = shapes,
	  .help = "of a difference: union (default) with what is gone, after, or before" },
	{ .name = "minwidth", .kind = OPT_TEXT, OPT_AT(picture.minwidth),
	  .argument = "WIDTH",
	  .help = "do not draw frames narrower than this, in pixels or % (0.5)" },
	{ .name = "max-frames", .kind = OPT_UNSIGNED, OPT_AT(picture.max_frames),
	  .argument = "N", .max = UINT32_MAX,
	  .help = "do not draw the narrowest frames beyond N (5000); 0 draws all" },
	{ .name = "highlight", .kind = OPT_STR, OPT_AT(picture.highlight),
	  .argument = "RE",
	  .help = "mark functions that match, and tell their share" },
	{ .name = "total", .kind = OPT_NUMBER, OPT_AT(picture.total), .argument = "N",
	  .max = 9e18, .help = "value of the whole width, when more than the profile's" },
	{ .name = "factor", .kind = OPT_NUMBER, OPT_AT(picture.factor), .argument = "N",
	  .min = 1e-9, .max = 1e9, .help = "multiply the values that are shown" },
	{ .name = "countname", .kind = OPT_STR, OPT_AT(picture.countname),
	  .argument = "WORD",
	  .help = "word for the unit" },
	{ 0 },
};

const struct opt options_looks[] = {
	{ .name = "colors", .letter = 'c', .kind = OPT_TEXT, OPT_AT(picture.paint.colors),
	  .argument = "PALETTE", .complete = OPT_COMPLETE_FILE,
	  .help = "auto (default), module, kind, hot, mem, io, java or others, or a "
		  "palette file; see fg-palette(5)" },
	{ .name = "color", .same = "colors" },
	{ .name = "color-rules", .kind = OPT_TEXT, OPT_AT(picture.paint.rules),
	  .argument = "FILE", .complete = OPT_COMPLETE_FILE,
	  .help = "colours of your own for some functions; see fg-palette(5)" },
	{ .name = "cp", .kind = OPT_CALL, .call = set_map,
	  .help = "keep the colours of functions in the file palette.map" },
	{ .name = "colordiffusion", .kind = OPT_SET, OPT_AT(picture.paint.diffusion),
	  .help = "the wider, the redder" },
	{ .name = "negate", .kind = OPT_SET, OPT_AT(picture.paint.negate),
	  .help = "switch the colours of a difference" },
	{ .name = "random", .kind = OPT_SET, OPT_AT(picture.paint.random),
	  .help = "any colour of the palette, whatever the name" },
	{ .name = "seed", .kind = OPT_CALL, .call = set_seed, .argument = "N",
	  .help = "which colours --random picks (0)" },
	{ .name = "bgcolors", .kind = OPT_TEXT, OPT_AT(picture.bgcolors),
	  .argument = "COLOR",
	  .help = "background: yellow, blue, green, grey or #rrggbb" },
	{ .name = "uicolor", .kind = OPT_TEXT, OPT_AT(picture.ui_color),
	  .argument = "COLOR",
	  .help = "of the text around the frames" },
	{ .name = "search-color", .kind = OPT_TEXT, OPT_AT(picture.search_color),
	  .argument = "COLOR", .help = "of what was found" },
	{ .name = "stroke-color", .kind = OPT_TEXT, OPT_AT(picture.stroke_color),
	  .argument = "COLOR", .help = "of lines around frames; none by default" },
	{ .name = "width", .kind = OPT_NUMBER, OPT_AT(picture.width), .argument = "PX",
	  .min = 200, .max = 100000, .help = "width of the picture (1200)" },
	{ .name = "height", .kind = OPT_NUMBER, OPT_AT(picture.height), .argument = "PX",
	  .min = 4, .max = 200, .help = "height of a row (18)" },
	{ .name = "label", .kind = OPT_TEXT, OPT_AT(picture.label), .argument = "SIDE",
	  .choices = labels,
	  .help = "where names are cut: smart (default), left, right or middle" },
	{ .name = "fonttype", .kind = OPT_STR, OPT_AT(picture.fonttype),
	  .argument = "FONT",
	  .help = "font of all text" },
	{ .name = "fontsize", .kind = OPT_NUMBER, OPT_AT(picture.fontsize),
	  .argument = "PX",
	  .min = 4, .max = 100, .help = "size of labels (11.5)" },
	{ .name = "fontwidth", .kind = OPT_NUMBER, OPT_AT(picture.fontwidth),
	  .argument = "N",
	  .min = .1, .max = 10,
	  .help = "width of a character of labels in parts of its size (0.61)" },
	{ 0 },
};
