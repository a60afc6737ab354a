/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_FOLD_H
#define CMD_FOLD_H

#include "cmd/options.h"

/* The whole of a program that writes folded stacks; returns the exit status. */
int fold(const struct face *, int argc, char **argv);

#endif
