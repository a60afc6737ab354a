/* SPDX-License-Identifier: Apache-2.0 */
#include "write/diff_report.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/diff_words.h"
#include "write/diff_formats.h"

const char *const diff_report_formats[] = {
	[DIFF_REPORT_TEXT] = "text", [DIFF_REPORT_TSV] = "tsv",
	[DIFF_REPORT_JSON] = "json", [DIFF_REPORT_MARKDOWN] = "markdown",
	[DIFF_REPORT_JUNIT] = "junit", NULL,
};

/* Rows */

struct row {
	const struct diff_report *report;
	struct str text;
	long double self, total; /* how much they changed, whichever way */
	uint32_t name;
	bool counts;
};

static int by_change(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->counts != y->counts)
		return x->counts ? -1 : 1;
	if (x->self != y->self)
		return x->self > y->self ? -1 : 1;
	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return str_cmp(x->text, y->text);
}

void diff_report_begin(struct diff_report *r)
{
	const struct diff *d = r->diff;
	struct row *rows = xcalloc((size_t)d->top.count + 1, sizeof(*rows));
	uint32_t count = 0;
	for (uint32_t i = 0; i < d->top.count; i++) {
		uint32_t name = d->top.names[i];
		const struct top_function *f = &d->top.functions[name];
		struct row row = {
			.name = name, .text = intern_text(&d->profile.text, name),
			.self = fabsl((long double)f->self - diff_before(d, f->self_before)),
			.total = fabsl((long double)f->total -
				       diff_before(d, f->total_before)),
			.counts = diff_noise_is_change(r->noise, name, true) ||
				  diff_noise_is_change(r->noise, name, false),
		};
		if (row.self > 0 || row.total > 0)
			rows[count++] = row;
	}
	if (count > 0)
		qsort(rows, count, sizeof(*rows), by_change);
	r->rows = xcalloc((size_t)count + 1, sizeof(*r->rows));
	r->row_count = count;
	for (uint32_t i = 0; i < count; i++)
		r->rows[i] = rows[i].name;
	free(rows);
}

void diff_report_free(struct diff_report *r)
{
	free(r->rows);
	r->rows = NULL;
	r->row_count = 0;
}

/* Words */

static void add_finding(struct buf *b, const struct diff_report *r,
			const struct diff_rule *rule, const struct diff_finding *f)
{
	const struct diff *d = r->diff;
	struct diff_words words = {
		.before = diff_before(d, f->before), .after = f->after,
		.whole_before = diff_before(d, d->stacks.total[0]),
		.whole_after = d->stacks.total[1],
		.divisor = pow(10, d->stacks.scale), .unit = d->stacks.unit,
	};
	buf_add(b, f->name == ID_NONE ? STR("everything")
				      : intern_text(&d->profile.text, f->name));
	buf_add(b, STR(": "));
	diff_words_add_values(b, &words);
	buf_add(b, STR(" ("));
	diff_rules_add_value(b, rule, d, f->value);
	if (r->noise->judging == DIFF_TESTED)
		buf_addf(b, f->p < 1e-4 ? ", p %.0e" : ", p %.2g", f->p);
	buf_addc(b, ')');
}

static void add_left(struct buf *b, const struct diff_rule *rule, uint32_t shown)
{
	uint32_t alike = 0;
	while (alike < rule->finding_count &&
	       rule->findings[alike].counts == rule->findings[0].counts)
		alike++;
	if (shown < alike)
		buf_addf(b, "; %u more", alike - shown);
	if (alike < rule->finding_count)
		buf_addf(b, "; %u more that may be noise", rule->finding_count - alike);
}

