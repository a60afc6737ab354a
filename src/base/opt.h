/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * The command line, told by tables.  A row is one option; a table is a section
 * of --help; a program offers several tables, some of them shared.  Parsing,
 * --help, the shell completions and the check of the man pages all come from
 * the same rows.  Behind this file is popt; nothing else knows it.
 *
 * Long options are exact, never abbreviated, and '_' in them is as good as
 * '-'.  Values follow after '=' or as the next argument.  Options and files may
 * be mixed, "--" ends the options, "-" is a file.
 */

/* What a row does to the settings, at its offset. */
enum opt_kind {
	OPT_SET,        /* bool: becomes true */
	OPT_CLEAR,      /* bool: becomes false */
	OPT_VALUE,      /* int or enum: becomes .value */
	/* The rest takes an argument. */
	OPT_CHOICE,     /* int or enum: the place of the text in .choices */
	OPT_TEXT,       /* const char *, as given */
	OPT_STR,        /* struct str */
	OPT_LIST,       /* struct opt_list: one more item each time */
	OPT_UNSIGNED,   /* unsigned: a whole number from .min to .max */
	OPT_NUMBER,     /* double: a number from .min to .max */
	OPT_CALL,       /* .call decides, also without an argument; .offset is not used */
};

/* What a shell offers for the argument. */
enum opt_complete {
	OPT_COMPLETE_NONE,      /* nothing but .choices */
	OPT_COMPLETE_FILE,
};

struct opt {
	const char *name;            /* long name without dashes */
	char letter;                 /* 'o' for -o; 0: none */
	enum opt_kind kind;
	size_t offset;               /* in the settings of the table */
	const char *argument;        /* "FILE", as --help shows it; NULL: takes none */
	const char *help;            /* one sentence, lower case, no full stop */
	const char *same;            /* the row this is another spelling of */
	const char *const *choices;  /* all values, NULL-terminated; NULL: any */
	enum opt_complete complete;
	bool hidden;                 /* in the man page, not in --help */
	bool last;                   /* --help and such: what follows is not read */
	int value;                   /* for OPT_VALUE */
	double min, max;             /* for numbers, both included */
	/*
	 * For OPT_CALL: takes the value (NULL when the row has no argument) into the
	 * table's settings; returns NULL, or what is wrong with the value.  The value
	 * lives as long as the struct opt_parsed.
	 */
	const char *(*call)(void *settings, const char *value);
};

struct opt_table {
	const char *title;           /* "Reading", the section in --help */
	const struct opt *rows;      /* ends with a row without a name */
	size_t offset;               /* of the table's settings in the program's */
};

struct opt_program {
	const char *name;            /* as it was called */
	const char *usage;           /* "[OPTION]... [FILE]..." */
	const char *summary;         /* one line for --help */
	const char *manual;          /* "fg-svg(1)" */
	const struct opt_table *tables;
	size_t table_count;
	bool one_dash;               /* long options may have one dash, as Perl's may */
};

struct opt_list {
	const char **items;
	size_t count;
	size_t capacity;
};

/* What is left of a command line.  Zero it before opt_parse(). */
struct opt_parsed {
	const char **files;          /* what is no option, in order */
	size_t file_count;
	struct buf message;          /* why opt_parse() failed; may hold any bytes */
	struct arena arena;          /* of files and of texts in the settings */
};

/*
 * Reads the command line into the settings, whose defaults the caller has
 * set.  False when it is wrong; then parsed->message says how.
 */
bool opt_parse(const struct opt_program *, void *settings, int argc, char *const *argv,
	       struct opt_parsed *);
void opt_parsed_free(struct opt_parsed *);

/* What OPT_LIST rows do; the text is not copied. */
void opt_list_add(struct opt_list *, const char *text);

/* Frees a list; its texts belong to the opt_parsed. */
void opt_list_free(struct opt_list *);

/* The row of this long name, or NULL. */
const struct opt *opt_find(const struct opt_program *, struct str name);

/* The row that says what this one does: itself, or the one it is another spelling of. */
const struct opt *opt_meaning(const struct opt_program *, const struct opt *);

/* The text of --help, 80 columns wide. */
void opt_help(const struct opt_program *, struct buf *);

#endif
