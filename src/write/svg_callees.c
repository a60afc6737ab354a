/* SPDX-License-Identifier: Apache-2.0 */
#include "write/svg_callees.h"

#include <stdlib.h>

#include "base/alloc.h"

static uint32_t new_piece(struct svg_callees *c)
{
	ARRAY_RESERVE(c->pieces, c->capacity, (size_t)c->count + 1);
	c->pieces[c->count] = (struct svg_piece){ .next = 0 };
	return c->count++;
}

unsigned svg_callees_place(struct svg_callees *c, uint32_t parent, uint32_t code)
{
	uint32_t at = c->first[parent];
	if (at == 0)
		c->first[parent] = at = new_piece(c);
	for (unsigned before = 0;; before += SVG_PIECE, at = c->pieces[at].next) {
		struct svg_piece *piece = &c->pieces[at];
		unsigned found = 0;
		for (unsigned i = 0; i < SVG_PIECE; i++)
			found |= (unsigned)(piece->codes[i] == code) << i;
		if (found)
			return before + (unsigned)__builtin_ctz(found) + 1;
		if (piece->codes[SVG_PIECE - 1] == 0) {
			unsigned end = 0;
			while (piece->codes[end] != 0)
				end++;
			piece->codes[end] = code;
			return 0;
		}
		if (before + SVG_PIECE == SVG_CALLEES_MAX)
			return 0;
		if (piece->next == 0) {
			uint32_t next = new_piece(c);
			c->pieces[at].next = next;
		}
	}
}

void svg_callees_init(struct svg_callees *c, size_t codes)
{
	*c = (struct svg_callees){ .first = xcalloc(codes, sizeof(*c->first)) };
	new_piece(c);
}

void svg_callees_free(struct svg_callees *c)
{
	free(c->pieces);
	free(c->first);
	*c = (struct svg_callees){ 0 };
}
