/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	[{"type":"sampled","name":"cpu","unit":"milliseconds","startValue":0,"endValue":3.5,
 *	"samples":[[0,1],[0]],"weights":[3,0.5]},
 *	{"type":"evented","name":"Thread 2","unit":"none","startValue":0,"endValue":14,
 *	"events":[{"type":"O","frame":0,"at":0},{"type":"C","frame":0,"at":14}]}]
 *
 * Keys come in any order.  Events are a stack: what is opened last is closed first.
 */
#include "read/speedscope_profiles.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/samples.h"

enum key { TYPE, NAME, UNIT, START, END, SAMPLES, WEIGHTS, EVENTS, OWN, KEYS };

static const struct str keys[KEYS] = {
	[TYPE] = STR("type"), [NAME] = STR("name"), [UNIT] = STR("unit"),
	[START] = STR("startValue"), [END] = STR("endValue"),
	[SAMPLES] = STR("samples"), [WEIGHTS] = STR("weights"), [EVENTS] = STR("events"),
	[OWN] = STR("fgtools"),
};

struct frame_event {
	unsigned seen;           /* 1u << enum event_key */
	int64_t frame;
	struct decimal at;
	bool opens;
};

enum event_key { EVENT_TYPE, EVENT_FRAME, EVENT_AT, EVENT_KEYS };

static const struct str event_keys[EVENT_KEYS] = {
	[EVENT_TYPE] = STR("type"), [EVENT_FRAME] = STR("frame"), [EVENT_AT] = STR("at"),
};

void speedscope_profiles_init(struct speedscope_profiles *s, struct profile *profile)
{
	*s = (struct speedscope_profiles){ .profile = profile };
}

void speedscope_profiles_free(struct speedscope_profiles *s)
{
	free(s->items);
	free(s->frames);
	free(s->ends);
	free(s->numbers);
	free(s->open);
}

/* Values */

static int find_key(const struct str *names, int count, struct str key)
{
	int i = 0;
	while (i < count && !str_eq(names[i], key))
		i++;
	return i;
}

static bool twice(struct json *j)
{
	return json_error(j, "'%.*s' comes twice", STR_ARG(j->text));
}

static bool read_text(struct speedscope_profiles *s, struct json *j, struct str *text)
{
	if (!json_expect(j, JSON_STRING, "text"))
		return false;
	*text = profile_keep(s->profile, j->text);
	return true;
}

static bool read_word(struct speedscope_profiles *s, struct json *j, struct str *word)
{
	struct buf text = { 0 };
	if (!json_expect(j, JSON_STRING, "text"))
		return false;
	metrics_add_word(&text, j->text);
	*word = profile_keep(s->profile, buf_str(&text));
	buf_free(&text);
	return true;
}

static bool read_unit(struct speedscope_profiles *s, struct json *j, struct str *unit)
{
	return read_text(s, j, unit) &&
	       (metrics_is_unit(*unit) ||
		json_error(j, "'%.*s' is no unit", (int)(unit->n > 40 ? 40 : unit->n),
			   unit->p));
}

/* Of the token got last. */
static bool take_decimal(struct json *j, struct decimal *value)
{
	return json_is(j, JSON_NUMBER, "number") &&
	       (num_decimal(j->text, value) ||
		json_error(j, "'%.*s' does not fit in 63 bits",
			   (int)(j->text.n > 40 ? 40 : j->text.n), j->text.p));
}

static bool read_decimal(struct json *j, struct decimal *value)
{
	json_next(j);
	return take_decimal(j, value);
}

static void add_number(struct speedscope_profiles *s, struct decimal value)
{
	ARRAY_RESERVE(s->numbers, s->number_capacity, s->number_count + 1);
	s->numbers[s->number_count++] = value;
}

static bool add_frame(struct speedscope_profiles *s, struct json *j, int64_t frame,
		      uint32_t kept)
{
	if (frame >= SPEEDSCOPE_FRAMES_MAX)
		return json_error(j, "there is no frame %lld", (long long)frame);
	ARRAY_RESERVE(s->frames, s->frame_capacity, s->frame_count + 1);
	s->frames[s->frame_count++] = kept;
	if (s->largest_line == 0 || frame > s->largest) {
		s->largest = (uint32_t)frame;
		s->largest_line = json_line(j);
	}
	return true;
}

/* Samples */

static bool read_stack(struct speedscope_profiles *s, struct json *j)
{
	uint64_t start = s->frame_count;
	while (json_next(j) != JSON_ARRAY_END) {
		int64_t frame;
		if (!json_count(j, &frame))
			return false;
		if (s->frame_count - start >= SAMPLES_DEPTH_MAX)
			return json_error(j, "stack of more than %d frames",
					  SAMPLES_DEPTH_MAX);
		if (!add_frame(s, j, frame, (uint32_t)frame))
			return false;
	}
	ARRAY_RESERVE(s->ends, s->end_capacity, s->end_count + 1);
	s->ends[s->end_count++] = s->frame_count;
	return true;
}

