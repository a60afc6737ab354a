/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Bytes become tokens: a byte as it is, or a length and a distance of bytes that
 * were there before.  What is frequent gets a short code (Huffman), block by
 * block, and the tokens are written in these codes:
 *
 *	text      abcdabcdabcd     a b c d (8 bytes from 4 back)
 *	numbers   5 0 0 0 0 0 7    5 0 (4 bytes from 1 back) 7
 *
 * Text looks for the four bytes at hand where the same four, or others with
 * their hash, stood last.  Numbers look for runs of one byte only: there is
 * little else in columns, and looking for it takes longer than it saves.
 *
 * zlib's fastest level takes more than twice as long for the same size: it keeps
 * streams that may go on, finds text in numbers, and moves its window along.
 */
#include "io/deflate.h"

#include <endian.h>
#include <stdlib.h>

#include "base/alloc.h"

enum {
	LITERALS = 286,          /* bytes, the end of a block, lengths */
	DISTANCES = 30,
	LENGTHS = 19,            /* symbols that tell the lengths of codes */
	SYMBOLS = LITERALS + DISTANCES,
	END = 256,
	CODE_MAX = 15, LENGTH_CODE_MAX = 7,      /* bits */
	TOKENS = 32 * 1024,      /* in a block */
	RUN_MIN = 4, MATCH_MIN = 4, MATCH_MAX = 258, WINDOW = 32768,
	HASH_BITS = 15,
	OWN_BLOCK = 4096,        /* bytes that are worth codes of their own */
};

struct code {
	uint16_t bits;           /* the first one lowest */
	uint8_t length;          /* 0: not used */
};

struct bits {
	struct buf *out;
	uint64_t waiting;
	unsigned count;          /* of those; less than 8 between blocks */
};

struct deflate {
	struct bits bits;
	uint32_t counts[SYMBOLS];    /* of symbols in tokens */
	uint32_t token_count;
	uint32_t tokens[TOKENS]; /* a byte, or distance << 16 | length */
};

struct deflate *deflate_new(struct buf *out)
{
	struct deflate *d = xcalloc(1, sizeof(*d));
	d->bits.out = out;
	return d;
}

/* Symbols of lengths and distances: the number, and lower bits that follow it */

struct symbol {
	unsigned number, extra;
};

static unsigned highest_bit(unsigned n)
{
	return 31 - (unsigned)__builtin_clz(n);
}

static struct symbol length_symbol(unsigned length)
{
	unsigned n = length - 3;
	if (length == MATCH_MAX)
		return (struct symbol){ 285, 0 };
	if (n < 8)
		return (struct symbol){ 257 + n, 0 };
	unsigned extra = highest_bit(n) - 2;
	return (struct symbol){ 257 + 4 * extra + (n >> extra), extra };
}

static struct symbol distance_symbol(unsigned distance)
{
	unsigned n = distance - 1;
	if (n < 4)
		return (struct symbol){ n, 0 };
	unsigned extra = highest_bit(n) - 1;
	return (struct symbol){ 2 * extra + (n >> extra), extra };
}

/* Codes */

struct leaf {
	uint32_t count;
	uint16_t symbol;
};

static int by_count(const void *a, const void *b)
{
	const struct leaf *x = a, *y = b;
	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return x->symbol - y->symbol;
}

/*
 * Fills in how many codes there are of each length: pairs of the rarest are put
 * together until one is left.  Sums come up in order, so they need no heap.
 */
static void count_lengths(const struct leaf *leaves, unsigned n, unsigned *of_length)
{
	uint32_t sums[LITERALS];
	uint16_t parent[2 * LITERALS], depth[2 * LITERALS];
	unsigned leaf = 0, sum = 0;
	for (unsigned made = 0; made + 1 < n; made++) {
		sums[made] = 0;
		for (unsigned i = 0; i < 2; i++) {
			bool take_leaf = leaf < n &&
				(sum == made || leaves[leaf].count <= sums[sum]);
			sums[made] += take_leaf ? leaves[leaf].count : sums[sum];
			parent[take_leaf ? leaf++ : n + sum++] = (uint16_t)(n + made);
		}
	}
	depth[2 * n - 2] = 0;
	for (unsigned i = 2 * n - 2; i-- > 0;) {
		depth[i] = depth[parent[i]] + 1;
		if (i < n)
			of_length[depth[i]]++;
	}
}

/* Makes codes shorter that are too long, and others longer for that. */
static void limit_lengths(unsigned *of_length, unsigned longest, unsigned max)
{
	for (; longest > max; longest--) {
		of_length[max] += of_length[longest];
		of_length[longest] = 0;
	}
	uint32_t used = 0;
	for (unsigned i = 1; i <= max; i++)
		used += of_length[i] << (max - i);
	for (; used > 1u << max; used--) {
		unsigned shorter = max - 1;
		while (of_length[shorter] == 0)
			shorter--;
		of_length[shorter]--;
		of_length[shorter + 1] += 2;
		of_length[max]--;
	}
}

static unsigned reversed(unsigned bits, unsigned length)
{
	unsigned out = 0;
	for (; length > 0; length--, bits >>= 1)
		out = out << 1 | (bits & 1);
	return out;
}

