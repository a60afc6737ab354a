/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_DIFF_FORMATS_H
#define WRITE_DIFF_FORMATS_H

#include "write/diff_report.h"

/* What the formats share; each is in a file of its own. */
void diff_text(const struct diff_report *, struct output *);
void diff_data_tsv(const struct diff_report *, struct output *);
void diff_data_json(const struct diff_report *, struct output *);
void diff_text_markdown(const struct diff_report *, struct output *);
void diff_data_junit(const struct diff_report *, struct output *);

extern const struct str diff_formats_outcome[];      /* "passed", "failed", … */

/* What there is to say of a function. */
struct diff_formats_row {
	struct str name;
	long double self[2], total[2];       /* as compared, in digits */
	double points;                       /* change of the share of the total */
	const struct diff_probability *noise;        /* NULL: not tested */
	bool changed;                        /* significantly, as far as that was tested */
};

struct diff_formats_row diff_formats_row(const struct diff_report *, uint32_t row);

/* A value without its unit, exact to six decimals, rounded half up. */
void diff_formats_add_value(struct buf *, const struct diff_report *, long double value);

/* "120 samples": of a value that was read. */
void diff_formats_add_quantity(struct buf *, const struct diff_report *, long double value);

/* How many rows people see. */
uint32_t diff_formats_shown(const struct diff_report *);

#endif
