/* SPDX-License-Identifier: Apache-2.0 */
#include "io/proto_walk.h"

#include <protobuf-c/protobuf-c.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "io/proto_json.h"

enum { LENGTH_SIZE = 4 };

struct proto_walk *proto_walk_new(struct input *in,
				  const ProtobufCMessageDescriptor *const *walked,
				  bool is_json)
{
	struct proto_walk *w = xcalloc(1, sizeof(*w));
	*w = (struct proto_walk){ .in = in, .walked = walked, .is_json = is_json };
	in->is_binary = !is_json;
	if (is_json) {
		w->json = json_new(in);
		w->json->many = true;
	}
	return w;
}

void proto_walk_delete(struct proto_walk *w)
{
	if (w->json)
		json_delete(w->json);
	buf_free(&w->bytes);
	free(w);
}

bool proto_walk_error(struct proto_walk *w, uint64_t place, const char *format, ...)
{
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	if (w->is_json) {
		w->in->line = place;
		input_error(w->in, "%s", buf_cstr(&text));
	} else {
		input_error_at(w->in, place, "%s", buf_cstr(&text));
	}
	buf_free(&text);
	return false;
}

static bool is_walked(const struct proto_walk *w, const ProtobufCFieldDescriptor *f)
{
	for (const ProtobufCMessageDescriptor *const *t = w->walked; f && *t; t++)
		if (f->type == PROTOBUF_C_TYPE_MESSAGE && f->descriptor == *t)
			return true;
	return false;
}

static bool tell(struct proto_walk *w, enum proto_event event)
{
	const struct walk_level *level = &w->levels[w->depth - 1];
	w->event = event;
	w->type = level->type;
	if (event != PROTO_FIELD)
		w->field.number = level->number;
	return true;
}

static bool enter(struct proto_walk *w, const ProtobufCFieldDescriptor *f, uint64_t end)
{
	if (w->depth == ARRAY_SIZE(w->levels))
		return proto_walk_error(w, w->place, "messages that are nested too deeply");
	w->levels[w->depth++] = (struct walk_level){
		.type = f->descriptor, .number = f->id, .end = end,
	};
	return tell(w, PROTO_ENTER);
}

static bool leave(struct proto_walk *w)
{
	tell(w, PROTO_LEAVE);
	return --w->depth > 0;
}

/* Protocol buffers */

/* A field has no number 0, so a first byte that would tell one is that of a length. */
static bool has_lengths(struct str head)
{
	return head.n > 0 && (unsigned char)head.p[0] < 8;
}

static uint32_t length_of(struct str bytes)
{
	uint32_t n = 0;
	for (size_t i = 0; i < LENGTH_SIZE; i++)
		n = n << 8 | (unsigned char)bytes.p[i];
	return n;
}

static bool next_length(struct proto_walk *w, uint64_t *end)
{
	struct input *in = w->in;
	if (input_ahead(in).n == 0 && !input_refill(in))
		return false;
	uint64_t offset = input_offset(in);
	if (!input_need(in, LENGTH_SIZE))
		return !in->failed && input_error_at(in, offset, "ends within a length");
	*end = offset + LENGTH_SIZE + length_of(input_ahead(in));
	input_take(in, LENGTH_SIZE);
	return true;
}

static bool next_message(struct proto_walk *w, uint64_t *end)
{
	*end = UINT64_MAX;
	if (!w->is_begun)
		w->has_lengths = has_lengths(input_peek(w->in, 1));
	else if (!w->has_lengths)
		return false;
	return w->has_lengths ? next_length(w, end) : input_peek(w->in, 1).n > 0;
}

/* The message at hand ends here, or goes on. */
static bool is_over(struct proto_walk *w)
{
	uint64_t end = w->levels[w->depth - 1].end;
	return input_offset(w->in) == end ||
	       (end == UINT64_MAX && input_ahead(w->in).n == 0 && !input_refill(w->in));
}

