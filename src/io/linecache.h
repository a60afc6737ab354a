/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_LINECACHE_H
#define IO_LINECACHE_H

#include "base/str.h"

/*
 * Remembers what raw lines meant.  Profilers print the same line again and
 * again; knowing it by the hash of its bytes, its length and the end of the
 * address in it saves taking it apart.  (Honest lines that agree in these 96
 * bits do not occur; whoever makes some gets a wrong name in a profile of their
 * own making.)  Memory is bounded: lines that were not seen for long are
 * forgotten.
 *
 * Lines are looked up in groups, so that the memory each one needs is fetched
 * while the others are worked on.
 */
struct linecache {
	/* private */
	struct linecache_set *sets;
	size_t mask;                     /* sets - 1 */
	size_t added;                    /* since the last growth */
};

enum { LINECACHE_UNKNOWN = UINT32_MAX };

/* A TAB and the 16 digits of an address, of which the last four tell lines apart. */
enum { LINECACHE_PADDING = 17 };

/* A line that was looked up. */
struct linecache_line {
	struct str raw;                  /* with its line end */
	uint64_t hash;
	uint32_t mark;                   /* of length and address */
	uint32_t value;                  /* what was added for it, or LINECACHE_UNKNOWN */
};

void linecache_init(struct linecache *);
void linecache_free(struct linecache *);

/*
 * Looks up the whole lines at the start of the window, at most "most" (64 are a
 * good number), and returns how many there are.  Behind the window, and behind
 * the line of linecache_look(), LINECACHE_PADDING bytes must be readable.
 */
size_t linecache_scan(struct linecache *, struct str window,
		      struct linecache_line *lines, size_t most);

/* Looks up one line, which may lack its line end. */
void linecache_look(struct linecache *, struct str raw, struct linecache_line *);

/* Remembers a value below LINECACHE_UNKNOWN for a line that was looked up. */
void linecache_add(struct linecache *, const struct linecache_line *, uint32_t value);

#endif
