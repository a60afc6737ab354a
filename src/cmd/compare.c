/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is asked for is checked before anything is read: rules, and where reports go.
 * Each file is read by itself and forgotten once its stacks are among those of both
 * sides.
 */
#include "cmd/compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/message.h"
#include "cmd/compare_hints.h"
#include "cmd/stats.h"
#include "model/diff_scale.h"
#include "write/diff_report.h"
#include "write/folded.h"

/* The first ones are enum diff_report_format. */
enum type { REPORTS = DIFF_REPORT_JUNIT + 1, FOLDED = REPORTS, SVG, PNG, PDF, NONE };

const char *const compare_types[] = {
	[DIFF_REPORT_TEXT] = "text", [DIFF_REPORT_TSV] = "tsv",
	[DIFF_REPORT_JSON] = "json", [DIFF_REPORT_MARKDOWN] = "markdown",
	[DIFF_REPORT_JUNIT] = "junit", [FOLDED] = "folded", [SVG] = "svg",
	[PNG] = "png", [PDF] = "pdf", NULL,
};

/* A report that was asked for. */
struct report {
	enum diff_report_format format;
	const char *path;        /* NULL: standard output */
};

struct comparing {
	struct settings *settings;
	const struct compare_images *images;
	struct diff diff;
	struct diff_noise noise;
	enum type type;          /* of what is no report */
	struct report *reports;
	size_t report_count;
	struct diff_rule *rules;
	size_t rule_count, rule_capacity;
	struct arena texts;      /* of rules in files */
	struct buf names[2];     /* of the sides */
	struct buf title;
	struct output *stats;    /* open, or NULL */
	bool any_before;         /* filters */
};

/* What to write */

static bool find_type(struct str name, enum type *type)
{
	for (int i = 0; compare_types[i]; i++)
		if (strlen(compare_types[i]) == name.n &&
		    strncasecmp(compare_types[i], name.p, name.n) == 0) {
			*type = (enum type)i;
			return true;
		}
	return false;
}

