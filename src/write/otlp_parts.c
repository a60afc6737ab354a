/* SPDX-License-Identifier: Apache-2.0 */
#include "write/otlp_parts.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"
#include "base/utf8.h"

enum otlp_table {
	MAPPINGS = 1, LOCATIONS, FUNCTIONS, LINKS, TEXTS, ATTRIBUTES, STACKS
};

enum { TRACE_SIZE = 16, SPAN_SIZE = 8 };

static int32_t find(struct otlp_parts *t, struct intern *table, const ProtobufCMessage *message)
{
	buf_clear(&t->packed);
	proto_put_fields(&t->packed, message);
	return (int32_t)intern(table, buf_str(&t->packed));
}

static int32_t find_link(struct otlp_parts *t, const char *trace, const char *span)
{
	Otlp__Link link = OTLP__LINK__INIT;
	uint8_t ids[TRACE_SIZE + SPAN_SIZE];
	memcpy(ids, trace, TRACE_SIZE);
	memcpy(ids + TRACE_SIZE, span, SPAN_SIZE);
	link.trace_id = (ProtobufCBinaryData){ TRACE_SIZE, ids };
	link.span_id = (ProtobufCBinaryData){ SPAN_SIZE, ids + TRACE_SIZE };
	return find(t, &t->links, &link.base);
}

/* The first of each is empty; a link has zeros, for those who ask for their number. */
void otlp_parts_init(struct otlp_parts *t, const struct profile *profile)
{
	static const char zeros[TRACE_SIZE];
	*t = (struct otlp_parts){ 0 };
	pprof_parts_init(&t->pprof, profile, STR(""));
	intern(&t->stacks, STR(""));
	intern(&t->attributes, STR(""));
	find_link(t, zeros, zeros);
}

void otlp_parts_free(struct otlp_parts *t)
{
	pprof_parts_free(&t->pprof);
	intern_free(&t->stacks);
	intern_free(&t->attributes);
	intern_free(&t->links);
	buf_free(&t->packed);
	free(t->numbers);
}

char *otlp_parts_copy(struct arena *arena, struct str text)
{
	struct buf mended = { 0 };
	utf8_mend(&mended, text);
	struct str copy = arena_copy(arena, buf_str(&mended));
	buf_free(&mended);
	return (char *)copy.p;
}

int32_t otlp_parts_text(struct otlp_parts *t, struct str text)
{
	return (int32_t)pprof_parts_text(&t->pprof, text);
}

/* Attributes */

static int32_t add_attribute(struct otlp_parts *t, struct str key, Otlp__AnyValue *value,
			     struct str unit)
{
	Otlp__KeyValueAndUnit kv = OTLP__KEY_VALUE_AND_UNIT__INIT;
	kv.key_strindex = otlp_parts_text(t, key);
	kv.value = value;
	kv.unit_strindex = otlp_parts_text(t, unit);
	return find(t, &t->attributes, &kv.base);
}

int32_t otlp_parts_texts_attribute(struct otlp_parts *t, struct str key,
				   const struct str *texts, uint32_t count)
{
	struct arena arena = { 0 };
	Otlp__AnyValue value = OTLP__ANY_VALUE__INIT;
	Otlp__ArrayValue array = OTLP__ARRAY_VALUE__INIT;
	array.n_values = count;
	array.values = arena_alloc(&arena, (count + 1) * sizeof(*array.values));
	for (uint32_t i = 0; i < count; i++) {
		array.values[i] = arena_alloc(&arena, sizeof(**array.values));
		*array.values[i] = (Otlp__Scalar)OTLP__SCALAR__INIT;
		array.values[i]->value_case = OTLP__SCALAR__VALUE_STRING_VALUE;
		array.values[i]->string_value = otlp_parts_copy(&arena, texts[i]);
	}
	value.value_case = OTLP__ANY_VALUE__VALUE_ARRAY_VALUE;
	value.array_value = &array;
	int32_t index = add_attribute(t, key, &value, STR(""));
	arena_free(&arena);
	return index;
}

int32_t otlp_parts_text_attribute(struct otlp_parts *t, struct str key, struct str text)
{
	struct arena arena = { 0 };
	Otlp__AnyValue value = OTLP__ANY_VALUE__INIT;
	value.value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE;
	value.string_value = otlp_parts_copy(&arena, text);
	int32_t index = add_attribute(t, key, &value, STR(""));
	arena_free(&arena);
	return index;
}

int32_t otlp_parts_number_attribute(struct otlp_parts *t, struct str key, int64_t number)
{
	Otlp__AnyValue value = OTLP__ANY_VALUE__INIT;
	value.value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE;
	value.int_value = number;
	return add_attribute(t, key, &value, STR(""));
}

static int32_t flag_attribute(struct otlp_parts *t, struct str key, bool is_set)
{
	Otlp__AnyValue value = OTLP__ANY_VALUE__INIT;
	value.value_case = OTLP__ANY_VALUE__VALUE_BOOL_VALUE;
	value.bool_value = is_set;
	return add_attribute(t, key, &value, STR(""));
}

