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
 * From the ranges of all of them follows who has an address; it costs 130 times as much
 * to ask libdw again for each.
 *
 * Code that the linker dropped keeps its DIEs, with addresses near 0 or at the very end;
 * what lies in no section of code is left out.
 */
#include "io/dwarf_parts.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Walking */

bool dwarf_walk_begin(struct dwarf_walk *w, Dwarf_Die unit)
{
	Dwarf_Off next, at = dwarf_dieoffset(&unit);
	size_t header;
	Dwarf *dwarf = dwarf_cu_getdwarf(unit.cu);
	w->depth = 0;
	w->is_broken = true;
	w->die = unit;
	if (dwarf == NULL || dwarf_next_unit(dwarf, at - dwarf_cuoffset(&unit), &next, &header,
					     NULL, NULL, NULL, NULL, NULL, NULL) != 0)
		return false;
	w->end = (unsigned char *)unit.addr + (next - at);
	w->is_broken = false;
	int status = dwarf_child(&unit, &w->die);
	w->is_broken = status < 0;
	return status == 0;
}

bool dwarf_walk_into(struct dwarf_walk *w)
{
	Dwarf_Die child;
	if (w->depth == DWARF_DEPTH_MAX || dwarf_child(&w->die, &child) != 0)
		return false;
	w->around[w->depth++] = w->die;
	w->die = child;
	return true;
}

/*
 * The last DIE of a level ends with a zero byte, behind which the next one around it
 * stands: where that is known, what is in it need not be gone through again.
 */
static bool leave(struct dwarf_walk *w, const unsigned char *zero)
{
	while (zero != NULL && zero < w->end && *zero == 0 && w->depth > 0) {
		w->depth--;
		zero++;
		if (zero < w->end && *zero != 0) {
			w->die = (Dwarf_Die){ .addr = (void *)zero, .cu = w->die.cu };
			return true;
		}
	}
	return false;
}

bool dwarf_walk_next(struct dwarf_walk *w)
{
	void *last = w->die.addr;
	for (;;) {
		Dwarf_Die next = { 0 };
		int status = dwarf_siblingof(&w->die, &next);
		if (status == 0) {
			w->die = next;
			break;
		}
		if (status < 0) {
			w->is_broken = true;
			return false;
		}
		if (leave(w, next.addr))
			break;
		if (w->depth == 0)
			return false;
		w->die = w->around[--w->depth];
	}
	/* Always forward, or it would never end. */
	w->is_broken = w->die.addr <= last;
	return !w->is_broken;
}

/* Functions */

bool dwarf_unit_add_ranges(struct spans *spans, const struct elf_file *e, Dwarf_Die *die,
			   uint32_t owner)
{
	Dwarf_Addr base, from, to;
	ptrdiff_t at = 0;
	while ((at = dwarf_ranges(die, at, &base, &from, &to)) > 0) {
		uint64_t end = elf_code_end(e, from);
		if (end == 0)
			continue;
		spans_add(spans, from, to < end ? to : end, owner);
		if (spans->count > DWARF_SPANS_MAX)
			return false;
	}
	return at == 0;
}

static bool is_interesting(int tag)
{
	switch (tag) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
		return true;
	default:
		return false;
	}
}

/* The number of the function, or that of the one around it. */
static uint32_t add_function(struct dwarf_unit *u, const struct elf_file *e,
			     Dwarf_Die *die, int tag, uint32_t around, bool *good)
{
	if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine)
		return around;
	size_t before = u->spans.count;
	*good &= dwarf_unit_add_ranges(&u->spans, e, die, u->count);
	if (u->spans.count == before)
		return around;
	ARRAY_RESERVE(u->nodes, u->capacity, (size_t)u->count + 1);
	u->nodes[u->count] = (struct dwarf_node){
		die->addr, tag == DW_TAG_subprogram ? SPANS_NONE : around };
	return u->count++;
}

bool dwarf_unit_walk(struct dwarf_unit *u, const struct elf_file *e)
{
	struct dwarf_walk w;
	bool good = true;
	uint32_t *owners = xreallocarray(NULL, DWARF_DEPTH_MAX + 2, sizeof(*owners));
	owners[0] = SPANS_NONE;
	bool more = dwarf_walk_begin(&w, u->die);
	while (more && u->spans.count <= DWARF_SPANS_MAX) {
		int tag = dwarf_tag(&w.die);
		bool into = is_interesting(tag);
		owners[w.depth + 1] = owners[w.depth];
		if (into)
			owners[w.depth + 1] = add_function(u, e, &w.die, tag,
							   owners[w.depth], &good);
		more = (into && dwarf_walk_into(&w)) || dwarf_walk_next(&w);
	}
	free(owners);
	spans_finish(&u->spans);
	u->is_walked = true;
	return good && !w.is_broken;
}

void dwarf_unit_free(struct dwarf_unit *u)
{
	free(u->nodes);
	spans_free(&u->spans);
}
