/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_FIREFOX_TABLES_H
#define READ_FIREFOX_TABLES_H

#include "base/arena.h"
#include "read/firefox_numbers.h"

/*
 * The tables of a profile.  The processed format has columns, Gecko's has rows:
 *
 *	"stackTable":{"frame":[0,1],"prefix":[null,0],"length":2}
 *	"stackTable":{"schema":{"prefix":0,"frame":1},"data":[[null,0],[0,1]]}
 *
 * Both become columns here.  Those that tell nothing of stacks are not kept.
 */
enum firefox_table_id {
	FIREFOX_STACKS,
	FIREFOX_FRAMES,
	FIREFOX_FUNCS,
	FIREFOX_RESOURCES,
	FIREFOX_SYMBOLS,
	FIREFOX_SOURCES,
	FIREFOX_OF_CODE,         /* these may belong to a thread or to all */
	FIREFOX_SAMPLES = FIREFOX_OF_CODE,
	FIREFOX_JS_ALLOCATIONS,
	FIREFOX_NATIVE_ALLOCATIONS,
	FIREFOX_TABLES,
};

/* Columns, by table. */
enum { STACK_FRAME, STACK_PREFIX, STACK_PREFIX_OFFSET, STACK_COLUMNS };
enum {
	FRAME_FUNC, FRAME_LOCATION, FRAME_LINE, FRAME_COLUMN, FRAME_ADDRESS, FRAME_SYMBOL,
	FRAME_INLINE_DEPTH, FRAME_CATEGORY, FRAME_LIB, FRAME_COLUMNS
};
enum {
	FUNC_NAME,
	FUNC_IS_JS,
	FUNC_RESOURCE,
	FUNC_FILE,
	FUNC_SOURCE,
	FUNC_LINE,
	FUNC_COLUMNS
};
enum { RESOURCE_LIB };
enum { SYMBOL_ADDRESS };
enum { SOURCE_FILE };
enum {
	SAMPLE_STACK, SAMPLE_WEIGHT, SAMPLE_TIME, SAMPLE_TIME_DELTA, SAMPLE_CPU,
	SAMPLE_MEMORY, SAMPLE_COLUMNS
};

enum { FIREFOX_COLUMNS_MAX = FRAME_COLUMNS, FIREFOX_CELLS_MAX = 16 };

struct firefox_table {
	bool is_told;
	uint32_t rows;
	struct firefox_numbers columns[FIREFOX_COLUMNS_MAX];
	struct str weight_type;  /* of samples; empty: not told */
};

struct firefox_texts {
	bool is_told;
	struct str *texts;
	uint32_t count;
	size_t capacity;
	struct arena arena;
};

/* NULL is fine. */
void firefox_tables_free(struct firefox_table *);
void firefox_tables_free_texts(struct firefox_texts *);

/* The table that a key names, FIREFOX_TABLES for none. */
enum firefox_table_id firefox_tables_find(struct str key);

/* "frameTable" */
struct str firefox_tables_name(enum firefox_table_id);

/*
 * The object that comes next.  "times": those of samples are wanted, too.  All columns
 * that are there have table->rows numbers.  False after an error.
 */
bool firefox_tables_read(struct firefox_table *, enum firefox_table_id, struct json *,
			bool times);

/* The array of texts that comes next, or an object that holds it. */
bool firefox_tables_read_texts(struct firefox_texts *, struct json *);

#endif
