/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_DIFF_REPORT_H
#define WRITE_DIFF_REPORT_H

#include "io/output.h"
#include "model/diff_rules.h"

/*
 * What fg-diff found, for people and programs.  All formats tell the same: both totals,
 * how they were compared, the rules and what became of them, and the functions that
 * changed most: those whose change is significant first, then by the change of what
 * they have for themselves, then of their totals.
 *
 *	text        for a terminal
 *	tsv         a row for each function, with the columns that its head names
 *	json        the same as one object
 *	markdown    for a comment of a merge request
 *	junit       a test case for each rule, for what shows test results
 */
enum diff_report_format {
	DIFF_REPORT_TEXT, DIFF_REPORT_TSV, DIFF_REPORT_JSON, DIFF_REPORT_MARKDOWN,
	DIFF_REPORT_JUNIT,
};

/* "text", …; NULL-terminated, in that order. */
extern const char *const diff_report_formats[];

struct diff_report {
	const struct diff *diff; /* with values as they were read */
	const struct diff_noise *noise;
	struct str names[2];     /* of the sides, for people */
	const struct diff_rule *rules;
	size_t rule_count;
	unsigned limit;          /* rows for people; 0: all there are */

	/* private */
	uint32_t *rows;          /* functions in order, by name */
	uint32_t row_count;      /* that changed */
};

/* Finds the rows; the rest must be set.  Free with diff_report_free(). */
void diff_report_begin(struct diff_report *);
void diff_report_free(struct diff_report *);

void diff_report_write(const struct diff_report *, enum diff_report_format,
		       struct output *);

/* "total(main) > +5%: main 100 → 150 samples, …": how a rule ended, one line. */
void diff_report_add_rule(struct buf *, const struct diff_report *,
			  const struct diff_rule *);

/* How the sides were made comparable and how changes were judged, a line each. */
void diff_report_add_method(struct buf *, const struct diff_report *);

#endif
