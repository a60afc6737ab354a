/* SPDX-License-Identifier: Apache-2.0 */
#include "read/jfr_bytes.h"

#include "base/utf8.h"

enum {
	COMPRESSED_MAX = 9,      /* bytes of a number */
	SURROGATES = 0xd800, LOW_SURROGATES = 0xdc00, SURROGATES_END = 0xe000,
};

uint64_t jfr_bytes_fixed(struct jfr_bytes *b, unsigned n)
{
	const char *p = jfr_bytes_take(b, n);
	uint64_t value = 0;
	for (unsigned i = 0; p && i < n; i++)
		value = value << 8 | (unsigned char)p[i];
	return value;
}

uint64_t jfr_bytes_long_number(struct jfr_bytes *b, unsigned raw_size)
{
	uint64_t value = 0;
	if (b->is_raw)
		return jfr_bytes_fixed(b, raw_size);
	for (unsigned i = 0; b->p < b->end; i++) {
		uint64_t byte = (unsigned char)*b->p++;
		if (i == COMPRESSED_MAX - 1)
			return value | byte << 56;
		value |= (byte & 0x7f) << i * 7;
		if (byte < 0x80)
			return value;
	}
	jfr_bytes_fail(b);
	return 0;
}

uint32_t jfr_bytes_count(struct jfr_bytes *b)
{
	uint32_t count = jfr_bytes_u32(b);
	if (count <= jfr_bytes_left(b))
		return count;
	jfr_bytes_fail(b);
	return 0;
}

static struct str take_numbers(struct jfr_bytes *b)
{
	uint32_t count = jfr_bytes_count(b);
	const char *start = b->p;
	for (uint32_t i = 0; i < count; i++)
		jfr_bytes_number(b, 2);
	return b->is_bad ? STR("") : str_span(start, b->p);
}

static struct str take_bytes(struct jfr_bytes *b)
{
	uint32_t n = jfr_bytes_u32(b);
	const char *p = jfr_bytes_take(b, n);
	return (struct str){ p, p ? n : 0 };
}

struct jfr_text jfr_bytes_text(struct jfr_bytes *b)
{
	struct jfr_text text = { .is_raw = b->is_raw };
	const char *encoding = jfr_bytes_take(b, 1);
	text.encoding = encoding ? (unsigned char)*encoding : JFR_NULL;
	switch (text.encoding) {
	case JFR_NULL:
	case JFR_EMPTY:
		break;
	case JFR_CONSTANT:
		text.constant = jfr_bytes_u64(b);
		break;
	case JFR_UTF8:
	case JFR_LATIN1:
		text.bytes = take_bytes(b);
		break;
	case JFR_UTF16:
		text.bytes = take_numbers(b);
		break;
	default:
		jfr_bytes_fail(b);
	}
	return text;
}

/* UTF-8 */

static bool is_surrogate(uint32_t unit, uint32_t from, uint32_t to)
{
	return unit >= from && unit < to;
}

static void add_utf16(struct buf *out, struct jfr_bytes b)
{
	uint32_t high = 0;
	while (b.p < b.end) {
		uint32_t unit = (uint16_t)jfr_bytes_number(&b, 2);
		if (high && is_surrogate(unit, LOW_SURROGATES, SURROGATES_END)) {
			utf8_add(out, 0x10000 + ((high - SURROGATES) << 10) +
					      (unit - LOW_SURROGATES));
			high = 0;
			continue;
		}
		if (high)
			utf8_add(out, 0xfffd);
		high = is_surrogate(unit, SURROGATES, LOW_SURROGATES) ? unit : 0;
		if (!high)
			utf8_add(out, is_surrogate(unit, LOW_SURROGATES, SURROGATES_END) ?
					      0xfffd : unit);
	}
	if (high)
		utf8_add(out, 0xfffd);
}

static bool is_ascii(struct str s)
{
	unsigned char all = 0;
	for (size_t i = 0; i < s.n; i++)
		all |= (unsigned char)s.p[i];
	return all < 0x80;
}

struct str jfr_bytes_utf8(const struct jfr_text *text, struct buf *scratch)
{
	bool is_latin1 = text->encoding == JFR_LATIN1 && !is_ascii(text->bytes);
	if (text->encoding != JFR_UTF16 && !is_latin1)
		return text->bytes;
	buf_clear(scratch);
	if (text->encoding == JFR_UTF16)
		add_utf16(scratch, (struct jfr_bytes){
			.p = text->bytes.p, .end = text->bytes.p + text->bytes.n,
			.is_raw = text->is_raw,
		});
	for (size_t i = 0; is_latin1 && i < text->bytes.n; i++)
		utf8_add(scratch, (unsigned char)text->bytes.p[i]);
	return buf_str(scratch);
}
