/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERF_HEADER_H
#define READ_PERF_HEADER_H

#include "base/str.h"

/*
 * The line above each call chain of "perf script", taken apart; see perf.c for
 * the whole.  Texts point into the line.
 */
struct perf_header {
	struct str comm;                 /* without blanks at both ends */
	int64_t pid, tid;                /* -1: not printed */
	int32_t cpu;                     /* -1: not printed */
	bool has_time, has_period;
	int64_t time;                    /* in ns; what does not fit is INT64_MAX */
	uint64_t period;                 /* 1 without one, UINT64_MAX: too large */
	struct str event;                /* empty: not printed */
	struct str rest;                 /* what follows the event */
};

/* A header in which nothing is printed. */
extern const struct perf_header perf_header_none;

/*
 * False when it is no header.  Headers without time and event could be
 * anything: they are recognised only when asked for.
 */
bool perf_header_read(struct str line, struct perf_header *, bool bare_too);

/*
 * Something happened that is no sample: "inl 23406 3870.48: PERF_RECORD_COMM: …".
 * The header may be NULL.
 */
bool perf_header_is_record(struct str line, const struct perf_header *);

#endif
