/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What "node --prof-process --preprocess" makes of the log of "node --prof":
 *
 *	{"code":[
 *	  {"name":"/usr/bin/node","type":"SHARED_LIB"},
 *	  {"name":"node::Start(int, char**)","type":"CPP"},
 *	  {"name":"ArrayMap","type":"CODE","kind":"Builtin","timestamp":0},
 *	  {"name":"fib /tmp/a.js:2:13","type":"JS","kind":"Opt","func":7,"tm":29941}],
 *	 "functions":[{"name":"fib /tmp/a.js:2:13","codes":[3]}],
 *	 "ticks":[{"tm":511,"vm":0,"s":[3,40,-1,19295189]}],
 *	 "scripts":[]}
 *
 * https://chromium.googlesource.com/v8/v8/+/main/tools/profile.mjs.  "s" has pairs, leaf
 * first: a number of code and the offset in it; or -1 and an address of which nothing is
 * known.  Such frames tell nothing and are left out.  A tick is taken after some time on
 * a processor, so ticks are what is counted, and not the time between them.
 */
#include "read/reader.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "read/v8frames.h"

/* The state of V8 that ticks tell; other numbers change from version to version. */
enum { STATE_GC = 1 };

enum { CODES_MAX = 1 << 28, UNKNOWN = -1 };

enum type { TYPE_NONE, TYPE_JS, TYPE_CODE, TYPE_CPP, TYPE_LIBRARY };

struct v8log {
	struct input *in;
	struct json *json;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct v8frames frames;

	struct code {
		uint32_t name, kind;     /* in texts */
		enum type type;
		uint32_t frame;          /* ID_NONE: not made yet */
	} *codes;
	uint32_t code_count;
	size_t code_capacity;
	struct intern texts;
	bool has_ticks;

	int64_t *stack;                  /* of a tick: numbers of code, leaf first */
	size_t depth, stack_capacity;
	uint32_t group, gc_frame, unknown_frame;
	struct metrics metrics;
	struct buf scratch;
};

/* Code */

static bool read_text(struct v8log *l, uint32_t *to)
{
	struct json *j = l->json;
	if (json_next(j) != JSON_STRING)
		return json_skip(j);
	*to = intern(&l->texts, j->text);
	return true;
}

static bool read_type(struct v8log *l, enum type *to)
{
	static const struct str names[] = {
		[TYPE_JS] = STR("JS"), [TYPE_CODE] = STR("CODE"), [TYPE_CPP] = STR("CPP"),
		[TYPE_LIBRARY] = STR("SHARED_LIB"),
	};
	struct json *j = l->json;
	if (json_next(j) != JSON_STRING)
		return json_skip(j);
	for (size_t i = 1; i < ARRAY_SIZE(names); i++)
		if (str_eq(j->text, names[i]))
			*to = (enum type)i;
	return true;
}

static bool read_code(struct v8log *l)
{
	struct json *j = l->json;
	struct code code = { .name = ID_NONE, .kind = ID_NONE, .frame = ID_NONE };
	while (json_next(j) == JSON_KEY) {
		bool ok = str_eq(j->text, STR("name")) ? read_text(l, &code.name) :
			  str_eq(j->text, STR("kind")) ? read_text(l, &code.kind) :
			  str_eq(j->text, STR("type")) ? read_type(l, &code.type) :
							 json_skip(j);
		if (!ok)
			return false;
	}
	if (j->kind != JSON_OBJECT_END)
		return false;
	if (l->code_count == CODES_MAX)
		return json_error(j, "more than %d pieces of code", CODES_MAX);
	ARRAY_RESERVE(l->codes, l->code_capacity, l->code_count + 1ull);
	l->codes[l->code_count++] = code;
	return true;
}

/* Frames */

static struct str text_of(const struct v8log *l, uint32_t id)
{
	return id == ID_NONE ? STR("") : intern_text(&l->texts, id);
}

/* The digits at the end of *s, and the ':' in front of them, are cut off. */
static int64_t cut_number(struct str *s)
{
	ptrdiff_t colon = str_rchr(*s, ':');
	uint64_t number;
	if (colon < 0 || !num_u64(str_skip(*s, (size_t)colon + 1), &number) ||
	    number > INT32_MAX)
		return -1;
	*s = str_head(*s, (size_t)colon);
	return (int64_t)number;
}

