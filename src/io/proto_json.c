/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	{"stackIndex":1,"values":["30000000"],"timestampsUnixNano":["1700000000000000000"]}
 *
 * What a field is, is told by the descriptors that protoc-c makes of the .proto files.  A
 * type that contains itself would be gone into without end: none of ours does.
 */
#include "io/proto_json.h"

#include <inttypes.h>
#include <protobuf-c/protobuf-c.h>

#include "base/num.h"

/* Names */

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* "stack_index" is "stackIndex", too. */
static bool is_name(struct str own, struct str name)
{
	size_t n = 0;
	if (str_eq(own, name))
		return true;
	for (size_t i = 0; i < own.n; i++, n++) {
		bool next_is_upper = own.p[i] == '_' && i + 1 < own.n;
		char c = next_is_upper ? upper(own.p[++i]) : own.p[i];
		if (n == name.n || name.p[n] != c)
			return false;
	}
	return n == name.n;
}

const ProtobufCFieldDescriptor *proto_json_find(const ProtobufCMessageDescriptor *type,
						struct str name)
{
	for (unsigned i = 0; i < type->n_fields; i++)
		if (is_name(str_of(type->fields[i].name), name))
			return &type->fields[i];
	return NULL;
}

void proto_json_put_name(struct output *out, const ProtobufCFieldDescriptor *f)
{
	output_char(out, '"');
	for (const char *p = f->name; *p; p++)
		output_char(out, p[0] == '_' && p[1] ? upper(*++p) : p[0]);
	output_lit(out, "\":");
}

/* Reading */

static bool wrong(struct json *j, const ProtobufCFieldDescriptor *f, const char *what)
{
	return j->kind > JSON_END && json_error(j, "%s is no %s", f->name, what);
}

/* Digits, with a minus or not, alone or in quotes. */
static bool put_whole(struct json *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	struct str digits = j->text;
	bool is_negative = str_take(&digits, STR("-"));
	bool is_unsigned = f->type == PROTOBUF_C_TYPE_UINT64 ||
			   f->type == PROTOBUF_C_TYPE_FIXED64;
	bool is_short = f->type == PROTOBUF_C_TYPE_INT32;
	uint64_t most = is_short ? INT32_MAX : is_unsigned ? UINT64_MAX : INT64_MAX, n;
	bool is_text = j->kind == JSON_NUMBER || j->kind == JSON_STRING;
	if (!is_text || !num_is_digits(digits) || !num_u64(digits, &n) ||
	    n > most + (is_negative && !is_unsigned) || (is_negative && is_unsigned && n > 0))
		return wrong(j, f, is_short ? "whole number of 32 bits" :
				   "whole number of 64 bits");
	if (f->type == PROTOBUF_C_TYPE_FIXED64)
		proto_put_fixed64(out, f->id, n);
	else
		proto_put_number(out, f->id, is_negative ? -n : n);
	return true;
}

static bool put_double(struct json *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	double value;
	uint64_t bits;
	if (str_eq(j->text, STR("NaN")))
		value = __builtin_nan("");
	else if (str_eq(j->text, STR("Infinity")))
		value = __builtin_inf();
	else if (str_eq(j->text, STR("-Infinity")))
		value = -__builtin_inf();
	else if ((j->kind != JSON_NUMBER && j->kind != JSON_STRING) ||
		 !num_double(j->text, &value))
		return wrong(j, f, "number");
	memcpy(&bits, &value, sizeof(bits));
	proto_put_fixed64(out, f->id, bits);
	return true;
}

static bool put_bytes(struct json *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	struct buf bytes = { 0 };
	bool ok = j->kind == JSON_STRING && j->text.n % 2 == 0;
	for (size_t i = 0; ok && i < j->text.n; i += 2) {
		int high = num_hex_digit(j->text.p[i]), low = num_hex_digit(j->text.p[i + 1]);
		ok = high >= 0 && low >= 0;
		if (ok)
			buf_addc(&bytes, (char)(high << 4 | low));
	}
	if (ok)
		proto_put_bytes(out, f->id, buf_str(&bytes));
	buf_free(&bytes);
	return ok || wrong(j, f, "text of hexadecimal digits");
}

static bool put_values(struct json *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	if (j->kind == JSON_NULL)
		return true;
	if (j->kind != JSON_ARRAY)
		return wrong(j, f, "array");
	while (json_next(j) != JSON_ARRAY_END)
		if (!proto_json_value(j, f, out))
			return false;
	return true;
}

static bool put_message(struct json *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	struct buf bytes = { 0 };
	bool ok = j->kind == JSON_OBJECT || wrong(j, f, "object");
	while (ok && json_next(j) == JSON_KEY) {
		const ProtobufCFieldDescriptor *inner =
			proto_json_find(f->descriptor, j->text);
		json_next(j);
		if (inner == NULL)
			ok = json_skip(j);
		else if (inner->label == PROTOBUF_C_LABEL_REPEATED)
			ok = put_values(j, inner, &bytes);
		else
			ok = proto_json_value(j, inner, &bytes);
	}
	ok = ok && j->kind == JSON_OBJECT_END;
	if (ok)
		proto_put_bytes(out, f->id, buf_str(&bytes));
	buf_free(&bytes);
	return ok;
}

