/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_OTLP_SAMPLES_H
#define READ_OTLP_SAMPLES_H

#include "read/otlp_tables.h"
#include "read/pprof_samples.h"

/*
 * Profiles and their samples.  A profile has one type of values, so that one of pprof is
 * several here; equal types are one metric.  Samples wait as they were written until the
 * dictionary is known, which comes behind them in most files.
 */
struct otlp_profile {
	uint64_t place;
	uint32_t message;
	uint32_t resource, scope;        /* in runs of own attributes */
	uint32_t type, unit, period_type, period_unit;   /* texts */
	int64_t period;
	uint64_t time, duration;
	struct otlp_run attributes;
	size_t first, end;       /* its samples, in bytes */
	unsigned metric;
};

/*
 * What the samples of a message look like: numbers and kinds of their fields tell which
 * version has written them.  In 1.8 and 1.9 the fields 2, 3, 4 were values, attributes
 * and link, since 1.10 they are attributes, link and values.
 */
enum otlp_look {
	OTLP_LIST_IN_4 = 1,      /* a list is no link: 1.10 and later */
	OTLP_LIST_IN_3 = 2,      /* 1.8 or 1.9 */
	OTLP_VALUES_IN_2 = 4,    /* if these are none, a sample has no value */
	OTLP_NOT_IN_2 = 8,       /* one has a value, or a time, elsewhere */
};

struct otlp_message {
	uint32_t base[OTLP_TABLES], seen[OTLP_TABLES];   /* of its tables */
	unsigned looks;                  /* enum otlp_look, of all samples */
	uint64_t link_max;               /* if field 3 is the link */
	bool is_19;
};

struct otlp_samples {
	struct pprof_samples kept;
	struct otlp_profile *profiles;
	uint32_t profile_count;
	struct otlp_run *runs;           /* attributes of resources and scopes */
	uint32_t run_count;
	struct otlp_message *messages;
	uint32_t message_count;
	struct metrics metrics;

	/* private */
	size_t profile_capacity, run_capacity, message_capacity;
};

void otlp_samples_free(struct otlp_samples *);

/* Keeps the sample that the walk is at, of the message and profile added last. */
void otlp_samples_keep(struct otlp_samples *, const struct proto_walk *);

/*
 * The message has ended, and the tables are those of it.  False when its samples are of
 * several layouts.
 */
bool otlp_samples_end(struct otlp_samples *, const struct otlp_tables *);

/* Hands all over, as of this event.  False after an error. */
bool otlp_samples_push(struct otlp_samples *, struct otlp_tables *, struct str event,
		       struct proto_walk *, struct samples *);

#endif
