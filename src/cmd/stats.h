/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_STATS_H
#define CMD_STATS_H

#include "cmd/job.h"

/*
 * The accounting of report.h for machines: JSON into the file of --stats, if
 * there is one.  False with everything said when it cannot be written.
 */
bool stats_write(const struct job *);

/* The same to where others stand, too: an object and the end of its line. */
void stats_put(const struct job *, struct output *);

#endif
