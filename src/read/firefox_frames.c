/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The processed format tells what a frame is:
 *
 *	frame     func 4, line 12, address 0x1149 in the library, inlineDepth 1
 *	func 4    name "dot", file "a.h", resource 0
 *	resource  lib 2
 *
 * Gecko has one text for it, which the Firefox Profiler takes apart:
 *
 *	0x7eff6e211c15                      an address in memory
 *	dot (in libfoo.so) + 12             a function of a library
 *	leaf (http://a/b.js:3:14)[2]        JavaScript
 *	http://a/b.js:1:1                   ... outside of functions
 *	XRE_InitChildProcess                anything else
 *
 * https://github.com/firefox-devtools/profiler/blob/main/src/profile-logic/process-profile.ts
 *
 * What was not symbolized has its address for a name in both, and is looked up in the
 * file of the library, when its build id is known.  Gecko's addresses of callers are those
 * to return to; in the processed format they are 1 less.
 */
#include "read/firefox_frames.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"

/* What is told of a frame. */
struct told {
	struct str name, file;
	int64_t line, column;    /* FIREFOX_NONE: not told */
	int64_t start_line;
	const struct firefox_lib *lib;   /* NULL: none */
	struct str module;       /* where there is no lib */
	uint64_t address;        /* in the lib, where there is one; 0: not known */
	uint64_t symbol;         /* where the function begins */
	bool is_inlined;
	bool is_unknown;         /* the name is an address */
	bool is_script;          /* names of JavaScript are no signatures */
	enum frame_kind kind;
};

void firefox_frames_init(struct firefox_frames *f, const struct firefox_file *file,
			 struct input *in, struct profile *profile,
			 const struct want *want)
{
	*f = (struct firefox_frames){
		.in = in, .profile = profile, .want = want, .file = file,
	};
	locations_init(&f->locations, profile, want);
	f->symbolizer = symbolizer_new(in, profile, want, want->addrs);
}

void firefox_frames_free(struct firefox_frames *f)
{
	locations_free(&f->locations);
	symbolizer_delete(f->symbolizer);
	free(f->made);
	free(f->pool);
	free(f->libs);
	buf_free(&f->text);
}

/* Threads */

static int by_start(const void *a, const void *b)
{
	const struct firefox_lib *x = *(const struct firefox_lib *const *)a,
				 *y = *(const struct firefox_lib *const *)b;
	return (x->start > y->start) - (x->start < y->start);
}

static void sort_libs(struct firefox_frames *f)
{
	const struct firefox_process *p = f->process;
	f->lib_count = p->lib_count;
	ARRAY_RESERVE(f->libs, f->lib_capacity, f->lib_count + 1ull);
	for (uint32_t i = 0; i < f->lib_count; i++)
		f->libs[i] = &p->libs[i];
	qsort(f->libs, f->lib_count, sizeof(*f->libs), by_start);
}

void firefox_frames_use(struct firefox_frames *f, const struct firefox_thread *t)
{
	static const struct firefox_table none;
	const struct firefox_table *frames = f->tables[FIREFOX_FRAMES];
	const struct firefox_texts *strings = f->strings;
	const struct firefox_process *process = f->process;
	for (unsigned i = 0; i < FIREFOX_OF_CODE; i++) {
		const struct firefox_table *shared = &f->file->shared.tables[i];
		f->tables[i] = t->own && t->own->tables[i].is_told ? &t->own->tables[i] :
			       shared->is_told ? shared : &none;
	}
	f->strings = t->own && t->own->strings.is_told ? &t->own->strings :
							 &f->file->shared.strings;
	f->process = &f->file->processes[t->process];
	f->thread = t;
	if (f->process != process)
		sort_libs(f);
	if (frames == f->tables[FIREFOX_FRAMES] && strings == f->strings &&
	    f->process == process)
		return;
	size_t count = 2 * (size_t)f->tables[FIREFOX_FRAMES]->rows;
	ARRAY_RESERVE(f->made, f->made_capacity, count + 1);
	while (f->made_count < count)
		f->made[f->made_count++] = (struct firefox_made){ 0 };
	f->tables_number++;
	f->pool_count = 0;
}

/* References */

static bool fail(const struct firefox_frames *f, enum firefox_table_id table,
		 uint32_t row, const char *what, int64_t number, uint32_t rows)
{
	struct buf name = { 0 };
	buf_add(&name, f->thread->name.n > 40 ? str_head(f->thread->name, 40) :
						f->thread->name);
	bool own = f->thread->own && f->tables[table] == &f->thread->own->tables[table];
	input_fail(f->in,
		   "%s of %s%s%s, row %" PRIu32 ": there is no %s %" PRId64
		   ", but %" PRIu32 " of them",
		   firefox_tables_name(table).p, own ? "thread '" : "all threads",
		   own ? buf_cstr(&name) : "", own ? "'" : "", row, what, number, rows);
	buf_free(&name);
	return false;
}

static const char *word_for(enum firefox_table_id table, unsigned column)
{
	static const char *const frame_words[FRAME_COLUMNS] = {
		[FRAME_FUNC] = "func", [FRAME_LOCATION] = "text", [FRAME_LIB] = "lib",
		[FRAME_SYMBOL] = "nativeSymbol", [FRAME_CATEGORY] = "category",
	};
	switch (table) {
	case FIREFOX_STACKS: return column == STACK_FRAME ? "frame" : "prefix before it";
	case FIREFOX_FRAMES: return frame_words[column];
	case FIREFOX_FUNCS: return column == FUNC_RESOURCE ? "resource" :
				   column == FUNC_SOURCE ? "source" : "text";
	case FIREFOX_SOURCES: return "text";
	default: return "lib";
	}
}

bool firefox_frames_index(const struct firefox_frames *f, enum firefox_table_id table,
			  unsigned column, uint32_t row, uint32_t rows, int64_t *index)
{
	*index = firefox_numbers_find(&f->tables[table]->columns[column], row);
	if (*index < 0)
		*index = -1;
	return *index < rows ||
	       fail(f, table, row, word_for(table, column), *index, rows);
}

/* Where nothing is told of categories, the numbers say nothing. */
bool firefox_frames_category(const struct firefox_frames *f, uint32_t frame,
			     int64_t *category)
{
	*category = -1;
	return f->file->category_count == 0 ||
	       firefox_frames_index(f, FIREFOX_FRAMES, FRAME_CATEGORY, frame,
				    f->file->category_count, category);
}

/* The text that a row refers to; empty without one. */
static bool text_of(const struct firefox_frames *f, enum firefox_table_id table,
		    unsigned column, uint32_t row, struct str *text)
{
	int64_t i;
	if (!firefox_frames_index(f, table, column, row, f->strings->count, &i))
		return false;
	*text = i < 0 ? STR("") : f->strings->texts[i];
	return true;
}

/* The processed format */

static bool tell_file(const struct firefox_frames *f, uint32_t func, struct told *t)
{
	int64_t source;
	if (!firefox_frames_index(f, FIREFOX_FUNCS, FUNC_SOURCE, func,
				  f->tables[FIREFOX_SOURCES]->rows, &source))
		return false;
	if (source < 0)
		return text_of(f, FIREFOX_FUNCS, FUNC_FILE, func, &t->file);
	return text_of(f, FIREFOX_SOURCES, SOURCE_FILE, (uint32_t)source, &t->file);
}

/* Of the frame itself, of its function, or of the symbol that it is in. */
static bool tell_lib(const struct firefox_frames *f, uint32_t frame, uint32_t func,
		     struct told *t)
{
	const struct firefox_numbers *resources =
		&f->tables[FIREFOX_RESOURCES]->columns[RESOURCE_LIB];
	uint32_t libs = f->process->lib_count;
	int64_t lib, resource, symbol;
	if (!firefox_frames_index(f, FIREFOX_FRAMES, FRAME_LIB, frame, libs, &lib) ||
	    !firefox_frames_index(f, FIREFOX_FUNCS, FUNC_RESOURCE, func,
				  resources->is_told ? resources->count : UINT32_MAX,
				  &resource) ||
	    !firefox_frames_index(
		    f, FIREFOX_FRAMES, FRAME_SYMBOL, frame,
		    f->tables[FIREFOX_SYMBOLS]->columns[SYMBOL_ADDRESS].count, &symbol))
		return false;
	if (lib < 0 && resource >= 0 &&
	    !firefox_frames_index(f, FIREFOX_RESOURCES, RESOURCE_LIB, (uint32_t)resource,
				  libs, &lib))
		return false;
	if (symbol >= 0) {
		int64_t address = firefox_numbers_find(
			&f->tables[FIREFOX_SYMBOLS]->columns[SYMBOL_ADDRESS],
			(uint32_t)symbol);
		t->symbol = address > 0 ? (uint64_t)address : 0;
	}
	t->lib = lib < 0 ? NULL : &f->process->libs[lib];
	return true;
}

static bool is_address(struct str name)
{
	uint64_t address;
	return str_take(&name, STR("0x")) && num_hex(name, &address);
}

/* Others than profilers of native code have a category of this name, too. */
static enum frame_kind kind_of(const struct firefox_frames *f, int64_t category,
			       bool is_js)
{
	if (category < 0 || is_js)
		return FRAME_USER;
	struct str name = f->file->categories[category];
	return str_eq(name, STR("Kernel")) ? FRAME_KERNEL :
	       str_eq(name, STR("JIT")) ? FRAME_JIT : FRAME_USER;
}

static bool tell_processed(const struct firefox_frames *f, uint32_t frame, struct told *t)
{
	const struct firefox_numbers *c = f->tables[FIREFOX_FRAMES]->columns;
	const struct firefox_table *funcs = f->tables[FIREFOX_FUNCS];
	int64_t func, category;
	if (!firefox_frames_index(f, FIREFOX_FRAMES, FRAME_FUNC, frame, funcs->rows,
				  &func) ||
	    !firefox_frames_category(f, frame, &category))
		return false;
	if (func < 0)
		return input_fail(f->in, "frameTable of thread '%.*s', row %" PRIu32
				  ": there is no func", STR_ARG(f->thread->name), frame);
	uint32_t row = (uint32_t)func;
	if (!text_of(f, FIREFOX_FUNCS, FUNC_NAME, row, &t->name) ||
	    !tell_file(f, row, t) || !tell_lib(f, frame, row, t))
		return false;
	int64_t address = firefox_numbers_find(&c[FRAME_ADDRESS], frame);
	t->address = address > 0 ? (uint64_t)address : 0;
	t->line = firefox_numbers_find(&c[FRAME_LINE], frame);
	t->column = firefox_numbers_find(&c[FRAME_COLUMN], frame);
	t->start_line = firefox_numbers_find(&funcs->columns[FUNC_LINE], row);
	t->is_inlined = firefox_numbers_find(&c[FRAME_INLINE_DEPTH], frame) > 0;
	t->is_unknown = is_address(t->name);
	if (t->is_unknown && t->address == 0)
		num_hex(str_skip(t->name, 2), &t->address);
	t->is_script = firefox_numbers_find(&funcs->columns[FUNC_IS_JS], row) > 0;
	t->kind = kind_of(f, category, t->is_script);
	return true;
}

/* Gecko's texts */

static const struct firefox_lib *lib_at(const struct firefox_frames *f, uint64_t address)
{
	uint32_t from = 0, to = f->lib_count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (f->libs[middle]->start <= address)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == 0 || address >= f->libs[from - 1]->end)
		return NULL;
	return f->libs[from - 1];
}

