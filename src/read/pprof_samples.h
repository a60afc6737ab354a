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
	/* private */
	size_t run;              /* of the sample that is looked at */
	struct label *labels;
	size_t label_capacity;
};

void pprof_samples_free(struct pprof_samples *);

/* Keeps one. */
void pprof_samples_keep(struct pprof_samples *, const struct proto_field *);

/*
 * Hands all over, with the metrics that samples_metrics() knows.  False after an error.
 */
bool pprof_samples_push(struct pprof_samples *, struct pprof_tables *, struct proto *,
			struct metrics *, uint32_t event, struct samples *);

#endif