static bool type_of_output(const char *path, enum type *type)
{
	static const struct { struct str suffix; enum type type; } suffixes[] = {
		{ STR("txt"), (enum type)DIFF_REPORT_TEXT },
		{ STR("md"), (enum type)DIFF_REPORT_MARKDOWN },
		{ STR("xml"), (enum type)DIFF_REPORT_JUNIT },
	};
	struct str name = str_basename(str_of(path));
	ptrdiff_t dot = str_rchr(name, '.');
	struct str suffix = str_skip(name, dot < 0 ? name.n : (size_t)dot + 1);
	if (dot < 0) {
		*type = (enum type)DIFF_REPORT_TEXT;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (str_eq(suffix, suffixes[i].suffix)) {
			*type = suffixes[i].type;
			return true;
		}
	return find_type(suffix, type);
}

static bool to_stdout(const struct settings *s)
{
	return s->output == NULL || strcmp(s->output, "-") == 0;
}

static bool choose_type(struct comparing *c)
{
	const struct settings *s = c->settings;
	c->type = NONE;
	if (s->diff.to) {
		find_type(str_of(s->diff.to), &c->type);
	} else if (s->compat) {
		c->type = FOLDED;
	} else if (!to_stdout(s) && !type_of_output(s->output, &c->type)) {
		message_error("what is '%s' to be? Its name does not say, so add --to",
			      s->output);
		return false;
	}
	return true;
}

static void add_report(struct comparing *c, enum diff_report_format format,
		       const char *path)
{
	c->reports = xreallocarray(c->reports, c->report_count + 1, sizeof(*c->reports));
	c->reports[c->report_count++] = (struct report){ format, path };
}

static bool parse_report(struct comparing *c, const char *text)
{
	struct str name = str_of(text);
	ptrdiff_t equals = str_chr(name, '=');
	const char *path = NULL;
	enum type type;
	if (equals >= 0) {
		path = text + equals + 1;
		name = str_head(name, (size_t)equals);
	}
	if (!find_type(name, &type) || type >= REPORTS || (path && !*path)) {
		message_error("--report=%s: text, tsv, json, markdown or junit is needed, "
			      "and maybe =FILE", text);
		return false;
	}
	add_report(c, (enum diff_report_format)type, path);
	return true;
}

/* With reports or rules standard output is for them. */
static bool choose_outputs(struct comparing *c)
{
	const struct settings *s = c->settings;
	const struct opt_list *list = &s->diff.reports;
	if (!choose_type(c))
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (!parse_report(c, list->items[i]))
			return false;
	bool gate = c->rule_count > 0 || c->report_count > 0;
	if (c->type < REPORTS) {
		add_report(c, (enum diff_report_format)c->type, s->output);
		c->type = NONE;
	} else if (c->type == FOLDED && to_stdout(s) && gate) {
		if (s->diff.to && !s->quiet)
			message_warning("standard output is for the report: use --output for "
					"folded stacks");
		c->type = NONE;
	}
	if (c->type == NONE && c->report_count == 0)
		add_report(c, DIFF_REPORT_TEXT, NULL);
	return true;
}

/* Rules */

static bool add_rule(struct comparing *c, struct str text, const struct input *from)
{
	struct match_error error = { 0 };
	ARRAY_RESERVE(c->rules, c->rule_capacity, c->rule_count + 1);
	bool good = diff_rules_parse(&c->rules[c->rule_count], text, &error);
	if (good) {
		c->rule_count++;
	} else {
		if (from)
			message_error("%s:%" PRIu64 ": rule: %s", from->name, from->line,
				      buf_cstr(&error.why));
		else
			message_error("--fail-if: %s", buf_cstr(&error.why));
		options_show_place(text, error.at);
	}
	buf_free(&error.why);
	return good;
}

static bool read_rules(struct comparing *c, const char *path)
{
	static struct input in;
	struct str line;
	bool good = input_open(&in, path);
	while (good && input_line(&in, &line)) {
		line = str_trim(line);
		if (line.n > 0 && line.p[0] != '#')
			good = add_rule(c, arena_copy(&c->texts, line), &in);
	}
	if (in.failed)
		message_line(str_of(buf_cstr(&in.message)));
	good = good && !in.failed;
	input_close(&in);
	return good;
}

static bool parse_rules(struct comparing *c)
{
	const struct diff_settings *s = &c->settings->diff;
	for (size_t i = 0; i < s->rules.count; i++)
		if (!add_rule(c, str_of(s->rules.items[i]), NULL))
			return false;
	for (size_t i = 0; i < s->rule_files.count; i++)
		if (!read_rules(c, s->rule_files.items[i]))
			return false;
	return true;
}

/* Reading */

static bool check_files(struct settings *s)
{
	struct diff_settings *d = &s->diff;
	bool named = d->before.count + d->after.count > 0;
	if (!named && s->file_count == 2) {
		opt_list_add(&d->before, s->files[0]);
		opt_list_add(&d->after, s->files[1]);
		return true;
	}
	if (named && s->file_count == 0 && d->before.count > 0 && d->after.count > 0)
		return true;
	if (named && s->file_count > 0)
		message_error("'%s' is on neither side: files are named by --before and "
			      "--after, or there are two", s->files[0]);
	else if (named)
		message_error("both --before and --after are needed");
	else
		message_error("two files are needed, what was and what is; more with "
			      "--before and --after");
	return false;
}

static int read_side(struct comparing *c, enum diff_side side, const char *file)
{
	struct settings own = *c->settings;
	struct job job;
	own.files = &file;
	own.file_count = 1;
	own.stats = NULL;
	own.want.with_samples = !own.compat;
	own.may_be_empty = true;
	int status = job_run(&job, &own);
	if (status < 0) {
		c->any_before |= job.stacks.any_before;
		struct buf why = { 0 };
		if (!diff_add(&c->diff, side, &job.stacks, job_is_exact(&job), &why)) {
			message_error("%s: %s", job.files[0].input.name, buf_cstr(&why));
			status = 2;
		}
		buf_free(&why);
	}
	if (status < 0 && c->stats) {
		output_char(c->stats, c->diff.run_count > 1 ? ',' : '[');
		stats_put(&job, c->stats);
	}
	job_free(&job);
	return status;
}

static void name_side(struct buf *name, const struct opt_list *files)
{
	struct str base = str_basename(str_of(files->items[0]));
	buf_add(name, str_eq(base, STR("-")) ? STR("standard input") : base);
	if (files->count > 1)
		buf_addf(name, " and %zu more", files->count - 1);
}

/* Files that are only told about. */
static int tell_files(const struct settings *s)
{
	const struct opt_list *sides[] = { &s->diff.before, &s->diff.after };
	struct settings own = *s;
	const char **files = xcalloc(sides[0]->count + sides[1]->count, sizeof(*files));
	struct job job;
	own.files = files;
	own.file_count = 0;
	for (unsigned side = 0; side < 2; side++)
		for (size_t i = 0; i < sides[side]->count; i++)
			files[own.file_count++] = sides[side]->items[i];
	int status = job_run(&job, &own);
	job_free(&job);
	free(files);
	return status;
}

static int read_sides(struct comparing *c)
{
	const struct settings *s = c->settings;
	const struct opt_list *sides[] = { &s->diff.before, &s->diff.after };
	if (s->identify || s->list_metrics)
		return tell_files(s);
	for (unsigned side = 0; side < 2; side++) {
		name_side(&c->names[side], sides[side]);
		for (size_t i = 0; i < sides[side]->count; i++) {
			int status = read_side(c, (enum diff_side)side, sides[side]->items[i]);
			if (status >= 0)
				return status;
		}
	}
	return -1;
}

static int read_all(struct comparing *c)
{
	static struct output stats;
	const char *path = c->settings->stats;
	if (path && !output_open(&stats, path)) {
		message_error("%s", output_message(&stats));
		return 2;
	}
	c->stats = path ? &stats : NULL;
	int status = read_sides(c);
	if (path && status < 0) {
		output_lit(&stats, "]\n");
		if (!output_close(&stats)) {
			message_error("%s", output_message(&stats));
			status = 2;
		}
	} else if (path) {
		output_discard(&stats);
	}
	return status;
}

/* Comparing */

static bool normalize(struct comparing *c)
{
	const char *how = c->settings->diff.normalize;
	struct buf why = { 0 };
	enum diff_normalize by = how == NULL || strcmp(how, "none") == 0 ? DIFF_AS_IT_IS :
				 strcmp(how, "total") == 0 ? DIFF_BY_TOTAL : DIFF_BY_FRAME;
	/* As difffolded.pl: there is nothing to scale. */
	const int64_t *total = c->diff.stacks.total;
	if (c->settings->compat && total[0] == total[1])
		by = DIFF_AS_IT_IS;
	bool good = diff_scale_choose(&c->diff, by, str_of(how), &why);
	if (!good)
		message_error("%s", buf_cstr(&why));
	buf_free(&why);
	return good;
}

static bool judge(struct comparing *c)
{
	const struct diff_settings *s = &c->settings->diff;
	struct buf message = { 0 };
	bool good = true;
	diff_noise_judge(&c->noise, &c->diff, !s->no_significance, s->rate / 100);
	for (size_t i = 0; good && i < c->rule_count; i++)
		good = diff_rules_judge(&c->rules[i], &c->diff, &c->noise, &message);
	if (!good)
		message_error("%s", buf_cstr(&message));
	buf_free(&message);
	return good;
}

/* Writing */

static bool is_same_place(const char *a, const char *b)
{
	return strcmp(a ? a : "-", b ? b : "-") == 0;
}

static bool is_first(const struct comparing *c, size_t report)
{
	for (size_t i = 0; i < report; i++)
		if (is_same_place(c->reports[i].path, c->reports[report].path))
			return false;
	return true;
}

/* Those that go to the same place, one behind the other. */
static int write_to(const struct comparing *c, const struct diff_report *report, size_t first)
{
	static struct output out;
	const char *path = c->reports[first].path;
	struct settings own = *c->settings;
	own.output = path;
	if (!job_open_output(&own, &out, JOB_TEXT))
		return 2;
	for (size_t i = first; i < c->report_count; i++)
		if (is_same_place(c->reports[i].path, path))
			diff_report_write(report, c->reports[i].format, &out);
	return job_close_output(&out);
}

/* What a gate is for: rules that do not pass are told in any case. */
static int say_rules(const struct comparing *c, const struct diff_report *report)
{
	bool failed = false, inconclusive = false;
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct diff_rule *rule = &c->rules[i];
		if (rule->outcome == DIFF_PASSED)
			continue;
		failed |= rule->outcome == DIFF_FAILED;
		inconclusive |= rule->outcome == DIFF_INCONCLUSIVE;
		struct buf words = { 0 }, line = { 0 };
		diff_report_add_rule(&words, report, rule);
		buf_addf(&line, "%s: ", rule->outcome == DIFF_FAILED ? "failed"
								    : "inconclusive");
		message_visible(&line, buf_str(&words));
		message_line(buf_str(&line));
		buf_free(&words);
		buf_free(&line);
	}
	return failed ? 1 : inconclusive && c->settings->want.strict ? 2 : 0;
}

