/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_PROTO_JSON_H
#define IO_PROTO_JSON_H

#include "io/json.h"
#include "io/output.h"
#include "io/proto.h"

/*
 * Messages of protocol buffers as JSON, https://protobuf.dev/programming-guides/json/: a
 * field is called as in the .proto file, "stack_index", or without the '_', "stackIndex";
 * numbers of 64 bits stand in quotes, or not.  As in OTLP, and unlike the rule, bytes are
 * hexadecimal digits.
 */
struct ProtobufCFieldDescriptor;

/* The field of this name; NULL when the type has none. */
const struct ProtobufCFieldDescriptor *
proto_json_find(const struct ProtobufCMessageDescriptor *, struct str name);

/*
 * Appends the value that begins with the token got last, one of a repeated field, as the
 * field that it is in bytes; null appends nothing.  False after an error.
 */
bool proto_json_value(struct json *, const struct ProtobufCFieldDescriptor *, struct buf *);

/* Writes the name of a field, "stackIndex":  with its colon. */
void proto_json_put_name(struct output *, const struct ProtobufCFieldDescriptor *);

/*
 * Writes a message; and its fields alone, behind others or not, which returns whether
 * there are any now.
 */
void proto_json_put(struct output *, const struct ProtobufCMessage *);
bool proto_json_put_fields(struct output *, const struct ProtobufCMessage *, bool later);

#endif
