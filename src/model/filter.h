/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_FILTER_H
#define MODEL_FILTER_H

#include "model/match.h"
#include "model/profile.h"
#include "model/want.h"

/*
 * Filters: what takes stacks away, shortens them or gives their frames other
 * names, one step after the other in the order of the options.  A step judges
 * every distinct name once; stacks then go by what was found out about their
 * frames, each stack through all steps.
 *
 *	struct filter *f = filter_new();
 *	filter_add(f, FILTER_HIDE, STR("^std::"), &error);     before reading
 *	...
 *	filter_begin(&run, f, profile);                        when all is read
 *	for each part, for each stack
 *		filter_apply(&run, part, &stack);
 *	filter_end(&run);
 *
 * Stacks are frames from the root to the leaf, without the process name and such
 * that --group-by puts in front; after FILTER_REVERSE from the leaf to the root.
 */
enum filter_kind {
	/* pprof's: of stacks, by a function or its file */
	FILTER_FOCUS,            /* keeps those with a match */
	FILTER_IGNORE,           /* drops them */
	FILTER_HIDE,             /* takes matching frames out; drops what has no more */
	FILTER_SHOW,             /* takes the others out */
	FILTER_SHOW_FROM,        /* cuts above the first match, drops without one */
	FILTER_PRUNE_FROM,       /* cuts below the last match; by the bare function */
	FILTER_TAG_FOCUS,        /* keeps stacks by attributes: "[key=]expression" */
	FILTER_TAG_IGNORE,
	/* the Perl tools' and inferno's: names, exactly */
	FILTER_BASE,             /* as FILTER_SHOW_FROM */
	FILTER_SKIP_AFTER,       /* cuts above the last one */
	/* Firefox's */
	FILTER_MERGE_FUNCTION,   /* takes matching frames out; drops nothing */
	FILTER_DROP_FUNCTION,    /* drops stacks with a match, by function alone */
	FILTER_COLLAPSE_MODULE,  /* neighbours of a matching file become one frame */
	FILTER_COLLAPSE_SUBTREE, /* cuts below the first match */
	FILTER_COLLAPSE_DIRECT,  /* a function that calls itself stands there once */
	FILTER_COLLAPSE_CYCLE,   /* ... as well with others in between */
	/* ours */
	FILTER_RENAME,           /* "s/…/…/", see rename.h */
	FILTER_MERGE_THREADS,    /* first frames, or process names, see rename.h */
	FILTER_MIN,              /* "1%": narrower calls become one frame "[other]" */
	FILTER_DEPTH,            /* "20": only so many frames */
	FILTER_NO_IDLE,          /* drops stacks of idle processors */
	FILTER_REVERSE,          /* turns stacks around */
	FILTER_KINDS
};

/* How many steps there can be. */
enum { FILTER_STEPS_MAX = 64 };

/* The option of each kind, without dashes: "show-from". */
extern const char *const filter_options[FILTER_KINDS];

struct filter;

struct filter *filter_new(void);
void filter_free(struct filter *);

/*
 * Adds a step; one that cuts at the same kind of match as the step before becomes
 * part of it, so that either may match.  The argument, which may be empty where
 * the kind needs none, must live as long.  False when it is wrong; without a
 * place in the argument the error is at FILTER_NOWHERE.
 */
bool filter_add(struct filter *, enum filter_kind, struct str argument,
		struct match_error *);
#define FILTER_NOWHERE SIZE_MAX

/* What of the attributes steps look at; all of NULL is false or 0. */
bool filter_is_empty(const struct filter *);
bool filter_needs_names(const struct filter *);      /* full ones, too */
bool filter_needs_tag(const struct filter *, enum want_tag);
bool filter_reverses(const struct filter *);         /* what comes out is turned around */
bool filter_has(const struct filter *, enum filter_kind);

/* Whether sorted stacks stay sorted. */
bool filter_keeps_order(const struct filter *);

/*
 * What the last run found.  A step that looks for something and found it in no
 * stack that reached it is a failure; of those, from *step on, the option as it was
 * given is appended ("--hide=foo"), and *step is the number of the next one.
 * False when there is none.
 */
bool filter_add_unmatched(const struct filter *, struct buf *, unsigned *step);

/* The first step that dropped stacks, as it was given; false when none did. */
bool filter_add_dropper(const struct filter *, struct buf *);

/* Names that would have taken too long to match, in the last run. */
unsigned filter_slow(const struct filter *);

/* A run over the stacks of a profile. */
struct filter_run {
	struct filter *filter;
	struct profile *profile;
	uint64_t *bits;          /* by frame: steps that it matters to */
	uint32_t **to;           /* by step, by frame: what it becomes; may be NULL */
	bool **tagged;           /* by step, by group: attributes match; may be NULL */
	uint32_t *place;         /* by name: where it stood last */
	uint32_t other;          /* the frame "[other]", when there is FILTER_MIN */
	bool named;              /* process names stand apart from the frames */
};

/*
 * named: the profile's process names will stand in front of its stacks, so that
 * these, and not first frames, tell the thread.  Frames may be added.
 */
void filter_begin(struct filter_run *, struct filter *, struct profile *, bool named);
void filter_end(struct filter_run *);

/* Parts between which all stacks have to be looked at, by filter_min(); at least 1. */
unsigned filter_parts(const struct filter *);

/* The limit at the end of a part that is not the last one, in percent. */
double filter_part_limit(const struct filter *, unsigned part);

/* Whether stacks are turned around at the end of a part. */
bool filter_part_reverses(const struct filter *, unsigned part);

struct filter_stack {
	uint32_t *frames;        /* changed in place */
	uint32_t depth;          /* never grows */
	uint32_t group;
	bool cut;                /* it begins at a function: nothing in front */
};

/* False: the stack is dropped. */
bool filter_apply(struct filter_run *, unsigned part, struct filter_stack *);

#endif
