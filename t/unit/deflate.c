/* SPDX-License-Identifier: Apache-2.0 */
#include "io/deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "io/inflate.h"

/* A gzip member around a raw stream, so that io/inflate can read it. */
static struct str packed;

static ssize_t read_packed(void *context, char *to, size_t n)
{
	(void)context;
	n = n < packed.n ? n : packed.n;
	memcpy(to, packed.p, n);
	packed = str_skip(packed, n);
	return (ssize_t)n;
}

static uint32_t crc_of(struct str s)
{
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void add_u32(struct buf *b, uint32_t n)
{
	for (unsigned i = 0; i < 4; i++, n >>= 8)
		buf_addc(b, (char)(n & 0xff));
}

/* What was deflated is there again, sum and length included; returns its size. */
static size_t assert_comes_back(const struct buf *deflated, struct str expected)
{
	struct buf gzip = { 0 }, back = { 0 };
	const char *message = NULL;
	ssize_t n;
	buf_add(&gzip, STR("\x1f\x8b\x08\0\0\0\0\0\0\xff"));
	buf_add(&gzip, buf_str(deflated));
	add_u32(&gzip, crc_of(expected));
	add_u32(&gzip, (uint32_t)expected.n);
	packed = str_skip(buf_str(&gzip), 10);
	struct inflate *f = inflate_new(str_head(buf_str(&gzip), 10), read_packed, NULL);
	while ((n = inflate_read(f, buf_reserve(&back, 65536), 65536, &message)) > 0)
		back.n += (size_t)n;
	assert_null(message);
	assert_int_equal(n, 0);
	assert_true(str_eq(buf_str(&back), expected));
	inflate_free(f);
	buf_free(&gzip);
	buf_free(&back);
	return deflated->n;
}

static void nothing_is_a_stream(void **state)
{
	(void)state;
	struct buf out = { 0 };
	deflate_end(deflate_new(&out));
	assert_in_range(assert_comes_back(&out, STR("")), 1, 8);
	buf_free(&out);
}

/* Text and numbers in turn, in pieces of all lengths. */
static void kinds_may_change(void **state)
{
	(void)state;
	enum { LENGTH = 900000 };
	struct buf out = { 0 };
	char *bytes = xmalloc(LENGTH);
	uint64_t random = 1;
	for (size_t i = 0; i < LENGTH; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		bytes[i] = (char)(i / 90000 % 2 ? random >> 60 : random >> 50);
	}
	struct deflate *d = deflate_new(&out);
	size_t at = 0;
	for (size_t length = 1; at < LENGTH; at += length, length = length * 3 / 2 + 1) {
		if (length > LENGTH - at)
			length = LENGTH - at;
		deflate_add(d, (struct str){ bytes + at, length },
			    length % 2 ? DEFLATE_TEXT : DEFLATE_NUMBERS);
	}
	deflate_end(d);
	assert_comes_back(&out, (struct str){ bytes, LENGTH });
	buf_free(&out);
	free(bytes);
}

static void both_kinds_get_smaller(void **state)
{
	(void)state;
	struct buf out = { 0 }, text = { 0 };
	for (unsigned i = 0; i < 9000; i++)
		buf_addf(&text, "std::function_%u\n", i);
	struct deflate *d = deflate_new(&out);
	deflate_add(d, buf_str(&text), DEFLATE_TEXT);
	deflate_end(d);
	assert_in_range(assert_comes_back(&out, buf_str(&text)), 1, text.n / 3);
	buf_clear(&out);
	memset(text.p, 0, text.n);
	d = deflate_new(&out);
	deflate_add(d, buf_str(&text), DEFLATE_NUMBERS);
	deflate_end(d);
	assert_in_range(assert_comes_back(&out, buf_str(&text)), 1, text.n / 100);
	buf_free(&out);
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_a_stream),
		cmocka_unit_test(kinds_may_change),
		cmocka_unit_test(both_kinds_get_smaller),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
