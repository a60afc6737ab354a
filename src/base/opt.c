/* SPDX-License-Identifier: Apache-2.0 */

/*
 * popt gets a table made from ours, in which every argument is a string, and
 * a second row for each name with a '-' in it, spelled with '_'.  It answers
 * with the index of the row.  No alias file is read: that would need a call.
 *
 * popt puts the next argument in the place of "!#:+" inside a value.  Nobody
 * asked for that, so a SHIELD byte is put behind "!#:" on the way in and taken
 * out on the way back.
 */
#include "base/opt.h"

#include <assert.h>
#include <popt.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"

enum { SHIELD = 1, NAME_MAX_LENGTH = 64, LEFT_COLUMNS = 28, LINE_COLUMNS = 79 };

/* A row and the table it is from. */
struct found {
	const struct opt *row;
	const struct opt_table *table;
};

struct parse {
	const struct opt_program *program;
	char *settings;
	struct opt_parsed *parsed;
	struct found *rows;              /* of all tables */
	size_t row_count;
};

static struct found find_row(const struct opt_program *program, struct str name)
{
	for (size_t t = 0; t < program->table_count; t++) {
		const struct opt_table *table = &program->tables[t];
		for (const struct opt *row = table->rows; row->name; row++)
			if (str_eq(str_of(row->name), name))
				return (struct found){ row, table };
	}
	return (struct found){ NULL, NULL };
}

const struct opt *opt_find(const struct opt_program *program, struct str name)
{
	return find_row(program, name).row;
}

const struct opt *opt_meaning(const struct opt_program *program, const struct opt *row)
{
	if (!row->same)
		return row;
	const struct opt *meaning = opt_find(program, str_of(row->same));
	assert(meaning && !meaning->same);
	return meaning;
}

/* Texts that stand between popt and us */

static const struct str expansion = STR("!#:");

static const char *shield(struct arena *arena, const char *text)
{
	struct str rest = str_of(text);
	struct buf safe = { 0 };
	for (ptrdiff_t at; (at = str_find(rest, expansion)) >= 0;) {
		buf_add(&safe, str_head(rest, (size_t)at + expansion.n));
		buf_addc(&safe, SHIELD);
		rest = str_skip(rest, (size_t)at + expansion.n);
	}
	buf_add(&safe, rest);
	const char *copy = arena_copy(arena, buf_str(&safe)).p;
	buf_free(&safe);
	return copy;
}

static const char *unshield(struct arena *arena, const char *text)
{
	struct str rest = str_of(text);
	struct buf plain = { 0 };
	for (ptrdiff_t at; (at = str_find(rest, expansion)) >= 0;) {
		buf_add(&plain, str_head(rest, (size_t)at + expansion.n));
		rest = str_skip(rest, (size_t)at + expansion.n);
		if (rest.n > 0 && rest.p[0] == SHIELD)
			rest = str_skip(rest, 1);
	}
	buf_add(&plain, rest);
	const char *copy = arena_copy(arena, buf_str(&plain)).p;
	buf_free(&plain);
	return copy;
}

static const char *underscored(struct arena *arena, const char *name)
{
	struct str copy = arena_copy(arena, str_of(name));
	char *p = (char *)copy.p;
	for (size_t i = 0; i < copy.n; i++)
		if (p[i] == '-')
			p[i] = '_';
	return p;
}

/* What is wrong, in words */

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;
	return m < c ? m : c;
}

/* Letters to change, add or take away to get from a to b; both are short. */
static size_t distance(struct str a, struct str b)
{
	size_t row[NAME_MAX_LENGTH + 1];
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t above = row[j];
			bool differ = a.p[i - 1] != b.p[j - 1];
			row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + differ);
			diagonal = above;
		}
	}
	return row[b.n];
}

/* The option that was probably meant, or NULL. */
static const char *suggestion(const struct parse *parse, struct str name)
{
	if (name.n < 2 || name.n > NAME_MAX_LENGTH)
		return NULL;
	const char *best = NULL;
	size_t least = (name.n + 1) / 3 + 1;
	for (size_t i = 0; i < parse->row_count; i++) {
		struct str other = str_of(parse->rows[i].row->name);
		assert(other.n <= NAME_MAX_LENGTH);
		size_t d = str_starts(other, name) ? 1 : distance(name, other);
		if (d < least && d < other.n) {
			least = d;
			best = other.p;
		}
	}
	return best;
}

static void unknown_option(const struct parse *parse, struct str argument)
{
	struct str name = argument;
	while (name.n > 0 && name.p[0] == '-')
		name = str_skip(name, 1);
	ptrdiff_t equals = str_chr(name, '=');
	if (equals >= 0) {
		argument.n -= name.n - (size_t)equals;
		name.n = (size_t)equals;
	}
	struct buf *message = &parse->parsed->message;
	buf_add(message, STR("unknown option '"));
	buf_add(message, argument);
	buf_addc(message, '\'');
	const char *meant = suggestion(parse, name);
	if (meant)
		buf_addf(message, ": did you mean '--%s'?", meant);
	else
		buf_addf(message, ": try '%s --help'", parse->program->name);
}

