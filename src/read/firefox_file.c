/* SPDX-License-Identifier: Apache-2.0 */
#include "read/firefox_file.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"

enum {
	OLDEST = 41,
	NESTED_MAX = JSON_DEPTH_MAX,
	THREADS_MAX = 1 << 20,
	CATEGORIES_MAX = 4096
};

/* Values */

/* A text; anything else is passed over. */
static bool read_text(struct firefox_file *f, struct str *text)
{
	if (json_next(f->json) == JSON_STRING)
		*text = arena_copy(&f->arena, f->json->text);
	return json_skip(f->json);
}

/* 12, "12" and, in what was put together of several profiles, "12.1". */
static bool read_id(struct firefox_file *f, int64_t *id)
{
	struct json *j = f->json;
	uint64_t number;
	json_next(j);
	struct str rest = j->text;
	if ((j->kind == JSON_STRING || j->kind == JSON_NUMBER) &&
	    num_u64(str_cut(&rest, '.'), &number) && number <= INT64_MAX)
		*id = (int64_t)number;
	return json_skip(j);
}

static bool read_address(struct firefox_file *f, uint64_t *address)
{
	if (json_next(f->json) != JSON_NUMBER || !num_u64(f->json->text, address))
		*address = 0;
	return json_skip(f->json);
}

/* The whole */

static bool read_category(struct firefox_file *f)
{
	struct json *j = f->json;
	struct str name = STR("");
	while (json_next(j) == JSON_KEY)
		if (str_eq(j->text, STR("name")) ? !read_text(f, &name) : !json_skip(j))
			return false;
	ARRAY_RESERVE(f->categories, f->category_capacity, f->category_count + 1ull);
	f->categories[f->category_count++] = name;
	return j->kind == JSON_OBJECT_END;
}

static bool read_categories(struct firefox_file *f)
{
	struct json *j = f->json;
	if (!json_expect(j, JSON_ARRAY, "list of categories"))
		return false;
	while (json_next(j) == JSON_OBJECT) {
		if (f->category_count == CATEGORIES_MAX)
			return json_error(j, "more than %d categories", CATEGORIES_MAX);
		if (!read_category(f))
			return false;
	}
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no category where one belongs"));
}

static bool read_units(struct firefox_file *f)
{
	struct json *j = f->json;
	if (json_next(j) != JSON_OBJECT)
		return json_skip(j);
	while (json_next(j) == JSON_KEY)
		if (str_eq(j->text, STR("threadCPUDelta")) ? !read_text(f, &f->cpu_unit) :
							     !json_skip(j))
			return false;
	return j->kind == JSON_OBJECT_END;
}

static bool read_version(struct firefox_file *f)
{
	int64_t version;
	if (!json_next_count(f->json, &version))
		return false;
	return version >= OLDEST ||
	       json_error(f->json,
			  "version %" PRId64 " of the format is not known, %d and "
			  "later ones are; profiler.firefox.com can read it and save it "
			  "again",
			  version, OLDEST);
}

/* Milliseconds in millionths are ns. */
static bool read_main_meta(struct firefox_file *f, struct str key)
{
	if (str_eq(key, STR("preprocessedProfileVersion")))
		return read_version(f);
	if (str_eq(key, STR("categories")) && f->category_count == 0)
		return read_categories(f);
	if (str_eq(key, STR("product")))
		return read_text(f, &f->product);
	if (str_eq(key, STR("arguments")))
		return read_text(f, &f->arguments);
	if (str_eq(key, STR("sampleUnits")))
		return read_units(f);
	if (str_eq(key, STR("interval")))
		return firefox_numbers_next(f->json, &f->interval);
	if (str_eq(key, STR("profilingStartTime")))
		return firefox_numbers_next(f->json, &f->begin);
	if (str_eq(key, STR("profilingEndTime")))
		return firefox_numbers_next(f->json, &f->end);
	return json_skip(f->json);
}

static bool read_meta(struct firefox_file *f, uint32_t process)
{
	struct json *j = f->json;
	if (!json_expect(j, JSON_OBJECT, "object"))
		return false;
	while (json_next(j) == JSON_KEY) {
		bool ok = str_eq(j->text, STR("startTime")) ?
				  firefox_numbers_next(j, &f->processes[process].start) :
			  process == 0 ? read_main_meta(f, j->text) :
					 json_skip(j);
		if (!ok)
			return false;
	}
	return j->kind == JSON_OBJECT_END;
}

