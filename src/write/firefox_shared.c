/* SPDX-License-Identifier: Apache-2.0 */
#include "write/firefox_shared.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"

/* The default category must be grey; the first four are what kinds of frames are. */
static const struct {
	struct str name, color;
} known_categories[] = {
	{ STR("Other"), STR("grey") }, { STR("User"), STR("yellow") },
	{ STR("Kernel"), STR("orange") }, { STR("JIT"), STR("blue") },
	{ STR("Idle"), STR("transparent") }, { STR("Layout"), STR("purple") },
	{ STR("JavaScript"), STR("yellow") }, { STR("GC / CC"), STR("orange") },
	{ STR("Network"), STR("lightblue") }, { STR("Graphics"), STR("green") },
	{ STR("DOM"), STR("blue") },
};

enum { OTHER, USER, KERNEL, JIT, KINDS };

/* What the format keeps in signed 32 bits. */
enum { ADDRESS_MAX = INT32_MAX };

void firefox_shared_init(struct firefox_shared *t, const struct profile *profile)
{
	*t = (struct firefox_shared){ .profile = profile };
	for (unsigned i = 0; i < KINDS; i++)
		intern(&t->categories, known_categories[i].name);
}

void firefox_shared_free(struct firefox_shared *t)
{
	free(t->stacks);
	free(t->frames);
	free(t->funcs);
	free(t->libs);
	free(t->sources);
	table_free(&t->stack_table);
	table_free(&t->frame_table);
	table_free(&t->func_table);
	table_free(&t->lib_table);
	table_free(&t->source_table);
	intern_free(&t->strings);
	intern_free(&t->categories);
}

/* Rows */

static struct str text_of(const struct firefox_shared *t, uint32_t id)
{
	return intern_text(&t->profile->text, id);
}

static uint32_t find_lib(struct firefox_shared *t, uint32_t path, uint32_t build_id)
{
	uint64_t key = (uint64_t)path << 32 | build_id;
	uint32_t hash = (uint32_t)hash_hidden(&key, sizeof(key)), id;
	uint32_t at = table_place(&t->lib_table, hash);
	while ((id = table_next(&t->lib_table, hash, &at)) != TABLE_END)
		if (t->libs[id].path == path && t->libs[id].build_id == build_id)
			return id;
	id = t->lib_count++;
	struct str file = text_of(t, path), name = str_basename(file);
	ARRAY_RESERVE(t->libs, t->lib_capacity, t->lib_count);
	t->libs[id] = (struct firefox_library){
		path, build_id, intern(&t->strings, name.n ? name : file),
	};
	table_insert(&t->lib_table, hash, id);
	return id;
}

static uint32_t lib_of(struct firefox_shared *t, const struct frame *frame,
		       const struct frame_place *place)
{
	uint32_t path = frame->module, build_id = ID_NONE;
	if (place && place->mapping != ID_NONE) {
		const struct mapping *m = &t->profile->places->mappings[place->mapping];
		path = m->file;
		build_id = m->build_id;
	}
	if (path == ID_NONE || path == ID_SEVERAL || text_of(t, path).n == 0)
		return ID_NONE;
	return find_lib(t, path, build_id);
}

static uint32_t find_source(struct firefox_shared *t, uint32_t file)
{
	if (file == ID_NONE)
		return ID_NONE;
	uint32_t name = intern(&t->strings, text_of(t, file)), id;
	uint32_t hash = (uint32_t)hash_hidden(&name, sizeof(name));
	uint32_t at = table_place(&t->source_table, hash);
	while ((id = table_next(&t->source_table, hash, &at)) != TABLE_END)
		if (t->sources[id] == name)
			return id;
	id = t->source_count++;
	ARRAY_RESERVE(t->sources, t->source_capacity, t->source_count);
	t->sources[id] = name;
	table_insert(&t->source_table, hash, id);
	return id;
}

static uint32_t find_func(struct firefox_shared *t, const struct firefox_func *f)
{
	uint64_t key[] = { f->name, f->file, f->lib, (uint64_t)f->start_line };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key)), id;
	uint32_t at = table_place(&t->func_table, hash);
	while ((id = table_next(&t->func_table, hash, &at)) != TABLE_END) {
		const struct firefox_func *g = &t->funcs[id];
		if (g->name == f->name && g->file == f->file && g->lib == f->lib &&
		    g->start_line == f->start_line)
			return id;
	}
	id = t->func_count++;
	ARRAY_RESERVE(t->funcs, t->func_capacity, t->func_count);
	t->funcs[id] = *f;
	table_insert(&t->func_table, hash, id);
	return id;
}

