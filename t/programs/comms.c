/* SPDX-License-Identifier: Apache-2.0 */
/* One process per command name a person could think of, none of them polite. */
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {
	"a", "Web Content 12", "x 12/13 [000]", "99 bottles", "[kworker/0:1]", "a;b;c", "#hash",
	"# event: x", "new\nline", "\nnl first", "tab\there", "", " lead", "trail ", "k: 1 cycles:",
	"\xff\xfe bad", "fifteen bytes..", "1.000000: 2 c: ", "t 1.234567: x", "caf\xc3\xa9",
	"it's \"quoted\"", "(paren) <x>&",
};

__attribute__((noinline)) static unsigned burn(double seconds)
{
	unsigned x = 1;
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	double end = t.tv_sec + t.tv_nsec / 1e9 + seconds;
	do {
		for (int i = 0; i < 100000; i++)
			x = x * 1664525u + 1013904223u;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	} while (t.tv_sec + t.tv_nsec / 1e9 < end);
	return x;
}

int main(void)
{
	unsigned x = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (fork() == 0) {
			prctl(PR_SET_NAME, names[i]);
			_exit(burn(0.03) == 0);
		}
		wait(NULL);
	}
	return x == 1;
}
