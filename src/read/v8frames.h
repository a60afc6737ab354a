/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_V8FRAMES_H
#define READ_V8FRAMES_H

#include "io/json.h"
#include "model/location.h"

/*
 * Functions as V8 writes them in its profiles, and the frames they become:
 *
 *	{"functionName":"fib","scriptId":"3","url":"file:///a.js","lineNumber":2,
 *	 "columnNumber":12}
 *
 * Lines and columns tell where the function begins.  They are counted from 0 there; in
 * profiles of before 2016, where all this stands in the node itself, from 1.  A place
 * that is not known is -1, 0, or not there.
 * A function without a name is "(anonymous)", as in V8's own tools.
 */

/* V8's names in brackets, which are no functions. */
enum v8meta {
	V8_FUNCTION,
	V8_ROOT,                 /* above all */
	V8_IDLE,                 /* nothing was to be done */
	V8_GC,                   /* garbage was collected, whatever ran before */
	V8_PROGRAM,              /* native code, not called by JavaScript */
};

struct v8frames {
	struct locations places;
	/* private */
	struct profile *profile;
	const struct want *want;
	struct buf name, url, text;
	int64_t line, column;
	bool is_compiled;
};

void v8frames_init(struct v8frames *, struct profile *, const struct want *);
void v8frames_free(struct v8frames *);

/* The next function has no members yet. */
void v8frames_begin(struct v8frames *);

/*
 * Takes the value of a member of a node, of which j->text is the key; what it does not
 * know is skipped.  False after an error, and where the text ends.
 */
bool v8frames_member(struct v8frames *, struct json *);

/* The members of an object, which comes next, up to its end. */
bool v8frames_object(struct v8frames *, struct json *);

/* A function that is known already, with its place, from 1 on, or 0. */
void v8frames_set(struct v8frames *, struct str name, struct str url, int64_t line,
		  int64_t column);

/* It was compiled to machine code. */
void v8frames_set_compiled(struct v8frames *);

/* Whether anything was told of it. */
bool v8frames_has_some(const struct v8frames *);

/* What the function is. */
enum v8meta v8frames_meta(const struct v8frames *);

/* Its frame. */
uint32_t v8frames_end(struct v8frames *);

#endif
