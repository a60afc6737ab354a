/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SVG_CALLEES_H
#define WRITE_SVG_CALLEES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Lists of the codes met below a code, in the order met: a code that is there is known
 * by its place.
 */
enum { SVG_PIECE = 7, SVG_CALLEES_MAX = 4 * SVG_PIECE };

struct svg_callees {
	struct svg_piece {
		uint32_t codes[SVG_PIECE];   /* 0: free */
		uint32_t next;               /* piece; 0: there is none */
	} *pieces;
	size_t capacity;
	uint32_t count;
	uint32_t *first;             /* by code: piece */
};

/* For codes below that number. */
void svg_callees_init(struct svg_callees *, size_t codes);
void svg_callees_free(struct svg_callees *);

/*
 * The place of a code in the list, from 1 on; 0 when it is not there, and then it is
 * added as long as there is room.
 */
unsigned svg_callees_place(struct svg_callees *, uint32_t parent, uint32_t code);

#endif
