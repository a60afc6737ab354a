/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SVG_DRAWING_H
#define WRITE_SVG_DRAWING_H

#include "write/svg.h"

/*
 * What the parts of the SVG writer share: svg.c writes the page, the other
 * files a part of it each, all with the small things of svg_drawing.c.
 */

#define TEXT_FONT                                                              \
	"system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif"
#define LABEL_FONT                                                             \
	"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

/* One picture being written. */
struct drawing {
	const struct picture *picture;
	const struct svg_options *options;
	struct output *out;
	struct buf scratch;
};

/* A number with at most one decimal; and as an attribute, behind a blank. */
void svg_number(struct output *, double value);
void svg_attribute(struct output *, struct str name, double value);

/* "#d6955c"; and as an attribute, behind a blank. */
void svg_color(struct output *, struct color);
void svg_color_attribute(struct output *, struct str name, struct color);

/* " opacity=".35"", below 1. */
void svg_opacity(struct output *, double opacity);

/* The lines of something that is gone, in a rectangle. */
void svg_hatch(struct output *, double x, double y, double w, double h, struct color,
	       double opacity);

/* Text that ends in "…" when it would be wider than width in this size. */
void svg_fitted(struct drawing *, struct str text, double width, double size);

/* The parts, each in its file. */
void svg_frames(struct drawing *);
void svg_legend(struct drawing *);
void svg_table(struct drawing *);
void svg_data(struct drawing *);

#endif