static int write_reports(const struct comparing *c)
{
	struct diff_report report = {
		.diff = &c->diff, .noise = &c->noise,
		.names = { buf_str(&c->names[0]), buf_str(&c->names[1]) },
		.rules = c->rules, .rule_count = c->rule_count,
		.limit = c->settings->diff.limit,
	};
	int status = 0;
	diff_report_begin(&report);
	for (size_t i = 0; i < c->report_count && status != 2; i++)
		if (is_first(c, i))
			status = write_to(c, &report, i);
	int gate = say_rules(c, &report);
	diff_report_free(&report);
	return status ? status : gate;
}

static int write_folded(const struct comparing *c)
{
	static struct output out;
	const struct settings *s = c->settings;
	struct folded_options options = {
		.marks = ~0u, .header = !s->compat && !s->no_header,
	};
	if (!job_open_output(s, &out, JOB_TEXT))
		return 2;
	folded_write(&c->diff.stacks, &options, &out);
	return job_close_output(&out);
}

static bool is_picture(const struct comparing *c)
{
	return c->type == SVG || c->type == PNG || c->type == PDF;
}

static int draw_picture(struct comparing *c)
{
	struct settings *s = c->settings;
	buf_add(&c->title, buf_str(&c->names[0]));
	buf_add(&c->title, STR(" → "));
	buf_add(&c->title, buf_str(&c->names[1]));
	if (s->picture.title.n == 0)
		s->picture.title = buf_str(&c->title);
	s->picture.changed = c->noise.path_changed;
	tree_shape(&c->diff.tree, s->picture.drawn_shape);
	return draw_tree(&c->diff.tree, s, c->type == SVG ? draw_svg_write : c->images->write);
}

