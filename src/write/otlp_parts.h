/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_OTLP_PARTS_H
#define WRITE_OTLP_PARTS_H

#include "io/otlp.pb-c.h"
#include "io/proto_write.h"
#include "write/pprof_parts.h"

/*
 * The dictionary.  Texts, functions, mappings and locations are found as for pprof, whose
 * ids are indices here; what else there is is known by the bytes that will be written.
 */
struct otlp_parts {
	struct pprof_parts pprof;
	struct intern stacks, attributes, links;
	/* private */
	struct buf packed;
	int32_t *numbers;
	size_t number_capacity;
	uint32_t empty_function; /* id; 0: there is none */
};

void otlp_parts_init(struct otlp_parts *, const struct profile *);
void otlp_parts_free(struct otlp_parts *);

/* A copy as protocol buffers may have it, UTF-8 with a NUL behind it. */
char *otlp_parts_copy(struct arena *, struct str);

/* An index of a text. */
int32_t otlp_parts_text(struct otlp_parts *, struct str);

/* An index of an attribute; a label stands at the beginning of several of its key. */
int32_t otlp_parts_text_attribute(struct otlp_parts *, struct str key, struct str value);
int32_t otlp_parts_texts_attribute(struct otlp_parts *, struct str key, const struct str *,
				   uint32_t count);
int32_t otlp_parts_number_attribute(struct otlp_parts *, struct str key, int64_t value);
int32_t otlp_parts_label(struct otlp_parts *, const struct label *, uint32_t count);

/* The value of labels of one key, in the memory of the arena. */
Otlp__AnyValue *otlp_parts_value(const struct profile *, const struct label *, uint32_t count,
				 struct arena *);

/* An index of a link; 0 when these are no hexadecimal digits of a trace and a span. */
int32_t otlp_parts_link(struct otlp_parts *, struct str trace, struct str span);

/* An index of the stack of these frames, root first. */
int32_t otlp_parts_stack(struct otlp_parts *, const uint32_t *frames, uint32_t depth);

/* Writes all tables, in the message at hand. */
void otlp_parts_write(struct otlp_parts *, struct proto_write *);

/* Of all texts, when the tables were written. */
uint64_t otlp_parts_hash(const struct otlp_parts *);

#endif
