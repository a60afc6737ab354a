/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Frames, by tools/memleak.py of now and then, libbpf-tools/memleak.c, and that one
 * with blazesym:
 *
 *	0x0000000000400800	buf_new+0x10 [allocs]
 *	buf_new+0x10 [allocs]
 *	[unknown] [allocs]
 *	0 [<0000000000400800>] buf_new+0x10 [/usr/bin/allocs]
 *	1 [<0000000000400750>] [/usr/bin/allocs]
 *	2 [<00007f0a5c2d6840>] <null sym>
 *	0 [<0000000000400800>] buf_new+0x10 /src/buf.c:12
 */
#include "read/memleak_line.h"

#include "base/num.h"

bool memleak_line_is_report(struct str line)
{
	line = str_trim(line);
	return str_starts(line, STR("[")) &&
	       str_find(line, STR("] Top ")) > 0 &&
	       str_ends(line, STR(" stacks with outstanding allocations:"));
}

bool memleak_line_stack(struct str line, struct str *bytes, struct str *blocks)
{
	static const struct str in = STR(" bytes in "),
				from = STR(" allocations from stack");
	line = str_trim(line);
	ptrdiff_t at = str_find(line, in);
	if (at <= 0 || !str_ends(line, from))
		return false;
	*bytes = str_head(line, (size_t)at);
	*blocks = str_skip(line, (size_t)at + in.n);
	if (blocks->n <= from.n)
		return false;
	blocks->n -= from.n;
	return true;
}

bool memleak_line_is_block(struct str line)
{
	line = str_trim(line);
	return str_starts(line, STR("addr = ")) && str_find(line, STR(" size = ")) > 0;
}

/* "0x400800<tab>", "0 [<400800>]" */
static uint64_t cut_address(struct str *line)
{
	uint64_t address = 0, number;
	struct str digits, rest = *line;
	ptrdiff_t open = str_find(rest, STR(" [<"));
	if (str_starts(rest, STR("0x"))) {
		size_t n = 2;
		while (n < rest.n && num_hex_digit(rest.p[n]) >= 0)
			n++;
		digits = str_skip(str_head(rest, n), 2);
		rest = str_skip(rest, n);
		if (rest.n > 0 && rest.p[0] != '\t' && rest.p[0] != ' ')
			return 0;
	} else if (open > 0 && num_u64(str_head(rest, (size_t)open), &number)) {
		rest = str_skip(rest, (size_t)open + 3);
		ptrdiff_t close = str_find(rest, STR(">]"));
		if (close < 0)
			return 0;
		digits = str_head(rest, (size_t)close);
		rest = str_skip(rest, (size_t)close + 2);
	} else {
		return 0;
	}
	if (!num_hex(digits, &address))
		return 0;
	*line = str_trim(rest);
	return address;
}

/* "buf_new+0x10", with what may stand behind it: the last one of the line */
static bool cut_name(struct str line, struct memleak_frame *f, struct str *rest)
{
	for (size_t at = line.n; at-- > 0;) {
		struct str tail = str_skip(line, at);
		if (!str_starts(tail, STR("+0x")))
			continue;
		size_t n = 3;
		while (n < tail.n && num_hex_digit(tail.p[n]) >= 0)
			n++;
		if (n < tail.n && tail.p[n] != ' ' && tail.p[n] != '\t')
			continue;
		if (!num_hex(str_skip(str_head(tail, n), 3), &f->offset))
			continue;
		f->name = str_head(line, at);
		*rest = str_trim(str_skip(tail, n));
		return true;
	}
	return false;
}

static bool is_source(struct str s)
{
	ptrdiff_t colon = str_rchr(s, ':');
	return colon > 0 && num_is_digits(str_skip(s, (size_t)colon + 1));
}

/* "[libc-2.21.so]" */
static struct str in_brackets(struct str s)
{
	bool is_name = s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']';
	return is_name ? str_head(str_skip(s, 1), s.n - 2) : STR("");
}

static void read_rest(struct memleak_frame *f, struct str rest)
{
	struct str module = in_brackets(rest);
	if (module.n)
		f->module = module;
	else if (is_source(rest))
		f->line = str_basename(rest);
}

struct memleak_frame memleak_line_frame(struct str line)
{
	struct memleak_frame f = { 0 };
	struct str rest;
	line = str_trim(line);
	f.address = cut_address(&line);
	if (cut_name(line, &f, &rest)) {
		read_rest(&f, rest);
		return f;
	}
	ptrdiff_t module = str_find(line, STR("] ["));
	if (str_eq(line, STR("<null sym>")) || str_eq(line, STR("[unknown]")))
		return f;
	if (str_starts(line, STR("[unknown] [")))
		f.module = in_brackets(str_skip(line, (size_t)module + 2));
	else if (f.address && in_brackets(line).n)
		f.module = in_brackets(line);
	else
		f.name = line;
	return f;
}
