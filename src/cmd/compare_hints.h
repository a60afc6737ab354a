/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_COMPARE_HINTS_H
#define CMD_COMPARE_HINTS_H

#include "model/diff.h"
#include "model/filter.h"

/* Says on standard error what makes two sides hard to compare, and what helps. */
void compare_hints(const struct diff *);

/* Whether filters have left nothing of both sides, which it says then. */
bool compare_hints_nothing(const struct diff *, const struct filter *);

#endif
