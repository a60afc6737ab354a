/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/*
 * Memory that is always there: running out of it ends the program with one
 * message and status 2, so no caller checks.  Sizes that come from input must
 * be bounded by the caller first.  count * size is checked for overflow.
 */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);

/*
 * Zeroed memory for a table that is looked into at random: it begins a cache
 * line, and a large one lies in huge pages where there are any.  For free().
 */
void *xhuge_calloc(size_t size);

/* The same as it comes, for what is filled from its beginning: the rest costs nothing. */
void *xhuge_malloc(size_t size);

/* The capacity to grow to when "need" elements must fit: at least half as much again. */
size_t grown_capacity(size_t capacity, size_t need);

/*
 * Makes room for "need" elements in the growing array "array", whose capacity
 * in elements is the lvalue "capacity".
 */
#define ARRAY_RESERVE(array, capacity, need)                                   \
	do {                                                                   \
		size_t need_ = (need);                                         \
		if (__builtin_expect(need_ > (capacity), 0)) {                 \
			(capacity) = grown_capacity((capacity), need_);        \
			(array) = xreallocarray((array), (capacity),           \
						sizeof(*(array)));             \
		}                                                              \
	} while (0)

/* Elements of an array, not of a pointer. */
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
