/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HUGE_PAGE = 2 << 20 };

static void *need(void *p)
{
	if (p == NULL) {
		fputs("out of memory\n", stderr);
		_exit(2);
	}
	return p;
}

void *xmalloc(size_t size)
{
	return need(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return need(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	return need(reallocarray(old, count ? count : 1, size ? size : 1));
}

void *xhuge_malloc(size_t size)
{
	size_t alignment = size >= HUGE_PAGE ? HUGE_PAGE : 64;
	size = (size + alignment - 1) & ~(alignment - 1);
	void *p = need(aligned_alloc(alignment, size));
#ifdef MADV_HUGEPAGE
	if (alignment == HUGE_PAGE)
		madvise(p, size, MADV_HUGEPAGE);
#endif
	return p;
}

void *xhuge_calloc(size_t size)
{
	return memset(xhuge_malloc(size), 0, size);
}

size_t grown_capacity(size_t capacity, size_t need)
{
	size_t grown = capacity + capacity / 2 + 16;
	return grown > need ? grown : need;
}
