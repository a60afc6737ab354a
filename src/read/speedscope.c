/* SPDX-License-Identifier: Apache-2.0 */

/*
 * speedscope's own format, which many profilers write:
 *
 *	{"$schema":"https://www.speedscope.app/file-format-schema.json",
 *	"shared":{"frames":[{"name":"main","file":"a.py","line":3,"col":1}]},
 *	"profiles":[{"type":"sampled","name":"MainThread","unit":"seconds",
 *	"startValue":0,"endValue":0.5,"samples":[[0]],"weights":[0.5]}],
 *	"name":"a.py","activeProfileIndex":0,"exporter":"py-spy@0.3.14"}
 *
 * https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts.  Keys come
 * in any order, so that profiles (speedscope_profiles.c) wait as numbers until the frames
 * are known and it is known what there is; then they are handed over
 * (speedscope_push.c).
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "read/speedscope_push.h"

enum key { SHARED, PROFILES, NAME, ACTIVE, KEYS };

static const struct str keys[KEYS] = {
	[SHARED] = STR("shared"), [PROFILES] = STR("profiles"), [NAME] = STR("name"),
	[ACTIVE] = STR("activeProfileIndex"),
};

struct speedscope {
	struct input *in;
	struct json *json;
	const struct want *want;
	struct profile *profile;
	struct speedscope_table table;
	size_t table_capacity;
	struct speedscope_profiles profiles;
	unsigned seen;           /* 1u << enum key */
	bool has_frames;
	struct str title;
	int64_t active;
	struct speedscope_frame {
		struct buf name, file;
		bool has_name;
		int64_t line, column;    /* 0: not known */
		enum frame_kind kind;    /* where our own writer tells it */
	} frame;                 /* being read */
	struct buf line_text;
};

/* Frames */

static bool read_name(struct speedscope *s)
{
	if (!json_expect(s->json, JSON_STRING, "name"))
		return false;
	buf_clear(&s->frame.name);
	buf_add(&s->frame.name, s->json->text);
	s->frame.has_name = true;
	return true;
}

/* Where a profiler does not know it, there is null, a number below 1, or what else. */
static bool read_file(struct speedscope *s)
{
	if (json_next(s->json) == JSON_STRING)
		buf_add(&s->frame.file, s->json->text);
	return json_skip(s->json);
}

static bool read_line(struct speedscope *s, int64_t *line)
{
	uint64_t number;
	if (json_next(s->json) == JSON_NUMBER && num_u64(s->json->text, &number) &&
	    number <= INT32_MAX)
		*line = (int64_t)number;
	return json_skip(s->json);
}

static bool read_kind(struct speedscope *s)
{
	if (json_next(s->json) == JSON_STRING)
		s->frame.kind = frame_kind_of_word(s->json->text);
	if (s->frame.kind == FRAME_KINDS)
		s->frame.kind = FRAME_USER;
	return json_skip(s->json);
}

static bool read_frame_member(struct speedscope *s)
{
	struct str key = s->json->text;
	if (str_eq(key, STR("name")))
		return read_name(s);
	if (str_eq(key, STR("file")))
		return read_file(s);
	if (str_eq(key, STR("line")))
		return read_line(s, &s->frame.line);
	if (str_eq(key, STR("col")))
		return read_line(s, &s->frame.column);
	if (str_eq(key, STR("fgtools")))
		return read_kind(s);
	json_next(s->json);
	return json_skip(s->json);
}

/* A line tells functions of one name apart, so it stands for where they begin, too. */
static uint32_t place_of(struct speedscope *s)
{
	const struct speedscope_frame *f = &s->frame;
	struct frame_place place = {
		.mapping = ID_NONE, .system_name = ID_NONE,
		.file = f->file.n ? profile_text(s->profile, buf_str(&f->file)) : ID_NONE,
		.line = f->line, .column = f->column, .start_line = f->line,
		.flags = f->name.n == 0 ? PLACE_NAMELESS : 0,
	};
	return places_add(s->profile->places, &place);
}

static uint32_t line_text(struct speedscope *s)
{
	const struct speedscope_frame *f = &s->frame;
	if (f->file.n == 0)
		return ID_NONE;
	buf_clear(&s->line_text);
	buf_add(&s->line_text, buf_str(&f->file));
	if (f->line > 0)
		buf_addf(&s->line_text, ":%" PRId64, f->line);
	return profile_text(s->profile, buf_str(&s->line_text));
}

static void add_frame(struct speedscope *s)
{
	struct location_key key = {
		.symbol = buf_str(&s->frame.name), .module = ID_NONE,
		.line = line_text(s), .kind = s->frame.kind,
	};
	if (s->want->places) {
		key.place = 1 + place_of(s);
		key.as_is = s->want->names.style == NAMES_FULL && !names_is_mangled(key.symbol);
	}
	ARRAY_RESERVE(s->table.location, s->table_capacity, (size_t)s->table.count + 1);
	s->table.location[s->table.count++] = location_find(&s->table.locations, &key);
}

static bool read_frame(struct speedscope *s)
{
	struct json *j = s->json;
	s->frame.has_name = false;
	s->frame.line = s->frame.column = 0;
	s->frame.kind = FRAME_USER;
	buf_clear(&s->frame.file);
	if (s->table.count == SPEEDSCOPE_FRAMES_MAX)
		return json_error(j, "more than %d frames", SPEEDSCOPE_FRAMES_MAX);
	while (json_next(j) == JSON_KEY)
		if (!read_frame_member(s))
			return false;
	if (j->kind != JSON_OBJECT_END)
		return false;
	if (!s->frame.has_name)
		return json_error(j, "a frame without a name");
	add_frame(s);
	return true;
}