/* Libraries */

static bool read_lib_member(struct firefox_file *f, struct firefox_lib *lib)
{
	struct str key = f->json->text;
	if (str_eq(key, STR("name")))
		return read_text(f, &lib->name);
	if (str_eq(key, STR("path")))
		return read_text(f, &lib->path);
	if (str_eq(key, STR("codeId")))
		return read_text(f, &lib->code_id);
	if (str_eq(key, STR("start")))
		return read_address(f, &lib->start);
	if (str_eq(key, STR("end")))
		return read_address(f, &lib->end);
	if (str_eq(key, STR("offset")))
		return read_address(f, &lib->offset);
	return json_skip(f->json);
}

static bool read_libs(struct firefox_file *f, uint32_t process)
{
	struct firefox_process *p = &f->processes[process];
	struct json *j = f->json;
	if (!json_expect(j, JSON_ARRAY, "list of libraries"))
		return false;
	while (json_next(j) == JSON_OBJECT) {
		struct firefox_lib lib = { .name = STR("") };
		while (json_next(j) == JSON_KEY)
			if (!read_lib_member(f, &lib))
				return false;
		ARRAY_RESERVE(p->libs, p->lib_capacity, p->lib_count + 1ull);
		p->libs[p->lib_count++] = lib;
	}
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no library where one belongs"));
}

/* Tables */

static bool read_table(struct firefox_file *f, struct firefox_table *t,
		       enum firefox_table_id id)
{
	if (t->is_told)
		return json_error(f->json, "'%s' comes twice", firefox_tables_name(id).p);
	return firefox_tables_read(t, id, f->json, f->times);
}

/* "stringArray", or "stringTable" as Gecko and old profiles have it. */
static bool is_strings(struct str key)
{
	return str_eq(key, STR("stringArray")) || str_eq(key, STR("stringTable"));
}

static bool read_shared(struct firefox_file *f)
{
	struct json *j = f->json;
	if (!json_expect(j, JSON_OBJECT, "object"))
		return false;
	while (json_next(j) == JSON_KEY) {
		enum firefox_table_id id = firefox_tables_find(j->text);
		bool ok = is_strings(j->text) ?
				  firefox_tables_read_texts(&f->shared.strings, j) :
			  id < FIREFOX_OF_CODE ?
				  read_table(f, &f->shared.tables[id], id) :
				  json_skip(j);
		if (!ok)
			return false;
	}
	return j->kind == JSON_OBJECT_END;
}

/* Threads */

static struct firefox_code *own_code(struct firefox_thread *t)
{
	if (t->own == NULL)
		t->own = xcalloc(1, sizeof(*t->own));
	return t->own;
}

static bool read_thread_table(struct firefox_file *f, struct firefox_thread *t,
			      enum firefox_table_id id)
{
	if (id < FIREFOX_OF_CODE)
		return read_table(f, &own_code(t)->tables[id], id);
	struct firefox_table **table = &t->samples[id - FIREFOX_OF_CODE];
	if (*table == NULL)
		*table = xcalloc(1, sizeof(**table));
	return read_table(f, *table, id);
}

static bool read_thread_member(struct firefox_file *f, struct firefox_thread *t)
{
	struct str key = f->json->text;
	enum firefox_table_id id = firefox_tables_find(key);
	if (id < FIREFOX_TABLES)
		return read_thread_table(f, t, id);
	if (is_strings(key))
		return firefox_tables_read_texts(&own_code(t)->strings, f->json);
	if (str_eq(key, STR("name")))
		return read_text(f, &t->name);
	if (str_eq(key, STR("processName")))
		return read_text(f, &t->process_name);
	if (str_eq(key, STR("pid")))
		return read_id(f, &t->pid);
	if (str_eq(key, STR("tid")))
		return read_id(f, &t->tid);
	return json_skip(f->json);
}

static bool read_threads(struct firefox_file *f, uint32_t process)
{
	struct json *j = f->json;
	if (!json_expect(j, JSON_ARRAY, "list of threads"))
		return false;
	while (json_next(j) == JSON_OBJECT) {
		if (f->thread_count == THREADS_MAX)
			return json_error(j, "more than %d threads", THREADS_MAX);
		uint32_t i = f->thread_count++;
		ARRAY_RESERVE(f->threads, f->thread_capacity, f->thread_count);
		f->threads[i] = (struct firefox_thread){
			.pid = -1, .tid = -1, .process = process,
		};
		while (json_next(j) == JSON_KEY)
			if (!read_thread_member(f, &f->threads[i]))
				return false;
		if (j->kind != JSON_OBJECT_END)
			return false;
	}
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no thread where one belongs"));
}

