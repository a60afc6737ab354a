/* SPDX-License-Identifier: Apache-2.0 */
#include "read/firefox_tables.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"

struct known_column {
	struct str key;
	unsigned column;
	bool may_be_decimal;
	bool is_time;
};

static const struct known_column stacks[] = {
	{ STR("frame"), STACK_FRAME, 0, 0 }, { STR("prefix"), STACK_PREFIX, 0, 0 },
	{ STR("prefixOffset"), STACK_PREFIX_OFFSET, 0, 0 },
};

static const struct known_column frames[] = {
	{ STR("func"), FRAME_FUNC, 0, 0 }, { STR("location"), FRAME_LOCATION, 0, 0 },
	{ STR("line"), FRAME_LINE, 0, 0 }, { STR("column"), FRAME_COLUMN, 0, 0 },
	{ STR("address"), FRAME_ADDRESS, 0, 0 }, { STR("nativeSymbol"), FRAME_SYMBOL, 0, 0 },
	{ STR("inlineDepth"), FRAME_INLINE_DEPTH, 0, 0 },
	{ STR("category"), FRAME_CATEGORY, 0, 0 }, { STR("lib"), FRAME_LIB, 0, 0 },
};

static const struct known_column funcs[] = {
	{ STR("name"), FUNC_NAME, 0, 0 }, { STR("isJS"), FUNC_IS_JS, 0, 0 },
	{ STR("resource"), FUNC_RESOURCE, 0, 0 }, { STR("fileName"), FUNC_FILE, 0, 0 },
	{ STR("source"), FUNC_SOURCE, 0, 0 }, { STR("lineNumber"), FUNC_LINE, 0, 0 },
};

static const struct known_column resources[] = { { STR("lib"), RESOURCE_LIB, 0, 0 } };

static const struct known_column symbols[] = { { STR("address"), SYMBOL_ADDRESS, 0, 0 } };

static const struct known_column sources[] = { { STR("filename"), SOURCE_FILE, 0, 0 } };

static const struct known_column samples[] = {
	{ STR("stack"), SAMPLE_STACK, 0, 0 }, { STR("weight"), SAMPLE_WEIGHT, 1, 0 },
	{ STR("time"), SAMPLE_TIME, 1, 1 }, { STR("timeDeltas"), SAMPLE_TIME_DELTA, 1, 1 },
	{ STR("threadCPUDelta"), SAMPLE_CPU, 1, 0 },
	{ STR("memoryAddress"), SAMPLE_MEMORY, 0, 0 },
};

static const struct known_table {
	struct str key;
	const struct known_column *columns;
	unsigned count;
} tables[FIREFOX_TABLES] = {
	[FIREFOX_STACKS] = { STR("stackTable"), stacks, ARRAY_SIZE(stacks) },
	[FIREFOX_FRAMES] = { STR("frameTable"), frames, ARRAY_SIZE(frames) },
	[FIREFOX_FUNCS] = { STR("funcTable"), funcs, ARRAY_SIZE(funcs) },
	[FIREFOX_RESOURCES] = { STR("resourceTable"), resources, ARRAY_SIZE(resources) },
	[FIREFOX_SYMBOLS] = { STR("nativeSymbols"), symbols, ARRAY_SIZE(symbols) },
	[FIREFOX_SOURCES] = { STR("sources"), sources, ARRAY_SIZE(sources) },
	[FIREFOX_SAMPLES] = { STR("samples"), samples, ARRAY_SIZE(samples) },
	[FIREFOX_JS_ALLOCATIONS] = { STR("jsAllocations"), samples, ARRAY_SIZE(samples) },
	[FIREFOX_NATIVE_ALLOCATIONS] = { STR("nativeAllocations"), samples,
					 ARRAY_SIZE(samples) },
};

enum { SMALL_DIGITS = 12 };

struct reading {
	struct firefox_table *table;
	const struct known_table *known;
	struct json *json;
	bool times;
	bool has_schema;
	const struct known_column *of_cell[FIREFOX_CELLS_MAX];
	struct firefox_numbers cells[FIREFOX_CELLS_MAX];
	uint32_t rows;           /* of cells */
	int64_t length;          /* as told; -1: not told */
};

