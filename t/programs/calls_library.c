/* SPDX-License-Identifier: Apache-2.0
 *
 * The library of calls.cc.
 */
#include "calls.h"

int library(int n);

static __attribute__((noinline)) int inner(int n)
{
	volatile int sum = 0;
	for (int i = 0; i < n; i++)
		sum += inlined(i);
	return sum;
}

int library(int n)
{
	return inner(n) + inner(2 * n);
}
