/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What all programs share.  Rows of the same subject stand together; "same" and
 * hidden rows are the spellings of the field.  The man pages document every
 * row, t/man.t compares.
 */
#include "cmd/options.h"

#include <stdio.h>
#include <unistd.h>

#include "base/message.h"
#include "cmd/completion.h"
#include "io/elf.h"
#include "io/output.h"
#include "model/profile.h"

/* Reading */

static const char *const group_by[] = {
	[GROUP_COMM] = "comm",
	[GROUP_NONE] = "none",
	[GROUP_PID] = "pid",
	[GROUP_TID] = "tid",
	[GROUP_CPU] = "cpu",
	[GROUP_EVENT] = "event",
	[GROUP_MODULE] = "module",
	NULL,
};

static const char *const granularities[] = {
	[GRANULARITY_FUNCTIONS] = "functions",
	[GRANULARITY_FILEFUNCTIONS] = "filefunctions",
	[GRANULARITY_FILES] = "files",
	[GRANULARITY_LINES] = "lines",
	[GRANULARITY_ADDRESSES] = "addresses",
	NULL,
};

/* --pid and --tid in any order: a thread is told with its process. */
static const char *set_pid(void *settings, const char *value)
{
	(void)value;
	struct want *want = &((struct settings *)settings)->want;
	if (want->group_by != GROUP_TID)
		want->group_by = GROUP_PID;
	return NULL;
}

static const char *set_names(void *settings, const char *value)
{
	struct want *want = &((struct settings *)settings)->want;
	((struct settings *)settings)->names_given = true;
	return names_parse_style(&want->names, str_of(value)) ?
		       NULL :
		       "full, noargs, short or template:N is needed";
}

const struct opt options_reading[] = {
	{ .name = "from", .letter = 'f', .kind = OPT_TEXT, OPT_AT(from),
	  .argument = "FORMAT",
	  .help = "read this format instead of recognising it; see --list-formats" },
	{ .name = "metric", .kind = OPT_STR, OPT_AT(want.metric), .argument = "NAME",
	  .help = "what to count, such as period, samples, peak or leaked; see "
		  "--list-metrics" },
	{ .name = "weight", .same = "metric" },
	{ .name = "event-filter", .kind = OPT_LIST, OPT_AT(event_filter),
	  .argument = "EVENT",
	  .help = "read this event only, with modifiers, or a pattern with * and ?; "
		  "repeatable" },
	{ .name = "group-by", .kind = OPT_CHOICE, OPT_AT(want.group_by),
	  .argument = "WHAT",
	  .choices = group_by,
	  .help = "first frame of each stack: comm (default), none, pid, tid, cpu, event "
		  "or module" },
	{ .name = "pid", .kind = OPT_CALL, .call = set_pid, .hidden = true,
	  .help = "as --group-by=pid" },
	{ .name = "tid", .kind = OPT_VALUE, OPT_AT(want.group_by), .value = GROUP_TID,
	  .hidden = true, .help = "as --group-by=tid" },
	{ .name = "granularity", .kind = OPT_CHOICE, OPT_AT(want.granularity),
	  .argument = "WHAT", .choices = granularities,
	  .help = "what makes a frame: functions (default), filefunctions, files, lines "
		  "or addresses" },
	{ .name = "srcline", .kind = OPT_VALUE, OPT_AT(want.granularity),
	  .value = GRANULARITY_LINES, .hidden = true, .help = "as --granularity=lines" },
	{ .name = "context", .same = "srcline" },
	{ .name = "names", .kind = OPT_CALL, .call = set_names, .argument = "STYLE",
	  .help = "function names: noargs (default), full, short or template:N" },
	{ .name = "inline", .kind = OPT_CLEAR, OPT_AT(want.no_inline), .hidden = true,
	  .help = "show inlined functions, the default" },
	{ .name = "no-inline", .kind = OPT_SET, OPT_AT(want.no_inline),
	  .help = "count inlined functions to the function around them" },
	{ .name = "addrs", .kind = OPT_SET, OPT_AT(want.addrs),
	  .help = "show the address of functions without a name" },
	{ .name = "unit", .kind = OPT_STR, OPT_AT(want.unit), .argument = "UNIT",
	  .help = "unit of the values: ns, us, ms, s, bytes, cycles, samples or any "
		  "word" },
	{ .name = "columns", .kind = OPT_UNSIGNED, OPT_AT(want.columns), .argument = "N",
	  .min = 1, .max = 2,
	  .help = "numbers at the end of folded lines: 1, or 2 for a difference" },
	{ .name = "strict", .kind = OPT_SET, OPT_AT(want.strict),
	  .help = "fail on warnings, and when several events could be meant" },
	{ 0 },
};

