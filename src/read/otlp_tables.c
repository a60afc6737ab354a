/* SPDX-License-Identifier: Apache-2.0 */
#include "read/otlp_tables.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"

static const char *const words[OTLP_TABLES] = {
	[OTLP_MAPPING_TABLE] = "mapping", [OTLP_LOCATION_TABLE] = "location",
	[OTLP_FUNCTION_TABLE] = "function", [OTLP_LINK_TABLE] = "link",
	[OTLP_STRING_TABLE] = "text", [OTLP_ATTRIBUTE_TABLE] = "attribute",
	[OTLP_STACK_TABLE] = "stack",
};

/* Elements of a message, and of the whole file. */
enum { ELEMENTS_MAX = INT32_MAX };

void otlp_tables_init(struct otlp_tables *t, struct proto_walk *walk, struct proto *proto,
		      struct input *in, struct profile *profile, const struct want *want)
{
	*t = (struct otlp_tables){ .walk = walk, .proto = proto };
	pprof_tables_init(&t->pprof, in, profile, want);
}

void otlp_tables_free(struct otlp_tables *t)
{
	pprof_tables_free(&t->pprof);
	otlp_attributes_free(&t->attributes);
	otlp_attributes_free(&t->own);
	otlp_tables_finish(t);
	free(t->numbers);
	free(t->stacks);
	free(t->links);
}

void otlp_tables_finish(struct otlp_tables *t)
{
	buf_free(&t->link_bytes);
	free(t->stack_places);
	free(t->of_mappings);
	free(t->of_locations);
	t->stack_places = NULL;
	t->of_mappings = t->of_locations = NULL;
}

/* Ids of pprof begin at 1: the element 0 is not in its tables. */
void otlp_tables_begin(struct otlp_tables *t)
{
	memset(t->seen, 0, sizeof(t->seen));
	buf_clear(&t->link_bytes);
	t->of_mapping_count = t->of_location_count = 0;
	t->base[OTLP_MAPPING_TABLE] = t->pprof.mapping_ids.count;
	t->base[OTLP_LOCATION_TABLE] = t->pprof.location_ids.count;
	t->base[OTLP_FUNCTION_TABLE] = t->pprof.function_ids.count;
	t->base[OTLP_LINK_TABLE] = t->link_count;
	t->base[OTLP_STRING_TABLE] = t->pprof.string_count;
	t->base[OTLP_ATTRIBUTE_TABLE] = t->attributes.count;
	t->base[OTLP_STACK_TABLE] = t->stack_count;
}

struct otlp_run otlp_tables_numbers(struct otlp_tables *t, enum otlp_table table,
				    const int32_t *numbers, size_t n)
{
	struct otlp_run run = { t->number_count, (uint32_t)n };
	ARRAY_RESERVE(t->numbers, t->number_capacity, t->number_count + n);
	for (size_t i = 0; i < n; i++)
		t->numbers[t->number_count++] = otlp_tables_at(t, table, numbers[i]);
	return run;
}

/* The tables as they come */

static bool wrong_first(struct otlp_tables *t, enum otlp_table table)
{
	return proto_walk_error(t->walk, t->walk->place, "the first %s of a table is not empty",
				words[table]);
}

static void *unpack(struct otlp_tables *t, const ProtobufCMessageDescriptor *type,
		    enum otlp_table table)
{
	void *message = proto_unpack(t->proto, type, t->walk->field.bytes);
	if (message == NULL)
		proto_walk_error(t->walk, t->walk->place, "this is no %s of OTLP",
				 words[table]);
	return message;
}

/* The tables of pprof have words of their own for what is no number of a text. */
static bool put_text(struct otlp_tables *t, int32_t index, int64_t *text)
{
	*text = otlp_tables_at(t, OTLP_STRING_TABLE, index);
	return index >= 0 || otlp_tables_check(t, OTLP_STRING_TABLE, ID_NONE, t->walk->place);
}

