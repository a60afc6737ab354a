/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Frames end in a place in the source, or in a module:
 *
 *	#1 0x55c9152c133a in leak(int) /src/a b.c:33:5
 *	#1 0x55c9152c133a in leak(int) (/bin/a+0x30f62) (BuildId: e72190)
 *	#1 0x55c9152c133a  (/bin/a+0x30f62)
 *
 * Names of functions and of files hold blanks, so where the one ends and the other
 * begins is a guess: a path that begins with '/' outside of all brackets, or else the
 * last word.
 */
#include "read/lsan_line.h"

#include "base/num.h"

static bool cut_after(struct str *s, struct str what)
{
	ptrdiff_t at = str_find(*s, what);
	if (at < 0)
		return false;
	*s = str_skip(*s, (size_t)at + what.n);
	return true;
}

static bool cut_number(struct str *s, int64_t *value)
{
	uint64_t n;
	size_t digits = 0;
	while (digits < s->n && num_is_digit(s->p[digits]))
		digits++;
	if (!num_u64(str_head(*s, digits), &n) || n > INT64_MAX)
		return false;
	*value = (int64_t)n;
	*s = str_skip(*s, digits);
	return true;
}

bool lsan_line_is_start(struct str line, int64_t *pid)
{
	ptrdiff_t at = str_find(line, STR("ERROR: LeakSanitizer: detected memory leaks"));
	if (at < 0)
		return false;
	struct str before = str_head(line, (size_t)at);
	*pid = -1;
	if (!str_ends(before, STR("==")))
		return true;
	before.n -= 2;
	struct str number = str_skip(before, (size_t)(str_rchr(before, '=') + 1));
	if (!cut_number(&number, pid) || number.n > 0)
		*pid = -1;
	return true;
}

bool lsan_line_leak(struct str line, struct lsan_leak *leak)
{
	leak->indirect = str_find(line, STR("Indirect leak of ")) >= 0;
	return cut_after(&line, leak->indirect ? STR("Indirect leak of ") :
						 STR("Direct leak of ")) &&
	       cut_number(&line, &leak->bytes) && str_take(&line, STR(" byte(s) in ")) &&
	       cut_number(&line, &leak->objects) &&
	       str_take(&line, STR(" object(s) allocated from:"));
}

bool lsan_line_summary(struct str line, int64_t *bytes, int64_t *objects)
{
	return cut_after(&line, STR("SUMMARY: ")) && cut_after(&line, STR("Sanitizer: ")) &&
	       cut_number(&line, bytes) && str_take(&line, STR(" byte(s) leaked in ")) &&
	       cut_number(&line, objects) && str_take(&line, STR(" allocation(s)."));
}

bool lsan_line_suppression(struct str line, int64_t *count, int64_t *bytes,
			   struct str *pattern)
{
	line = str_trim(line);
	if (!cut_number(&line, count) || !str_starts(line, STR(" ")))
		return false;
	line = str_trim(line);
	if (!cut_number(&line, bytes) || !str_starts(line, STR(" ")))
		return false;
	*pattern = str_trim(line);
	return pattern->n > 0;
}

/* Frames */

/* Where the '(' of the brackets is that end the text; -1 when there is none. */
static ptrdiff_t last_brackets(struct str s)
{
	size_t depth = 0;
	if (!str_ends(s, STR(")")))
		return -1;
	for (size_t i = s.n; i-- > 0;) {
		depth += s.p[i] == ')';
		depth -= s.p[i] == '(';
		if (depth == 0)
			return (ptrdiff_t)i;
	}
	return -1;
}

/* Cuts "(BuildId: e72190)" and then "(/bin/a+0x30f62)" off the end. */
static void take_module(struct str *s, struct frametext *place)
{
	for (int again = 0; again < 2; again++) {
		ptrdiff_t at = last_brackets(*s), plus;
		if (at < 0)
			return;
		struct str inside = str_span(s->p + at + 1, s->p + s->n - 1), end = inside;
		bool build_id = again == 0 && str_starts(inside, STR("BuildId: "));
		plus = str_rchr(inside, '+');
		if (!build_id && plus >= 0)
			end = str_skip(inside, (size_t)plus + 1);
		uint64_t offset;
		bool module = plus >= 0 && str_take(&end, STR("0x")) && num_hex(end, &offset);
		if (!build_id && !module && !str_eq(inside, STR("<unknown module>")))
			return;
		if (module) {
			place->module = str_head(inside, (size_t)plus);
			place->address = offset;
		}
		*s = str_trim(str_head(*s, (size_t)at));
		if (!build_id)
			return;
	}
}

/* Cuts ":12" off. */
static bool cut_position(struct str *s)
{
	ptrdiff_t colon = str_rchr(*s, ':');
	if (colon <= 0 || !num_is_digits(str_skip(*s, (size_t)colon + 1)))
		return false;
	s->n = (size_t)colon;
	return true;
}

/* Where the name of a file begins, behind that of a function; 0 when there is none. */
static ptrdiff_t file_start(struct str s, bool has_line)
{
	size_t depth = 0;
	ptrdiff_t last = -1;
	for (size_t i = 0; i + 1 < s.n; i++) {
		depth += s.p[i] == '(' || s.p[i] == '<';
		depth -= depth > 0 && (s.p[i] == ')' || s.p[i] == '>');
		if (s.p[i] != ' ' || s.p[i + 1] != '/')
			continue;
		if (depth == 0)
			return (ptrdiff_t)i + 1;
		last = (ptrdiff_t)i + 1;
	}
	if (!has_line)
		return 0;
	return last >= 0 ? last : str_rchr(s, ' ') + 1;
}

/* "leak(int) /src/a b.c:33:5" */
static void take_line(struct str *s, struct frametext *place)
{
	struct str with_line = *s, file = *s;
	bool has_line = cut_position(&file);
	struct str without_column = file;
	if (cut_position(&file))
		with_line = without_column;
	ptrdiff_t at = file_start(file, has_line);
	if (at <= 0)
		return;
	if (has_line)
		place->line = str_skip(with_line, (size_t)at);
	*s = str_trim(str_head(*s, (size_t)at));
}

bool lsan_line_frame(struct str line, uint64_t *number, struct frametext *place)
{
	int64_t n;
	*place = (struct frametext){ 0 };
	if (!cut_after(&line, STR("#")) || !cut_number(&line, &n) ||
	    !str_take(&line, STR(" 0x")))
		return false;
	*number = (uint64_t)n;
	struct str rest = line, address = str_cut(&rest, ' ');
	if (!num_hex(address, &place->address))
		return false;
	rest = str_trim(rest);
	bool named = str_take(&rest, STR("in "));
	take_module(&rest, place);
	if (place->module.n == 0)
		take_line(&rest, place);
	if (named && !str_starts(rest, STR("<null>")) && !str_eq(rest, STR("(null)")))
		place->name = rest;
	return true;
}