/* Shared by all programs */

const struct opt options_general[] = {
	{ .name = "output", .letter = 'o', .kind = OPT_TEXT, OPT_AT(output),
	  .argument = "FILE",
	  .complete = OPT_COMPLETE_FILE,
	  .help = "write to FILE, which is replaced when all went well; - is standard "
		  "output" },
	{ .name = "stats", .kind = OPT_TEXT, OPT_AT(stats), .argument = "FILE",
	  .complete = OPT_COMPLETE_FILE, .help = "write the accounting as JSON to FILE" },
	{ .name = "identify", .kind = OPT_SET, OPT_AT(identify),
	  .help = "only tell the format of each file" },
	{ .name = "list-metrics", .kind = OPT_SET, OPT_AT(list_metrics),
	  .help = "only list the events and metrics that are there" },
	{ .name = "list-formats", .kind = OPT_SET, OPT_AT(list_formats),
	  .help = "only list the formats that can be read" },
	{ .name = "quiet", .letter = 'q', .kind = OPT_SET, OPT_AT(quiet),
	  .help = "no words on standard error unless something fails" },
	{ .name = "verbose", .letter = 'v', .kind = OPT_SET, OPT_AT(verbose),
	  .help = "all words on standard error" },
	{ .name = "help", .letter = 'h', .kind = OPT_SET, OPT_AT(help), .last = true,
	  .help = "print this" },
	{ .name = "version", .kind = OPT_SET, OPT_AT(version), .last = true,
	  .help = "print the version" },
	{ .name = "completion", .kind = OPT_CHOICE, OPT_AT(completion),
	  .argument = "SHELL",
	  .choices = completion_shells, .hidden = true, .last = true,
	  .help = "print what bash, zsh or fish needs to complete these options" },
	{ 0 },
};

/* The command line as a whole */

static bool is_second_name(const struct face *face, struct str name)
{
	struct str second = str_of(face->second_name);
	if (!face->second_name || !str_starts(name, second))
		return false;
	struct str rest = str_skip(name, second.n);
	return rest.n == 0 || str_eq(rest, STR(".pl"));
}

static void set_defaults(struct settings *settings, const struct face *face,
			 const char *called)
{
	*settings = (struct settings){
		.name = face->name,
		.completion = -1,
		.want.names.style = NAMES_NOARGS,
	};
	if (face->set_defaults)
		face->set_defaults(settings);
	struct str name = str_basename(str_of(called));
	if (is_second_name(face, name)) {
		settings->name = name.p;
		settings->compat = true;
		settings->no_header = true;
		settings->picture.shape = "after";
		settings->want.compat = true;
		settings->want.first_event = true;
	}
	if (face->format_name && str_eq(name, str_of(face->format_name))) {
		settings->name = name.p;
		settings->from = face->format;
	}
	message_program(settings->name);
}

/*
 * Under its own name a program marks all kinds.  The Perl tools always mark
 * inlined frames and others only when asked to.
 */
static unsigned chosen_marks(const struct settings *settings)
{
	if (settings->no_marks)
		return 0;
	if (!settings->compat)
		return ~0u;
	unsigned marks = 1u << FRAME_INLINED | 1u << FRAME_WAKER;
	if (settings->kernel || settings->all)
		marks |= 1u << FRAME_KERNEL;
	if (settings->jit || settings->all)
		marks |= 1u << FRAME_JIT;
	return marks;
}

