/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_PROTO_H
#define IO_PROTO_H

#include "io/input.h"

/*
 * Protocol buffers.  A file is one message; its fields are walked one by one, and the
 * messages in them are unpacked alone, so that memory is bounded by the largest of them:
 *
 *	struct proto *p = proto_new();
 *	struct proto_field f;
 *	while (proto_next(in, &f)) {
 *		if (f.number == 2 && f.kind == PROTO_BYTES) {
 *			Pprof__Sample *s = proto_unpack(p, &pprof__sample__descriptor,
 *							f.bytes);
 *			if (s == NULL)
 *				... input_error_at(in, f.offset, ...) ...
 *		}
 *	}
 *	ok = !in->failed;
 *	proto_delete(p);
 *
 * The types and descriptors are made at build time by protoc-c from the .proto files in
 * this folder; io/proto.c is the only file of ours that knows the library behind them.
 */
enum proto_kind {
	PROTO_VARINT = 0,
	PROTO_FIXED64 = 1,
	PROTO_BYTES = 2,
	PROTO_FIXED32 = 5,
};

struct proto_field {
	uint32_t number;
	enum proto_kind kind;
	uint64_t value;          /* of a number */
	struct str bytes;        /* of bytes, until the next one */
	struct str whole;        /* the same with tag and length */
	uint64_t offset;         /* in the file, of the tag */
};

/* Bytes of a field of the file, at most. */
#define PROTO_FIELD_MAX ((size_t)64 << 20)

/* The next field of the file.  False at the end, and after an error (in->failed). */
bool proto_next(struct input *, struct proto_field *);

/*
 * The same in two steps, for messages that are to be gone into: looks at tag and length,
 * "head" bytes that are not consumed; and takes the field.  Of bytes, "value" is their
 * number.
 */
bool proto_peek(struct input *, struct proto_field *, size_t *head);
bool proto_take(struct input *, struct proto_field *, size_t head);

/*
 * Cuts the next field off bytes in memory.  False when they are none, or not whole:
 * then nothing is cut off.  Of a field whose bytes are cut off, and only then, "bytes"
 * is what is there.
 */
bool proto_cut(struct str *rest, struct proto_field *);

/* Cuts the next one off packed numbers. */
bool proto_cut_number(struct str *rest, uint64_t *value);

/* Unpacks messages, with the room for one of them. */
struct proto;
struct ProtobufCMessage;
struct ProtobufCMessageDescriptor;

struct proto *proto_new(void);
void proto_delete(struct proto *);

/*
 * The message, valid until the next call; NULL when the bytes are none of this type,
 * or would take more than PROTO_UNPACKED_MAX bytes.
 */
void *proto_unpack(struct proto *, const struct ProtobufCMessageDescriptor *,
		   struct str bytes);

#define PROTO_UNPACKED_MAX ((size_t)256 << 20)

/* Appends a number alone, a tag alone, a field, and the fields of a message. */
void proto_put_varint(struct buf *, uint64_t value);
void proto_put_tag(struct buf *, uint32_t number, enum proto_kind);
void proto_put_message(struct buf *, uint32_t number, const struct ProtobufCMessage *);
void proto_put_fields(struct buf *, const struct ProtobufCMessage *);
void proto_put_bytes(struct buf *, uint32_t number, struct str bytes);
void proto_put_number(struct buf *, uint32_t number, uint64_t value);
void proto_put_fixed64(struct buf *, uint32_t number, uint64_t value);

#endif
