/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Memory in every way that a heap profiler tells apart: at the peak, for a moment
 * only, never freed, in a function that was compiled into another one, at the end
 * of a deep recursion.  "heap clean" frees all.
 *
 *	cc -O1 -g -fno-optimize-sibling-calls -o heap heap.c
 */
#include <stdlib.h>
#include <string.h>
#include <valgrind/dhat.h>

#define NOINLINE __attribute__((noinline))

static void *kept[64];
static int used;
static volatile char sink;

static inline __attribute__((always_inline)) void *take_inlined(size_t n)
{
	char *p = malloc(n);
	memset(p, 1, n);
	return p;
}

static inline __attribute__((always_inline)) void *buffer(size_t n)
{
	return take_inlined(n);
}

NOINLINE static void fill(int count, size_t size)
{
	for (int i = 0; i < count; i++)
		kept[used++] = buffer(size);
}

NOINLINE static void drain(void)
{
	while (used > 0) {
		sink = *(char *)kept[--used];
		free(kept[used]);
	}
}

NOINLINE static void temporaries(void)
{
	for (int i = 0; i < 100; i++) {
		char *volatile p = malloc(16);
		p[0] = 'x';
		sink = p[0];
		free(p);
	}
}

NOINLINE static void *leak(void)
{
	return calloc(3, 100);
}

NOINLINE static void grow(void)
{
	char *p = NULL;
	for (size_t n = 8; n <= 1024; n *= 2) {
		p = realloc(p, n);
		p[n - 1] = 'x';
	}
	sink = p[0];
	free(p);
}

NOINLINE static void *recurse(int depth)
{
	void *p = depth ? recurse(depth - 1) : malloc(24);
	sink = (char)depth;
	return p;
}

NOINLINE static void copies(void)
{
	char from[2000], to[2000];
	memset(from, 1, sizeof(from));
	for (volatile int i = 0; i < 10; i++) {
		volatile size_t n = sizeof(from);
		memcpy(to, from, n);
		sink = to[i];
	}
}

NOINLINE static void events(void)
{
	for (int i = 1; i <= 4; i++)
		DHAT_AD_HOC_EVENT(i);
}

int main(int argc, char **argv)
{
	int clean = argc > 1 && strcmp(argv[1], "clean") == 0;
	void *leaked = leak();
	temporaries();
	fill(10, 1000);
	fill(5, 400);
	drain();
	fill(3, 1000);
	drain();
	grow();
	free(recurse(3));
	free(recurse(20));
	copies();
	events();
	free(malloc(0));
	if (clean)
		free(leaked);
	return argc > 2 ? sink : 0;
}