/* Codes of the same length are numbers in order of their symbols. */
static void number_codes(struct code *codes, unsigned n, const unsigned *of_length)
{
	unsigned next[CODE_MAX + 2] = { 0 };
	for (unsigned i = 1; i <= CODE_MAX; i++)
		next[i + 1] = (next[i] + of_length[i]) << 1;
	for (unsigned i = 0; i < n; i++)
		if (codes[i].length > 0)
			codes[i].bits = (uint16_t)reversed(next[codes[i].length]++,
							   codes[i].length);
}

/* Of fewer than two symbols that are used, others make it two. */
static void make_codes(const uint32_t *counts, unsigned n, unsigned max,
		       struct code *codes)
{
	struct leaf leaves[LITERALS];
	unsigned of_length[LITERALS] = { 0 }, used = 0;
	memset(codes, 0, n * sizeof(*codes));
	for (unsigned i = 0; i < n; i++)
		if (counts[i] > 0)
			leaves[used++] = (struct leaf){ counts[i], (uint16_t)i };
	for (unsigned i = 0; used < 2; i++)
		if (counts[i] == 0)
			leaves[used++] = (struct leaf){ 0, (uint16_t)i };
	qsort(leaves, used, sizeof(*leaves), by_count);
	count_lengths(leaves, used, of_length);
	limit_lengths(of_length, used - 1, max);
	unsigned leaf = used;
	for (unsigned length = 1; length <= max; length++)
		for (unsigned i = 0; i < of_length[length]; i++)
			codes[leaves[--leaf].symbol].length = (uint8_t)length;
	number_codes(codes, n, of_length);
}

/* Bits */

static inline void put_bits(struct bits *b, uint64_t bits, unsigned count)
{
	b->waiting |= bits << b->count;
	b->count += count;
}

static inline void put_code(struct bits *b, struct code code)
{
	put_bits(b, code.bits, code.length);
}

/* Writes whole bytes; there must be room for eight. */
static inline void flush_bits(struct bits *b)
{
	uint64_t bits = htole64(b->waiting);
	memcpy(b->out->p + b->out->n, &bits, sizeof(bits));
	b->out->n += b->count / 8;
	b->waiting >>= b->count & ~7u;
	b->count &= 7;
}

/* Blocks */

/* How the lengths of codes are told: 0-15 a length, 17 and 18 zeros in a row. */
struct telling {
	uint8_t symbol[SYMBOLS], repeat[SYMBOLS];
	unsigned count;
};

static void tell_lengths(struct telling *t, const struct code *codes, unsigned n,
			 uint32_t *counts)
{
	for (unsigned i = 0; i < n;) {
		unsigned run = 0;
		while (i + run < n && run < 138 && codes[i + run].length == 0)
			run++;
		unsigned symbol = run > 10 ? 18 : run > 2 ? 17 : codes[i].length;
		t->symbol[t->count] = (uint8_t)symbol;
		t->repeat[t->count++] = (uint8_t)(run > 10 ? run - 11 : run - 3);
		counts[symbol]++;
		i += run > 2 ? run : 1;
	}
}

static unsigned used_codes(const struct code *codes, unsigned n, unsigned least)
{
	while (n > least && codes[n - 1].length == 0)
		n--;
	return n;
}

static void put_head(struct bits *b, const struct code *literals,
		     const struct code *distances)
{
	static const uint8_t order[LENGTHS] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
	};
	struct telling t = { .count = 0 };
	struct code lengths[LENGTHS];
	uint32_t counts[LENGTHS] = { 0 };
	unsigned literal_count = used_codes(literals, LITERALS, 257);
	unsigned distance_count = used_codes(distances, DISTANCES, 1);
	tell_lengths(&t, literals, literal_count, counts);
	tell_lengths(&t, distances, distance_count, counts);
	make_codes(counts, LENGTHS, LENGTH_CODE_MAX, lengths);
	put_bits(b, 0 | 2 << 1, 3);              /* not the last block; codes of its own */
	put_bits(b, literal_count - 257, 5);
	put_bits(b, distance_count - 1, 5);
	put_bits(b, LENGTHS - 4, 4);
	flush_bits(b);
	for (unsigned i = 0; i < LENGTHS; i++) {
		put_bits(b, lengths[order[i]].length, 3);
		flush_bits(b);
	}
	for (unsigned i = 0; i < t.count; i++) {
		put_code(b, lengths[t.symbol[i]]);
		if (t.symbol[i] > 15)
			put_bits(b, t.repeat[i], t.symbol[i] == 18 ? 7 : 3);
		flush_bits(b);
	}
}

