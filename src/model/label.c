/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A label in a fixed-width font is cut by columns:
 *
 *	std::vector<int>::push_back  in 12 columns:  std::vector…
 */
#include "model/label.h"

#include "base/utf8.h"

unsigned label_columns(double width, double advance, double inset)
{
	double columns = (width - 2 * inset) / advance;
	return columns >= 1e6 ? 1000000 : columns > 0 ? (unsigned)(columns + 1e-9) : 0;
}

bool label_add(struct buf *b, struct str name, unsigned columns)
{
	enum { COLUMNS_MIN = 3, BYTES_PER_COLUMN = 16 };
	if (columns < COLUMNS_MIN)
		return false;
	/* Text of n bytes has at most n columns: most names need no counting. */
	if (name.n <= columns || (name.n <= (size_t)BYTES_PER_COLUMN * columns &&
				  utf8_fit(name, columns).n == name.n)) {
		buf_add(b, name);
		return true;
	}
	struct str fit = utf8_fit(name, columns - 1);
	/* Marks that take no column could go on for ever. */
	if (fit.n > (size_t)BYTES_PER_COLUMN * columns) {
		fit.n = (size_t)BYTES_PER_COLUMN * columns;
		while (((unsigned char)name.p[fit.n] & 0xc0) == 0x80)
			fit.n--;
	}
	buf_add(b, fit);
	buf_add(b, STR("…"));
	return true;
}

/*
 * Advances of ASCII in hundredths of the font size, from a wide sans-serif
 * face; what is not here, and every column of other characters, counts 64.
 */
enum { OTHER_ADVANCE = 64 };

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
	unsigned length;
	size_t at = 0;
	for (; at < s.n; at += length) {
		width -= advance_of(str_skip(s, at), &length);
		if (width < -1e-9)
			break;
	}
	return str_head(s, at);
}