static int write_all(struct comparing *c)
{
	int status = c->report_count + c->rule_count > 0 ? write_reports(c) : 0;
	if (status == 2 || c->type == NONE)
		return status;
	if (is_picture(c))
		diff_noise_paths(&c->noise, &c->diff);
	if (c->settings->compat && diff_is_scaled(&c->diff))
		diff_scale_cut(&c->diff);
	else
		diff_scale_tree(&c->diff);
	int written = c->type == FOLDED ? write_folded(c) : draw_picture(c);
	return written ? written : status;
}

/* Whether stacks are all that is written, with values as they are. */
static bool is_union(const struct comparing *c)
{
	const char *how = c->settings->diff.normalize;
	return c->type == FOLDED && c->report_count + c->rule_count == 0 &&
	       c->diff.files[0] == c->diff.files[1] && (!how || strcmp(how, "none") == 0);
}

static int compare_read(struct comparing *c)
{
	bool stacks = is_union(c);
	if (!(stacks ? diff_merge(&c->diff) : diff_align(&c->diff))) {
		message_error("the sum of all values leaves the range of 64 bits, or there are "
			      "more than 4 billion call paths");
		return 2;
	}
	if (c->any_before && compare_hints_nothing(&c->diff, c->settings->want.filter))
		return 2;
	if (!normalize(c) || (!stacks && !judge(c)))
		return 2;
	if (!c->settings->compat && !c->settings->quiet)
		compare_hints(&c->diff);
	return write_all(c);
}

