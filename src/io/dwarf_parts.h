/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_DWARF_PARTS_H
#define IO_DWARF_PARTS_H

#include <elfutils/libdw.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "io/elf_parts.h"
#include "io/spans.h"

/*
 * What the parts of the DWARF reader share: dwarf.c has the units and the frames,
 * dwarf_unit.c the functions of a unit, dwarf_names.c what they are called.
 */

enum {
	DWARF_DEPTH_MAX = 1000,          /* of DIEs in each other */
	DWARF_HOPS_MAX = 16,             /* from what was inlined to what it was */
	DWARF_SPANS_MAX = 4 << 20,       /* ranges of a unit, or of the units of a file */
};

/*
 * A walk through the DIEs of a unit in their order, each at most once:
 *
 *	bool more = dwarf_walk_begin(&w, unit);
 *	while (more) {
 *		look at w.die; w.depth DIEs are around it, the unit not counted
 *		more = (wanted && dwarf_walk_into(&w)) || dwarf_walk_next(&w);
 *	}
 */
struct dwarf_walk {
	Dwarf_Die die;
	uint32_t depth;
	bool is_broken;          /* it ended early */
	/* private */
	const unsigned char *end;
	Dwarf_Die around[DWARF_DEPTH_MAX];
};

bool dwarf_walk_begin(struct dwarf_walk *, Dwarf_Die unit);

/* To the first DIE in this one; false, and still there, when there is none. */
bool dwarf_walk_into(struct dwarf_walk *);

/* To the one behind it, or behind those around it; false at the end. */
bool dwarf_walk_next(struct dwarf_walk *);

/* A function, or one that was inlined. */
struct dwarf_node {
	void *die;               /* Dwarf_Die.addr */
	uint32_t parent;         /* what it was inlined into, or SPANS_NONE */
};

/* What one run of a compiler left. */
struct dwarf_unit {
	Dwarf_Die die;
	bool is_walked;
	struct dwarf_node *nodes;
	uint32_t count;
	size_t capacity;
	struct spans spans;      /* of nodes, by address */
};

/* Finds the functions of a unit; false when some of it is broken or too much. */
bool dwarf_unit_walk(struct dwarf_unit *, const struct elf_file *);
void dwarf_unit_free(struct dwarf_unit *);

/*
 * Adds the ranges of code that a DIE tells, for an owner.  False when they are broken,
 * or more than DWARF_SPANS_MAX.
 */
bool dwarf_unit_add_ranges(struct spans *, const struct elf_file *, Dwarf_Die *,
			   uint32_t owner);

/* Names of functions.  A zeroed struct is empty. */
struct dwarf_names {
	Dwarf *alt;              /* the file that several share; NULL: there is none */
	/* private */
	struct dwarf_scopes *units;
	size_t count, capacity;
	struct arena arena;
	struct buf text;
	struct table table;      /* of made */
	struct dwarf_made {
		void *die;
		struct str name;
	} *made;
	size_t made_count, made_capacity;
};

/* The name for the linker, else with its scopes; empty when it has none. */
struct str dwarf_names_find(struct dwarf_names *, Dwarf_Die function);
void dwarf_names_free(struct dwarf_names *);

/* An attribute that leads to another DIE; false when that cannot be had. */
bool dwarf_names_follow(const struct dwarf_names *, Dwarf_Die *, unsigned attribute);

#endif
