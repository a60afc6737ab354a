/* SPDX-License-Identifier: Apache-2.0 */
#include "model/diff_words.h"

#include <math.h>

#include "base/num.h"

void diff_words_add_ratio(struct buf *b, long double before, long double after)
{
	if (before == after || before < 0 || after < 0) {
		buf_add(b, STR("="));
	} else if (before == 0) {
		buf_add(b, STR("new"));
	} else if (after == 0) {
		buf_add(b, STR("gone"));
	} else {
		double ratio = (double)(after / before);
		if (ratio >= 10) {
			buf_addf(b, "×%.0f", ratio);
		} else if (ratio < .0995) {
			buf_addf(b, "×%.3f", ratio);
		} else {
			buf_addf(b, "×%.2f", ratio);
			b->n -= b->p[b->n - 1] == '0';
		}
	}
}

double diff_words_points(const struct diff_words *w)
{
	long double was = w->whole_before > 0 ? w->before / w->whole_before : 0;
	long double is = w->whole_after > 0 ? w->after / w->whole_after : 0;
	return (double)(is - was);
}

void diff_words_add_points(struct buf *b, double share)
{
	double points = fabs(share) * 100;
	if (points < .005) {
		buf_add(b, STR("±0"));
		return;
	}
	buf_add(b, share < 0 ? STR("−") : STR("+"));
	if (points >= 9.95)
		buf_addf(b, "%.1f", points);
	else
		buf_addf(b, "%.2f", points);
}

static void add_quantity(struct buf *b, const struct diff_words *w, long double value,
			 struct str unit)
{
	num_add_quantity(b, (double)(value / w->divisor), unit);
}

/* Units that become others as values grow have to be told of both. */
static bool is_scaled(struct str unit)
{
	return num_time_unit(unit) > 0 || str_eq(unit, STR("bytes")) ||
	       str_eq(unit, STR("B"));
}

void diff_words_add_values(struct buf *b, const struct diff_words *w)
{
	if (w->before == 0 && w->after > 0)
		buf_add(b, STR("new: "));
	else if (w->after == 0 && w->before > 0)
		buf_add(b, STR("gone: "));
	if (w->before == 0 || w->after == 0) {
		add_quantity(b, w, w->before + w->after, w->unit);
		return;
	}
	add_quantity(b, w, w->before, is_scaled(w->unit) ? w->unit : STR(""));
	buf_add(b, STR(" → "));
	add_quantity(b, w, w->after, w->unit);
	buf_add(b, STR(", "));
	diff_words_add_ratio(b, w->before, w->after);
}

void diff_words_add(struct buf *b, const struct diff_words *w)
{
	diff_words_add_values(b, w);
	buf_add(b, STR(", "));
	diff_words_add_points(b, diff_words_points(w));
	buf_add(b, STR(" points of the total"));
}
