/* SPDX-License-Identifier: Apache-2.0 */
#include "read/pprof_tables.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "model/match.h"

/* Ids */

static uint32_t hash_of(uint64_t id)
{
	return (uint32_t)hash_hidden(&id, sizeof(id));
}

static uint32_t find_id(const struct pprof_ids *t, uint64_t id)
{
	if (!t->sparse)
		return id - 1 < t->count ? (uint32_t)(id - 1) : ID_NONE;
	uint32_t at, hash = hash_of(id), place = table_place(&t->table, hash);
	while ((at = table_next(&t->table, hash, &place)) != TABLE_END)
		if (t->ids[at] == id)
			return at;
	return ID_NONE;
}

/* Nothing is kept of ids that are 1, 2, 3, … */
static void add_id(struct pprof_ids *t, uint64_t id)
{
	uint32_t at = t->count++, first = t->sparse ? at : 0;
	if (!t->sparse && id == t->count)
		return;
	ARRAY_RESERVE(t->ids, t->capacity, t->count);
	for (uint32_t i = first; i < t->count; i++) {
		t->ids[i] = i < at ? i + 1 : id;
		table_insert(&t->table, hash_of(t->ids[i]), i);
	}
	t->sparse = true;
}

static bool new_id(struct pprof_tables *t, struct pprof_ids *ids, uint64_t id,
		   const char *what, uint64_t offset)
{
	if (id == 0)
		return input_error_at(t->in, offset, "a %s with the id 0", what);
	if (find_id(ids, id) != ID_NONE)
		return input_error_at(t->in, offset, "two %ss with the id %" PRIu64 ", as when "
				      "cat puts files together", what, id);
	if (ids->count == ID_SEVERAL)
		return input_error_at(t->in, offset, "more than 4 billion %ss", what);
	add_id(ids, id);
	return true;
}

static void free_ids(struct pprof_ids *t)
{
	free(t->ids);
	table_free(&t->table);
}

void pprof_tables_init(struct pprof_tables *t, struct input *in, struct profile *profile,
		       const struct want *want)
{
	*t = (struct pprof_tables){ .in = in, .profile = profile, .want = want };
	locations_init(&t->places, profile, want);
}

void pprof_tables_free(struct pprof_tables *t)
{
	locations_free(&t->places);
	match_free(t->drop);
	match_free(t->keep);
	free_ids(&t->function_ids);
	free_ids(&t->mapping_ids);
	free_ids(&t->location_ids);
	free(t->strings);
	free(t->functions);
	free(t->mappings);
	free(t->locations);
	free(t->lines);
	free(t->frames);
	buf_free(&t->line_text);
	arena_free(&t->arena);
}

/* The tables as they come */

static bool no_text(struct pprof_tables *t, int64_t number, uint64_t offset)
{
	return input_error_at(t->in, offset, "there is no text %" PRId64, number);
}

/* The number is checked when all texts are there. */
static bool text_number(struct pprof_tables *t, int64_t number, uint64_t offset,
			uint32_t *to)
{
	*to = (uint32_t)number;
	return (number >= 0 && number < ID_SEVERAL) || no_text(t, number, offset);
}

bool pprof_tables_string(struct pprof_tables *t, struct str text, uint64_t offset)
{
	if (t->string_count == 0 && text.n > 0)
		return input_error_at(t->in, offset, "the first text is not empty");
	if (t->string_count == ID_SEVERAL)
		return input_error_at(t->in, offset, "more than 4 billion texts");
	ARRAY_RESERVE(t->strings, t->string_capacity, t->string_count + 1ull);
	t->strings[t->string_count++] = text.n ? arena_copy(&t->arena, text) : STR("");
	return true;
}

bool pprof_tables_function(struct pprof_tables *t, const Pprof__Function *f,
			   uint64_t offset)
{
	struct pprof_function made = { .offset = offset, .start_line = f->start_line };
	if (!new_id(t, &t->function_ids, f->id, "function", offset) ||
	    !text_number(t, f->name, offset, &made.name) ||
	    !text_number(t, f->system_name, offset, &made.system_name) ||
	    !text_number(t, f->filename, offset, &made.filename))
		return false;
	ARRAY_RESERVE(t->functions, t->function_capacity, t->function_ids.count);
	t->functions[t->function_ids.count - 1] = made;
	return true;
}

