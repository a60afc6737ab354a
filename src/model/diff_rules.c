/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A rule is taken apart once, before anything is read.  Of the functions that are over
 * its limit those count whose change is no mere chance: the probabilities of what is
 * over the limit are adjusted for how many functions the rule looked at.
 */
#include "model/diff_rules.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/diff_test.h"

/* Parsing */

struct parsing {
	struct diff_rule *rule;
	const char *text;
	struct str rest;
	struct match_error *error;
};

static bool wrong(struct parsing *p, const char *at, const char *why)
{
	p->error->at = (size_t)(at - p->text);
	buf_addf(&p->error->why, "%s", why);
	return false;
}

static void skip(struct parsing *p, size_t n)
{
	p->rest = str_trim(str_skip(p->rest, n));
}

static bool take_word(struct parsing *p, struct str word)
{
	bool is = str_starts(p->rest, word);
	skip(p, is ? word.n : 0);
	return is;
}

static bool parse_what(struct parsing *p)
{
	static const struct { struct str word; enum diff_what what; } words[] = {
		{ STR("self("), DIFF_SELF }, { STR("total("), DIFF_TOTAL },
		{ STR("new("), DIFF_NEW },
	};
	struct diff_rule *r = p->rule;
	struct str s = p->rest;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!str_starts(s, words[i].word))
			continue;
		ptrdiff_t end = str_rchr(s, ')');
		if (end < (ptrdiff_t)words[i].word.n)
			return wrong(p, s.p + s.n, "')' is missing");
		struct str pattern = str_span(s.p + words[i].word.n, s.p + end);
		skip(p, (size_t)end + 1);
		r->what = words[i].what;
		r->pattern = match_try(pattern, false, p->error);
		p->error->at += (size_t)(pattern.p - p->text);
		return r->pattern != NULL;
	}
	r->what = DIFF_SUM;
	return take_word(p, STR("sum")) ||
	       wrong(p, s.p, "self(RE), total(RE), new(RE) or sum is needed");
}

static bool parse_number(struct parsing *p)
{
	struct diff_rule *r = p->rule;
	struct str s = p->rest;
	bool is_signed = s.n > 0 && (s.p[0] == '+' || s.p[0] == '-');
	bool negative = is_signed && s.p[0] == '-';
	struct str rest = str_skip(s, is_signed);
	size_t n = 0;
	while (n < rest.n && strchr("0123456789.", rest.p[n]) && rest.p[n])
		n++;
	if (!num_double(str_head(rest, n), &r->limit))
		return wrong(p, s.p, "a limit such as +5%, +3pp, 1%, +10MiB or +500 is needed");
	if (negative)
		r->limit = -r->limit;
	struct str unit = str_trim(str_skip(rest, n));
	bool percent = str_eq(unit, STR("%")), points = str_eq(unit, STR("pp"));
	r->measure = percent ? is_signed ? DIFF_RELATIVE : DIFF_SHARE
		: points ? DIFF_POINTS : is_signed ? DIFF_CHANGE : DIFF_LEVEL;
	if (percent || points)
		r->limit /= 100;
	else
		r->unit = unit;
	if (r->what == DIFF_SUM && (points || r->measure == DIFF_SHARE))
		return wrong(p, s.p, "everything is always 100 % of the total");
	return true;
}

static bool parse_operator(struct parsing *p)
{
	p->rule->less = str_starts(p->rest, STR("<"));
	return take_word(p, STR(">")) || take_word(p, STR("<")) ||
	       wrong(p, p->rest.p, "'>' is needed here");
}

bool diff_rules_parse(struct diff_rule *r, struct str text, struct match_error *error)
{
	struct parsing p = {
		.rule = r, .text = text.p, .rest = str_trim(text), .error = error,
	};
	*r = (struct diff_rule){ .text = p.rest };
	bool good = parse_what(&p) && parse_operator(&p) && parse_number(&p);
	if (!good)
		diff_rules_free(r);
	return good;
}

void diff_rules_free(struct diff_rule *r)
{
	match_free(r->pattern);
	free(r->findings);
	*r = (struct diff_rule){ 0 };
}

/* Units */

struct unit {
	struct str name, of;
	double times;
};