static uint32_t find_frame(struct firefox_shared *t, const struct firefox_frame *f)
{
	uint64_t key[] = {
		f->func | (uint64_t)f->category << 32, f->depth, (uint64_t)f->line,
		(uint64_t)f->column, (uint64_t)f->address,
	};
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key)), id;
	uint32_t at = table_place(&t->frame_table, hash);
	while ((id = table_next(&t->frame_table, hash, &at)) != TABLE_END) {
		const struct firefox_frame *g = &t->frames[id];
		if (g->func == f->func && g->category == f->category &&
		    g->depth == f->depth && g->line == f->line &&
		    g->column == f->column && g->address == f->address)
			return id;
	}
	id = t->frame_count++;
	ARRAY_RESERVE(t->frames, t->frame_capacity, t->frame_count);
	t->frames[id] = *f;
	table_insert(&t->frame_table, hash, id);
	return id;
}

static uint32_t find_stack(struct firefox_shared *t, uint32_t prefix, uint32_t frame)
{
	uint64_t key = (uint64_t)prefix << 32 | frame;
	uint32_t hash = (uint32_t)hash_hidden(&key, sizeof(key)), id;
	uint32_t at = table_place(&t->stack_table, hash);
	while ((id = table_next(&t->stack_table, hash, &at)) != TABLE_END)
		if (t->stacks[id].prefix == prefix && t->stacks[id].frame == frame)
			return id;
	id = t->stack_count++;
	ARRAY_RESERVE(t->stacks, t->stack_capacity, t->stack_count);
	t->stacks[id] = (struct firefox_stack){ prefix, frame };
	table_insert(&t->stack_table, hash, id);
	return id;
}

/* Frames */

static uint32_t category_of(enum frame_kind kind)
{
	return kind == FRAME_KERNEL ? KERNEL : kind == FRAME_JIT ? JIT :
	       kind == FRAME_USER || kind == FRAME_INLINED ? USER : OTHER;
}

/*
 * Where it is known what part of memory the file was in, the address counts from its
 * beginning; else it may do so anyway, when it is small enough.
 */
static int64_t address_of(const struct profile *p, const struct frame_place *place)
{
	if (place == NULL || place->address == 0 || place->mapping == ID_NONE)
		return -1;
	const struct mapping *m = &p->places->mappings[place->mapping];
	uint64_t address = place->address;
	if (m->limit > m->start && address >= m->start && address < m->limit)
		address = address - m->start + m->offset;
	return address <= ADDRESS_MAX ? (int64_t)address : -1;
}

static uint32_t func_of(struct firefox_shared *t, uint32_t id,
			const struct frame_place *place)
{
	struct firefox_func func = {
		.name = intern(&t->strings, profile_name(t->profile, id)),
		.file = ID_NONE,
		.lib = lib_of(t, &t->profile->frames[id], place),
	};
	if (place) {
		func.file = find_source(t, place->file);
		func.start_line = place->start_line;
	}
	return find_func(t, &func);
}

/* What was compiled into a function is where that is, and of its category. */
static struct firefox_frame frame_of(struct firefox_shared *t, uint32_t id,
				     const struct firefox_frame *caller)
{
	const struct frame_place *place = profile_place(t->profile, id);
	enum frame_kind kind = t->profile->frames[id].kind;
	struct firefox_frame f = {
		.func = func_of(t, id, place), .category = category_of(kind),
		.address = address_of(t->profile, place),
	};
	if (place && place->line > 0)
		f.line = place->line;
	if (place && place->column > 0)
		f.column = place->column;
	if (kind != FRAME_INLINED)
		return f;
	f.depth = caller->depth + 1;
	if (caller->category != OTHER)
		f.category = caller->category;
	if (caller->address >= 0)
		f.address = caller->address;
	return f;
}

uint32_t firefox_shared_stack(struct firefox_shared *t, const uint32_t *frames,
			      uint32_t depth, struct str category)
{
	struct firefox_frame f = { .address = -1 };
	uint32_t stack = ID_NONE;
	for (uint32_t i = 0; i < depth; i++) {
		f = frame_of(t, frames[i], &f);
		if (i + 1 == depth && category.n > 0)
			f.category = intern(&t->categories, category);
		stack = find_stack(t, stack, find_frame(t, &f));
	}
	return stack;
}

