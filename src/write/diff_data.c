/* SPDX-License-Identifier: Apache-2.0 */

/*
 * For programs: a row of TSV or an object of JSON for each function, and rules as test
 * cases of JUnit.  Values are numbers without a unit, those before as they are compared.
 */
#include "write/diff_formats.h"

#include <math.h>

#include "base/message.h"
#include "base/num.h"

/* TSV */

static void tsv_line(struct output *out, struct buf *b, struct str key, struct str value)
{
	buf_clear(b);
	buf_add(b, STR("# "));
	buf_add(b, key);
	buf_addc(b, '\t');
	message_visible(b, value);
	buf_addc(b, '\n');
	output_bytes(out, buf_str(b));
}

static void tsv_head(const struct diff_report *r, struct output *out)
{
	static const struct str sides[] = { STR("before"), STR("after") };
	struct buf line = { 0 }, value = { 0 };
	for (unsigned side = 0; side < 2; side++) {
		buf_clear(&value);
		diff_formats_add_value(&value, r, r->diff->stacks.total[side]);
		buf_addc(&value, ' ');
		buf_add(&value, r->diff->stacks.unit);
		buf_addc(&value, ' ');
		buf_add(&value, r->names[side]);
		tsv_line(out, &line, sides[side], buf_str(&value));
	}
	buf_clear(&value);
	diff_report_add_method(&value, r);
	for (struct str rest = buf_str(&value); rest.n > 0;)
		tsv_line(out, &line, STR("note"), str_cut(&rest, '\n'));
	for (size_t i = 0; i < r->rule_count; i++) {
		buf_clear(&value);
		diff_report_add_rule(&value, r, &r->rules[i]);
		tsv_line(out, &line, diff_formats_outcome[r->rules[i].outcome],
			 buf_str(&value));
	}
	buf_free(&line);
	buf_free(&value);
}

static void tsv_number(struct buf *b, double n)
{
	buf_addf(b, "\t%.6g", n);
}

void diff_data_tsv(const struct diff_report *r, struct output *out)
{
	struct buf b = { 0 };
	tsv_head(r, out);
	output_lit(out, "function\tself_before\tself_after\ttotal_before\ttotal_after\t"
			"points\tsignificant\tself_p\tself_q\ttotal_p\ttotal_q\n");
	for (uint32_t i = 0; i < r->row_count; i++) {
		struct diff_formats_row row = diff_formats_row(r, i);
		buf_clear(&b);
		message_visible(&b, row.name);
		const long double values[] = {
			row.self[0], row.self[1], row.total[0], row.total[1],
		};
		for (unsigned k = 0; k < 4; k++) {
			buf_addc(&b, '\t');
			diff_formats_add_value(&b, r, values[k]);
		}
		tsv_number(&b, row.points * 100);
		buf_add(&b, row.noise == NULL ? STR("\t") : row.changed ? STR("\t1") :
				STR("\t0"));
		for (unsigned k = 0; k < 4; k++) {
			const struct diff_probability *p = row.noise;
			bool known = p && (k < 2 ? p->self_tested : p->total_tested);
			if (known)
				tsv_number(&b, k == 0 ? p->self_p : k == 1 ? p->self_q :
					   k == 2 ? p->total_p : p->total_q);
			else
				buf_addc(&b, '\t');
		}
		buf_addc(&b, '\n');
		output_bytes(out, buf_str(&b));
	}
	buf_free(&b);
}

/* JSON */

static void json_key(struct output *out, const char *key)
{
	output_char(out, '"');
	output_bytes(out, str_of(key));
	output_lit(out, "\": ");
}

static void json_text(struct output *out, const char *key, struct str text)
{
	json_key(out, key);
	output_json(out, text);
}

