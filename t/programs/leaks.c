/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Memory that is lost in every way a leak checker tells apart, and faults beside
 * it.  "leaks clean" loses nothing, "leaks check" asks Memcheck for leaks midway,
 * "leaks fork" loses memory in a child, too.
 *
 *	cc -O1 -g -fno-optimize-sibling-calls -o leaks leaks.c
 *	cc -O1 -g -fno-optimize-sibling-calls -fsanitize=address -o leaks-asan leaks.c
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <valgrind/memcheck.h>

#define NOINLINE __attribute__((noinline))

struct node {
	struct node *next;
	char text[24];
};

static void *volatile reachable;
static char *volatile inside;
static volatile int sink;

static inline __attribute__((always_inline)) void *take_inlined(size_t n)
{
	return calloc(1, n);
}

NOINLINE static void lose(int count)
{
	for (int i = 0; i < count; i++) {
		void *volatile p = malloc(1000);
		p = NULL;
	}
}

NOINLINE static struct node *make_list(int count)
{
	struct node *list = NULL;
	for (int i = 0; i < count; i++) {
		struct node *node = take_inlined(sizeof(*node));
		node->next = list;
		list = node;
	}
	return list;
}

NOINLINE static void lose_list(void)
{
	struct node *volatile list = make_list(5);
	list = NULL;
}

NOINLINE static void keep(void)
{
	reachable = malloc(4096);
	inside = (char *)malloc(512) + 16;
}

NOINLINE static void known_leak(void)
{
	void *volatile p = malloc(77);
	p = NULL;
}

/* Leaves nothing of what others did where a pointer would be found. */
NOINLINE static void wipe(void)
{
	volatile char stack[4096];
	for (size_t i = 0; i < sizeof(stack); i++)
		stack[i] = 0;
}

#ifndef __SANITIZE_ADDRESS__
NOINLINE static void faults(void)
{
	int *volatile p = malloc(4 * sizeof(*p));
	for (int i = 0; i < 3; i++)
		sink = p[4];
	if (p[1])
		sink = 1;
	free(p);
	free(p);
}
#endif

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	if (strcmp(how, "clean") == 0) {
		free(make_list(1));
		return 0;
	}
	lose(3);
	wipe();
	if (strcmp(how, "check") == 0)
		VALGRIND_DO_LEAK_CHECK;
	lose(7);
	lose_list();
	keep();
	known_leak();
	wipe();
	if (strcmp(how, "check") == 0)
		VALGRIND_DO_CHANGED_LEAK_CHECK;
	if (strcmp(how, "fork") == 0) {
		pid_t child = fork();
		if (child == 0)
			lose(2);
		wipe();
		if (child)
			waitpid(child, NULL, 0);
	}
#ifndef __SANITIZE_ADDRESS__
	if (strcmp(how, "faults") == 0)
		faults();
#endif
	return 0;
}
