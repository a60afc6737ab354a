/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Everything is done with numbers of samples in trees of the same shape: those of both
 * sides, and where there are several files, of each.  The functions of such a tree are
 * summed up by model/top.c, as those of values are.
 */
#include "model/diff_noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/diff_test.h"

struct judge {
	struct diff_noise *noise;
	const struct diff *diff;
	double all[2];           /* samples */
	double q;                /* of a + b samples, the part that is after */
	bool has_runs;           /* several on a side */
	double **runs;           /* by run: samples by node */
};

/* The samples of one call path on the sides, and in each run. */
struct counted {
	double side[2];
	double x[DIFF_NOISE_RUNS_MAX];
};

/* Numbers */

static double exposure(const struct judge *j, size_t run)
{
	const struct diff_run *r = &j->diff->runs[run];
	return j->diff->normalize == DIFF_BY_TOTAL ? r->samples : 1;
}

/* Pearson's chi-squared within the sides; nothing where too little is expected. */
static double chi_squared(const struct judge *j, const double *x)
{
	double sum[2] = { 0 }, exposed[2] = { 0 }, chi = 0;
	size_t count = j->diff->run_count;
	for (size_t i = 0; i < count; i++) {
		sum[j->diff->runs[i].side] += x[i];
		exposed[j->diff->runs[i].side] += exposure(j, i);
	}
	for (size_t i = 0; i < count; i++) {
		unsigned side = j->diff->runs[i].side;
		double expected = exposed[side] > 0 ?
			sum[side] * exposure(j, i) / exposed[side] : 0;
		if (expected > 0)
			chi += (x[i] - expected) * (x[i] - expected) / expected;
	}
	return chi;
}

static double test_samples(const struct judge *j, double a, double b)
{
	if (j->diff->normalize == DIFF_BY_TOTAL)
		return diff_test_shares(a, j->all[0], b, j->all[1]);
	return diff_test_binomial(a, b, j->q);
}

/* By how much the variance of these numbers is larger than that of samples. */
static double spread_of(const struct judge *j, const double *x)
{
	if (!j->has_runs)
		return 1;
	double of_all = DIFF_NOISE_PRIOR * j->noise->dispersion;
	return fmax((of_all + chi_squared(j, x)) / (DIFF_NOISE_PRIOR + j->noise->freedom), 1);
}

/* Student's test, with the variance of samples times the spread. */
static double test_runs(const struct judge *j, double a, double b, double spread)
{
	double n = a + b, variance = n * j->q * (1 - j->q) * spread;
	double off = fmax(fabs(b - n * j->q) - .5, 0);
	return diff_test_student(off / sqrt(variance), DIFF_NOISE_PRIOR + j->noise->freedom);
}

static double test(const struct judge *j, double a, double b, double spread)
{
	return j->has_runs ? test_runs(j, a, b, spread) : test_samples(j, a, b);
}

/* Functions */

/* The tree with other values, of two columns. */
static struct tree tree_of(const struct diff *d, const double *before, const double *after)
{
	struct tree t = d->tree;
	t.nodes = xhuge_calloc(t.count * sizeof(*t.nodes));
	for (uint32_t i = 0; i < t.count; i++) {
		t.nodes[i] = d->tree.nodes[i];
		t.nodes[i].total[0] = before ? llround(before[i]) : 0;
		t.nodes[i].total[1] = after ? llround(after[i]) : 0;
	}
	return t;
}

/* Functions of two runs at a time, for each as double self, total. */
struct function_runs {
	double *self, *total;    /* by name * runs + run */
};

static void sum_functions(const struct judge *j, struct function_runs *f)
{
	const struct diff *d = j->diff;
	size_t count = d->run_count, names = d->profile.text.count;
	f->self = xcalloc(names * count, sizeof(*f->self));
	f->total = xcalloc(names * count, sizeof(*f->total));
	for (size_t i = 0; i < count; i += 2) {
		bool two = i + 1 < count;
		struct tree t = tree_of(d, j->runs[i], two ? j->runs[i + 1] : NULL);
		struct top top;
		top_build(&top, &t, 0);
		for (uint32_t k = 0; k < top.count; k++) {
			const struct top_function *of = &top.functions[top.names[k]];
			size_t at = top.names[k] * count + i;
			f->self[at] = (double)of->self_before;
			f->total[at] = (double)of->total_before;
			if (two) {
				f->self[at + 1] = (double)of->self;
				f->total[at + 1] = (double)of->total;
			}
		}
		top_free(&top);
		free(t.nodes);
	}
}

