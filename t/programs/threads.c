/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Threads that allocate, by name, for allocators that count each thread's blocks.
 *
 *	cc -O1 -g -pthread -o threads threads.c
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))

static void *volatile kept[64];
static volatile int used;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

NOINLINE static void keep(size_t size)
{
	pthread_mutex_lock(&lock);
	kept[used] = malloc(size);
	used++;
	pthread_mutex_unlock(&lock);
}

NOINLINE static void temporary(size_t size)
{
	void *volatile p = malloc(size);
	free(p);
}

static void *run(void *name)
{
	pthread_setname_np(pthread_self(), name);
	for (int i = 0; i < 8; i++) {
		keep(1000);
		temporary(2000);
	}
	return NULL;
}

int main(void)
{
	static char *const names[] = { "reader", "writer", "writer" };
	pthread_t threads[3];
	keep(5000);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, run, names[i]);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