bool pprof_tables_mapping(struct pprof_tables *t, const Pprof__Mapping *m, uint64_t offset)
{
	struct pprof_mapping made = {
		.offset = offset, .module = ID_NONE,
		.mapping = {
			.start = m->memory_start, .limit = m->memory_limit,
			.offset = m->file_offset,
			.flags = MAPPING_TOLD | (m->has_functions ? MAPPING_FUNCTIONS : 0u) |
				 (m->has_filenames ? MAPPING_FILES : 0u) |
				 (m->has_line_numbers ? MAPPING_LINES : 0u) |
				 (m->has_inline_frames ? MAPPING_INLINED : 0u),
		},
	};
	if (!new_id(t, &t->mapping_ids, m->id, "mapping", offset) ||
	    !text_number(t, m->filename, offset, &made.filename) ||
	    !text_number(t, m->build_id, offset, &made.build_id))
		return false;
	ARRAY_RESERVE(t->mappings, t->mapping_capacity, t->mapping_ids.count);
	t->mappings[t->mapping_ids.count - 1] = made;
	return true;
}

bool pprof_tables_location(struct pprof_tables *t, const Pprof__Location *l,
			   uint64_t offset)
{
	if (!new_id(t, &t->location_ids, l->id, "location", offset))
		return false;
	if (l->n_line > UINT32_MAX / 2 - t->line_count)
		return input_error_at(t->in, offset, "more than 2 billion lines");
	ARRAY_RESERVE(t->locations, t->location_capacity, t->location_ids.count);
	t->locations[t->location_ids.count - 1] = (struct pprof_location){
		.offset = offset, .mapping = l->mapping_id, .address = l->address,
		.first = t->line_count, .is_folded = l->is_folded,
	};
	for (size_t i = 0; i < l->n_line; i++)
		pprof_tables_line(t, (struct pprof_line){
			.function = l->line[i]->function_id,
			.line = l->line[i]->line, .column = l->line[i]->column,
		});
	return true;
}

void pprof_tables_line(struct pprof_tables *t, struct pprof_line line)
{
	ARRAY_RESERVE(t->lines, t->line_capacity, t->line_count + 1ull);
	t->lines[t->line_count++] = line;
	t->locations[t->location_ids.count - 1].count++;
}

/* When all are there */

bool pprof_tables_text(struct pprof_tables *t, int64_t number, uint64_t offset,
		       struct str *text)
{
	if (number < 0 || number >= t->string_count)
		return no_text(t, number, offset);
	*text = t->strings[number];
	return true;
}

static bool check_text(struct pprof_tables *t, uint32_t number, uint64_t offset)
{
	return number < t->string_count || no_text(t, number, offset);
}

static bool check_location(struct pprof_tables *t, const struct pprof_location *l)
{
	if (l->mapping && find_id(&t->mapping_ids, l->mapping) == ID_NONE)
		return input_error_at(t->in, l->offset, "there is no mapping %" PRIu64,
				      l->mapping);
	for (uint32_t i = l->first; i < l->first + l->count; i++) {
		uint64_t function = t->lines[i].function;
		if (function && find_id(&t->function_ids, function) == ID_NONE)
			return input_error_at(t->in, l->offset,
					      "there is no function %" PRIu64, function);
	}
	return true;
}

static bool check_all(struct pprof_tables *t)
{
	for (uint32_t i = 0; i < t->function_ids.count; i++) {
		const struct pprof_function *f = &t->functions[i];
		if (!check_text(t, f->name, f->offset) ||
		    !check_text(t, f->system_name, f->offset) ||
		    !check_text(t, f->filename, f->offset))
			return false;
	}
	for (uint32_t i = 0; i < t->mapping_ids.count; i++) {
		const struct pprof_mapping *m = &t->mappings[i];
		if (!check_text(t, m->filename, m->offset) ||
		    !check_text(t, m->build_id, m->offset))
			return false;
	}
	for (uint32_t i = 0; i < t->location_ids.count; i++)
		if (!check_location(t, &t->locations[i]))
			return false;
	return true;
}

