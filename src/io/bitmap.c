/* SPDX-License-Identifier: Apache-2.0 */

/*
 * PNG, https://www.w3.org/TR/png-3/, is made by libpng.  Drawings repeat the row
 * above or have little in common with it: a row is written as it is (filter
 * "none"), or as its difference to the one above ("up") where that is nothing.
 * Measured on pictures of ours: what libpng chooses by itself is a quarter
 * larger from these two filters, and takes twice the time from all of them; zlib's
 * level 3 takes three fifths of the time and gives a quarter more.
 */
#include "io/bitmap.h"

#include <assert.h>
#include <png.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { LEVEL = 6, CHUNK = 64 * 1024 };

static void put(png_structp png, png_bytep bytes, size_t n)
{
	output_bytes(png_get_io_ptr(png), (struct str){ (const char *)bytes, n });
}

/* Whoever closes the output flushes it. */
static void flush(png_structp png)
{
	(void)png;
}

static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
	(void)png;
	return xmalloc(size);
}

static void release(png_structp png, png_voidp p)
{
	(void)png;
	free(p);
}

/* Memory is always there, and sizes are those of an image that was drawn. */
static void fail(png_structp png, png_const_charp words)
{
	(void)png;
	(void)words;
	assert(!"libpng has nothing to complain about");
}

static void ignore(png_structp png, png_const_charp words)
{
	(void)png;
	(void)words;
}

/* A channel as it was before it was multiplied by alpha. */
static uint32_t plain(uint32_t channel, uint32_t alpha)
{
	uint32_t value = alpha ? (channel * 255 + alpha / 2) / alpha : 0;
	return value < 255 ? value : 255;
}

static void convert(const struct bitmap *m, const unsigned char *from, png_bytep to)
{
	uint32_t pixel, alpha = 255;
	for (uint32_t x = 0; x < m->width; x++, from += sizeof(pixel)) {
		memcpy(&pixel, from, sizeof(pixel));
		if (m->has_alpha)
			alpha = pixel >> 24;
		for (int shift = 16; shift >= 0; shift -= 8) {
			uint32_t channel = pixel >> shift & 0xff;
			*to++ = (png_byte)(alpha == 255 ? channel : plain(channel, alpha));
		}
		if (m->has_alpha)
			*to++ = (png_byte)alpha;
	}
}

static void put_head(const struct bitmap *m, png_structp png, png_infop info)
{
	png_set_IHDR(png, info, m->width, m->height, 8,
		     m->has_alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_set_pHYs(png, info, m->per_metre, m->per_metre, PNG_RESOLUTION_METER);
	png_set_compression_level(png, LEVEL);
	png_set_compression_strategy(png, PNG_Z_DEFAULT_NOFILTER_STRATEGY);
	png_set_compression_buffer_size(png, CHUNK);
	png_write_info(png, info);
}

/* Filters that are not asked for before the first row cannot be had later. */
static void put_rows(const struct bitmap *m, png_structp png, const struct output *out)
{
	size_t n = (size_t)m->width * sizeof(uint32_t);
	png_bytep row = xmalloc(n);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE | PNG_FILTER_UP);
	for (uint32_t y = 0; y < m->height && !out->failed; y++) {
		const unsigned char *pixels = m->pixels + y * m->stride;
		bool is_same = y > 0 && memcmp(pixels, pixels - m->stride, n) == 0;
		if (!is_same)
			convert(m, pixels, row);
		if (y > 0)
			png_set_filter(png, PNG_FILTER_TYPE_BASE,
				       is_same ? PNG_FILTER_UP : PNG_FILTER_NONE);
		png_write_row(png, row);
	}
	free(row);
}

void bitmap_write(const struct bitmap *m, struct output *out)
{
	png_structp png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, NULL, fail, ignore,
						    NULL, allocate, release);
	png_infop info = png_create_info_struct(png);
	assert(info);
	png_set_write_fn(png, out, put, flush);
	put_head(m, png, info);
	put_rows(m, png, out);
	if (!out->failed)
		png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
}
