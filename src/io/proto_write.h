/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_PROTO_WRITE_H
#define IO_PROTO_WRITE_H

#include "io/output.h"
#include "io/proto.h"

/*
 * Large messages, written piece by piece as protocol buffers or as JSON
 * (io/proto_json.h).  What is inside a message of the outermost one waits in memory until
 * its length is known; in JSON nothing waits.
 *
 *	struct proto_write w;
 *	proto_write_init(&w, out, &…__descriptor, is_json);
 *	proto_write_begin(&w, 2);
 *	proto_write_put(&w, 1, &message.base);
 *	proto_write_end(&w);
 *	proto_write_finish(&w);
 *
 * The values of a repeated field are put one behind the other.
 */
enum { PROTO_WRITE_LEVELS = 8 };

struct proto_write {
	/* private */
	struct output *out;
	bool is_json;
	struct buf bytes;
	struct proto *proto;     /* JSON: to look into bytes */
	struct write_level {
		const struct ProtobufCMessageDescriptor *type;
		uint32_t list;           /* JSON: the repeated field that is open, or 0 */
		bool later;              /* JSON: it has a field */
		size_t start;            /* in bytes */
	} levels[PROTO_WRITE_LEVELS];
	unsigned depth;
};

void proto_write_init(struct proto_write *, struct output *,
		      const struct ProtobufCMessageDescriptor *, bool is_json);

/* Begins a message in the field of this number, and ends the one begun last. */
void proto_write_begin(struct proto_write *, uint32_t number);
void proto_write_end(struct proto_write *);

/*
 * A message that is whole, the same when it is bytes already, a text, and the fields of a
 * message in the one at hand.
 */
void proto_write_put(struct proto_write *, uint32_t number, const struct ProtobufCMessage *);
void proto_write_packed(struct proto_write *, uint32_t number, struct str bytes);
void proto_write_text(struct proto_write *, uint32_t number, struct str text);
void proto_write_fields(struct proto_write *, const struct ProtobufCMessage *);

void proto_write_finish(struct proto_write *);

#endif