static void sum_sides(const struct judge *j, const double *x, double sides[2])
{
	sides[0] = sides[1] = 0;
	for (size_t i = 0; i < j->diff->run_count; i++)
		sides[j->diff->runs[i].side] += x[i];
}

/* Of all functions together, by what each has for itself. */
static double dispersion_of(const struct judge *j, const struct function_runs *f)
{
	const struct diff *d = j->diff;
	double chi = 0, freedom = 0;
	for (uint32_t i = 0; i < d->top.count; i++) {
		const double *x = &f->self[d->top.names[i] * d->run_count];
		double sides[2];
		sum_sides(j, x, sides);
		if (sides[0] + sides[1] < 5. * (double)d->run_count)
			continue;
		chi += chi_squared(j, x);
		freedom += j->noise->freedom;
	}
	return freedom > 0 ? fmax(chi / freedom, 1) : 1;
}

/* Adjusts the probabilities that were tested. */
struct tests {
	double *p;
	double **to;             /* where each goes */
	size_t count;
};

static void add_test(struct tests *t, double p, double *to)
{
	t->p[t->count] = p;
	t->to[t->count++] = to;
}

static void finish_tests(struct tests *t)
{
	diff_test_adjust(t->p, t->count);
	for (size_t i = 0; i < t->count; i++)
		*t->to[i] = t->p[i];
	free(t->p);
	free(t->to);
}

static struct tests begin_tests(size_t most)
{
	return (struct tests){ xcalloc(most, sizeof(double)), xcalloc(most, sizeof(double *)), 0 };
}

/* Where each file is one side, values tell the samples of a function. */
static void count_by_value(const struct judge *j, const struct top_function *f,
			   struct diff_probability *p)
{
	double per[2] = { 0 };
	for (size_t i = 0; i < j->diff->run_count; i++)
		per[j->diff->runs[i].side] = j->diff->runs[i].per_value;
	p->self[0] = (double)f->self_before * per[0];
	p->self[1] = (double)f->self * per[1];
	p->total[0] = (double)f->total_before * per[0];
	p->total[1] = (double)f->total * per[1];
}

/* Shares of everything are all of it. */
static double judge_sum(const struct judge *j)
{
	double x[DIFF_NOISE_RUNS_MAX];
	if (j->diff->normalize == DIFF_BY_TOTAL)
		return 1;
	for (size_t i = 0; i < j->diff->run_count; i++)
		x[i] = j->diff->runs[i].samples;
	return test(j, j->all[0], j->all[1], spread_of(j, x));
}

static void judge_functions(struct judge *j)
{
	const struct diff *d = j->diff;
	struct diff_noise *noise = j->noise;
	struct function_runs f = { 0 };
	size_t runs = d->run_count;
	noise->functions = xcalloc(d->profile.text.count, sizeof(*noise->functions));
	if (j->runs)
		sum_functions(j, &f);
	if (j->has_runs)
		noise->dispersion = dispersion_of(j, &f);
	struct tests selfs = begin_tests(d->top.count), totals = begin_tests(d->top.count);
	for (uint32_t i = 0; i < d->top.count; i++) {
		uint32_t name = d->top.names[i];
		struct diff_probability *p = &noise->functions[name];
		p->self_p = p->self_q = p->total_p = p->total_q = 1;
		const double *self = NULL, *total = NULL;
		if (j->runs) {
			self = &f.self[name * runs];
			total = &f.total[name * runs];
			sum_sides(j, self, p->self);
			sum_sides(j, total, p->total);
		} else {
			count_by_value(j, &d->top.functions[name], p);
		}
		p->self_spread = spread_of(j, self);
		p->total_spread = spread_of(j, total);
		p->self_tested = p->self[0] + p->self[1] >= DIFF_NOISE_LEAST;
		p->total_tested = p->total[0] + p->total[1] >= DIFF_NOISE_LEAST;
		if (p->self_tested) {
			p->self_p = test(j, p->self[0], p->self[1], p->self_spread);
			add_test(&selfs, p->self_p, &p->self_q);
		}
		if (p->total_tested) {
			p->total_p = test(j, p->total[0], p->total[1], p->total_spread);
			add_test(&totals, p->total_p, &p->total_q);
		}
	}
	noise->tested = (uint32_t)totals.count;
	finish_tests(&selfs);
	finish_tests(&totals);
	for (uint32_t i = 0; i < d->top.count; i++)
		noise->changed += noise->functions[d->top.names[i]].total_q <= noise->rate;
	free(f.self);
	free(f.total);
}