bool proto_json_value(struct json *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	if (j->kind <= JSON_NULL)
		return j->kind == JSON_NULL;
	switch (f->type) {
	case PROTOBUF_C_TYPE_MESSAGE: return put_message(j, f, out);
	case PROTOBUF_C_TYPE_DOUBLE: return put_double(j, f, out);
	case PROTOBUF_C_TYPE_BYTES: return put_bytes(j, f, out);
	case PROTOBUF_C_TYPE_STRING:
		if (j->kind == JSON_STRING)
			proto_put_bytes(out, f->id, j->text);
		return j->kind == JSON_STRING || wrong(j, f, "text");
	case PROTOBUF_C_TYPE_BOOL:
		if (j->kind == JSON_TRUE || j->kind == JSON_FALSE)
			proto_put_number(out, f->id, j->kind == JSON_TRUE);
		return j->kind == JSON_TRUE || j->kind == JSON_FALSE ||
		       wrong(j, f, "true or false");
	default: return put_whole(j, f, out);
	}
}

/* Writing */

static void put_quoted(struct output *out, bool is_negative, uint64_t value)
{
	output_char(out, '"');
	if (is_negative)
		output_i64(out, (int64_t)value);
	else
		output_u64(out, value);
	output_char(out, '"');
}

static void put_digits(struct output *out, const ProtobufCBinaryData *bytes)
{
	static const char digits[] = "0123456789abcdef";
	output_char(out, '"');
	for (size_t i = 0; i < bytes->len; i++) {
		output_char(out, digits[bytes->data[i] >> 4]);
		output_char(out, digits[bytes->data[i] & 15]);
	}
	output_char(out, '"');
}

static void put_decimal(struct output *out, double value)
{
	struct buf text = { 0 };
	buf_addf(&text, "%.17g", value);
	output_bytes(out, buf_str(&text));
	buf_free(&text);
}

/* Of a field, or one of a repeated one. */
static void put_one(struct output *out, const ProtobufCFieldDescriptor *f, const void *at)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32: output_i64(out, *(const int32_t *)at); break;
	case PROTOBUF_C_TYPE_INT64: put_quoted(out, true, *(const uint64_t *)at); break;
	case PROTOBUF_C_TYPE_UINT64: case PROTOBUF_C_TYPE_FIXED64:
		put_quoted(out, false, *(const uint64_t *)at); break;
	case PROTOBUF_C_TYPE_BOOL:
		output_bytes(out, *(const protobuf_c_boolean *)at ? STR("true") : STR("false"));
		break;
	case PROTOBUF_C_TYPE_STRING: output_json(out, str_of(*(char *const *)at)); break;
	case PROTOBUF_C_TYPE_BYTES: put_digits(out, at); break;
	case PROTOBUF_C_TYPE_DOUBLE: put_decimal(out, *(const double *)at); break;
	default: proto_json_put(out, *(ProtobufCMessage *const *)at);
	}
}

static size_t size_of(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32: return sizeof(int32_t);
	case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_STRING: case PROTOBUF_C_TYPE_MESSAGE: return sizeof(void *);
	default: return sizeof(uint64_t);
	}
}

/* What is not the same as when it is left out. */
static bool is_told(const ProtobufCFieldDescriptor *f, const char *message)
{
	static const char zero[sizeof(ProtobufCBinaryData)];
	const char *at = message + f->offset;
	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)(const void *)(message + f->quantifier_offset) == f->id;
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)(const void *)(message + f->quantifier_offset) > 0;
	if (f->type == PROTOBUF_C_TYPE_BYTES)
		return ((const ProtobufCBinaryData *)(const void *)at)->len > 0;
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return str_of(*(char *const *)(const void *)at).n > 0;
	return memcmp(at, zero, size_of(f)) != 0;
}

static void put_field(struct output *out, const ProtobufCFieldDescriptor *f,
		      const char *message)
{
	const char *at = message + f->offset;
	proto_json_put_name(out, f);
	if (f->label != PROTOBUF_C_LABEL_REPEATED) {
		put_one(out, f, at);
		return;
	}
	size_t n = *(const size_t *)(const void *)(message + f->quantifier_offset);
	at = *(const char *const *)(const void *)at;
	for (size_t i = 0; i < n; i++) {
		output_char(out, i ? ',' : '[');
		put_one(out, f, at + i * size_of(f));
	}
	output_char(out, ']');
}

bool proto_json_put_fields(struct output *out, const ProtobufCMessage *message, bool later)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	for (unsigned i = 0; i < type->n_fields; i++) {
		if (!is_told(&type->fields[i], (const char *)message))
			continue;
		if (later)
			output_char(out, ',');
		put_field(out, &type->fields[i], (const char *)message);
		later = true;
	}
	return later;
}

void proto_json_put(struct output *out, const ProtobufCMessage *message)
{
	output_char(out, '{');
	proto_json_put_fields(out, message, false);
	output_char(out, '}');
}
