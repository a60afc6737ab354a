/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_COMMENTS_H
#define MODEL_COMMENTS_H

#include "base/arena.h"
#include "model/series.h"

/*
 * What pprof and OpenTelemetry have no place for goes into comments, in the words of the
 * header of folded text.  pprof's reports do not show comments that begin with '#'.
 *
 *	# command: ./heap -v         its mapping tells no arguments
 *	# event: block               what the metrics are of
 *	# unit: samples              of the values that are usually shown, where their
 *	                             unit is "count" there
 *	# estimated: yes
 */
struct comments {        /* empty: not told */
	struct str command, event, unit;
	bool is_estimate;
};

enum { COMMENTS_MAX = 4 };

/*
 * Those to be written beside those of the recording; returns how many.  "unit" is that of
 * the chosen series as it is written.
 */
unsigned comments_make(const struct stacks *, const struct series *, struct str unit,
		       struct arena *, struct str texts[COMMENTS_MAX]);

/* What those of a recording tell; the texts are theirs. */
struct comments comments_read(const struct recording *);

/* Takes it into the profile, and into the metrics, of which one was chosen. */
void comments_apply(const struct comments *, struct profile *, struct metrics *);

#endif