void firefox_tables_free(struct firefox_table *t)
{
	for (unsigned i = 0; t && i < FIREFOX_COLUMNS_MAX; i++)
		firefox_numbers_free(&t->columns[i]);
}

void firefox_tables_free_texts(struct firefox_texts *s)
{
	free(s->texts);
	arena_free(&s->arena);
}

enum firefox_table_id firefox_tables_find(struct str key)
{
	enum firefox_table_id id = 0;
	while (id < FIREFOX_TABLES && !str_eq(tables[id].key, key))
		id++;
	return id;
}

struct str firefox_tables_name(enum firefox_table_id id)
{
	return tables[id].key;
}

static const struct known_column *find_column(const struct reading *r, struct str key)
{
	for (unsigned i = 0; i < r->known->count; i++)
		if (str_eq(r->known->columns[i].key, key))
			return r->known->columns[i].is_time && !r->times ?
				       NULL :
				       &r->known->columns[i];
	return NULL;
}

/* Columns */

static bool read_column(struct reading *r, const struct known_column *known)
{
	struct firefox_numbers *n = &r->table->columns[known->column];
	if (n->is_told)
		return json_error(r->json, "'%s' comes twice", known->key.p);
	n->may_be_decimal = known->may_be_decimal;
	return firefox_numbers_read(n, r->json);
}

/* Rows.  What a schema that comes behind them will not name is kept in vain. */

static bool read_schema(struct reading *r)
{
	struct json *j = r->json;
	if (!json_expect(j, JSON_OBJECT, "schema"))
		return false;
	while (json_next(j) == JSON_KEY) {
		const struct known_column *known = find_column(r, j->text);
		int64_t cell;
		if (!json_next_count(j, &cell))
			return false;
		if (known && cell >= FIREFOX_CELLS_MAX)
			return json_error(j,
					  "'%s' is cell %" PRId64
					  " of a row, more than %d "
					  "are not known",
					  known->key.p, cell, FIREFOX_CELLS_MAX);
		if (known)
			r->of_cell[cell] = known;
	}
	r->has_schema = true;
	return j->kind == JSON_OBJECT_END;
}

/* Ids of windows are not, and are not looked at. */
static bool is_small(struct str number)
{
	ptrdiff_t point = str_chr(number, '.');
	return number.n <= SMALL_DIGITS || (point >= 0 && point <= SMALL_DIGITS);
}

static bool read_cell(struct reading *r, unsigned cell)
{
	struct json *j = r->json;
	bool is_number = j->kind == JSON_NUMBER || j->kind == JSON_NULL ||
			 j->kind == JSON_TRUE || j->kind == JSON_FALSE;
	bool is_known = cell < FIREFOX_CELLS_MAX &&
			(r->has_schema ? r->of_cell[cell] != NULL :
					 is_number && is_small(j->text));
	if (!is_known)
		return json_skip(j);
	struct firefox_numbers *n = &r->cells[cell];
	if (n->count == 0)
		n->may_be_decimal = !r->has_schema || r->of_cell[cell]->may_be_decimal;
	firefox_numbers_fill(n, r->rows);
	return firefox_numbers_add(n, j);
}

static bool read_rows(struct reading *r)
{
	struct json *j = r->json;
	if (!json_expect(j, JSON_ARRAY, "list of rows"))
		return false;
	for (; json_next(j) == JSON_ARRAY; r->rows++)
		for (unsigned cell = 0; json_next(j) != JSON_ARRAY_END; cell++)
			if (j->kind <= JSON_END || !read_cell(r, cell))
				return false;
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no row where one belongs"));
}

/* Short rows end in nulls. */
static bool take_cells(struct reading *r)
{
	for (unsigned cell = 0; cell < FIREFOX_CELLS_MAX; cell++) {
		const struct known_column *known = r->of_cell[cell];
		if (known == NULL)
			continue;
		struct firefox_numbers *n = &r->table->columns[known->column];
		if (n->is_told)
			return json_error(r->json, "'%s' comes twice", known->key.p);
		*n = r->cells[cell];
		r->cells[cell] = (struct firefox_numbers){ 0 };
		n->is_told = true;
		if (!known->may_be_decimal && !firefox_numbers_make_whole(n))
			return json_error(r->json, "not all numbers of '%s' are whole",
					  known->key.p);
		firefox_numbers_fill(n, r->rows);
	}
	return true;
}

