/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_CHROME_SESSIONS_H
#define READ_CHROME_SESSIONS_H

#include "read/chrome_lanes.h"
#include "read/v8profile.h"

/*
 * The profiles of V8 in a trace: one for each thread that was recorded, known by its
 * process and an id.  Another thread writes its chunks.
 */
struct chrome_sessions {
	struct chrome_session {
		int64_t pid;
		uint64_t id;             /* hash of its text */
		uint32_t lane;           /* of the thread that was recorded */
		struct v8profile profile;
	} *items;
	uint32_t count;
	/* private */
	size_t capacity;
	struct table table;
};

/* Zeroed, there are none. */
void chrome_sessions_free(struct chrome_sessions *);

/* A new one; "each" as in v8profile_init(). */
struct v8profile *chrome_sessions_add(struct chrome_sessions *, int64_t pid, uint64_t id,
				      uint32_t lane, bool each);

/* That of the id; of several the one begun last; NULL when there is none. */
struct v8profile *chrome_sessions_find(const struct chrome_sessions *, int64_t pid,
				       uint64_t id);

/* Whether any has a sample. */
bool chrome_sessions_sampled(const struct chrome_sessions *);

#endif