static struct otlp_run attribute_numbers(struct otlp_tables *t, const int32_t *indices, size_t n)
{
	return otlp_tables_numbers(t, OTLP_ATTRIBUTE_TABLE, indices, n);
}

static bool add_mapping(struct otlp_tables *t, bool is_first)
{
	const Otlp__Mapping *m = unpack(t, &otlp__mapping__descriptor, OTLP_MAPPING_TABLE);
	if (m == NULL)
		return false;
	if (is_first)
		return (!m->memory_start && !m->filename_strindex) ||
		       wrong_first(t, OTLP_MAPPING_TABLE);
	uint32_t count = t->pprof.mapping_ids.count;
	Pprof__Mapping made = PPROF__MAPPING__INIT;
	made.id = count + 1;
	made.memory_start = m->memory_start;
	made.memory_limit = m->memory_limit;
	made.file_offset = m->file_offset;
	if (m->n_attribute_indices) {
		ARRAY_RESERVE(t->of_mappings, t->of_mapping_capacity,
			      t->of_mapping_count + 1ull);
		t->of_mappings[t->of_mapping_count++] = (struct otlp_attached){
			count, attribute_numbers(t, m->attribute_indices,
						 m->n_attribute_indices),
		};
	}
	if (!put_text(t, m->filename_strindex, &made.filename) ||
	    !pprof_tables_mapping(&t->pprof, &made, t->walk->place))
		return false;
	t->pprof.mappings[count].mapping.flags = 0;
	return true;
}

static bool add_function(struct otlp_tables *t, bool is_first)
{
	const Otlp__Function *f = unpack(t, &otlp__function__descriptor, OTLP_FUNCTION_TABLE);
	if (f == NULL)
		return false;
	if (is_first)
		return (!f->name_strindex && !f->system_name_strindex) ||
		       wrong_first(t, OTLP_FUNCTION_TABLE);
	Pprof__Function made = PPROF__FUNCTION__INIT;
	made.id = t->pprof.function_ids.count + 1;
	made.start_line = f->start_line;
	return put_text(t, f->name_strindex, &made.name) &&
	       put_text(t, f->system_name_strindex, &made.system_name) &&
	       put_text(t, f->filename_strindex, &made.filename) &&
	       pprof_tables_function(&t->pprof, &made, t->walk->place);
}

/* Lines are added as pprof has them, with functions that are none yet. */
static bool add_location(struct otlp_tables *t, bool is_first)
{
	const Otlp__Location *l = unpack(t, &otlp__location__descriptor, OTLP_LOCATION_TABLE);
	if (l == NULL)
		return false;
	if (is_first)
		return (!l->address && !l->n_lines) || wrong_first(t, OTLP_LOCATION_TABLE);
	uint32_t count = t->pprof.location_ids.count;
	Pprof__Location made = PPROF__LOCATION__INIT;
	made.id = count + 1;
	made.mapping_id = otlp_tables_at(t, OTLP_MAPPING_TABLE, l->mapping_index);
	made.address = l->address;
	if (l->n_attribute_indices) {
		ARRAY_RESERVE(t->of_locations, t->of_location_capacity,
			      t->of_location_count + 1ull);
		t->of_locations[t->of_location_count++] = (struct otlp_attached){
			count, attribute_numbers(t, l->attribute_indices,
						 l->n_attribute_indices),
		};
	}
	if (!pprof_tables_location(&t->pprof, &made, t->walk->place))
		return false;
	for (size_t i = 0; i < l->n_lines; i++)
		pprof_tables_line(&t->pprof, (struct pprof_line){
			.function = otlp_tables_at(t, OTLP_FUNCTION_TABLE,
						   l->lines[i]->function_index),
			.line = l->lines[i]->line, .column = l->lines[i]->column,
		});
	return true;
}

static bool is_zero(const ProtobufCBinaryData *bytes)
{
	for (size_t i = 0; i < bytes->len; i++)
		if (bytes->data[i])
			return false;
	return true;
}

