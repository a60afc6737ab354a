/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_SPEEDSCOPE_PROFILES_H
#define READ_SPEEDSCOPE_PROFILES_H

#include "base/num.h"
#include "io/json.h"
#include "model/profile.h"

/*
 * The profiles of a speedscope file, checked and as numbers: what the frames are called
 * may stand behind them, and what other profiles there are has to be known before the
 * first sample is handed over.
 */
struct speedscope_profile {
	struct str name, unit;
	uint64_t line;           /* where it begins */
	bool is_evented;
	struct decimal start, end;
	bool has_end;
	uint64_t first_stack, stacks;    /* in ends */
	uint64_t first_frame, frames;    /* in frames; those of events, one for each */
	uint64_t first_number;   /* in numbers; one for each stack or event */

	/* What our own writer tells beside that. */
	struct speedscope_own {
		struct str series;       /* empty: nothing is told */
		struct str own;          /* what it was called by what it was read from */
		struct str unit, comm;
		bool has_comm;
		int64_t pid, tid;        /* -1: not known */
	} own;
};

struct speedscope_profiles {
	struct speedscope_profile *items;
	uint32_t count;
	uint32_t *frames;        /* root first; of events 2 * frame + whether it is opened */
	uint64_t *ends;          /* of stacks: where they end in frames */
	struct decimal *numbers; /* weights of stacks, times of events */
	uint32_t largest;        /* frame of all, and where it was: at line 0, nowhere */
	uint64_t largest_line;
	/* private */
	struct profile *profile;
	size_t capacity, frame_capacity, end_capacity, number_capacity;
	uint64_t frame_count, end_count, number_count;
	uint32_t *open;          /* frames of the profile being read */
	size_t open_count, open_capacity;
};

enum { SPEEDSCOPE_FRAMES_MAX = 1 << 30 };

/* Texts of profiles live as long as the profile given here. */
void speedscope_profiles_init(struct speedscope_profiles *, struct profile *);
void speedscope_profiles_free(struct speedscope_profiles *);

/* The list, of which the key was got last.  False after an error. */
bool speedscope_profiles_read(struct speedscope_profiles *, struct json *);

#endif
