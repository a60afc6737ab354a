/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-convert: any profile to what other programs read.
 *
 *	options_parse()    options.c, options_convert.c: the command line
 *	convert_choose()   convert.c: what is written, and what that wants of the input
 *	convert_run()      reads with job.c, then the writer (write/pprof.c, ...)
 */
#include "cmd/convert.h"
#include "cmd/draw.h"
#include "write/folded.h"

static int write_folded(const struct settings *s)
{
	static struct output out;
	struct folded_options options = { .marks = s->marks, .header = true };
	struct job job;
	int status = job_run(&job, s);
	if (status < 0) {
		status = 2;
		if (job_open_output(s, &out, JOB_TEXT)) {
			folded_write(&job.stacks, &options, &out);
			status = job_close_output(&out);
		}
	}
	job_free(&job);
	return status;
}

static int draw_svg(struct settings *settings)
{
	settings->want.full_names = true;        /* for tooltips */
	int status = draw(settings, draw_svg_check, draw_svg_write);
	svg_options_free(&settings->svg);
	return status;
}

int main(int argc, char **argv)
{
	struct settings settings;
	int status = options_parse(&face_convert, &settings, argc, argv);
	if (status >= 0)
		return status;
	struct convert_target target = convert_choose(&settings);
	switch (target.way) {
	case CONVERT_WRITER: status = convert_run(&settings, target.writer); break;
	case CONVERT_FOLDED: status = write_folded(&settings); break;
	case CONVERT_SVG: status = draw_svg(&settings); break;
	case CONVERT_UNKNOWN: status = 2; break;
	}
	options_free(&settings);
	return status;
}
