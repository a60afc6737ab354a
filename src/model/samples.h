/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_SAMPLES_H
#define MODEL_SAMPLES_H

#include "base/alloc.h"
#include "model/profile.h"

/*
 * How a reader hands samples over: the frames of a sample one by one, in the
 * order the reader has declared (leaf_first), then sample_end() with its group
 * and values.  Samples wait in a batch and go to the profile together, so that
 * the memory each one needs can be fetched ahead.
 */

enum {
	SAMPLES_BATCH = 256,             /* samples that go to the profile together */
	SAMPLES_FRAMES = 64 * 1024,      /* ... or fewer, with so many frames */
	SAMPLES_DEPTH_MAX = 1 << 24,     /* readers refuse deeper stacks */
};

struct samples {
	struct profile *profile;
	bool leaf_first;
	bool distinct;               /* each stack is a new one: none is looked for.  Set by a
					reader that sees it, after samples_flush() */
	const struct metrics *metrics;   /* see samples_metrics() */
	int64_t time;                /* of the samples to come, see moments.h; MOMENT_UNKNOWN
					until a reader sets it */
	bool in_order;               /* each sample is a stack of its own, for a flame chart */
	uint64_t count;              /* samples handed over so far */
	uint64_t filtered;           /* samples read but not wanted */
	uint64_t frameless;          /* samples without a single frame */

	/* private */
	uint32_t *frames;            /* of the batch and of the sample being made */
	size_t frame_count, frame_capacity;
	struct sample {
		size_t end;              /* of its frames */
		uint32_t group;
		uint32_t hash;
		int64_t values[COLUMNS_MAX];
	} batch[SAMPLES_BATCH];
	unsigned batch_count;
	int64_t times[SAMPLES_BATCH];
	int64_t *metric_values;      /* of the batch, by sample * columns of the profile */
	unsigned metric_column[METRICS_MAX];     /* by metric of the file */
};

void samples_init(struct samples *, struct profile *);

/*
 * For formats with metrics: says what they are, in the order of the values that
 * sample_end_metrics() gets.  They must live until the last of these.  "all": the
 * program wants the values of all (want->all_metrics).
 */
void samples_metrics(struct samples *, const struct metrics *, bool all);

/* Hands the batch to the profile; samples_free() forgets what was not handed over. */
void samples_flush(struct samples *);
void samples_free(struct samples *);

/* Frames of the sample being made. */
static inline size_t sample_depth(const struct samples *s)
{
	return s->frame_count -
	       (s->batch_count ? s->batch[s->batch_count - 1].end : 0);
}

/* Makes room for n frames, to be pushed by sample_push_reserved(). */
static inline void samples_reserve(struct samples *s, size_t n)
{
	ARRAY_RESERVE(s->frames, s->frame_capacity, s->frame_count + n);
}

static inline void sample_push_reserved(struct samples *s, uint32_t frame)
{
	s->frames[s->frame_count++] = frame;
}

/* Pushes n frames of a pool, from "first" on; there need be no pool when there are none. */
static inline void sample_push_all(struct samples *s, const uint32_t *pool, size_t first,
				   size_t n)
{
	if (n == 0)
		return;
	samples_reserve(s, n);
	memcpy(s->frames + s->frame_count, pool + first, n * sizeof(*pool));
	s->frame_count += n;
}

static inline void sample_push(struct samples *s, uint32_t frame)
{
	samples_reserve(s, 1);
	sample_push_reserved(s, frame);
}

/* Takes back the frame pushed last; only when sample_depth() > 0. */
static inline void sample_pop(struct samples *s)
{
	s->frame_count--;
}

static inline void sample_end(struct samples *s, uint32_t group,
			      const int64_t values[COLUMNS_MAX])
{
	s->times[s->batch_count] = s->time;
	struct sample *sample = &s->batch[s->batch_count++];
	sample->end = s->frame_count;
	sample->group = group;
	sample->values[0] = values[0];
	sample->values[1] = values[1];
	s->count++;
	if (s->batch_count == SAMPLES_BATCH || s->frame_count >= SAMPLES_FRAMES)
		samples_flush(s);
}

/* Keeps the values of all metrics of the sample that sample_end() comes for. */
void samples_put_metrics(struct samples *, const int64_t *values);

/*
 * Ends a sample that has a value for each metric: column 0 is the chosen one's, column 1
 * the number of samples, where a metric tells it.
 */
static inline void sample_end_metrics(struct samples *s, uint32_t group,
				      const int64_t *values)
{
	if (s->profile->metric_columns)
		samples_put_metrics(s, values);
	const struct metrics *m = s->metrics;
	int64_t samples = m->samples ? values[m->samples - 1] : 0;
	sample_end(s, group, (int64_t[COLUMNS_MAX]){ values[m->chosen], samples });
}

#endif
