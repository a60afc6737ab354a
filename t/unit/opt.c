/* SPDX-License-Identifier: Apache-2.0 */
#include "base/opt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/alloc.h"

struct shared {
	bool quiet;
	int color;
};

struct settings {
	const char *title;
	struct str notes;
	struct opt_list filters;
	unsigned width;
	double size;
	bool marks;
	char unit;
	struct shared shared;
};

static const char *take_unit(void *settings, const char *value)
{
	((struct settings *)settings)->unit = value[0];
	return value[0] == 'n' ? NULL : "only n will do";
}

static const char *const colors[] = { "red", "green", "blue", NULL };

static const struct opt own_rows[] = {
	{ .name = "title", .letter = 't', .kind = OPT_TEXT,
	  .offset = offsetof(struct settings, title), .argument = "TEXT",
	  .help = "written on top of all the other things that there are in this picture "
		  "of ours" },
	{ .name = "event-filter", .kind = OPT_LIST,
	  .offset = offsetof(struct settings, filters), .argument = "EVENT",
	  .help = "only this one" },
	{ .name = "filter", .same = "event-filter" },
	{ .name = "notes", .kind = OPT_STR, .offset = offsetof(struct settings, notes),
	  .argument = "TEXT", .help = "a comment", .hidden = true },
	{ .name = "width", .kind = OPT_UNSIGNED, .offset = offsetof(struct settings, width),
	  .argument = "N", .help = "how wide", .min = 10, .max = 2000 },
	{ .name = "size", .kind = OPT_NUMBER, .offset = offsetof(struct settings, size),
	  .argument = "N", .help = "how big", .min = 0.5, .max = 9 },
	{ .name = "no-marks", .kind = OPT_CLEAR, .offset = offsetof(struct settings, marks),
	  .help = "no marks" },
	{ .name = "unit", .kind = OPT_CALL, .argument = "UNIT", .help = "the unit",
	  .call = take_unit },
	{ 0 },
};

static const struct opt shared_rows[] = {
	{ .name = "quiet", .letter = 'q', .kind = OPT_SET,
	  .offset = offsetof(struct shared, quiet), .help = "say nothing" },
	{ .name = "color", .kind = OPT_CHOICE, .offset = offsetof(struct shared, color),
	  .argument = "NAME", .choices = colors, .help = "which colour" },
	{ .name = "blue", .kind = OPT_VALUE, .offset = offsetof(struct shared, color),
	  .value = 2, .hidden = true, .help = "as --color=blue" },
	{ .name = "help", .letter = 'h', .kind = OPT_SET,
	  .offset = offsetof(struct shared, quiet), .help = "this text", .last = true },
	{ 0 },
};

static const struct opt_table tables[] = {
	{ .title = "Own", .rows = own_rows },
	{ .title = "Shared", .rows = shared_rows,
	  .offset = offsetof(struct settings, shared) },
};

static struct opt_program program = {
	.name = "try",
	.usage = "[OPTION]... [FILE]...",
	.summary = "tries options",
	.manual = "try(1)",
	.tables = tables,
	.table_count = ARRAY_SIZE(tables),
};

static struct settings settings;
static struct opt_parsed parsed;

enum { ARGUMENTS_MAX = 8 };

static bool parse(const char *const arguments[ARGUMENTS_MAX])
{
	char *argv[ARGUMENTS_MAX + 2] = { (char *)"try" };
	int argc = 1;
	for (; arguments[argc - 1]; argc++)
		argv[argc] = (char *)arguments[argc - 1];
	settings = (struct settings){ .marks = true };
	return opt_parse(&program, &settings, argc, argv, &parsed);
}

/* The arguments of a command line. */
#define LINE(...) ((const char *const[ARGUMENTS_MAX]){ __VA_ARGS__ })

static int after_each(void **state)
{
	(void)state;
	opt_list_free(&settings.filters);
	opt_parsed_free(&parsed);
	program.one_dash = false;
	return 0;
}

static void values_come_in_every_form(void **state)
{
	(void)state;
	assert_true(parse(LINE("--title=a b", "--width", "12", "-q", "f")));
	assert_string_equal(settings.title, "a b");
	assert_int_equal(settings.width, 12);
	assert_true(settings.shared.quiet);
	assert_int_equal(parsed.file_count, 1);
	assert_string_equal(parsed.files[0], "f");
	after_each(state);
	assert_true(parse(LINE("-qtx", "--size=2.5", "--notes", "--size=7", "--title=", "-t",
			       "-t")));
	assert_true(str_eq(settings.notes, STR("--size=7")));
	assert_string_equal(settings.title, "-t");
	assert_true(settings.size == 2.5);
	assert_true(settings.shared.quiet);
}

static void files_and_options_mix(void **state)
{
	(void)state;
	assert_true(parse(LINE("a", "--no-marks", "-", "--", "--title", "-q")));
	assert_false(settings.marks);
	assert_false(settings.shared.quiet);
	assert_int_equal(parsed.file_count, 4);
	assert_string_equal(parsed.files[0], "a");
	assert_string_equal(parsed.files[1], "-");
	assert_string_equal(parsed.files[2], "--title");
	assert_string_equal(parsed.files[3], "-q");
}

