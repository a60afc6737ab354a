/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PROFILE_H
#define MODEL_PROFILE_H

#include "base/buf.h"
#include "base/intern.h"
#include "base/table.h"
#include "model/labels.h"
#include "model/metrics.h"
#include "model/moments.h"
#include "model/places.h"
#include "model/recording.h"
#include "model/timeline.h"

/*
 * What was read: the distinct stacks with their values, and what they are
 * made of.  Everything here lives until profile_free().  Readers fill it
 * through samples.h; stacks.h chooses, filters and sorts what will be
 * written.
 *
 * A frame is a merge key: a name as shown and a kind.  Two frames of the same
 * name and kind are one, unless places are wanted and theirs differ.  Module and
 * full name are attributes of it.
 */

enum frame_kind {
	FRAME_USER,
	FRAME_KERNEL,
	FRAME_INLINED,
	FRAME_JIT,
	FRAME_WAKER,             /* of the stack that woke this one */
	FRAME_OTHER,             /* no function, as "[unknown]"; see frame_kind_of() */
	FRAME_KINDS
};

enum { ID_NONE = UINT32_MAX, ID_SEVERAL = UINT32_MAX - 1 };

struct frame {
	/* Ids in profile->text; full and module may be ID_NONE or ID_SEVERAL. */
	uint32_t name;           /* as shown, without a mark */
	uint32_t full;           /* the name before clean-up, where it is another one */
	uint32_t module;         /* the file it is from */
	enum frame_kind kind;
};

/*
 * What was counted.  A profile has at least one event; samples of different
 * events are never added up.
 */
struct event {
	struct str name;         /* "cycles:u"; may be empty */
	struct str unit;         /* of its values: "cycles", "ns"; empty when unknown */
};

/* Attributes of a sample, as far as they are wanted; equal ones are one group. */
struct group {
	uint32_t event;          /* in profile->events */
	uint32_t comm;           /* in profile->text, or ID_NONE */
	int64_t pid, tid;        /* -1: not known or not wanted */
	int32_t cpu;             /* -1: not known or not wanted */
	uint32_t labels;         /* in profile->labels; 0: none */
};

/* A distinct stack of a group. */
struct stack {
	uint64_t first;          /* of its frames in profile->pool */
	uint32_t depth;
	uint32_t group;          /* in profile->groups */
	bool leaf_first;         /* order of its frames in the pool */
};

/* A value column: what each sample is worth. */
struct column {
	struct str name;         /* "period", "samples", "before" */
	bool is_samples;         /* counts samples: needs no other unit */
	unsigned scale;          /* values are digits / 10^scale */
};

enum { COLUMNS_MAX = 2 };

struct profile {
	struct intern text;      /* names, modules, process names */

	struct frame *frames;    /* by frame id */
	uint32_t frame_count;

	struct event *events;
	uint32_t event_count;

	struct group *groups;
	uint32_t group_count;
	struct labels labels;

	struct places *places;   /* of frames; NULL: nobody wants them */
	struct moments *moments; /* of samples; NULL: nobody wants them */
	struct recording recording;

	struct column columns[COLUMNS_MAX];
	unsigned column_count;   /* 1 or 2 */
	bool is_difference;      /* the two columns are before and after */

	struct metrics metrics;  /* what the input tells of each stack; the chosen one is
				    column 0.  None when it counts samples of events */

	struct stack *stacks;
	uint32_t stack_count;
	int64_t *values;         /* by stack * COLUMNS_MAX + column */
	unsigned metric_columns; /* values of each stack that are kept of metrics; 0: those
				    of the chosen metric alone, as column 0 */
	int64_t *metric_values;  /* by stack * metric_columns + metric->column */
	uint32_t *pool;          /* frame ids of all stacks */
	uint64_t pool_count;

	struct timeline timeline;    /* of live bytes; empty when the input has no times */

	bool sorted;             /* stacks are root first and as stacks.h sorts them */
	bool sampled;            /* equal stacks in a row are one call seen again */
	bool overflow;           /* a sum left the range of int64 */
	bool units_differ;       /* an event came again in another unit */

	struct str title;        /* the command that was recorded; may be empty */
	struct str part;         /* of the recording, "until 10 ms", "snapshot 3"; empty: all */
	struct str shown;        /* "62 % of 21000 cycles", left by a filter; or empty */
	int64_t taken;           /* what that filter took away, of the first column */
	uint64_t header_samples; /* samples behind texts that only tell their number */
	bool samples_untold;     /* some text did not tell it */
	bool columns_guessed;    /* nobody said that the two columns are a difference */

	/* private */
	uint32_t last_group;
	size_t frame_capacity, event_capacity, group_capacity, stack_capacity,
		pool_capacity;
	struct table frame_table, event_table, group_table, stack_table;
	struct arena arena;
	struct buf scratch;
};

void profile_init(struct profile *);
void profile_free(struct profile *);

/* The id of s in profile->text. */
uint32_t profile_text(struct profile *, struct str s);

