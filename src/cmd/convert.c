/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/convert.h"

#include "base/alloc.h"
#include "base/message.h"
#include "model/series.h"
#include "write/callgrind.h"
#include "write/firefox.h"
#include "write/otlp.h"
#include "write/pprof.h"
#include "write/speedscope.h"
#include "write/tree.h"

/* One line a format, in the order of their names. */
static const struct {
	const char *name;
	enum convert_way way;
	const struct writer *writer;
	const char *suffixes[3]; /* of what has no writer */
} targets[] = {
	{ "callgrind", CONVERT_WRITER, &writer_callgrind, { NULL } },
	{ "firefox", CONVERT_WRITER, &writer_firefox, { NULL } },
	{ "folded", CONVERT_FOLDED, NULL, { ".folded", ".collapsed" } },
	{ "otlp", CONVERT_WRITER, &writer_otlp, { NULL } },
	{ "otlp-json", CONVERT_WRITER, &writer_otlp_json, { NULL } },
	{ "pprof", CONVERT_WRITER, &writer_pprof, { NULL } },
	{ "speedscope", CONVERT_WRITER, &writer_speedscope, { NULL } },
	{ "svg", CONVERT_SVG, NULL, { ".svg" } },
	{ "tree", CONVERT_WRITER, &writer_tree, { NULL } },
};

static bool is_named(size_t i, struct str file)
{
	const struct writer *writer = targets[i].writer;
	const char *const *s = writer ? writer->suffixes : targets[i].suffixes;
	if (writer && writer->beginning &&
	    str_starts(str_basename(file), str_of(writer->beginning)))
		return true;
	for (; *s; s++)
		if (str_ends(file, str_of(*s)))
			return true;
	return false;
}

static size_t find_target(const struct settings *s)
{
	size_t i = 0;
	struct str file = str_of(s->output);
	for (; i < ARRAY_SIZE(targets); i++)
		if (s->to ? str_eq(str_of(s->to), str_of(targets[i].name)) :
			    is_named(i, file))
			break;
	return i;
}

static void say_unknown(const struct settings *s)
{
	struct buf names = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		buf_addf(&names, "%s%s", i ? ", " : "", targets[i].name);
	if (s->to)
		message_error("unknown format '%s' to write: %s", s->to, buf_cstr(&names));
	else
		message_error("say with -t what to write: %s; or let the name of -o tell",
			      buf_cstr(&names));
	buf_free(&names);
}

/* Names are carried on as they are; what shows them can make them short. */
static void want_rich(struct settings *s, const struct writer *writer)
{
	struct want *want = &s->want;
	want->places = want->all_metrics = true;
	want->times = writer->is_timed;
	want->keeps_rules = writer->keeps_rules;
	if (!s->names_given)
		want->names.style = NAMES_FULL;
}

struct convert_target convert_choose(struct settings *s)
{
	bool only_looks = s->list_formats || s->identify || s->list_metrics;
	size_t i = find_target(s);
	if (i == ARRAY_SIZE(targets)) {
		if (only_looks)
			return (struct convert_target){ CONVERT_FOLDED, NULL };
		say_unknown(s);
		return (struct convert_target){ CONVERT_UNKNOWN, NULL };
	}
	const struct writer *writer = targets[i].writer;
	if (writer && writer->is_rich)
		want_rich(s, writer);
	return (struct convert_target){ targets[i].way, writer };
}

static void warn_of_rounding(const struct job *job, const struct writer *writer)
{
	struct series series;
	if (!writer->is_whole || job->settings->quiet)
		return;
	series_init_whole(&series, &job->stacks);
	if (series_is_rounded(&series))
		message_warning("decimals of values are rounded: %s has whole numbers only",
				writer->name);
}

static int write_job(const struct job *job, const struct writer *writer)
{
	static struct output out;
	struct buf why = { 0 };
	int status = 2;
	if (!job_open_output(job->settings, &out,
			     writer->is_binary ? JOB_PICTURE : JOB_TEXT))
		return 2;
	if (writer->write(&job->stacks, &out, &why)) {
		status = job_close_output(&out);
		warn_of_rounding(job, writer);
	} else {
		job_discard_output(&out);
		message_error("%s", buf_cstr(&why));
	}
	buf_free(&why);
	return status;
}

int convert_run(const struct settings *s, const struct writer *writer)
{
	struct job job;
	int status = job_run(&job, s);
	if (status < 0)
		status = write_job(&job, writer);
	job_free(&job);
	return status;
}