static const struct unit units[] = {
	{ STR("ns"), STR("ns"), 1 }, { STR("us"), STR("ns"), 1e3 },
	{ STR("ms"), STR("ns"), 1e6 }, { STR("s"), STR("ns"), 1e9 },
	{ STR("nanoseconds"), STR("ns"), 1 }, { STR("microseconds"), STR("ns"), 1e3 },
	{ STR("milliseconds"), STR("ns"), 1e6 }, { STR("seconds"), STR("ns"), 1e9 },
	{ STR("min"), STR("ns"), 60e9 },
	{ STR("B"), STR("bytes"), 1 }, { STR("bytes"), STR("bytes"), 1 },
	{ STR("kB"), STR("bytes"), 1e3 }, { STR("KB"), STR("bytes"), 1e3 },
	{ STR("MB"), STR("bytes"), 1e6 }, { STR("GB"), STR("bytes"), 1e9 },
	{ STR("KiB"), STR("bytes"), 0x1p10 }, { STR("MiB"), STR("bytes"), 0x1p20 },
	{ STR("GiB"), STR("bytes"), 0x1p30 },
};

static const struct unit *unit_of(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(units[i].name, name))
			return &units[i];
	return NULL;
}

/* The limit in digits of values. */
static bool convert(struct diff_rule *r, const struct diff *d, double *limit,
		    struct buf *message)
{
	double digits = pow(10, d->stacks.scale);
	struct str own = d->stacks.unit;
	*limit = r->limit;
	if (r->measure != DIFF_CHANGE && r->measure != DIFF_LEVEL)
		return true;
	*limit *= digits;
	if (r->unit.n == 0 || str_eq(r->unit, own))
		return true;
	const struct unit *asked = unit_of(r->unit), *is = unit_of(own);
	if (asked && is && str_eq(asked->of, is->of)) {
		*limit *= asked->times / is->times;
		return true;
	}
	buf_addf(message, "rule '%.*s': values are in %.*s, not in %.*s",
		 STR_ARG(r->text), STR_ARG(own.n ? own : STR("an unknown unit")),
		 STR_ARG(r->unit));
	return false;
}

/* Judging */

struct judging {
	struct diff_rule *rule;
	const struct diff *diff;
	const struct diff_noise *noise;
	double limit;
	double whole[2];         /* before, as it is compared, and after */
	size_t capacity;
	double *p;               /* of everything that was looked at and tested */
	uint32_t *finding_of;    /* by these: + 1; 0: not over the limit */
	size_t tests;
};

static double share_of(double value, double whole)
{
	return whole > 0 ? value / whole : 0;
}

static double measure(const struct judging *j, const struct diff_finding *f)
{
	double before = (double)diff_before(j->diff, f->before), after = (double)f->after;
	switch (j->rule->measure) {
	case DIFF_RELATIVE:
		if (before == after)
			return 0;
		return before > 0 ? after / before - 1 : after > 0 ? INFINITY : -INFINITY;
	case DIFF_POINTS:
		return share_of(after, j->whole[1]) - share_of(before, j->whole[0]);
	case DIFF_SHARE:
		return share_of(after, j->whole[1]);
	case DIFF_CHANGE:
		return after - before;
	case DIFF_LEVEL:
		return after;
	}
	return 0;
}

/*
 * Of a change, what the functions' own test says; of a share, whether that has changed
 * or is above.  Where runs differ by more than samples do, each counts for less.
 */
static double probability_of_value(const struct judging *j, const struct diff_finding *f)
{
	const struct diff_noise *n = j->noise;
	const struct diff_probability *p;
	bool self = j->rule->what == DIFF_SELF;
	if (f->name == ID_NONE)
		return j->rule->measure == DIFF_LEVEL ? 0 : n->sum_p;
	p = &n->functions[f->name];
	const double *samples = self ? p->self : p->total, *all = j->diff->samples;
	double times = 1 / (self ? p->self_spread : p->total_spread);
	if (j->rule->measure == DIFF_POINTS)
		return diff_test_shares(samples[0] * times, all[0] * times,
					samples[1] * times, all[1] * times);
	if (j->rule->measure == DIFF_SHARE || j->rule->measure == DIFF_LEVEL) {
		double limit = j->rule->measure == DIFF_SHARE ? j->limit :
			       share_of(j->limit, j->whole[1]);
		double is = samples[1] * times, whole = all[1] * times;
		return j->rule->less ? diff_test_above(whole - is, whole, 1 - limit)
				     : diff_test_above(is, whole, limit);
	}
	return self ? p->self_p : p->total_p;
}

/* What is new may only have been missed before. */
static double probability(const struct judging *j, const struct diff_finding *f)
{
	double p = probability_of_value(j, f);
	return j->rule->what == DIFF_NEW ? fmax(p, j->noise->functions[f->name].total_p) : p;
}

