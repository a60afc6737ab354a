/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PEEK_H
#define MODEL_PEEK_H

#include "model/match.h"
#include "model/stacks.h"

/*
 * Some functions, each with the functions that call it and those that it calls.  As
 * with the function itself, a stack is counted once to a call, however often it is
 * in there.
 */
struct peek {
	struct peek_call {
		uint32_t function;       /* a name, an id in profile->text */
		uint32_t other;          /* the same; ID_NONE: the stack begins or ends */
		bool is_callee;          /* "other" is called by the function */
		int64_t value;
		uint32_t seen;           /* private */
	} *calls;                /* by function, callers first, by value */
	uint32_t count;
	bool *wanted;            /* by name: the functions that match */
	/* private */
	size_t capacity;
};

void peek_make(struct peek *, const struct stacks *, struct match *);
void peek_free(struct peek *);

#endif
