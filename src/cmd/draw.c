/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/draw.h"

#include <math.h>

#include "base/message.h"
#include "model/tree.h"

static void warn_of_total(const struct tree *tree, const struct picture_options *options)
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
static int write_map(struct picture_options *options)
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

static int write_picture(struct settings *settings, const struct picture *picture,
			 draw_write *write)
{
	static struct output out;
	struct draw_words words = { 0 };
	int status = 2;
	if (job_open_output(settings, &out, JOB_PICTURE)) {
		if (write(picture, settings, &out, &words))
			status = job_close_output(&out);
		else
			job_discard_output(&out);
	}
	if (words.error.n)
		message_error("%s", buf_cstr(&words.error));
	else if (!settings->quiet)
		warn_each(buf_str(&words.warnings));
	buf_free(&words.error);
	buf_free(&words.warnings);
	return status;
}

static bool make_picture(struct picture *picture, const struct tree *tree,
			 struct settings *settings)
{
	struct buf message = { 0 };
	bool ok = picture_make(picture, tree, &settings->picture, &message);
	if (!ok)
		message_error("%s", buf_cstr(&message));
	else if (!settings->quiet)
		warn_each(buf_str(&message));
	buf_free(&message);
	return ok;
}

int draw_tree(const struct tree *tree, struct settings *settings, draw_write *write)
{
	struct picture_options *options = &settings->picture;
	struct picture picture;
	if (!settings->quiet)
		warn_of_total(tree, options);
	if (!make_picture(&picture, tree, settings))
		return 2;
	int status = write_picture(settings, &picture, write);
	if (status == 0 && options->paint.map)
		status = write_map(options);
	if (!settings->quiet)
		warn_each(paint_warnings(&options->colors));
	picture_free(&picture);
	return status;
}

static int draw_job(const struct job *job, struct settings *settings, draw_write *write)
{
	struct tree tree;
	if (!tree_build(&tree, &job->stacks)) {
		message_error("more than 4 billion different call paths");
		return 2;
	}
	tree_shape(&tree, settings->picture.drawn_shape);
	int status = draw_tree(&tree, settings, write);
	tree_free(&tree);
	return status;
}

bool draw_prepare(struct settings *settings, draw_check *check)
{
	struct buf message = { 0 }, warnings = { 0 };
	bool ok = picture_check(&settings->picture, &message, &warnings);
	if (ok && !check(settings, &message, &warnings)) {
		picture_options_free(&settings->picture);
		ok = false;
	}
	if (!ok)
		message_error("%s", buf_cstr(&message));
	else if (!settings->quiet)
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

int draw(struct settings *settings, draw_check *check, draw_write *write)
{
	if (!draw_prepare(settings, check))
		return 2;
	struct job job;
	int status = job_run(&job, settings);
	if (status < 0) {
		settings->picture.source = source_name(&job);
		status = draw_job(&job, settings, write);
	}
	job_free(&job);
	picture_options_free(&settings->picture);
	return status;
}
