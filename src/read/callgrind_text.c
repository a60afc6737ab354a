/* SPDX-License-Identifier: Apache-2.0 */
#include "read/callgrind_text.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Lines */

/* Those that are frequent first. */
static const struct {
	struct str start;
	enum callgrind_text_key key;
} keys[] = {
	{ STR("calls="), CALLGRIND_CALLS },
	{ STR("cfn="), CALLGRIND_CFN },
	{ STR("cfi="), CALLGRIND_CFI },
	{ STR("cob="), CALLGRIND_COB },
	{ STR("fn="), CALLGRIND_FN },
	{ STR("fi="), CALLGRIND_FI },
	{ STR("fe="), CALLGRIND_FI },
	{ STR("fl="), CALLGRIND_FL },
	{ STR("jcnd="), CALLGRIND_JUMP },
	{ STR("jump="), CALLGRIND_JUMP },
	{ STR("ob="), CALLGRIND_OB },
	{ STR("cfl="), CALLGRIND_CFI },
	{ STR("jfi="), CALLGRIND_JFI },
	{ STR("jfn="), CALLGRIND_JFN },
	{ STR("rcalls="), CALLGRIND_CALLS },
	{ STR("events:"), CALLGRIND_EVENTS },
	{ STR("event:"), CALLGRIND_EVENT },
	{ STR("positions:"), CALLGRIND_POSITIONS },
	{ STR("summary:"), CALLGRIND_SUMMARY },
	{ STR("totals:"), CALLGRIND_TOTALS },
	{ STR("version:"), CALLGRIND_VERSION },
	{ STR("creator:"), CALLGRIND_CREATOR },
	{ STR("cmd:"), CALLGRIND_COMMAND },
	{ STR("pid:"), CALLGRIND_PID },
	{ STR("thread:"), CALLGRIND_THREAD },
	{ STR("part:"), CALLGRIND_REMARK },
	{ STR("desc:"), CALLGRIND_REMARK },
	{ STR("arch:"), CALLGRIND_REMARK },
	{ STR("timeframe (BB):"), CALLGRIND_REMARK },
};

enum callgrind_text_key callgrind_text_key(struct str *line)
{
	char c = line->n ? line->p[0] : '#', next = line->n > 1 ? line->p[1] : ' ';
	if (num_is_digit(c) || ((c == '+' || c == '-') && num_is_digit(next)) ||
	    (c == '*' && is_blank(next)))
		return CALLGRIND_COSTS;
	if (c == '#')
		return CALLGRIND_REMARK;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (c == keys[i].start.p[0] && str_take(line, keys[i].start)) {
			*line = str_trim(*line);
			return keys[i].key;
		}
	return str_trim(*line).n ? CALLGRIND_UNKNOWN : CALLGRIND_REMARK;
}

/* Names */

struct callgrind_text_name callgrind_text_name(struct str text)
{
	struct callgrind_text_name name = { .text = text };
	ptrdiff_t end = text.n > 2 && text.p[0] == '(' && num_is_digit(text.p[1]) ?
				str_chr(text, ')') : -1;
	if (end < 0 || !num_u64(str_span(text.p + 1, text.p + end), &name.id))
		return name;
	name.is_short = true;
	name.text = str_trim(str_skip(text, (size_t)end + 1));
	return name;
}

uint32_t *callgrind_text_meaning(struct callgrind_text_names *n, uint64_t id)
{
	uint32_t hash = (uint32_t)hash_hidden(&id, sizeof(id));
	uint32_t i, at = table_place(&n->table, hash);
	while ((i = table_next(&n->table, hash, &at)) != TABLE_END)
		if (n->items[i].id == id)
			return &n->items[i].value;
	i = n->count++;
	ARRAY_RESERVE(n->items, n->capacity, n->count);
	n->items[i] = (struct callgrind_text_meaning){ id, CALLGRIND_NEW };
	table_insert(&n->table, hash, i);
	return &n->items[i].value;
}

void callgrind_text_names_free(struct callgrind_text_names *n)
{
	free(n->items);
	table_free(&n->table);
	*n = (struct callgrind_text_names){ 0 };
}

/* Numbers */