static bool read_samples(struct speedscope_profiles *s, struct json *j)
{
	if (!json_expect(j, JSON_ARRAY, "list of stacks"))
		return false;
	while (json_next(j) == JSON_ARRAY)
		if (!read_stack(s, j))
			return false;
	return json_is(j, JSON_ARRAY_END, "stack");
}

static bool read_weights(struct speedscope_profiles *s, struct json *j)
{
	struct decimal weight;
	if (!json_expect(j, JSON_ARRAY, "list of weights"))
		return false;
	while (json_next(j) != JSON_ARRAY_END) {
		if (!take_decimal(j, &weight))
			return false;
		if (weight.digits < 0)
			return json_error(j, "a weight below 0");
		add_number(s, weight);
	}
	return true;
}

/* Events */

static bool read_event_type(struct json *j, bool *opens)
{
	if (!json_expect(j, JSON_STRING, "text"))
		return false;
	*opens = str_eq(j->text, STR("O"));
	return *opens || str_eq(j->text, STR("C")) ||
	       json_error(j, "an event that is neither 'O' nor 'C'");
}

static bool read_event_member(struct json *j, enum event_key key, struct frame_event *e)
{
	switch (key) {
	case EVENT_TYPE: return read_event_type(j, &e->opens);
	case EVENT_FRAME: return json_next_count(j, &e->frame);
	case EVENT_AT: return read_decimal(j, &e->at);
	case EVENT_KEYS: break;
	}
	return json_skip(j);
}

static bool read_event(struct json *j, struct frame_event *e)
{
	while (json_next(j) == JSON_KEY) {
		int key = find_key(event_keys, EVENT_KEYS, j->text);
		if (key < EVENT_KEYS && e->seen >> key & 1)
			return twice(j);
		if (!read_event_member(j, key, e))
			return false;
		e->seen |= 1u << key;
	}
	unsigned missing = ((1u << EVENT_KEYS) - 1) & ~e->seen;
	if (j->kind == JSON_OBJECT_END && missing)
		return json_error(j, "an event without '%s'",
				  event_keys[__builtin_ctz(missing)].p);
	return j->kind == JSON_OBJECT_END;
}

static bool open_frame(struct speedscope_profiles *s, struct json *j, uint32_t frame)
{
	if (s->open_count == SAMPLES_DEPTH_MAX)
		return json_error(j, "more than %d open frames", SAMPLES_DEPTH_MAX);
	ARRAY_RESERVE(s->open, s->open_capacity, s->open_count + 1);
	s->open[s->open_count++] = frame;
	return true;
}

static bool close_frame(struct speedscope_profiles *s, struct json *j, uint32_t frame)
{
	if (s->open_count == 0)
		return json_error(j, "frame %" PRIu32 " is closed, and none is open", frame);
	uint32_t innermost = s->open[--s->open_count];
	return frame == innermost ||
	       json_error(j, "frame %" PRIu32 " is closed before frame %" PRIu32
			  ", which it has called", frame, innermost);
}

static bool is_earlier(struct decimal a, struct decimal b)
{
	unsigned scale = a.scale > b.scale ? a.scale : b.scale;
	struct decimal x = a, y = b;
	if (num_rescale(&x, scale) && num_rescale(&y, scale))
		return x.digits < y.digits;
	return a.digits / powl(10, a.scale) < b.digits / powl(10, b.scale);
}

static bool add_event(struct speedscope_profiles *s, struct json *j, const struct frame_event *e,
		      uint64_t first)
{
	if (s->number_count > first &&
	    is_earlier(e->at, s->numbers[s->number_count - 1]))
		return json_error(j, "an event earlier than the one before it");
	if (!add_frame(s, j, e->frame, (uint32_t)e->frame << 1 | e->opens))
		return false;
	add_number(s, e->at);
	return e->opens ? open_frame(s, j, (uint32_t)e->frame) :
			  close_frame(s, j, (uint32_t)e->frame);
}

static bool read_events(struct speedscope_profiles *s, struct json *j)
{
	uint64_t first = s->number_count;
	if (!json_expect(j, JSON_ARRAY, "list of events"))
		return false;
	s->open_count = 0;
	while (json_next(j) == JSON_OBJECT) {
		struct frame_event e = { 0 };
		if (!read_event(j, &e) || !add_event(s, j, &e, first))
			return false;
	}
	if (j->kind == JSON_ARRAY_END && s->open_count > 0)
		return json_error(j, "the events end, and frame %" PRIu32 " is still open",
				  s->open[s->open_count - 1]);
	return json_is(j, JSON_ARRAY_END, "event");
}