static void lists_grow_and_names_have_other_spellings(void **state)
{
	(void)state;
	assert_true(parse(LINE("--event_filter=a", "--filter", "b", "--no_marks",
			       "--event-filter", "c_d")));
	assert_int_equal(settings.filters.count, 3);
	assert_string_equal(settings.filters.items[0], "a");
	assert_string_equal(settings.filters.items[1], "b");
	assert_string_equal(settings.filters.items[2], "c_d");
	assert_false(settings.marks);
}

static void one_dash_only_where_it_is_allowed(void **state)
{
	(void)state;
	assert_false(parse(LINE("-title=x")) && strcmp(settings.title, "x") == 0);
	after_each(state);
	program.one_dash = true;
	assert_true(parse(LINE("-title=x", "-no-marks", "-width", "99", "-q")));
	assert_string_equal(settings.title, "x");
	assert_false(settings.marks);
	assert_int_equal(settings.width, 99);
	assert_true(settings.shared.quiet);
}

static void choices_become_numbers(void **state)
{
	(void)state;
	assert_true(parse(LINE("--color=green")));
	assert_int_equal(settings.shared.color, 1);
	assert_true(parse(LINE("--blue")));
	assert_int_equal(settings.shared.color, 2);
}

static void help_ends_the_line(void **state)
{
	(void)state;
	assert_true(parse(LINE("-h", "--nonsense")));
	assert_true(settings.shared.quiet);
}

static void what_popt_would_expand_stays(void **state)
{
	(void)state;
	assert_true(parse(LINE("--title", "a!#:+b!#:\001", "x!#:+", "y")));
	assert_string_equal(settings.title, "a!#:+b!#:\001");
	assert_int_equal(parsed.file_count, 2);
	assert_string_equal(parsed.files[0], "x!#:+");
}

static void an_empty_line_is_fine(void **state)
{
	(void)state;
	char *const none[] = { NULL };
	assert_true(opt_parse(&program, &settings, 0, none, &parsed));
	assert_int_equal(parsed.file_count, 0);
}

static void mistakes_are_explained(void **state)
{
	static const struct {
		const char *argument, *message;
	} mistakes[] = {
		{ "--titel=x", "unknown option '--titel': did you mean '--title'?" },
		{ "--widht", "unknown option '--widht': did you mean '--width'?" },
		{ "--event", "unknown option '--event': did you mean '--event-filter'?" },
		{ "--xyzzy", "unknown option '--xyzzy': try 'try --help'" },
		{ "--sit", "unknown option '--sit': try 'try --help'" },
		{ "-x", "unknown option '-x': try 'try --help'" },
		{ "--", NULL },
		{ "--title", "option '--title' needs a value" },
		{ "-t", "option '-t' needs a value" },
		{ "--quiet=1", "option '--quiet=1' takes no value" },
		{ "--color=pink", "unknown value 'pink' for --color: red, green, blue" },
		{ "--color=", "unknown value '' for --color: red, green, blue" },
		{ "--width=9", "bad value '9' for --width: a whole number from 10 to 2000 "
			       "is needed" },
		{ "--width=12.5", "bad value '12.5' for --width: a whole number from 10 to "
				  "2000 is needed" },
		{ "--size=1e", "bad value '1e' for --size: a number from 0.5 to 9 is needed" },
		{ "--size=-1", "bad value '-1' for --size: a number from 0.5 to 9 is needed" },
		{ "--unit=x", "bad value 'x' for --unit: only n will do" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		bool good = parse(LINE(mistakes[i].argument));
		assert_true(good == !mistakes[i].message);
		if (!good)
			assert_string_equal(buf_cstr(&parsed.message), mistakes[i].message);
		after_each(state);
	}
}

static void help_is_two_columns(void **state)
{
	(void)state;
	struct buf text = { 0 };
	opt_help(&program, &text);
	assert_string_equal(
		buf_cstr(&text),
		"usage: try [OPTION]... [FILE]...\n"
		"tries options\n"
		"\n"
		"Own:\n"
		"  -t, --title TEXT          written on top of all the other things that there\n"
		"                            are in this picture of ours\n"
		"      --event-filter EVENT  only this one\n"
		"      --width N             how wide\n"
		"      --size N              how big\n"
		"      --no-marks            no marks\n"
		"      --unit UNIT           the unit\n"
		"\n"
		"Shared:\n"
		"  -q, --quiet               say nothing\n"
		"      --color NAME          which colour\n"
		"  -h, --help                this text\n"
		"\n"
		"More in try(1).\n");
	buf_free(&text);
}

static void other_spellings_are_found(void **state)
{
	(void)state;
	const struct opt *row = opt_find(&program, STR("filter"));
	assert_non_null(row);
	assert_ptr_equal(opt_meaning(&program, row),
			 opt_find(&program, STR("event-filter")));
	assert_null(opt_find(&program, STR("filte")));
}

#define TEST(function) cmocka_unit_test_teardown(function, after_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_come_in_every_form),
		TEST(files_and_options_mix),
		TEST(lists_grow_and_names_have_other_spellings),
		TEST(one_dash_only_where_it_is_allowed),
		TEST(choices_become_numbers),
		TEST(help_ends_the_line),
		TEST(what_popt_would_expand_stays),
		TEST(an_empty_line_is_fine),
		TEST(mistakes_are_explained),
		TEST(help_is_two_columns),
		TEST(other_spellings_are_found),
	};
	return cmocka_run_group_tests_name("opt", tests, NULL, NULL);
}