static bool read_frames(struct speedscope *s)
{
	struct json *j = s->json;
	if (s->has_frames)
		return json_error(j, "'frames' comes twice");
	s->has_frames = true;
	if (!json_expect(j, JSON_ARRAY, "list of frames"))
		return false;
	while (json_next(j) == JSON_OBJECT)
		if (!read_frame(s))
			return false;
	return json_is(j, JSON_ARRAY_END, "frame");
}

static bool read_shared(struct speedscope *s)
{
	struct json *j = s->json;
	if (!json_expect(j, JSON_OBJECT, "object"))
		return false;
	while (json_next(j) == JSON_KEY) {
		bool frames = str_eq(j->text, STR("frames"));
		if (!(frames ? read_frames(s) : json_skip(j)))
			return false;
	}
	return j->kind == JSON_OBJECT_END;
}

static bool check_frames(struct speedscope *s)
{
	const struct speedscope_profiles *p = &s->profiles;
	if (p->largest_line == 0 || p->largest < s->table.count)
		return true;
	s->in->line = p->largest_line;
	return input_error(s->in, "frame %" PRIu32 " is not in the table, which has %" PRIu32,
			   p->largest, s->table.count);
}

/* The file */

static bool read_title(struct speedscope *s)
{
	if (json_next(s->json) == JSON_STRING)
		s->title = profile_keep(s->profile, str_trim(s->json->text));
	return json_skip(s->json);
}

static bool read_active(struct speedscope *s)
{
	uint64_t number;
	if (json_next(s->json) == JSON_NUMBER && num_u64(s->json->text, &number) &&
	    number <= UINT32_MAX)
		s->active = (int64_t)number;
	return json_skip(s->json);
}

static bool read_value(struct speedscope *s, enum key key)
{
	switch (key) {
	case SHARED: return read_shared(s);
	case PROFILES: return speedscope_profiles_read(&s->profiles, s->json);
	case NAME: return read_title(s);
	case ACTIVE: return read_active(s);
	case KEYS: break;
	}
	return json_skip(s->json);
}

/* What speedscope calls everything that has no name tells nothing. */
static void keep_title(struct speedscope *s)
{
	const struct speedscope_profiles *p = &s->profiles;
	struct str title = s->title;
	if (title.n == 0 && p->count == 1 && p->items[0].own.series.n == 0)
		title = p->items[0].name;
	if (s->profile->title.n == 0 && !str_eq(title, STR("profile")))
		s->profile->title = title;
}

static bool push(struct speedscope *s, struct samples *out)
{
	unsigned missing = (1u << SHARED | 1u << PROFILES) & ~s->seen;
	if (missing)
		return input_error(s->in, "there is no '%s'", keys[__builtin_ctz(missing)].p);
	keep_title(s);
	return check_frames(s) && speedscope_push(s->in, s->want, out, &s->profiles,
						  &s->table, (uint32_t)s->active);
}

static bool read_json(struct speedscope *s, struct samples *out)
{
	struct json *j = s->json;
	if (!json_expect(j, JSON_OBJECT, "object"))
		return false;
	while (json_next(j) == JSON_KEY) {
		enum key key = 0;
		while (key < KEYS && !str_eq(keys[key], j->text))
			key++;
		if (key < KEYS && s->seen >> key & 1)
			return json_error(j, "'%.*s' comes twice", STR_ARG(j->text));
		if (!read_value(s, key))
			return false;
		s->seen |= 1u << key;
	}
	return j->kind == JSON_OBJECT_END && json_next(j) == JSON_END && push(s, out);
}

static bool read_speedscope(struct input *in, const struct want *want, struct samples *out)
{
	struct speedscope s = {
		.in = in, .json = json_new(in), .want = want, .profile = out->profile,
	};
	locations_init(&s.table.locations, out->profile, want);
	speedscope_profiles_init(&s.profiles, out->profile);
	bool ok = read_json(&s, out);
	speedscope_profiles_free(&s.profiles);
	locations_free(&s.table.locations);
	free(s.table.location);
	buf_free(&s.frame.name);
	buf_free(&s.frame.file);
	buf_free(&s.line_text);
	json_delete(s.json);
	return ok && !in->failed;
}

static bool starts_with_key(struct str head, struct str key)
{
	head = str_skip_space(str_skip(head, 1));
	return str_take(&head, STR("\"")) && str_take(&head, key) &&
	       str_starts(head, STR("\""));
}

/* The address of the schema may stand behind all that a probe sees. */
static enum probe probe_speedscope(struct str head)
{
	head = str_skip_space(head);
	if (!str_starts(head, STR("{")))
		return PROBE_NO;
	if (str_find(head, STR("www.speedscope.app/file-format-schema.json")) >= 0)
		return PROBE_SURE;
	bool has_frames = starts_with_key(head, STR("shared")) &&
			  str_find(head, STR("\"frames\"")) >= 0;
	bool has_profiles = starts_with_key(head, STR("profiles")) &&
			    str_find(head, STR("\"type\"")) >= 0;
	bool is_exported = starts_with_key(head, STR("exporter")) &&
			   str_find(head, STR("\"speedscope@")) >= 0;
	return has_frames || has_profiles || is_exported ? PROBE_LIKELY : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
};

const struct reader reader_speedscope = {
	.name = "speedscope",
	.title = "JSON of speedscope.app",
	.leaf_first = true,
	.is_sampled = true,      /* unless a profile is evented */
	.probe = probe_speedscope,
	.read = read_speedscope,
	.hints = &hints,
};
