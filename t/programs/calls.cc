/* SPDX-License-Identifier: Apache-2.0
 *
 * For t/cases/callgrind: functions called from several places, code that was compiled
 * into others, recursion in one function and among two, a library and a thread.
 *
 *	gcc -O1 -g -shared -fPIC -o libcalls.so calls_library.c
 *	g++ -O1 -g -o calls calls.cc ./libcalls.so -lpthread
 */
#include <pthread.h>

#include "calls.h"

#define CALLED __attribute__((noinline, noclone))

namespace work {

CALLED int leaf(int n)
{
	int sum = 0;
	for (volatile int i = 0; i < n; i = i + 1)
		sum += inlined(i);
	return sum;
}

struct worker {
	int factor;
	CALLED int left() { return leaf(30 * factor) + 1; }
	CALLED int right() { return leaf(10 * factor) + library(5); }
};

}

CALLED int fib(int n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int odd(int n);

CALLED int even(int n)
{
	return n == 0 ? work::leaf(7) : odd(n - 1) + 1;
}

CALLED int odd(int n)
{
	return n == 0 ? 0 : even(n - 1) + inlined(n);
}

CALLED void *thread(void *)
{
	static int result;
	work::worker w = { 3 };
	result = w.left();
	return &result;
}

int main()
{
	pthread_t other;
	work::worker w = { 1 };
	int result = w.left() + w.right() + fib(9) + even(8);
	pthread_create(&other, nullptr, thread, nullptr);
	pthread_join(other, nullptr);
	return result == 0;
}
