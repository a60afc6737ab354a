/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_WRITER_H
#define WRITE_WRITER_H

#include "io/output.h"
#include "model/stacks.h"

/*
 * A format that fg-convert writes: one file, one struct, one line in cmd/convert.c.  The
 * same stacks give the same bytes.
 */
struct writer {
	const char *name;        /* as typed after -t */
	const char *title;
	const char *suffixes[4]; /* of file names that mean it, NULL behind the last */
	const char *beginning;   /* of the same, without folders; NULL: none */
	bool is_rich;            /* carries places and all metrics: the stacks were selected
				    with want->places */
	bool is_timed;           /* tells when each sample was: the profile has moments */
	bool is_whole;           /* has whole numbers only */
	bool is_binary;          /* nothing to fill a terminal with */
	bool keeps_rules;        /* writes also what the profile says of functions to leave
				    out, so that these are kept */
	/* False, with words in *why, when the stacks are too much for it. */
	bool (*write)(const struct stacks *, struct output *, struct buf *why);
};

#endif