static Otlp__Scalar *make_scalar(const struct profile *p, const struct label *label,
				 struct arena *arena)
{
	Otlp__Scalar *s = arena_alloc(arena, sizeof(*s));
	*s = (Otlp__Scalar)OTLP__SCALAR__INIT;
	if (label->text == ID_NONE) {
		s->value_case = OTLP__SCALAR__VALUE_INT_VALUE;
		s->int_value = label->number;
		return s;
	}
	s->value_case = OTLP__SCALAR__VALUE_STRING_VALUE;
	s->string_value = otlp_parts_copy(arena, intern_text(&p->text, label->text));
	return s;
}

Otlp__AnyValue *otlp_parts_value(const struct profile *p, const struct label *labels,
				 uint32_t count, struct arena *arena)
{
	Otlp__AnyValue *value = arena_alloc(arena, sizeof(*value));
	*value = (Otlp__AnyValue)OTLP__ANY_VALUE__INIT;
	const Otlp__Scalar *one = make_scalar(p, &labels[0], arena);
	if (count == 1 && labels[0].text == ID_NONE) {
		value->value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE;
		value->int_value = one->int_value;
	} else if (count == 1) {
		value->value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE;
		value->string_value = one->string_value;
	} else {
		Otlp__ArrayValue *array = arena_alloc(arena, sizeof(*array));
		*array = (Otlp__ArrayValue)OTLP__ARRAY_VALUE__INIT;
		array->n_values = count;
		array->values = arena_alloc(arena, count * sizeof(*array->values));
		for (uint32_t i = 0; i < count; i++)
			array->values[i] = make_scalar(p, &labels[i], arena);
		value->value_case = OTLP__ANY_VALUE__VALUE_ARRAY_VALUE;
		value->array_value = array;
	}
	return value;
}

int32_t otlp_parts_label(struct otlp_parts *t, const struct label *labels, uint32_t count)
{
	const struct profile *p = t->pprof.profile;
	struct arena arena = { 0 };
	struct str unit = labels[0].unit == ID_NONE ? STR("") :
						      intern_text(&p->text, labels[0].unit);
	int32_t index = add_attribute(t, intern_text(&p->text, labels[0].key),
				      otlp_parts_value(p, labels, count, &arena), unit);
	arena_free(&arena);
	return index;
}

