/* SPDX-License-Identifier: Apache-2.0 */
#include "read/otlp_attributes.h"

#include <stdlib.h>

#include "base/alloc.h"

static const struct str keys[OTLP_MEANINGS] = {
	[OTLP_COMM] = STR("thread.name"),
	[OTLP_PID] = STR("process.pid"),
	[OTLP_TID] = STR("thread.id"),
	[OTLP_CPU] = STR("cpu.logical_number"),
	[OTLP_PROGRAM] = STR("process.executable.name"),
	[OTLP_SERVICE] = STR("service.name"),
	[OTLP_FRAME_TYPE] = STR("profile.frame.type"),
	[OTLP_FOLDED] = STR("pprof.location.is_folded"),
	[OTLP_BUILD_ID] = STR("process.executable.build_id.gnu"),
	[OTLP_OTHER_BUILD_ID] = STR("process.executable.build_id.go"),
	[OTLP_FUNCTIONS] = STR("pprof.mapping.has_functions"),
	[OTLP_FILES] = STR("pprof.mapping.has_filenames"),
	[OTLP_LINES] = STR("pprof.mapping.has_line_numbers"),
	[OTLP_INLINED] = STR("pprof.mapping.has_inline_frames"),
	[OTLP_COMMENT] = STR("pprof.profile.comment"),
	[OTLP_DROP] = STR("pprof.profile.drop_frames"),
	[OTLP_KEEP] = STR("pprof.profile.keep_frames"),
	[OTLP_URL] = STR("pprof.profile.doc_url"),
	[OTLP_DEFAULT_TYPE] = STR("pprof.scope.default_sample_type"),
};

void otlp_attributes_free(struct otlp_attributes *a)
{
	free(a->items);
	free(a->values);
	free(a->new_texts);
	arena_free(&a->arena);
}

/* As they come */

static uint32_t new_text(struct otlp_attributes *a, struct str text)
{
	ARRAY_RESERVE(a->new_texts, a->new_capacity, a->new_count + 1ull);
	a->new_texts[a->new_count] = arena_copy(&a->arena, text);
	return a->new_count++;
}

/* What is no number of a text becomes one that is not there. */
static uint32_t text_at(uint32_t base, int32_t index)
{
	return index < 0 ? ID_NONE : index ? base + (uint32_t)index : 0;
}

static void add_value(struct otlp_attributes *a, struct otlp_value value)
{
	ARRAY_RESERVE(a->values, a->value_capacity, a->value_count + 1ull);
	a->values[a->value_count++] = value;
}

static void add_text(struct otlp_attributes *a, struct str text)
{
	add_value(a, (struct otlp_value){ .kind = OTLP_NEW_TEXT, .text = new_text(a, text) });
}

static void add_double(struct otlp_attributes *a, double number)
{
	struct buf text = { 0 };
	buf_addf(&text, "%.15g", number);
	add_text(a, buf_str(&text));
	buf_free(&text);
}

static void add_scalar(struct otlp_attributes *a, const Otlp__Scalar *v, uint32_t base)
{
	switch (v->value_case) {
	case OTLP__SCALAR__VALUE_STRING_VALUE: add_text(a, str_of(v->string_value)); break;
	case OTLP__SCALAR__VALUE_BOOL_VALUE:
		add_text(a, v->bool_value ? STR("true") : STR("false")); break;
	case OTLP__SCALAR__VALUE_INT_VALUE:
		add_value(a, (struct otlp_value){ .number = v->int_value }); break;
	case OTLP__SCALAR__VALUE_DOUBLE_VALUE: add_double(a, v->double_value); break;
	case OTLP__SCALAR__VALUE_STRING_VALUE_STRINDEX:
		add_value(a, (struct otlp_value){
			.kind = OTLP_TEXT, .text = text_at(base, v->string_value_strindex),
		});
		break;
	default: break;
	}
}

