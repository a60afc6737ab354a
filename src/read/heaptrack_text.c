/* SPDX-License-Identifier: Apache-2.0 */

/*
 * First the ends of some dozens of lines are found, and that there is nothing in them but
 * digits, signs and blanks.  Then each line is taken apart by itself, so that none has to
 * wait for the one before it: of a usual line one look at 32 bytes tells where its numbers
 * end.
 */
#include "read/heaptrack_text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/num.h"

enum { SIGN = 2 };               /* "+ " or "- " */

void heaptrack_text_init(struct heaptrack_text *t, struct str text,
			 const struct heaptrack_blocks *blocks)
{
	t->p = t->seen = text.p;
	t->end = text.p + text.n;
	t->blocks = blocks;
	t->is_odd = false;
	t->ends_count = 0;
}

void heaptrack_text_return(struct heaptrack_text *t, const char *start, unsigned n)
{
	for (t->p = start; n > 0; n--)
		t->p = (const char *)memchr(t->p, '\n', (size_t)(t->end - t->p)) + 1;
	t->seen = t->p;
	t->is_odd = false;
	t->ends_count = 0;
}

static bool take_hex(struct str *rest, uint64_t *value)
{
	return num_hex(str_cut(rest, ' '), value);
}

bool heaptrack_text_read_line(struct str text, bool has_addresses, struct heaptrack_line *line)
{
	struct str rest = str_skip(text, text.n < SIGN ? text.n : SIGN);
	*line = (struct heaptrack_line){ .is_free = str_starts(text, STR("- ")) };
	if (!line->is_free && !str_starts(text, STR("+ ")))
		return false;
	if (!line->is_free && has_addresses &&
	    !(take_hex(&rest, &line->size) && take_hex(&rest, &line->trace)))
		return false;
	return take_hex(&rest, &line->id) && str_trim(rest).n == 0;
}

#ifdef __SSE2__

enum {
	VECTOR = 16,
	WINDOW = 64,
	USUAL_MAX = 2 * VECTOR,  /* bytes of a line behind its sign, with the end */
	DIGITS_MAX = 16,
};

static inline __m128i load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)p);
}

static inline __m128i all(char c)
{
	return _mm_set1_epi8(c);
}

static inline uint64_t bits(__m128i x)
{
	return (unsigned)_mm_movemask_epi8(x);
}

/* So that what lies between digits and letters is least, letters come next. */
static inline __m128i rotate(__m128i x)
{
	return _mm_sub_epi8(x, all('9' + 1));
}

/*
 * A bit for each byte that no such line has: neither a digit nor smaller than any, as
 * signs, blanks and line ends are.  Of several bytes the least one, rotated, and the
 * greatest one tell whether one of them is odd.
 */
static inline uint64_t odd_bits(__m128i least, __m128i greatest)
{
	__m128i odd = _mm_or_si128(_mm_subs_epu8(all('a' - '9' - 1), least),
				   _mm_subs_epu8(greatest, all('f')));
	return bits(_mm_cmpeq_epi8(odd, _mm_setzero_si128())) ^ UINT16_MAX;
}

static uint64_t odd_bits_of_window(const char *p)
{
	uint64_t odd = 0;
	for (unsigned i = 0; i < WINDOW; i += VECTOR)
		odd |= odd_bits(rotate(load(p + i)), load(p + i)) << i;
	return odd;
}

/* The ends of lines in the next window, a bit for each, up to what is odd. */
static inline uint64_t look_at_window(struct heaptrack_text *t, const char *p)
{
	uint64_t newlines = 0, odd = 0;
	__m128i least = all('\xff'), greatest = all(0);
	for (unsigned i = 0; i < WINDOW; i += VECTOR) {
		__m128i x = load(p + i);
		newlines |= bits(_mm_cmpeq_epi8(x, all('\n'))) << i;
		least = _mm_min_epu8(least, rotate(x));
		greatest = _mm_max_epu8(greatest, x);
	}
	if (odd_bits(least, greatest) != 0)
		odd = odd_bits_of_window(p);
	if (t->end - p < WINDOW)
		odd |= UINT64_C(1) << (t->end - p);
	t->is_odd = odd != 0;
	return odd ? newlines & ((odd & -odd) - 1) : newlines;
}

static inline void look_ahead(struct heaptrack_text *t)
{
	const char *seen = t->seen;
	unsigned count = t->ends_count;
	while (count < HEAPTRACK_LINES && !t->is_odd && seen < t->end) {
		uint64_t newlines = look_at_window(t, seen);
		for (; newlines != 0; newlines &= newlines - 1)
			t->ends[count++] = seen + (unsigned)__builtin_ctzll(newlines);
		seen += WINDOW;
	}
	t->seen = seen;
	t->ends_count = count;
}

