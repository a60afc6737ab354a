/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SVG_DRAWING_H
#define WRITE_SVG_DRAWING_H

#include "model/layout.h"
#include "write/svg.h"

/*
 * What the parts of the SVG writer share: svg.c writes the page, svg_frames.c
 * the frames in it, both with the small things of svg_drawing.c.
 */

/* Pixels around the picture, around a label in its frame, between frames. */
enum { PAD = 16, INSET = 4, GAP = 1 };

#define INK "#1b1f24"
#define MUTED "#57606a"
#define ROOT_FILL "#e6e8eb"
#define TEXT_FONT                                                              \
	"system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif"
#define LABEL_FONT                                                             \
	"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

/* One picture being written. */
struct drawing {
	const struct tree *tree;
	const struct stacks *stacks;
	const struct profile *profile;
	const struct svg_options *options;
	struct output *out;
	struct layout layout;
	struct str unit;             /* word for the values; may be empty */
	struct buf title, subtitle;
	struct buf scratch;
	double divisor;              /* 10^scale */
	double top, graph_height;    /* px: where the frames begin, and their height */
	double legend_y, height;     /* px: where the legend begins; of the picture */
	uint64_t used;               /* colours of frames, a bit for each */
	bool has_inlined;            /* an inlined frame has a colour of its own */
	struct color inlined_color;  /* for the legend: what the first of them has */
	char id[16];
};

/* A number with at most one decimal; and as an attribute, behind a blank. */
void svg_number(struct output *, double value);
void svg_attribute(struct output *, struct str name, double value);

/* "#d6955c" */
void svg_color(struct output *, struct color);

/* Appends a value for people, "1.24 G cycles". */
void svg_add_quantity(const struct drawing *, struct buf *, int64_t value);

/* The name of a frame as shown, "all" for the root. */
struct str svg_frame_name(const struct drawing *, const struct layout_box *);

/* svg_frames.c: writes all frames. */
void svg_frames(struct drawing *);

#endif
