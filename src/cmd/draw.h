/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_DRAW_H
#define CMD_DRAW_H

#include "cmd/job.h"
#include "model/picture.h"

/*
 * What programs that draw do, whatever they write: check the options, read,
 * choose, make the page, write it, keep the palette map.
 */

/* What a writer has to tell, a line each. */
struct draw_words {
	struct buf error;        /* why it failed */
	struct buf warnings;
};

/* Checks the options of one program, see picture_check(). */
typedef bool draw_check(struct settings *, struct buf *message, struct buf *warnings);

/* Writes the picture; false when it cannot be drawn, which is told in words->error. */
typedef bool draw_write(const struct picture *, struct settings *, struct output *,
			struct draw_words *words);

/* Returns the exit status. */
int draw(struct settings *, draw_check *, draw_write *);

#endif
