/* SPDX-License-Identifier: Apache-2.0 */
#include "read/callgrind_functions.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"

struct callgrind_symbol {
	uint32_t name, file, object;
	uint32_t group, function;    /* in the graph, of the thread that came last */
};

struct callgrind_spot {
	uint32_t symbol;
	uint32_t file;
	uint64_t line, address;
	uint32_t location;       /* ID_NONE: not yet */
};

void callgrind_functions_init(struct callgrind_functions *f, struct input *in,
			      struct profile *profile, const struct want *want)
{
	enum granularity g = want->granularity;
	*f = (struct callgrind_functions){
		.in = in, .profile = profile, .want = want,
		.wants_lines = want->places || g == GRANULARITY_LINES,
		.wants_files = want->places || g == GRANULARITY_LINES ||
			       g == GRANULARITY_FILES || g == GRANULARITY_FILEFUNCTIONS,
	};
	locations_init(&f->locations, profile, want);
}

void callgrind_functions_forget(struct callgrind_functions *f)
{
	callgrind_text_names_free(&f->objects);
	callgrind_text_names_free(&f->files);
	callgrind_text_names_free(&f->functions);
}

void callgrind_functions_free(struct callgrind_functions *f)
{
	callgrind_functions_forget(f);
	locations_free(&f->locations);
	table_free(&f->symbol_table);
	table_free(&f->function_table);
	table_free(&f->spot_table);
	buf_free(&f->scratch);
	free(f->symbols);
	free(f->symbol_of);
	free(f->group_of);
	free(f->spots);
}

/* Names */

static uint32_t name_text(struct callgrind_functions *f, struct str name)
{
	if (name.n == 0 || str_eq(name, STR("?" "?" "?")))
		return ID_NONE;
	return profile_text(f->profile, name);
}

static bool fail_twice(struct callgrind_functions *f, uint64_t id)
{
	return input_error(f->in, "(%" PRIu64 ") is another name already", id);
}

/* Of an object or a file. */
static bool read_name(struct callgrind_functions *f, struct callgrind_text_names *names,
		      struct str text, uint32_t *id)
{
	struct callgrind_text_name name = callgrind_text_name(text);
	if (!name.is_short) {
		*id = name_text(f, name.text);
		return true;
	}
	/* 1 + the text, for "???" is none. */
	uint32_t *known = callgrind_text_meaning(names, name.id);
	if (name.text.n > 0) {
		*id = name_text(f, name.text);
		if (*known != CALLGRIND_NEW && *known != *id + 1)
			return fail_twice(f, name.id);
		*known = *id + 1;
	} else if (*known == CALLGRIND_NEW) {
		return input_error(f->in, "(%" PRIu64 ") stands for no name so far", name.id);
	}
	*id = *known - 1;
	return true;
}

bool callgrind_functions_object(struct callgrind_functions *f, struct str text, uint32_t *id)
{
	return read_name(f, &f->objects, text, id);
}

bool callgrind_functions_file(struct callgrind_functions *f, struct str text, uint32_t *id)
{
	return read_name(f, &f->files, text, id);
}

static uint32_t find_symbol(struct callgrind_functions *f, struct str name, uint32_t file,
			    uint32_t object)
{
	struct callgrind_symbol key = {
		profile_text(f->profile, name), file, object, ID_NONE, ID_NONE,
	};
	uint32_t parts[] = { key.name, key.file, key.object };
	uint32_t hash = (uint32_t)hash_hidden(parts, sizeof(parts));
	uint32_t id, at = table_place(&f->symbol_table, hash);
	while ((id = table_next(&f->symbol_table, hash, &at)) != TABLE_END) {
		const struct callgrind_symbol *s = &f->symbols[id];
		if (s->name == key.name && s->file == file && s->object == object)
			return id;
	}
	id = f->symbol_count++;
	ARRAY_RESERVE(f->symbols, f->symbol_capacity, f->symbol_count);
	f->symbols[id] = key;
	table_insert(&f->symbol_table, hash, id);
	return id;
}

bool callgrind_functions_symbol(struct callgrind_functions *f, struct str text, uint32_t file,
			uint32_t object, uint32_t *symbol)
{
	struct callgrind_text_name name = callgrind_text_name(text);
	if (!name.is_short) {
		*symbol = find_symbol(f, name.text, file, object);
		return true;
	}
	uint32_t *known = callgrind_text_meaning(&f->functions, name.id), before = *known;
	if (name.text.n > 0)
		*known = find_symbol(f, name.text, file, object);
	if (name.text.n > 0 && before != CALLGRIND_NEW &&
	    f->symbols[before].name != f->symbols[*known].name)
		return fail_twice(f, name.id);
	if (*known == CALLGRIND_NEW)
		return input_error(f->in, "(%" PRIu64 ") stands for no function so far",
				   name.id);
	*symbol = *known;
	return true;
}

/* Functions of the graph: symbols in a thread */

