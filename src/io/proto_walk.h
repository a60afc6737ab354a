/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_PROTO_WALK_H
#define IO_PROTO_WALK_H

#include "io/proto.h"

/*
 * Large messages, read piece by piece from protocol buffers or from the JSON that they
 * are written as (io/proto_json.h).  Messages of some types are gone into; all others come
 * whole, as the bytes of a protocol buffer, whichever way they were written:
 *
 *	static const struct ProtobufCMessageDescriptor *const walked[] = { &…, &…, NULL };
 *	struct proto_walk *w = proto_walk_new(in, walked, false);
 *	while (proto_walk_message(w))
 *		while (proto_walk_next(w))
 *			switch (w->event) ...
 *	ok = !in->failed;
 *	proto_walk_delete(w);
 *
 * A file is one message of the type that is walked[0], or several: in JSON one behind the
 * other, else with the length of each before it, in 4 bytes with the high one first.
 */
enum proto_event {
	PROTO_FIELD,             /* of a message of the type */
	PROTO_ENTER,             /* a message of the type, in the field of this number */
	PROTO_LEAVE,             /* it ends */
	PROTO_UNKNOWN,           /* JSON: a field that the type does not have; its name */
};

struct proto_walk {
	enum proto_event event;
	const struct ProtobufCMessageDescriptor *type;
	struct proto_field field;
	uint64_t place;          /* of the field: offset in the file, in JSON the line */
	bool is_json;

	/* private */
	struct input *in;
	const struct ProtobufCMessageDescriptor *const *walked;
	struct json *json;
	struct buf bytes;        /* of a field that was JSON */
	struct walk_level {
		const struct ProtobufCMessageDescriptor *type;
		const struct ProtobufCFieldDescriptor *array;    /* whose values come; JSON */
		uint32_t number;         /* of the field that the message is */
		uint64_t end;            /* offset in the file */
	} levels[8];
	unsigned depth;
	bool is_begun, has_lengths;
};

/* The input must outlive the result. */
struct proto_walk *proto_walk_new(struct input *,
				  const struct ProtobufCMessageDescriptor *const *walked,
				  bool is_json);
void proto_walk_delete(struct proto_walk *);

/* Goes to the next message of the file.  False when there is none, or after an error. */
bool proto_walk_message(struct proto_walk *);

/* Goes to the next event.  False at the end of the message, or after an error. */
bool proto_walk_next(struct proto_walk *);

/* An error at the place of a field, then or later; returns false. */
bool proto_walk_error(struct proto_walk *, uint64_t place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