/* "fib /tmp/a.js:2:13" */
static void set_function(struct v8log *l, struct str name)
{
	struct str function = str_cut(&name, ' '), rest = name;
	int64_t column = cut_number(&rest), line = column < 0 ? -1 : cut_number(&rest);
	if (line >= 0)
		v8frames_set(&l->frames, function, rest, line, column);
	else
		v8frames_set(&l->frames, function, name, 0, 0);
}

static bool is_compiled(struct str kind)
{
	static const struct str compilers[] = {
		STR("Opt"), STR("Turbofan"), STR("Maglev"), STR("Sparkplug"),
		STR("Baseline"), STR("Turboprop"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(compilers); i++)
		if (str_eq(kind, compilers[i]))
			return true;
	return false;
}

static uint32_t function_frame(struct v8log *l, const struct code *c)
{
	set_function(l, text_of(l, c->name));
	if (is_compiled(text_of(l, c->kind)))
		v8frames_set_compiled(&l->frames);
	return v8frames_end(&l->frames);
}

static uint32_t plain_frame(struct v8log *l, struct str name)
{
	struct profile *p = l->profile;
	uint32_t text = profile_name_text(p, name);
	return profile_frame(p, text, frame_kind_of(intern_text(&p->text, text)), ID_NONE,
			     ID_NONE);
}

/* "Builtin: ArrayMap", as --prof-process writes it. */
static uint32_t kind_frame(struct v8log *l, const struct code *c)
{
	buf_clear(&l->scratch);
	buf_add(&l->scratch, c->kind == ID_NONE ? STR("Code") : text_of(l, c->kind));
	buf_add(&l->scratch, STR(": "));
	buf_add(&l->scratch, text_of(l, c->name));
	return plain_frame(l, buf_str(&l->scratch));
}

static uint32_t native_frame(struct v8log *l, struct str symbol, struct str library)
{
	uint32_t n;
	struct location_key key = {
		.symbol = symbol, .line = ID_NONE,
		.module = location_module(&l->frames.places, library),
	};
	uint32_t id = location_find(&l->frames.places, &key);
	const uint32_t *frames = location_frames(&l->frames.places, id, &n);
	return n ? frames[0] : l->unknown_frame;
}

static uint32_t make_frame(struct v8log *l, const struct code *c)
{
	switch (c->type) {
	case TYPE_JS: return function_frame(l, c);
	case TYPE_CODE: return kind_frame(l, c);
	case TYPE_CPP: return native_frame(l, text_of(l, c->name), STR(""));
	case TYPE_LIBRARY: return native_frame(l, STR(""), text_of(l, c->name));
	case TYPE_NONE: break;
	}
	return l->unknown_frame;
}

static uint32_t frame_of(struct v8log *l, int64_t code)
{
	struct code *c = &l->codes[code];
	if (c->frame == ID_NONE)
		c->frame = make_frame(l, c);
	return c->frame;
}

/* Ticks */

static bool add_frame(struct v8log *l, int64_t code)
{
	if (l->depth == SAMPLES_DEPTH_MAX)
		return json_error(l->json, "stack of more than %d frames",
				  SAMPLES_DEPTH_MAX);
	ARRAY_RESERVE(l->stack, l->stack_capacity, l->depth + 1);
	l->stack[l->depth++] = code;
	return true;
}

static bool read_stack(struct v8log *l)
{
	struct json *j = l->json;
	bool is_offset = false;
	if (json_next(j) != JSON_ARRAY)
		return j->kind > JSON_END && json_error(j, "no stack where one belongs");
	l->depth = 0;
	for (; json_next(j) != JSON_ARRAY_END; is_offset = !is_offset) {
		int64_t code = UNKNOWN;
		if (is_offset && j->kind == JSON_NUMBER)
			continue;
		if (!(j->kind == JSON_NUMBER && str_eq(j->text, STR("-1"))) &&
		    !json_count(j, &code))
			return false;
		if (code >= l->code_count)
			return json_error(j, "there is no code %lld", (long long)code);
		if (code != UNKNOWN && !add_frame(l, code))
			return false;
	}
	return !is_offset || json_error(j, "half a pair at the end of a stack");
}

/* What collects garbage stands between JavaScript and the native code that does it. */
static void push_tick(struct v8log *l, bool collects)
{
	static const int64_t one[COLUMNS_MAX] = { 1, 1 };
	for (size_t i = 0; i < l->depth; i++) {
		uint32_t frame = frame_of(l, l->stack[i]);
		if (collects && l->codes[l->stack[i]].type == TYPE_JS) {
			sample_push(l->out, l->gc_frame);
			collects = false;
		}
		sample_push(l->out, frame);
	}
	if (collects)
		sample_push(l->out, l->gc_frame);
	else if (l->depth == 0)
		sample_push(l->out, l->unknown_frame);
	sample_end_metrics(l->out, l->group, one);
	metrics_sum(&l->metrics, 0, 1);
}

static bool read_tick(struct v8log *l)
{
	struct json *j = l->json;
	int64_t time = 0, state = 0;
	bool has_stack = false;
	while (json_next(j) == JSON_KEY) {
		bool ok;
		if (str_eq(j->text, STR("tm"))) {
			ok = json_next_scaled(j, 3, &time);
		} else if (str_eq(j->text, STR("vm"))) {
			ok = json_next_count(j, &state);
		} else if (str_eq(j->text, STR("s"))) {
			ok = read_stack(l);
			has_stack = true;
		} else {
			ok = json_skip(j);
		}
		if (!ok)
			return false;
	}
	if (j->kind != JSON_OBJECT_END)
		return false;
	if (!has_stack)
		return json_error(j, "a tick without 's'");
	l->out->time = time;
	push_tick(l, state == STATE_GC);
	return true;
}

/* The file */

static bool begin_ticks(struct v8log *l)
{
	struct profile *p = l->profile;
	struct group g = profile_nobody(profile_event(p, STR(""), STR("samples")));
	l->metrics.samples = 1 + metrics_add(&l->metrics, STR("samples"), STR("samples"));
	bool ok = reader_choose_metric(l->in, &l->metrics, l->want, STR("samples"));
	samples_metrics(l->out, &l->metrics, l->want->all_metrics);
	l->group = profile_group(p, &g);
	l->gc_frame = plain_frame(l, STR("(garbage collector)"));
	l->unknown_frame = plain_frame(l, STR("[unknown]"));
	return ok;
}

static bool read_list(struct v8log *l, bool (*read_item)(struct v8log *))
{
	struct json *j = l->json;
	if (json_next(j) != JSON_ARRAY)
		return j->kind > JSON_END && json_error(j, "no list where one belongs");
	while (json_next(j) == JSON_OBJECT)
		if (!read_item(l))
			return false;
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no object where one belongs"));
}

static bool read_member(struct v8log *l)
{
	struct json *j = l->json;
	if (str_eq(j->text, STR("code")))
		return read_list(l, read_code);
	if (!str_eq(j->text, STR("ticks")))
		return json_skip(j);
	if (l->has_ticks)
		return json_error(j, "'ticks' comes twice");
	l->has_ticks = true;
	return begin_ticks(l) && read_list(l, read_tick);
}

static bool read_json(struct v8log *l)
{
	struct json *j = l->json;
	if (json_next(j) != JSON_OBJECT)
		return j->kind > JSON_END && json_error(j, "no object where one belongs");
	while (json_next(j) == JSON_KEY)
		if (!read_member(l))
			return false;
	if (j->kind != JSON_OBJECT_END || json_next(j) != JSON_END)
		return false;
	return l->has_ticks || input_error(l->in, "there are no 'ticks'");
}

static bool tell_metrics(struct v8log *l)
{
	samples_flush(l->out);
	return reader_end_metrics(l->in, l->profile, &l->metrics);
}

static bool read_v8log(struct input *in, const struct want *want, struct samples *out)
{
	struct v8log l = {
		.in = in, .want = want, .out = out, .profile = out->profile,
		.json = json_new(in),
	};
	v8frames_init(&l.frames, out->profile, want);
	bool ok = read_json(&l) && tell_metrics(&l);
	v8frames_free(&l.frames);
	intern_free(&l.texts);
	json_delete(l.json);
	buf_free(&l.scratch);
	free(l.codes);
	free(l.stack);
	return ok && !in->failed;
}

/* The file begins with its code, of which there is very much. */
static enum probe probe_v8log(struct str head)
{
	head = str_skip_space(head);
	static const struct str types[] = {
		STR("\"SHARED_LIB\""), STR("\"CPP\""), STR("\"CODE\""), STR("\"JS\""),
	};
	if (!str_starts(head, STR("{")) || str_find(head, STR("\"code\"")) < 0)
		return PROBE_NO;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (str_find(head, types[i]) >= 0)
			return PROBE_SURE;
	return PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "names of scripts",
};

const struct reader reader_v8log = {
	.name = "v8log",
	.title = "logs of V8, node --prof-process --preprocess",
	.leaf_first = true,
	.is_sampled = true,
	.probe = probe_v8log,
	.read = read_v8log,
	.hints = &hints,
};
