/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_BRACKETS_H
#define MODEL_BRACKETS_H

#include "base/str.h"

/*
 * The lexical side of names: which bytes belong to words, what an operator is,
 * and where a group in ()<>[]{} ends.  '<' and '>' are brackets unless they
 * belong to an operator name or to "->", or stand alone inside of another kind
 * of brackets, where they compare.
 *
 * Functions that look back take "start", the first byte they may look at; all
 * bytes are in [start, end).
 */

enum brackets_kind {
	KIND_WORD,   /* letters, digits, '_', '$' and all bytes of UTF-8 */
	KIND_PLAIN,  /* . ' */
	KIND_BLANK,
	KIND_COLON,
	KIND_SYMBOL, /* * & ~, at home in types and in operators */
	KIND_ODD,    /* what neither types nor names have */
	KIND_OPEN,
	KIND_CLOSE,
};

extern const unsigned char brackets_kinds[256];

static inline enum brackets_kind brackets_kind(char c)
{
	return (enum brackets_kind)brackets_kinds[(unsigned char)c];
}

static inline bool brackets_is_word(char c)
{
	return brackets_kinds[(unsigned char)c] == KIND_WORD;
}

/* Whether the text at p starts with "text". */
static inline bool brackets_starts(const char *p, const char *end, struct str text)
{
	return str_starts(str_span(p, end), text);
}

/* Whether "word" stands right before p and is a word of its own. */
bool brackets_follows(const char *start, const char *p, struct str word);

/*
 * The length of the operator at p when "operator" stands before it, together
 * with the blank that separates it from template arguments; 0 otherwise, and
 * for conversions ("operator bool").
 */
size_t brackets_operator(const char *start, const char *p, const char *end);

/*
 * The end of the group that opens at p, behind its last bracket.  NULL when it
 * has none, when brackets cross, or when more than BRACKETS_DEPTH are open.
 */
const char *brackets_end(const char *start, const char *p, const char *end);

enum {
	BRACKETS_DEPTH = 1024,
	BRACKETS_ANGLE = 'a', /* mark of a '<' that is not counted in "lists" */
};

/* Open brackets, innermost last; zero depth and lists to begin. */
struct brackets {
	unsigned depth;
	unsigned lists; /* how many of them are marked '<' */
	char open[BRACKETS_DEPTH];
};

/* c is the bracket, or BRACKETS_ANGLE; false when too many are open. */
bool brackets_open(struct brackets *, char c);

/* Closes with c; false when c has no partner. */
bool brackets_close(struct brackets *, char c);

#endif