void diff_report_add_rule(struct buf *b, const struct diff_report *r,
			  const struct diff_rule *rule)
{
	enum { FINDINGS_SHOWN = 5 };
	buf_add(b, rule->text);
	if (rule->finding_count == 0) {
		buf_add(b, STR(": "));
		if (rule->why)
			buf_add(b, str_of(rule->why));
		else if (rule->what == DIFF_SUM)
			buf_add(b, STR("the total keeps it"));
		else
			buf_addf(b, "%u %s looked at", rule->matched,
				 rule->matched == 1 ? "function" : "functions");
		return;
	}
	uint32_t shown = 0;
	for (; shown < rule->finding_count && shown < FINDINGS_SHOWN; shown++) {
		const struct diff_finding *f = &rule->findings[shown];
		if (shown > 0 && f->counts != rule->findings[0].counts)
			break;
		buf_add(b, shown ? STR("; ") : STR(": "));
		add_finding(b, r, rule, f);
	}
	add_left(b, rule, shown);
	if (rule->outcome == DIFF_INCONCLUSIVE)
		buf_add(b, r->noise->freedom > 0 ?
				STR("; runs differ too much to tell that from noise") :
				STR("; too few samples to tell that from noise"));
}

static void add_ratio(struct buf *b, const struct diff *d)
{
	if (!diff_is_scaled(d))
		return;
	buf_addf(b, "values before are times %.6g",
		 (double)((long double)d->ratio.num / d->ratio.den));
	if (d->normalize == DIFF_BY_TOTAL)
		buf_add(b, STR(", so that totals are the same\n"));
	else if (d->normalize == DIFF_BY_FRAME)
		buf_addf(b, ", so that %.*s is the same\n", STR_ARG(d->frame));
	else
		buf_addf(b, ", for %u against %u files\n", d->files[1], d->files[0]);
}

static void add_why_not_tested(struct buf *b, const struct diff *d)
{
	buf_add(b, STR("significance is off: "));
	if (d->counts != DIFF_SAMPLED)
		buf_addf(b, "nobody knows how many samples the values stand for%s\n",
			 d->stacks.unit.n ? "" : " (if they are numbers of samples, add "
						 "--unit=samples)");
	else if (d->run_count > DIFF_NOISE_RUNS_MAX)
		buf_addf(b, "there are more than %d files\n", DIFF_NOISE_RUNS_MAX);
	else
		buf_add(b, STR("a side has no samples\n"));
}

static void add_judging(struct buf *b, const struct diff_report *r)
{
	const struct diff_noise *n = r->noise;
	switch (n->judging) {
	case DIFF_NOT_ASKED:
		buf_add(b, STR("significance is off: each change counts, noise, too\n"));
		break;
	case DIFF_NO_COUNTS:
		add_why_not_tested(b, r->diff);
		break;
	case DIFF_NO_NOISE:
		buf_add(b, STR("values are exact: each change is one\n"));
		break;
	case DIFF_TESTED:
		buf_addf(b, "%u of %u functions with enough samples changed significantly, at "
			 "%g %% false discoveries", n->changed, n->tested, n->rate * 100);
		if (n->freedom > 0)
			buf_addf(b, "; runs differ %.2g times as much as samples do",
				 n->dispersion);
		buf_addc(b, '\n');
		break;
	}
}

void diff_report_add_method(struct buf *b, const struct diff_report *r)
{
	const struct stable *s = &r->diff->stable;
	add_ratio(b, r->diff);
	if (s->changed > s->made)
		buf_addf(b, "%u names that change from build to build became %u "
			 "(--no-stable-names)\n", s->changed, s->made);
	else if (s->changed > 0)
		buf_addf(b, "%u name%s without what changes from build to build "
			 "(--no-stable-names)\n", s->changed, s->changed == 1 ? "" : "s");
	add_judging(b, r);
}

void diff_report_write(const struct diff_report *r, enum diff_report_format format,
		       struct output *out)
{
	static void (*const writers[])(const struct diff_report *, struct output *) = {
		[DIFF_REPORT_TEXT] = diff_text, [DIFF_REPORT_TSV] = diff_data_tsv,
		[DIFF_REPORT_JSON] = diff_data_json,
		[DIFF_REPORT_MARKDOWN] = diff_text_markdown,
		[DIFF_REPORT_JUNIT] = diff_data_junit,
	};
	writers[format](r, out);
}
