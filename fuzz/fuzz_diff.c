/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Two folded texts through all that fg-diff does: aligned, normalised, judged, reported in
 * all formats, scaled, and drawn.
 *
 *	byte 0    how: stable names, normalising, shape, several files on a side
 *	byte 1    where the rest is cut in two, in parts of 256
 *	the rest  both texts; up to the first line end that begins a rule, "!RULE"
 *
 * What holds whatever the bytes are: sums are those of the sides, before and after
 * scaling; stacks are sorted and each is there once; no number of samples is lost.  With
 * libFuzzer it is a fuzz target, without it replays files: "fuzz_diff FILE...".
 */
#include "../t/fold.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/diff_rules.h"
#include "model/diff_scale.h"
#include "write/diff_report.h"
#include "write/svg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* False when the text is no profile, or none that can be compared. */
static bool add(struct diff *d, enum diff_side side, struct str text, bool exact)
{
	static const struct want want = { .with_samples = true };
	struct input in;
	struct fold f;
	struct buf why = { 0 };
	fold_init(&f, reader_find(STR("folded")), &want, ~0u, false);
	input_memory(&in, "text", text);
	bool good = fold_read(&f, &in) && fold_select(&f) &&
		    diff_add(d, side, &f.stacks, exact, &why);
	input_close(&in);
	fold_free(&f);
	buf_free(&why);
	return good;
}

static void check_sums(const struct diff *d)
{
	int64_t sum[2] = { 0 };
	for (uint32_t i = 0; i < d->stacks.count; i++) {
		const struct stacks_item *item = &d->stacks.items[i];
		for (unsigned c = 0; c < 2; c++)
			sum[c] += item->value[c];
		if (i > 0)
			check(stacks_shared(&d->stacks, i) < item->depth, "a stack twice");
	}
	for (unsigned c = 0; c < 2; c++)
		check(sum[c] == d->stacks.total[c] && sum[c] == d->tree.nodes[0].total[c],
		      "another sum");
}

static void check_run_samples(const struct diff *d)
{
	for (size_t i = 0; i < d->run_count; i++) {
		double *samples = diff_run_samples(d, i), sum = d->runs[i].samples;
		if (d->counts == DIFF_SAMPLED)
			check(fabs(samples[0] - sum) <= 1e-6 * fabs(sum) + 1e-6,
			      "samples were lost");
		free(samples);
	}
}

static void report(const struct diff *d, const struct diff_noise *noise,
		   const struct diff_rule *rule)
{
	struct diff_report r = {
		.diff = d, .noise = noise, .names = { STR("a\n"), STR("<b>") },
		.rules = rule, .rule_count = rule != NULL, .limit = 9,
	};
	struct buf text = { 0 };
	diff_report_begin(&r);
	for (int i = 0; diff_report_formats[i]; i++) {
		struct output *out = fold_output_open();
		diff_report_write(&r, (enum diff_report_format)i, out);
		fold_output_close(out, &text);
	}
	check(text.n > 0, "no report");
	diff_report_free(&r);
	buf_free(&text);
}

static void draw(struct diff *d, struct diff_noise *noise, unsigned how)
{
	static const char *const shapes[] = { "union", "after", "before" };
	struct picture_options options;
	struct svg_options svg = { .no_javascript = how & 1 };
	struct picture picture;
	struct buf message = { 0 }, text = { 0 };
	picture_options_init(&options);
	options.shape = shapes[how % 3];
	options.changed = noise->path_changed;
	options.by_weight = how & 8;
	check(picture_check(&options, &message, &message) &&
	      svg_check(&svg, &message, &message), "options");
	tree_shape(&d->tree, options.drawn_shape);
	check(picture_make(&picture, &d->tree, &options, &message), "no picture");
	struct output *out = fold_output_open();
	svg_write(&picture, &svg, out);
	fold_output_close(out, &text);
	picture_free(&picture);
	svg_options_free(&svg);
	picture_options_free(&options);
	buf_free(&message);
	buf_free(&text);
}

static void judge(struct diff *d, struct str rule_text, unsigned how)
{
	struct buf why = { 0 };
	struct diff_noise noise;
	struct diff_rule rule;
	if (!diff_scale_choose(d, (enum diff_normalize)(how >> 1 & 3) % 3, STR("a"), &why))
		check(diff_scale_choose(d, DIFF_AS_IT_IS, STR(""), &why), "no ratio");
	diff_noise_judge(&noise, d, how & 128, .05);
	diff_noise_paths(&noise, d);
	struct match_error error = { 0 };
	bool has_rule = diff_rules_parse(&rule, rule_text, &error);
	check(has_rule || (error.why.n > 0 && error.at <= rule_text.n), "no place in the rule");
	if (has_rule)
		diff_rules_judge(&rule, d, &noise, &why);
	report(d, &noise, has_rule ? &rule : NULL);
	int64_t before = d->stacks.total[0];
	double ratio = (double)d->ratio.num / (double)d->ratio.den;
	diff_scale_tree(d);
	check_sums(d);
	check(fabs((double)before * ratio - (double)d->stacks.total[0]) <=
	      1 + 1e-9 * (double)before * ratio, "scaled to something else");
	draw(d, &noise, how);
	if (has_rule)
		diff_rules_free(&rule);
	diff_noise_free(&noise);
	buf_free(&error.why);
	buf_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	if (size < 2)
		return 0;
	unsigned how = data[0];
	rest = str_skip(rest, 2);
	struct str rule = STR("total(.) > +5%");
	if (str_starts(rest, STR("!")))
		rule = str_skip(str_cut(&rest, '\n'), 1);
	size_t cut = rest.n * data[1] / 256;
	struct str before = str_head(rest, cut), after = str_skip(rest, cut);
	struct diff d;
	diff_init(&d, &(struct diff_options){
		.stable_names = how & 1, .hex = how & 8, .force = how & 16,
	});
	bool good = rest.n > 0 && add(&d, DIFF_BEFORE, before, how & 64) &&
		    add(&d, DIFF_AFTER, after, how & 64);
	if (good && how & 32)
		good = add(&d, DIFF_AFTER, before, how & 64);
	if (good && diff_align(&d)) {
		check_sums(&d);
		check_run_samples(&d);
		judge(&d, rule, how);
	}
	diff_free(&d);
	return 0;
}

#ifndef FUZZ_LIBFUZZER

/* The file as it is, cut in two in the middle, in all ways. */
static void replay(struct str text)
{
	struct buf bytes = { 0 };
	for (unsigned how = 0; how < 256; how += how < 16 ? 1 : 13) {
		buf_clear(&bytes);
		buf_addc(&bytes, (char)how);
		buf_addc(&bytes, (char)(how % 3 ? 128 : 90));
		buf_add(&bytes, text);
		char *copy = xmalloc(bytes.n);
		memcpy(copy, bytes.p, bytes.n);
		LLVMFuzzerTestOneInput((uint8_t *)copy, bytes.n);
		free(copy);
	}
	buf_free(&bytes);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct buf bytes = { 0 };
		if (!fold_slurp(argv[i], &bytes)) {
			perror(argv[i]);
			return 2;
		}
		/* An input of the fuzzer begins with two bytes, of which one is no text. */
		LLVMFuzzerTestOneInput((const uint8_t *)bytes.p, bytes.n);
		replay(buf_str(&bytes));
		buf_free(&bytes);
	}
	return 0;
}

#endif
