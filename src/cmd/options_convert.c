/* SPDX-License-Identifier: Apache-2.0 */

/* What fg-convert offers beyond the shared options. */
#include "cmd/options.h"

#include "base/alloc.h"

static const char *const formats[] = {
	"folded", "otlp", "otlp-json", "pprof", "speedscope", "svg", "tree", NULL,
};

static const struct opt convert_rows[] = {
	{ .name = "to", .letter = 't', .kind = OPT_TEXT, OPT_AT(to), .argument = "FORMAT",
	  .choices = formats,
	  .help = "what to write: folded, otlp, otlp-json, pprof, speedscope, svg or tree; "
		  "without it the name of -o tells" },
	{ 0 },
};

static const struct opt_table convert_tables[] = {
	{ .title = "Conversion", .rows = convert_rows },
	OPTIONS_SHARED,
};

static void set_defaults(struct settings *settings)
{
	picture_options_init(&settings->picture);
}

const struct face face_convert = {
	.name = "fg-convert",
	.usage = "[OPTION]... -t FORMAT [FILE]...",
	.summary = "Read profiles and write them in the format of another program.",
	.manual = "fg-convert(1)",
	.set_defaults = set_defaults,
	.tables = convert_tables,
	.table_count = ARRAY_SIZE(convert_tables),
};
