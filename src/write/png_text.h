/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_PNG_TEXT_H
#define WRITE_PNG_TEXT_H

#include "model/picture.h"

/*
 * The text of a picture: the door to pango.  Any bytes are welcome; what is not
 * UTF-8 and what controls are is made visible, as in an SVG.
 */
struct png_text;

enum png_font { PNG_TITLE, PNG_TEXT, PNG_HEAD, PNG_SMALL, PNG_LABEL, PNG_FONTS };

/* For what is drawn with a cairo_t, which must live as long, as the picture must. */
struct _cairo;
struct png_text *png_text_new(struct _cairo *, const struct picture *);
void png_text_delete(struct png_text *);

/* Whether there is any font at all. */
bool png_text_has_font(const struct png_text *);

/* Where a line of text stands; y is its baseline. */
struct png_at {
	double x, y;
	double room;             /* px; 0: any */
	double above, below;     /* px that it may take on both sides of y; 0: any */
	bool right;              /* x is its right end */
};

/*
 * Draws a line in the colour that is set.  What the font makes wider than the
 * room is squeezed, and cut off at last.
 */
void png_text_draw(struct png_text *, enum png_font, struct str, const struct png_at *);

/* Appends a line about characters that no font has, if there were any. */
void png_text_tell(const struct png_text *, struct buf *);

#endif
