/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The header, most significant bytes first:
 *
 *	 0 "FLR\0"                   32 start, ns since 1970    64 state; 0: finished
 *	 4 u16 version, u16 minor    40 duration in ns          67 flags; 1: compressed
 *	 8 size of the chunk         48 start in ticks
 *	16 place of constants        56 ticks per second
 *	24 place of the metadata
 *
 * jdk/jfr/internal/consumer/ChunkHeader.java in the source of OpenJDK.  The places of
 * constants and metadata are not needed, as all events are walked anyway; then chunks
 * that were not finished, which lack them, are read in the same way.
 */
#include "read/jfr_chunk.h"

#include <inttypes.h>

/* Of versions 1 and 2, which is what OpenJDK has. */
enum { VERSION_MIN = 1, VERSION_MAX = 2 };

enum {
	AT_VERSION = 4, AT_SIZE = 8, AT_START = 32, AT_STATE = 64, AT_FLAGS = 67,
	COMPRESSED = 1,
};

#define MAGIC STR("FLR\0\0")
#define NS_PER_SECOND INT64_C(1000000000)
#define TICKS_MAX (UINT64_C(18) * 1000 * 1000 * 1000)

static uint64_t field(struct str header, size_t at, unsigned size)
{
	struct jfr_bytes b = { .p = header.p + at, .end = header.p + header.n };
	return jfr_bytes_fixed(&b, size);
}

static bool read_header(struct jfr_chunk *c, struct input *in, struct str header)
{
	uint64_t version = field(header, AT_VERSION, 2);
	if (!str_starts(header, MAGIC))
		return input_error_at(in, c->offset, "no chunk of JFR where one belongs");
	if (version < VERSION_MIN || version > VERSION_MAX)
		return input_error_at(in, c->offset, "version %u of JFR is not known, 1 and "
				      "2 are", (unsigned)version);
	c->start = (int64_t)field(header, AT_START, 8);
	c->duration = (int64_t)field(header, AT_START + 8, 8);
	c->start_ticks = (int64_t)field(header, AT_START + 16, 8);
	c->ticks_per_second = field(header, AT_START + 24, 8);
	c->is_raw = !(field(header, AT_FLAGS, 1) & COMPRESSED);
	if (c->ticks_per_second == 0 || c->ticks_per_second > TICKS_MAX)
		return input_error_at(in, c->offset, "a second of %" PRIu64 " ticks",
				      c->ticks_per_second);
	return true;
}

/*
 * All there is, up to the next chunk where the size tells of it: the virtual machine
 * keeps it up to date while it writes.
 */
static struct str unfinished_bytes(struct input *in, uint64_t size)
{
	input_need(in, JFR_CHUNK_MAX);
	struct str all = input_ahead(in);
	if (all.n > JFR_CHUNK_MAX)
		all = str_head(all, JFR_CHUNK_MAX);
	bool is_told = size >= JFR_CHUNK_HEADER && size <= all.n &&
		       str_starts(str_skip(all, size), MAGIC);
	return is_told ? str_head(all, size) : all;
}

bool jfr_chunk_open(struct jfr_chunk *c, struct input *in)
{
	*c = (struct jfr_chunk){ .offset = input_offset(in) };
	if (!input_need(in, JFR_CHUNK_HEADER)) {
		size_t n = input_ahead(in).n;
		return !in->failed && n > 0 &&
		       input_error_at(in, c->offset, "the header of a chunk is cut off");
	}
	struct str header = str_head(input_ahead(in), JFR_CHUNK_HEADER);
	uint64_t size = field(header, AT_SIZE, 8);
	bool is_finished = field(header, AT_STATE, 1) == 0 && size >= JFR_CHUNK_HEADER;
	if (!read_header(c, in, header))
		return false;
	if (is_finished && size > JFR_CHUNK_MAX)
		return input_error_at(in, c->offset, "a chunk of %" PRIu64 " bytes; up to 2 "
				      "GiB can be read", size);
	c->is_cut = !is_finished || !input_need(in, size);
	c->bytes = c->is_cut ? unfinished_bytes(in, size) : str_head(input_ahead(in), size);
	c->size = c->bytes.n;
	return !in->failed;
}

void jfr_chunk_close(struct jfr_chunk *c, struct input *in)
{
	input_take(in, c->size);
	c->bytes = STR("");
}

void jfr_chunk_shorten(struct jfr_chunk *c, uint32_t at)
{
	struct str rest = str_skip(c->bytes, at);
	if (str_starts(rest, MAGIC))
		c->size = at;
	c->bytes = str_head(c->bytes, at);
}

bool jfr_chunk_next(const struct jfr_chunk *c, uint32_t *at, struct jfr_event *e)
{
	const char *start = c->bytes.p + *at;
	struct jfr_bytes b = {
		.p = start, .end = c->bytes.p + c->bytes.n, .is_raw = c->is_raw,
	};
	size_t left = jfr_bytes_left(&b);
	if (c->is_cut && str_starts((struct str){ start, left }, MAGIC))
		return false;
	uint32_t size = jfr_bytes_u32(&b);
	if (size > left || b.is_bad)
		return false;
	b.end = start + size;
	if (b.p >= b.end)
		return false;
	e->type = jfr_bytes_u64(&b);
	if (b.is_bad)
		return false;
	e->at = *at;
	e->body = b;
	*at += size;
	return true;
}

int64_t jfr_chunk_span(const struct jfr_chunk *c, int64_t ticks)
{
	__int128 ns = (__int128)ticks * NS_PER_SECOND / (int64_t)c->ticks_per_second;
	return ns > INT64_MAX || ns < INT64_MIN ? INT64_MIN : (int64_t)ns;
}

int64_t jfr_chunk_time(const struct jfr_chunk *c, int64_t ticks)
{
	int64_t since;
	if (__builtin_sub_overflow(ticks, c->start_ticks, &since))
		return INT64_MIN;
	since = jfr_chunk_span(c, since);
	if (since == INT64_MIN || __builtin_add_overflow(c->start, since, &since))
		return INT64_MIN;
	return since;
}