static void finish(struct settings *settings, const struct face *face)
{
	struct want *want = &settings->want;
	settings->files = settings->parsed.files;
	settings->file_count = settings->parsed.file_count;
	settings->marks = chosen_marks(settings);
	want->unmarked = face->writes_marks ? ~settings->marks : 0;
	want->event_filter = settings->event_filter.items;
	want->event_filter_count = settings->event_filter.count;
	want->tagroot = settings->tagroot.items;
	want->tagroot_count = settings->tagroot.count;
	want->tagleaf = settings->tagleaf.items;
	want->tagleaf_count = settings->tagleaf.count;
	want->suppressions = settings->suppressions.items;
	want->suppression_count = settings->suppressions.count;
	want->maps = settings->maps.items;
	want->map_count = settings->maps.count;
}

/* Of options that are right alone, the two that contradict each other. */
static bool check_together(const struct settings *settings)
{
	const struct want *want = &settings->want;
	const char *order = settings->picture.order;
	if (!want->in_order)
		return true;
	if (want->reverse || filter_has(want->filter, FILTER_REVERSE))
		message_error("--flamechart shows what happened one after the other, which "
			      "--reverse would merge");
	else if (order && strcmp(order, "weight") == 0)
		message_error("--flamechart is in the order of the input, not of weight");
	else
		return true;
	return false;
}

static int print(struct buf *text)
{
	static struct output output;
	output_open(&output, NULL);
	output_bytes(&output, buf_str(text));
	buf_free(text);
	if (output_close(&output))
		return 0;
	message_error("%s", output_message(&output));
	return 2;
}

/* Does what needs no input; -1 when none of that was asked for. */
static int answer(const struct settings *settings, const struct face *face,
		  const struct opt_program *program)
{
	struct buf text = { 0 };
	if (settings->help)
		opt_help(program, &text);
	else if (settings->version)
		buf_addf(&text, "%s (%s) %s%s\n", face->name, PACKAGE_NAME,
			 PACKAGE_VERSION,
			 elf_is_supported() ? "" : ", without elfutils");
	else if (settings->completion >= 0)
		completion_write(program, face->second_name,
				 (enum completion_shell)settings->completion, &text);
	else
		return -1;
	return print(&text);
}

static int refuse_terminal(const struct face *face, const struct settings *settings)
{
	message_note("nothing to read: name a file, or put a command in front of the "
		     "pipe");
	message_note("usage: %s %s; more with --help", settings->name, face->usage);
	return 2;
}

int options_parse(const struct face *face, struct settings *settings, int argc,
		  char *const *argv)
{
	set_defaults(settings, face, argc > 0 ? argv[0] : face->name);
	struct opt_program program = {
		.name = settings->name,
		.usage = face->usage,
		.summary = face->summary,
		.manual = face->manual,
		.tables = face->tables,
		.table_count = face->table_count,
		.one_dash = settings->compat,
	};
	int status = -1;
	if (!opt_parse(&program, settings, argc, argv, &settings->parsed)) {
		message_error("%s", buf_cstr(&settings->parsed.message));
		status = 2;
	} else {
		finish(settings, face);
		program.name = settings->completion >= 0 ? face->name : settings->name;
		status = answer(settings, face, &program);
		if (status < 0 && (!options_finish_filters(settings) ||
				   !check_together(settings)))
			status = 2;
	}
	if (status < 0 && argc <= 1 && isatty(STDIN_FILENO))
		status = refuse_terminal(face, settings);
	if (status >= 0)
		options_free(settings);
	return status;
}

void options_free(struct settings *settings)
{
	opt_list_free(&settings->event_filter);
	options_free_filters(settings);
	opt_list_free(&settings->suppressions);
	opt_list_free(&settings->maps);
	opt_list_free(&settings->tagroot);
	opt_list_free(&settings->tagleaf);
	opt_list_free(&settings->diff.before);
	opt_list_free(&settings->diff.after);
	opt_list_free(&settings->diff.reports);
	opt_list_free(&settings->diff.rules);
	opt_list_free(&settings->diff.rule_files);
	opt_parsed_free(&settings->parsed);
}
