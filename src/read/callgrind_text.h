/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_CALLGRIND_TEXT_H
#define READ_CALLGRIND_TEXT_H

#include "base/table.h"
#include "io/input.h"

/*
 * The syntax of Callgrind's format, which other programs use for other things, too:
 *
 *	fl=(1) /src/a.c          a name, and what it is short for from now on
 *	fn=(1) main
 *	12 500 20                a place, and what was spent there of each event
 *	+3 100                   three lines further on
 *	cfn=(2) work
 *	calls=4 30               how often it was called, and where it begins
 *	* 9000 300               from the same line, and what was spent in it
 *
 * https://valgrind.org/docs/manual/cl-format.html
 */

enum { CALLGRIND_EVENTS_MAX = 64 };

enum callgrind_text_key {
	CALLGRIND_COSTS,         /* a place, and costs or none */
	CALLGRIND_CALLS,
	CALLGRIND_CFN,
	CALLGRIND_FN,
	CALLGRIND_CFI,           /* cfi= and cfl= are the same */
	CALLGRIND_FI,            /* fi= and fe=: code from elsewhere, and the end of it */
	CALLGRIND_FL,
	CALLGRIND_COB,
	CALLGRIND_OB,
	CALLGRIND_JUMP,          /* jump= and jcnd=: a line with a place follows */
	CALLGRIND_JFI,
	CALLGRIND_JFN,
	CALLGRIND_EVENTS,
	CALLGRIND_EVENT,
	CALLGRIND_POSITIONS,
	CALLGRIND_SUMMARY,
	CALLGRIND_TOTALS,
	CALLGRIND_VERSION,
	CALLGRIND_CREATOR,
	CALLGRIND_COMMAND,
	CALLGRIND_PID,
	CALLGRIND_THREAD,
	CALLGRIND_REMARK,        /* an empty line, and what tells nothing of costs */
	CALLGRIND_UNKNOWN,
};

/* What a line is; but for costs and what is unknown, its key is cut off. */
enum callgrind_text_key callgrind_text_key(struct str *line);

/* "(3) main", "(3)" and "main" taken apart. */
struct callgrind_text_name {
	bool is_short;
	uint64_t id;             /* when it is short */
	struct str text;         /* empty: it was told before, or there is none */
};

struct callgrind_text_name callgrind_text_name(struct str text);

/* What "(3)" stands for, as a number of the reader's. */
struct callgrind_text_names {
	struct callgrind_text_meaning {
		uint64_t id;
		uint32_t value;
	} *items;
	uint32_t count;
	/* private */
	size_t capacity;
	struct table table;
};

enum { CALLGRIND_NEW = UINT32_MAX };

/* Where the value of an id stands; CALLGRIND_NEW when it was never set. */
uint32_t *callgrind_text_meaning(struct callgrind_text_names *, uint64_t id);
void callgrind_text_names_free(struct callgrind_text_names *);

/* The columns in front of the costs. */
struct callgrind_text_place {
	bool has_address, has_line;
	uint64_t address, line;
};

/* "line", "instr line": false after an input_error(). */
bool callgrind_text_positions(struct input *, struct str text, struct callgrind_text_place *);

/* Cuts a place off *text, relative to the one before; false after an input_error(). */
bool callgrind_text_place(struct input *, struct str *text, struct callgrind_text_place *);

/*
 * The costs of "events" events; those that are not told are 0.  False after an
 * input_error(): they are no numbers from 0 to 2^63-1, or too many.
 */
bool callgrind_text_costs(struct input *, struct str text, unsigned events, int64_t *costs,
		     unsigned *count);

/* A number as costs are; false after an input_error(). */
bool callgrind_text_number(struct input *, struct str text, int64_t *value);

#endif
