/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/job.h"

/*
 * The accounting: what was read, what was not and why, and a hint when the
 * profile is bad.
 */

/*
 * At most three lines on standard error, all there is with --verbose, nothing
 * with --quiet.
 */
void report_words(const struct job *);

/* Why nothing is left to write. */
void report_nothing(const struct job *);

/*
 * Appends the filters that found nothing, "--hide=a, --show=b"; false when there are
 * none.
 */
bool report_add_unmatched(const struct job *, struct buf *);

/* For --list-metrics. */
void report_metrics(const struct job *, struct output *);

/* Samples in the input, wanted or not; of text that does not tell them, lines. */
uint64_t report_samples_read(const struct job *);

#endif
