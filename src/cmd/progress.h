/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include "io/input.h"

/*
 * A bar on standard error while a regular file is read for longer than two
 * seconds, when that is a terminal.
 */

/* Before the input is read; the program's name stands in front of the bar. */
void progress_begin(struct input *, const char *program);

/* Erases the bar, if it was drawn. */
void progress_end(void);

#endif
