/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What was inlined says by its abstract origin what it is, and that, when it is declared
 * in a class, by its specification:
 *
 *	inlined_subroutine  -> subprogram                  -> subprogram  in class_type "Poly"
 *	                       linkage_name "_ZN4Poly4areaEv" name "area"
 *
 * Names for linkers tell all of it; functions that no linker sees, as those of unnamed
 * namespaces, only have a short one, and get the namespaces and classes they stand in
 * put before it.  Functions around them are no part of a name.  DIEs do not know what
 * they stand in: to find it out, all of the unit is gone through once, and the places
 * where scopes begin and end are kept.
 */
#include "io/dwarf_parts.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { SCOPE_NAME_MAX = 4096 };          /* bytes of all scopes of a name */

struct dwarf_scopes {
	void *cu;
	struct dwarf_scope {
		struct str name;
		uint32_t parent;         /* or SPANS_NONE */
	} *items;
	uint32_t count;
	size_t capacity;
	struct spans spans;              /* by Dwarf_Die.addr */
};

/* Attributes */

static bool is_elsewhere(unsigned form)
{
	return form == DW_FORM_GNU_ref_alt || form == DW_FORM_GNU_strp_alt ||
	       form == DW_FORM_ref_sup4 || form == DW_FORM_ref_sup8 ||
	       form == DW_FORM_strp_sup;
}

/* Without the other file libdw would look for it by itself. */
static bool get(const struct dwarf_names *n, Dwarf_Die *die, unsigned name,
		Dwarf_Attribute *a)
{
	return dwarf_attr(die, name, a) != NULL &&
	       (n->alt != NULL || !is_elsewhere(dwarf_whatform(a)));
}

static struct str text(const struct dwarf_names *n, Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute a;
	return get(n, die, name, &a) ? str_of(dwarf_formstring(&a)) : STR("");
}

/* In the unit it stands in, which is unpacked. */
static bool is_near(unsigned form)
{
	return form == DW_FORM_ref1 || form == DW_FORM_ref2 || form == DW_FORM_ref4 ||
	       form == DW_FORM_ref8 || form == DW_FORM_ref_udata;
}

static bool follow(const struct dwarf_names *n, Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute a;
	Dwarf_Die to;
	if (!get(n, die, name, &a) ||
	    (!is_near(dwarf_whatform(&a)) && !dwarf_packed_need(n->info, UINT64_MAX)) ||
	    dwarf_formref_die(&a, &to) == NULL)
		return false;
	*die = to;
	return true;
}

/* Scopes */

static bool is_scope(int tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_module:
		return true;
	default:
		return false;
	}
}

static bool may_hold_scopes(int tag)
{
	return is_scope(tag) || tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block;
}

static struct str scope_name(const struct dwarf_names *n, Dwarf_Die *die, int tag)
{
	struct str name = text(n, die, DW_AT_name);
	return name.n == 0 && tag == DW_TAG_namespace ? STR("(anonymous namespace)") : name;
}

static uint32_t add_scope(struct dwarf_scopes *s, struct str name, uint32_t parent)
{
	ARRAY_RESERVE(s->items, s->capacity, (size_t)s->count + 1);
	s->items[s->count] = (struct dwarf_scope){ name, parent };
	return s->count++;
}

/* A DIE that was gone into, and where its inside begins. */
struct open {
	uint32_t scope;
	uintptr_t from;
};

static uint32_t scope_in(struct dwarf_names *n, struct dwarf_scopes *s,
			 struct dwarf_walk *w, uint32_t around)
{
	int tag = w->shape->tag;
	if (tag == DW_TAG_subprogram)
		return SPANS_NONE;
	if (!is_scope(tag) || !w->shape->has_children ||
	    w->shape->attributes > DWARF_ATTRIBUTES_MAX || s->count == SPANS_NONE - 1)
		return around;
	return add_scope(s, scope_name(n, &w->die, tag), around);
}

static void read_scopes(struct dwarf_names *n, struct dwarf_scopes *s, Dwarf_Die unit)
{
	struct dwarf_walk w;
	struct open open[DWARF_DEPTH_MAX + 2];
	open[0].scope = SPANS_NONE;
	bool more = dwarf_walk_begin(&w, unit, n->work);
	while (more) {
		uint32_t depth = w.depth;
		open[depth + 1] = (struct open){ scope_in(n, s, &w, open[depth].scope),
						 (uintptr_t)w.die.addr };
		more = dwarf_walk_next(&w, may_hold_scopes(w.shape->tag));
		uintptr_t to = (uintptr_t)(more ? w.die.addr : w.end);
		for (; depth > (more ? w.depth : 0); depth--)
			if (open[depth].scope != SPANS_NONE)
				spans_add(&s->spans, open[depth].from, to, open[depth].scope);
	}
	spans_finish(&s->spans);
}

