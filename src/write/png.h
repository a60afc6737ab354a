/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_PNG_H
#define WRITE_PNG_H

#include "io/output.h"
#include "model/picture.h"

/*
 * A flame graph as an image (PNG) or as a page (PDF) with text that can be
 * selected; the door to cairo and pango.  What is drawn, and where, is what the
 * static SVG has.
 *
 * Set the options, then png_check() before the picture is made.
 */
struct png_options {
	const char *type;        /* "png" or "pdf"; NULL: what the name ends in, or png */
	const char *name;        /* of the file that will be written, or NULL */
	const char *date;        /* seconds since 1970 for the PDF, or NULL: no date */
	double scale;            /* pixels of the image for a pixel of the picture */
	bool transparent;        /* nothing behind the picture */

	/* set by png_check() */
	bool pdf;
	uint64_t seconds;
};

/* False with words for people in *message when an option is wrong. */
bool png_check(struct png_options *, const struct picture_options *, struct buf *message);

/*
 * Writes the picture.  False when it would be too large or cannot be drawn, which
 * *message tells; an output that fails is the caller's to find.  What is odd, as
 * characters without a font, is told in *warnings, a line each.
 */
bool png_write(const struct picture *, const struct png_options *, struct output *,
	       struct buf *message, struct buf *warnings);

#endif
