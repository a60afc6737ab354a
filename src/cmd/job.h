/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_JOB_H
#define CMD_JOB_H

#include "cmd/options.h"
#include "io/input.h"
#include "model/quality.h"
#include "model/stacks.h"
#include "read/reader.h"

/*
 * What every program does first: read its files into one profile, choose what
 * will be shown, tell people about it.
 *
 *	struct job job;
 *	int status = job_run(&job, &settings);
 *	if (status < 0)
 *		... write job.stacks ...
 *	job_free(&job);
 */
struct job {
	const struct settings *settings;
	struct profile profile;
	struct samples samples;
	struct stacks stacks;
	struct quality quality;
	uint32_t *events;            /* chosen */
	unsigned event_count;

	struct job_file {
		struct input input;      /* kept open for its warnings */
		const struct reader *reader;
		uint64_t samples;        /* read from it */
	} *files;
	size_t file_count;
};

/* Returns -1 when job->stacks is there to be written, else the exit status. */
int job_run(struct job *, const struct settings *);
void job_free(struct job *);

/*
 * Whether a file in its profiler's own format was read: then there is something
 * to account for.
 */
bool job_read_raw(const struct job *);

/*
 * Whether what is shown was counted one by one, as memory and instructions are: nothing is
 * estimated from samples, and the same again would be the same.
 */
bool job_is_exact(const struct job *);

/* Whether the output is text that people read, or would fill a terminal with junk. */
enum job_output { JOB_TEXT, JOB_PICTURE };

/*
 * Opens the output; false with everything said when it cannot be, or when it is
 * a picture and would go to a terminal.
 */
bool job_open_output(const struct settings *, struct output *, enum job_output);

/* Gives up what was opened: nothing half-written stays. */
void job_discard_output(struct output *);

/* Closes it; returns the exit status. */
int job_close_output(struct output *);

#endif
