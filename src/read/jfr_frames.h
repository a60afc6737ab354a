/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_FRAMES_H
#define READ_JFR_FRAMES_H

#include "io/input.h"
#include "model/location.h"
#include "read/jfr_pools.h"

/*
 * Frames, threads and class names, made of the constants of a chunk when samples refer
 * to them.
 */
struct jfr_stack {
	uint32_t first, count;   /* in frames, leaf first */
	bool is_truncated;       /* callers are missing */
};

struct jfr_thread {
	uint32_t name;           /* in profile->text, or ID_NONE */
	int64_t id;              /* of the operating system, or of Java where there is none */
};

struct jfr_frames {
	uint32_t *frames;

	/* private */
	struct input *in;
	struct profile *profile;
	const struct want *want;
	struct locations locations;
	struct jfr_pools *pools; /* of the chunk */
	uint64_t chunk_offset;   /* in the file */
	struct jfr_known {
		uint32_t type;           /* its number, UINT32_MAX: not described */
		struct jfr_layout layout;
	} known[8];
	struct jfr_method {
		uint32_t locations[FRAME_KINDS];     /* 1 + a location */
	} *methods;
	struct jfr_stack *stacks;
	struct jfr_thread *threads;
	uint32_t frame_count, method_count, stack_count, thread_count;
	size_t frame_capacity, method_capacity, stack_capacity, thread_capacity;
	struct buf symbol, line, text;
};

void jfr_frames_init(struct jfr_frames *, struct input *, struct profile *,
		     const struct want *);
void jfr_frames_free(struct jfr_frames *);

/*
 * Begins a chunk, which stands at this offset of the file; the pools must live until the
 * next one.  False after an error.
 */
bool jfr_frames_begin(struct jfr_frames *, struct jfr_pools *, uint64_t offset);

/*
 * The stack of this number, valid until the next one is asked for; NULL after an error,
 * and when there is none.
 */
const struct jfr_stack *jfr_frames_stack(struct jfr_frames *, uint64_t key);

/* The thread of this number; without name and id when there is none. */
struct jfr_thread jfr_frames_thread(struct jfr_frames *, uint64_t key);

/* The name of a class; valid until the next call.  Empty when there is none. */
struct str jfr_frames_class(struct jfr_frames *, uint64_t key);

/*
 * The text of a constant whose type stands for a text, such as a state of threads; as
 * jfr_frames_class().
 */
struct str jfr_frames_word(struct jfr_frames *, uint32_t type, uint64_t key);

#endif
