/* SPDX-License-Identifier: Apache-2.0 */

/*
 * yajl pushes: it is given a piece of text, and calls back for each value in
 * it.  Here the calls fill a list of tokens, from which they are pulled; when
 * it is empty, the next piece is parsed.  A piece is small, so its tokens stay
 * in the cache; text of tokens lies in the input, but for strings with escapes
 * and what lies across two pieces.
 *
 * "key":] is mended by starting yajl again behind it: a new parser is led to the
 * same level by "{" and "[", which nobody sees, and gets the "[" that is missing.
 */
#include "io/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include <yajl/yajl_parse.h>

#include "base/alloc.h"

enum { PIECE = 16 * 1024 };

/* Of text without a token: yajl looks at a string from its start with each piece of it. */
#define SILENT_MAX ((size_t)16 << 20)

struct json_parser {
	struct json json;
	struct input *in;
	yajl_handle yajl;
	struct str piece;        /* its tokens are given away */
	size_t from;             /* in the piece: where yajl was last called */
	uint64_t offset, line;   /* of the piece in the text */
	size_t counted;          /* bytes of it up to a place ... */
	uint64_t counted_line;   /* ... in this line */
	size_t silent;           /* bytes since the last token */
	struct arena copies;     /* of text that is not in the piece */
	unsigned depth;
	bool is_object[JSON_DEPTH_MAX];
	bool muted;              /* tokens are not for others */
	bool after_key;          /* the last one was a key */
	bool too_deep;
	bool ended;              /* all text was parsed */
	char last;               /* of the piece before, what was no blank */
	const char *wrong;       /* comes behind the tokens that wait; or NULL */
};

/* Tokens */

static size_t parsed(const struct json_parser *p)
{
	return p->from + yajl_get_bytes_consumed(p->yajl);
}

static int add(struct json_parser *p, enum json_kind kind, struct str text, size_t end)
{
	if (p->muted)
		return 1;
	assert(p->json.count <= PIECE);
	p->json.tokens[p->json.count++] = (struct json_token){
		.text = text.p, .size = (uint32_t)text.n, .end = (uint32_t)end,
		.kind = kind,
	};
	p->after_key = kind == JSON_KEY;
	return 1;
}

static int add_text(struct json_parser *p, enum json_kind kind, const void *text,
		    size_t n)
{
	struct str s = { text, n };
	size_t quote = kind != JSON_NUMBER;
	if (s.p >= p->piece.p && s.p < p->piece.p + p->piece.n)
		return add(p, kind, s, (size_t)(s.p + n + quote - p->piece.p));
	return add(p, kind, arena_copy(&p->copies, s), parsed(p));
}

static int add_sign(struct json_parser *p, enum json_kind kind)
{
	return add(p, kind, STR(""), parsed(p));
}

static int begin(struct json_parser *p, enum json_kind kind)
{
	if (p->muted)
		return 1;
	p->too_deep = p->depth == JSON_DEPTH_MAX;
	if (p->too_deep)
		return 0;
	p->is_object[p->depth++] = kind == JSON_OBJECT;
	return add_sign(p, kind);
}

static int end(struct json_parser *p, enum json_kind kind)
{
	p->depth--;
	return add_sign(p, kind);
}

static int on_null(void *p)
{
	return add_sign(p, JSON_NULL);
}

static int on_boolean(void *p, int value)
{
	return add_sign(p, value ? JSON_TRUE : JSON_FALSE);
}

static int on_number(void *p, const char *text, size_t n)
{
	return add_text(p, JSON_NUMBER, text, n);
}

static int on_string(void *p, const unsigned char *text, size_t n)
{
	return add_text(p, JSON_STRING, text, n);
}

static int on_key(void *p, const unsigned char *text, size_t n)
{
	return add_text(p, JSON_KEY, text, n);
}

static int on_object(void *p)
{
	return begin(p, JSON_OBJECT);
}

static int on_object_end(void *p)
{
	return end(p, JSON_OBJECT_END);
}

static int on_array(void *p)
{
	return begin(p, JSON_ARRAY);
}

