/* SPDX-License-Identifier: Apache-2.0 */
#include "write/pprof_parts.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "io/pprof.pb-c.h"

enum { MAPPING_FIELD = 3, LOCATION_FIELD, FUNCTION_FIELD, STRING_FIELD };

static uint32_t add_mapping(struct pprof_parts *t, struct mapping m)
{
	ARRAY_RESERVE(t->mappings, t->mapping_capacity, t->mapping_count + 1ull);
	t->mappings[t->mapping_count++] = m;
	return t->mapping_count;
}

static uint32_t add_known(struct pprof_parts *t, struct mapping m)
{
	m.file = pprof_parts_own(t, m.file);
	m.build_id = pprof_parts_own(t, m.build_id);
	return add_mapping(t, m);
}

/* Of a recording that does not tell: the first that is neither kernel nor library. */
static uint32_t find_program(const struct profile *p)
{
	for (uint32_t i = 0; i < p->places->mapping_count; i++) {
		uint32_t file = p->places->mappings[i].file;
		struct str name = file == ID_NONE ? STR("") : intern_text(&p->text, file);
		if (name.n && name.p[0] != '[' && str_find(name, STR(".so")) < 0 &&
		    !(p->places->mappings[i].flags & MAPPING_TOLD))
			return i;
	}
	return 0;
}

/* The first one is the program. */
static void add_mappings(struct pprof_parts *t)
{
	const struct places *places = t->profile->places;
	if (places == NULL || places->mapping_count == 0)
		return;
	t->mapping_of = xcalloc(places->mapping_count, sizeof(*t->mapping_of));
	bool told = places->mappings[0].flags & MAPPING_TOLD;
	uint32_t program = told ? 0 : find_program(t->profile);
	t->mapping_of[program] = add_known(t, places->mappings[program]);
	for (uint32_t i = 0; i < places->mapping_count; i++)
		if (i != program)
			t->mapping_of[i] = add_known(t, places->mappings[i]);
}

void pprof_parts_init(struct pprof_parts *t, const struct profile *profile,
		      struct str program)
{
	*t = (struct pprof_parts){ .profile = profile };
	intern(&t->texts, STR(""));
	add_mappings(t);
	if (t->mapping_count == 0 && program.n)
		add_mapping(t, (struct mapping){ .file = pprof_parts_text(t, program) });
}

void pprof_parts_free(struct pprof_parts *t)
{
	intern_free(&t->texts);
	free(t->functions);
	free(t->locations);
	free(t->frames);
	free(t->mappings);
	free(t->mapping_of);
	free(t->lines);
	table_free(&t->function_table);
	table_free(&t->location_table);
}

uint32_t pprof_parts_text(struct pprof_parts *t, struct str text)
{
	return intern(&t->texts, text);
}

uint32_t pprof_parts_own(struct pprof_parts *t, uint32_t text)
{
	return text == ID_NONE ? 0 : intern(&t->texts, intern_text(&t->profile->text, text));
}

/* Functions */

static uint32_t find_function(struct pprof_parts *t, const struct parts_function *f)
{
	uint64_t key[] = { f->name, f->system_name, f->file, (uint64_t)f->start_line };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key));
	uint32_t id, at = table_place(&t->function_table, hash);
	while ((id = table_next(&t->function_table, hash, &at)) != TABLE_END) {
		const struct parts_function *g = &t->functions[id];
		if (g->name == f->name && g->system_name == f->system_name &&
		    g->file == f->file && g->start_line == f->start_line)
			return id + 1;
	}
	id = t->function_count++;
	ARRAY_RESERVE(t->functions, t->function_capacity, t->function_count);
	t->functions[id] = *f;
	table_insert(&t->function_table, hash, id);
	return id + 1;
}

/* The id of a frame's function; 0 when it has none, and no line either. */
static uint32_t function_of(struct pprof_parts *t, uint32_t frame)
{
	const struct frame_place *place = profile_place(t->profile, frame);
	bool nameless = place && place->flags & PLACE_NAMELESS;
	struct str name = nameless ? STR("") : profile_name(t->profile, frame);
	struct parts_function f = { .name = pprof_parts_text(t, name) };
	f.system_name = f.name;
	if (place) {
		if (place->system_name != ID_NONE)
			f.system_name = pprof_parts_own(t, place->system_name);
		f.file = pprof_parts_own(t, place->file);
		f.start_line = place->start_line;
	}
	bool nothing = nameless && !f.system_name && !f.file && !f.start_line &&
		       !place->line && !place->column;
	return nothing ? 0 : find_function(t, &f);
}