/* Call paths */

static void samples_of_node(const struct judge *j, uint32_t node, struct counted *c)
{
	const struct diff *d = j->diff;
	for (size_t i = 0; i < d->run_count; i++) {
		unsigned side = d->runs[i].side;
		c->x[i] = j->runs ? j->runs[i][node] :
			(double)d->tree.nodes[node].total[side] * d->runs[i].per_value;
	}
	sum_sides(j, c->x, c->side);
}

static void judge_paths(struct judge *j)
{
	const struct tree *t = &j->diff->tree;
	struct counted c;
	size_t most = 0, count = 0;
	j->noise->path_changed = xcalloc(t->count, sizeof(bool));
	for (uint32_t i = 1; i < t->count; i++) {
		samples_of_node(j, i, &c);
		most += c.side[0] + c.side[1] >= DIFF_NOISE_LEAST;
	}
	double *p = xcalloc(most, sizeof(*p));
	uint32_t *node = xcalloc(most, sizeof(*node));
	for (uint32_t i = 1; i < t->count; i++) {
		samples_of_node(j, i, &c);
		if (c.side[0] + c.side[1] < DIFF_NOISE_LEAST)
			continue;
		node[count] = i;
		p[count++] = test(j, c.side[0], c.side[1], spread_of(j, c.x));
	}
	diff_test_adjust(p, count);
	for (size_t i = 0; i < count; i++)
		j->noise->path_changed[node[i]] = p[i] <= j->noise->rate;
	free(p);
	free(node);
}

/* All of it */

static enum diff_judging judging_of(const struct diff *d, bool asked)
{
	if (!asked)
		return DIFF_NOT_ASKED;
	if (d->counts == DIFF_EXACT)
		return DIFF_NO_NOISE;
	if (d->counts == DIFF_UNKNOWN || d->run_count > DIFF_NOISE_RUNS_MAX)
		return DIFF_NO_COUNTS;
	return d->samples[0] >= 1 && d->samples[1] >= 1 ? DIFF_TESTED : DIFF_NO_COUNTS;
}

static void load_runs(struct judge *j)
{
	const struct diff *d = j->diff;
	bool each = false;
	for (size_t i = 0; i < d->run_count; i++)
		each |= d->runs[i].counts_each;
	j->has_runs = d->run_count > 2;
	if (!j->has_runs && !each)
		return;
	j->runs = xcalloc(d->run_count, sizeof(*j->runs));
	for (size_t i = 0; i < d->run_count; i++)
		j->runs[i] = diff_run_samples(d, i);
}

/* By what samples before are multiplied, where values are multiplied by the ratio. */
static double samples_ratio(const struct diff *d)
{
	double ratio = (double)d->ratio.num / (double)d->ratio.den;
	double before = (double)d->stacks.total[0], after = (double)d->stacks.total[1];
	if (d->normalize == DIFF_BY_TOTAL)
		return d->samples[1] / d->samples[0];
	/* A sample may stand for more on one side, as with another rate. */
	return before > 0 && after > 0 ?
		ratio * (before / d->samples[0]) / (after / d->samples[1]) : ratio;
}

static struct judge begin(struct diff_noise *noise, const struct diff *d)
{
	struct judge j = {
		.noise = noise, .diff = d, .all = { d->samples[0], d->samples[1] },
	};
	double ratio = samples_ratio(d);
	j.q = ratio / (1 + ratio);
	load_runs(&j);
	return j;
}

static void end(struct judge *j)
{
	for (size_t i = 0; j->runs && i < j->diff->run_count; i++)
		free(j->runs[i]);
	free(j->runs);
}

void diff_noise_judge(struct diff_noise *noise, const struct diff *d, bool asked, double rate)
{
	*noise = (struct diff_noise){
		.judging = judging_of(d, asked), .rate = rate, .dispersion = 1,
	};
	if (noise->judging != DIFF_TESTED)
		return;
	struct judge j = begin(noise, d);
	noise->freedom = j.has_runs ? (unsigned)d->run_count - 2 : 0;
	judge_functions(&j);
	noise->sum_p = judge_sum(&j);
	end(&j);
}

void diff_noise_paths(struct diff_noise *noise, const struct diff *d)
{
	if (noise->judging != DIFF_TESTED)
		return;
	struct judge j = begin(noise, d);
	judge_paths(&j);
	end(&j);
}

void diff_noise_free(struct diff_noise *noise)
{
	free(noise->path_changed);
	free(noise->functions);
	*noise = (struct diff_noise){ 0 };
}
