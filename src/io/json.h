/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_JSON_H
#define IO_JSON_H

#include "io/input.h"

/*
 * JSON as tokens, one at a time, from an input of any size: what is kept in
 * memory is a piece of the text and its tokens.
 *
 *	struct json *j = json_new(in);
 *	enum json_kind kind;
 *	while ((kind = json_next(j)) > JSON_END)
 *		... j->text ...
 *	ok = kind == JSON_END;
 *	json_delete(j);
 *
 * Objects and arrays are well-formed: each key is followed by its value, and
 * what begins also ends, or json_next() gives JSON_FAILED.  Text behind the
 * value is an error, and so are more than JSON_DEPTH_MAX levels and more than
 * 16 MiB without a token.
 *
 * Strings come decoded, as bytes: they need not be UTF-8, and may hold NUL.  Half
 * a surrogate pair becomes '?' and takes the next character along.
 */
enum json_kind {
	JSON_FAILED,             /* told by the input */
	JSON_END,                /* of the text, after one whole value */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,             /* text: as written */
	JSON_STRING,             /* text: decoded */
	JSON_KEY,                /* text: decoded; the value comes next */
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_ARRAY,              /* text: empty, or ":]" for a mended one */
	JSON_ARRAY_END,
};

enum { JSON_DEPTH_MAX = 256 };

struct json {
	struct str text;         /* of the token got last, until the next one */
	enum json_kind kind;     /* of that token */
	bool mend_arrays;        /* "key":] is an empty array, as Valgrind writes it */
	bool many;               /* values may follow each other; JSON_END is behind the last */

	/* private */
	struct json_token {
		const char *text;
		uint32_t size;
		uint32_t end;            /* offset in the piece of what is behind it */
		enum json_kind kind;
	} *tokens;
	size_t count, next;      /* tokens of the piece, and those given away */
	struct json_parser *parser;
};

/* Reads the rest of the input, which must outlive the result. */
struct json *json_new(struct input *);
void json_delete(struct json *);

/* Makes tokens of the next piece of text, as json_next() needs them. */
bool json_more(struct json *);

static inline enum json_kind json_next(struct json *j)
{
	if (__builtin_expect(j->next == j->count, 0) && !json_more(j))
		return j->kind;
	const struct json_token *t = &j->tokens[j->next++];
	j->text = (struct str){ t->text, t->size };
	return j->kind = t->kind;
}

/* Goes to the end of the value that began with the token got last. */
bool json_skip(struct json *);

/* The next token, which must be a number >= 0, whole, and below 2^63. */
bool json_next_count(struct json *, int64_t *value);

/* The same of the token got last. */
bool json_count(struct json *, int64_t *value);

/* An error at the token got last, with its line and byte; returns false. */
bool json_error(struct json *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The line of the token got last, from 1. */
uint64_t json_line(struct json *);

#endif