/* Images are for the program that is linked with what draws them. */

/* Where this program is, or nothing. */
static struct str own_folder(char *room, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", room, size);
	struct str path = { room, n > 0 && (size_t)n < size ? (size_t)n : 0 };
	return str_head(path, path.n - str_basename(path).n);
}

static int become_fg_png(char **argv)
{
	char room[4096];
	struct buf path = { 0 };
	buf_add(&path, own_folder(room, sizeof(room)));
	buf_add(&path, STR("fg-png"));
	execv(buf_cstr(&path), argv);
	execvp("fg-png", argv);
	message_error("images are drawn by fg-png, which is not there");
	buf_free(&path);
	return 2;
}

bool compare_is_meant(const char *called)
{
	struct str name = str_basename(str_of(called));
	return str_eq(name, STR("fg-diff")) || str_starts(name, STR("difffolded"));
}

/* Reads and writes, when everything that was asked for makes sense. */
static int compare(struct comparing *c)
{
	struct settings *s = c->settings;
	if (!check_files(s))
		return 2;
	s->png.type = c->type == PDF ? "pdf" : "png";
	if (is_picture(c) &&
	    !draw_prepare(s, c->type == SVG ? draw_svg_check : c->images->check))
		return 2;
	int status = read_all(c);
	if (status < 0)
		status = compare_read(c);
	if (is_picture(c))
		picture_options_free(&s->picture);
	if (c->type == SVG)
		svg_options_free(&s->svg);
	return status;
}

static void forget(struct comparing *c)
{
	for (size_t i = 0; i < c->rule_count; i++)
		diff_rules_free(&c->rules[i]);
	free(c->rules);
	free(c->reports);
	arena_free(&c->texts);
	buf_free(&c->names[0]);
	buf_free(&c->names[1]);
	buf_free(&c->title);
	diff_noise_free(&c->noise);
	diff_free(&c->diff);
}

static int compare_settings(struct comparing *c, char **argv)
{
	struct settings *s = c->settings;
	int status = 2;
	diff_init(&c->diff, &(struct diff_options){
		.stable_names = !s->compat && !s->diff.no_stable_names && !s->diff.strip_hex,
		.hex = s->diff.strip_hex, .force = s->diff.force,
	});
	if (s->compat)
		s->want.columns = 1;
	s->want.full_names = true;
	if (s->want.in_order) {
		message_error("--flamechart shows one recording; two have no order together");
	} else if (parse_rules(c) && choose_outputs(c)) {
		bool image = c->type == PNG || c->type == PDF;
		status = image && c->images == NULL ? become_fg_png(argv) : compare(c);
	}
	forget(c);
	return status;
}

int compare_main(int argc, char **argv, const struct compare_images *images)
{
	struct settings settings;
	struct comparing c = { .settings = &settings, .images = images };
	int status = options_parse(&face_diff, &settings, argc, argv);
	if (status >= 0)
		return status;
	status = compare_settings(&c, argv);
	options_free(&settings);
	return status;
}
