/* SPDX-License-Identifier: Apache-2.0 */
#ifndef T_FOLD_H
#define T_FOLD_H

#include "io/input.h"
#include "io/output.h"
#include "model/stacks.h"
#include "read/reader.h"

/* Appends a whole file, by no code of ours; false, with errno, when it cannot be read. */
bool fold_slurp(const char *path, struct buf *out);

/*
 * For tests: bytes to folded bytes in memory, by the same calls as fg-collapse
 * makes.  Several inputs may be read into one, as pieces of a profile.
 */
struct fold {
	const struct reader *reader;
	const struct want *want;
	unsigned marks;          /* as in struct folded_options */
	bool header;
	struct profile profile;
	struct samples samples;
	struct stacks stacks;    /* after fold_select() */
};

void fold_init(struct fold *, const struct reader *, const struct want *,
	       unsigned marks, bool header);
void fold_free(struct fold *);

/* Reads all of the input.  False after an error, which the input then tells. */
bool fold_read(struct fold *, struct input *);

/*
 * Chooses events and sorts stacks, once, after the last input.  False when a sum does
 * not fit, or the metric is not there.
 */
bool fold_select(struct fold *);

/* Appends the folded text of what was selected. */
void fold_write(const struct fold *, struct buf *out);

/*
 * An output whose bytes stay in memory, for one writer at a time: open, write,
 * and have the bytes appended.
 */
struct output *fold_output_open(void);
void fold_output_close(struct output *, struct buf *out);

#endif
