/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_TRACES_H
#define READ_TRACES_H

#include "model/location.h"
#include "read/maps.h"
#include "read/reader.h"

/*
 * Stacks of return addresses that wait for the map of the process, which profiles
 * have at their end.  A stack begins with traces_begin(); all that is said until the
 * next one is about it:
 *
 *	struct traces *t = traces_new(in, want, out);
 *	traces_metrics(t, &metrics);
 *	traces_begin(t);
 *	traces_addresses(t, STR(" 0x5617f990c2ca 0x7f16a564524a"));
 *	traces_add(t, group, values);
 *	...
 *	traces_map(t, line);
 *	traces_push(t, TRACES_DROP_ALLOCATOR);
 *	traces_delete(t);
 *
 * A stack without a sample is forgotten.
 */
struct traces;

/* What is left out of stacks, but for want->all_frames. */
enum traces_drop {
	TRACES_DROP_NOTHING,
	TRACES_DROP_ALLOCATOR,   /* what malloc() is made of, at the leaf */
	TRACES_DROP_HANDLER,     /* what handles the signal of a profiler, next to the leaf */
};

/* What is said by all readers whose addresses get their names here. */
#define TRACES_NO_LINES "source lines; have the files with debug information there, " \
			"see --sysroot"
#define TRACES_UNKNOWN "install debug symbols, or tell with --sysroot or --map " \
		       "where the files are"

struct traces *traces_new(struct input *, const struct want *, struct samples *);
void traces_delete(struct traces *);

void traces_begin(struct traces *);

/* A word that begins with 0x; false with an input_error() when it is no address. */
bool traces_parse(struct traces *, struct str word, uint64_t *address);

/* Addresses in words that begin with 0x, leaf first.  False with an input_error(). */
bool traces_addresses(struct traces *, struct str words);
bool traces_leaves(struct traces *, struct str words);

/* The same of one address; and of the leaf, where it is what runs, no return address. */
bool traces_address(struct traces *, uint64_t address);
bool traces_leaf(struct traces *, uint64_t address);

/* Once, before there are samples: what each of them has values of; must outlive *t. */
void traces_metrics(struct traces *, const struct metrics *);

/*
 * A sample of the stack, with a value for each metric; none when nothing of it is
 * wanted.
 */
void traces_add(struct traces *, uint32_t group, const int64_t *values);

/* A frame that has a name, leaf first.  Those take the place of all addresses. */
void traces_named(struct traces *, const struct location_key *);

/*
 * A line of Go that names a frame of the stack, leaf first; other comments are left
 * alone.
 *
 *	#	0x4b3ece	main.leak+0x2e		/tmp/gohp/main.go:13
 */
void traces_comment(struct traces *, struct str line);

/*
 * What the address of a traces_leaf() is called, where the profile tells it behind its
 * stacks; another name comes in place of the one before, with a warning.  Addresses of
 * no stack are let go.
 */
void traces_name(struct traces *, uint64_t address, const struct location_key *);

/* A warning where some address got no name by that. */
void traces_check_names(struct traces *);

/* Whether the line read last was cut off in its middle; then a warning, too. */
bool traces_is_cut(struct traces *);

/* False with a warning when that is not what the head of the file told. */
bool traces_check_sum(struct traces *, int64_t seen, int64_t told);

/*
 * Reads the rest of the input, which is a map; mostly a heading stood above it.
 * False with an input_error(): another profile begins there.
 */
bool traces_map(struct traces *);

/* Gives names to the addresses, and hands the samples over. */
void traces_push(struct traces *, enum traces_drop);

#endif
