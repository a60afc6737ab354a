/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_FOLDED_H
#define WRITE_FOLDED_H

#include "io/output.h"
#include "model/stacks.h"

/*
 * Folded stacks, fg-folded(5): one line a stack, sorted frame by frame.
 */
struct folded_options {
	unsigned marks;          /* 1u << enum frame_kind of those that are marked */
	bool header;             /* "# unit: …" lines, unless values are plain counts */
};

void folded_write(const struct stacks *, const struct folded_options *, struct output *);

#endif
