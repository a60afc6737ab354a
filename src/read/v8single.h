/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_V8SINGLE_H
#define READ_V8SINGLE_H

#include "read/v8profile.h"

/* A file that is one profile of V8, of the processor or of the heap: one JSON object. */
struct v8single {
	struct input *in;
	struct json *json;
	const struct want *want;
	struct samples *out;
	struct v8frames frames;
	struct v8chunk chunk;
	struct v8profile profile;
	struct calltree tree;
	struct metrics metrics;
};

/* "each": samples are handed over one by one. */
void v8single_init(struct v8single *, struct input *, const struct want *,
		   struct samples *, bool each);
void v8single_free(struct v8single *);

/*
 * Reads the object into the chunk; "member" takes the value of a member, of which
 * json->text is the key.
 */
bool v8single_read(struct v8single *, bool (*member)(struct v8single *));

/*
 * Hands over what was read.  The metrics that there are have been added; the first one is
 * usual.
 */
bool v8single_finish(struct v8single *);

#endif