static bool read_hex(struct str digits, char *to, size_t n)
{
	if (digits.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = num_hex_digit(digits.p[2 * i]), low = num_hex_digit(digits.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		to[i] = (char)(high << 4 | low);
	}
	return true;
}

int32_t otlp_parts_link(struct otlp_parts *t, struct str trace, struct str span)
{
	char trace_id[TRACE_SIZE], span_id[SPAN_SIZE];
	if (!read_hex(trace, trace_id, TRACE_SIZE) || !read_hex(span, span_id, SPAN_SIZE))
		return 0;
	return find_link(t, trace_id, span_id);
}

/* Stacks */

int32_t otlp_parts_stack(struct otlp_parts *t, const uint32_t *frames, uint32_t depth)
{
	Otlp__Stack stack = OTLP__STACK__INIT;
	size_t n = 0;
	ARRAY_RESERVE(t->numbers, t->number_capacity, depth);
	for (uint32_t i = 0; i < depth;) {
		uint32_t run = pprof_parts_run(&t->pprof, frames + i, depth - i);
		t->numbers[n++] = (int32_t)pprof_parts_location(&t->pprof, frames + i, run);
		i += run;
	}
	for (size_t i = 0; i < n / 2; i++) {
		int32_t swap = t->numbers[i];
		t->numbers[i] = t->numbers[n - 1 - i];
		t->numbers[n - 1 - i] = swap;
	}
	stack.location_indices = t->numbers;
	stack.n_location_indices = n;
	return find(t, &t->stacks, &stack.base);
}

/* Writing */

static struct str type_of(enum frame_kind kind)
{
	return kind == FRAME_KERNEL ? STR("kernel") : kind == FRAME_JIT ? STR("jit") : STR("");
}

struct lines {
	Otlp__Line *items;
	Otlp__Line **pointers;
	size_t capacity;
};

/*
 * A line without a function has an empty one in pprof, made when it is first needed; here
 * that is the first of the table, and those behind it have one number less.
 */
static int32_t function_index(struct otlp_parts *t, uint32_t id)
{
	const struct parts_function *f = &t->pprof.functions[id - 1];
	if (!f->name && !f->system_name && !f->file && !f->start_line)
		t->empty_function = id;
	return (int32_t)(id == t->empty_function ? 0 :
			 t->empty_function && id > t->empty_function ? id - 1 : id);
}

static void copy_lines(struct otlp_parts *t, struct lines *to, const struct parts_place *place)
{
	if (place->count > to->capacity) {
		to->capacity = grown_capacity(to->capacity, place->count);
		to->items = xreallocarray(to->items, to->capacity, sizeof(*to->items));
		to->pointers = xreallocarray(to->pointers, to->capacity,
					     sizeof(*to->pointers));
	}
	for (uint32_t i = 0; i < place->count; i++) {
		to->items[i] = (Otlp__Line)OTLP__LINE__INIT;
		to->items[i].function_index = function_index(t, place->lines[i].function);
		to->items[i].line = place->lines[i].line;
		to->items[i].column = place->lines[i].column;
		to->pointers[i] = &to->items[i];
	}
}

static void write_location(struct otlp_parts *t, uint32_t id, struct lines *lines,
			   struct proto_write *w)
{
	struct parts_place place = pprof_parts_place(&t->pprof, id);
	Otlp__Location message = OTLP__LOCATION__INIT;
	int32_t attributes[2];
	copy_lines(t, lines, &place);
	message.mapping_index = (int32_t)place.mapping;
	message.address = place.address;
	message.n_lines = place.count;
	message.lines = lines->pointers;
	message.attribute_indices = attributes;
	if (type_of(place.kind).n)
		attributes[message.n_attribute_indices++] = otlp_parts_text_attribute(
			t, STR("profile.frame.type"), type_of(place.kind));
	if (place.is_folded)
		attributes[message.n_attribute_indices++] =
			flag_attribute(t, STR("pprof.location.is_folded"), true);
	proto_write_put(w, LOCATIONS, &message.base);
}

static void write_locations(struct otlp_parts *t, struct proto_write *w)
{
	struct lines lines = { 0 };
	proto_write_packed(w, LOCATIONS, STR(""));
	for (uint32_t i = 1; i <= t->pprof.location_count; i++)
		write_location(t, i, &lines, w);
	free(lines.items);
	free(lines.pointers);
}

static void write_functions(const struct otlp_parts *t, struct proto_write *w)
{
	proto_write_packed(w, FUNCTIONS, STR(""));
	for (uint32_t i = 0; i < t->pprof.function_count; i++) {
		const struct parts_function *f = &t->pprof.functions[i];
		Otlp__Function message = OTLP__FUNCTION__INIT;
		if (i + 1 == t->empty_function)
			continue;
		message.name_strindex = (int32_t)f->name;
		message.system_name_strindex = (int32_t)f->system_name;
		message.filename_strindex = (int32_t)f->file;
		message.start_line = f->start_line;
		proto_write_put(w, FUNCTIONS, &message.base);
	}
}

static const struct {
	struct str key;
	enum mapping_flag flag;
} flags[] = {
	{ STR("pprof.mapping.has_functions"), MAPPING_FUNCTIONS },
	{ STR("pprof.mapping.has_filenames"), MAPPING_FILES },
	{ STR("pprof.mapping.has_line_numbers"), MAPPING_LINES },
	{ STR("pprof.mapping.has_inline_frames"), MAPPING_INLINED },
};

static void write_mappings(struct otlp_parts *t, struct proto_write *w)
{
	proto_write_packed(w, MAPPINGS, STR(""));
	for (uint32_t i = 0; i < t->pprof.mapping_count; i++) {
		const struct mapping *m = &t->pprof.mappings[i];
		Otlp__Mapping message = OTLP__MAPPING__INIT;
		int32_t attributes[1 + ARRAY_SIZE(flags)];
		message.memory_start = m->start;
		message.memory_limit = m->limit;
		message.file_offset = m->offset;
		message.filename_strindex = (int32_t)m->file;
		message.attribute_indices = attributes;
		if (m->build_id)
			attributes[message.n_attribute_indices++] = otlp_parts_text_attribute(
				t, STR("process.executable.build_id.gnu"),
				intern_text(&t->pprof.texts, m->build_id));
		for (size_t k = 0; k < ARRAY_SIZE(flags) && m->flags & MAPPING_TOLD; k++)
			attributes[message.n_attribute_indices++] =
				flag_attribute(t, flags[k].key, m->flags & flags[k].flag);
		proto_write_put(w, MAPPINGS, &message.base);
	}
}

static void write_interned(struct proto_write *w, enum otlp_table table, const struct intern *items)
{
	for (uint32_t i = 0; i < items->count; i++)
		proto_write_packed(w, table, intern_text(items, i));
}

/* Locations need functions, and these and mappings texts and attributes, which so come last. */
void otlp_parts_write(struct otlp_parts *t, struct proto_write *w)
{
	write_locations(t, w);
	write_mappings(t, w);
	write_functions(t, w);
	write_interned(w, LINKS, &t->links);
	write_interned(w, STACKS, &t->stacks);
	write_interned(w, ATTRIBUTES, &t->attributes);
	for (uint32_t i = 0; i < t->pprof.texts.count; i++)
		proto_write_text(w, TEXTS, intern_text(&t->pprof.texts, i));
}

uint64_t otlp_parts_hash(const struct otlp_parts *t)
{
	uint64_t hash = 0;
	for (uint32_t i = 0; i < t->pprof.texts.count; i++) {
		struct str text = intern_text(&t->pprof.texts, i);
		hash = hash_seeded(text.p, text.n, hash);
	}
	return hash;
}
