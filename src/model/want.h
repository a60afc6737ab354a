/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_WANT_H
#define MODEL_WANT_H

#include "base/str.h"
#include "model/names.h"

/*
 * What a program wants of its input, known before reading and filled from the
 * options every program shares.  What nobody wants is not stored.
 */

/* What becomes the root frames of the stacks. */
enum group_by {
	GROUP_COMM,              /* the process name */
	GROUP_NONE,
	GROUP_PID,               /* comm-PID */
	GROUP_TID,               /* comm-PID/TID */
	GROUP_CPU,               /* comm;cpu N */
	GROUP_EVENT,             /* the event; then every event is kept */
	GROUP_MODULE,            /* the file the frame nearest to the root is from */
	GROUP_UNSET,             /* nobody has said; never there when reading begins */
};

/* What makes two frames the same frame. */
enum granularity {
	GRANULARITY_FUNCTIONS,
	GRANULARITY_FILEFUNCTIONS,   /* function:file */
	GRANULARITY_FILES,
	GRANULARITY_LINES,           /* function:file:line */
	GRANULARITY_ADDRESSES,       /* function+0xoffset */
};

/* Time since the recording began, in ns; what happens from .. to counts. */
struct want_window {
	bool is_set;
	int64_t from, to;        /* to is INT64_MAX without an end */
};

/* Attributes of samples that filters may look at. */
enum want_tag { TAG_COMM, TAG_PID, TAG_TID, TAG_CPU, TAG_EVENT, TAG_LABELS, TAGS };

struct filter;

struct want {
	enum group_by group_by;
	enum granularity granularity;
	bool addrs;              /* unknown frames carry their address */
	bool no_inline;          /* inlined frames belong to the function around them */
	bool reverse;            /* stacks from the leaf: merged by callee */
	bool in_order;           /* stacks stay in the order read: a flame chart */
	bool first_event;        /* of several events the one read first, as in Perl */
	bool compat;             /* names and roots as the Perl tools write them */
	bool full_names;         /* names before clean-up are kept as well */
	bool with_samples;       /* stacks keep their number of samples, see stacks.h */
	bool strict;             /* warnings fail; no choice among events */
	unsigned unmarked;       /* 1u << kind: those are plain frames of their name */
	struct names_choice names;   /* how names are cleaned */

	/* For formats that can carry more than folded text. */
	bool places;             /* frames are told apart by their places, see places.h, and
				    stacks by their labels; stacks come in the order read */
	bool all_metrics;        /* the values of all metrics, not only of the chosen one */
	bool times;              /* when each sample was, see moments.h */

	struct str metric;       /* empty: the default of the format */
	struct str snapshot;     /* of several in the input: its number, "peak", "last" */
	struct want_window window;
	bool raw_counts;         /* counts of a sample as written, not scaled up */
	bool all_frames;         /* also those that the profile itself says to leave out */
	bool keeps_rules;        /* what says so is written again, and need not be obeyed */
	struct str unit;         /* of the values; empty: as the input says */
	unsigned columns;        /* numbers ending folded lines, 1 or 2; 0: as it says */

	/* Leaks that are known: files of patterns, and those that readers know. */
	const char *const *suppressions;
	size_t suppression_count;
	bool no_suppressions;    /* just those of the files */

	/* Where the files are that were mapped when the recording was made. */
	const char *sysroot;     /* folder in front of all names; NULL: none */
	const char *const *maps; /* "OLD=NEW": beginnings of names, replaced */
	size_t map_count;

	/* Keys of labels whose values become frames, outermost first. */
	const char *const *tagroot;
	size_t tagroot_count;
	const char *const *tagleaf;
	size_t tagleaf_count;

	/* Exact names or globs; an event that fits one of them is wanted. */
	const char *const *event_filter;
	size_t event_filter_count;

	/* What is done with the stacks when all are read; NULL: nothing.  Not const, for
	   it notes what it found. */
	struct filter *filter;
	unsigned tags;           /* 1u << enum want_tag of those that it looks at */
	bool relative;           /* percentages are of what is shown, not of all */
};

/* Whether one that is set has a time since the beginning; where it ends the next one begins. */
static inline bool want_window_has(const struct want_window *w, int64_t since)
{
	return since >= w->from && (since < w->to || w->to == INT64_MAX);
}

/* Whether the process name stands at the root of the stacks. */
static inline bool want_shows_comm(const struct want *w)
{
	return w->group_by == GROUP_COMM || w->group_by == GROUP_PID ||
	       w->group_by == GROUP_TID || w->group_by == GROUP_CPU;
}

/* Whether its number does; it stands behind a name, which not all formats have. */
static inline bool want_shows_pid(const struct want *w)
{
	return w->group_by == GROUP_PID || w->group_by == GROUP_TID;
}

static inline bool want_tag(const struct want *w, enum want_tag tag)
{
	return w->places || (w->tags >> tag & 1);
}

/* Which attributes of samples are wanted. */
static inline bool want_comm(const struct want *w)
{
	return want_tag(w, TAG_COMM) || want_shows_comm(w);
}

static inline bool want_pid(const struct want *w)
{
	return want_tag(w, TAG_PID) || want_shows_pid(w);
}

static inline bool want_tid(const struct want *w)
{
	return want_tag(w, TAG_TID) || w->group_by == GROUP_TID;
}

static inline bool want_cpu(const struct want *w)
{
	return want_tag(w, TAG_CPU) || w->group_by == GROUP_CPU;
}

#endif
