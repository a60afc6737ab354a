/* SPDX-License-Identifier: Apache-2.0 */

/*
 * zlib's fastest level, measured on what pictures carry: of names the next level
 * saves 5 % in half as much time again.  Columns of numbers have few repetitions
 * longer than a run of one byte, so looking only for runs takes half the time
 * and gives less.
 */
#include "io/deflate.h"

#include <assert.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/alloc.h"

enum { LEVEL = 1, GZIP_LEVEL = 6, WINDOW_BITS = 15, GZIP = 16, MEMORY_LEVEL = 9, PIECE_MAX = 1 << 30 };

struct deflate {
	z_stream stream;
	struct buf *out;
	int strategy, level;
};

static const int strategies[] = {
	[DEFLATE_TEXT] = Z_DEFAULT_STRATEGY,
	[DEFLATE_NUMBERS] = Z_RLE,
};

/* So that running out of memory ends here as it does everywhere. */
static voidpf allocate(voidpf context, uInt count, uInt size)
{
	(void)context;
	return xcalloc(count, size);
}

static void release(voidpf context, voidpf memory)
{
	(void)context;
	free(memory);
}

static struct deflate *begin(struct buf *out, int level, int window)
{
	struct deflate *d = xcalloc(1, sizeof(*d));
	d->out = out;
	d->stream.zalloc = allocate;
	d->stream.zfree = release;
	d->strategy = Z_DEFAULT_STRATEGY;
	d->level = level;
	int status = deflateInit2(&d->stream, level, Z_DEFLATED, window, MEMORY_LEVEL,
				  d->strategy);
	assert(status == Z_OK);
	return d;
}

struct deflate *deflate_new(struct buf *out)
{
	return begin(out, LEVEL, -WINDOW_BITS);
}

struct deflate *deflate_new_gzip(struct buf *out)
{
	return begin(out, GZIP_LEVEL, GZIP + WINDOW_BITS);
}

/* Gives the stream room for what it makes; what was made is counted by count_made(). */
static void make_room(struct deflate *d)
{
	enum { ROOM = 64 * 1024 };
	d->stream.next_out = (Bytef *)buf_reserve(d->out, ROOM);
	d->stream.avail_out = ROOM;
}

static void count_made(struct deflate *d)
{
	d->out->n = (size_t)((char *)d->stream.next_out - d->out->p);
}

static void run(struct deflate *d, int flush)
{
	bool full;
	do {
		make_room(d);
		int status = deflate(&d->stream, flush);
		assert(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR);
		full = d->stream.avail_out == 0;
		count_made(d);
	} while (full);
}

static void choose(struct deflate *d, int strategy)
{
	if (strategy == d->strategy)
		return;
	int status;
	do {
		make_room(d);
		status = deflateParams(&d->stream, d->level, strategy);
		assert(status == Z_OK || status == Z_BUF_ERROR);
		count_made(d);
	} while (status == Z_BUF_ERROR);
	d->strategy = strategy;
}

void deflate_add(struct deflate *d, struct str bytes, enum deflate_kind kind)
{
	choose(d, strategies[kind]);
	while (bytes.n > 0) {
		size_t n = bytes.n < PIECE_MAX ? bytes.n : PIECE_MAX;
		d->stream.next_in = (Bytef *)bytes.p;
		d->stream.avail_in = (uInt)n;
		run(d, Z_NO_FLUSH);
		bytes = str_skip(bytes, n);
	}
}

void deflate_end(struct deflate *d)
{
	run(d, Z_FINISH);
	deflateEnd(&d->stream);
	free(d);
}
