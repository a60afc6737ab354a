/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_FIREFOX_SHARED_H
#define WRITE_FIREFOX_SHARED_H

#include "io/output.h"
#include "model/stacks.h"

/*
 * The tables of a profile for the Firefox Profiler that all threads share, made as stacks
 * need them:
 *
 *	stack      a frame, and the stack of its callers, which comes before it
 *	frame      a place in a function
 *	func       its name, file and library
 *
 * A zeroed struct with a profile is empty.
 */
struct firefox_shared {
	const struct profile *profile;

	struct firefox_stack {
		uint32_t prefix, frame;  /* ID_NONE: the root */
	} *stacks;
	struct firefox_frame {
		uint32_t func, category, depth;
		int64_t line, column;    /* 0: not known */
		int64_t address;         /* in the library; -1: not known */
	} *frames;
	struct firefox_func {
		uint32_t name, file;     /* in strings, in sources, or ID_NONE */
		uint32_t lib;
		int64_t start_line;
	} *funcs;
	struct firefox_library {
		uint32_t path, build_id; /* in profile->text, or ID_NONE */
		uint32_t name;           /* in strings */
	} *libs;
	uint32_t *sources;       /* in strings */
	struct intern strings;
	struct intern categories;
	uint32_t stack_count, frame_count, func_count, lib_count, source_count;

	/* private */
	size_t stack_capacity, frame_capacity, func_capacity, lib_capacity,
		source_capacity;
	struct table stack_table, frame_table, func_table, lib_table, source_table;
};

void firefox_shared_init(struct firefox_shared *, const struct profile *);
void firefox_shared_free(struct firefox_shared *);

/*
 * The row of a stack, root first; ID_NONE without a frame.  category: the name of what it
 * does, which is that of the leaf; or empty.
 */
uint32_t firefox_shared_stack(struct firefox_shared *, const uint32_t *frames,
			      uint32_t depth, struct str category);

/* Their JSON: a list of categories, one of libraries, and the object of all else. */
void firefox_shared_put_categories(const struct firefox_shared *, struct output *);
void firefox_shared_put_libs(const struct firefox_shared *, struct output *);
void firefox_shared_put(const struct firefox_shared *, struct output *);

#endif