static void tell_address(const struct firefox_frames *f, bool is_caller, struct told *t)
{
	num_hex(str_skip(t->name, 2), &t->address);
	t->is_unknown = true;
	if (is_caller && t->address > 0)
		t->address--;
	t->lib = lib_at(f, t->address);
	if (t->lib)
		t->address = t->address - t->lib->start + t->lib->offset;
}

/* The last place of the text in s, -1 when it is not there. */
static ptrdiff_t last_of(struct str s, struct str text)
{
	ptrdiff_t at = -1, next = str_find(s, text);
	while (next >= 0) {
		at += next + 1;
		next = str_find(str_skip(s, (size_t)at + 1), text);
	}
	return at;
}

/* "name (in library)", "… (in library) + 12", "… (in library) (a.c:3)" */
static bool tell_native(struct told *t)
{
	ptrdiff_t at = last_of(t->name, STR(" (in "));
	if (at < 0)
		return false;
	struct str lib = str_skip(t->name, (size_t)at + STR(" (in ").n);
	ptrdiff_t end = str_chr(lib, ')');
	if (end < 0)
		return false;
	struct str rest = str_skip(lib, (size_t)end + 1);
	if (rest.n > 0 && !str_starts(rest, STR(" + ")) && !str_starts(rest, STR(" (")))
		return false;
	t->module = str_head(lib, (size_t)end);
	t->name = str_head(t->name, (size_t)at);
	str_take(&t->name, STR("non-virtual thunk to "));
	return true;
}