static bool unknown_choice(const struct opt *row, const char *value, struct buf *message)
{
	buf_addf(message, "unknown value '%s' for --%s:", value, row->name);
	for (const char *const *choice = row->choices; *choice; choice++)
		buf_addf(message, "%s %s", choice == row->choices ? "" : ",", *choice);
	return false;
}

static bool bad_number(const struct opt *row, const char *value, struct buf *message)
{
	buf_addf(message, "bad value '%s' for --%s: a %snumber from ", value, row->name,
		 row->kind == OPT_UNSIGNED ? "whole " : "");
	struct decimal low = { (int64_t)(row->min * 1e9 + .5), 9 };
	num_add_decimal(message, low.digits, low.scale);
	buf_add(message, STR(" to "));
	num_add_decimal(message, (int64_t)row->max, 0);
	buf_add(message, STR(" is needed"));
	return false;
}

static void popt_failed(const struct parse *parse, poptContext context, int error)
{
	struct buf *message = &parse->parsed->message;
	const char *given = poptBadOption(context, POPT_BADOPTION_NOALIAS);
	const char *argument = unshield(&parse->parsed->arena, given ? given : "");
	if (error == POPT_ERROR_BADOPT)
		unknown_option(parse, str_of(argument));
	else if (error == POPT_ERROR_NOARG)
		buf_addf(message, "option '%s' needs a value", argument);
	else if (error == POPT_ERROR_UNWANTEDARG)
		buf_addf(message, "option '%s' takes no value", argument);
	else
		buf_addf(message, "option '%s': %s", argument, poptStrerror(error));
}

/* Values into settings */

static int choice_index(const struct opt *row, const char *value)
{
	for (int i = 0; row->choices[i]; i++)
		if (str_eq(str_of(row->choices[i]), str_of(value)))
			return i;
	return -1;
}

static bool take_number(const struct opt *row, char *place, const char *value,
			struct buf *message)
{
	uint64_t whole;
	double number;
	if (row->kind == OPT_UNSIGNED) {
		if (!num_u64(str_of(value), &whole) || (double)whole < row->min ||
		    (double)whole > row->max)
			return bad_number(row, value, message);
		*(unsigned *)place = (unsigned)whole;
		return true;
	}
	if (!num_double(str_of(value), &number) || number < row->min || number > row->max)
		return bad_number(row, value, message);
	*(double *)place = number;
	return true;
}

static bool take_call(const struct opt *row, char *settings, const char *value,
		      struct buf *message)
{
	const char *wrong = row->call(settings, value);
	if (!wrong)
		return true;
	if (value)
		buf_addf(message, "bad value '%s' for --%s: %s", value, row->name, wrong);
	else
		buf_addf(message, "option --%s: %s", row->name, wrong);
	return false;
}

static bool take(const struct parse *parse, struct found found, const char *value)
{
	const struct opt *row = found.row;
	struct buf *message = &parse->parsed->message;
	char *settings = parse->settings + found.table->offset;
	char *place = settings + row->offset;
	int choice = row->choices && value ? choice_index(row, value) : 0;
	if (choice < 0)
		return unknown_choice(row, value, message);
	switch (row->kind) {
	case OPT_SET:
	case OPT_CLEAR:
		*(bool *)place = row->kind == OPT_SET;
		return true;
	case OPT_VALUE:
		*(int *)place = row->value;
		return true;
	case OPT_CHOICE:
		*(int *)place = choice;
		return true;
	case OPT_TEXT:
		*(const char **)place = value;
		return true;
	case OPT_STR:
		*(struct str *)place = str_of(value);
		return true;
	case OPT_LIST:
		opt_list_add((struct opt_list *)place, value);
		return true;
	case OPT_UNSIGNED:
	case OPT_NUMBER:
		return take_number(row, place, value, message);
	case OPT_CALL:
		return take_call(row, settings, value, message);
	}
	return true;
}

/* Our tables for popt */

static void collect_rows(struct parse *parse)
{
	const struct opt_program *program = parse->program;
	size_t capacity = 0;
	for (size_t t = 0; t < program->table_count; t++) {
		const struct opt_table *table = &program->tables[t];
		for (const struct opt *row = table->rows; row->name; row++) {
			ARRAY_RESERVE(parse->rows, capacity, parse->row_count + 1);
			parse->rows[parse->row_count++] = (struct found){ row, table };
		}
	}
}

static struct poptOption *popt_table(const struct parse *parse)
{
	struct poptOption *options =
		xcalloc(2 * parse->row_count + 1, sizeof(*options));
	struct poptOption *next = options;
	for (size_t i = 0; i < parse->row_count; i++) {
		const struct opt *row = parse->rows[i].row;
		const struct opt *meaning = opt_meaning(parse->program, row);
		struct poptOption option = {
			.longName = row->name,
			.shortName = row->letter,
			.argInfo = meaning->argument ? POPT_ARG_STRING : POPT_ARG_NONE,
			.val = (int)i + 1,
		};
		if (parse->program->one_dash)
			option.argInfo |= POPT_ARGFLAG_ONEDASH;
		*next++ = option;
		if (!strchr(row->name, '-'))
			continue;
		option.longName = underscored(&parse->parsed->arena, row->name);
		option.shortName = 0;
		*next++ = option;
	}
	return options;
}

