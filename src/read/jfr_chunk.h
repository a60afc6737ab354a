/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_CHUNK_H
#define READ_JFR_CHUNK_H

#include "io/input.h"
#include "read/jfr_bytes.h"

/*
 * A chunk: some seconds or megabytes of a recording, which tells all that is needed to
 * read it.  A file is one behind the other, and files that were put together by cat are
 * a file.
 */
struct jfr_chunk {
	uint64_t offset;         /* in the file */
	struct str bytes;        /* all of it, until the input is read again; see also
				    jfr_chunk_shorten() */
	size_t size;             /* bytes of it in the input */
	bool is_raw;             /* numbers are not compressed */
	bool is_cut;             /* it ends early, or was not finished; somewhere in an event */
	int64_t start;           /* in ns since 1970 */
	int64_t duration;        /* in ns; 0: not told */
	int64_t start_ticks;
	uint64_t ticks_per_second;
};

/* Bytes of a chunk, which is held in memory. */
#define JFR_CHUNK_MAX ((uint64_t)2 << 30)

/* Reads the next one.  False at the end of the input, and after an error. */
bool jfr_chunk_open(struct jfr_chunk *, struct input *);

/* Goes behind the chunk in the input. */
void jfr_chunk_close(struct jfr_chunk *, struct input *);

/* An event, or what is written as one: metadata and constants. */
struct jfr_event {
	uint64_t type;
	uint32_t at;             /* in the chunk */
	struct jfr_bytes body;
};

enum { JFR_METADATA = 0, JFR_CONSTANTS = 1 };

/* Where the first event is. */
enum { JFR_CHUNK_HEADER = 68 };

/*
 * The event at *at, which becomes the place of the next one.  False at the end of the
 * chunk, and where no event is: then *at is not the end.
 */
bool jfr_chunk_next(const struct jfr_chunk *, uint32_t *at, struct jfr_event *);

/* Ends it at this place; what follows is another chunk, or of no use. */
void jfr_chunk_shorten(struct jfr_chunk *, uint32_t at);

/* A span of time, and a time since 1970, in ns.  INT64_MIN: out of range. */
int64_t jfr_chunk_span(const struct jfr_chunk *, int64_t ticks);
int64_t jfr_chunk_time(const struct jfr_chunk *, int64_t ticks);

#endif
