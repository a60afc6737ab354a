/* SPDX-License-Identifier: Apache-2.0 */
#include "model/match.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"

/* Steps of one match: enough for any honest pattern on names of some kilobytes. */
enum { MATCH_LIMIT = 1000000 };

/* Not all steps are counted: "a+a+[bc]" takes a square of the length. */
enum { SUBJECT_MAX = 8192 };

struct match {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	unsigned slow;
};

static pcre2_code *compile(struct str pattern, struct buf *message)
{
	int error;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
					 PCRE2_MATCH_INVALID_UTF |
						 PCRE2_NEVER_BACKSLASH_C,
					 &error, &at, NULL);
	if (code == NULL) {
		PCRE2_UCHAR why[200];
		pcre2_get_error_message(error, why, sizeof(why));
		buf_addf(message, "%s at offset %zu", (char *)why, at);
	}
	return code;
}

struct match *match_new(struct str pattern, struct buf *message)
{
	pcre2_code *code = compile(pattern, message);
	if (code == NULL)
		return NULL;
	struct match *m = xmalloc(sizeof(*m));
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	m->code = code;
	m->slow = 0;
	m->data = pcre2_match_data_create(1, NULL);
	m->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(m->context, MATCH_LIMIT);
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

unsigned match_slow(const struct match *m)
{
	return m->slow;
}

void match_free(struct match *m)
{
	if (m == NULL)
		return;
	pcre2_match_context_free(m->context);
	pcre2_match_data_free(m->data);
	pcre2_code_free(m->code);
	free(m);
}