enum { TRACE_SIZE = 16, SPAN_SIZE = 8, LINK_SIZE = TRACE_SIZE + SPAN_SIZE };

/* Of zeros when there is none. */
static bool add_link(struct otlp_tables *t, bool is_first)
{
	static const char zero[LINK_SIZE];
	const Otlp__Link *l = unpack(t, &otlp__link__descriptor, OTLP_LINK_TABLE);
	if (l == NULL)
		return false;
	if (is_first && (!is_zero(&l->trace_id) || !is_zero(&l->span_id)))
		return wrong_first(t, OTLP_LINK_TABLE);
	struct str trace = { (const char *)l->trace_id.data, l->trace_id.len };
	struct str span = { (const char *)l->span_id.data, l->span_id.len };
	bool whole = trace.n == TRACE_SIZE && span.n == SPAN_SIZE;
	buf_add(&t->link_bytes, whole ? trace : (struct str){ zero, TRACE_SIZE });
	buf_add(&t->link_bytes, whole ? span : (struct str){ zero, SPAN_SIZE });
	return true;
}

static bool add_attribute(struct otlp_tables *t, bool is_first)
{
	const Otlp__KeyValueAndUnit *kv = unpack(t, &otlp__key_value_and_unit__descriptor,
						 OTLP_ATTRIBUTE_TABLE);
	if (kv == NULL)
		return false;
	if (is_first && kv->key_strindex)
		return wrong_first(t, OTLP_ATTRIBUTE_TABLE);
	otlp_attributes_add(&t->attributes, kv, t->base[OTLP_STRING_TABLE], t->walk->place);
	return true;
}

static bool add_stack(struct otlp_tables *t, bool is_first)
{
	const Otlp__Stack *s = unpack(t, &otlp__stack__descriptor, OTLP_STACK_TABLE);
	if (s == NULL)
		return false;
	if (is_first && s->n_location_indices)
		return wrong_first(t, OTLP_STACK_TABLE);
	ARRAY_RESERVE(t->stacks, t->stack_capacity, t->stack_count + 1ull);
	ARRAY_RESERVE(t->stack_places, t->stack_place_capacity, t->stack_count + 1ull);
	t->stack_places[t->stack_count] = t->walk->place;
	t->stacks[t->stack_count++] = otlp_tables_numbers(t, OTLP_LOCATION_TABLE,
							  s->location_indices,
							  s->n_location_indices);
	return true;
}

static bool add_string(struct otlp_tables *t, bool is_first)
{
	if (is_first && t->walk->field.bytes.n)
		return wrong_first(t, OTLP_STRING_TABLE);
	return pprof_tables_string(&t->pprof, t->walk->field.bytes, t->walk->place);
}

bool otlp_tables_field(struct otlp_tables *t)
{
	static bool (*const add[OTLP_TABLES])(struct otlp_tables *, bool is_first) = {
		[OTLP_MAPPING_TABLE] = add_mapping, [OTLP_LOCATION_TABLE] = add_location,
		[OTLP_FUNCTION_TABLE] = add_function, [OTLP_LINK_TABLE] = add_link,
		[OTLP_STRING_TABLE] = add_string, [OTLP_ATTRIBUTE_TABLE] = add_attribute,
		[OTLP_STACK_TABLE] = add_stack,
	};
	const struct proto_field *f = &t->walk->field;
	if (f->number == 0 || f->number >= OTLP_TABLES || f->kind != PROTO_BYTES)
		return true;
	if (t->base[f->number] + (uint64_t)t->seen[f->number] >= ELEMENTS_MAX ||
	    f->bytes.n > UINT32_MAX - t->number_count)
		return proto_walk_error(t->walk, t->walk->place, "a table of %ss with more than "
					"2 billion entries", words[f->number]);
	return add[f->number](t, t->seen[f->number]++ == 0);
}

/* When all of a message are there */

