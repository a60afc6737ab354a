/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "base/opt.h"
#include "model/filter.h"
#include "model/want.h"
#include "write/png.h"
#include "write/svg.h"
#include "write/top_views.h"

struct settings;

/*
 * The options of all programs.  What they share stands in options.c, the rest
 * and the face of a program in a file of its own.  A main() looks like this:
 *
 *	struct settings settings;
 *	int status = options_parse(&face_svg, &settings, argc, argv);
 *	if (status >= 0)
 *		return status;
 *	... settings.file_count files, none meaning standard input ...
 *	options_free(&settings);
 */
struct face {
	const char *name;            /* "fg-svg" */
	const char *second_name;     /* "flamegraph", also as "flamegraph.pl"; or NULL */
	const char *format_name;     /* "pprof2folded": as with --from=format; or NULL */
	const char *format;
	const char *usage;
	const char *summary;
	const char *manual;
	void (*set_defaults)(struct settings *);     /* of its own part; may be NULL */
	bool writes_marks;           /* kinds without a mark are not told apart */
	const struct opt_table *tables;
	size_t table_count;
};

extern const struct face face_collapse, face_convert, face_diff, face_filter, face_svg, face_png, face_top;

struct settings {
	const char *name;            /* the program as it was called, without folders */
	bool compat;                 /* called by its second name, as scripts do */

	const char *const *files;
	size_t file_count;           /* 0: standard input */

	const char *output;          /* NULL: standard output */
	const char *from;            /* name of a format; NULL: recognised */
	const char *stats;           /* file for the accounting; NULL: none */
	bool quiet, verbose;
	bool list_formats, identify, list_metrics;   /* do this instead */
	bool may_be_empty;           /* filters may leave nothing of it */

	/* What the input is read for.  Its lists live here. */
	struct want want;

	bool names_given;            /* how names are written was said */

	/* fg-convert */
	const char *to;              /* name of a format; NULL: the output's name tells */

	/* fg-collapse */
	unsigned marks;              /* 1u << enum frame_kind of those that are marked */
	bool no_header;

	/* Who draws: to be checked by picture_check() */
	struct picture_options picture;

	/* fg-svg: to be checked by svg_check() */
	struct svg_options svg;

	/* fg-png: to be checked by png_check() */
	struct png_options png;

	/* fg-diff: to be checked by compare() */
	struct diff_settings {
		struct opt_list before, after;   /* files of the sides */
		struct opt_list reports;         /* "FORMAT[=FILE]" */
		struct opt_list rules, rule_files;
		const char *to;                  /* what is written; NULL: as "output" says */
		const char *normalize;           /* "none", "total" or a function */
		double rate;                     /* of false discoveries, % */
		unsigned limit;
		bool no_stable_names, strip_hex, no_significance, force;
	} diff;

	/* fg-top */
	struct top_views_options top;
	const char *peek;            /* the regular expression */
	unsigned top_limit;          /* UINT32_MAX: as usual */
	bool grouped;                /* tables have a section for each group */

	/* What options_parse() makes the above of. */
	bool help, version;
	int completion;              /* enum completion_shell, or -1 */
	bool kernel, jit, all, no_marks;
	unsigned threads;
	struct opt_list tagroot, tagleaf;
	struct opt_list event_filter, suppressions, maps;
	struct settings_filters {
		struct settings_filter {
			enum filter_kind kind;
			const char *value;
		} *items;
		size_t count, capacity;
	} filters;
	struct opt_parsed parsed;
};

/*
 * Fills *settings from the defaults of the face and the command line, and
 * tells base/message the program's name.  Returns -1 when there is work to do;
 * else everything is said already (--help, --version, --completion, a wrong
 * command line, or the usage because nothing is there to read) and the result
 * is the exit status.
 */
int options_parse(const struct face *, struct settings *settings, int argc,
		  char *const *argv);
void options_free(struct settings *);

/* Makes settings->want.filter of the filters; false when one is wrong, which is said. */
bool options_finish_filters(struct settings *);
void options_free_filters(struct settings *);

/* Prints a text with a mark under this byte of it; of a long text what is around it. */
void options_show_place(struct str text, size_t at);

/* Says what is wrong with the value of an option, which is freed, and where. */
void options_say_wrong(const char *option, const char *value, struct match_error *);

/* For tables: the place of a row's value, and the tables that all programs share. */
#define OPT_AT(member) .offset = offsetof(struct settings, member)
#define OPTIONS_SHARED                                           \
	{ .title = "Reading", .rows = options_reading },         \
	{ .title = "Filtering", .rows = options_filter },        \
	{ .title = "Recordings", .rows = options_recording },    \
	{ .title = "General", .rows = options_general }

/* And those that programs that draw share. */
#define OPTIONS_PICTURE                                          \
	{ .title = "Picture", .rows = options_picture },         \
	{ .title = "Looks", .rows = options_looks }

extern const struct opt options_reading[], options_filter[], options_general[];
extern const struct opt options_recording[];
extern const struct opt options_picture[], options_looks[];

#endif
