/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_TOP_VIEWS_H
#define WRITE_TOP_VIEWS_H

#include "model/match.h"
#include "model/top.h"
#include "write/top_table.h"

/* What fg-top prints. */
enum top_view {
	TOP_FUNCTIONS,           /* what each one costs */
	TOP_PEEK,                /* some, with what calls them and what they call */
	TOP_TREE,                /* calls, by weight */
	TOP_PATH,                /* the heaviest one */
	TOP_FLAME,               /* a flame graph of characters, see top_flame.h */
};

struct top_views_options {
	enum top_view view;
	enum top_form form;
	enum top_order sort;
	uint32_t limit;          /* rows of a table; 0: all */
	uint32_t group;          /* first frames that tell the group of a stack; 0: none */
	struct match *peek;
	double min;              /* share that a call of the tree has to have, 0 to 1 */
	bool relative;           /* shares are of what is shown, not of all */
	struct str head;         /* what this is, a line for people; may be empty */
	const char *hint;        /* what shows calls left out of the tree; or NULL */
};

/* False, with words in *message, when there is nothing to show. */
bool top_views_write(const struct stacks *, const struct top_views_options *,
		     struct output *, struct buf *message);

#endif