bool otlp_tables_check(struct otlp_tables *t, enum otlp_table table, uint32_t number,
		       uint64_t place)
{
	if (number == 0 || (number != ID_NONE && number - t->base[table] < t->seen[table]))
		return true;
	if (number == ID_NONE)
		return proto_walk_error(t->walk, place, "there is no %s below 0",
					words[table]);
	return proto_walk_error(t->walk, place, "there is no %s %" PRIu32, words[table],
				number - t->base[table]);
}

bool otlp_tables_check_run(struct otlp_tables *t, enum otlp_table table,
			   struct otlp_run run, uint64_t place)
{
	for (uint32_t i = run.first; i < run.first + run.count; i++)
		if (!otlp_tables_check(t, table, t->numbers[i], place))
			return false;
	return true;
}

static bool resolve(struct otlp_tables *t, struct otlp_attributes *attributes)
{
	const struct otlp_attribute *wrong;
	return otlp_attributes_resolve(attributes, &t->pprof, &wrong) ||
	       proto_walk_error(t->walk, wrong->place,
				"an attribute with a text that is not there");
}

static void tell_mapping(struct otlp_tables *t, const struct otlp_attached *attached)
{
	static const struct {
		enum otlp_meaning meaning;
		enum mapping_flag flag;
	} flags[] = {
		{ OTLP_FUNCTIONS, MAPPING_FUNCTIONS }, { OTLP_FILES, MAPPING_FILES },
		{ OTLP_LINES, MAPPING_LINES }, { OTLP_INLINED, MAPPING_INLINED },
	};
	struct pprof_mapping *m = &t->pprof.mappings[attached->to];
	struct otlp_run run = attached->run;
	for (uint32_t k = run.first; k < run.first + run.count; k++) {
		const struct otlp_attribute *a = &t->attributes.items[t->numbers[k]];
		bool has_text = a->count > 0 && t->attributes.values[a->first].kind == OTLP_TEXT;
		if (has_text && (a->meaning == OTLP_BUILD_ID ||
				 (a->meaning == OTLP_OTHER_BUILD_ID && m->build_id == 0)))
			m->build_id = t->attributes.values[a->first].text;
		for (size_t n = 0; n < ARRAY_SIZE(flags); n++)
			if (a->meaning == flags[n].meaning)
				m->mapping.flags |= MAPPING_TOLD |
					(otlp_attributes_is_true(&t->attributes, &t->pprof, a) ?
						 flags[n].flag : 0u);
	}
}

