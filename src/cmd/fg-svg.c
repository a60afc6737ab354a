/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-svg: any profile to an interactive flame graph.
 *
 *	options_parse()    options.c, options_svg.c: the command line
 *	job_run()          job.c: reads, chooses, filters; see fg-collapse.c
 *	tree_build()       model/tree.c: stacks merged by their beginnings
 *	svg_write()        write/svg.c, with model/layout.c and model/paint.c
 */
#include <math.h>

#include "base/message.h"
#include "cmd/job.h"
#include "model/tree.h"
#include "write/svg.h"

static void warn_of_total(const struct tree *tree, const struct svg_options *options)
{
	double total = (double)tree->nodes[0].total[tree->stacks->columns - 1] /
		       pow(10, tree->stacks->scale);
	if (options->total > 0 && options->total < total)
		message_warning("--total=%g is less than what the profile sums up to, "
				"%.0f: it is not used", options->total, total);
}

static void warn_each(struct str lines)
{
	while (lines.n > 0) {
		struct str line = str_cut(&lines, '\n');
		message_warning("%.*s", STR_ARG(line));
	}
}

/* The file that keeps the colours of functions for the next picture. */
static int write_map(struct svg_options *options)
{
	static struct output out;
	struct buf text = { 0 };
	paint_map_text(&options->colors, &text);
	bool good = output_open(&out, options->paint.map);
	if (good)
		output_bytes(&out, buf_str(&text));
	else
		message_error("%s", output_message(&out));
	buf_free(&text);
	return good ? job_close_output(&out) : 2;
}

static int write_svg(const struct job *job, struct svg_options *options)
{
	static struct output out;
	struct tree tree;
	if (!tree_build(&tree, &job->stacks)) {
		message_error("more than 4 billion different call paths");
		return 2;
	}
	if (!job->settings->quiet)
		warn_of_total(&tree, options);
	int status = 2;
	if (job_open_output(job->settings, &out, JOB_PICTURE)) {
		svg_write(&tree, options, &out);
		status = job_close_output(&out);
	}
	if (status == 0 && options->paint.map)
		status = write_map(options);
	if (!job->settings->quiet)
		warn_each(paint_warnings(&options->colors));
	tree_free(&tree);
	return status;
}

static bool check_options(struct svg_options *options, bool quiet)
{
	struct buf message = { 0 }, warnings = { 0 };
	bool ok = svg_check(options, &message, &warnings);
	if (!ok)
		message_error("%s", buf_cstr(&message));
	else if (!quiet)
		warn_each(buf_str(&warnings));
	buf_free(&message);
	buf_free(&warnings);
	return ok;
}

/* For the title; nothing for standard input. */
static struct str source_name(const struct job *job)
{
	const struct input *in = &job->files[0].input;
	return job->settings->file_count ? str_basename(str_of(in->name)) :
					   (struct str){ NULL, 0 };
}

int main(int argc, char **argv)
{
	struct settings settings;
	int status = options_parse(&face_svg, &settings, argc, argv);
	if (status >= 0)
		return status;
	struct svg_options options = settings.svg;
	if (!check_options(&options, settings.quiet)) {
		options_free(&settings);
		return 2;
	}
	settings.want.full_names = true;         /* for tooltips */
	struct job job;
	status = job_run(&job, &settings);
	if (status < 0) {
		options.source = source_name(&job);
		status = write_svg(&job, &options);
	}
	job_free(&job);
	svg_options_free(&options);
	options_free(&settings);
	return status;
}
