/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PPROF_SAMPLES_H
#define READ_PPROF_SAMPLES_H

#include "io/proto.h"
#include "model/samples.h"
#include "read/pprof_tables.h"

/*
 * The samples of a pprof file.  They come before what they refer to, and wait as they
 * were written.
 */
struct pprof_samples {
	struct buf bytes;        /* their fields, with tags */
	struct pprof_run {
		size_t at;               /* in bytes */
		uint64_t offset;         /* in the file */
	} *runs;                 /* where samples do not follow each other in the file */
	size_t run_count, run_capacity;
};

void pprof_samples_free(struct pprof_samples *);

/* Keeps one. */
void pprof_samples_keep(struct pprof_samples *, const struct proto_field *);

/* Where a kept sample was in the file. */
uint64_t pprof_samples_offset(const struct pprof_samples *, size_t at);

/* Handing over, with the metrics that samples_metrics() knows. */
struct pprof_pushing {
	struct pprof_tables *tables;
	struct metrics *metrics;
	struct samples *out;
	struct group group;      /* what is known of samples beside their labels */
	uint64_t offset;         /* of the sample in the file */
	/* private */
	uint32_t label_set;      /* of the sample */
	struct label *labels;
	size_t label_capacity;
};

/* Hands over one sample, or all that were kept.  False after an error. */
bool pprof_samples_push_one(struct pprof_pushing *, const Pprof__Sample *);
bool pprof_samples_push(struct pprof_samples *, struct pprof_pushing *, struct proto *);

void pprof_samples_pushed(struct pprof_pushing *);

#endif
