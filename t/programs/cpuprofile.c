/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Recorded for t/cases/gperftools, with libgoogle-perftools-dev:
 *
 *	cc -O1 -g -fno-omit-frame-pointer -o demo cpuprofile.c -Wl,--no-as-needed -lprofiler
 *	CPUPROFILE=cpu.in ./demo
 */
#include <stdio.h>
#include <stdlib.h>

static volatile unsigned long sink;

__attribute__((noinline)) static void leaf(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sink += i * i;
}

static inline void taken_in(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sink ^= i;
}

__attribute__((noinline)) static void work(int depth)
{
	if (depth > 0)
		work(depth - 1);
	leaf(3000000);
	taken_in(1000000);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 10;
	for (int i = 0; i < rounds; i++)
		work(3);
	return sink == 1 && argv == NULL;
}
