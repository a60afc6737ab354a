/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPTRACK_TRACES_H
#define READ_HEAPTRACK_TRACES_H

#include "model/samples.h"
#include "read/heaptrack_modules.h"
#include "read/heaptrack_names.h"

/*
 * The tree of stacks: each trace is a place and the trace of its caller.  They are
 * counted from 1; trace 0 is the empty stack.
 */
struct heaptrack_traces {
	uint32_t count;
	bool is_raw;             /* places are those of the symbolizer */
	struct heaptrack_modules modules;
	struct heaptrack_names names;
	/* private */
	struct input *in;
	struct profile *profile;
	struct heaptrack_trace {
		uint32_t place, parent;
		uint32_t depth : 10;     /* addresses */
		uint32_t frames : 13;    /* functions, with what was inlined */
		uint32_t is_suppressed : 1;
	} *items;
	size_t capacity;
	uint32_t truncated;      /* the frame */
	uint32_t *frames;        /* of a stack, leaf first */
	size_t frame_capacity;
};

void heaptrack_traces_init(struct heaptrack_traces *, struct input *, struct profile *,
			   const struct want *);
void heaptrack_traces_free(struct heaptrack_traces *);

/* What follows "t "; "back" is subtracted from addresses.  False after an error. */
bool heaptrack_traces_add(struct heaptrack_traces *, struct str, uint64_t back);

/* After the last one: finds those with a place that fits. */
void heaptrack_traces_suppress(struct heaptrack_traces *, const struct suppressions *);

static inline bool heaptrack_traces_is_suppressed(const struct heaptrack_traces *t,
						  uint32_t trace)
{
	return trace > 0 && t->items[trace - 1].is_suppressed;
}

/* Pushes the frames of a stack. */
void heaptrack_traces_push(struct heaptrack_traces *, struct samples *, uint32_t trace);

#endif
