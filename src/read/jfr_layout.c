/* SPDX-License-Identifier: Apache-2.0 */
#include "read/jfr_layout.h"

#include <stdlib.h>

#include "base/alloc.h"

/* Limits no recording comes near: they end types that contain themselves. */
enum { DEPTH_MAX = 16, STEPS_MAX = 1 << 10 };

void jfr_layout_free(struct jfr_layout *l)
{
	free(l->steps);
	*l = (struct jfr_layout){ 0 };
}

/* Making */

/* A type whose fields are being laid out. */
struct level {
	uint32_t next, end;      /* fields */
	uint32_t array;          /* 1 + the step that it is the element of; 0: none */
};

struct making {
	struct jfr_layout *layout;
	const struct jfr_metadata *m;
	const struct str *names;
	unsigned name_count;
	unsigned slots_taken;    /* 1u << slot */
	struct level levels[DEPTH_MAX];
	unsigned depth;
	const char *why;
};

static bool fail(struct making *k, const char *why)
{
	k->why = why;
	return false;
}

static unsigned char slot_of(struct making *k, struct str name)
{
	for (unsigned i = 0; i < k->name_count; i++)
		if (!(k->slots_taken >> i & 1) && str_eq(k->names[i], name)) {
			k->slots_taken |= 1u << i;
			return (unsigned char)i;
		}
	return JFR_NO_SLOT;
}

static bool add_step(struct making *k, enum jfr_step_kind kind, unsigned char slot)
{
	struct jfr_layout *l = k->layout;
	if (l->count == STEPS_MAX)
		return fail(k, "it has too many fields");
	ARRAY_RESERVE(l->steps, l->capacity, l->count + 1ull);
	l->steps[l->count++] = (struct jfr_step){ .kind = (unsigned char)kind, .slot = slot };
	return true;
}

static bool find_primitive(struct str name, enum jfr_step_kind *kind)
{
	static const struct { struct str name; enum jfr_step_kind kind; } primitives[] = {
		{ STR("long"), JFR_STEP_LONG }, { STR("int"), JFR_STEP_INT },
		{ STR("short"), JFR_STEP_SHORT }, { STR("char"), JFR_STEP_SHORT },
		{ STR("byte"), JFR_STEP_BYTE }, { STR("boolean"), JFR_STEP_BYTE },
		{ STR("float"), JFR_STEP_FLOAT }, { STR("double"), JFR_STEP_DOUBLE },
		{ STR("java.lang.String"), JFR_STEP_TEXT },
	};
	for (size_t i = 0; i < ARRAY_SIZE(primitives); i++)
		if (str_eq(primitives[i].name, name)) {
			*kind = primitives[i].kind;
			return true;
		}
	return false;
}

/* A value of the type, or where its fields are to be laid out next. */
static bool add_type(struct making *k, uint64_t id, unsigned char slot, uint32_t array)
{
	uint32_t at = jfr_metadata_find(k->m, id);
	enum jfr_step_kind kind;
	if (at == UINT32_MAX)
		return fail(k, "a field of it is of a class that is not described");
	const struct jfr_type *type = &k->m->types[at];
	if (k->depth == DEPTH_MAX)
		return fail(k, "it contains itself, or is nested too deep");
	struct level level = { .array = array };
	if (find_primitive(type->name, &kind)) {
		if (!add_step(k, kind, slot))
			return false;
	} else if (type->field_count == 0) {
		return fail(k, "a field of it is of a class without fields");
	} else {
		level.next = type->first_field;
		level.end = type->first_field + type->field_count;
	}
	k->levels[k->depth++] = level;
	return true;
}

static bool add_field(struct making *k, const struct jfr_field *f)
{
	unsigned char slot = slot_of(k, f->name);
	uint32_t array = 0;
	if (f->is_array) {
		if (!add_step(k, JFR_STEP_ARRAY, slot))
			return false;
		array = k->layout->count;
		slot = JFR_NO_SLOT;
	}
	if (!f->is_constant)
		return add_type(k, f->type_id, slot, array);
	if (!add_step(k, JFR_STEP_LONG, slot))
		return false;
	if (array)
		k->layout->steps[array - 1].body = 1;
	return true;
}

/* All fields of a level are there: an array knows its elements now. */
static void end_level(struct making *k)
{
	uint32_t array = k->levels[--k->depth].array;
	if (array)
		k->layout->steps[array - 1].body = k->layout->count - array;
}

bool jfr_layout_make(struct jfr_layout *l, const struct jfr_metadata *m, uint32_t type,
		     const struct str *names, unsigned name_count, const char **why)
{
	struct making k = {
		.layout = l, .m = m, .names = names, .name_count = name_count,
	};
	bool ok = add_type(&k, m->types[type].id, name_count ? 0 : JFR_NO_SLOT, 0);
	while (ok && k.depth > 0) {
		struct level *level = &k.levels[k.depth - 1];
		if (level->next == level->end)
			end_level(&k);
		else
			ok = add_field(&k, &m->fields[level->next++]);
	}
	*why = k.why;
	l->is_made = ok;
	return ok;
}

/* Taking */

static void take_step(const struct jfr_step *step, struct jfr_bytes *b,
		      struct jfr_value *to)
{
	switch ((enum jfr_step_kind)step->kind) {
	case JFR_STEP_LONG: to->number = jfr_bytes_number(b, 8); break;
	case JFR_STEP_INT: to->number = jfr_bytes_number(b, 4); break;
	case JFR_STEP_SHORT: to->number = jfr_bytes_number(b, 2); break;
	case JFR_STEP_BYTE: to->number = jfr_bytes_fixed(b, 1); break;
	case JFR_STEP_FLOAT: to->number = jfr_bytes_fixed(b, 4); break;
	case JFR_STEP_DOUBLE: to->number = jfr_bytes_fixed(b, 8); break;
	case JFR_STEP_TEXT: to->text = jfr_bytes_text(b); break;
	case JFR_STEP_ARRAY: to->number = jfr_bytes_count(b); break;
	}
}

/* An array whose elements are being taken. */
struct loop {
	uint32_t start, end;     /* steps of an element */
	uint64_t left;           /* elements behind this one */
};

void jfr_layout_take(const struct jfr_step *steps, uint32_t count, struct jfr_bytes *b,
		     struct jfr_value values[JFR_SLOTS_MAX])
{
	struct loop loops[DEPTH_MAX];
	unsigned depth = 0;
	struct jfr_value unwanted;
	uint32_t i = 0;
	while (!b->is_bad) {
		while (depth > 0 && i == loops[depth - 1].end) {
			if (loops[depth - 1].left-- > 0)
				i = loops[depth - 1].start;
			else
				depth--;
		}
		if (i == count)
			return;
		const struct jfr_step *step = &steps[i++];
		struct jfr_value *to =
			step->slot == JFR_NO_SLOT ? &unwanted : &values[step->slot];
		take_step(step, b, to);
		if (step->kind != JFR_STEP_ARRAY)
			continue;
		if (to->number == 0 || step->body == 0)
			i += step->body;
		else
			loops[depth++] = (struct loop){ i, i + step->body,
							to->number - 1 };
	}
}
