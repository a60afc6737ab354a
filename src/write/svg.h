/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SVG_H
#define WRITE_SVG_H

#include "base/num.h"
#include "io/output.h"
#include "model/label.h"
#include "model/match.h"
#include "model/paint.h"
#include "model/tree.h"
#include "write/svg_links.h"

/*
 * A flame graph as SVG.  The picture is whole without scripts and styles:
 * title, labels, colours, tooltips, legend, the functions that cost most.
 * Where styles work it knows the dark theme; where scripts work, the viewer in
 * share/svg draws any part of the call tree, which travels in the file.
 *
 * Fill the options: svg_options_init(), set what was asked for, svg_check().
 * Text is borrowed and must live until the picture is written; it may be
 * anything, also invalid UTF-8.
 */
enum svg_theme { SVG_AUTO, SVG_LIGHT, SVG_DARK };

struct svg_options {
	struct str title;        /* empty: the recorded command, else "source" */
	struct str source;       /* name of the input; empty: the processes in it */
	struct str subtitle;     /* in front of unit and total */
	struct str countname;    /* word for the unit; empty: the profile's */
	struct str nametype;     /* in front of names in the details, "Function:" */
	struct str notes;        /* becomes a comment in the file */
	struct str fonttype;     /* font family; empty: one for text, one for labels */
	struct str highlight;    /* regular expression, shown as if searched for */
	struct paint_options paint;
	const char *theme;       /* "auto", "light" or "dark"; NULL: auto */
	const char *bgcolors;    /* yellow, blue, …, #rrggbb; NULL: the palette's */
	const char *ui_color;    /* of the text around the frames, #rrggbb */
	const char *search_color;    /* of what was found */
	const char *stroke_color;    /* of lines around frames; NULL or "none": no lines */
	const char *order;       /* "name" or "weight"; NULL: name */
	const char *label;       /* where labels are cut, see label.h; NULL: smart */
	const char *minwidth;    /* "0.1", "0.1px", or "0.1%" of the total; NULL: 0.5 */
	const char *detail;      /* "all", "drawn" or a number of nodes; NULL: what is
	                            useful and quick to load */
	const char *nameattr;    /* file of links and tooltips; NULL: none */
	double width;            /* px, nominal */
	double height;           /* px of a row; 0: what the font needs, 18 by default */
	double fontsize;         /* px of labels */
	double fontwidth;        /* of a column of labels, in parts of the font size */
	double total;            /* of the whole width, in units; 0: the profile's */
	double factor;           /* what values are multiplied by where people read them */
	uint32_t max_frames;     /* the narrowest beyond that are left out; 0: no limit */
	bool inverted;           /* root on top */
	bool no_javascript;

	/* set by svg_check() */
	struct decimal times;    /* the factor */
	struct paint colors;
	struct match *pattern;   /* of highlight, or NULL */
	struct svg_links links;
	struct color background, hit, stroke, ui;
	enum svg_theme fixed_theme;
	enum label_cut cut;
	double min_width;        /* px */
	uint32_t detail_nodes;   /* at most; UINT32_MAX: all */
	bool detail_drawn;       /* no more than is drawn */
	bool detail_default;     /* then it is limited in bytes, too */
	bool by_weight, has_stroke;
};

void svg_options_init(struct svg_options *);

/*
 * Checks the options and prepares what follows from them.  False with words
 * for people in *message ("unknown order 'x' (name, weight)") when one is
 * wrong; then nothing needs freeing.  What is odd in a file is told in
 * *warnings, a line each.
 */
bool svg_check(struct svg_options *, struct buf *message, struct buf *warnings);

void svg_options_free(struct svg_options *);

/* Writes the picture of a tree; an empty one gives a picture that says so. */
void svg_write(const struct tree *, struct svg_options *, struct output *);

#endif
