/* SPDX-License-Identifier: Apache-2.0 */

/*
 * DIEs stand one behind the other; those that are in another one follow it and end with
 * a zero:
 *
 *	compile_unit
 *	  namespace                   has children, its sibling is the subprogram
 *	    subprogram                no children
 *	    0
 *	  subprogram
 *	    formal_parameter
 *	    0
 *	  0
 *
 * gcc tells where the sibling of a DIE with children is, so that what is not wanted can
 * be jumped over; clang does not, and libdw would go through all of it, so it is done
 * here.  What libdw looks for it looks for from the first attribute on.
 */
#include "io/dwarf_parts.h"

#include <dwarf.h>

const struct dwarf_shape *dwarf_work_shape(struct dwarf_work *work, Dwarf_Die *die)
{
	int tag = dwarf_tag(die);
	size_t count;
	if (tag == DW_TAG_invalid || die->abbrev == NULL)
		return NULL;
	uintptr_t place = (uintptr_t)die->abbrev;
	struct dwarf_shape *shape = &work->shapes[(place >> 4 ^ place >> 12) % 256];
	if (shape->abbreviation != die->abbrev) {
		if (dwarf_getattrcnt(die->abbrev, &count) != 0 || count >= UINT32_MAX)
			return NULL;
		*shape = (struct dwarf_shape){
			.abbreviation = die->abbrev, .tag = tag,
			.attributes = (uint32_t)count,
			.has_children = dwarf_haschildren(die) > 0,
			.has_sibling = dwarf_hasattr(die, DW_AT_sibling) > 0,
			.has_code = dwarf_hasattr(die, DW_AT_low_pc) > 0 ||
				    dwarf_hasattr(die, DW_AT_ranges) > 0,
		};
	}
	return shape;
}

/* The DIE is a new one; the walk only goes forward, or it would never end. */
static bool arrive(struct dwarf_walk *w, const void *before)
{
	w->is_broken = true;
	w->shape = dwarf_work_shape(w->work, &w->die);
	if (w->shape == NULL || (char *)w->die.addr <= (char *)before)
		return false;
	uint64_t cost = (uint64_t)w->shape->attributes + 1;
	w->is_broken = w->work->left < cost;
	w->work->left -= w->is_broken ? w->work->left : cost;
	return !w->is_broken;
}

bool dwarf_walk_begin(struct dwarf_walk *w, Dwarf_Die unit, struct dwarf_work *work)
{
	Dwarf_Off next, at = dwarf_dieoffset(&unit);
	size_t header;
	Dwarf *dwarf = dwarf_cu_getdwarf(unit.cu);
	w->work = work;
	w->depth = 0;
	w->is_broken = true;
	if (dwarf == NULL || dwarf_next_unit(dwarf, at - dwarf_cuoffset(&unit), &next, &header,
					     NULL, NULL, NULL, NULL, NULL, NULL) != 0)
		return false;
	w->end = (unsigned char *)unit.addr + (next - at);
	int status = dwarf_child(&unit, &w->die);
	w->is_broken = status < 0;
	return status == 0 && arrive(w, unit.addr);
}

/*
 * At a zero: where the next DIE around it stands is known without going through all
 * that is in that again.
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

static bool go_past(struct dwarf_walk *w)
{
	for (;;) {
		Dwarf_Die next = { 0 };
		int status = dwarf_siblingof(&w->die, &next);
		w->is_broken = status < 0;
		if (status < 0)
			return false;
		if (status == 0) {
			w->die = next;
			return true;
		}
		if (leave(w, next.addr))
			return true;
		if (w->depth == 0)
			return false;
		w->die = w->around[--w->depth];
	}
}

bool dwarf_walk_next(struct dwarf_walk *w, bool into)
{
	Dwarf_Die child;
	const void *before = w->die.addr;
	if (w->shape->has_children && (into || !w->shape->has_sibling)) {
		w->is_broken = w->depth == DWARF_DEPTH_MAX;
		if (w->is_broken)
			return false;
		if (dwarf_child(&w->die, &child) == 0) {
			w->around[w->depth++] = w->die;
			w->die = child;
			return arrive(w, before);
		}
	}
	return go_past(w) && arrive(w, before);
}
