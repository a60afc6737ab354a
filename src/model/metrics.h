/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_METRICS_H
#define MODEL_METRICS_H

#include "base/num.h"
#include "model/want.h"

/*
 * What a format tells of each stack beside, or instead of, a number of samples:
 * bytes at the peak, blocks that are never freed, and so on.  A reader lists the
 * metrics its file has, stores the one that is wanted as the only column of the
 * profile, and sums up all of them:
 *
 *	struct metrics m = { 0 };
 *	metrics_add(&m, STR("total"), STR("bytes"));
 *	metrics_add(&m, STR("peak"), STR("bytes"));
 *	if (!reader_choose_metric(in, &m, want, STR("peak")))
 *		return false;
 *	... samples, metrics_sum(&m, i, value) ...
 *	return reader_end_metrics(in, profile, &m);
 *
 * A reader whose stacks have a value for each metric calls samples_metrics() after
 * reader_choose_metric(), and sample_end_metrics() in place of sample_end(): then all values
 * are kept for programs that want them.
 *
 * The same question has the same name in every format; metrics.c has the list of
 * names, the words for people, and what the names are elsewhere.  A metric that
 * is not in the list is called as the file calls it.  Of a pair that asks the same in
 * two units the usual one has the short name: "peak" are bytes, "peak-blocks" their
 * number; "temporary" are blocks, "temporary-bytes" what they hold.
 */
struct metric {
	struct str name;         /* "peak"; without blanks */
	struct str unit;         /* of its values */
	unsigned scale;          /* they are digits / 10^scale */
	int64_t total;           /* of the whole input */
	bool overflow;           /* it left the range of int64 */
	bool is_estimate;        /* of what was not recorded from samples that were */
	unsigned column;         /* of profile->metric_values, when all are kept */
	struct str own, own_unit;    /* as the file calls them, for writing them again;
					NULL: no other way */
};

enum { METRICS_MAX = 32 };

/* Texts live as long as the profile. */
struct metrics {
	struct metric items[METRICS_MAX];
	unsigned count;
	unsigned usual;          /* the one that is meant when nobody says */
	unsigned chosen;
	bool answered;           /* it is the one that want->metric asks for */
	unsigned samples;        /* 1 + the one that counts samples; 0: none does */
};

/* Adds one, with total 0, when there is room; returns its number. */
unsigned metrics_add(struct metrics *, struct str name, struct str unit);

static inline void metrics_sum(struct metrics *m, unsigned i, int64_t value)
{
	struct metric *metric = &m->items[i];
	metric->overflow |= __builtin_add_overflow(metric->total, value, &metric->total);
}

/* The same of a number with decimals, which may raise the scale. */
void metrics_sum_decimal(struct metrics *, unsigned i, struct decimal value);

/*
 * Chooses the metric that want->metric names, or the one that is usually looked
 * at.  False with words in *why ("no metric 'x': peak, total").
 */
bool metrics_choose(struct metrics *, const struct want *, struct str usual,
		    struct buf *why);

/*
 * Adds what another file has.  Only what all files have stays, for other totals
 * would be those of a part.  False with words in *why when another one was chosen.
 */
bool metrics_join(struct metrics *, const struct metrics *, struct buf *why);

/* Whether that is the name, or what the metric is called elsewhere. */
bool metrics_is(struct str name, struct str asked);

/* What is called so elsewhere: "leaked" for "curB"; the same text when it is not known. */
struct str metrics_name(struct str elsewhere);

/* Appends text as a word: '-' in place of blanks and of what terminals act on. */
void metrics_add_word(struct buf *, struct str text);

/* "nanoseconds" for "ns", as other formats write it, and back; others stay the same. */
struct str metrics_long_unit(struct str unit);
struct str metrics_short_unit(struct str unit);

/* "instrs", "µs": whether others will take it for a unit, too. */
bool metrics_is_unit(struct str word);

/* For people: "at end" for "leaked"; the name itself when there is nothing better. */
struct str metrics_words(struct str name);

/* "nothing was leaked": what a total of 0 says. */
struct str metrics_nothing(struct str name);

/* "at end 14.4 KiB", "1,164 blocks" */
void metrics_add_total(struct buf *, const struct metric *);

/* Whether people compare the chosen one with the total of this. */
bool metrics_is_other(const struct metrics *, unsigned i);

/*
 * The totals that people compare the chosen one with, which is not among them:
 * "total 1.28 MiB, at end 14.4 KiB, 1,164 blocks".  Nothing may be appended.  with_samples:
 * also the one that counts samples, which may stand elsewhere already.
 */
void metrics_add_others(struct buf *, const struct metrics *, struct str separator,
			bool with_samples);

#endif
