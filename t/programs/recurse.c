/* SPDX-License-Identifier: Apache-2.0 */
/* Mutual recursion, deeper than the 127 frames perf keeps by default. */
#include <stdlib.h>

volatile unsigned sink;

__attribute__((noinline)) static void spin(void)
{
	/* without this a leaf function has no frame, and its caller is lost */
	__asm__ volatile("" :: "r"(__builtin_frame_address(0)));
	for (unsigned i = 0; i < 20000000; i++)
		sink += i;
}

__attribute__((noinline)) static int odd(int n);

__attribute__((noinline)) static int even(int n)
{
	if (n == 0) {
		spin();
		return 1;
	}
	int r = odd(n - 1);
	sink++;
	return r;
}

__attribute__((noinline)) static int odd(int n)
{
	if (n == 0) {
		spin();
		return 0;
	}
	int r = even(n - 1);
	sink++;
	return r;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 40;
	int r = 0;
	for (int i = 0; i < 20; i++)
		r += even(n + i % 2);
	return r > 1000;
}
