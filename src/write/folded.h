/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_FOLDED_H
#define WRITE_FOLDED_H

#include "io/output.h"
#include "model/stacks.h"

/*
 * Folded stacks, fg-folded(5): one line a stack, sorted frame by frame.
 */
struct folded_options {
	unsigned marks;          /* a bit 1u << kind for each kind of frame that is marked */
	bool header;             /* "# unit: …" lines, where the numbers are not plain counts */
};

void folded_write(const struct stacks *, const struct folded_options *, struct output *);

#endif
