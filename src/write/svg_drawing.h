/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SVG_DRAWING_H
#define WRITE_SVG_DRAWING_H

#include "model/layout.h"
#include "model/top.h"
#include "write/svg.h"

/*
 * What the parts of the SVG writer share: svg.c writes the page, the other
 * files a part of it each, all with the small things of svg_drawing.c.
 */

/* Pixels around the picture, around a label in its frame, between frames. */
enum { PAD = 16, INSET = 4, GAP = 1 };

#define TEXT_FONT                                                              \
	"system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif"
#define LABEL_FONT                                                             \
	"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

/* Colours of the attributes; what follows the browser's theme is in the CSS. */
struct svg_look {
	struct color back, ink, muted, label, bar;
	bool dim;                    /* frames let the background through */
};

/* One picture being written. */
struct drawing {
	const struct tree *tree;
	const struct stacks *stacks;
	const struct profile *profile;
	struct svg_options *options;
	const struct svg_look *look;
	struct output *out;
	struct layout layout;
	struct top top_functions;
	struct str unit;             /* word for the values; may be empty */
	struct buf title, subtitle;
	struct buf scratch;
	double divisor;              /* a value for people is digits / divisor */
	double top, graph_height;    /* px: where the frames begin, and their height */
	double legend_y, table_y, height;    /* px: of the picture's parts, and of all */
	bool *hits;                  /* names that --highlight fits, by text id; or NULL */
};

/* A number with at most one decimal; and as an attribute, behind a blank. */
void svg_number(struct output *, double value);
void svg_attribute(struct output *, struct str name, double value);

/* "#d6955c"; and as an attribute, behind a blank. */
void svg_color(struct output *, struct color);
void svg_color_attribute(struct output *, struct str name, struct color);

/* Text that ends in "…" when it would be wider than width in this size. */
void svg_fitted(struct output *, struct str text, double width, double size);

/* Appends a value for people, "1.24 G cycles". */
void svg_add_quantity(const struct drawing *, struct buf *, int64_t value);

/* Appends a share for people: "62 %", "0.7 %", "<0.1 %". */
void svg_add_share(struct buf *, double share);

/* The name of a frame as shown, "all" for the root. */
struct str svg_frame_name(const struct drawing *, const struct layout_box *);

/*
 * The parts, each in its file.  What may take no room has a function that tells
 * its height in pixels.
 */
void svg_frames(struct drawing *);
double svg_legend_height(const struct drawing *);
void svg_legend(struct drawing *);
double svg_table_height(const struct drawing *);
void svg_table(struct drawing *);
void svg_data(struct drawing *);

#endif
