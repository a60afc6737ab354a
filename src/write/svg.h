/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SVG_H
#define WRITE_SVG_H

#include "io/output.h"
#include "model/palette.h"
#include "model/tree.h"

/*
 * A flame graph as SVG.  The picture is whole without scripts and styles:
 * title, labels, colours, tooltips, legend.  Where styles work it knows the
 * dark theme; where scripts work, share/svg/viewer.js adds zoom and search.
 *
 * Fill the options: svg_options_init(), set what was asked for, svg_check().
 * Text is borrowed and must live until the picture is written; it may be
 * anything, also invalid UTF-8.
 */
struct svg_options {
	struct str title;        /* empty: the recorded command, else "source" */
	struct str source;       /* name of the input; empty: the processes in it */
	struct str subtitle;     /* in front of unit and total */
	struct str countname;    /* word for the unit; empty: the profile's */
	struct str nametype;     /* in front of names in the details, "Function:" */
	struct str notes;        /* becomes a comment in the file */
	struct str fonttype;     /* font family; empty: one for text, one for labels */
	const char *colors;      /* palette or path of one; NULL: auto */
	const char *bgcolors;    /* yellow, blue, …, #rrggbb; NULL: the palette's */
	const char *order;       /* "name" or "weight"; NULL: name */
	const char *minwidth;    /* "0.1", "0.1px", or "0.1%" of the total; NULL: 0.1 */
	double width;            /* px, nominal */
	double height;           /* px of a row; 0: what the font needs, 18 by default */
	double fontsize;         /* px of labels */
	double total;            /* of the whole width, in units; 0: the profile's */
	uint32_t max_frames;     /* the narrowest beyond that are left out; 0: no limit */
	bool inverted;           /* root on top */
	bool no_javascript;

	/* set by svg_check() */
	struct palette palette;
	struct color background;
	double min_width;        /* px */
	bool by_weight;
};

void svg_options_init(struct svg_options *);

/*
 * Checks the options and prepares what follows from them.  False with words
 * for people in *message ("unknown order 'x' (name, weight)") when one is
 * wrong; then nothing needs freeing.
 */
bool svg_check(struct svg_options *, struct buf *message);

void svg_options_free(struct svg_options *);

/* Writes the picture of a tree; an empty one gives a picture that says so. */
void svg_write(const struct tree *, const struct svg_options *, struct output *);

#endif
