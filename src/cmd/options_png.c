/* SPDX-License-Identifier: Apache-2.0 */

/* What fg-png offers beyond the shared options. */
#include "cmd/options.h"

#include <stdlib.h>

#include "base/alloc.h"

static const char *const types[] = { "png", "pdf", NULL };
static const char *const themes[] = { "light", "dark", "print", NULL };

static const struct opt png_rows[] = {
	{ .name = "to", .letter = 't', .kind = OPT_TEXT, OPT_AT(png.type),
	  .argument = "TYPE", .choices = types,
	  .help = "png or pdf; by default what the output is called, or png" },
	{ .name = "scale", .kind = OPT_NUMBER, OPT_AT(png.scale), .argument = "N",
	  .min = .1, .max = 20, .help = "pixels of a PNG for each of the picture (2)" },
	{ .name = "theme", .kind = OPT_TEXT, OPT_AT(picture.theme), .argument = "THEME",
	  .choices = themes,
	  .help = "light (default), dark, or print: black on white, boxes with lines" },
	{ .name = "transparent", .kind = OPT_SET, OPT_AT(png.transparent),
	  .help = "no background" },
	{ .name = "zoom", .kind = OPT_STR, OPT_AT(picture.zoom), .argument = "FRAME",
	  .help = "draw this function as wide as the picture, and what it called; or a "
		  "path, caller;function" },
	{ 0 },
};

static const struct opt_table png_tables[] = {
	OPTIONS_PICTURE,
	{ .title = "Image", .rows = png_rows },
	OPTIONS_SHARED,
};

static void set_defaults(struct settings *settings)
{
	picture_options_init(&settings->picture);
	settings->png.scale = 2;
	settings->png.date = getenv("SOURCE_DATE_EPOCH");
}

const struct face face_png = {
	.name = "fg-png",
	.usage = "[OPTION]... [FILE]...",
	.summary = "Draw a flame graph of a profile, as an image (PNG) or a page (PDF).",
	.manual = "fg-png(1)",
	.set_defaults = set_defaults,
	.tables = png_tables,
	.table_count = ARRAY_SIZE(png_tables),
};
