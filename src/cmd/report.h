/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/job.h"

/*
 * The accounting: what was read, what was not and why, and a hint when the
 * profile is bad.
 */

/* At most three lines on standard error, all there is with --verbose, nothing with --quiet. */
void report_words(const struct job *);

/* Why nothing is left to write. */
void report_nothing(const struct job *);

/* The same for machines, to settings->stats; false with everything said when it cannot be written. */
bool report_stats(const struct job *);

/* For --list-metrics. */
void report_metrics(const struct job *, struct output *);

/* Sets a progress bar up for the input, on terminals and for files that take long. */
void report_progress(struct input *, const struct settings *);
void report_progress_end(void);

#endif
