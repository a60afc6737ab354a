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

/*
 * Checks all options; false with everything said when one is wrong.  Else
 * settings->picture is to be freed by picture_options_free().
 */
bool draw_prepare(struct settings *, draw_check *);

/* Draws a tree once that is done; returns the exit status. */
int draw_tree(const struct tree *, struct settings *, draw_write *);

/* What fg-svg and fg-png draw with. */
draw_check draw_svg_check, draw_png_check;
draw_write draw_svg_write, draw_png_write;

/* All of it: check, read, draw.  Returns the exit status. */
int draw(struct settings *, draw_check *, draw_write *);

#endif