static int on_array_end(void *p)
{
	return end(p, JSON_ARRAY_END);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_map_key = on_key,
	.yajl_start_map = on_object,
	.yajl_end_map = on_object_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_array_end,
};

/* Memory of yajl, which does not ask whether it got any. */

static void *take(void *context, size_t n)
{
	(void)context;
	return xmalloc(n);
}

static void *retake(void *context, void *old, size_t n)
{
	(void)context;
	return xreallocarray(old, n, 1);
}

static void give_back(void *context, void *old)
{
	(void)context;
	free(old);
}

static void start_yajl(struct json_parser *p)
{
	yajl_alloc_funcs memory = {
		.malloc = take, .realloc = retake, .free = give_back,
	};
	if (p->yajl)
		yajl_free(p->yajl);
	p->yajl = yajl_alloc(&callbacks, &memory, p);
	yajl_config(p->yajl, yajl_dont_validate_strings, 1);
}

struct json *json_new(struct input *in)
{
	struct json_parser *p = xcalloc(1, sizeof(*p));
	*p = (struct json_parser){ .in = in, .line = 1, .counted_line = 1 };
	p->json.parser = p;
	/* One token begins before the piece, at most. */
	p->json.tokens = xcalloc(PIECE + 1, sizeof(*p->json.tokens));
	input_peek(in, 1);
	start_yajl(p);
	return &p->json;
}

void json_delete(struct json *j)
{
	struct json_parser *p = j->parser;
	yajl_free(p->yajl);
	arena_free(&p->copies);
	free(j->tokens);
	free(p);
}

/* Places */

