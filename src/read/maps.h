/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_MAPS_H
#define READ_MAPS_H

#include "base/arena.h"
#include "base/buf.h"
#include "io/input.h"

/*
 * Which file lies where in a process, from the text that profiles end with.
 * A zeroed struct knows nothing.
 */
struct maps_item {
	uint64_t start, end;     /* the first address behind it */
	uint64_t offset;         /* in the file */
	struct str path;         /* "[vdso]" and such are no files; may be empty */
	struct str build_id;     /* its bytes; mostly empty */
};

struct maps {
	struct maps_item *items;
	size_t count;
	/* private */
	size_t capacity;
	bool is_sorted;
	struct maps_attribute {
		struct str name, value;
	} *attributes;
	size_t attribute_count, attribute_capacity;
	struct arena arena;
	struct buf scratch;
};

void maps_free(struct maps *);

/*
 * "MAPPED_LIBRARIES:" or "--- Memory map: ---", behind which the lines for
 * maps_add() stand.
 */
bool maps_is_heading(struct str line);

/*
 * Takes a line: a mapping, or "name=value" that later lines refer to as "$name".
 * What holds no code and what is neither is left out.  The input is warned of files
 * that are no longer there.
 */
void maps_add(struct maps *, struct input *, struct str line);

/* What lies at the address, or NULL. */
const struct maps_item *maps_find(struct maps *, uint64_t address);

#endif
