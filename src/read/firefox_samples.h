/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_FIREFOX_SAMPLES_H
#define READ_FIREFOX_SAMPLES_H

#include "model/samples.h"
#include "read/firefox_frames.h"

/*
 * The samples of a file that was read: what they count, and handing them over.
 */
enum firefox_value {
	FIREFOX_COUNT,           /* of samples */
	FIREFOX_TIME,            /* ns, of weights that are times */
	FIREFOX_CPU,             /* of the thread since the sample before */
	FIREFOX_TOTAL,           /* bytes that were allocated, or that weights are */
	FIREFOX_LIVE,            /* ... of those that were not freed */
	FIREFOX_FREED,
	FIREFOX_JS,              /* bytes of JavaScript's own objects */
	FIREFOX_VALUES
};

struct firefox_samples {
	struct input *in;
	const struct want *want;
	struct samples *out;
	const struct firefox_file *file;
	struct firefox_frames frames;
	unsigned has;            /* 1u << enum firefox_value of what is there */
	int64_t totals[FIREFOX_VALUES];
	bool overflow[FIREFOX_VALUES];
	uint32_t event;

	/* Set by the caller: what is handed over, in the order of the metrics. */
	enum firefox_value values[FIREFOX_VALUES];
	unsigned value_count;
	unsigned chosen;         /* of these */
	bool is_plain;           /* there are no metrics: it is the number of samples */

	/* private */
	const struct firefox_thread *thread;
	const struct firefox_table *stacks_of;   /* what depths are of */
	uint32_t *depths;        /* by stack */
	bool *seen;
	uint32_t *touched;       /* stacks with sums */
	int64_t *sums;           /* by stack * (value_count + 1): samples come last */
	uint32_t touched_count;
	uint64_t frames_seen;
	uint32_t *labels_of; /* by category + 1: 1 + a set of labels; 0: not made yet */
	bool *freed;             /* by allocation */
	int64_t begin;           /* of the recording */
};

void firefox_samples_init(struct firefox_samples *, struct input *, const struct want *,
			  struct samples *, const struct firefox_file *);
void firefox_samples_free(struct firefox_samples *);

/* Hands all over.  False after an error. */
bool firefox_samples_push(struct firefox_samples *);

#endif
