/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERF_FRAMES_H
#define READ_PERF_FRAMES_H

#include "model/location.h"
#include "model/samples.h"

/*
 * The frames of the sample that is being read from text of perf script.  A
 * frame is pushed with its line.  Which one is the function that inlined ones
 * were compiled into is known only when the lines after it have come; frames
 * that turn out to be something else are taken back and pushed anew.
 */

/*
 * Values of the cache of lines: a location, or a source line, which is an id in
 * profile->text with this bit.
 */
#define PERF_SOURCE_LINE (UINT32_C(1) << 31)
#define PERF_LOCATION_NONE UINT32_MAX

/* Bytes of a frame line up to where its address ends: a TAB and 16 columns. */
enum { PERF_ADDRESS_END = 17 };

struct perf_frames {
	struct locations locations;
	struct samples *out;
	uint32_t last;                   /* location pushed last, or PERF_LOCATION_NONE */
	/* private */
	struct perf_run {
		bool open;
		bool last;               /* the frame pushed last belongs to it */
		uint32_t location;
		uint32_t function;       /* its first frame, or PERF_LOCATION_NONE */
		char address[PERF_ADDRESS_END];  /* of all its frames, as read */
	} run;
	uint32_t function;               /* last frame whose source line is not inlined */
	size_t function_depth;           /* of the sample with it */
	char function_address[PERF_ADDRESS_END];
};

void perf_frames_init(struct perf_frames *, struct samples *, const struct want *);
void perf_frames_free(struct perf_frames *);

/* Before and after the frames of a sample. */
void perf_frames_begin(struct perf_frames *);
void perf_frames_end(struct perf_frames *);

/* A line will be read. */
void perf_frames_next(struct perf_frames *, struct str line);

/*
 * Whether the next line matters to frames before it; else known ones may be
 * pushed directly.
 */
static inline bool perf_frames_wait(const struct perf_frames *f)
{
	return f->run.open;
}

/* The frame of a line, and the line before that. */
void perf_frames_push(struct perf_frames *, uint32_t location, struct str line,
		      struct str before);

/* A frame that is no line of its own. */
void perf_frames_push_plain(struct perf_frames *, uint32_t location);

/* The source line (in profile->text) of the frame pushed last, whose line is "before". */
void perf_frames_source(struct perf_frames *, uint32_t text, struct str before);

/* One of both, as the cache knows it. */
void perf_frames_known(struct perf_frames *, uint32_t value, struct str line,
		       struct str before);

#endif
