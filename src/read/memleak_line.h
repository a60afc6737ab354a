/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_MEMLEAK_LINE_H
#define READ_MEMLEAK_LINE_H

#include "base/str.h"

/*
 * Single lines of memleak, taken apart.  Blanks at both ends are of no matter.
 */

/* "[11:16:33] Top 2 stacks with outstanding allocations:" */
bool memleak_line_is_report(struct str line);

/*
 * "4096 bytes in 1 allocations from stack"; false for anything else.  The numbers
 * are still text.
 */
bool memleak_line_stack(struct str line, struct str *bytes, struct str *blocks);

/* "addr = 948cd0 size = 16" */
bool memleak_line_is_block(struct str line);

struct memleak_frame {
	uint64_t address;        /* 0 when it is not told */
	struct str name;         /* empty when it is not known */
	struct str module;       /* empty when it is not told */
	struct str line;         /* "demo.c:169", or empty */
	uint64_t offset;         /* in the function */
};

/*
 * A frame of any version; nothing else of a stack can be told from one, so at worst
 * all of it is the name.
 */
struct memleak_frame memleak_line_frame(struct str line);

#endif