/*
 * The id of s as the name of a frame: what folded text could not carry is
 * replaced, so that a profile and its folded text have the same frames.  A ';'
 * becomes ':', control characters become visible as "\x0a".
 */
uint32_t profile_name_text(struct profile *, struct str s);

/*
 * The frame of this name and kind, made when new.  full and module are ids in
 * profile->text or ID_NONE; where they differ from what the frame has, it gets
 * ID_SEVERAL.
 */
uint32_t profile_frame(struct profile *, uint32_t name, enum frame_kind kind,
		       uint32_t full, uint32_t module);

/* The same with a place, a number in profile->places, or ID_NONE. */
uint32_t profile_frame_at(struct profile *, uint32_t name, enum frame_kind kind,
			  uint32_t full, uint32_t module, uint32_t place);

/* From now on places of frames are kept. */
void profile_keep_places(struct profile *);

/* From now on it is kept when each sample was. */
void profile_keep_moments(struct profile *);

/* The place of a frame; NULL when there is none. */
static inline const struct frame_place *profile_place(const struct profile *p, uint32_t frame)
{
	if (p->places == NULL || p->places->of_frame[frame] == ID_NONE)
		return NULL;
	return &p->places->items[p->places->of_frame[frame]];
}

/* The event of this name, made when new; its unit is set then, and compared later. */
uint32_t profile_event(struct profile *, struct str name, struct str unit);

/*
 * Notes what an input has, after it was read; see metrics.h.  False with words in
 * *why when it does not fit to the one before.
 */
bool profile_metrics(struct profile *, const struct metrics *, struct buf *why);

/*
 * Before there are samples of an input whose metrics have decimals: gives those that were
 * there before, and those in *m, the larger one of their scales.
 */
void profile_agree_scales(struct profile *, struct metrics *m);

/* The group with these attributes, made when new; the one asked for last is found at once. */
uint32_t profile_group(struct profile *, const struct group *);

/* A group of which nothing but the event is known. */
static inline struct group profile_nobody(uint32_t event)
{
	return (struct group){
		.event = event, .comm = ID_NONE, .pid = -1, .tid = -1, .cpu = -1,
	};
}

/* Samples have two values, of which the second is their number. */
void profile_count_samples(struct profile *);

/* Raises the scale of a column: values so far are multiplied. */
void profile_rescale(struct profile *, unsigned column, unsigned scale);

/* The sum of a column over all stacks; false when it does not fit. */
bool profile_sum(const struct profile *, unsigned column, int64_t *sum);

/* The hash under which profile_add() looks for a stack. */
uint32_t profile_hash(const uint32_t *frames, uint32_t depth, uint32_t group);

/* Turns a list of frames around, leaf first or root first. */
void profile_reverse(uint32_t *frames, uint32_t depth);

/* Adds a sample to the stack of these frames, made when new; returns its number. */
uint32_t profile_add(struct profile *, uint32_t hash, const uint32_t *frames,
		     uint32_t depth, bool leaf_first, uint32_t group,
		     const int64_t values[COLUMNS_MAX]);

/*
 * The same for a stack that is new for sure, without looking for it: later
 * profile_add() will not find it, equal ones are merged by stacks_select() unless
 * they shall stay in the order read.
 */
uint32_t profile_append(struct profile *, const uint32_t *frames, uint32_t depth,
			bool leaf_first, uint32_t group,
			const int64_t values[COLUMNS_MAX]);

/* Adds the values of all metrics of a sample to its stack, by column. */
void profile_add_metrics(struct profile *, uint32_t stack, const int64_t *values);

/*
 * "[unknown]", "[libc.so.6]" and delimiters such as "-" stand for no function:
 * FRAME_OTHER; every other name is FRAME_USER.
 */
enum frame_kind frame_kind_of(struct str name);

/* Text that lives as long as the profile. */
struct str profile_keep(struct profile *, struct str s);

/* The name of a frame as shown, without its mark. */
static inline struct str profile_name(const struct profile *p, uint32_t frame)
{
	return intern_text(&p->text, p->frames[frame].name);
}

/*
 * The function alone: without the line, file or offset that a granularity has
 * added to the name.
 */
struct str profile_function(const struct profile *, uint32_t frame);

/* Frames of stack s from the root (0) to the leaf (depth - 1). */
static inline uint32_t profile_stack_frame(const struct profile *p,
					   const struct stack *s, uint32_t i)
{
	return p->pool[s->first + (s->leaf_first ? s->depth - 1 - i : i)];
}

/* The mark a frame of this kind carries at its end in folded text: "_[k]", or nothing. */
struct str frame_kind_mark(enum frame_kind);

/* "user", "kernel", "inlined", "jit", "waker", "other", and back: FRAME_KINDS for others. */
struct str frame_kind_word(enum frame_kind);
enum frame_kind frame_kind_of_word(struct str);

/* Cuts a mark off *name and returns the kind it stands for, FRAME_USER without one. */
enum frame_kind frame_kind_unmark(struct str *name);

#endif