static void add_values(struct otlp_attributes *a, const Otlp__AnyValue *v, uint32_t base)
{
	Otlp__Scalar one = OTLP__SCALAR__INIT;
	switch (v ? v->value_case : OTLP__ANY_VALUE__VALUE__NOT_SET) {
	case OTLP__ANY_VALUE__VALUE_STRING_VALUE:
		one.value_case = OTLP__SCALAR__VALUE_STRING_VALUE;
		one.string_value = v->string_value; break;
	case OTLP__ANY_VALUE__VALUE_BOOL_VALUE:
		one.value_case = OTLP__SCALAR__VALUE_BOOL_VALUE;
		one.bool_value = v->bool_value; break;
	case OTLP__ANY_VALUE__VALUE_INT_VALUE:
		one.value_case = OTLP__SCALAR__VALUE_INT_VALUE;
		one.int_value = v->int_value; break;
	case OTLP__ANY_VALUE__VALUE_DOUBLE_VALUE:
		one.value_case = OTLP__SCALAR__VALUE_DOUBLE_VALUE;
		one.double_value = v->double_value; break;
	case OTLP__ANY_VALUE__VALUE_STRING_VALUE_STRINDEX:
		one.value_case = OTLP__SCALAR__VALUE_STRING_VALUE_STRINDEX;
		one.string_value_strindex = v->string_value_strindex; break;
	case OTLP__ANY_VALUE__VALUE_ARRAY_VALUE:
		for (size_t i = 0; i < v->array_value->n_values; i++)
			add_scalar(a, v->array_value->values[i], base);
		return;
	default: return;
	}
	add_scalar(a, &one, base);
}

static struct otlp_attribute *begin(struct otlp_attributes *a, uint64_t place)
{
	ARRAY_RESERVE(a->items, a->capacity, a->count + 1ull);
	struct otlp_attribute *made = &a->items[a->count++];
	*made = (struct otlp_attribute){ .place = place, .first = a->value_count };
	return made;
}

void otlp_attributes_add(struct otlp_attributes *a, const Otlp__KeyValueAndUnit *kv,
			 uint32_t base, uint64_t place)
{
	struct otlp_attribute *made = begin(a, place);
	made->key = text_at(base, kv->key_strindex);
	made->unit = text_at(base, kv->unit_strindex);
	add_values(a, kv->value, base);
	made->count = a->value_count - made->first;
}

void otlp_attributes_add_plain(struct otlp_attributes *a, const Otlp__KeyValue *kv,
			       uint32_t base, uint64_t place)
{
	struct otlp_attribute *made = begin(a, place);
	made->has_new_key = kv->key_strindex == 0;
	made->key = made->has_new_key ? new_text(a, str_of(kv->key)) :
					text_at(base, kv->key_strindex);
	add_values(a, kv->value, base);
	made->count = a->value_count - made->first;
}

/* When all strings are there */

static bool put_text(struct otlp_attributes *a, struct pprof_tables *t, bool is_new,
		     uint32_t strings, uint32_t *text)
{
	if (!is_new)
		return *text < strings;
	struct str words = a->new_texts[*text];
	*text = words.n ? t->string_count : 0;
	return words.n == 0 || pprof_tables_string(t, words, 0);
}

static enum otlp_meaning meaning_of(struct str key)
{
	for (unsigned i = 0; i < OTLP_MEANINGS; i++)
		if (keys[i].n && str_eq(keys[i], key))
			return (enum otlp_meaning)i;
	return OTLP_LABEL;
}

static bool resolve_one(struct otlp_attributes *a, struct pprof_tables *t,
			struct otlp_attribute *item, uint32_t strings)
{
	if (!put_text(a, t, item->has_new_key, strings, &item->key) || item->unit >= strings)
		return false;
	for (uint32_t i = item->first; i < item->first + item->count; i++) {
		struct otlp_value *v = &a->values[i];
		if (v->kind != OTLP_NUMBER &&
		    !put_text(a, t, v->kind == OTLP_NEW_TEXT, strings, &v->text))
			return false;
		v->kind = v->kind == OTLP_NUMBER ? OTLP_NUMBER : OTLP_TEXT;
	}
	item->meaning = meaning_of(t->strings[item->key]);
	return true;
}

bool otlp_attributes_resolve(struct otlp_attributes *a, struct pprof_tables *t,
			     const struct otlp_attribute **wrong)
{
	uint32_t strings = t->string_count;
	for (; a->resolved < a->count; a->resolved++) {
		*wrong = &a->items[a->resolved];
		if (!resolve_one(a, t, &a->items[a->resolved], strings))
			return false;
	}
	a->new_count = 0;
	arena_free(&a->arena);
	return true;
}

struct str otlp_attributes_text(const struct otlp_attributes *a, const struct pprof_tables *t,
				const struct otlp_attribute *item)
{
	const struct otlp_value *v = &a->values[item->first];
	return item->count > 0 && v->kind != OTLP_NUMBER ? t->strings[v->text] : STR("");
}

bool otlp_attributes_is_true(const struct otlp_attributes *a, const struct pprof_tables *t,
			     const struct otlp_attribute *item)
{
	return str_eq(otlp_attributes_text(a, t, item), STR("true"));
}