static uint32_t text_or_none(struct pprof_tables *t, uint32_t number)
{
	return number ? profile_text(t->profile, t->strings[number]) : ID_NONE;
}

static void make_mappings(struct pprof_tables *t)
{
	for (uint32_t i = 0; i < t->mapping_ids.count; i++) {
		struct pprof_mapping *m = &t->mappings[i];
		m->module = text_or_none(t, m->filename);
		m->mapping.file = m->module;
		m->mapping.build_id = text_or_none(t, m->build_id);
		if (t->want->places)
			places_mapping(t->profile->places, &m->mapping);
	}
}

static bool compile(struct pprof_tables *t, struct str pattern, struct match **match)
{
	struct buf whole = { 0 }, why = { 0 };
	if (pattern.n == 0)
		return true;
	buf_add(&whole, STR("^("));
	buf_add(&whole, pattern);
	buf_add(&whole, STR(")$"));
	*match = match_new(buf_str(&whole), &why);
	if (*match == NULL)
		input_fail(t->in, "which functions to leave out is told by no regular "
			   "expression: %s; --all-frames does without", buf_cstr(&why));
	buf_free(&whole);
	buf_free(&why);
	return *match != NULL;
}

bool pprof_tables_finish(struct pprof_tables *t, struct str drop, struct str keep)
{
	if (!check_all(t))
		return false;
	make_mappings(t);
	if (t->want->all_frames || t->want->keeps_rules)
		return true;
	t->has_rules = drop.n > 0;
	return compile(t, drop, &t->drop) && compile(t, keep, &t->keep);
}

/* Functions that tell nothing */

/* Without what stands in brackets at the end, as pprof looks at it. */
static struct str simple_name(struct str name)
{
	static const struct str kept[] = {
		STR("(anonymous namespace)"), STR("operator()"),
	};
	if (str_starts(name, STR(".")))
		name = str_skip(name, 1);
	for (size_t i = 0; i < name.n; i++) {
		struct str rest = str_skip(name, i);
		size_t skipped = 0;
		for (size_t k = 0; k < ARRAY_SIZE(kept); k++)
			if (str_starts(rest, kept[k]))
				skipped = kept[k].n;
		if (skipped)
			i += skipped - 1;
		else if (rest.p[0] == '(')
			return str_head(name, i);
	}
	return name;
}

static bool is_dropped(struct pprof_tables *t, const struct pprof_line *line)
{
	if (line->function == 0)
		return false;
	uint32_t f = find_id(&t->function_ids, line->function);
	struct str name = simple_name(t->strings[t->functions[f].name]);
	return name.n > 0 && match_find(t->drop, name) &&
	       (t->keep == NULL || !match_find(t->keep, name));
}

/*
 * The outermost function of a location that is to be dropped takes along what was
 * inlined into it, and everything that this has called.
 */
static void drop_lines(struct pprof_tables *t, struct pprof_location *l)
{
	for (uint32_t i = l->count; t->drop && i-- > 0;) {
		if (!is_dropped(t, &t->lines[l->first + i]))
			continue;
		l->drops_rest = true;
		l->drops_all = i + 1 == l->count;
		if (!l->drops_all) {
			l->first += i + 1;
			l->count -= i + 1;
		}
		return;
	}
}

/* Frames */

static uint32_t line_text(struct pprof_tables *t, struct str file, int64_t line)
{
	if (file.n == 0)
		return ID_NONE;
	buf_clear(&t->line_text);
	buf_add(&t->line_text, file);
	if (line > 0)
		buf_addf(&t->line_text, ":%" PRId64, line);
	return profile_text(t->profile, buf_str(&t->line_text));
}

