/* SPDX-License-Identifier: Apache-2.0 */
#include "io/unxz.h"

#ifdef HAVE_LZMA

#include <lzma.h>

enum { STEP = 256 << 10, MEMORY_MAX = 128 << 20 };

bool unxz(struct str packed, size_t limit, struct buf *out)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	size_t before = out->n;
	lzma_ret status = lzma_stream_decoder(&stream, MEMORY_MAX, 0);
	stream.next_in = (const uint8_t *)packed.p;
	stream.avail_in = packed.n;
	while (status == LZMA_OK && out->n - before <= limit) {
		stream.next_out = (uint8_t *)buf_reserve(out, STEP);
		stream.avail_out = STEP;
		status = lzma_code(&stream, LZMA_FINISH);
		out->n += STEP - stream.avail_out;
	}
	lzma_end(&stream);
	if (status == LZMA_STREAM_END && out->n - before <= limit)
		return true;
	out->n = before;
	return false;
}

#else

bool unxz(struct str packed, size_t limit, struct buf *out)
{
	(void)packed;
	(void)limit;
	(void)out;
	return false;
}

#endif