/* Compiled while the program runs, and not in a file that perf or others know. */
static enum frame_kind kind_of(struct str type)
{
	static const struct str compiled[] = {
		STR("jit"), STR("jvm"), STR("dotnet"), STR("v8js"), STR("luajit"), STR("beam"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(compiled); i++)
		if (str_eq(type, compiled[i]))
			return FRAME_JIT;
	return str_eq(type, STR("kernel")) ? FRAME_KERNEL : FRAME_USER;
}

static void tell_location(struct otlp_tables *t, const struct otlp_attached *attached)
{
	struct pprof_location *l = &t->pprof.locations[attached->to];
	struct otlp_run run = attached->run;
	for (uint32_t k = run.first; k < run.first + run.count; k++) {
		const struct otlp_attribute *a = &t->attributes.items[t->numbers[k]];
		if (a->meaning == OTLP_FRAME_TYPE)
			l->kind = kind_of(otlp_attributes_text(&t->attributes, &t->pprof, a));
		if (a->meaning == OTLP_FOLDED)
			l->is_folded = otlp_attributes_is_true(&t->attributes, &t->pprof, a);
	}
}

static bool end_mappings(struct otlp_tables *t)
{
	for (uint32_t i = t->base[OTLP_MAPPING_TABLE]; i < t->pprof.mapping_ids.count; i++) {
		const struct pprof_mapping *m = &t->pprof.mappings[i];
		if (!otlp_tables_check(t, OTLP_STRING_TABLE, m->filename, m->offset))
			return false;
	}
	for (uint32_t i = 0; i < t->of_mapping_count; i++) {
		const struct otlp_attached *a = &t->of_mappings[i];
		if (!otlp_tables_check_run(t, OTLP_ATTRIBUTE_TABLE, a->run,
					   t->pprof.mappings[a->to].offset))
			return false;
		tell_mapping(t, a);
	}
	return true;
}

static bool end_functions(struct otlp_tables *t)
{
	for (uint32_t i = t->base[OTLP_FUNCTION_TABLE]; i < t->pprof.function_ids.count; i++) {
		const struct pprof_function *f = &t->pprof.functions[i];
		if (!otlp_tables_check(t, OTLP_STRING_TABLE, f->name, f->offset) ||
		    !otlp_tables_check(t, OTLP_STRING_TABLE, f->system_name, f->offset) ||
		    !otlp_tables_check(t, OTLP_STRING_TABLE, f->filename, f->offset))
			return false;
	}
	return true;
}

static bool end_locations(struct otlp_tables *t)
{
	for (uint32_t i = t->base[OTLP_LOCATION_TABLE]; i < t->pprof.location_ids.count; i++) {
		const struct pprof_location *l = &t->pprof.locations[i];
		if (!otlp_tables_check(t, OTLP_MAPPING_TABLE, (uint32_t)l->mapping, l->offset))
			return false;
		for (uint32_t k = l->first; k < l->first + l->count; k++)
			if (!otlp_tables_check(t, OTLP_FUNCTION_TABLE,
					       (uint32_t)t->pprof.lines[k].function, l->offset))
				return false;
	}
	for (uint32_t i = 0; i < t->of_location_count; i++) {
		const struct otlp_attached *a = &t->of_locations[i];
		if (!otlp_tables_check_run(t, OTLP_ATTRIBUTE_TABLE, a->run,
					   t->pprof.locations[a->to].offset))
			return false;
		tell_location(t, a);
	}
	return true;
}

static bool end_stacks(struct otlp_tables *t)
{
	for (uint32_t i = t->base[OTLP_STACK_TABLE]; i < t->stack_count; i++)
		if (!otlp_tables_check_run(t, OTLP_LOCATION_TABLE, t->stacks[i],
					   t->stack_places[i]))
			return false;
	return true;
}

static uint32_t hex_text(struct otlp_tables *t, struct str bytes)
{
	char digits[2 * TRACE_SIZE];
	bool any = false;
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned c = (unsigned char)bytes.p[i];
		any |= c != 0;
		digits[2 * i] = "0123456789abcdef"[c >> 4];
		digits[2 * i + 1] = "0123456789abcdef"[c & 15];
	}
	uint32_t number = any ? t->pprof.string_count : 0;
	if (any)
		pprof_tables_string(&t->pprof, (struct str){ digits, 2 * bytes.n }, 0);
	return number;
}

static void end_links(struct otlp_tables *t)
{
	for (struct str rest = buf_str(&t->link_bytes); rest.n > 0;
	     rest = str_skip(rest, LINK_SIZE)) {
		ARRAY_RESERVE(t->links, t->link_capacity, t->link_count + 1ull);
		uint32_t trace = hex_text(t, str_head(rest, TRACE_SIZE));
		uint32_t span = hex_text(t, str_head(str_skip(rest, TRACE_SIZE), SPAN_SIZE));
		t->links[t->link_count++] = (struct otlp_link){ trace, span };
	}
}

bool otlp_tables_end(struct otlp_tables *t)
{
	if (t->seen[OTLP_STRING_TABLE] == 0)
		return input_fail(t->pprof.in, "there is no dictionary with texts, as profiles of "
				  "OTLP have it since 1.7");
	if (!resolve(t, &t->attributes) || !resolve(t, &t->own))
		return false;
	end_links(t);
	return end_functions(t) && end_mappings(t) && end_locations(t) && end_stacks(t);
}