/* JSON */

static void put_comma(struct output *out, uint32_t i)
{
	if (i > 0)
		output_char(out, ',');
}

static void put_number(struct output *out, uint32_t i, int64_t number)
{
	put_comma(out, i);
	output_i64(out, number);
}

static void put_or_null(struct output *out, uint32_t i, bool is_known, int64_t number)
{
	put_comma(out, i);
	if (is_known)
		output_i64(out, number);
	else
		output_lit(out, "null");
}

/* A column of equal values. */
static void put_same(struct output *out, const char *name, uint32_t count,
		     struct str value)
{
	output_lit(out, ",\n\"");
	output_bytes(out, str_of(name));
	output_lit(out, "\":[");
	for (uint32_t i = 0; i < count; i++) {
		put_comma(out, i);
		output_bytes(out, value);
	}
	output_char(out, ']');
}

/* Begins a column whose numbers are told by an expression. */
#define PUT_COLUMN(out, name, count, put)                                      \
	do {                                                                   \
		output_lit(out, ",\n\"" name "\":[");                         \
		for (uint32_t i = 0; i < (count); i++)                         \
			put;                                                   \
		output_char(out, ']');                                         \
	} while (0)

static void begin_table(struct output *out, const char *name, uint32_t count)
{
	output_lit(out, ",\n\"");
	output_bytes(out, str_of(name));
	output_lit(out, "\":{\"length\":");
	output_u64(out, count);
}

static struct str color_of(struct str category)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_categories); i++)
		if (str_eq(known_categories[i].name, category))
			return known_categories[i].color;
	return STR("magenta");
}

void firefox_shared_put_categories(const struct firefox_shared *t, struct output *out)
{
	output_char(out, '[');
	for (uint32_t i = 0; i < t->categories.count; i++) {
		struct str name = intern_text(&t->categories, i);
		output_bytes(out, i ? STR(",\n{\"name\":") : STR("\n{\"name\":"));
		output_json(out, name);
		output_lit(out, ",\"color\":\"");
		output_bytes(out, color_of(name));
		output_lit(out, "\",\"subcategories\":[\"Other\"]}");
	}
	output_char(out, ']');
}

/* 33 digits: of a build id the first 16 bytes, as a GUID has them, and an age. */
static void put_breakpad_id(struct output *out, struct str hex)
{
	static const unsigned order[] = {
		3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15,
	};
	output_char(out, '"');
	for (size_t i = 0; i < 2 * ARRAY_SIZE(order); i++) {
		size_t at = 2 * order[i / 2] + i % 2;
		int digit = at < hex.n ? num_hex_digit(hex.p[at]) : 0;
		output_char(out, "0123456789ABCDEF"[digit < 0 ? 0 : digit]);
	}
	output_lit(out, "0\"");
}

void firefox_shared_put_libs(const struct firefox_shared *t, struct output *out)
{
	output_char(out, '[');
	for (uint32_t i = 0; i < t->lib_count; i++) {
		const struct firefox_library *lib = &t->libs[i];
		struct str path = text_of(t, lib->path);
		struct str name = intern_text(&t->strings, lib->name);
		struct str id = lib->build_id == ID_NONE ? STR("") :
							   text_of(t, lib->build_id);
		output_bytes(out, i ? STR(",\n{\"arch\":\"\",\"name\":") :
				      STR("\n{\"arch\":\"\",\"name\":"));
		output_json(out, name);
		output_lit(out, ",\"path\":");
		output_json(out, path);
		output_lit(out, ",\"debugName\":");
		output_json(out, name);
		output_lit(out, ",\"debugPath\":");
		output_json(out, path);
		output_lit(out, ",\"breakpadId\":");
		put_breakpad_id(out, id);
		output_lit(out, ",\"codeId\":");
		if (id.n)
			output_json(out, id);
		else
			output_lit(out, "null");
		output_char(out, '}');
	}
	output_char(out, ']');
}

static void put_stacks(const struct firefox_shared *t, struct output *out)
{
	const struct firefox_stack *s = t->stacks;
	uint32_t n = t->stack_count;
	begin_table(out, "stackTable", n);
	PUT_COLUMN(out, "frame", n, put_number(out, i, s[i].frame));
	PUT_COLUMN(out, "prefix", n,
		   put_or_null(out, i, s[i].prefix != ID_NONE, s[i].prefix));
	output_char(out, '}');
}

