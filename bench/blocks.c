/* SPDX-License-Identifier: Apache-2.0 */

/*
 * blocks COUNT PATHS SIZES LIVE: a program to be recorded by a heap profiler.
 *
 * Allocates COUNT blocks, each on one of PATHS call paths and of one of SIZES sizes,
 * and keeps LIVE of them: a new one takes the place of one chosen at random, which is
 * freed.  Every fourth is freed at once.  Paths and sizes are drawn so that the first
 * ones come most often, as they do in programs.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))

enum { WAYS = 8 };

static uint64_t state = 88172645463325252;
static volatile char sink;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Below n; small ones more often. */
static uint64_t draw_below(uint64_t n)
{
	uint64_t a = draw() % n, b = draw() % n;
	return a < b ? a : b;
}

typedef void *way(uint64_t path, size_t size);
static way *const ways[WAYS];

#define WAY(n)                                                                 \
	static NOINLINE void *way_##n(uint64_t path, size_t size)              \
	{                                                                      \
		void *p = path == 0 ? malloc(size) :                           \
				      ways[path % WAYS](path / WAYS, size);    \
		sink = n;                                                      \
		return p;                                                      \
	}

WAY(0)
WAY(1)
WAY(2)
WAY(3)
WAY(4)
WAY(5)
WAY(6)
WAY(7)

static way *const ways[WAYS] = {
	way_0, way_1, way_2, way_3, way_4, way_5, way_6, way_7,
};

int main(int argc, char **argv)
{
	if (argc != 5) {
		fputs("usage: blocks COUNT PATHS SIZES LIVE\n", stderr);
		return 2;
	}
	uint64_t count = strtoull(argv[1], NULL, 10), paths = strtoull(argv[2], NULL, 10);
	uint64_t sizes = strtoull(argv[3], NULL, 10), live = strtoull(argv[4], NULL, 10);
	void **kept = calloc(live, sizeof(*kept));
	for (uint64_t i = 0; kept && i < count; i++) {
		uint64_t path = draw_below(paths);
		void *p = ways[path % WAYS](path / WAYS, 8 + 8 * draw_below(sizes));
		void **place = i % 4 ? &kept[draw() % live] : &p;
		free(*place);
		*place = p;
	}
	return sink < 0;
}
