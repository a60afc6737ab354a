/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_FILTER_H
#define MODEL_FILTER_H

#include "model/profile.h"
#include "model/want.h"

/*
 * What --skip-after, --show-from and --no-idle take away.  Every distinct frame
 * is judged once; a stack is then filtered by its frame ids.
 */
struct filter {
	bool active;             /* else filter_apply() changes nothing */
	bool needs_show_from;    /* stacks that --show-from does not match are dropped */
	uint8_t *flags;          /* by frame id */
};

/* False when a regular expression is wrong; why is then appended to *message. */
bool filter_check(const struct want *, struct buf *message);

/* The first of --skip-after that is the name of no frame; NULL when there is none. */
const char *filter_unmatched(const struct profile *, const struct want *);

/* Judges the frames of the profile; want must have passed filter_check(). */
void filter_init(struct filter *, const struct profile *, const struct want *);
void filter_free(struct filter *);

/*
 * What remains of a stack whose frames are given root first: returns how many
 * frames to leave out at the root, -1 to drop the stack.  *cut: one of its
 * functions is where it shall begin, so no process name stands above.
 */
int64_t filter_apply(const struct filter *, const uint32_t *frames, uint32_t depth,
		     bool *cut);

#endif
