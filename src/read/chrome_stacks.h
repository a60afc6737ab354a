/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_CHROME_STACKS_H
#define READ_CHROME_STACKS_H

#include "read/chrome_lanes.h"
#include "read/v8profile.h"

/*
 * Samples that stand beside the events of a trace, as Hermes and others write them:
 *
 *	"samples":[{"cpu":"-1","pid":1,"tid":"2","ts":"1000","weight":"1","sf":5}],
 *	"stackFrames":{"4":{"name":"main"},"5":{"name":"f","parent":4}}
 *
 * They are the nodes and samples of a profile of V8 in other clothes, one profile for
 * each thread.
 */
struct chrome_stacks {
	struct v8chunk nodes;
	struct intern ids;       /* of stack frames; their numbers are ids of nodes */
	struct chrome_thread {
		uint32_t lane;
		struct v8chunk chunk;    /* its samples */
	} *threads;
	uint32_t thread_count;
	/* private */
	size_t thread_capacity;
	struct table table;      /* threads by lane */
};

/* Nodes of all threads, for each has them all. */
#define CHROME_STACKS_MAX (UINT64_C(1) << 22)

/* Zeroed, there are none. */
void chrome_stacks_free(struct chrome_stacks *);

/* The values of "samples" and "stackFrames".  False after an error, or at the end. */
bool chrome_stacks_samples(struct chrome_stacks *, struct chrome_lanes *, struct json *);
bool chrome_stacks_frames(struct chrome_stacks *, struct v8frames *, struct json *);

/* Adds nodes and samples of a thread to its profile, when all is read. */
bool chrome_stacks_add(struct chrome_stacks *, uint32_t thread, struct v8profile *,
		       struct json *);

/*
 * A process or thread: a number, or any text, which becomes a number below 0.  The next
 * token is its value.
 */
bool chrome_stacks_id(struct chrome_lanes *, struct json *, int64_t *id);

#endif
