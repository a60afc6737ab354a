/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_COMPARE_HINTS_H
#define CMD_COMPARE_HINTS_H

#include "model/diff.h"

/* Says on standard error what makes two sides hard to compare, and what helps. */
void compare_hints(const struct diff *);

#endif
