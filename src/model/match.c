/* SPDX-License-Identifier: Apache-2.0 */
#include "model/match.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/num.h"

/* Steps of one match: enough for any honest pattern on names of some kilobytes. */
enum { MATCH_LIMIT = 1000000 };

/* Bytes that the code of a pattern may work in; on less it fails on long names. */
enum { STACK_LEAST = 32 * 1024, STACK_MOST = 1024 * 1024 };

/* Not all steps are counted: "a+a+[bc]" takes a square of the length. */
enum { SUBJECT_MAX = 8192 };

struct match {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	unsigned slow;
};

static pcre2_code *compile(struct str pattern, uint32_t options, struct match_error *error)
{
	int number;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""),
					 pattern.n,
					 PCRE2_MATCH_INVALID_UTF |
						 PCRE2_NEVER_BACKSLASH_C | options,
					 &number, &at, NULL);
	if (code == NULL) {
		PCRE2_UCHAR why[200];
		pcre2_get_error_message(number, why, sizeof(why));
		buf_addf(&error->why, "%s", (char *)why);
		error->at = at < pattern.n ? at : pattern.n;
	}
	return code;
}

struct match *match_try(struct str pattern, bool any_case, struct match_error *error)
{
	pcre2_code *code = compile(pattern, any_case ? PCRE2_CASELESS : 0, error);
	if (code == NULL)
		return NULL;
	struct match *m = xmalloc(sizeof(*m));
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	m->code = code;
	m->slow = 0;
	m->data = pcre2_match_data_create_from_pattern(code, NULL);
	m->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(m->context, MATCH_LIMIT);
	m->stack = pcre2_jit_stack_create(STACK_LEAST, STACK_MOST, NULL);
	pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return m;
}

struct match *match_new(struct str pattern, struct buf *message)
{
	struct match_error error = { 0 };
	struct match *m = match_try(pattern, false, &error);
	if (m == NULL)
		buf_addf(message, "%s at offset %zu", buf_cstr(&error.why), error.at);
	buf_free(&error.why);
	return m;
}

static bool is_limit(int result)
{
	return result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT ||
	       result == PCRE2_ERROR_HEAPLIMIT || result == PCRE2_ERROR_JIT_STACKLIMIT;
}

bool match_find(struct match *m, struct str subject)
{
	uint32_t options = 0;
	if (subject.n > SUBJECT_MAX) {
		subject.n = SUBJECT_MAX;
		options = PCRE2_NOTEOL;
	}
	int result = pcre2_match(m->code, (PCRE2_SPTR)(subject.p ? subject.p : ""),
				 subject.n, 0, options, m->data, m->context);
	if (result < 0)
		m->slow += is_limit(result);
	return result >= 0;
}

int match_group(const struct match *m, struct str name)
{
	uint32_t groups = 0;
	uint64_t number;
	char text[64];
	pcre2_pattern_info(m->code, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (num_is_digits(name))
		return num_u64(name, &number) && number <= groups ? (int)number : -1;
	if (name.n == 0 || name.n >= sizeof(text))
		return -1;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return pcre2_substring_number_from_name(m->code, (PCRE2_SPTR)text);
}

bool match_replace(struct match *m, struct str subject, struct str template, bool all,
		   struct buf *out)
{
	uint32_t options = PCRE2_SUBSTITUTE_UNSET_EMPTY |
			   (all ? PCRE2_SUBSTITUTE_GLOBAL : 0);
	PCRE2_SIZE length = SUBJECT_MAX;
	if (subject.n > SUBJECT_MAX) {
		m->slow++;
		return false;
	}
	char *room = buf_reserve(out, length);
	int result = pcre2_substitute(m->code, (PCRE2_SPTR)(subject.p ? subject.p : ""),
				      subject.n, 0, options, m->data, m->context,
				      (PCRE2_SPTR)(template.p ? template.p : ""),
				      template.n, (PCRE2_UCHAR *)room, &length);
	if (result < 0)
		m->slow += is_limit(result) || result == PCRE2_ERROR_NOMEMORY;
	if (result > 0)
		out->n += length;
	return result > 0;
}

unsigned match_slow(const struct match *m)
{
	return m->slow;
}

void match_free(struct match *m)
{
	if (m == NULL)
		return;
	pcre2_match_context_free(m->context);
	pcre2_jit_stack_free(m->stack);
	pcre2_match_data_free(m->data);
	pcre2_code_free(m->code);
	free(m);
}
