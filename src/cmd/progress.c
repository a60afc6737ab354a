/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"

enum {
	SECONDS_HIDDEN = 2,      /* who is done by then sees no bar */
	BAR_COLUMNS = 30,
};

/* There is one bar: files are read one after the other. */
static struct {
	const char *name;
	struct timespec start;
	time_t last;             /* second it was drawn in */
	bool visible;
} progress;

static double seconds_since(const struct timespec *start)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void draw_progress(double seconds, uint64_t done, uint64_t size)
{
	struct buf line = { 0 };
	double part = (double)done / (double)size;
	buf_addf(&line, "\r%s: %3d %% [", progress.name, (int)(part * 100));
	for (int i = 0; i < BAR_COLUMNS; i++)
		buf_addc(&line, i < part * BAR_COLUMNS ? '=' : ' ');
	buf_addf(&line, "] ");
	num_add_quantity(&line, (double)done / seconds, STR("bytes"));
	buf_addf(&line, "/s, %d s left ", (int)(seconds / part - seconds + 0.5));
	fwrite(line.p, 1, line.n, stderr);
	fflush(stderr);
	buf_free(&line);
}

static void on_progress(void *context, uint64_t done, uint64_t size)
{
	(void)context;
	double seconds = seconds_since(&progress.start);
	if (seconds < SECONDS_HIDDEN || (time_t)seconds == progress.last || done == 0)
		return;
	progress.last = (time_t)seconds;
	progress.visible = true;
	draw_progress(seconds, done, size);
}

void progress_begin(struct input *in, const char *program)
{
	if (in->size == 0 || !isatty(STDERR_FILENO))
		return;
	progress.name = program;
	progress.last = 0;
	clock_gettime(CLOCK_MONOTONIC, &progress.start);
	in->progress = on_progress;
}

void progress_end(void)
{
	if (progress.visible)
		fputs("\r\033[K", stderr);
	progress.visible = false;
}