static void json_number(struct output *out, const char *key, double n)
{
	struct buf b = { 0 };
	double back;
	json_key(out, key);
	/* The shortest one that is the same number. */
	for (int digits = 15; isfinite(n) && digits <= 17; digits++) {
		buf_clear(&b);
		buf_addf(&b, "%.*g", digits, n);
		if (num_double(buf_str(&b), &back) && back == n)
			break;
	}
	output_bytes(out, b.n ? buf_str(&b) : STR("null"));
	buf_free(&b);
}

static void json_value(struct output *out, const struct diff_report *r, const char *key,
		       long double value)
{
	struct buf b = { 0 };
	json_key(out, key);
	diff_formats_add_value(&b, r, value);
	output_bytes(out, buf_str(&b));
	buf_free(&b);
}

static void json_sides(const struct diff_report *r, struct output *out)
{
	static const char *const keys[] = { "before", "after" };
	const struct diff *d = r->diff;
	for (unsigned side = 0; side < 2; side++) {
		json_key(out, keys[side]);
		output_char(out, '{');
		json_text(out, "name", r->names[side]);
		output_lit(out, ", ");
		json_number(out, "files", d->files[side]);
		output_lit(out, ", ");
		json_value(out, r, "total", d->stacks.total[side]);
		output_lit(out, ", ");
		json_number(out, "samples", d->samples[side]);
		output_lit(out, "},\n ");
	}
	json_text(out, "unit", d->stacks.unit);
	output_lit(out, ", ");
	json_text(out, "event", d->stacks.event);
	output_lit(out, ", ");
	json_text(out, "metric", d->stacks.metric);
	output_lit(out, ",\n ");
	json_number(out, "ratio_num", (double)d->ratio.num);
	output_lit(out, ", ");
	json_number(out, "ratio_den", (double)d->ratio.den);
	output_lit(out, ", ");
	json_number(out, "names_changed", d->stable.changed);
	output_lit(out, ", ");
	json_number(out, "names_made", d->stable.made);
	output_lit(out, ",\n ");
}

static void json_noise(const struct diff_report *r, struct output *out)
{
	static const char *const words[] = {
		[DIFF_NOT_ASKED] = "off", [DIFF_NO_COUNTS] = "unknown",
		[DIFF_NO_NOISE] = "exact", [DIFF_TESTED] = "tested",
	};
	const struct diff_noise *n = r->noise;
	json_text(out, "significance", str_of(words[n->judging]));
	output_lit(out, ", ");
	json_number(out, "false_discovery_rate", n->rate);
	output_lit(out, ", ");
	json_number(out, "dispersion", n->dispersion);
	output_lit(out, ",\n ");
}

/* A function that is over the limit; everything has no name. */
static void json_finding(const struct diff_report *r, const struct diff_rule *rule,
			 uint32_t number, struct output *out)
{
	const struct diff_finding *f = &rule->findings[number];
	output_bytes(out, number ? STR(",\n    {") : STR("\n    {"));
	if (f->name == ID_NONE)
		output_lit(out, "\"function\": null");
	else
		json_text(out, "function", intern_text(&r->diff->profile.text, f->name));
	output_lit(out, ", ");
	json_value(out, r, "before", diff_before(r->diff, f->before));
	output_lit(out, ", ");
	json_value(out, r, "after", f->after);
	output_lit(out, ", ");
	if (r->noise->judging == DIFF_TESTED) {
		json_number(out, "p", f->p);
		output_lit(out, ", ");
	}
	json_key(out, "failed");
	output_bytes(out, f->counts ? STR("true}") : STR("false}"));
}

static void json_rules(const struct diff_report *r, struct output *out)
{
	struct buf words = { 0 };
	json_key(out, "rules");
	output_char(out, '[');
	for (size_t i = 0; i < r->rule_count; i++) {
		const struct diff_rule *rule = &r->rules[i];
		output_bytes(out, i ? STR(",\n  {") : STR("\n  {"));
		json_text(out, "rule", rule->text);
		output_lit(out, ", ");
		json_text(out, "outcome", diff_formats_outcome[rule->outcome]);
		output_lit(out, ", ");
		buf_clear(&words);
		diff_report_add_rule(&words, r, rule);
		json_text(out, "words", buf_str(&words));
		output_lit(out, ", \"findings\": [");
		for (uint32_t k = 0; k < rule->finding_count; k++)
			json_finding(r, rule, k, out);
		output_lit(out, "]}");
	}
	output_lit(out, "],\n ");
	buf_free(&words);
}

