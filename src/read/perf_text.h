/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERF_TEXT_H
#define READ_PERF_TEXT_H

#include "read/reader.h"

/*
 * Single lines of "perf script" output taken apart; see perf.c for the whole.
 * Nothing here has state.  Texts point into the line.
 */

/* A header line. */
struct perf_header {
	struct str comm;                 /* without blanks at both ends */
	int64_t pid, tid;                /* -1: not printed */
	int32_t cpu;                     /* -1: not printed */
	bool has_time, has_period;
	uint64_t period;                 /* 1 without one */
	struct str event;                /* empty: not printed */
	struct str rest;                 /* what follows the event */
};

/* A frame line. */
struct perf_frame {
	struct str address, offset;      /* hexadecimal digits */
	struct str symbol;               /* without offset */
	struct str module;
	bool has_module;                 /* or says that it is inlined */
	bool inlined;
	bool cut_off;                    /* the line ends inside the module's name */
};

/*
 * False when it is no header.  Headers without time and event could be
 * anything: they are recognised only when asked for.
 */
bool perf_text_header(struct str line, struct perf_header *, bool bare_too);

bool perf_text_frame(struct str line, struct perf_frame *);

/* Something happened that is no sample: "inl 23406 3870.48: PERF_RECORD_COMM: …".  The header may be NULL. */
bool perf_text_is_record(struct str line, const struct perf_header *);

/* Registers and branch records, printed where the empty line would be: they end a call chain. */
bool perf_text_is_tail(struct str line);

/* What follows something that is not wanted: a source line, the next line of a hex dump. */
bool perf_text_is_more(struct str line);

/* The line without LF or CR LF. */
struct str perf_text_line(struct str raw);

enum probe perf_text_probe(struct str head);

/* The last header that follows an empty line: the second half begins there. */
const char *perf_text_split(struct str block);

#endif
