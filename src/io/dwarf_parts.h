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
 * dwarf_walk.c goes through the DIEs of a unit, dwarf_unit.c finds its functions there,
 * dwarf_names.c what they are called.  dwarf_packed.c has what they read.
 */

enum {
	DWARF_DEPTH_MAX = 1000,          /* DIEs around one */
	DWARF_HOPS_MAX = 16,             /* from what was inlined to what it was */
	DWARF_ATTRIBUTES_MAX = 200,      /* of a function or scope */
};

/*
 * What may be done before a file counts as broken: attributes and ranges looked at, of
 * which a file of some size has only so many, unless it was made to be slow.  And what
 * DIEs look like, which their abbreviations tell; many share one.
 */
struct dwarf_work {
	uint64_t left;
	struct dwarf_shape {
		const void *abbreviation;
		uint32_t attributes;
		int tag;
		bool has_children, has_sibling, has_code;
	} shapes[256];
};

/*
 * .debug_info, of which only the front is unpacked, as far as it was asked for; behind that
 * there are zeros.  A zeroed struct is one that was not packed, or that libdw unpacks.
 */
struct dwarf_packed {
	char *bytes;             /* what libdw sees */
	size_t size, ready;
	struct inflate *rest;    /* NULL: all of it is there */
};

/* Before libdw gets the file, which must be closed before this is freed: .debug_info. */
void dwarf_packed_open(struct dwarf_packed *, const struct elf_file *);
void dwarf_packed_free(struct dwarf_packed *);

/* Before libdw gets the file: it need not unpack what is not read here. */
void dwarf_packed_hide_unused(const struct elf_file *, bool lines);

/* That many bytes are going to be read, or all; false when they are damaged. */
bool dwarf_packed_need(struct dwarf_packed *, uint64_t size);

/* NULL when the DIE is broken. */
const struct dwarf_shape *dwarf_work_shape(struct dwarf_work *, Dwarf_Die *);

/*
 * A walk through the DIEs of a unit in their order, each at most once:
 *
 *	bool more = dwarf_walk_begin(&w, unit, work);
 *	while (more)
 *		more = dwarf_walk_next(&w, is_interesting(w.shape));
 */
struct dwarf_walk {
	Dwarf_Die die;
	const struct dwarf_shape *shape; /* of it */
	uint32_t depth;                  /* DIEs around it, the unit not counted */
	bool is_broken;                  /* it ended early */
	/* private */
	struct dwarf_work *work;
	const unsigned char *end;
	Dwarf_Die around[DWARF_DEPTH_MAX];
};

bool dwarf_walk_begin(struct dwarf_walk *, Dwarf_Die unit, struct dwarf_work *);

/*
 * To the first DIE in this one, when that is wanted or as short as going past it, else
 * to the one behind it, or behind those around it.  False at the end.
 */
bool dwarf_walk_next(struct dwarf_walk *, bool into);

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
bool dwarf_unit_walk(struct dwarf_unit *, const struct elf_file *, struct dwarf_work *);
void dwarf_unit_free(struct dwarf_unit *);

/* Adds the ranges of code that a DIE tells, for an owner; false when they are broken. */
bool dwarf_unit_add_ranges(struct spans *, const struct elf_file *, Dwarf_Die *,
			   uint32_t owner, struct dwarf_work *);

/* Names of functions; all but the first three are zero at first. */
struct dwarf_names {
	struct dwarf_work *work;
	struct dwarf_packed *info;
	Dwarf *alt;              /* the file that several share; NULL: there is none */
	/* private */
	struct dwarf_scopes *units;
	size_t count, capacity;
	struct arena arena;
	struct buf text;
	struct table table;      /* of made */
	struct dwarf_made {
		const void *die;
		struct str name;
	} *made;
	size_t made_count, made_capacity;
};

/* The name for the linker, else with its scopes; empty when it has none. */
struct str dwarf_names_find(struct dwarf_names *, Dwarf_Die function);
void dwarf_names_free(struct dwarf_names *);

#endif