/* Cuts digits off, "0x" in front of those that are hexadecimal. */
static bool take_number(struct str *text, uint64_t *value)
{
	const char *p = text->p, *end = p + text->n;
	bool fits = true;
	*value = 0;
	if (text->n > 2 && p[0] == '0' && p[1] == 'x') {
		const char *digits = p += 2;
		for (int d; p < end && (d = num_hex_digit(*p)) >= 0; p++) {
			fits &= *value >> 60 == 0;
			*value = *value << 4 | (unsigned)d;
		}
		fits &= p > digits;
	} else {
		for (; p < end && num_is_digit(*p); p++) {
			unsigned digit = (unsigned)(*p - '0');
			fits &= !__builtin_mul_overflow(*value, 10u, value) &&
				!__builtin_add_overflow(*value, digit, value);
		}
		fits &= p > text->p;
	}
	*text = str_span(p, end);
	return fits;
}

static void skip_blanks(struct str *text)
{
	while (text->n && is_blank(text->p[0]))
		*text = str_skip(*text, 1);
}

static struct str first_word(struct str text)
{
	size_t n = 0;
	while (n < text.n && !is_blank(text.p[n]))
		n++;
	return str_head(text, n);
}

static bool fail_number(struct input *in, struct str text)
{
	return input_error(in, "'%.*s' is no whole number from 0 on that fits in 63 bits",
			   STR_ARG(text));
}

bool callgrind_text_number(struct input *in, struct str text, int64_t *value)
{
	uint64_t n;
	struct str rest = text;
	if (!take_number(&rest, &n) || rest.n > 0 || n > INT64_MAX)
		return fail_number(in, text);
	*value = (int64_t)n;
	return true;
}

bool callgrind_text_costs(struct input *in, struct str text, unsigned events, int64_t *costs,
		     unsigned *count)
{
	unsigned n = 0;
	for (skip_blanks(&text); text.n > 0; skip_blanks(&text)) {
		struct str all = text;
		uint64_t value;
		if (n == events)
			return input_error(in, "more costs than the %u events", events);
		if (!take_number(&text, &value) || value > INT64_MAX ||
		    (text.n && !is_blank(text.p[0])))
			return fail_number(in, first_word(all));
		costs[n++] = (int64_t)value;
	}
	*count = n;
	while (n < events)
		costs[n++] = 0;
	return true;
}

/* Places */

bool callgrind_text_positions(struct input *in, struct str text,
			      struct callgrind_text_place *place)
{
	struct str all = text;
	*place = (struct callgrind_text_place){ 0 };
	for (skip_blanks(&text); text.n > 0; skip_blanks(&text)) {
		struct str word = first_word(text);
		text = str_skip(text, word.n);
		if (str_eq(word, STR("line")) && !place->has_line)
			place->has_line = true;
		else if ((str_eq(word, STR("instr")) || str_eq(word, STR("addr"))) &&
			 !place->has_line && !place->has_address)
			place->has_address = true;
		else
			return input_error(in, "positions are '%.*s', not instr or line",
					   STR_ARG(all));
	}
	return place->has_line || place->has_address ||
	       input_error(in, "there are no positions");
}

/* "+3", "*", "12", and what ends a range: "12-14", "12+2", "12:14" */
static bool take_position(struct str *text, uint64_t *position)
{
	char c = text->n ? text->p[0] : '\0';
	uint64_t number = 0, last;
	if (c == '*' || c == '+' || c == '-')
		*text = str_skip(*text, 1);
	if (c != '*' && !take_number(text, &number))
		return false;
	if (c == '+' ? __builtin_add_overflow(*position, number, &number) :
	    c == '-' && __builtin_sub_overflow(*position, number, &number))
		return false;
	if (c != '*')
		*position = number;
	if (text->n && (text->p[0] == '+' || text->p[0] == '-' || text->p[0] == ':')) {
		*text = str_skip(*text, 1);
		if (!take_number(text, &last))
			return false;
	}
	if (text->n && !is_blank(text->p[0]))
		return false;
	skip_blanks(text);
	return true;
}

bool callgrind_text_place(struct input *in, struct str *text,
			  struct callgrind_text_place *place)
{
	struct str all = *text;
	return ((!place->has_address || take_position(text, &place->address)) &&
		(!place->has_line || take_position(text, &place->line))) ||
	       input_error(in, "'%.*s' does not begin with a place", STR_ARG(all));
}