/* Cuts ":12" off the end. */
static bool cut_number(struct str *s, int64_t *number)
{
	ptrdiff_t colon = str_rchr(*s, ':');
	uint64_t value;
	if (colon <= 0 || !num_u64(str_skip(*s, (size_t)colon + 1), &value) ||
	    value > INT32_MAX)
		return false;
	*number = (int64_t)value;
	*s = str_head(*s, (size_t)colon);
	return true;
}

/* "[2]", which source it is, tells nothing more. */
static struct str without_source(struct str s)
{
	ptrdiff_t open = str_rchr(s, '[');
	if (open > 0 && str_ends(s, STR("]")) &&
	    num_is_digits(str_span(s.p + open + 1, s.p + s.n - 1)))
		return str_head(s, (size_t)open);
	return s;
}

/* Of "chrome://a.js -> resource://b.js" the last one. */
static struct str real_script(struct str url)
{
	ptrdiff_t arrow;
	while ((arrow = str_find(url, STR(" -> "))) >= 0)
		url = str_skip(url, (size_t)arrow + STR(" -> ").n);
	return url;
}

/* "name (url:line:column)[source]"; without a name it is the script itself. */
static bool tell_script(struct firefox_frames *f, struct told *t)
{
	struct str s = without_source(t->name), name = STR("");
	ptrdiff_t open = last_of(s, STR(" ("));
	int64_t number, line;
	if (open >= 0 && str_ends(s, STR(")"))) {
		name = str_head(s, (size_t)open);
		s = str_span(s.p + open + 2, s.p + s.n - 1);
	}
	if (!cut_number(&s, &number))
		return false;
	t->start_line = cut_number(&s, &line) ? line : number;
	t->file = real_script(s);
	t->is_script = true;
	t->name = name;
	if (name.n == 0) {
		buf_clear(&f->text);
		buf_add(&f->text, STR("(root scope) "));
		buf_add(&f->text, t->file);
		t->name = profile_keep(f->profile, buf_str(&f->text));
	}
	return true;
}

