/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_JITMAP_H
#define READ_PERFDATA_JITMAP_H

#include "base/buf.h"
#include "io/spans.h"

/*
 * What a program tells of the code that it makes at run time: /tmp/perf-PID.map.
 */
struct perfdata_jitmap {
	struct spans spans;
	struct buf text;                 /* names, each ends at a NUL */
	struct perfdata_jitted {
		uint64_t start;
		uint32_t name;           /* in text */
	} *items;                        /* by owner of spans */
	uint32_t count;
	size_t capacity;
};

/* False when the file is not there; a bad line is passed over. */
bool perfdata_jitmap_load(struct perfdata_jitmap *, const char *path);
void perfdata_jitmap_free(struct perfdata_jitmap *);

/* The function at an address, and its start; empty for none. */
struct str perfdata_jitmap_find(const struct perfdata_jitmap *, uint64_t address,
				uint64_t *start);

#endif
