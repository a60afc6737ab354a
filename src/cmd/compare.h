/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_COMPARE_H
#define CMD_COMPARE_H

#include "cmd/draw.h"

/* What can be written, for the option; NULL-terminated. */
extern const char *const compare_types[];

/* Who can draw images. */
struct compare_images {
	draw_check *check;
	draw_write *write;
};

/*
 * All that fg-diff does.  Without images it becomes fg-png when one is asked for.
 * Returns the exit status: 1 when a rule failed, 2 when something else did, or with
 * --strict a rule was inconclusive.
 */
int compare_main(int argc, char **argv, const struct compare_images *);

/* Whether a program called like this is fg-diff. */
bool compare_is_meant(const char *called);

#endif
