/* SPDX-License-Identifier: Apache-2.0 */
#include "read/v8frames.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/num.h"

void v8frames_init(struct v8frames *f, struct profile *profile, const struct want *want)
{
	*f = (struct v8frames){ .profile = profile, .want = want };
	locations_init(&f->places, profile, want);
}

void v8frames_free(struct v8frames *f)
{
	locations_free(&f->places);
	buf_free(&f->name);
	buf_free(&f->url);
	buf_free(&f->text);
}

void v8frames_begin(struct v8frames *f)
{
	buf_clear(&f->name);
	buf_clear(&f->url);
	f->line = f->column = 0;
	f->is_compiled = false;
}

static bool read_text(struct json *j, struct buf *to)
{
	if (json_next(j) != JSON_STRING)
		return j->kind > JSON_END && json_error(j, "no text where one belongs");
	buf_clear(to);
	buf_add(to, j->text);
	return true;
}

/* Of a line or column; what is no place is 0. */
static bool read_place(struct json *j, int64_t *to, bool from_1)
{
	struct decimal d;
	if (json_next(j) != JSON_NUMBER)
		return j->kind > JSON_END && json_error(j, "no number where one belongs");
	if (!num_decimal(j->text, &d) || d.scale > 0 || d.digits < -1 ||
	    d.digits >= INT32_MAX)
		return json_error(j, "'%.*s' is no line or column",
				  (int)(j->text.n > 40 ? 40 : j->text.n), j->text.p);
	*to = d.digits + !from_1;
	if (*to < 0)
		*to = 0;
	return true;
}

static bool member(struct v8frames *f, struct json *j, bool from_1)
{
	if (str_eq(j->text, STR("functionName")))
		return read_text(j, &f->name);
	if (str_eq(j->text, STR("url")))
		return read_text(j, &f->url);
	if (str_eq(j->text, STR("lineNumber")))
		return read_place(j, &f->line, from_1);
	if (str_eq(j->text, STR("columnNumber")))
		return read_place(j, &f->column, from_1);
	return json_skip(j);
}

/* Those of a node itself. */
bool v8frames_member(struct v8frames *f, struct json *j)
{
	return member(f, j, true);
}

bool v8frames_object(struct v8frames *f, struct json *j)
{
	if (json_next(j) != JSON_OBJECT)
		return j->kind > JSON_END && json_error(j, "no function of a node");
	while (json_next(j) == JSON_KEY)
		if (!member(f, j, false))
			return false;
	return j->kind == JSON_OBJECT_END;
}

void v8frames_set(struct v8frames *f, struct str name, struct str url, int64_t line,
		  int64_t column)
{
	v8frames_begin(f);
	buf_add(&f->name, name);
	buf_add(&f->url, url);
	f->line = line;
	f->column = column;
}

void v8frames_set_compiled(struct v8frames *f)
{
	f->is_compiled = true;
}

bool v8frames_has_some(const struct v8frames *f)
{
	return f->name.n > 0 || f->url.n > 0;
}

enum v8meta v8frames_meta(const struct v8frames *f)
{
	static const struct {
		struct str name;
		enum v8meta meta;
	} names[] = {
		{ STR("(root)"), V8_ROOT }, { STR("(idle)"), V8_IDLE },
		{ STR("(garbage collector)"), V8_GC }, { STR("(program)"), V8_PROGRAM },
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (f->url.n == 0 && str_eq(buf_str(&f->name), names[i].name))
			return names[i].meta;
	return V8_FUNCTION;
}

static uint32_t line_text(struct v8frames *f)
{
	if (f->url.n == 0)
		return ID_NONE;
	buf_clear(&f->text);
	buf_add(&f->text, buf_str(&f->url));
	if (f->line > 0)
		buf_addf(&f->text, ":%" PRId64, f->line);
	return profile_text(f->profile, buf_str(&f->text));
}

/*
 * A script is what there is in place of a file of code, but for what was compiled:
 * "[JIT]" is what model/location.h knows such code by.  "[eval]" it would take for the
 * kernel's.
 */
static uint32_t module_of(struct v8frames *f)
{
	struct str url = buf_str(&f->url);
	if (f->is_compiled)
		return location_module(&f->places, STR("[JIT]"));
	return url.n && url.p[0] == '[' ? ID_NONE : location_module(&f->places, url);
}

static uint32_t add_place(struct v8frames *f, uint32_t module)
{
	struct places *places = f->profile->places;
	struct frame_place place = {
		.mapping = ID_NONE, .system_name = ID_NONE, .file = ID_NONE,
		.line = f->line, .column = f->column, .start_line = f->line,
	};
	if (f->url.n)
		place.file = profile_text(f->profile, buf_str(&f->url));
	if (f->is_compiled)
		place.mapping = places_mapping(places, &(struct mapping){
			.file = module, .build_id = ID_NONE,
		});
	return places_add(places, &place);
}

uint32_t v8frames_end(struct v8frames *f)
{
	struct location_key key = {
		.symbol = f->name.n ? buf_str(&f->name) : STR("(anonymous)"),
		.module = module_of(f), .line = ID_NONE,
	};
	if (f->want->granularity != GRANULARITY_FUNCTIONS)
		key.line = line_text(f);
	if (f->want->places)
		key.place = 1 + add_place(f, key.module);
	uint32_t n, id = location_find(&f->places, &key);
	const uint32_t *frames = location_frames(&f->places, id, &n);
	return n ? frames[0] : ID_NONE;
}
