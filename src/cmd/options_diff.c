/* SPDX-License-Identifier: Apache-2.0 */

/* What fg-diff offers beyond the shared options. */
#include "cmd/options.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "cmd/compare.h"

static const char *set_total(void *to, const char *value)
{
	struct settings *settings = to;
	(void)value;
	settings->diff.normalize = "total";
	return NULL;
}

static const struct opt diff_rows[] = {
	{ .name = "before", .kind = OPT_LIST, OPT_AT(diff.before), .argument = "FILE",
	  .complete = OPT_COMPLETE_FILE,
	  .help = "a file of what was, instead of the first one named; repeatable" },
	{ .name = "after", .kind = OPT_LIST, OPT_AT(diff.after), .argument = "FILE",
	  .complete = OPT_COMPLETE_FILE,
	  .help = "a file of what is, instead of the second one; repeatable" },
	{ .name = "to", .letter = 't', .kind = OPT_TEXT, OPT_AT(diff.to),
	  .argument = "TYPE", .choices = compare_types,
	  .help = "what to write: text, tsv, json, markdown, junit, folded, svg, png or "
		  "pdf; by default what the output is called, or text" },
	{ .name = "normalize", .kind = OPT_TEXT, OPT_AT(diff.normalize),
	  .argument = "HOW",
	  .help = "scale what was: none (default), total, or the name of a function "
		  "that is the same work on both sides" },
	{ .name = "normalize-total", .letter = 'n', .kind = OPT_CALL, .call = set_total,
	  .hidden = true, .help = "as --normalize=total" },
	{ .name = "stable-names", .kind = OPT_CLEAR, OPT_AT(diff.no_stable_names),
	  .hidden = true, .help = "leave out of names what changes from build to build, "
				  "the default" },
	{ .name = "no-stable-names", .kind = OPT_SET, OPT_AT(diff.no_stable_names),
	  .help = "names as they are, with numbers that change from build to build" },
	{ .name = "strip-hex", .letter = 's', .kind = OPT_SET, OPT_AT(diff.strip_hex),
	  .hidden = true, .help = "only leave out addresses: 0x12 becomes 0x..." },
	{ .name = "force", .kind = OPT_SET, OPT_AT(diff.force),
	  .help = "compare what has another unit or event" },
	{ 0 },
};

static const struct opt noise_rows[] = {
	{ .name = "fdr", .kind = OPT_NUMBER, OPT_AT(diff.rate), .argument = "PERCENT",
	  .min = 1e-6, .max = 50,
	  .help = "how many of the changes called significant may be chance (5)" },
	{ .name = "no-significance", .kind = OPT_SET, OPT_AT(diff.no_significance),
	  .help = "each change counts, noise, too" },
	{ .name = "fail-if", .kind = OPT_LIST, OPT_AT(diff.rules), .argument = "RULE",
	  .help = "end with status 1 when RULE holds, such as 'total(RE) > +5%'; "
		  "repeatable" },
	{ .name = "rules", .kind = OPT_LIST, OPT_AT(diff.rule_files), .argument = "FILE",
	  .complete = OPT_COMPLETE_FILE, .help = "a rule in each line of FILE; repeatable" },
	{ .name = "report", .kind = OPT_LIST, OPT_AT(diff.reports),
	  .argument = "TYPE[=FILE]",
	  .help = "report as text, tsv, json, markdown or junit to FILE; repeatable" },
	{ .name = "limit", .kind = OPT_UNSIGNED, OPT_AT(diff.limit), .argument = "N",
	  .max = UINT32_MAX,
	  .help = "functions in reports for people (30); 0 shows all" },
	{ 0 },
};

static const char *const themes[] = { "auto", "light", "dark", "print", NULL };

static const struct opt drawing_rows[] = {
	{ .name = "theme", .kind = OPT_TEXT, OPT_AT(picture.theme), .argument = "THEME",
	  .choices = themes,
	  .help = "auto (default, follows the browser), light, dark, or print" },
	{ .name = "detail", .kind = OPT_TEXT, OPT_AT(svg.detail), .argument = "WHAT",
	  .help = "what zooming can reveal: all, drawn or a number of frames (200000)" },
	{ .name = "no-javascript", .kind = OPT_SET, OPT_AT(svg.no_javascript),
	  .help = "an SVG without script, and without what the script would draw" },
	{ .name = "scale", .kind = OPT_NUMBER, OPT_AT(png.scale), .argument = "N",
	  .min = .1, .max = 20, .help = "pixels of a PNG for each of the picture (2)" },
	{ .name = "zoom", .kind = OPT_STR, OPT_AT(picture.zoom), .argument = "FRAME",
	  .help = "draw this function as wide as an image, and what it called" },
	{ 0 },
};

static const struct opt_table diff_tables[] = {
	{ .title = "Difference", .rows = diff_rows },
	{ .title = "Significance and rules", .rows = noise_rows },
	OPTIONS_PICTURE,
	{ .title = "Drawing", .rows = drawing_rows },
	OPTIONS_SHARED,
};

static void set_defaults(struct settings *settings)
{
	picture_options_init(&settings->picture);
	settings->png.scale = 2;
	settings->png.date = getenv("SOURCE_DATE_EPOCH");
	settings->diff.limit = 30;
	settings->diff.rate = 5;
}

const struct face face_diff = {
	.name = "fg-diff",
	.second_name = "difffolded",
	.usage = "[OPTION]... BEFORE AFTER",
	.summary = "Compare two profiles: a report, a picture, folded stacks, or a gate.",
	.manual = "fg-diff(1)",
	.set_defaults = set_defaults,
	.tables = diff_tables,
	.table_count = ARRAY_SIZE(diff_tables),
};