/* The table */

static bool read_weight_type(struct reading *r)
{
	struct json *j = r->json;
	static const struct str types[] = {
		STR("samples"), STR("tracing-ms"), STR("bytes"),
	};
	json_next(j);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (j->kind == JSON_STRING && str_eq(j->text, types[i]))
			r->table->weight_type = types[i];
	if (j->kind == JSON_STRING && r->table->weight_type.n == 0)
		return json_error(j,
				  "weights are 'samples', 'tracing-ms' or 'bytes', not "
				  "'%.*s'",
				  (int)(j->text.n > 40 ? 40 : j->text.n), j->text.p);
	return json_skip(j);
}

static bool read_member(struct reading *r)
{
	struct json *j = r->json;
	const struct known_column *known = find_column(r, j->text);
	if (str_eq(j->text, STR("length")))
		return json_next_count(j, &r->length);
	if (str_eq(j->text, STR("schema")))
		return read_schema(r);
	if (str_eq(j->text, STR("data")))
		return read_rows(r);
	if (str_eq(j->text, STR("weightType")))
		return read_weight_type(r);
	if (known == NULL)
		return json_skip(j);
	return read_column(r, known);
}

/* The column without which rows tell nothing. */
static const struct firefox_numbers *needed_column(const struct reading *r)
{
	const struct firefox_table *t = r->table;
	const struct known_column *first = &r->known->columns[0];
	if (r->known == &tables[FIREFOX_FRAMES] && t->columns[FRAME_LOCATION].count > 0)
		first = &r->known->columns[1];
	return &t->columns[first->column];
}

static bool check_length(struct reading *r)
{
	struct firefox_table *t = r->table;
	enum firefox_table_id id = (enum firefox_table_id)(r->known - tables);
	bool is_needed = id != FIREFOX_RESOURCES && id != FIREFOX_SYMBOLS;
	int64_t rows = r->length;
	t->rows = needed_column(r)->count;
	for (unsigned i = 0; i < r->known->count; i++) {
		const struct known_column *known = &r->known->columns[i];
		const struct firefox_numbers *n = &t->columns[known->column];
		if (n->count == 0)
			continue;
		if (rows >= 0 && n->count != rows)
			return json_error(r->json,
					  "'%s' of %s has %" PRIu32 " rows, where "
					  "there are %" PRId64,
					  known->key.p, r->known->key.p, n->count, rows);
		rows = n->count;
	}
	if (is_needed && rows > 0 && t->rows == 0)
		return json_error(r->json, "%s has no '%s'", r->known->key.p,
				  r->known->columns[0].key.p);
	return true;
}

bool firefox_tables_read(struct firefox_table *t, enum firefox_table_id id,
			 struct json *j, bool times)
{
	struct reading r = {
		.table = t, .known = &tables[id], .json = j, .times = times, .length = -1,
	};
	t->is_told = true;
	bool ok = json_expect(j, JSON_OBJECT, "table");
	while (ok && json_next(j) == JSON_KEY)
		ok = read_member(&r);
	ok = ok && j->kind == JSON_OBJECT_END && take_cells(&r) && check_length(&r);
	for (unsigned i = 0; i < FIREFOX_CELLS_MAX; i++)
		firefox_numbers_free(&r.cells[i]);
	return ok;
}

/* Texts */

static bool read_texts(struct firefox_texts *s, struct json *j)
{
	while (json_next(j) == JSON_STRING) {
		if (s->count == INT32_MAX)
			return json_error(j, "more than 2 billion texts");
		ARRAY_RESERVE(s->texts, s->capacity, s->count + 1ull);
		s->texts[s->count++] =
			j->text.n ? arena_copy(&s->arena, j->text) : STR("");
	}
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no text where one belongs"));
}

bool firefox_tables_read_texts(struct firefox_texts *s, struct json *j)
{
	if (s->is_told)
		return json_error(j, "texts come twice");
	s->is_told = true;
	return json_expect(j, JSON_ARRAY, "list of texts") && read_texts(s, j);
}
