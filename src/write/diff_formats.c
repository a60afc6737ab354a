/* SPDX-License-Identifier: Apache-2.0 */
#include "write/diff_formats.h"

#include <math.h>

#include "base/num.h"
#include "model/diff_words.h"

const struct str diff_formats_outcome[] = {
	[DIFF_PASSED] = STR("passed"), [DIFF_FAILED] = STR("failed"),
	[DIFF_INCONCLUSIVE] = STR("inconclusive"),
};

struct diff_formats_row diff_formats_row(const struct diff_report *r, uint32_t row)
{
	const struct diff *d = r->diff;
	uint32_t name = r->rows[row];
	const struct top_function *f = &d->top.functions[name];
	struct diff_formats_row made = {
		.name = intern_text(&d->profile.text, name),
		.self = { diff_before(d, f->self_before), f->self },
		.total = { diff_before(d, f->total_before), f->total },
		.noise = r->noise->functions ? &r->noise->functions[name] : NULL,
		.changed = diff_noise_is_change(r->noise, name, true) ||
			   diff_noise_is_change(r->noise, name, false),
	};
	made.points = diff_words_points(&(struct diff_words){
		.before = made.total[0], .after = made.total[1],
		.whole_before = diff_before(d, d->stacks.total[0]),
		.whole_after = d->stacks.total[1],
	});
	return made;
}

uint32_t diff_formats_shown(const struct diff_report *r)
{
	return r->limit > 0 && r->limit < r->row_count ? r->limit : r->row_count;
}

void diff_formats_add_value(struct buf *b, const struct diff_report *r, long double value)
{
	long double scaled = value / powl(10, r->diff->stacks.scale);
	buf_addf(b, "%.6Lf", scaled);
	while (b->p[b->n - 1] == '0')
		b->n--;
	if (b->p[b->n - 1] == '.')
		b->n--;
}

void diff_formats_add_quantity(struct buf *b, const struct diff_report *r,
			       long double value)
{
	const struct stacks *s = &r->diff->stacks;
	num_add_quantity(b, (double)(value / powl(10, s->scale)), s->unit);
}