static struct dwarf_scopes *scopes_of(struct dwarf_names *n, Dwarf_Die *die)
{
	Dwarf_Die unit;
	for (size_t i = n->count; i > 0; i--)
		if (n->units[i - 1].cu == die->cu)
			return &n->units[i - 1];
	if (dwarf_cu_die(die->cu, &unit, NULL, NULL, NULL, NULL, NULL, NULL) == NULL)
		return NULL;
	ARRAY_RESERVE(n->units, n->capacity, n->count + 1);
	struct dwarf_scopes *s = &n->units[n->count++];
	*s = (struct dwarf_scopes){ .cu = die->cu };
	read_scopes(n, s, unit);
	return s;
}

static struct str with_scopes(struct dwarf_names *n, Dwarf_Die *die, struct str name)
{
	enum { SCOPES_MAX = 32 };
	const struct dwarf_scopes *s = scopes_of(n, die);
	uint32_t chain[SCOPES_MAX], depth = 0;
	if (s == NULL || name.n == 0)
		return name;
	uint32_t scope = spans_find(&s->spans, (uintptr_t)die->addr);
	for (; scope != SPANS_NONE && depth < SCOPES_MAX; scope = s->items[scope].parent)
		if (s->items[scope].name.n > 0)
			chain[depth++] = scope;
	buf_clear(&n->text);
	while (depth > 0 && n->text.n < SCOPE_NAME_MAX) {
		buf_add(&n->text, s->items[chain[--depth]].name);
		buf_add(&n->text, STR("::"));
	}
	if (n->text.n == 0 || n->text.n > SCOPE_NAME_MAX)
		return name;
	buf_add(&n->text, name);
	return arena_copy(&n->arena, buf_str(&n->text));
}

/* Names that are known, by DIE */

static uint32_t hash_of(const void *die)
{
	return (uint32_t)((uintptr_t)die * HASH_SPREAD >> 32);
}

static const struct dwarf_made *find_made(const struct dwarf_names *n, const void *die)
{
	uint32_t id, hash = hash_of(die), place = table_place(&n->table, hash);
	while ((id = table_next(&n->table, hash, &place)) != TABLE_END)
		if (n->made[id].die == die)
			return &n->made[id];
	return NULL;
}

static struct str keep(struct dwarf_names *n, const void *die, struct str name)
{
	ARRAY_RESERVE(n->made, n->made_capacity, n->made_count + 1);
	n->made[n->made_count] = (struct dwarf_made){ die, name };
	table_insert(&n->table, hash_of(die), (uint32_t)n->made_count++);
	return name;
}

/* Empty without a name for the linker; then *die leads to the one that has a name. */
static struct str linkage_name(struct dwarf_names *n, Dwarf_Die *die)
{
	Dwarf_Die at = *die;
	for (unsigned hop = 0; hop < DWARF_HOPS_MAX; hop++) {
		const struct dwarf_shape *shape = dwarf_work_shape(n->work, &at);
		if (shape == NULL || shape->attributes > DWARF_ATTRIBUTES_MAX)
			break;
		struct str name = text(n, &at, DW_AT_linkage_name);
		if (name.n == 0)
			name = text(n, &at, DW_AT_MIPS_linkage_name);
		if (name.n > 0)
			return name;
		if (dwarf_hasattr(&at, DW_AT_name))
			*die = at;
		if (!follow(n, &at, DW_AT_abstract_origin) &&
		    !follow(n, &at, DW_AT_specification))
			break;
	}
	return STR("");
}

struct str dwarf_names_find(struct dwarf_names *n, Dwarf_Die die)
{
	const struct dwarf_made *made = find_made(n, die.addr);
	if (made != NULL)
		return made->name;
	Dwarf_Die named = die;
	struct str name = linkage_name(n, &named);
	if (name.n == 0 && (made = find_made(n, named.addr)) != NULL)
		name = made->name;
	if (name.n == 0) {
		name = with_scopes(n, &named, text(n, &named, DW_AT_name));
		if (named.addr != die.addr)
			keep(n, named.addr, name);
	}
	return keep(n, die.addr, name);
}

void dwarf_names_free(struct dwarf_names *n)
{
	for (size_t i = 0; i < n->count; i++) {
		free(n->units[i].items);
		spans_free(&n->units[i].spans);
	}
	free(n->units);
	free(n->made);
	table_free(&n->table);
	arena_free(&n->arena);
	buf_free(&n->text);
}
