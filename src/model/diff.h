/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DIFF_H
#define MODEL_DIFF_H

#include "model/stable.h"
#include "model/top.h"

/*
 * Two sides of profiles, aligned: what was, and what is, of each call path and each
 * function.
 *
 *	diff_init()
 *	diff_add()         each file, which may be forgotten then
 *	diff_align()       one tree of both
 *	diff_scale_choose()  by what values before are multiplied, see diff_scale.h
 *
 * Values stay as they were read; what is compared are values before times ratio
 * with values after, see diff_before().
 */
enum diff_side { DIFF_BEFORE, DIFF_AFTER };

/* What is known of how many samples are behind a value. */
enum diff_counts {
	DIFF_UNKNOWN,            /* nothing, so nobody knows what is noise */
	DIFF_EXACT,              /* nothing was sampled: each change is one */
	DIFF_SAMPLED,
};

struct diff_run {
	enum diff_side side;
	enum diff_counts counts;
	bool counts_each;        /* value[1] of its items are samples */
	double per_value;        /* else the samples of a value of 1, on the average */
	struct stacks_item *items;       /* sorted, with frames of the diff's profile */
	uint32_t count;
	int64_t total;
	double samples;          /* of all */
	/* private */
	uint32_t *function, *thread;     /* by frame of the file: the frame here */
	uint32_t frame_count;
};

/* Before times num / den: exact, as far as a long double is. */
struct diff_ratio {
	int64_t num, den;
};

enum diff_normalize { DIFF_AS_IT_IS, DIFF_BY_TOTAL, DIFF_BY_FRAME };

struct diff_options {
	bool stable_names;       /* see stable.h */
	bool hex;                /* only addresses, as difffolded.pl -s */
	bool force;              /* compare what counts something else */
};

struct diff {
	struct diff_options options;
	struct profile profile;      /* the names of both sides */
	struct stacks stacks;        /* two columns, as read */
	struct tree tree;
	struct top top;
	struct stable stable;
	struct diff_ratio ratio;
	enum diff_normalize normalize;
	struct str frame;            /* of DIFF_BY_FRAME */
	unsigned files[2];           /* by side */
	double samples[2];           /* by side; 0 when not known */
	enum diff_counts counts;

	struct diff_run *runs;
	size_t run_count;
	/* private */
	size_t run_capacity;
	bool any;                    /* file was added */
};

void diff_init(struct diff *, const struct diff_options *);
void diff_free(struct diff *);

/*
 * Adds a file, whose stacks are taken over.  "exact" says that its values are counted
 * and not sampled.  False with words in *why when it cannot be compared with those
 * before.
 */
bool diff_add(struct diff *, enum diff_side, struct stacks *, bool exact,
	      struct buf *why);

/* False when sums leave the range of 64 bits or there are too many call paths. */
bool diff_align(struct diff *);

/* The same without tree and functions, where stacks are all that is wanted. */
bool diff_merge(struct diff *);

/* A value before as it is compared. */
static inline long double diff_before(const struct diff *d, int64_t value)
{
	return (long double)value * d->ratio.num / d->ratio.den;
}

static inline bool diff_is_scaled(const struct diff *d)
{
	return d->ratio.num != d->ratio.den;
}

/* The samples of each node of one run, itself and below; for free(). */
double *diff_run_samples(const struct diff *, size_t run);

#endif