static bool tell_gecko(struct firefox_frames *f, uint32_t frame, bool is_caller,
		       struct told *t)
{
	const struct firefox_numbers *c = f->tables[FIREFOX_FRAMES]->columns;
	if (!text_of(f, FIREFOX_FRAMES, FRAME_LOCATION, frame, &t->name))
		return false;
	t->line = firefox_numbers_find(&c[FRAME_LINE], frame);
	t->column = firefox_numbers_find(&c[FRAME_COLUMN], frame);
	t->start_line = FIREFOX_NONE;
	if (is_address(t->name))
		tell_address(f, is_caller, t);
	else if (!tell_native(t))
		tell_script(f, t);
	return true;
}

/* Frames of the profile */

static void keep(struct firefox_frames *f, const uint32_t *frames, uint32_t count)
{
	ARRAY_RESERVE(f->pool, f->pool_capacity, f->pool_count + (size_t)count);
	for (uint32_t i = 0; i < count; i++)
		f->pool[f->pool_count++] = frames[i];
}

static struct str path_of(const struct firefox_lib *lib)
{
	return lib->path.n ? lib->path : lib->name;
}

/* The bytes of an id in hexadecimal digits; empty when it is none. */
static struct str build_id(struct firefox_frames *f, struct str hex)
{
	buf_clear(&f->text);
	for (size_t i = 0; i + 1 < hex.n; i += 2) {
		int high = num_hex_digit(hex.p[i]), low = num_hex_digit(hex.p[i + 1]);
		if (high < 0 || low < 0)
			return STR("");
		buf_addc(&f->text, (char)(high << 4 | low));
	}
	return buf_str(&f->text);
}