/* Of a line, or of a location that has none. */
static struct frame_place place_of(struct pprof_tables *t, const struct pprof_location *l,
			     const struct pprof_line *line,
			     const struct pprof_function *f)
{
	struct frame_place place = {
		.mapping = ID_NONE, .file = ID_NONE, .system_name = ID_NONE,
		.address = l->address, .flags = l->is_folded ? PLACE_FOLDED : 0,
	};
	if (l->mapping) {
		uint32_t m = find_id(&t->mapping_ids, l->mapping);
		place.mapping = places_mapping(t->profile->places,
					       &t->mappings[m].mapping);
	}
	if (line) {
		place.line = line->line;
		place.column = line->column;
	}
	if (f == NULL || f->name == 0)
		place.flags |= PLACE_NAMELESS;
	if (f == NULL)
		return place;
	place.start_line = f->start_line;
	place.file = text_or_none(t, f->filename);
	if (f->system_name != f->name || names_is_mangled(t->strings[f->name]))
		place.system_name = profile_text(t->profile, t->strings[f->system_name]);
	return place;
}

static void add_frames(struct pprof_tables *t, const struct location_key *key)
{
	uint32_t n, id = location_find(&t->places, key);
	const uint32_t *frames = location_frames(&t->places, id, &n);
	ARRAY_RESERVE(t->frames, t->frame_capacity, (size_t)t->frame_count + n);
	for (uint32_t i = 0; i < n; i++)
		t->frames[t->frame_count++] = frames[i];
}

/* As async-profiler writes them: what folded text would take for a mark is one. */
static void take_mark(struct location_key *key)
{
	enum frame_kind kind = frame_kind_unmark(&key->symbol);
	key->inlined |= kind == FRAME_INLINED;
	if (kind != FRAME_INLINED && kind != FRAME_USER)
		key->kind = kind;
}

static void set_module(struct location_key *key, const struct pprof_mapping *m)
{
	key->module = m->module;
	key->by_offset = key->symbol.n == 0 && key->address > 0 && m->mapping.limit > 0;
	if (key->by_offset)
		key->offset = key->address - m->mapping.start + m->mapping.offset;
}

static void make_line(struct pprof_tables *t, const struct pprof_location *l,
		      const struct pprof_line *line, bool inlined)
{
	const struct pprof_function *f = NULL;
	struct location_key key = {
		.module = ID_NONE, .line = ID_NONE, .inlined = inlined, .kind = l->kind,
		.address = l->address, .offset = l->address,
	};
	if (line && line->function)
		f = &t->functions[find_id(&t->function_ids, line->function)];
	if (f) {
		key.symbol = t->strings[f->name ? f->name : f->system_name];
		if (t->want->granularity != GRANULARITY_FUNCTIONS)
			key.line = line_text(t, t->strings[f->filename], line->line);
	}
	if (l->mapping)
		set_module(&key, &t->mappings[find_id(&t->mapping_ids, l->mapping)]);
	if (t->want->places) {
		struct frame_place place = place_of(t, l, line, f);
		key.place = 1 + places_add(t->profile->places, &place);
		key.as_is = t->want->names.style == NAMES_FULL && f && f->name &&
			    !names_is_mangled(key.symbol);
	} else {
		take_mark(&key);
	}
	add_frames(t, &key);
}

static void make_location(struct pprof_tables *t, struct pprof_location *l)
{
	l->is_made = true;
	drop_lines(t, l);
	l->first_frame = t->frame_count;
	for (uint32_t i = 0; i < l->count; i++)
		make_line(t, l, &t->lines[l->first + i], i + 1 < l->count);
	if (l->count == 0)
		make_line(t, l, NULL, false);
	l->frames = t->frame_count - l->first_frame;
}

const struct pprof_location *pprof_tables_find(struct pprof_tables *t, uint64_t id)
{
	uint32_t at = find_id(&t->location_ids, id);
	if (at == ID_NONE)
		return NULL;
	struct pprof_location *l = &t->locations[at];
	if (!l->is_made)
		make_location(t, l);
	return l;
}
