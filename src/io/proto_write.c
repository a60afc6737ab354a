/* SPDX-License-Identifier: Apache-2.0 */
#include "io/proto_write.h"

#include <assert.h>
#include <protobuf-c/protobuf-c.h>

#include "base/utf8.h"
#include "io/proto_json.h"

static struct write_level *level(struct proto_write *w)
{
	return &w->levels[w->depth - 1];
}

void proto_write_init(struct proto_write *w, struct output *out,
		      const ProtobufCMessageDescriptor *type, bool is_json)
{
	*w = (struct proto_write){ .out = out, .is_json = is_json, .depth = 1 };
	w->levels[0].type = type;
	if (!is_json)
		return;
	w->proto = proto_new();
	output_char(out, '{');
}

/* JSON */

static void close_list(struct proto_write *w)
{
	if (level(w)->list)
		output_char(w->out, ']');
	level(w)->list = 0;
}

/* What stands in front of a value, each in a line of its own. */
static const ProtobufCFieldDescriptor *start_value(struct proto_write *w, uint32_t number)
{
	struct write_level *l = level(w);
	const ProtobufCFieldDescriptor *f =
		protobuf_c_message_descriptor_get_field(l->type, number);
	if (!w->is_json)
		return f;
	if (l->list == number) {
		output_lit(w->out, ",\n");
		return f;
	}
	close_list(w);
	if (l->later)
		output_lit(w->out, ",\n");
	proto_json_put_name(w->out, f);
	if (f->label == PROTOBUF_C_LABEL_REPEATED) {
		output_lit(w->out, "[\n");
		l->list = number;
	}
	l->later = true;
	return f;
}

/* Both */

static void pass_on(struct proto_write *w)
{
	if (w->depth > 1 || w->is_json)
		return;
	output_bytes(w->out, buf_str(&w->bytes));
	buf_clear(&w->bytes);
}

void proto_write_begin(struct proto_write *w, uint32_t number)
{
	const ProtobufCFieldDescriptor *f = start_value(w, number);
	assert(w->depth < PROTO_WRITE_LEVELS);
	if (w->is_json)
		output_char(w->out, '{');
	else
		proto_put_tag(&w->bytes, number, PROTO_BYTES);
	w->levels[w->depth++] = (struct write_level){
		.type = f->descriptor, .start = w->bytes.n,
	};
}

/* The length goes in front of what is there already. */
static void put_length(struct proto_write *w)
{
	size_t start = level(w)->start, n = w->bytes.n - start;
	struct buf length = { 0 };
	proto_put_varint(&length, n);
	buf_reserve(&w->bytes, length.n);
	memmove(w->bytes.p + start + length.n, w->bytes.p + start, n);
	memcpy(w->bytes.p + start, length.p, length.n);
	w->bytes.n += length.n;
	buf_free(&length);
}

void proto_write_end(struct proto_write *w)
{
	if (w->is_json) {
		close_list(w);
		output_char(w->out, '}');
	} else {
		put_length(w);
	}
	w->depth--;
	pass_on(w);
}

void proto_write_put(struct proto_write *w, uint32_t number, const ProtobufCMessage *message)
{
	start_value(w, number);
	if (w->is_json)
		proto_json_put(w->out, message);
	else
		proto_put_message(&w->bytes, number, message);
	pass_on(w);
}

void proto_write_packed(struct proto_write *w, uint32_t number, struct str bytes)
{
	const ProtobufCFieldDescriptor *f = start_value(w, number);
	if (w->is_json)
		proto_json_put(w->out, proto_unpack(w->proto, f->descriptor, bytes));
	else
		proto_put_bytes(&w->bytes, number, bytes);
	pass_on(w);
}

void proto_write_text(struct proto_write *w, uint32_t number, struct str text)
{
	struct buf mended = { 0 };
	start_value(w, number);
	utf8_mend(&mended, text);
	if (w->is_json)
		output_json(w->out, text);
	else
		proto_put_bytes(&w->bytes, number, buf_str(&mended));
	buf_free(&mended);
	pass_on(w);
}

void proto_write_fields(struct proto_write *w, const ProtobufCMessage *message)
{
	if (!w->is_json) {
		proto_put_fields(&w->bytes, message);
		return;
	}
	close_list(w);
	level(w)->later = proto_json_put_fields(w->out, message, level(w)->later);
}

void proto_write_finish(struct proto_write *w)
{
	if (w->is_json) {
		close_list(w);
		output_lit(w->out, "}\n");
		proto_delete(w->proto);
	}
	pass_on(w);
	buf_free(&w->bytes);
}
