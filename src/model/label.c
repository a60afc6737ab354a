/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A label in a fixed-width font is cut by columns; "…" takes one of them:
 *
 *	name               std::vector<int>::push_back(int&&), 12 columns
 *	right              std::vector…
 *	left               …back(int&&)
 *	middle             std::v…nt&&)
 *	smart              push_back, see label_smart.c
 *
 * When no column can be halved, the middle gives the odd one to the start.
 */
#include "model/label.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "model/label_smart.h"

unsigned label_columns(double width, double advance, double inset)
{
	double columns = (width - 2 * inset) / advance;
	return columns >= 1e6 ? 1000000 : columns > 0 ? (unsigned)(columns + 1e-9) : 0;
}

bool label_parse_cut(struct str word, enum label_cut *cut)
{
	static const struct str words[] = {
		[LABEL_SMART] = STR("smart"), [LABEL_LEFT] = STR("left"),
		[LABEL_RIGHT] = STR("right"), [LABEL_MIDDLE] = STR("middle"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_eq(word, words[i])) {
			*cut = (enum label_cut)i;
			return true;
		}
	}
	return false;
}

/* Marks that take no column could go on for ever. */
enum { COLUMNS_MIN = 3, BYTES_PER_COLUMN = 16 };

static bool is_inner_byte(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static bool fits(struct str s, size_t columns)
{
	/* Text of n bytes has at most n columns: most names need no counting. */
	return s.n <= columns || (s.n <= BYTES_PER_COLUMN * columns &&
				  utf8_fit(s, columns).n == s.n);
}

static struct str head_of(struct str s, size_t columns)
{
	size_t n = BYTES_PER_COLUMN * columns, bytes = n;
	if (s.n > n) {
		while (n > 0 && bytes - n < 3 && is_inner_byte(s.p[n]))
			n--;
		s.n = n;
	}
	return utf8_fit(s, columns);
}

/* The longest end that fits; it does not begin with a mark. */
static struct str tail_of(struct str s, size_t columns)
{
	size_t n = BYTES_PER_COLUMN * columns;
	if (s.n > n) {
		s = str_skip(s, s.n - n);
		while (n - s.n < 3 && is_inner_byte(s.p[0]))
			s = str_skip(s, 1);
	}
	size_t all = utf8_columns(s);
	while (s.n > 0) {
		unsigned length, width = utf8_width(utf8_next(s, &length));
		if (all <= columns && width > 0)
			break;
		all -= width;
		s = str_skip(s, length);
	}
	return s;
}

static void add_cut(struct buf *b, struct str s, size_t columns, enum label_cut cut)
{
	size_t left = cut == LABEL_LEFT ? 0
		      : cut == LABEL_MIDDLE ? columns / 2 : columns - 1;
	struct str head = head_of(s, left);
	buf_add(b, head);
	buf_add(b, STR("…"));
	if (cut == LABEL_LEFT || cut == LABEL_MIDDLE)
		buf_add(b, tail_of(s, columns - 1 - utf8_columns(head)));
}

static void add_smart(struct buf *b, struct str name, size_t columns)
{
	struct label_smart room;
	struct str s = label_smart_choose(&room, name, columns);
	if (fits(s, columns))
		buf_add(b, s);
	else
		add_cut(b, s, columns, LABEL_RIGHT);
}

bool label_add(struct buf *b, struct str name, unsigned columns, enum label_cut cut)
{
	if (columns < COLUMNS_MIN)
		return false;
	if (fits(name, columns))
		buf_add(b, name);
	else if (cut != LABEL_SMART)
		add_cut(b, name, columns, cut);
	else
		add_smart(b, name, columns);
	return true;
}

/*
 * Advances of ASCII in hundredths of the font size, from a wide sans-serif
 * face; what is not here, and every column of other characters, counts 64.
 */
enum { OTHER_ADVANCE = 64, BYTES_PER_EM = 64 };

static const unsigned char advances[128] = {
	['f'] = 37, ['i'] = 29, ['j'] = 29, ['k'] = 59, ['l'] = 29, ['m'] = 98, ['r'] = 42,
	['s'] = 53, ['t'] = 40, ['v'] = 60, ['w'] = 82, ['x'] = 60, ['y'] = 60, ['z'] = 53,
	['c'] = 56, [' '] = 33, ['.'] = 33, [','] = 33, [':'] = 34, [';'] = 34, ['!'] = 41,
	['\''] = 28, ['('] = 40, [')'] = 40, ['['] = 40, [']'] = 40, ['/'] = 35, ['-'] = 37,
	['|'] = 35, ['I'] = 31, ['J'] = 31, ['_'] = 51, ['*'] = 51, ['"'] = 47,
	['A'] = 69, ['B'] = 69, ['C'] = 70, ['D'] = 78, ['G'] = 78, ['H'] = 76, ['M'] = 87,
	['N'] = 76, ['O'] = 79, ['Q'] = 79, ['R'] = 70, ['U'] = 74, ['V'] = 69, ['W'] = 99,
	['X'] = 69, ['Z'] = 69, ['+'] = 84, ['<'] = 84, ['='] = 84, ['>'] = 84, ['~'] = 84,
	['#'] = 84, ['%'] = 96, ['&'] = 79, ['@'] = 100,
};

static double advance_of(struct str s, unsigned *length)
{
	int32_t code = utf8_next(s, length);
	if (code >= 0 && code < 128 && advances[code])
		return advances[code] / 100.;
	return (code < 0 ? 1 : utf8_width(code)) * OTHER_ADVANCE / 100.;
}

double label_text_width(struct str s)
{
	double width = 0;
	unsigned length;
	for (; s.n > 0; s = str_skip(s, length))
		width += advance_of(s, &length);
	return width;
}

struct str label_text_fit(struct str s, double width)
{
	double bytes = BYTES_PER_EM * (width + 1);
	unsigned length;
	size_t at = 0;
	for (; at < s.n && (double)at < bytes; at += length) {
		width -= advance_of(str_skip(s, at), &length);
		if (width < -1e-9)
			break;
	}
	return str_head(s, at);
}
