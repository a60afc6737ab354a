/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DIFF_NOISE_H
#define MODEL_DIFF_NOISE_H

#include "model/diff.h"

/*
 * Which changes are more than noise.  Where values are samples, each call path and
 * each function gets a probability from its numbers of samples, see diff_test.h:
 *
 *	by total     the share of all samples on each side
 *	else         the numbers themselves, before times the ratio
 *
 * Runs differ by more than samples do.  Where a side has several files, how much more
 * is estimated: Pearson's chi-squared of the numbers within the sides over its degrees
 * of freedom, of each one and of all together, the latter counting as
 * DIFF_NOISE_PRIOR degrees.  The test is then Student's with that variance.
 */
enum {
	DIFF_NOISE_PRIOR = 8,
	DIFF_NOISE_RUNS_MAX = 64,    /* files; of more nothing is tested */
	DIFF_NOISE_LEAST = 8,    /* samples on both sides together; less is not tested */
};

/* How it was judged. */
enum diff_judging {
	DIFF_NOT_ASKED,          /* --no-significance */
	DIFF_NO_COUNTS,
	DIFF_NO_NOISE,           /* exact: everything that changed did change */
	DIFF_TESTED,
};

struct diff_noise {
	enum diff_judging judging;
	double rate;             /* of false discoveries that is allowed */
	double dispersion;       /* of all together, 1 when it is not known */
	unsigned freedom;        /* of the runs; 0: one on each side */
	bool *path_changed;      /* by node of the tree: significant; NULL until
	                            diff_noise_paths(), or when nothing was tested */
	struct diff_probability {
		double self[2], total[2];    /* samples before and after */
		double self_p, total_p;      /* 1 where nothing was tested */
		double self_q, total_q;      /* the rate at which it is a discovery */
		double self_spread, total_spread;    /* the variance of runs, in parts of
		                                        that of samples; at least 1 */
		bool self_tested, total_tested;
	} *functions;            /* by name; NULL unless tested */
	double sum_p;            /* of everything, as total_p */
	uint32_t tested, changed;    /* functions, by total */
};

void diff_noise_judge(struct diff_noise *, const struct diff *, bool asked, double rate);

/* Judges call paths, too; the values of the tree must be as read. */
void diff_noise_paths(struct diff_noise *, const struct diff *);
void diff_noise_free(struct diff_noise *);

/* Whether a change of this function counts: always where nothing was tested. */
static inline bool diff_noise_is_change(const struct diff_noise *n, uint32_t name, bool self)
{
	if (n->judging != DIFF_TESTED)
		return true;
	return (self ? n->functions[name].self_q : n->functions[name].total_q) <= n->rate;
}

#endif
