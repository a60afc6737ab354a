/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One pass without recursion.  In "f<(a<b), &X::operator> >" the first and the
 * last angle are a pair; the second waits for a partner until ')' shows that it
 * has none, the third is the name of an operator.
 */
#include "model/brackets.h"

#include "base/alloc.h"

const unsigned char brackets_kinds[256] = {
	[0 ... 0x1f] = KIND_ODD, [0x7f] = KIND_ODD,
	['!'] = KIND_ODD, ['"'] = KIND_ODD, ['#'] = KIND_ODD, ['%'] = KIND_ODD,
	['+'] = KIND_ODD, [','] = KIND_ODD, ['-'] = KIND_ODD, ['/'] = KIND_ODD,
	[';'] = KIND_ODD, ['='] = KIND_ODD, ['?'] = KIND_ODD, ['@'] = KIND_ODD,
	['\\'] = KIND_ODD, ['^'] = KIND_ODD, ['`'] = KIND_ODD, ['|'] = KIND_ODD,
	['.'] = KIND_PLAIN, ['\''] = KIND_PLAIN,
	[' '] = KIND_BLANK,
	[':'] = KIND_COLON,
	['*'] = KIND_SYMBOL, ['&'] = KIND_SYMBOL, ['~'] = KIND_SYMBOL,
	['('] = KIND_OPEN, ['<'] = KIND_OPEN, ['['] = KIND_OPEN, ['{'] = KIND_OPEN,
	[')'] = KIND_CLOSE, ['>'] = KIND_CLOSE, [']'] = KIND_CLOSE, ['}'] = KIND_CLOSE,
};

bool brackets_follows(const char *start, const char *p, struct str word)
{
	if ((size_t)(p - start) < word.n)
		return false;
	const char *at = p - word.n;
	return memcmp(at, word.p, word.n) == 0 &&
	       (at == start || !brackets_is_word(at[-1]));
}

/* The bytes of the symbol in "operator>>" and its like; 0 when there is none. */
static size_t angle_operator(const char *p, const char *end)
{
	static const struct str longer[] = {
		STR("<=>"), STR("<<="), STR(">>="), STR("<="), STR(">="),
	};
	for (size_t i = 0; i < ARRAY_SIZE(longer); i++)
		if (brackets_starts(p, end, longer[i]))
			return longer[i].n;
	if (end - p < 2 || p[1] != p[0])
		return 1;
	/* "operator<<int>" without a blank is operator< of int, "X<&A::operator>>"
	   ends a list; after a shift comes its own list or the parameters. */
	if (p + 2 == end)
		return 2;
	return memchr(*p == '<' ? "(<[ @,)>" : "(<[ @(((", p[2], 8) ? 2 : 1;
}

/* The bytes of an operator without brackets. */
static size_t plain_operator(const char *p, const char *end)
{
	if (brackets_starts(p, end, STR("->")))
		return brackets_starts(p, end, STR("->*")) ? 3 : 2;
	if (end - p < 2)
		return 1;
	return p[1] == '=' || (p[1] == *p && memchr("+-&|", *p, 4)) ? 2 : 1;
}

/* "new", "delete[]", "bool": the length of the first, 0 for conversions. */
static size_t word_operator(const char *p, const char *end)
{
	static const struct str words[] = { STR(" new"), STR(" delete"),
					    STR(" co_await") };
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *after = p + words[i].n;
		if (!brackets_starts(p, end, words[i]) ||
		    (after < end && brackets_is_word(*after)))
			continue;
		return words[i].n + (brackets_starts(after, end, STR("[]")) ? 2 : 0);
	}
	return 0;
}

size_t brackets_operator(const char *start, const char *p, const char *end)
{
	size_t n;
	if (!brackets_follows(start, p, STR("operator")))
		return 0;
	switch (*p) {
	case '(':
		n = brackets_starts(p, end, STR("()")) ? 2 : 0;
		break;
	case '[':
		n = brackets_starts(p, end, STR("[]")) ? 2 : 0;
		break;
	case '<':
	case '>':
		n = angle_operator(p, end);
		break;
	case ' ':
		return word_operator(p, end);
	case '-': case '+': case '*': case '/': case '%': case '^': case '&':
	case '|': case '~': case '!': case '=': case ',':
		n = plain_operator(p, end);
		break;
	case '"':
		n = brackets_starts(p, end, STR("\"\" ")) ? 3 : 0;
		break;
	default:
		n = 0;
	}
	return n && brackets_starts(p + n, end, STR(" <")) ? n + 1 : n;
}

bool brackets_open(struct brackets *nest, char c)
{
	if (nest->depth == BRACKETS_DEPTH)
		return false;
	nest->open[nest->depth++] = c;
	nest->lists += c == '<';
	return true;
}

bool brackets_close(struct brackets *nest, char c)
{
	char want = c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : '<';
	while (nest->depth > 0) {
		char open = nest->open[nest->depth - 1];
		bool angle = open == '<' || open == BRACKETS_ANGLE;
		if (want == '<' && !angle)
			return true; /* greater than */
		if (want != '<' && !angle && open != want)
			return false;
		nest->lists -= open == '<';
		nest->depth--;
		if (want == '<' || !angle)
			return true;
	}
	return false;
}

const char *brackets_end(const char *start, const char *p, const char *end)
{
	struct brackets nest;
	nest.depth = nest.lists = 0;
	for (; p < end; p++) {
		unsigned char kind = brackets_kind(*p);
		if (kind < KIND_OPEN)
			continue;
		if (*p == '<' || *p == '>') {
			size_t n = brackets_operator(start, p, end);
			if (n > 0) {
				p += n - 1;
				continue;
			}
		}
		if (*p == '>' && p[-1] == '-')
			continue;
		if (kind == KIND_OPEN ? !brackets_open(&nest, *p)
				      : !brackets_close(&nest, *p))
			return NULL;
		if (nest.depth == 0)
			return p + 1;
	}
	return NULL;
}
