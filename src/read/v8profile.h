/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_V8PROFILE_H
#define READ_V8PROFILE_H

#include "base/num.h"
#include "model/calltree.h"
#include "read/v8frames.h"

/*
 * CPU profiles of V8: a tree of functions, and for each sample a node of it and the
 * time since the one before.  They stand alone in a file, or in pieces in a trace:
 *
 *	{"nodes":[{"id":1,"callFrame":{...},"hitCount":0,"children":[2]}, ...],
 *	 "startTime":1000,"endTime":9000,"samples":[2,5,5],"timeDeltas":[100,1000,1010]}
 *	{"nodes":[{"id":1,"callFrame":{...}},{"id":2,"callFrame":{...},"parent":1}], ...}
 *	{"head":{"id":1,"functionName":"(root)",...,"children":[{...}]},
 *	 "startTime":1.5,"endTime":2.5,"samples":[2,5,5],"timestamps":[1500100,1501100]}
 *
 * https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile.  Times
 * are microseconds; the last form is of before 2016, where begin and end are seconds.
 *
 * A sample lasts until the next one, the last one until the end of the recording, where
 * that is told.  Of samples that are not in the order of their times, those that come
 * late have no time: that until them is taken already.
 */

/* A piece of a profile, as it was read. */
struct v8chunk {
	struct v8chunk_node {
		uint32_t id, parent_id;  /* V8_NO_ID: not told */
		uint32_t parent;         /* in this chunk; ID_NONE: not told */
		uint32_t frame;
		enum v8meta meta;
		int64_t self;            /* samples; bytes in profiles of the heap */
	} *nodes;
	uint32_t node_count;
	struct v8chunk_child {
		uint32_t parent;         /* in this chunk */
		uint32_t id;
	} *children;
	size_t child_count;
	uint32_t *samples;       /* ids of nodes */
	size_t sample_count;
	int64_t *times;          /* ns */
	size_t time_count;
	struct decimal start, end;
	bool has_start, has_end, has_samples, has_nodes;
	bool is_old;             /* as before 2016: times are those of a clock, not since
				    the last sample, and begin and end are seconds */
	/* private */
	size_t node_capacity, child_capacity, sample_capacity, time_capacity;
};

enum { V8_NODES_MAX = 1 << 28, V8_NO_ID = UINT32_MAX };

void v8chunk_clear(struct v8chunk *);
void v8chunk_free(struct v8chunk *);

/*
 * Takes the value of a member of a profile, or of what is around one in a trace, of
 * which j->text is the key.  What it does not know is skipped.  False after an error,
 * and where the text ends.
 */
bool v8chunk_member(struct v8chunk *, struct v8frames *, struct json *);

/* From elsewhere: a node, and a sample with its time, which is that of a clock, in ns. */
void v8chunk_add_node(struct v8chunk *, const struct v8chunk_node *);
void v8chunk_add_sample(struct v8chunk *, uint32_t id, int64_t time);

/* Begin or end in ns; false when it is too large. */
bool v8chunk_moment(const struct v8chunk *, struct decimal, int64_t *time);

/* A profile, of one or many chunks. */
struct v8profile {
	uint64_t lost;           /* samples of nodes that there are not */
	uint64_t surplus;        /* times behind the last sample */
	uint64_t late;           /* samples earlier than the one before */
	uint64_t orphans;        /* nodes whose caller there is not: at the root */
	uint64_t doubles;        /* nodes of an id that another one has */
	bool timed;              /* samples have times */
	bool has_begun;          /* there are samples */

	/* private */
	bool keeps_each;
	struct v8node {
		uint32_t parent, frame;
		enum v8meta meta;
		uint32_t collecting;     /* the same with the garbage collector on top */
		uint32_t tree;           /* in the call tree */
		int64_t time, samples;
	} *nodes;
	uint32_t node_count;
	size_t node_capacity;
	struct table ids;
	uint32_t *id_of;         /* by node */
	size_t id_capacity;
	uint32_t *small;         /* nodes of small ids */
	size_t small_capacity;
	uint32_t last;           /* node of the last sample */
	uint32_t running;        /* that of the last sample that was JavaScript */
	uint32_t gc_frame;
	int64_t last_time;       /* until which all is accounted for */
	int64_t clock;           /* of the samples as told */
	struct v8sample {
		int64_t time;
		uint32_t node;
	} *each;
	size_t each_count, each_capacity;
};

/* "each": samples are handed over one by one. */
void v8profile_init(struct v8profile *, bool each);
void v8profile_free(struct v8profile *);

/*
 * Adds what a chunk has.  The first one tells the begin, and any may tell the end.  False
 * after an error: a node with two callers, times that are too large.
 */
bool v8profile_add(struct v8profile *, const struct v8chunk *, struct json *);

/*
 * Adds all samples to the tree, or hands each of them over; those that were idle are
 * left out.  False after an error.
 */
bool v8profile_push(struct v8profile *, struct calltree *, uint32_t group,
		    struct samples *, struct input *);

/* Says of the input what was odd, and what was left out. */
void v8profile_tell(const struct v8profile *, struct input *);

#endif