/* What our own writer adds */

static bool read_own_member(struct speedscope_profiles *s, struct json *j,
			    struct speedscope_own *own)
{
	if (str_eq(j->text, STR("series")))
		return read_word(s, j, &own->series);
	if (str_eq(j->text, STR("own")))
		return read_text(s, j, &own->own);
	if (str_eq(j->text, STR("unit")))
		return read_word(s, j, &own->unit);
	if (str_eq(j->text, STR("comm")))
		return own->has_comm = read_text(s, j, &own->comm);
	if (str_eq(j->text, STR("pid")))
		return json_next_count(j, &own->pid);
	if (str_eq(j->text, STR("tid")))
		return json_next_count(j, &own->tid);
	return json_skip(j);
}

static bool read_own(struct speedscope_profiles *s, struct json *j,
		     struct speedscope_own *own)
{
	if (!json_expect(j, JSON_OBJECT, "object"))
		return false;
	while (json_next(j) == JSON_KEY)
		if (!read_own_member(s, j, own))
			return false;
	return j->kind == JSON_OBJECT_END;
}

/* A profile */

static bool read_type(struct json *j, bool *is_evented)
{
	if (!json_expect(j, JSON_STRING, "text"))
		return false;
	*is_evented = str_eq(j->text, STR("evented"));
	return *is_evented || str_eq(j->text, STR("sampled")) ||
	       json_error(j, "profiles of the type '%.*s' are not known, 'sampled' and "
			  "'evented' are", (int)(j->text.n > 40 ? 40 : j->text.n),
			  j->text.p);
}

static bool read_member(struct speedscope_profiles *s, struct json *j, enum key key,
			struct speedscope_profile *p)
{
	switch (key) {
	case TYPE: return read_type(j, &p->is_evented);
	case NAME: return read_text(s, j, &p->name);
	case UNIT: return read_unit(s, j, &p->unit);
	case START: return read_decimal(j, &p->start);
	case END: return p->has_end = read_decimal(j, &p->end);
	case SAMPLES: return read_samples(s, j);
	case WEIGHTS: return read_weights(s, j);
	case EVENTS: return read_events(s, j);
	case OWN: return read_own(s, j, &p->own);
	case KEYS: break;
	}
	return json_skip(j);
}

static bool check_members(struct json *j, const struct speedscope_profile *p, unsigned seen)
{
	const unsigned sampled = 1u << SAMPLES | 1u << WEIGHTS, evented = 1u << EVENTS;
	unsigned needed = 1u << TYPE | (p->is_evented ? evented : sampled);
	unsigned missing = needed & ~seen, other = p->is_evented ? sampled : evented;
	if (missing)
		return json_error(j, "a profile without '%s'",
				  keys[__builtin_ctz(missing)].p);
	if (seen & other)
		return json_error(j, "samples and events in one profile");
	return true;
}

static bool check_counts(struct speedscope_profiles *s, struct json *j,
			 struct speedscope_profile *p)
{
	uint64_t numbers = s->number_count - p->first_number;
	p->stacks = s->end_count - p->first_stack;
	p->frames = s->frame_count - p->first_frame;
	return p->is_evented || numbers == p->stacks ||
	       json_error(j, "a profile of %" PRIu64 " samples and %" PRIu64 " weights",
			  p->stacks, numbers);
}

static bool read_profile(struct speedscope_profiles *s, struct json *j)
{
	unsigned seen = 0;
	struct speedscope_profile p = {
		.line = json_line(j), .unit = STR("none"), .own = { .pid = -1, .tid = -1 },
		.first_stack = s->end_count, .first_frame = s->frame_count,
		.first_number = s->number_count,
	};
	while (json_next(j) == JSON_KEY) {
		int key = find_key(keys, KEYS, j->text);
		if (key < KEYS && seen >> key & 1)
			return twice(j);
		if (!read_member(s, j, key, &p))
			return false;
		seen |= 1u << key;
	}
	if (j->kind != JSON_OBJECT_END || !check_members(j, &p, seen) ||
	    !check_counts(s, j, &p))
		return false;
	ARRAY_RESERVE(s->items, s->capacity, (size_t)s->count + 1);
	s->items[s->count++] = p;
	return true;
}

bool speedscope_profiles_read(struct speedscope_profiles *s, struct json *j)
{
	if (!json_expect(j, JSON_ARRAY, "list of profiles"))
		return false;
	while (json_next(j) == JSON_OBJECT)
		if (!read_profile(s, j))
			return false;
	return json_is(j, JSON_ARRAY_END, "profile");
}
