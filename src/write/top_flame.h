/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_TOP_FLAME_H
#define WRITE_TOP_FLAME_H

#include "io/output.h"
#include "model/stacks.h"

/*
 * A flame graph of characters, the root on top: for a terminal, a pager (less -R) or a
 * log.  Names are cut to fit and made visible; colours are those of the pictures.
 */
enum top_flame_colors {
	TOP_FLAME_PLAIN,         /* none: boxes begin with '|' */
	TOP_FLAME_256,
	TOP_FLAME_TRUE,          /* 24 bits */
};

struct top_flame_options {
	unsigned columns;        /* of the terminal */
	enum top_flame_colors colors;
	struct str head;         /* a line in front; may be empty */
};

/* False, with words in *message, when it cannot be made. */
bool top_flame_write(const struct stacks *, const struct top_flame_options *,
		     struct output *, struct buf *message);

#endif