static const char **shielded_arguments(struct opt_parsed *parsed, int argc,
				       char *const *argv)
{
	const char **copy = xcalloc((size_t)argc + 2, sizeof(*copy));
	copy[0] = "";
	for (int i = 0; i < argc; i++)
		copy[i] = shield(&parsed->arena, argv[i]);
	return copy;
}

static bool take_all(const struct parse *parse, poptContext context)
{
	struct arena *arena = &parse->parsed->arena;
	int next;
	while ((next = poptGetNextOpt(context)) > 0) {
		struct found found = parse->rows[next - 1];
		if (found.row->same)
			found = find_row(parse->program, str_of(found.row->same));
		char *text = poptGetOptArg(context);
		const char *value = text ? unshield(arena, text) : NULL;
		free(text);
		if (!take(parse, found, value))
			return false;
		if (found.row->last)
			return true;
	}
	if (next < -1) {
		popt_failed(parse, context, next);
		return false;
	}
	const char **files = poptGetArgs(context);
	struct opt_list list = { 0 };
	for (; files && *files; files++)
		opt_list_add(&list, unshield(arena, *files));
	parse->parsed->files = list.items;
	parse->parsed->file_count = list.count;
	return true;
}

bool opt_parse(const struct opt_program *program, void *settings, int argc,
	       char *const *argv, struct opt_parsed *parsed)
{
	struct parse parse = {
		.program = program,
		.settings = settings,
		.parsed = parsed,
	};
	collect_rows(&parse);
	struct poptOption *options = popt_table(&parse);
	const char **arguments = shielded_arguments(parsed, argc, argv);
	poptContext context = poptGetContext(NULL, argc > 0 ? argc : 1, arguments,
					     options, POPT_CONTEXT_NO_EXEC);
	bool good = take_all(&parse, context);
	poptFreeContext(context);
	free(arguments);
	free(options);
	free(parse.rows);
	return good;
}

void opt_parsed_free(struct opt_parsed *parsed)
{
	free(parsed->files);
	buf_free(&parsed->message);
	arena_free(&parsed->arena);
	*parsed = (struct opt_parsed){ 0 };
}

void opt_list_add(struct opt_list *list, const char *text)
{
	ARRAY_RESERVE(list->items, list->capacity, list->count + 1);
	list->items[list->count++] = text;
}

void opt_list_free(struct opt_list *list)
{
	free(list->items);
	*list = (struct opt_list){ 0 };
}

/* --help */

static void pad(struct buf *out, size_t columns)
{
	while (columns-- > 0)
		buf_addc(out, ' ');
}

/* The words of text as lines; the first starts at column "at", the others at "indent". */
static void add_wrapped(struct buf *out, struct str text, size_t at, size_t indent)
{
	bool first = true;
	while (text.n > 0) {
		struct str word = str_cut(&text, ' ');
		size_t columns = utf8_columns(word);
		if (!first && at + 1 + columns > LINE_COLUMNS) {
			buf_addc(out, '\n');
			pad(out, indent);
			at = indent;
		} else if (!first) {
			buf_addc(out, ' ');
			at++;
		}
		buf_add(out, word);
		at += columns;
		first = false;
	}
	buf_addc(out, '\n');
}

static void add_row(struct buf *out, const struct opt *row)
{
	struct buf left = { 0 };
	if (row->letter)
		buf_addf(&left, "  -%c, --%s", row->letter, row->name);
	else
		buf_addf(&left, "      --%s", row->name);
	if (row->argument)
		buf_addf(&left, " %s", row->argument);
	size_t columns = utf8_columns(buf_str(&left));
	buf_add(out, buf_str(&left));
	buf_free(&left);
	if (columns + 2 > LEFT_COLUMNS) {
		buf_addc(out, '\n');
		columns = 0;
	}
	pad(out, LEFT_COLUMNS - columns);
	add_wrapped(out, str_of(row->help), LEFT_COLUMNS, LEFT_COLUMNS);
}

void opt_help(const struct opt_program *program, struct buf *out)
{
	buf_addf(out, "usage: %s %s\n", program->name, program->usage);
	add_wrapped(out, str_of(program->summary), 0, 0);
	for (size_t t = 0; t < program->table_count; t++) {
		bool titled = false;
		for (const struct opt *row = program->tables[t].rows; row->name; row++) {
			if (row->hidden || row->same)
				continue;
			if (!titled)
				buf_addf(out, "\n%s:\n", program->tables[t].title);
			titled = true;
			add_row(out, row);
		}
	}
	buf_addf(out, "\nMore in %s.\n", program->manual);
}