static void json_function(const struct diff_report *r, uint32_t i, struct output *out)
{
	struct diff_formats_row row = diff_formats_row(r, i);
	output_bytes(out, i ? STR(",\n  {") : STR("\n  {"));
	json_text(out, "name", row.name);
	output_lit(out, ", ");
	json_value(out, r, "self_before", row.self[0]);
	output_lit(out, ", ");
	json_value(out, r, "self_after", row.self[1]);
	output_lit(out, ", ");
	json_value(out, r, "total_before", row.total[0]);
	output_lit(out, ", ");
	json_value(out, r, "total_after", row.total[1]);
	output_lit(out, ", ");
	json_number(out, "points", row.points * 100);
	if (row.noise) {
		output_lit(out, ", ");
		json_key(out, "significant");
		output_bytes(out, row.changed ? STR("true") : STR("false"));
	}
	if (row.noise && row.noise->self_tested) {
		output_lit(out, ", ");
		json_number(out, "self_p", row.noise->self_p);
		output_lit(out, ", ");
		json_number(out, "self_q", row.noise->self_q);
	}
	if (row.noise && row.noise->total_tested) {
		output_lit(out, ", ");
		json_number(out, "total_p", row.noise->total_p);
		output_lit(out, ", ");
		json_number(out, "total_q", row.noise->total_q);
	}
	output_char(out, '}');
}

void diff_data_json(const struct diff_report *r, struct output *out)
{
	output_char(out, '{');
	json_sides(r, out);
	json_noise(r, out);
	json_rules(r, out);
	json_key(out, "functions");
	output_char(out, '[');
	for (uint32_t i = 0; i < r->row_count; i++)
		json_function(r, i, out);
	output_lit(out, "]}\n");
}

/* JUnit */

static void junit_count(struct output *out, struct str name, const struct diff_report *r,
			enum diff_outcome outcome)
{
	size_t count = 0;
	for (size_t i = 0; i < r->rule_count; i++)
		count += r->rules[i].outcome == outcome;
	output_char(out, ' ');
	output_bytes(out, name);
	output_lit(out, "=\"");
	output_u64(out, count);
	output_char(out, '"');
}

static void junit_case(const struct diff_report *r, const struct diff_rule *rule,
		       struct output *out)
{
	struct buf words = { 0 };
	diff_report_add_rule(&words, r, rule);
	output_lit(out, "  <testcase classname=\"fg-diff\" name=\"");
	output_xml(out, rule->text);
	output_lit(out, "\">");
	if (rule->outcome != DIFF_PASSED) {
		bool failed = rule->outcome == DIFF_FAILED;
		output_bytes(out, failed ? STR("<failure message=\"")
					 : STR("<skipped message=\""));
		output_xml(out, buf_str(&words));
		output_lit(out, "\"/>");
	}
	output_lit(out, "</testcase>\n");
	buf_free(&words);
}

void diff_data_junit(const struct diff_report *r, struct output *out)
{
	output_lit(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			"<testsuite name=\"fg-diff\" tests=\"");
	output_u64(out, r->rule_count);
	output_char(out, '"');
	junit_count(out, STR("failures"), r, DIFF_FAILED);
	junit_count(out, STR("skipped"), r, DIFF_INCONCLUSIVE);
	output_lit(out, " errors=\"0\">\n");
	for (size_t i = 0; i < r->rule_count; i++)
		junit_case(r, &r->rules[i], out);
	output_lit(out, "</testsuite>\n");
}
