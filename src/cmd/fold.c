/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/fold.h"

#include "cmd/job.h"
#include "write/folded.h"

static int write_folded(const struct job *job)
{
	static struct output out;
	const struct settings *s = job->settings;
	struct folded_options options = {
		.marks = s->marks, .header = !s->no_header,
	};
	if (!job_open_output(s, &out, JOB_TEXT))
		return 2;
	folded_write(&job->stacks, &options, &out);
	return job_close_output(&out);
}

int fold(const struct face *face, int argc, char **argv)
{
	struct settings settings;
	int status = options_parse(face, &settings, argc, argv);
	if (status >= 0)
		return status;
	struct job job;
	status = job_run(&job, &settings);
	if (status < 0)
		status = write_folded(&job);
	job_free(&job);
	options_free(&settings);
	return status;
}
