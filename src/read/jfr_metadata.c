/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The body of the event: start, duration and id, texts, and a tree of elements, whose
 * names and attributes are numbers of texts:
 *
 *	<root> <metadata>
 *	  <class name="jdk.ExecutionSample" superType="jdk.jfr.Event" id="101">
 *	    <field name="stackTrace" class="26" constantPool="true"/>
 *	    <field name="startTime" class="11"> <annotation class="204" value="TICKS"/>
 *	  <class name="jdk.types.Symbol" id="31" simpleType="true"> ...
 *	<region locale="en_US" gmtOffset="0"/>
 *
 * An element is its name, the number of attributes, these in pairs, the number of
 * elements in it, and these.
 */
#include "read/jfr_metadata.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"

enum { DEPTH_MAX = 64 };

void jfr_metadata_free(struct jfr_metadata *m)
{
	free(m->types);
	free(m->fields);
	free(m->strings);
	table_free(&m->table);
	arena_free(&m->arena);
	buf_free(&m->scratch);
	*m = (struct jfr_metadata){ 0 };
}

/* Types */

static uint32_t hash_of(uint64_t id)
{
	return (uint32_t)hash_hidden(&id, sizeof(id));
}

uint32_t jfr_metadata_find(const struct jfr_metadata *m, uint64_t id)
{
	uint32_t at, hash = hash_of(id), place = table_place(&m->table, hash);
	while ((at = table_next(&m->table, hash, &place)) != TABLE_END)
		if (m->types[at].id == id)
			return at;
	return UINT32_MAX;
}

uint32_t jfr_metadata_find_name(const struct jfr_metadata *m, struct str name)
{
	for (uint32_t i = 0; i < m->type_count; i++)
		if (str_eq(m->types[i].name, name))
			return i;
	return UINT32_MAX;
}

const struct jfr_field *jfr_metadata_field(const struct jfr_metadata *m,
					   const struct jfr_type *type, struct str name)
{
	for (uint32_t i = 0; i < type->field_count; i++)
		if (str_eq(m->fields[type->first_field + i].name, name))
			return &m->fields[type->first_field + i];
	return NULL;
}

struct str jfr_metadata_type_name(const struct jfr_metadata *m, const struct jfr_field *f)
{
	uint32_t type = jfr_metadata_find(m, f->type_id);
	return type == UINT32_MAX ? STR("") : m->types[type].name;
}

/* Elements */

struct reading {
	struct jfr_metadata *m;
	struct jfr_bytes bytes;
	const char *why;
	/* Elements that are still to come, of those that we are in. */
	struct level {
		uint32_t left;
		bool is_type, is_field;
	} levels[DEPTH_MAX];
	unsigned depth;
};

static bool fail(struct reading *r, const char *why)
{
	r->why = why;
	return false;
}

static bool take_string(struct reading *r, struct str *to)
{
	uint32_t i = jfr_bytes_u32(&r->bytes);
	if (r->bytes.is_bad)
		return fail(r, "it ends early");
	if (i >= r->m->string_count)
		return fail(r, "it has fewer texts than it speaks of");
	*to = r->m->strings[i];
	return true;
}

struct attributes {
	struct str name, id, type_id, dimension, value;
	bool is_simple, is_constant;
};