/* Where a library begins is the address of its first byte. */
static void push_symbolized(struct firefox_frames *f, const struct told *t)
{
	struct symbolizer_file file = {
		.path = path_of(t->lib), .build_id = build_id(f, t->lib->code_id),
	};
	uint32_t module = symbolizer_module(f->symbolizer, &file), count;
	uint64_t base = symbolizer_address(f->symbolizer, module, 0);
	uint32_t place = symbolizer_place(f->symbolizer, module, base + t->address);
	const uint32_t *frames = symbolizer_frames(f->symbolizer, place, &count);
	keep(f, frames, count);
}

static uint32_t id_of(struct firefox_frames *f, struct str text)
{
	return text.n ? profile_text(f->profile, text) : ID_NONE;
}

static uint32_t line_text(struct firefox_frames *f, const struct told *t)
{
	if (t->file.n == 0)
		return ID_NONE;
	buf_clear(&f->text);
	buf_add(&f->text, t->file);
	if (t->line > 0)
		buf_addf(&f->text, ":%" PRId64, t->line);
	return profile_text(f->profile, buf_str(&f->text));
}

static int64_t or_0(int64_t number)
{
	return number > 0 ? number : 0;
}

static uint32_t place_of(struct firefox_frames *f, const struct told *t, uint32_t module)
{
	struct places *places = f->profile->places;
	struct frame_place place = {
		.mapping = ID_NONE, .file = id_of(f, t->file), .system_name = ID_NONE,
		.flags = t->is_unknown || t->name.n == 0 ? PLACE_NAMELESS : 0,
		.line = or_0(t->line), .column = or_0(t->column),
		.start_line = or_0(t->start_line), .address = t->address,
	};
	if (module != ID_NONE)
		place.mapping = places_mapping(places, &(struct mapping){
			.file = module,
			.build_id = t->lib ? id_of(f, t->lib->code_id) : ID_NONE,
		});
	return places_add(places, &place);
}

static void push_told(struct firefox_frames *f, const struct told *t)
{
	struct str module = t->lib ? path_of(t->lib) : t->module;
	struct location_key key = {
		.symbol = t->is_unknown ? STR("") : t->name,
		.module = location_module(&f->locations, module),
		.line = ID_NONE, .address = t->address, .kind = t->kind,
		.offset = t->address > t->symbol ? t->address - t->symbol : 0,
		.inlined = t->is_inlined,
	};
	if (t->is_script) {
		key.symbol = intern_text(&f->profile->text,
					 profile_name_text(f->profile, t->name));
		key.as_is = key.symbol.n > 0;
	}
	if (f->want->granularity != GRANULARITY_FUNCTIONS)
		key.line = line_text(f, t);
	if (f->want->places)
		key.place = 1 + place_of(f, t, key.module);
	uint32_t count, id = location_find(&f->locations, &key);
	const uint32_t *frames = location_frames(&f->locations, id, &count);
	keep(f, frames, count);
}

static bool make(struct firefox_frames *f, uint32_t frame, bool is_caller)
{
	struct told t = { .name = STR("") };
	bool is_gecko = f->tables[FIREFOX_FRAMES]->columns[FRAME_LOCATION].is_told;
	if (is_gecko ? !tell_gecko(f, frame, is_caller, &t) :
		       !tell_processed(f, frame, &t))
		return false;
	if (t.is_unknown && t.lib && t.lib->code_id.n > 0 && !t.is_inlined)
		push_symbolized(f, &t);
	else
		push_told(f, &t);
	return true;
}

bool firefox_frames_of(struct firefox_frames *f, uint32_t frame, bool is_caller,
		       struct firefox_made *made)
{
	size_t at = 2 * (size_t)frame + is_caller;
	uint32_t first = f->pool_count;
	if (f->made[at].tables != f->tables_number) {
		if (!make(f, frame, is_caller))
			return false;
		f->made[at] = (struct firefox_made){
			first, f->pool_count - first, f->tables_number,
		};
	}
	*made = f->made[at];
	return true;
}
