/* SPDX-License-Identifier: Apache-2.0 */
/* Page faults, context switches and system calls, with user functions above them. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define OUT __attribute__((noinline))

OUT static void touch_anonymous(size_t pages)
{
	char *p = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < pages; i++)
		p[i * 4096] = 1;
	munmap(p, pages * 4096);
}

OUT static void grow_heap(size_t bytes)
{
	char *p = malloc(bytes);
	memset(p, 1, bytes);
	free(p);
}

OUT static void nap(int times)
{
	struct timespec t = { 0, 1000000 };
	for (int i = 0; i < times; i++)
		nanosleep(&t, NULL);
}

OUT static void talk(int times)
{
	int fd[2];
	char c[4096] = "x";
	if (pipe(fd) != 0)
		return;
	for (int i = 0; i < times; i++)
		if (write(fd[1], c, sizeof c) != sizeof c || read(fd[0], c, sizeof c) < 1)
			return;
}

int main(void)
{
	for (int i = 0; i < 8; i++) {
		touch_anonymous(200);
		grow_heap(1 << 20);
		nap(3);
		talk(4000);
	}
	return 0;
}