static void put_frames(const struct firefox_shared *t, struct output *out)
{
	const struct firefox_frame *f = t->frames;
	uint32_t n = t->frame_count;
	begin_table(out, "frameTable", n);
	PUT_COLUMN(out, "func", n, put_number(out, i, f[i].func));
	PUT_COLUMN(out, "category", n, put_number(out, i, f[i].category));
	PUT_COLUMN(out, "line", n, put_or_null(out, i, f[i].line, f[i].line));
	PUT_COLUMN(out, "column", n, put_or_null(out, i, f[i].column, f[i].column));
	PUT_COLUMN(out, "address", n, put_number(out, i, f[i].address));
	PUT_COLUMN(out, "inlineDepth", n, put_number(out, i, f[i].depth));
	put_same(out, "subcategory", n, STR("0"));
	put_same(out, "nativeSymbol", n, STR("null"));
	put_same(out, "innerWindowID", n, STR("0"));
	output_char(out, '}');
}

/* An URL, or a file of a language that is compiled when it runs. */
static bool is_script(const struct firefox_shared *t, const struct firefox_func *f)
{
	static const struct str suffixes[] = {
		STR(".js"),  STR(".mjs"), STR(".cjs"),
		STR(".jsx"), STR(".ts"),  STR(".tsx"),
	};
	if (f->file == ID_NONE || f->lib != ID_NONE)
		return false;
	struct str file = intern_text(&t->strings, t->sources[f->file]);
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (str_ends(file, suffixes[i]))
			return true;
	return str_find(file, STR("://")) > 0;
}

static void put_bool(struct output *out, uint32_t i, bool value)
{
	put_comma(out, i);
	output_bytes(out, value ? STR("true") : STR("false"));
}

/* Each library is a resource of the same number. */
static void put_funcs(const struct firefox_shared *t, struct output *out)
{
	const struct firefox_func *f = t->funcs;
	uint32_t n = t->func_count;
	begin_table(out, "funcTable", n);
	PUT_COLUMN(out, "name", n, put_number(out, i, f[i].name));
	PUT_COLUMN(out, "isJS", n, put_bool(out, i, is_script(t, &f[i])));
	put_same(out, "relevantForJS", n, STR("false"));
	PUT_COLUMN(out, "resource", n,
		   put_number(out, i, f[i].lib == ID_NONE ? -1 : (int64_t)f[i].lib));
	PUT_COLUMN(out, "source", n,
		   put_or_null(out, i, f[i].file != ID_NONE, f[i].file));
	PUT_COLUMN(out, "lineNumber", n,
		   put_or_null(out, i, f[i].start_line > 0, f[i].start_line));
	put_same(out, "columnNumber", n, STR("null"));
	output_char(out, '}');
}

static void put_resources(const struct firefox_shared *t, struct output *out)
{
	uint32_t n = t->lib_count;
	begin_table(out, "resourceTable", n);
	PUT_COLUMN(out, "lib", n, put_number(out, i, i));
	PUT_COLUMN(out, "name", n, put_number(out, i, t->libs[i].name));
	put_same(out, "host", n, STR("null"));
	put_same(out, "type", n, STR("1"));
	output_char(out, '}');
}

static void put_sources(const struct firefox_shared *t, struct output *out)
{
	begin_table(out, "sources", t->source_count);
	put_same(out, "uuid", t->source_count, STR("null"));
	PUT_COLUMN(out, "filename", t->source_count, put_number(out, i, t->sources[i]));
	output_char(out, '}');
}

static void put_strings(const struct firefox_shared *t, struct output *out)
{
	output_lit(out, "\"stringArray\":[");
	for (uint32_t i = 0; i < t->strings.count; i++) {
		output_bytes(out, i ? STR(",\n") : STR("\n"));
		output_json(out, intern_text(&t->strings, i));
	}
	output_char(out, ']');
}

void firefox_shared_put(const struct firefox_shared *t, struct output *out)
{
	output_char(out, '{');
	put_strings(t, out);
	put_stacks(t, out);
	put_frames(t, out);
	put_funcs(t, out);
	put_resources(t, out);
	put_sources(t, out);
	output_lit(out,
		   ",\n\"nativeSymbols\":{\"length\":0,\"libIndex\":[],\"address\":[],"
		   "\"name\":[],\"functionSize\":[]}}");
}
