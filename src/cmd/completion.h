/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

#include "base/opt.h"

/*
 * What a shell needs to complete the options of a program, made from its
 * tables.
 */
enum completion_shell {
	COMPLETION_BASH,
	COMPLETION_ZSH,
	COMPLETION_FISH,
	COMPLETION_NAMES,        /* for tests: lines "--output<tab>-o<tab>FILE" */
};

/* The values of --completion, in the order of the enum, NULL-terminated. */
extern const char *const completion_shells[];

/* Appends the script for the program and, when not NULL, its second name. */
void completion_write(const struct opt_program *, const char *second_name,
		      enum completion_shell, struct buf *out);

#endif
