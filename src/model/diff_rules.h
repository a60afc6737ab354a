/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DIFF_RULES_H
#define MODEL_DIFF_RULES_H

#include "base/buf.h"
#include "model/diff_noise.h"
#include "model/match.h"

/*
 * What must not happen, as a gate for changes:
 *
 *	total(RE) > +5%      a function that fits, and what it calls, grew by more than
 *	                     5 % of what it was
 *	self(RE) > +3pp      its own share of the total grew by more than 3 points
 *	total(RE) > 1%       it is more than 1 % of the total
 *	sum > +10MiB         everything grew by more than that; also in ns, us, ms, s,
 *	                     KiB, GiB, kB, MB, GB, B, or plain units of the profile
 *	total(RE) > 2s       it is more than that
 *	new(RE) > 1%         as total, of functions that were not there before
 *
 * "<" asks for the other direction: "total(RE) < -5%".  The regular expression ends at
 * the last ")" of the line.  A rule looks at each function by itself.
 */
enum diff_outcome { DIFF_PASSED, DIFF_FAILED, DIFF_INCONCLUSIVE };

struct diff_rule {
	struct str text;         /* as it was written; borrowed */
	enum diff_what { DIFF_SELF, DIFF_TOTAL, DIFF_NEW, DIFF_SUM } what;
	enum diff_measure {
		DIFF_RELATIVE,   /* change, of what was before */
		DIFF_POINTS,     /* change of the share of the total */
		DIFF_SHARE,      /* of the total, now */
		DIFF_CHANGE,     /* absolute */
		DIFF_LEVEL,      /* the value now */
	} measure;
	bool less;               /* "<" */
	double limit;            /* a fraction for the first three, else a number of "unit" */
	struct str unit;         /* as written; empty: the profile's */

	/* judged */
	enum diff_outcome outcome;
	struct diff_finding *findings;   /* what is over the limit, the worst first */
	uint32_t finding_count, matched;
	const char *why;         /* of an inconclusive one without findings */
	/* private */
	struct match *pattern;
};

struct diff_finding {
	uint32_t name;           /* ID_NONE: everything */
	int64_t before, after;
	double value;            /* what is compared with the limit; may be infinite */
	double p;                /* of the test, adjusted; 1 when nothing was tested */
	bool counts;             /* not mere noise */
};

/* False, and why and where, when it is no rule.  The text must live as long. */
bool diff_rules_parse(struct diff_rule *, struct str text, struct match_error *);
void diff_rules_free(struct diff_rule *);

/*
 * Judges it.  False with words in *message when its unit is none of the profile's.
 */
bool diff_rules_judge(struct diff_rule *, const struct diff *, const struct diff_noise *,
		     struct buf *message);

/* "+50.0 %", "+3.2 points", "12.0 %", "+10 MiB": what is compared with the limit. */
void diff_rules_add_value(struct buf *, const struct diff_rule *, const struct diff *,
			 double value);

#endif
