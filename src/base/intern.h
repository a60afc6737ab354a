/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/arena.h"
#include "base/table.h"

/*
 * Equal text becomes one small number.  Ids count up from 0 in order of first
 * use; the text of an id stays where it is until intern_free().
 * A zeroed struct is an empty table.
 */
struct intern {
	struct str *text;            /* by id */
	uint32_t count;
	/* private */
	size_t capacity;
	struct table table;
	struct arena arena;
};

/* The id of s, which is copied when it is new. */
uint32_t intern(struct intern *, struct str s);

/*
 * The same in steps, for several texts: taken through each step together, the
 * memory of one is fetched while the others are worked on.
 */
struct intern_search {
	struct str s;
	uint32_t hash;
	uint32_t guess;              /* an id, or TABLE_END */
};

void intern_begin(const struct intern *, struct intern_search *);
void intern_guess(const struct intern *, struct intern_search *);
void intern_fetch(const struct intern *, const struct intern_search *);
uint32_t intern_end(struct intern *, const struct intern_search *);

void intern_free(struct intern *);

static inline struct str intern_text(const struct intern *t, uint32_t id)
{
	return t->text[id];
}

#endif
