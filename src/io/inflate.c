/* SPDX-License-Identifier: Apache-2.0 */

/*
 * gzip (RFC 1952) begins with 1f 8b 08, a zstd frame (RFC 8878) with
 * 28 b5 2f fd.  Both may be several members or frames, one after the other;
 * bytes that are neither after the last member are an error, except zeros
 * behind gzip, which tapes and some tools leave.  What begins otherwise is one stream of
 * zlib (RFC 1950).
 */
#include "io/inflate.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { SOURCE_BLOCK = 64 * 1024 };

struct inflate {
	inflate_source *source;
	void *context;
	struct str waiting;              /* compressed bytes not used yet */
	char *block;
	bool at_end;                     /* of the source */
	bool inside;                     /* a member or frame has begun and not ended */
	z_stream gzip;
	ZSTD_DStream *zstd;              /* NULL: gzip */
	struct buf message;
};

static bool is_gzip(struct str head)
{
	return str_starts(head, STR("\x1f\x8b\x08"));
}

static bool is_zstd(struct str head)
{
	return str_starts(head, STR("\x28\xb5\x2f\xfd"));
}

bool inflate_recognises(struct str head)
{
	return is_gzip(head) || is_zstd(head);
}

struct inflate *inflate_new(struct str head, inflate_source *source, void *context)
{
	struct inflate *f = xcalloc(1, sizeof(*f));
	f->source = source;
	f->at_end = source == NULL;
	f->context = context;
	f->block = xmalloc(head.n > SOURCE_BLOCK ? head.n : SOURCE_BLOCK);
	memcpy(f->block, head.p, head.n);
	f->waiting = (struct str){ f->block, head.n };
	f->inside = true;
	if (is_zstd(head))
		f->zstd = ZSTD_createDStream();
	else
		inflateInit2(&f->gzip, is_gzip(head) ? 16 + MAX_WBITS : MAX_WBITS);
	return f;
}

void inflate_free(struct inflate *f)
{
	if (f == NULL)
		return;
	if (f->zstd)
		ZSTD_freeDStream(f->zstd);
	else
		inflateEnd(&f->gzip);
	free(f->block);
	buf_free(&f->message);
	free(f);
}

static ssize_t fail(struct inflate *f, const char **message, const char *why)
{
	buf_clear(&f->message);
	buf_addf(&f->message, "%s data %s", f->zstd ? "zstd" : "gzip", why);
	*message = buf_cstr(&f->message);
	return -1;
}

/* Makes compressed bytes wait: 1, 0 at the end, -1 on failure. */
static int refill(struct inflate *f)
{
	if (f->waiting.n > 0)
		return 1;
	if (f->at_end)
		return 0;
	ssize_t n = f->source(f->context, f->block, SOURCE_BLOCK);
	if (n < 0)
		return -1;
	f->at_end = n == 0;
	f->waiting = (struct str){ f->block, (size_t)n };
	return n > 0;
}

static bool only_zeros(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != 0)
			return false;
	return true;
}

/* One step of each library: bytes made, or -1 and *why. */
static ssize_t step_gzip(struct inflate *f, char *to, size_t n, const char **why)
{
	if (!f->inside) {
		if (only_zeros(f->waiting)) {
			f->waiting.n = 0;
			return 0;
		}
		inflateReset(&f->gzip);
		f->inside = true;
	}
	f->gzip.next_in = (Bytef *)f->waiting.p;
	f->gzip.avail_in = (uInt)f->waiting.n;
	f->gzip.next_out = (Bytef *)to;
	f->gzip.avail_out = n > UINT32_MAX ? UINT32_MAX : (uInt)n;
	size_t asked = f->gzip.avail_out;
	int status = inflate(&f->gzip, Z_NO_FLUSH);
	f->waiting = str_skip(f->waiting, f->waiting.n - f->gzip.avail_in);
	if (status == Z_STREAM_END)
		f->inside = false;
	else if (status != Z_OK && status != Z_BUF_ERROR)
		*why = "is damaged";
	return *why ? -1 : (ssize_t)(asked - f->gzip.avail_out);
}

static ssize_t step_zstd(struct inflate *f, char *to, size_t n, const char **why)
{
	ZSTD_inBuffer from = { f->waiting.p, f->waiting.n, 0 };
	ZSTD_outBuffer into = { to, n, 0 };
	size_t status = ZSTD_decompressStream(f->zstd, &into, &from);
	f->waiting = str_skip(f->waiting, from.pos);
	if (ZSTD_isError(status)) {
		*why = "is damaged";
		return -1;
	}
	f->inside = status != 0;
	return (ssize_t)into.pos;
}

ssize_t inflate_read(struct inflate *f, char *to, size_t n, const char **message)
{
	for (;;) {
		int more = refill(f);
		if (more < 0) {
			*message = strerror(errno);
			return -1;
		}
		if (more == 0 && f->inside)
			fail(f, message, "ends early");
		if (more == 0)
			return 0;
		const char *why = NULL;
		ssize_t made = f->zstd ? step_zstd(f, to, n, &why) :
					 step_gzip(f, to, n, &why);
		if (made < 0)
			return fail(f, message, why);
		if (made > 0)
			return made;
	}
}

uint32_t inflate_crc(struct str bytes)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), (const Bytef *)bytes.p, bytes.n);
}

/* Pieces */

struct inflate_pieces {
	ZSTD_DStream *zstd;
	struct str waiting;
	bool may_hold;                   /* what was read last filled all that was asked for */
};

struct inflate_pieces *inflate_pieces_new(void)
{
	struct inflate_pieces *p = xcalloc(1, sizeof(*p));
	p->zstd = ZSTD_createDStream();
	return p;
}

void inflate_pieces_free(struct inflate_pieces *p)
{
	if (p)
		ZSTD_freeDStream(p->zstd);
	free(p);
}

void inflate_pieces_add(struct inflate_pieces *p, struct str piece)
{
	p->waiting = piece;
}

ssize_t inflate_pieces_read(struct inflate_pieces *p, char *to, size_t n,
			    const char **message)
{
	ZSTD_outBuffer into = { to, n, 0 };
	while (into.pos < n && (p->waiting.n > 0 || p->may_hold)) {
		ZSTD_inBuffer from = { p->waiting.p, p->waiting.n, 0 };
		size_t status = ZSTD_decompressStream(p->zstd, &into, &from);
		if (ZSTD_isError(status)) {
			*message = "zstd data are damaged";
			return -1;
		}
		p->waiting = str_skip(p->waiting, from.pos);
		p->may_hold = into.pos == n;
	}
	return (ssize_t)into.pos;
}