/* Just at the limit is not over it, however the division was rounded. */
static bool is_over(const struct judging *j, double value)
{
	double off = j->rule->less ? j->limit - value : value - j->limit;
	return off > 1e-12 * fmax(fabs(j->limit), 1e-3);
}

static void look_at(struct judging *j, struct diff_finding f)
{
	struct diff_rule *r = j->rule;
	f.value = measure(j, &f);
	f.p = 1;
	f.counts = j->noise->judging != DIFF_TESTED;
	bool over = is_over(j, f.value);
	r->matched++;
	if (j->noise->judging == DIFF_TESTED) {
		j->p[j->tests] = probability(j, &f);
		j->finding_of[j->tests++] = over ? r->finding_count + 1 : 0;
	}
	if (!over)
		return;
	ARRAY_RESERVE(r->findings, j->capacity, (size_t)r->finding_count + 1);
	r->findings[r->finding_count++] = f;
}

static void look_at_all(struct judging *j)
{
	const struct top *top = &j->diff->top;
	struct diff_rule *r = j->rule;
	if (r->what == DIFF_SUM) {
		look_at(j, (struct diff_finding){
			.name = ID_NONE, .before = j->diff->stacks.total[0],
			.after = j->diff->stacks.total[1],
		});
		return;
	}
	for (uint32_t i = 0; i < top->count; i++) {
		uint32_t name = top->names[i];
		const struct top_function *f = &top->functions[name];
		if (!match_find(r->pattern, intern_text(&j->diff->profile.text, name)))
			continue;
		if (r->what == DIFF_NEW && (f->total_before > 0 || f->total == 0)) {
			r->matched++;
			continue;
		}
		bool self = r->what == DIFF_SELF;
		look_at(j, (struct diff_finding){
			.name = name,
			.before = self ? f->self_before : f->total_before,
			.after = self ? f->self : f->total,
		});
	}
}

static int worst_first(const void *a, const void *b)
{
	const struct diff_finding *x = a, *y = b;
	if (x->counts != y->counts)
		return x->counts ? -1 : 1;
	if (x->value != y->value)
		return fabs(x->value) > fabs(y->value) ? -1 : 1;
	int64_t by_x = llabs(x->after - x->before), by_y = llabs(y->after - y->before);
	if (by_x != by_y)
		return by_x > by_y ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static void decide(struct judging *j)
{
	struct diff_rule *r = j->rule;
	diff_test_adjust(j->p, j->tests);
	for (size_t i = 0; i < j->tests; i++) {
		if (j->finding_of[i] == 0)
			continue;
		struct diff_finding *f = &r->findings[j->finding_of[i] - 1];
		f->p = j->p[i];
		f->counts = f->p <= j->noise->rate;
	}
	if (r->finding_count > 0)
		qsort(r->findings, r->finding_count, sizeof(*r->findings), worst_first);
	r->outcome = r->finding_count == 0 ? DIFF_PASSED :
		     r->findings[0].counts ? DIFF_FAILED : DIFF_INCONCLUSIVE;
	if (r->matched == 0 && r->what != DIFF_NEW) {
		r->outcome = DIFF_INCONCLUSIVE;
		r->why = "no function matches";
	}
}

bool diff_rules_judge(struct diff_rule *r, const struct diff *d,
		     const struct diff_noise *noise, struct buf *message)
{
	struct judging j = {
		.rule = r, .diff = d, .noise = noise,
		.whole = { (double)diff_before(d, d->stacks.total[0]),
			   (double)d->stacks.total[1] },
	};
	if (!convert(r, d, &j.limit, message))
		return false;
	j.p = xcalloc((size_t)d->top.count + 1, sizeof(*j.p));
	j.finding_of = xcalloc((size_t)d->top.count + 1, sizeof(*j.finding_of));
	look_at_all(&j);
	decide(&j);
	free(j.p);
	free(j.finding_of);
	return true;
}

void diff_rules_add_value(struct buf *b, const struct diff_rule *r, const struct diff *d,
			 double value)
{
	bool change = r->measure != DIFF_SHARE && r->measure != DIFF_LEVEL;
	if (isinf(value)) {
		buf_add(b, value > 0 ? STR("new") : STR("gone"));
		return;
	}
	if (change)
		buf_add(b, value < 0 ? STR("-") : STR("+"));
	double size = change ? fabs(value) : value;
	if (r->measure == DIFF_CHANGE || r->measure == DIFF_LEVEL)
		num_add_quantity(b, size / pow(10, d->stacks.scale), d->stacks.unit);
	else
		buf_addf(b, r->measure == DIFF_POINTS ? "%.2f points" : "%.1f %%", size * 100);
}
