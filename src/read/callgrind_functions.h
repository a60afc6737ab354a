/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_CALLGRIND_FUNCTIONS_H
#define READ_CALLGRIND_FUNCTIONS_H

#include "io/input.h"
#include "model/callgraph.h"
#include "model/location.h"
#include "read/callgrind_text.h"

/*
 * The functions of Callgrind's format, and where they are in files.  A symbol is what
 * the file tells: a name in a file and an object, which is a program or a library.  One
 * that has a number is the same whatever file it is told of with, as in KCachegrind:
 * fi= and fe= change the file of the lines that follow, which are those of other code
 * that was compiled into it.  In each thread it is a function of its own in the graph.
 *
 * A spot is where a function is when it costs something, as far as anybody wants to know.
 *
 * Texts are ids in profile->text, or ID_NONE.
 */
struct callgrind_functions {
	bool wants_files, wants_lines;
	bool is_callgrinds;      /* names are as Callgrind makes them; set by the reader */
	uint32_t *group_of;      /* by function of the graph */
	/* private */
	struct input *in;
	struct profile *profile;
	const struct want *want;
	struct locations locations;
	struct callgrind_text_names objects, files, functions;
	struct callgrind_symbol *symbols;
	struct table symbol_table, function_table;
	uint32_t symbol_count;
	uint32_t *symbol_of;     /* by function of the graph */
	size_t symbol_capacity, group_capacity, function_capacity;
	struct callgrind_spot *spots;
	struct table spot_table;
	uint32_t spot_count;
	size_t spot_capacity;
	struct buf scratch;
};

void callgrind_functions_init(struct callgrind_functions *, struct input *, struct profile *,
			      const struct want *);
void callgrind_functions_free(struct callgrind_functions *);

/* From now on numbers stand for other names. */
void callgrind_functions_forget(struct callgrind_functions *);

/* "(3) name" and so on; false after an input_error(). */
bool callgrind_functions_object(struct callgrind_functions *, struct str text, uint32_t *id);
bool callgrind_functions_file(struct callgrind_functions *, struct str text, uint32_t *id);
bool callgrind_functions_symbol(struct callgrind_functions *, struct str text, uint32_t file,
				uint32_t object, uint32_t *symbol);

/* The function of the graph, made when new. */
uint32_t callgrind_functions_find(struct callgrind_functions *, struct callgraph *,
				  uint32_t symbol, uint32_t group);

/* The number of a spot, made when new; source is the file of the line. */
uint32_t callgrind_functions_spot(struct callgrind_functions *, uint32_t symbol,
				  uint32_t source, const struct callgrind_text_place *);

/* What is shown of it, leaf first; there may be none. */
const uint32_t *callgrind_functions_frames(struct callgrind_functions *, uint32_t spot,
					   uint32_t *count);

#endif
