/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The functions of a unit are found by going once through its DIEs, which tell in this
 * way what was inlined into what:
 *
 *	DW_TAG_compile_unit
 *	  DW_TAG_namespace "geo"
 *	    DW_TAG_subprogram "dot"          declared, and what it is: no addresses
 *	  DW_TAG_subprogram "main"           1130 .. 1190
 *	    DW_TAG_lexical_block
 *	      DW_TAG_inlined_subroutine      1148 .. 1150, 1180 .. 1184
 *	        abstract_origin: "norm", call_file: 1, call_line: 15
 *	        DW_TAG_inlined_subroutine    1148 .. 114c
 *	          abstract_origin: "dot", call_file: 2, call_line: 33
 *
 * From the ranges of all of them follows who has an address; asking libdw for each costs
 * 130 times as much.
 *
 * Code that the linker dropped keeps its DIEs, with addresses near 0 or at the very end;
 * what lies in no section of code is left out.
 */
#include "io/dwarf_parts.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/alloc.h"

/* A range takes that much more memory than an attribute. */
enum { RANGE_COST = 16 };

bool dwarf_unit_add_ranges(struct spans *spans, const struct elf_file *e, Dwarf_Die *die,
			   uint32_t owner, struct dwarf_work *work)
{
	Dwarf_Addr base, from, to;
	ptrdiff_t at = 0;
	while ((at = dwarf_ranges(die, at, &base, &from, &to)) > 0) {
		if (work->left < RANGE_COST) {
			work->left = 0;
			return false;
		}
		work->left -= RANGE_COST;
		uint64_t end = elf_code_end(e, from);
		if (end > 0)
			spans_add(spans, from, to < end ? to : end, owner);
	}
	return at == 0;
}

/* What functions may stand in; in classes those of classes in functions do. */
static bool is_interesting(const struct dwarf_shape *shape)
{
	switch (shape->tag) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
		return true;
	default:
		return false;
	}
}

/* The number of the function, or that of the one around it. */
static uint32_t add_function(struct dwarf_unit *u, const struct elf_file *e,
			     struct dwarf_walk *w, uint32_t around, bool *good)
{
	bool begins = w->shape->tag == DW_TAG_subprogram;
	if ((!begins && w->shape->tag != DW_TAG_inlined_subroutine) || !w->shape->has_code)
		return around;
	size_t before = u->spans.count;
	*good &= w->shape->attributes <= DWARF_ATTRIBUTES_MAX &&
		 dwarf_unit_add_ranges(&u->spans, e, &w->die, u->count, w->work);
	if (u->spans.count == before)
		return around;
	ARRAY_RESERVE(u->nodes, u->capacity, (size_t)u->count + 1);
	u->nodes[u->count] = (struct dwarf_node){ w->die.addr,
						  begins ? SPANS_NONE : around };
	return u->count++;
}

bool dwarf_unit_walk(struct dwarf_unit *u, const struct elf_file *e, struct dwarf_work *work)
{
	struct dwarf_walk w;
	bool good = true;
	uint32_t owners[DWARF_DEPTH_MAX + 2];
	owners[0] = SPANS_NONE;
	bool more = dwarf_walk_begin(&w, u->die, work);
	while (more) {
		owners[w.depth + 1] = add_function(u, e, &w, owners[w.depth], &good);
		more = dwarf_walk_next(&w, is_interesting(w.shape));
	}
	spans_finish(&u->spans);
	u->is_walked = true;
	return good && !w.is_broken;
}

void dwarf_unit_free(struct dwarf_unit *u)
{
	free(u->nodes);
	spans_free(&u->spans);
}
