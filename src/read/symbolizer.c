/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An address of a file becomes a symbol of it, and, where DWARF tells more, what was
 * inlined there:
 *
 *	app 0x1149      symbol "main" 1130 .. 1190
 *	                DWARF  dot (a.h:12), norm (a.h:15), main (a.c:33)
 *	frames          dot_[i]  norm_[i]  main
 *
 * The function that is really there has the name of the symbol, as with perf: DWARF does
 * not know ".part.0".  Locations and frames are those that a reader of text would make
 * of "dot", "norm" and "main" with the module's name.
 */
#include "read/symbolizer.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "io/elf.h"
#include "model/location.h"
#include "read/symbolizer_files.h"

struct module {
	struct symbolizer_file recorded;
	uint32_t text;           /* its path in the profile */
	uint32_t pid;            /* 0: not known */
	bool is_opened;
	bool has_dwarf;          /* and it is wanted */
	bool is_dwarf_told;      /* that it is broken */
	struct elf_file *file;   /* NULL: none */
	enum symbolizer_found found;
};

struct place {
	uint64_t address;
	uint32_t module;
	uint32_t first, count;   /* in pool, leaf first */
	bool is_named;
};

struct symbolizer {
	struct input *in;
	struct profile *profile;
	const struct want *want;
	bool offsets, lines;
	struct locations locations;
	struct arena arena;
	struct buf text;
	struct module *modules;
	uint32_t module_count;
	size_t module_capacity;
	struct table module_table;
	struct place *places;
	uint32_t place_count;
	size_t place_capacity;
	struct table place_table;
	uint32_t *pool;
	uint32_t pool_count;
	size_t pool_capacity;
};

struct symbolizer *symbolizer_new(struct input *in, struct profile *profile,
				  const struct want *want, bool offsets)
{
	struct symbolizer *s = xcalloc(1, sizeof(*s));
	*s = (struct symbolizer){ .in = in, .profile = profile, .want = want,
				  .offsets = offsets || want->addrs };
	s->lines = want->places || want->granularity == GRANULARITY_LINES ||
		   want->granularity == GRANULARITY_FILES ||
		   want->granularity == GRANULARITY_FILEFUNCTIONS;
	locations_init(&s->locations, profile, want);
	return s;
}

void symbolizer_delete(struct symbolizer *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i < s->module_count; i++)
		elf_file_close(s->modules[i].file);
	free(s->modules);
	free(s->places);
	free(s->pool);
	table_free(&s->module_table);
	table_free(&s->place_table);
	locations_free(&s->locations);
	buf_free(&s->text);
	arena_free(&s->arena);
	free(s);
}

/* Modules */

static bool is_same_file(const struct symbolizer_file *a, const struct symbolizer_file *b)
{
	size_t size = a->part_count * sizeof(*a->parts);
	return str_eq(a->path, b->path) && str_eq(a->build_id, b->build_id) &&
	       a->part_count == b->part_count &&
	       (size == 0 || memcmp(a->parts, b->parts, size) == 0);
}

uint32_t symbolizer_module(struct symbolizer *s, const struct symbolizer_file *file)
{
	uint64_t full = hash_hidden(file->path.p, file->path.n) ^
			hash_hidden(file->build_id.p, file->build_id.n);
	uint32_t hash = (uint32_t)(full ^ full >> 32), id;
	uint32_t at = table_place(&s->module_table, hash);
	while ((id = table_next(&s->module_table, hash, &at)) != TABLE_END)
		if (is_same_file(&s->modules[id].recorded, file))
			return id;
	size_t size = file->part_count * sizeof(*file->parts);
	struct symbolizer_part *parts = NULL;
	if (size)
		parts = memcpy(arena_alloc(&s->arena, size), file->parts, size);
	ARRAY_RESERVE(s->modules, s->module_capacity, (size_t)s->module_count + 1);
	s->modules[s->module_count] = (struct module){
		.recorded = { .path = arena_copy(&s->arena, file->path),
			      .build_id = arena_copy(&s->arena, file->build_id),
			      .parts = parts, .part_count = file->part_count },
		.text = location_module(&s->locations, file->path),
	};
	table_insert(&s->module_table, hash, s->module_count);
	return s->module_count++;
}

void symbolizer_process(struct symbolizer *s, uint32_t module, uint32_t pid)
{
	s->modules[module].pid = pid;
}

static void warn_not_found(struct symbolizer *s, enum symbolizer_found found, struct str path)
{
	static const char *const what[] = {
		[SYMBOLIZER_MISSING] = "files that are not there, so places in them have "
				       "no names",
		[SYMBOLIZER_OTHER] = "files that are not the ones recorded, so places in "
				     "them have no names",
		[SYMBOLIZER_BROKEN] = "files that cannot be read as ELF, so places in "
				      "them have no names",
		[SYMBOLIZER_NO_ELF] = "files not looked into, as this program was made "
				      "without elfutils",
	};
	if (what[found] != NULL)
		input_warn(s->in, what[found], path);
}

