/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_MOMENTS_H
#define MODEL_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * When the samples of a profile were, for formats that tell it of each: kept when
 * want->times asks for it.  Everybody else adds up stacks and forgets.
 *
 * A reader sets samples->time before sample_end(); times are in ns of any clock, the
 * same one in the whole file.  Writers look at differences, and know of the beginning
 * in profile->recording.time, where that is told.
 */
#define MOMENT_UNKNOWN INT64_MIN

struct moment {
	int64_t time;            /* MOMENT_UNKNOWN: not told */
	int64_t value;           /* of the first column of the profile */
	uint32_t stack;          /* in the profile */
};

/* A zeroed struct has none. */
struct moments {
	struct moment *items;
	size_t count;
	/* private */
	size_t capacity;
	bool is_unsorted;
};

void moments_delete(struct moments *);

void moments_add(struct moments *, struct moment);

/* From now on in the order of time; of one time in the order added, unknown ones first. */
void moments_sort(struct moments *);

#endif
