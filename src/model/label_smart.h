/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_LABEL_SMART_H
#define MODEL_LABEL_SMART_H

#include "base/str.h"

/*
 * Which part of a name tells most in little room; see enum label_cut.
 */

/* Longer names are not looked into. */
enum { LABEL_SMART_BYTES = 4096 };

/* Room to work in; need not be set. */
struct label_smart {
	/* private */
	struct label_text {
		size_t n;
		char p[LABEL_SMART_BYTES];
	} plain, bare; /* without arguments; without template arguments too */
	size_t count;
	unsigned short cuts[LABEL_SMART_BYTES / 2 + 1]; /* offsets in bare */
};

/*
 * The longest form of name that fits, or its last part when none does, or the
 * name itself when nothing can be dropped; the caller cuts these two.  Never
 * empty unless name is.  It is in the room or in name, and lives as long as
 * both.  Takes linear time; any bytes are welcome.
 */
struct str label_smart_choose(struct label_smart *, struct str name, size_t columns);

#endif
