/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_SUPPRESSIONS_H
#define MODEL_SUPPRESSIONS_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/frametext.h"

/*
 * Leaks that are known, in the form that LeakSanitizer reads:
 *
 *	# a comment
 *	leak:name
 *
 * A leak is known when a function, source file or module of its stack fits one of the
 * patterns.  In a pattern '*' stands for any text, '^' in front is the beginning of the
 * name and '$' behind its end; without them the pattern fits anywhere in the name.
 *
 * A zeroed struct has no patterns and fits nothing.
 */
struct suppressions {
	struct suppression {
		struct str pattern;      /* without '^' and '$' */
		bool from_start, to_end;
	} *items;
	uint32_t count;
	/* private */
	size_t capacity;
	struct arena arena;
};

void suppressions_free(struct suppressions *);

/* Adds a pattern, without "leak:". */
void suppressions_add(struct suppressions *, struct str pattern);

/* Adds what a line says; false when it is none of these. */
bool suppressions_add_line(struct suppressions *, struct str line);

/* Whether a name fits one of the patterns; an empty one fits none. */
bool suppressions_fit(const struct suppressions *, struct str name);

/* Whether the function, source file or module of a place fits one. */
bool suppressions_fit_place(const struct suppressions *, const struct frametext *);

#endif
