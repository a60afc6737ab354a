/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Amounts as Memcheck writes them, with what has changed since the check before:
 *
 *	10,000 bytes in 10 blocks are definitely lost in loss record 5 of 5
 *	160 (32 direct, 128 indirect) bytes in 1 blocks are definitely lost in ...
 *	160 (+160) (32 (+32) direct, 128 (+128) indirect) bytes in 1 (+1) blocks are ...
 */
#include "read/memcheck_loss.h"

#include "base/num.h"

/* "1,234" */
static bool cut_number(struct str *s, int64_t *value)
{
	size_t n = 0;
	*value = 0;
	while (n < s->n && (num_is_digit(s->p[n]) || (n > 0 && s->p[n] == ','))) {
		if (s->p[n] != ',' &&
		    (__builtin_mul_overflow(*value, 10, value) ||
		     __builtin_add_overflow(*value, s->p[n] - '0', value)))
			return false;
		n++;
	}
	*s = str_skip(*s, n);
	return n > 0;
}

/* " (+1,234)" */
static void cut_change(struct str *s)
{
	struct str rest = *s;
	int64_t change;
	if ((str_take(&rest, STR(" (+")) || str_take(&rest, STR(" (-"))) &&
	    cut_number(&rest, &change) && str_take(&rest, STR(")")))
		*s = rest;
}

static bool cut_changed(struct str *s, int64_t *value)
{
	if (!cut_number(s, value))
		return false;
	cut_change(s);
	return true;
}

/* " (32 direct, 128 indirect)" */
static bool cut_parts(struct str *s, int64_t *direct)
{
	struct str rest = *s;
	int64_t indirect;
	if (!str_take(&rest, STR(" (")) || !cut_changed(&rest, direct) ||
	    !str_take(&rest, STR(" direct, ")) || !cut_changed(&rest, &indirect) ||
	    !str_take(&rest, STR(" indirect)")))
		return false;
	*s = rest;
	return true;
}

bool memcheck_loss_amount(struct str text, int64_t *bytes, int64_t *blocks)
{
	return cut_changed(&text, bytes) && str_take(&text, STR(" bytes in ")) &&
	       cut_changed(&text, blocks) && str_take(&text, STR(" blocks"));
}

static bool cut_kind(struct str *s, enum memcheck_kind *kind)
{
	static const struct str words[] = {
		[MEMCHECK_DEFINITE] = STR("definitely lost"),
		[MEMCHECK_INDIRECT] = STR("indirectly lost"),
		[MEMCHECK_POSSIBLE] = STR("possibly lost"),
		[MEMCHECK_REACHABLE] = STR("still reachable"),
	};
	for (*kind = 0; *kind < MEMCHECK_LEAKS; ++*kind)
		if (str_take(s, words[*kind]))
			return true;
	return false;
}

bool memcheck_loss_parse(struct memcheck_loss *loss, struct str text)
{
	*loss = (struct memcheck_loss){ 0 };
	if (!cut_changed(&text, &loss->bytes))
		return false;
	loss->direct = loss->bytes;
	cut_parts(&text, &loss->direct);
	return str_take(&text, STR(" bytes in ")) && cut_changed(&text, &loss->blocks) &&
	       str_take(&text, STR(" blocks are ")) && cut_kind(&text, &loss->kind) &&
	       str_take(&text, STR(" in loss record ")) && cut_number(&text, &loss->number) &&
	       str_take(&text, STR(" of ")) && cut_number(&text, &loss->count) && text.n == 0 &&
	       loss->direct <= loss->bytes;
}