static uint64_t count_lines(struct str s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* In the piece, behind the token got last; what is wrong comes behind all. */
static size_t place_of(const struct json_parser *p)
{
	const struct json *j = &p->json;
	if (j->kind == JSON_FAILED || j->next == 0) {
		size_t at = p->from + yajl_get_bytes_consumed(p->yajl);
		return at < p->piece.n ? at : p->piece.n;
	}
	return j->tokens[j->next - 1].end;
}

uint64_t json_line(struct json *j)
{
	struct json_parser *p = j->parser;
	size_t at = place_of(p);
	if (at > p->counted) {
		p->counted_line += count_lines(str_span(p->piece.p + p->counted,
							p->piece.p + at));
		p->counted = at;
	}
	return p->counted_line;
}

bool json_error(struct json *j, const char *format, ...)
{
	struct json_parser *p = j->parser;
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	p->in->line = json_line(j);
	input_error(p->in, "%s (byte %" PRIu64 ")", buf_cstr(&text),
		    p->offset + place_of(p));
	buf_free(&text);
	return false;
}

/* Pieces */

static void go_on(struct json_parser *p)
{
	p->offset += p->piece.n;
	p->line += count_lines(p->piece);
	p->counted = 0;
	p->counted_line = p->line;
	for (size_t i = p->piece.n; i-- > 0;)
		if (strchr(" \t\r\n", p->piece.p[i]) == NULL) {
			p->last = p->piece.p[i];
			break;
		}
	p->from = 0;
	p->json.count = p->json.next = 0;
	arena_free(&p->copies);
	p->piece = input_ahead(p->in);
	if (p->piece.n == 0 && input_refill(p->in))
		p->piece = input_ahead(p->in);
	if (p->piece.n > PIECE)
		p->piece.n = PIECE;
	input_take(p->in, p->piece.n);
}

/* What was no blank in front of "at"; NUL when there is nothing. */
static char char_before(const struct json_parser *p, size_t at)
{
	while (at-- > 0)
		if (strchr(" \t\r\n", p->piece.p[at]) == NULL)
			return p->piece.p[at];
	return p->last;
}

/* Whether yajl stopped behind the ']' of "key":] */
static bool misses_array(const struct json_parser *p, size_t at)
{
	return p->json.mend_arrays && p->after_key && at > 0 && at <= p->piece.n &&
	       p->piece.p[at - 1] == ']' && char_before(p, at - 1) == ':';
}

static void feed_unseen(struct json_parser *p, const char *text)
{
	yajl_parse(p->yajl, (const unsigned char *)text, strlen(text));
}

static void mend(struct json_parser *p)
{
	start_yajl(p);
	p->muted = true;
	for (unsigned i = 0; i < p->depth; i++)
		feed_unseen(p, p->is_object[i] ? "{\"\":" : "[");
	p->muted = false;
	feed_unseen(p, "[");
	p->json.tokens[p->json.count - 1].text = ":]";
	p->json.tokens[p->json.count - 1].size = 2;
}

/* yajl's own words are "parse error: …\n". */
static const char *words_for(struct json_parser *p, yajl_status status)
{
	if (p->too_deep)
		return "more than 256 levels of brackets";
	if (status == yajl_status_client_canceled)
		return "cannot be parsed";
	unsigned char *text = yajl_get_error(p->yajl, 0, NULL, 0);
	struct str said = str_of((const char *)text), first = str_cut(&said, ':');
	if (said.p == NULL)
		said = first;
	said = str_trim(said);
	while (said.n && said.p[said.n - 1] == '\n')
		said.n--;
	const char *words = str_eq(said, STR("trailing garbage")) ?
		"text behind the end of the JSON" :
		str_eq(said, STR("premature EOF")) ?
		"the text ends in the middle of the JSON: it was cut off" :
		arena_copy(&p->in->arena, said).p;
	yajl_free_error(p->yajl, text);
	return words;
}

static void parse_piece(struct json_parser *p)
{
	yajl_status status;
	if (p->json.many)
		yajl_config(p->yajl, yajl_allow_multiple_values, 1);
	for (;;) {
		status = yajl_parse(p->yajl, (const unsigned char *)p->piece.p + p->from,
				    p->piece.n - p->from);
		size_t at = p->from + yajl_get_bytes_consumed(p->yajl);
		if (status != yajl_status_error || !misses_array(p, at))
			break;
		p->from = at - 1;
		mend(p);
	}
	if (status != yajl_status_ok)
		p->wrong = words_for(p, status);
	p->silent = p->json.count ? 0 : p->silent + p->piece.n;
	if (p->silent > SILENT_MAX && !p->wrong)
		p->wrong = "a string, a number or blanks of more than 16 MiB";
}

static void parse_end(struct json_parser *p)
{
	yajl_status status = yajl_complete_parse(p->yajl);
	p->ended = true;
	if (status != yajl_status_ok)
		p->wrong = words_for(p, status);
}

bool json_more(struct json *j)
{
	struct json_parser *p = j->parser;
	while (j->next == j->count) {
		bool failed = p->in->failed || p->wrong;
		j->kind = failed ? JSON_FAILED : JSON_END;
		if (p->wrong)
			json_error(j, "%s", p->wrong);
		if (failed || p->ended)
			return false;
		go_on(p);
		if (p->piece.n > 0)
			parse_piece(p);
		else if (!p->in->failed)
			parse_end(p);
		p->in->line = p->line;
	}
	return true;
}

/* Values */

bool json_skip(struct json *j)
{
	size_t depth = 0;
	for (enum json_kind kind = j->kind;; kind = json_next(j)) {
		if (kind <= JSON_END)
			return false;
		depth += kind == JSON_OBJECT || kind == JSON_ARRAY;
		if (kind == JSON_OBJECT_END || kind == JSON_ARRAY_END)
			depth--;
		if (depth == 0 && kind != JSON_KEY)
			return true;
	}
}

bool json_count(struct json *j, int64_t *value)
{
	struct str s = j->text;
	int64_t n = 0;
	if (j->kind != JSON_NUMBER)
		return j->kind > JSON_END && json_error(j, "no number where one belongs");
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - '0';
		if (digit > 9)
			return json_error(j, "'%.*s' is no whole number from 0 on",
					  (int)(s.n > 40 ? 40 : s.n), s.p);
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (int64_t)digit, &n))
			return json_error(j, "'%.*s' does not fit in 63 bits",
					  (int)(s.n > 40 ? 40 : s.n), s.p);
	}
	*value = n;
	return true;
}

bool json_next_count(struct json *j, int64_t *value)
{
	json_next(j);
	return json_count(j, value);
}