/* Locations */

uint32_t pprof_parts_run(const struct pprof_parts *t, const uint32_t *frames,
			  uint32_t depth)
{
	uint32_t n = 1;
	while (n < depth && t->profile->frames[frames[n]].kind == FRAME_INLINED)
		n++;
	return n;
}

uint32_t pprof_parts_no_stack(struct pprof_parts *t)
{
	if (t->no_stack == 0) {
		t->no_stack = ++t->location_count;
		ARRAY_RESERVE(t->locations, t->location_capacity, t->location_count);
		t->locations[t->no_stack - 1] = (struct parts_location){ t->frame_count, 0 };
	}
	return t->no_stack;
}

uint32_t pprof_parts_location(struct pprof_parts *t, const uint32_t *frames,
			       uint32_t count)
{
	uint32_t hash = (uint32_t)hash_hidden(frames, count * sizeof(*frames));
	uint32_t id, at = table_place(&t->location_table, hash);
	while ((id = table_next(&t->location_table, hash, &at)) != TABLE_END) {
		const struct parts_location *l = &t->locations[id];
		if (l->count == count &&
		    memcmp(t->frames + l->first, frames, count * sizeof(*frames)) == 0)
			return id + 1;
	}
	id = t->location_count++;
	ARRAY_RESERVE(t->locations, t->location_capacity, t->location_count);
	ARRAY_RESERVE(t->frames, t->frame_capacity, (size_t)t->frame_count + count);
	t->locations[id] = (struct parts_location){ t->frame_count, count };
	memcpy(t->frames + t->frame_count, frames, count * sizeof(*frames));
	t->frame_count += count;
	table_insert(&t->location_table, hash, id);
	return id + 1;
}

/* What was looked up for this mapping, where nobody has told it. */
static void note_line(struct mapping *m, const struct parts_line *line,
		      const struct pprof_parts *t, bool inlined)
{
	if (m->flags & MAPPING_TOLD)
		return;
	if (line->function && t->functions[line->function - 1].file)
		m->flags |= MAPPING_FILES;
	if (line->line > 0)
		m->flags |= MAPPING_LINES;
	if (inlined)
		m->flags |= MAPPING_INLINED;
}

/* A mapping of the whole file, from its beginning: addresses in it are offsets. */
static void include(struct mapping *m, uint64_t address)
{
	if (m->start == 0 && m->limit <= address && address < UINT64_MAX)
		m->limit = address + 1;
}

/* Innermost first; a location that only has an address has none. */
static uint32_t make_lines(struct pprof_parts *t, const struct parts_location *l)
{
	uint32_t n = 0;
	ARRAY_RESERVE(t->lines, t->line_capacity, l->count);
	for (uint32_t i = l->count; i-- > 0;) {
		uint32_t frame = t->frames[l->first + i];
		const struct frame_place *place = profile_place(t->profile, frame);
		uint32_t function = function_of(t, frame);
		if (function)
			t->lines[n++] = (struct parts_line){
				.function = function, .line = place ? place->line : 0,
				.column = place ? place->column : 0,
			};
	}
	return n;
}

struct parts_place pprof_parts_place(struct pprof_parts *t, uint32_t location)
{
	const struct parts_location *l = &t->locations[location - 1];
	uint32_t frame = t->frames[l->first];
	const struct frame_place *place = profile_place(t->profile, frame);
	uint32_t count = make_lines(t, l);
	struct parts_place made = {
		.kind = t->profile->frames[frame].kind, .lines = t->lines, .count = count,
	};
	if (place == NULL)
		return made;
	made.mapping = place->mapping == ID_NONE ? 0 : t->mapping_of[place->mapping];
	made.address = place->address;
	made.is_folded = place->flags & PLACE_FOLDED;
	if (made.mapping && place->flags & PLACE_IN_FILE)
		include(&t->mappings[made.mapping - 1], place->address);
	for (uint32_t i = 0; made.mapping && i < made.count; i++)
		note_line(&t->mappings[made.mapping - 1], &made.lines[i], t, made.count > 1);
	return made;
}

/* Writing */

/* What a reader would not know otherwise, as folded text has no mappings. */
static uint32_t mapping_of_kind(struct pprof_parts *t, enum frame_kind kind)
{
	uint32_t *id = kind == FRAME_KERNEL ? &t->kernel : kind == FRAME_JIT ? &t->jit : NULL;
	if (id == NULL)
		return 0;
	if (*id == 0)
		*id = add_mapping(t, (struct mapping){
			.file = pprof_parts_text(t, kind == FRAME_KERNEL ?
						 STR("[kernel.kallsyms]") : STR("[JIT]")),
		});
	return *id;
}