static void open_module(struct symbolizer *s, struct module *m)
{
	m->is_opened = true;
	bool dwarf = s->lines || !s->want->no_inline;
	m->found = symbolizer_files_find(s->want, &m->recorded, m->pid, dwarf, &m->file);
	if (m->found == SYMBOLIZER_BROKEN && !elf_is_supported())
		m->found = SYMBOLIZER_NO_ELF;
	m->has_dwarf = dwarf && m->file != NULL && elf_file_has_dwarf(m->file);
	if (m->found != SYMBOLIZER_FILE && m->found != SYMBOLIZER_NO_FILE)
		warn_not_found(s, m->found, m->recorded.path);
}

static struct module *opened(struct symbolizer *s, uint32_t module)
{
	struct module *m = &s->modules[module];
	if (!m->is_opened)
		open_module(s, m);
	return m;
}

uint64_t symbolizer_address(struct symbolizer *s, uint32_t module, uint64_t offset)
{
	const struct module *m = opened(s, module);
	uint64_t address;
	return m->file && elf_file_address(m->file, offset, &address) ? address : offset;
}

/* Frames */

static void add_frames(struct symbolizer *s, const struct location_key *key)
{
	uint32_t count, location = location_find(&s->locations, key);
	const uint32_t *frames = location_frames(&s->locations, location, &count);
	ARRAY_RESERVE(s->pool, s->pool_capacity, (size_t)s->pool_count + count);
	for (uint32_t i = 0; i < count; i++)
		s->pool[s->pool_count++] = frames[i];
}

static void add_unknown(struct symbolizer *s, const struct module *m, uint64_t address)
{
	add_frames(s, &(struct location_key){
		.module = m ? m->text : ID_NONE, .line = ID_NONE, .address = address,
		.offset = address, .by_offset = m != NULL && s->offsets,
	});
}

static uint32_t line_text(struct symbolizer *s, const struct elf_frame *frame)
{
	if (frame == NULL || frame->file.n == 0)
		return ID_NONE;
	buf_clear(&s->text);
	buf_add(&s->text, frame->file);
	buf_addf(&s->text, ":%u", frame->line);
	return profile_text(s->profile, buf_str(&s->text));
}

/* Inlined frames and the function around them, which the symbol names. */
static void add_chain(struct symbolizer *s, const struct module *m, uint64_t address,
		      const struct elf_symbol *symbol)
{
	const struct elf_frame *frames = NULL;
	size_t count = 0;
	if (m->has_dwarf)
		count = elf_file_frames(m->file, address, s->lines, &frames);
	struct location_key key = {
		.module = m->text, .offset = address - symbol->address,
		.address = s->want->places ? address : 0,
	};
	for (size_t i = 0; i + 1 < count; i++) {
		key.symbol = frames[i].name;
		key.line = line_text(s, &frames[i]);
		key.inlined = true;
		if (key.symbol.n > 0)
			add_frames(s, &key);
	}
	key.symbol = symbol->name;
	if (symbol->name.n == 0 && count > 0)
		key.symbol = frames[count - 1].name;
	key.line = line_text(s, count > 0 ? &frames[count - 1] : NULL);
	key.inlined = false;
	if (key.symbol.n > 0)
		add_frames(s, &key);
}

/* Whether it has a name. */
static bool add_place(struct symbolizer *s, uint32_t module, uint64_t address)
{
	struct module *m = module == SYMBOLIZER_NONE ? NULL : opened(s, module);
	struct elf_symbol symbol = { .address = address };
	uint32_t before = s->pool_count;
	if (m != NULL && m->file != NULL) {
		elf_file_symbol(m->file, address, &symbol);
		add_chain(s, m, address, &symbol);
		if (!m->is_dwarf_told && elf_file_dwarf_is_broken(m->file)) {
			input_warn(s->in, "files with debug information that is broken",
				   m->recorded.path);
			m->is_dwarf_told = true;
		}
	}
	if (s->pool_count > before)
		return true;
	add_unknown(s, m, address);
	return false;
}

uint32_t symbolizer_place(struct symbolizer *s, uint32_t module, uint64_t address)
{
	uint64_t key[] = { address, module };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key)), id;
	uint32_t at = table_place(&s->place_table, hash);
	while ((id = table_next(&s->place_table, hash, &at)) != TABLE_END)
		if (s->places[id].address == address && s->places[id].module == module)
			return id;
	uint32_t first = s->pool_count;
	bool is_named = add_place(s, module, address);
	ARRAY_RESERVE(s->places, s->place_capacity, (size_t)s->place_count + 1);
	s->places[s->place_count] = (struct place){ address, module, first,
						    s->pool_count - first, is_named };
	table_insert(&s->place_table, hash, s->place_count);
	return s->place_count++;
}

bool symbolizer_is_named(const struct symbolizer *s, uint32_t place)
{
	return s->places[place].is_named;
}

enum symbolizer_found symbolizer_found(struct symbolizer *s, uint32_t module,
				       bool *has_symbols)
{
	const struct module *m = opened(s, module);
	*has_symbols = m->file != NULL && elf_file_has_symbols(m->file);
	return m->found;
}

const uint32_t *symbolizer_frames(const struct symbolizer *s, uint32_t place, uint32_t *count)
{
	*count = s->places[place].count;
	return s->pool + s->places[place].first;
}