/* Between two flushes are 48 bits at most. */
static void put_tokens(struct deflate *d, const struct code *literals,
		       const struct code *distances)
{
	struct bits b = d->bits;
	for (uint32_t i = 0; i < d->token_count; i++) {
		uint32_t token = d->tokens[i];
		unsigned length = token & 0xffff, distance = token >> 16;
		if (b.count > 32 || distance > 0)
			flush_bits(&b);
		if (distance == 0) {
			put_code(&b, literals[length]);
			continue;
		}
		struct symbol l = length_symbol(length), far = distance_symbol(distance);
		put_code(&b, literals[l.number]);
		put_bits(&b, (length - 3) & ((1u << l.extra) - 1), l.extra);
		put_code(&b, distances[far.number]);
		put_bits(&b, (distance - 1) & ((1u << far.extra) - 1), far.extra);
		flush_bits(&b);
	}
	flush_bits(&b);
	put_code(&b, literals[END]);
	flush_bits(&b);
	d->bits = b;
}

static void put_block(struct deflate *d)
{
	enum { HEAD_MAX = 1024, TOKEN_MAX = 6 };
	struct code literals[LITERALS], distances[DISTANCES];
	d->counts[END]++;
	make_codes(d->counts, LITERALS, CODE_MAX, literals);
	make_codes(d->counts + LITERALS, DISTANCES, CODE_MAX, distances);
	buf_reserve(d->bits.out, HEAD_MAX + (size_t)d->token_count * TOKEN_MAX);
	put_head(&d->bits, literals, distances);
	put_tokens(d, literals, distances);
	memset(d->counts, 0, sizeof(d->counts));
	d->token_count = 0;
}

/* Tokens */

static inline void add_token(struct deflate *d, uint32_t token)
{
	d->tokens[d->token_count++] = token;
	if (__builtin_expect(d->token_count == TOKENS, 0))
		put_block(d);
}

static inline void add_byte(struct deflate *d, unsigned byte)
{
	d->counts[byte]++;
	add_token(d, byte);
}

static inline void add_match(struct deflate *d, unsigned length, unsigned distance)
{
	d->counts[length_symbol(length).number]++;
	d->counts[LITERALS + distance_symbol(distance).number]++;
	add_token(d, distance << 16 | length);
}

static uint32_t four_bytes(const unsigned char *p)
{
	uint32_t bytes;
	memcpy(&bytes, p, sizeof(bytes));
	return bytes;
}

/* How many bytes are the same, at least "length" being so. */
static unsigned match_length(const unsigned char *a, const unsigned char *b,
			     unsigned length, size_t max)
{
	if (max > MATCH_MAX)
		max = MATCH_MAX;
	for (; length + 4 <= max; length += 4) {
		uint32_t differs = le32toh(four_bytes(a + length) ^ four_bytes(b + length));
		if (differs)
			return length + (unsigned)__builtin_ctz(differs) / 8;
	}
	while (length < max && a[length] == b[length])
		length++;
	return length;
}

static void add_numbers(struct deflate *d, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (i > 0 && n - i >= RUN_MIN && p[i] == p[i - 1] &&
		    four_bytes(p + i) == four_bytes(p + i - 1)) {
			unsigned length = match_length(p + i - 1, p + i, RUN_MIN, n - i);
			add_match(d, length, 1);
			i += length;
		} else {
			add_byte(d, p[i++]);
		}
	}
}

static void add_text(struct deflate *d, const unsigned char *p, size_t n)
{
	uint32_t *last = xcalloc(1 << HASH_BITS, sizeof(*last)); /* by hash: where + 1 */
	size_t i = 0;
	while (n - i >= MATCH_MIN) {
		uint32_t bytes = four_bytes(p + i);
		uint32_t *place = &last[bytes * 0x9e3779b1u >> (32 - HASH_BITS)];
		size_t distance = i + 1 - *place;
		bool there = *place > 0 && distance <= WINDOW &&
			     four_bytes(p + i - distance) == bytes;
		*place = (uint32_t)i + 1;
		if (!there) {
			add_byte(d, p[i++]);
			continue;
		}
		unsigned length = match_length(p + i - distance, p + i, MATCH_MIN, n - i);
		add_match(d, length, (unsigned)distance);
		for (size_t end = i + length; ++i < end;)
			if (n - i >= MATCH_MIN)
				last[four_bytes(p + i) * 0x9e3779b1u >> (32 - HASH_BITS)] =
					(uint32_t)i + 1;
	}
	while (i < n)
		add_byte(d, p[i++]);
	free(last);
}

void deflate_add(struct deflate *d, struct str bytes, enum deflate_kind kind)
{
	enum { PIECE_MAX = 1 << 30 };
	if (bytes.n >= OWN_BLOCK && d->token_count > 0)
		put_block(d);
	while (bytes.n > 0) {
		size_t n = bytes.n < PIECE_MAX ? bytes.n : PIECE_MAX;
		if (kind == DEFLATE_TEXT)
			add_text(d, (const unsigned char *)bytes.p, n);
		else
			add_numbers(d, (const unsigned char *)bytes.p, n);
		bytes = str_skip(bytes, n);
	}
}

void deflate_end(struct deflate *d)
{
	if (d->token_count > 0)
		put_block(d);
	buf_reserve(d->bits.out, sizeof(uint64_t));
	put_bits(&d->bits, 1 | 1 << 1, 3);       /* the last block; known codes; its end is 0 */
	put_bits(&d->bits, 0, 7);
	d->bits.count = (d->bits.count + 7) & ~7u;
	flush_bits(&d->bits);
	free(d);
}