static void set_attribute(struct attributes *a, struct str key, struct str value)
{
	const struct { struct str key; struct str *to; } texts[] = {
		{ STR("name"), &a->name }, { STR("id"), &a->id },
		{ STR("class"), &a->type_id }, { STR("dimension"), &a->dimension },
		{ STR("value"), &a->value },
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (str_eq(texts[i].key, key))
			*texts[i].to = value;
	a->is_simple |= str_eq(key, STR("simpleType"));
	a->is_constant |= str_eq(key, STR("constantPool"));
}

static bool take_attributes(struct reading *r, struct attributes *a)
{
	uint32_t count = jfr_bytes_count(&r->bytes);
	*a = (struct attributes){ 0 };
	while (count-- > 0) {
		struct str key, value;
		if (!take_string(r, &key) || !take_string(r, &value))
			return false;
		set_attribute(a, key, value);
	}
	return true;
}

static bool add_type(struct reading *r, const struct attributes *a)
{
	struct jfr_metadata *m = r->m;
	struct jfr_type type = {
		.name = a->name, .is_simple = a->is_simple,
		.first_field = m->field_count,
	};
	if (!num_u64(a->id, &type.id))
		return fail(r, "a class has no number");
	ARRAY_RESERVE(m->types, m->type_capacity, m->type_count + 1ull);
	if (jfr_metadata_find(m, type.id) == UINT32_MAX)
		table_insert(&m->table, hash_of(type.id), m->type_count);
	m->types[m->type_count++] = type;
	return true;
}

static bool add_field(struct reading *r, const struct attributes *a)
{
	struct jfr_metadata *m = r->m;
	uint64_t dimension = 0;
	struct jfr_field field = { .name = a->name, .is_constant = a->is_constant };
	if (!num_u64(a->type_id, &field.type_id))
		return fail(r, "a field has no class");
	if (a->dimension.n > 0 && (!num_u64(a->dimension, &dimension) || dimension > 1))
		return fail(r, "a field has a dimension that is neither 0 nor 1");
	field.is_array = dimension == 1;
	ARRAY_RESERVE(m->fields, m->field_capacity, m->field_count + 1ull);
	m->fields[m->field_count++] = field;
	m->types[m->type_count - 1].field_count++;
	return true;
}

/* Annotations of time and size; that of a label may say anything. */
static void annotate(struct jfr_metadata *m, const struct attributes *a)
{
	static const struct str units[] = {
		STR("TICKS"), STR("NANOSECONDS"), STR("MICROSECONDS"),
		STR("MILLISECONDS"), STR("SECONDS"), STR("BYTES"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(units[i], a->value))
			m->fields[m->field_count - 1].unit = units[i];
}

static bool take_element(struct reading *r)
{
	const struct level *in = &r->levels[r->depth - 1];
	struct attributes a;
	struct str name;
	if (!take_string(r, &name) || !take_attributes(r, &a))
		return false;
	struct level level = {
		.is_type = str_eq(name, STR("class")),
		.is_field = in->is_type && str_eq(name, STR("field")),
	};
	if (level.is_type && !add_type(r, &a))
		return false;
	if (level.is_field && !add_field(r, &a))
		return false;
	if (in->is_field && str_eq(name, STR("annotation")))
		annotate(r->m, &a);
	level.left = jfr_bytes_count(&r->bytes);
	if (r->depth == DEPTH_MAX)
		return fail(r, "its elements are nested too deep");
	r->levels[r->depth++] = level;
	return !r->bytes.is_bad || fail(r, "it ends early");
}

static bool take_elements(struct reading *r)
{
	r->levels[r->depth++].left = 1;
	while (r->depth > 0) {
		struct level *level = &r->levels[r->depth - 1];
		if (level->left == 0) {
			r->depth--;
			continue;
		}
		level->left--;
		if (!take_element(r))
			return false;
	}
	return true;
}

static bool take_strings(struct reading *r)
{
	struct jfr_metadata *m = r->m;
	uint32_t count = jfr_bytes_count(&r->bytes);
	while (count-- > 0 && !r->bytes.is_bad) {
		struct jfr_text text = jfr_bytes_text(&r->bytes);
		struct str s = jfr_bytes_utf8(&text, &m->scratch);
		if (s.n > 0 && s.p == m->scratch.p)
			s = arena_copy(&m->arena, s);
		ARRAY_RESERVE(m->strings, m->string_capacity, m->string_count + 1ull);
		m->strings[m->string_count++] = s;
	}
	return !r->bytes.is_bad || fail(r, "its texts are damaged");
}

bool jfr_metadata_read(struct jfr_metadata *m, struct jfr_bytes bytes, const char **why)
{
	struct reading r = { .m = m, .bytes = bytes };
	jfr_bytes_u64(&r.bytes);         /* start */
	jfr_bytes_u64(&r.bytes);         /* duration */
	jfr_bytes_u64(&r.bytes);         /* id */
	bool ok = take_strings(&r) && take_elements(&r);
	*why = r.why;
	return ok;
}
