/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_CALLS_H
#define MODEL_CALLS_H

#include "model/calltree.h"
#include "model/want.h"

/*
 * The second way in which readers hand over what they read: calls that begin and end
 * at some time, as traces tell of them, in place of samples.  Time that goes by between
 * two events belongs to the stack of what was open then.  So each moment of a thread
 * counts once, and the sum is the time in which something was open.
 *
 *	struct calls calls;
 *	calls_init(&calls, out, want);
 *	uint32_t lane = calls_lane(&calls, group);
 *	calls_enter(&calls, lane, 100, main);
 *	calls_span(&calls, lane, 120, 150, read);
 *	calls_leave(&calls, lane, 200, main);
 *	ok = calls_end(&calls);          main 70, main;read 30
 *	calls_free(&calls);
 *
 * A lane is what has a stack of its own, mostly a thread.  Its events come in the order
 * of their times; those of one time in the order in which they happened, of two spans
 * the outer one first.  Lanes of one group share their stacks.
 *
 * Each stack has two values, how long and how often its last frame was called, which are
 * those of a node in calltree.h.  Where stacks stay in the order read, or times are
 * wanted, there is a sample for each piece of time instead.  It is told when that began,
 * which must be in ns then: a reader of other units clears "timed" after calls_init().
 *
 * An event takes constant time, and memory is that of open calls and distinct stacks.
 *
 * Traces have gaps and clocks have limits.  What does not fit is put right, and counted,
 * so that the reader can say so:
 *
 *   - What is left without being open: nothing happens (unmatched).
 *   - What is left while calls it has made are open: their ends are lost, they end there
 *     and then (unended).  So do those that a span has enclosed, when it ends.
 *   - A span that goes on when the one around it is over: then it stands beside that, for
 *     the rest of its time (overlapping).  Where more than CALLS_OVERLAP_MAX do so at
 *     once, they end.
 *   - An event earlier than the one before it: it is taken to happen with that
 *     (backwards).
 *   - What is still open at the end of all: it ends with the last event of its lane
 *     (open).
 */
struct calls {
	uint64_t unmatched, unended, overlapping, backwards, open;
	bool timed;              /* samples are told their times */

	/* private */
	struct samples *out;
	struct calltree tree;
	bool each;               /* a sample for each piece of time */
	bool failed;
	struct calls_lane {
		uint32_t root;           /* node of the group */
		uint32_t depth;
		struct calls_open {
			uint32_t frame, node;
			int64_t end;     /* at which it is over: that of the span around
					    it, or earlier */
			int64_t rest;    /* until which it lasts; or CALLS_NEVER */
		} *stack;
		size_t capacity;
		int64_t time;            /* of the last event, or CALLS_NEVER */
	} *lanes;
	uint32_t lane_count;
	size_t lane_capacity;
	struct calls_open *again;        /* spans that go on */
};

enum {
	CALLS_DEPTH_MAX = 1 << 22,       /* open calls of a lane */
	CALLS_LANES_MAX = 1 << 24,
	CALLS_OVERLAP_MAX = 256,
	CALLS_SEARCH_MAX = 1024,         /* open calls among which one that is left is
					    looked for */
};

/*
 * Times lie between -CALLS_TIME_MAX and CALLS_TIME_MAX, in any unit; the end of a span
 * may be as much again behind that.
 */
#define CALLS_TIME_MAX (INT64_C(1) << 61)
#define CALLS_NEVER INT64_MAX

/* The samples must be leaf first, and outlive this. */
void calls_init(struct calls *, struct samples *, const struct want *);
void calls_free(struct calls *);

/* A new lane, whose stacks belong to the group. */
uint32_t calls_lane(struct calls *, uint32_t group);

/*
 * A call begins.  False, as from calls_span(), when more than CALLS_DEPTH_MAX are open,
 * or when all stacks are too much for calltree.h: nothing is done any more.
 */
bool calls_enter(struct calls *, uint32_t lane, int64_t time, uint32_t frame);

/* The innermost open call of this frame ends; ID_NONE: of any. */
void calls_leave(struct calls *, uint32_t lane, int64_t time, uint32_t frame);

/* A call whose begin and end are known. */
bool calls_span(struct calls *, uint32_t lane, int64_t from, int64_t to, uint32_t frame);

/*
 * Time goes by without an event: that until which the recording lasted, for calls that
 * are open at its end.
 */
void calls_wait(struct calls *, uint32_t lane, int64_t time);

/*
 * Nothing comes any more for this lane: what is open ends.  The lane is empty again, and
 * time may begin anew.
 */
void calls_close(struct calls *, uint32_t lane);

/*
 * Closes all lanes and hands over what is not yet.  False when the stacks are too much
 * for calltree.h.  A sum that left the range of int64 is noted in the profile.
 */
bool calls_end(struct calls *);

#endif