/* Eight bytes of the numbers in 16 digits. */
static inline uint64_t pack(__m128i digits)
{
	__m128i is_letter = _mm_cmpgt_epi8(digits, all('9'));
	__m128i x = _mm_add_epi8(_mm_and_si128(digits, all(0x0f)),
				 _mm_and_si128(is_letter, all(9)));
	x = _mm_and_si128(_mm_or_si128(_mm_slli_epi16(x, 4), _mm_srli_epi16(x, 8)),
			  _mm_set1_epi16(0x00ff));
	return __builtin_bswap64((uint64_t)_mm_cvtsi128_si64(_mm_packus_epi16(x, x)));
}

/* The value of n digits, from 1 to 16. */
static inline uint64_t number(const char *p, size_t n)
{
	return pack(load(p)) >> (64 - 4 * n);
}

/* A bit for each of 16 bytes that is a digit: added to 0x50, only these reach 0x80. */
static inline uint32_t find_digits(const char *p)
{
	return (uint32_t)bits(_mm_add_epi8(load(p), all('0' + 0x20)));
}

/* "- ADDRESS" or "+ INFO" */
static inline bool take_id(const char *p, size_t n, struct heaptrack_line *line)
{
	line->id = number(p, n);
	return ~find_digits(p) << (32 - n) == 0;
}

/* "SIZE TRACE ADDRESS" of n bytes; the first two are taken from what they are together. */
static inline bool take_block(const char *p, size_t n, struct heaptrack_line *line)
{
	uint32_t ends = ~(find_digits(p) | find_digits(p + VECTOR) << VECTOR);
	uint32_t later = ends & (ends - 1), last = later & (later - 1);
	if (last << (31 - n) != UINT32_C(1) << 31)
		return false;
	size_t size_n = (unsigned)__builtin_ctz(ends);
	size_t trace_end = (unsigned)__builtin_ctz(later);
	size_t trace_n = trace_end - size_n - 1, id_n = n - trace_end - 1;
	if (size_n - 1 >= DIGITS_MAX - 3 || trace_n - 1 >= DIGITS_MAX - 1 - size_n ||
	    id_n - 1 >= DIGITS_MAX || (p[size_n] ^ ' ') | (p[trace_end] ^ ' '))
		return false;
	uint64_t both = pack(load(p));
	line->size = both >> (64 - 4 * size_n);
	line->trace = both << 4 * (size_n + 1) >> (64 - 4 * trace_n);
	line->id = number(p + trace_end + 1, id_n);
	return true;
}

static inline bool take_usual(const char *p, const char *end, bool has_addresses,
			      struct heaptrack_line *line)
{
	size_t n = (size_t)(end - p) - SIGN;
	bool is_free = memcmp(p, "- ", SIGN) == 0;
	line->is_free = is_free;
	if (!is_free && memcmp(p, "+ ", SIGN) != 0)
		return false;
	if (has_addresses && !is_free)
		return n < USUAL_MAX && take_block(p + SIGN, n, line);
	return n - 1 < DIGITS_MAX && take_id(p + SIGN, n, line);
}

/* The line from p to its end. */
static inline bool take_line(const char *p, const char *end, bool has_addresses,
			     struct heaptrack_line *line)
{
	return take_usual(p, end, has_addresses, line) ||
	       heaptrack_text_read_line(str_span(p, end), has_addresses, line);
}

#else

static void look_ahead(struct heaptrack_text *t)
{
	const char *newline;
	while (t->ends_count < HEAPTRACK_LINES &&
	       (newline = memchr(t->seen, '\n', (size_t)(t->end - t->seen)))) {
		t->ends[t->ends_count++] = newline;
		t->seen = newline + 1;
	}
}

static bool take_line(const char *p, const char *end, bool has_addresses,
		      struct heaptrack_line *line)
{
	return heaptrack_text_read_line(str_span(p, end), has_addresses, line);
}

#endif

/* Up to "count" of those whose ends are known; with a constant for "blocks". */
__attribute__((always_inline))
static inline unsigned take_lines(struct heaptrack_text *t, struct heaptrack_line *lines,
				  unsigned count, const struct heaptrack_blocks *blocks)
{
	const char *p = t->p;
	unsigned taken = 0;
	for (; taken < count; taken++) {
		const char *end = t->ends[taken];
		struct heaptrack_line *line = &lines[taken];
		if (!take_line(p, end, blocks, line))
			break;
		if (blocks)
			heaptrack_blocks_prefetch(blocks, line->id);
		p = end + 1;
	}
	t->p = p;
	return taken;
}

unsigned heaptrack_text_take(struct heaptrack_text *t, struct heaptrack_line *lines)
{
	look_ahead(t);
	unsigned count = t->ends_count < HEAPTRACK_LINES ? t->ends_count : HEAPTRACK_LINES;
	unsigned taken = t->blocks ? take_lines(t, lines, count, t->blocks) :
				     take_lines(t, lines, count, NULL);
	t->ends_count -= taken;
	memmove(t->ends, t->ends + taken, t->ends_count * sizeof(*t->ends));
	return taken;
}