/* Processes */

static uint32_t new_process(struct firefox_file *f)
{
	ARRAY_RESERVE(f->processes, f->process_capacity, f->process_count + 1ull);
	f->processes[f->process_count] =
		(struct firefox_process){ .start = FIREFOX_NONE };
	return f->process_count++;
}

enum part { META, LIBS, THREADS, SHARED, PARTS };

static enum part find_part(struct str key)
{
	static const struct str names[PARTS] = {
		STR("meta"), STR("libs"), STR("threads"), STR("shared"),
	};
	enum part part = 0;
	while (part < PARTS && !str_eq(names[part], key))
		part++;
	return part;
}

static bool read_member(struct firefox_file *f, uint32_t process)
{
	enum part part = find_part(f->json->text);
	unsigned *seen = &f->processes[process].seen;
	if (part < PARTS && *seen >> part & 1)
		return json_error(f->json, "'%.*s' comes twice", STR_ARG(f->json->text));
	*seen |= 1u << part;
	switch (part) {
	case META: return read_meta(f, process);
	case LIBS: return read_libs(f, process);
	case THREADS: return read_threads(f, process);
	case SHARED: return process == 0 ? read_shared(f) : json_skip(f->json);
	case PARTS: break;
	}
	return json_skip(f->json);
}

/*
 * Gecko puts processes into processes; what stands in {"profile": } is the profile
 * itself.
 */
static bool read_processes(struct firefox_file *f)
{
	struct json *j = f->json;
	uint32_t owner[NESTED_MAX + 1];
	unsigned open = 0;
	if (!json_expect(j, JSON_OBJECT, "object"))
		return false;
	owner[open++] = new_process(f);
	while (open > 0) {
		enum json_kind kind = json_next(j);
		bool ok = true;
		if (kind == JSON_OBJECT) {
			owner[open++] = new_process(f);
		} else if (kind == JSON_OBJECT_END) {
			open--;
		} else if (kind == JSON_KEY && str_eq(j->text, STR("processes"))) {
			ok = json_expect(j, JSON_ARRAY, "list of processes");
		} else if (kind == JSON_KEY && str_eq(j->text, STR("profile")) &&
			   open == 1) {
			ok = json_expect(j, JSON_OBJECT, "object");
			owner[open++] = 0;
		} else if (kind == JSON_KEY) {
			ok = read_member(f, owner[open - 1]);
		} else if (kind != JSON_ARRAY_END) {
			ok = kind > JSON_END &&
			     json_error(j, "no process where one belongs");
		}
		if (!ok)
			return false;
	}
	return json_next(j) == JSON_END;
}

bool firefox_file_read(struct firefox_file *f, struct input *in, bool times)
{
	*f = (struct firefox_file){
		.in = in, .times = times, .begin = FIREFOX_NONE, .end = FIREFOX_NONE,
		.json = json_new(in), .interval = FIREFOX_NONE,
	};
	bool ok = read_processes(f);
	json_delete(f->json);
	f->json = NULL;
	if (ok && f->thread_count == 0)
		return input_fail(in, "there is no thread");
	return ok && !in->failed;
}

static void free_code(struct firefox_code *c)
{
	for (unsigned i = 0; i < FIREFOX_OF_CODE; i++)
		firefox_tables_free(&c->tables[i]);
	firefox_tables_free_texts(&c->strings);
}

void firefox_file_free(struct firefox_file *f)
{
	for (uint32_t i = 0; i < f->thread_count; i++) {
		struct firefox_thread *t = &f->threads[i];
		for (unsigned k = 0; k < FIREFOX_SAMPLE_TABLES; k++) {
			firefox_tables_free(t->samples[k]);
			free(t->samples[k]);
		}
		if (t->own)
			free_code(t->own);
		free(t->own);
	}
	for (uint32_t i = 0; i < f->process_count; i++)
		free(f->processes[i].libs);
	free_code(&f->shared);
	free(f->threads);
	free(f->processes);
	free(f->categories);
	arena_free(&f->arena);
}