static void write_no_stack(struct pprof_parts *t, struct buf *out)
{
	Pprof__Location message = PPROF__LOCATION__INIT;
	Pprof__Line line = PPROF__LINE__INIT, *lines[] = { &line };
	uint32_t name = pprof_parts_text(t, STR("[no stack]"));
	line.function_id = find_function(t, &(struct parts_function){
		.name = name, .system_name = name,
	});
	message.id = t->no_stack;
	message.line = lines;
	message.n_line = 1;
	proto_put_message(out, LOCATION_FIELD, &message.base);
}

struct lines {
	Pprof__Line *items;
	Pprof__Line **pointers;
	size_t capacity;
};

static void copy_lines(struct lines *to, const struct parts_place *place)
{
	if (place->count > to->capacity) {
		to->capacity = grown_capacity(to->capacity, place->count);
		to->items = xreallocarray(to->items, to->capacity, sizeof(*to->items));
		to->pointers = xreallocarray(to->pointers, to->capacity,
					     sizeof(*to->pointers));
	}
	for (uint32_t i = 0; i < place->count; i++) {
		to->items[i] = (Pprof__Line)PPROF__LINE__INIT;
		to->items[i].function_id = place->lines[i].function;
		to->items[i].line = place->lines[i].line;
		to->items[i].column = place->lines[i].column;
		to->pointers[i] = &to->items[i];
	}
}

static void write_location(struct pprof_parts *t, uint32_t i, struct lines *lines,
			   struct buf *out)
{
	struct parts_place place = pprof_parts_place(t, i + 1);
	Pprof__Location message = PPROF__LOCATION__INIT;
	copy_lines(lines, &place);
	message.id = i + 1;
	message.n_line = place.count;
	message.line = lines->pointers;
	message.mapping_id = place.mapping;
	message.address = place.address;
	message.is_folded = place.is_folded;
	if (place.mapping == 0 && place.address == 0)
		message.mapping_id = mapping_of_kind(t, place.kind);
	proto_put_message(out, LOCATION_FIELD, &message.base);
}

static void write_function(const struct pprof_parts *t, uint32_t i, struct buf *out)
{
	const struct parts_function *f = &t->functions[i];
	Pprof__Function message = PPROF__FUNCTION__INIT;
	message.id = i + 1;
	message.name = f->name;
	message.system_name = f->system_name;
	message.filename = f->file;
	message.start_line = f->start_line;
	proto_put_message(out, FUNCTION_FIELD, &message.base);
}

static void write_mapping(const struct pprof_parts *t, uint32_t i, struct buf *out)
{
	const struct mapping *m = &t->mappings[i];
	Pprof__Mapping message = PPROF__MAPPING__INIT;
	message.id = i + 1;
	message.memory_start = m->start;
	message.memory_limit = m->limit;
	message.file_offset = m->offset;
	message.filename = m->file;
	message.build_id = m->build_id;
	/* There is nothing else to be found out. */
	message.has_functions = m->flags & MAPPING_FUNCTIONS || !(m->flags & MAPPING_TOLD);
	message.has_filenames = m->flags & MAPPING_FILES;
	message.has_line_numbers = m->flags & MAPPING_LINES;
	message.has_inline_frames = m->flags & MAPPING_INLINED;
	proto_put_message(out, MAPPING_FIELD, &message.base);
}

/* Locations need functions and tell what mappings have: these come behind them. */
void pprof_parts_write(struct pprof_parts *t, struct buf *out,
			void (*more)(void *context), void *context)
{
	struct lines lines = { 0 };
	for (uint32_t i = 0; i < t->location_count; i++) {
		if (i + 1 == t->no_stack)
			write_no_stack(t, out);
		else
			write_location(t, i, &lines, out);
		more(context);
	}
	free(lines.items);
	free(lines.pointers);
	for (uint32_t i = 0; i < t->mapping_count; i++)
		write_mapping(t, i, out);
	for (uint32_t i = 0; i < t->function_count; i++) {
		write_function(t, i, out);
		more(context);
	}
	for (uint32_t i = 0; i < t->texts.count; i++) {
		proto_put_bytes(out, STRING_FIELD, intern_text(&t->texts, i));
		more(context);
	}
}
