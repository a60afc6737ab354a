/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPS_H
#define READ_HEAPS_H

#include "read/reader.h"
#include "read/traces.h"
#include "read/unsample.h"

/*
 * What the heap profiles of tcmalloc, Go and jemalloc have in common: four numbers of
 * each stack, which are those of samples or of everything.
 *
 *	struct heaps h;
 *	heaps_init(&h, in, want, out);
 *	heaps_choose(&h, names, 4, rate)
 *	... traces_begin(h.traces), heaps_counts(), heaps_add() ...
 *	heaps_push(&h, told);
 *	heaps_free(&h);
 */

/* The numbers as they stand in a line: "17: 14768 [1164: 1343524]". */
enum heaps_number {
	HEAPS_BLOCKS, HEAPS_BYTES, HEAPS_ALL_BLOCKS, HEAPS_ALL_BYTES, HEAPS_NUMBERS
};

struct heaps {
	struct input *in;
	const struct want *want;
	struct profile *profile;
	struct traces *traces;
	int64_t seen[HEAPS_NUMBERS];     /* sums of what was added, as written */
	/* private */
	struct metrics metrics;
	unsigned numbers;                /* that metrics are of: 2 or 4 */
	struct unsample unsample;
};

void heaps_init(struct heaps *, struct input *, const struct want *, struct samples *);
void heaps_free(struct heaps *);

/* The metrics of a profile that tells all four numbers. */
extern const struct str heaps_metrics[HEAPS_NUMBERS];

/*
 * What the first "numbers" numbers of each stack are; the bytes in use are the usual
 * metric.  rate is how many bytes there are for each sample; up to 1: everything was
 * counted.  False with an input_error().
 */
bool heaps_choose(struct heaps *, const struct str names[], unsigned numbers,
		  uint64_t rate);

/*
 * Cuts the four numbers off the beginning of *line.  False with an input_error(),
 * also where there are bytes without blocks.
 */
bool heaps_counts(struct heaps *, struct str *line, int64_t counts[HEAPS_NUMBERS]);

/* Adds a sample with these numbers to the stack of h->traces that was begun last. */
bool heaps_add(struct heaps *, uint32_t group, const int64_t counts[HEAPS_NUMBERS]);

/*
 * When all was read: hands the samples over.  A warning when they are not what the head
 * of the file told of; NULL: it did not tell.
 */
bool heaps_push(struct heaps *, const int64_t told[HEAPS_NUMBERS]);

/* The group of samples that nothing more is known of. */
uint32_t heaps_group(const struct heaps *);

#endif
