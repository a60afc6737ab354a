/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SVG_LINKS_H
#define WRITE_SVG_LINKS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "model/profile.h"

/*
 * What --nameattr gives to functions: links, and tooltips of one's own.  A link
 * is one that can do no more than go somewhere: http, https, mailto, or a
 * relative URL without a scheme.  Others are left out with a warning.
 */
struct svg_link {
	struct str title;            /* the whole text of the tooltip; empty: none */
	struct str href;             /* without blanks, to be escaped; empty: no link */
	struct str target;           /* letters, digits, '_' and '-' */
	struct str words;            /* the three as one text: target href title */
	struct str name;             /* of the function, without a mark */
};

/* A zeroed struct is empty. */
struct svg_links {
	struct svg_link *items;
	uint32_t count;
	/* private */
	size_t capacity;
	struct table table;
	struct arena arena;
};

/*
 * Reads the file.  False with words for people in *message when it cannot be
 * read or a line is none of the format; then nothing needs freeing.  What is
 * left out is told in *warnings, a line each, not too many.
 */
bool svg_links_open(struct svg_links *, const char *path, struct buf *message,
		    struct buf *warnings);
void svg_links_free(struct svg_links *);

/* What the file says about a function of this name, or NULL. */
const struct svg_link *svg_links_find(const struct svg_links *, struct str name);

/* The same for a frame: by its name as shown, else by its full name. */
const struct svg_link *svg_links_of(const struct svg_links *, const struct profile *,
				    uint32_t frame);

#endif
