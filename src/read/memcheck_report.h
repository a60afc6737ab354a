/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_MEMCHECK_REPORT_H
#define READ_MEMCHECK_REPORT_H

#include "io/input.h"
#include "model/framestack.h"
#include "model/suppressions.h"
#include "read/memcheck_loss.h"

/*
 * What Memcheck reports: leaks and other errors, of one process or of several.
 *
 * A program may look for leaks several times, and each time all of them are
 * reported; what is told last counts.  Memcheck itself looks at the end.
 */
struct memcheck_process {
	int64_t pid;
	uint32_t leak_set, error_set;    /* that count; others came before */
	int64_t number, count;           /* of the loss record told last */
	bool ended;              /* what is told now is told at the end */
	bool checked;            /* leaks are looked for at the end */
	bool told_after;         /* a leak was told after the end */
	bool is_shown[MEMCHECK_LEAKS];   /* all leaks of the kind are told */
	bool has_summary[MEMCHECK_LEAKS];
	int64_t summary[MEMCHECK_LEAKS]; /* their bytes, as summed up by Memcheck */

	/* The leak or error that is being told, leaf first. */
	bool is_open;
	struct memcheck_record {
		enum memcheck_kind kind;
		uint32_t process, set;
		int64_t bytes, blocks;   /* of an error: 0, times */
		uint32_t error;          /* frame that names it */
		bool suppressed;
		uint64_t first;          /* of its places */
		uint32_t depth;
	} now;
	uint32_t *places;
	size_t places_capacity;
};

struct memcheck_report {
	struct input *in;
	const struct want *want;
	struct profile *profile;
	struct framestack places;
	struct suppressions suppressions;

	struct memcheck_process *processes;
	size_t process_count, process_capacity;

	struct memcheck_record *records;
	size_t record_count, record_capacity;
	uint32_t *pool;
	size_t pool_count, pool_capacity;
};

void memcheck_report_init(struct memcheck_report *, struct input *, const struct want *,
			  struct profile *);
void memcheck_report_free(struct memcheck_report *);

/* Adds a process, whose number is returned. */
uint32_t memcheck_report_add_process(struct memcheck_report *, int64_t pid);

/* What is told from now on is told at the end of the process. */
void memcheck_report_end_process(struct memcheck_process *);

/* Begins a leak or an error, then its places come; what was open ends. */
void memcheck_report_begin_leak(struct memcheck_report *, uint32_t process,
				const struct memcheck_loss *);
void memcheck_report_begin_error(struct memcheck_report *, uint32_t process,
				 struct str words, int64_t times);

/* False after more places than a stack may have. */
bool memcheck_report_add_place(struct memcheck_report *, uint32_t process,
			       const struct frametext *);

/* Ends what is open; returns its number, or UINT32_MAX when nothing is. */
uint32_t memcheck_report_end(struct memcheck_report *, uint32_t process);

#endif
