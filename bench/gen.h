/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_GEN_H
#define BENCH_GEN_H

/* What the parts of the generator share: numbers, names, stacks, shapes. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A well-mixed function of x, the same everywhere (the step of splitmix64). */
static inline uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* A sequence of random numbers; any seed will do. */
struct rng {
	uint64_t seed;
};

static inline uint64_t rng_next(struct rng *r)
{
	return mix(r->seed += 0x632be59bd9b4e019);
}

/*
 * A number below n from the random bits r: all alike with power 1, small ones
 * more and more popular with greater powers (as n * u^power, u in [0, 1)).
 */
static inline uint32_t skewed(uint64_t r, uint32_t n, uint32_t power)
{
	uint64_t u = r >> 32, x = u;
	while (--power)
		x = x * u >> 32;
	return (uint32_t)(x * n >> 32);
}

/* Room to have for a name; name_make() and name_copy() never need more. */
enum { NAME_MAX_BYTES = 640 };

/* How names look: C of the kernel and of libraries, and other languages. */
enum style {
	STYLE_KERNEL, STYLE_C, STYLE_CPP, STYLE_RUST, STYLE_JAVA, STYLE_GO
};

/*
 * Writes the name of function number i of a module to "to", without a NUL,
 * and returns its length.  Numbers give different names (up to some ten
 * thousand a style); h gives what may be alike: parameters, suffixes.
 */
uint32_t name_make(char *to, enum style style, uint32_t i, uint64_t h);

/* The same for a given name. */
uint32_t name_copy(char *to, const char *name);

enum {
	MAX_DEPTH = 127,	/* as perf record's --max-stack */
	WORLD_MODULES = 12,
};

/* A function; its name lives as long as the world. */
struct symbol {
	const char *name;
	uint32_t name_n;
	uint32_t start, size;		/* bytes from the module's base */
	uint32_t module;
	enum style style;
	bool known;			/* not "[unknown]" */
};

struct frame {
	uint32_t symbol, offset;	/* number in the world, bytes in it */
};

/* All functions of a corpus. */
struct world {
	const struct corpus *c;
	int id;
	char *names;
	struct symbol *symbols;
	uint32_t symbols_n;
	uint32_t first[WORLD_MODULES + 1];	/* of a module, in symbols */
	uint32_t fixed[WORLD_MODULES];
};

struct stack {
	const struct program *program;
	uint32_t comm;			/* the thread's name: comm_name() */
	uint32_t role, n;
	struct frame frames[MAX_DEPTH];	/* root first */
};

/* Makes stack number id, the same each time; any number will do. */
void stack_make(const struct world *, uint32_t id, struct stack *);

/* Name i of all threads there are, NULL after the last. */
const char *comm_name(uint32_t i);

/* p, or the end of the program when it is NULL. */
void *need(void *p);

/*
 * Writes about that many bytes of folded text to standard output, as
 * fg-collapse does: header lines, then each stack once, frame by frame in
 * order.  Returns false when it cannot write.
 */
/* As it was recorded, or later: some stacks are gone, and all have other values. */
bool picture_write(const struct world *, const char *event, uint64_t bytes, bool later);

/*
 * Reads a file of perf script text ("-": standard input) and prints what it
 * is like.  On failure prints why on standard error and returns false.
 */
bool shape_print(const char *path);

#endif