uint32_t callgrind_functions_find(struct callgrind_functions *f, struct callgraph *graph,
				  uint32_t symbol, uint32_t group)
{
	struct callgrind_symbol *s = &f->symbols[symbol];
	if (s->group == group)
		return s->function;
	uint32_t key[] = { symbol, group };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key));
	uint32_t id, at = table_place(&f->function_table, hash);
	while ((id = table_next(&f->function_table, hash, &at)) != TABLE_END)
		if (f->symbol_of[id] == symbol && f->group_of[id] == group)
			break;
	if (id == TABLE_END) {
		id = callgraph_function(graph);
		ARRAY_RESERVE(f->symbol_of, f->function_capacity, id + 1ull);
		ARRAY_RESERVE(f->group_of, f->group_capacity, id + 1ull);
		f->symbol_of[id] = symbol;
		f->group_of[id] = group;
		table_insert(&f->function_table, hash, id);
	}
	s->group = group;
	return s->function = id;
}

/* Spots: where a function is when it costs something, as far as anybody wants to know */

uint32_t callgrind_functions_spot(struct callgrind_functions *f, uint32_t symbol,
				  uint32_t source, const struct callgrind_text_place *place)
{
	struct callgrind_spot key = {
		.symbol = symbol, .file = ID_NONE, .location = ID_NONE,
	};
	if (f->wants_files)
		key.file = source;
	if (f->wants_lines)
		key.line = place->line;
	if (f->want->places)
		key.address = place->address;
	uint64_t parts[] = { (uint64_t)key.symbol << 32 | key.file, key.line, key.address };
	uint32_t hash = (uint32_t)hash_hidden(parts, sizeof(parts));
	uint32_t id, at = table_place(&f->spot_table, hash);
	while ((id = table_next(&f->spot_table, hash, &at)) != TABLE_END) {
		const struct callgrind_spot *s = &f->spots[id];
		if (s->symbol == key.symbol && s->file == key.file && s->line == key.line &&
		    s->address == key.address)
			return id;
	}
	id = f->spot_count++;
	ARRAY_RESERVE(f->spots, f->spot_capacity, f->spot_count);
	f->spots[id] = key;
	table_insert(&f->spot_table, hash, id);
	return id;
}

/*
 * "f'g'main" is f called by g and main, of --separate-callers, and "f'2" what it does in
 * itself, of --separate-recs: functions of their own that are shown as f.
 */
static struct str shown_name(const struct callgrind_functions *f, struct str name)
{
	int depth = 0;
	for (size_t i = 0; f->is_callgrinds && i < name.n; i++) {
		char k = name.p[i];
		depth += (k == '(' || k == '<' || k == '{' || k == '[') -
			 (k == ')' || k == '>' || k == '}' || k == ']');
		if (k == '\'' && i > 0 && i + 1 < name.n && depth <= 0)
			return str_head(name, i);
	}
	return name;
}

/* "0x00000000000010b0" is what nobody knows the name of. */
static bool is_address(struct str name, uint64_t *address)
{
	return str_take(&name, STR("0x")) && num_hex(name, address);
}

static uint32_t place_of(struct callgrind_functions *f,
			 const struct callgrind_spot *spot, uint64_t address,
			 bool nameless)
{
	const struct callgrind_symbol *s = &f->symbols[spot->symbol];
	uint32_t file = spot->file == ID_NONE ? s->file : spot->file;
	struct frame_place place = {
		.mapping = ID_NONE, .file = file, .system_name = ID_NONE,
		.line = spot->line <= INT32_MAX ? (int64_t)spot->line : 0,
		.address = address, .flags = nameless ? PLACE_NAMELESS : 0,
		.home = file == s->file || s->file == ID_NONE ? 0 : 1 + s->file,
	};
	if (s->object != ID_NONE)
		place.mapping = places_mapping(f->profile->places, &(struct mapping){
			.file = s->object, .build_id = ID_NONE,
		});
	return places_add(f->profile->places, &place);
}

static uint32_t line_text(struct callgrind_functions *f, const struct callgrind_spot *spot)
{
	if (spot->file == ID_NONE)
		return ID_NONE;
	buf_clear(&f->scratch);
	buf_add(&f->scratch, intern_text(&f->profile->text, spot->file));
	if (spot->line > 0)
		buf_addf(&f->scratch, ":%" PRIu64, spot->line);
	return profile_text(f->profile, buf_str(&f->scratch));
}

static uint32_t make_location(struct callgrind_functions *f,
			      const struct callgrind_spot *spot)
{
	const struct callgrind_symbol *s = &f->symbols[spot->symbol];
	struct str name = shown_name(f, intern_text(&f->profile->text, s->name));
	uint64_t address = spot->address;
	bool nameless = str_eq(name, STR("?" "?" "?")) || is_address(name, &address);
	struct location_key key = {
		.symbol = nameless ? STR("") : name, .module = s->object,
		.line = line_text(f, spot), .address = address, .offset = address,
	};
	if (f->want->places)
		key.place = 1 + place_of(f, spot, address, nameless);
	return location_find(&f->locations, &key);
}

const uint32_t *callgrind_functions_frames(struct callgrind_functions *f, uint32_t spot,
					   uint32_t *count)
{
	struct callgrind_spot *s = &f->spots[spot];
	if (s->location == ID_NONE)
		s->location = make_location(f, s);
	return location_frames(&f->locations, s->location, count);
}
