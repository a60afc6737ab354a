/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPTRACK_TEXT_H
#define READ_HEAPTRACK_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "read/heaptrack_blocks.h"

/*
 * The lines that a recording mostly is made of, taken apart:
 *
 *	+ SIZE TRACE ADDRESS     - ADDRESS       with addresses
 *	+ INFO                   - INFO          of an interpreted file
 *
 * Numbers are hexadecimal.
 */
struct heaptrack_line {
	uint64_t id;             /* address or info */
	uint64_t size, trace;    /* of "+" with addresses only */
	bool is_free;
};

enum { HEAPTRACK_LINES = 128 };

/* Lines that follow each other; INPUT_PADDING bytes behind the end can be read. */
struct heaptrack_text {
	const char *p, *end;
	const struct heaptrack_blocks *blocks;   /* where addresses will be looked for;
						    NULL: there are infos */
	/* private */
	const char *seen;        /* how far has been looked */
	bool is_odd;             /* there is something that no such line has */
	const char *ends[2 * HEAPTRACK_LINES];   /* of the next lines */
	unsigned ends_count;
};

void heaptrack_text_init(struct heaptrack_text *, struct str,
			 const struct heaptrack_blocks *);

/*
 * Takes up to HEAPTRACK_LINES whole lines off the front of the text, up to one that is
 * something else, and perhaps could be one of these when looked at alone; returns how
 * many.
 */
unsigned heaptrack_text_take(struct heaptrack_text *, struct heaptrack_line *lines);

/* Goes back to the n-th of the lines from "start", where the last ones were taken. */
void heaptrack_text_return(struct heaptrack_text *, const char *start, unsigned n);

/* One line, without its line end; false when it is none of these. */
bool heaptrack_text_read_line(struct str text, bool has_addresses, struct heaptrack_line *);

#endif
