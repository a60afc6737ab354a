/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_BITMAP_H
#define IO_BITMAP_H

#include "io/output.h"

/*
 * An image as PNG.  Pixels are 32 bits in the order of the machine, 0xAARRGGBB;
 * with alpha the colours are multiplied by it already.
 */
struct bitmap {
	const unsigned char *pixels;
	size_t stride;           /* bytes from row to row */
	uint32_t width, height;
	uint32_t per_metre;      /* pixels: the resolution */
	bool has_alpha;
};

/* What fails is in the output. */
void bitmap_write(const struct bitmap *, struct output *);

#endif
