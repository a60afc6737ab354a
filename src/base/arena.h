/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

/*
 * Memory that dies together: pieces are handed out from large chunks and
 * freed all at once.  Unused bytes are poisoned under AddressSanitizer.
 * A zeroed struct is an empty arena.
 */
struct arena {
	struct arena_chunk *chunks; /* newest first */
	char *next;                 /* free bytes of the newest chunk */
	size_t left;
	size_t total;               /* bytes taken from the system */
};

/* "size" bytes aligned to 8, not zeroed, valid until arena_free(). */
void *arena_alloc(struct arena *, size_t size);

/* A copy of s, followed by a NUL that is not counted. */
struct str arena_copy(struct arena *, struct str s);

/* Frees everything; the arena can be used again. */
void arena_free(struct arena *);

#endif
