/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_SAMPLES_H
#define READ_JFR_SAMPLES_H

#include "model/samples.h"
#include "read/jfr_chunk.h"
#include "read/jfr_events.h"
#include "read/jfr_frames.h"

/*
 * Events that become samples: their value, thread, labels and stack.
 */
struct jfr_samples {
	int64_t pid;             /* of the program, -1: not known */
	int64_t start;           /* of the recording, in ns since 1970 */
	uint64_t truncated;      /* stacks whose callers are missing, counted by samples */

	/* private */
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct jfr_frames frames;
	const struct jfr_chunk *chunk;
	const struct jfr_metadata *metadata;
	const struct jfr_pools *pools;
	struct jfr_source {
		struct jfr_event_type type;
		bool is_known;
		uint32_t event;          /* in profile->events, ID_NONE: not there yet */
		bool is_wanted;
		int64_t period;          /* in ns, 0: not told */
	} *sources;              /* by number of the type */
	uint32_t truncated_frame;
	bool by_time;
	struct buf text;
};

void jfr_samples_init(struct jfr_samples *, struct input *, const struct want *,
		      struct samples *);
void jfr_samples_free(struct jfr_samples *);

/* Begins and ends a chunk, whose parts must live so long.  False after an error. */
bool jfr_samples_begin(struct jfr_samples *, const struct jfr_chunk *, struct jfr_pools *);
void jfr_samples_end(struct jfr_samples *);

/*
 * What events of this type are, by the number in the file; NULL when there is no such
 * type, and after an error.
 */
struct jfr_source *jfr_samples_source(struct jfr_samples *, uint64_t type_id);

/* When an event began. */
int64_t jfr_samples_ticks(const struct jfr_source *, const struct jfr_event *);

/* Hands over the sample that an event is.  False after an error. */
bool jfr_samples_push(struct jfr_samples *, struct jfr_source *, const struct jfr_event *);

#endif
