/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A frame is address, symbol, offset and module.  Symbols and paths may hold
 * blanks and parentheses, so the module is what balances the ")" at the end.
 */
#include "read/perf_text.h"

#include "read/perf_header.h"

/* Hexadecimal digits, as perf prints them. */
static const bool hex_digits[256] = {
	['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true,
	['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
	['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true,
	['f'] = true,
};

static bool is_hex(char c)
{
	return hex_digits[(unsigned char)c];
}

/* Frames */

/* Cuts "+0x1c" off the end and returns the digits of it. */
static struct str cut_offset(struct str *s)
{
	size_t n = s->n;
	while (n > 0 && is_hex(s->p[n - 1]))
		n--;
	if (n < 3 || n == s->n || memcmp(s->p + n - 3, "+0x", 3) != 0)
		return (struct str){ NULL, 0 };
	struct str digits = str_skip(*s, n);
	s->n = n - 3;
	return digits;
}

/* Where the "(" that belongs to the ")" at the end stands, or -1. */
static ptrdiff_t opening(struct str s)
{
	ptrdiff_t open = str_rchr(s, '(');
	if (open >= 0 && str_chr(str_skip(s, (size_t)open), ')') ==
				 (ptrdiff_t)(s.n - 1) - open)
		return open;
	size_t depth = 0;
	for (size_t i = s.n; i-- > 0;) {
		depth += s.p[i] == ')';
		if (s.p[i] == '(' && --depth == 0)
			return (ptrdiff_t)i;
	}
	return -1;
}

/* A module name that does not balance: the first of what can begin one. */
static ptrdiff_t opening_of_odd_module(struct str s)
{
	ptrdiff_t path = str_find(s, STR(" (/"));
	ptrdiff_t pseudo = str_find(s, STR(" (["));
	ptrdiff_t at = path < 0 || (pseudo >= 0 && pseudo < path) ? pseudo : path;
	return at < 0 ? -1 : at + 1;
}

/* "symbol (/usr/li": the line was cut off. */
static bool cut_half_module(struct str *s, struct perf_frame *f)
{
	ptrdiff_t open = opening_of_odd_module(*s);
	if (open < 0)
		return false;
	f->cut_off = true;
	f->module = str_skip(*s, (size_t)open + 1);
	*s = str_head(*s, (size_t)open - 1);
	return true;
}

/* Takes "(module)" off the end of "symbol (module)". */
static bool cut_module(struct str *s, struct perf_frame *f)
{
	if (s->n == 0 || s->p[s->n - 1] != ')')
		return cut_half_module(s, f);
	ptrdiff_t open = opening(*s);
	if (open < 0 || (open > 0 && s->p[open - 1] != ' '))
		open = open < 0 ? opening_of_odd_module(*s) : -1;
	if (open < 0)
		return false;
	struct str module = str_skip(*s, (size_t)open + 1);
	module.n--;
	*s = str_head(*s, open > 0 ? (size_t)open - 1 : 0);
	if (str_eq(module, STR("inlined"))) {
		f->inlined = true;
	} else {
		cut_offset(&module);
		f->module = module;
	}
	return true;
}

static struct str without_blanks_before(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_skip(s, 1);
	return s;
}

static struct str without_blanks_behind(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* "7f6f1c0b14d1 __poll+0x51 (/usr/lib/libc.so.6)" */
bool perf_text_frame(struct str s, struct perf_frame *f)
{
	*f = (struct perf_frame){ 0 };
	s = without_blanks_before(s);
	size_t n = 0;
	while (n < s.n && is_hex(s.p[n]))
		n++;
	if (n == 0 || n > 16 || (n < s.n && s.p[n] != ' '))
		return false;
	f->address = str_head(s, n);
	s = without_blanks_behind(str_skip(s, n));
	if (s.n > 0 && s.p[0] == ' ')
		s = str_skip(s, 1);
	f->has_module = cut_module(&s, f);
	f->offset = cut_offset(&s);
	f->symbol = without_blanks_behind(s);
	return true;
}

bool perf_text_is_tail(struct str line)
{
	struct str s = without_blanks_before(line);
	if (str_starts(s, STR("ABI:")))
		return true;
	size_t n = 0;
	while (n < s.n && s.p[n] != ' ')
		n++;
	s = str_head(s, n);
	return str_find(s, STR("/P/")) > 0 || str_find(s, STR("/M/")) > 0 ||
	       str_find(s, STR("/PN/")) > 0 || str_find(s, STR("/-/-/")) > 0;
}

bool perf_text_is_more(struct str line)
{
	size_t blanks = 0;
	while (blanks < line.n && line.p[blanks] == ' ')
		blanks++;
	return blanks < line.n && (blanks == 2 || blanks > 16);
}

struct str perf_text_line(struct str raw)
{
	if (raw.n && raw.p[raw.n - 1] == '\n')
		raw.n--;
	if (raw.n && raw.p[raw.n - 1] == '\r')
		raw.n--;
	return raw;
}

/* Recognising */

/* How much a line looks like a frame: not, in any layout, or as perf prints it. */
static enum probe probe_frame(struct str line, bool after_header)
{
	struct perf_frame f;
	bool indented = line.n && (line.p[0] == '\t' || line.p[0] == ' ');
	if (!perf_text_frame(line, &f) || str_starts(f.symbol, STR("[<")))
		return PROBE_NO;         /* "1 [<400750>] main" is memleak's */
	if (f.symbol.n == 0)     /* perf script -F ip */
		return line.p[0] == '\t' && line.n == 17 ? PROBE_LIKELY : PROBE_NO;
	if (f.has_module && (indented || after_header))
		return PROBE_SURE;
	if (line.p[0] == '\t' && line.n > 17 && line.p[17] == ' ')
		return after_header ? PROBE_SURE : PROBE_LIKELY;
	return PROBE_NO;
}

/*
 * What comes before the first sample can be long: a line for each processor
 * (--header), one for each file that was mapped (--show-mmap-events).
 */
static enum probe probe_other(struct str line, bool *header)
{
	struct perf_header h;
	if (str_starts(line, STR("# captured on")) ||
	    str_starts(line, STR("# perf version")))
		return PROBE_LIKELY;
	if (!perf_header_read(line, &h, false))
		return PROBE_NO;
	if (perf_header_is_record(line, &h))
		return PROBE_LIKELY;
	*header |= h.event.n > 0;
	return h.event.n > 0 ? PROBE_LIKELY : PROBE_NO;
}

enum probe perf_text_probe(struct str head)
{
	bool header = false;
	enum probe best = PROBE_NO;
	if (str_find(str_head(head, head.n < 256 ? head.n : 256),
		     STR("Source code & Disassembly of")) >= 0)
		return PROBE_NO;         /* perf annotate: "main():" is no event */
	while (head.p != NULL && best != PROBE_SURE) {
		struct str line = perf_text_line(str_cut(&head, '\n'));
		enum probe sure = probe_frame(line, header);
		if (sure == PROBE_NO)
			sure = probe_other(line, &header);
		if (sure > best)
			best = sure;
	}
	return best;
}

const char *perf_text_split(struct str block)
{
	struct perf_header h;
	for (struct str s = block; s.n > 0;) {
		ptrdiff_t newline = str_rchr(s, '\n');
		if (newline < 0)
			return NULL;
		struct str line = str_skip(s, (size_t)newline + 1);
		s = str_head(s, (size_t)newline);
		struct str before = str_skip(s, (size_t)(str_rchr(s, '\n') + 1));
		if (str_trim(before).n == 0 && line.n && line.p[0] != '\t' &&
		    perf_header_read(line, &h, false) && !perf_header_is_record(line, &h))
			return line.p;
	}
	return NULL;
}