static bool next_field(struct proto_walk *w)
{
	size_t head;
	struct proto_field *f = &w->field;
	const struct walk_level *level = &w->levels[w->depth - 1];
	if (is_over(w))
		return !w->in->failed && leave(w);
	w->place = input_offset(w->in);
	if (!proto_peek(w->in, f, &head))
		return !w->in->failed && proto_walk_error(w, w->place, "ends within a message");
	uint64_t left = level->end - w->place, n = f->kind == PROTO_BYTES ? f->value : 0;
	if (head > left || n > left - head)
		return proto_walk_error(w, w->place, "a field of more bytes than the message "
					"around it has");
	const ProtobufCFieldDescriptor *known =
		protobuf_c_message_descriptor_get_field(level->type, f->number);
	if (f->kind != PROTO_BYTES || !is_walked(w, known))
		return proto_take(w->in, f, head) && tell(w, PROTO_FIELD);
	input_take(w->in, head);
	return enter(w, known, w->place + head + n);
}

/* JSON */

static bool begin_json(struct proto_walk *w)
{
	if (json_next(w->json) <= JSON_END)
		return false;
	w->place = json_line(w->json);
	return w->json->kind == JSON_OBJECT ||
	       json_error(w->json, "no object where one belongs");
}

static bool read_value(struct proto_walk *w, const ProtobufCFieldDescriptor *f)
{
	struct json *j = w->json;
	w->place = json_line(j);
	if (is_walked(w, f)) {
		if (j->kind != JSON_OBJECT)
			return json_error(j, "%s is no object", f->name);
		return enter(w, f, 0);
	}
	buf_clear(&w->bytes);
	if (!proto_json_value(j, f, &w->bytes))
		return false;
	struct str bytes = buf_str(&w->bytes);
	return proto_cut(&bytes, &w->field) && tell(w, PROTO_FIELD);
}

/* The values of a list come one by one. */
static bool begin_list(struct proto_walk *w, const ProtobufCFieldDescriptor *f)
{
	struct json *j = w->json;
	if (j->kind != JSON_ARRAY)
		return json_error(j, "%s is no array", f->name);
	w->levels[w->depth - 1].array = f;
	return true;
}

static bool skip_unknown(struct proto_walk *w)
{
	struct json *j = w->json;
	w->place = json_line(j);
	buf_clear(&w->bytes);
	buf_add(&w->bytes, j->text);
	w->field = (struct proto_field){ .kind = PROTO_BYTES, .bytes = buf_str(&w->bytes) };
	return json_next(j) > JSON_END && json_skip(j) && tell(w, PROTO_UNKNOWN);
}

static bool next_json(struct proto_walk *w)
{
	struct json *j = w->json;
	struct walk_level *level = &w->levels[w->depth - 1];
	while (json_next(j) > JSON_END) {
		const ProtobufCFieldDescriptor *f = level->array;
		if (j->kind == JSON_OBJECT_END)
			return leave(w);
		if (f == NULL) {
			f = proto_json_find(level->type, j->text);
			if (f == NULL)
				return skip_unknown(w);
			if (json_next(j) == JSON_NULL)
				continue;
			if (f->label != PROTOBUF_C_LABEL_REPEATED)
				return read_value(w, f);
			if (!begin_list(w, f))
				return false;
		} else if (j->kind == JSON_ARRAY_END) {
			level->array = NULL;
		} else if (j->kind != JSON_NULL) {
			return read_value(w, f);
		}
	}
	return false;
}

/* Both */

bool proto_walk_message(struct proto_walk *w)
{
	uint64_t end = 0;
	if (w->in->failed || !(w->is_json ? begin_json(w) : next_message(w, &end)))
		return false;
	w->is_begun = true;
	w->levels[0] = (struct walk_level){ .type = w->walked[0], .end = end };
	w->depth = 1;
	return true;
}

bool proto_walk_next(struct proto_walk *w)
{
	if (w->depth == 0 || w->in->failed)
		return false;
	return w->is_json ? next_json(w) : next_field(w);
}
