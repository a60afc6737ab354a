/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/completion.h"

/*
 * Three dialects for the same rows.  bash gets a function that looks at the
 * word before the cursor:
 *
 *	case $before in
 *	--group-by) words='none comm pid' ;;
 *
 * zsh gets the lines of _arguments, fish one "complete" command for each row.
 * Everything from a table stands in single quotes, where bash and zsh know one
 * special character and fish two; zsh also wants brackets and colons of its
 * descriptions behind a backslash.
 */

const char *const completion_shells[] = {
	[COMPLETION_BASH] = "bash",
	[COMPLETION_ZSH] = "zsh",
	[COMPLETION_FISH] = "fish",
	[COMPLETION_NAMES] = "names",
	NULL,
};

static void add_quoted(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			buf_add(out, STR("'\\''"));
		else
			buf_addc(out, *text);
	}
}

static void add_fish_quoted(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *text);
	}
}

static void add_zsh_text(struct buf *out, const char *text)
{
	struct buf escaped = { 0 };
	for (; *text; text++) {
		if (strchr("[]:\\", *text))
			buf_addc(&escaped, '\\');
		buf_addc(&escaped, *text);
	}
	add_quoted(out, buf_cstr(&escaped));
	buf_free(&escaped);
}

static void add_choices(struct buf *out, const struct opt *meaning)
{
	for (const char *const *choice = meaning->choices; *choice; choice++)
		buf_addf(out, "%s%s", choice == meaning->choices ? "" : " ", *choice);
}

/* bash */

static void bash_name(struct buf *out, const char *program)
{
	buf_addc(out, '_');
	for (; *program; program++)
		buf_addc(out, *program == '-' || *program == '.' ? '_' : *program);
}

static void bash_case(struct buf *out, const struct opt *row, const struct opt *meaning)
{
	if (!meaning->argument)
		return;
	buf_add(out, STR("\t"));
	if (row->letter)
		buf_addf(out, "-%c|", row->letter);
	buf_addf(out, "--%s) ", row->name);
	if (meaning->choices) {
		buf_add(out, STR("words='"));
		add_choices(out, meaning);
		buf_add(out, STR("' ;;\n"));
	} else if (meaning->complete == OPT_COMPLETE_FILE) {
		buf_add(out, STR("files=1 ;;\n"));
	} else {
		buf_add(out, STR("return ;;\n"));
	}
}

static void write_bash(const struct opt_program *program, const char *second_name,
		       struct buf *out)
{
	buf_addf(out, "# bash completion for %s\n\n", program->name);
	bash_name(out, program->name);
	buf_add(out, STR("() {\n"
			 "\tlocal word=$2 before=$3 words= files=\n"
			 "\tif [[ $word == = ]]; then word=; fi\n"
			 "\tif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
			 "\tcase $before in\n"));
	for (size_t t = 0; t < program->table_count; t++)
		for (const struct opt *row = program->tables[t].rows; row->name; row++)
			bash_case(out, row, opt_meaning(program, row));
	buf_add(out, STR("\t*)\n\t\tif [[ $word == -* ]]; then\n\t\t\twords='"));
	const char *gap = "";
	for (size_t t = 0; t < program->table_count; t++) {
		for (const struct opt *row = program->tables[t].rows; row->name; row++) {
			if (row->hidden || row->same)
				continue;
			buf_addf(out, "%s--%s", gap, row->name);
			gap = " ";
		}
	}
	buf_add(out, STR("'\n\t\telse\n\t\t\tfiles=1\n\t\tfi ;;\n\tesac\n"
			 "\tif [[ $files ]]; then\n"
			 "\t\tcompopt -o filenames 2>/dev/null\n"
			 "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
			 "\telse\n"
			 "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
			 "\tfi\n"
			 "}\n\ncomplete -F "));
	bash_name(out, program->name);
	buf_addf(out, " %s", program->name);
	if (second_name)
		buf_addf(out, " %s", second_name);
	buf_addc(out, '\n');
}

/* zsh */

static void zsh_argument(struct buf *out, const struct opt *meaning)
{
	buf_addc(out, ':');
	add_zsh_text(out, meaning->argument);
	buf_addc(out, ':');
	if (meaning->choices) {
		buf_addc(out, '(');
		add_choices(out, meaning);
		buf_addc(out, ')');
	} else if (meaning->complete == OPT_COMPLETE_FILE) {
		buf_add(out, STR("_files"));
	}
}

static void zsh_row(struct buf *out, const struct opt *row, bool letter)
{
	buf_addf(out, " \\\n\t'%s", row->kind == OPT_LIST ? "*" : "");
	if (letter)
		buf_addf(out, "-%c", row->letter);
	else
		buf_addf(out, "--%s", row->name);
	if (row->argument)
		buf_addc(out, letter ? '+' : '=');
	buf_addc(out, '[');
	add_zsh_text(out, row->help);
	buf_addc(out, ']');
	if (row->argument)
		zsh_argument(out, row);
	buf_addc(out, '\'');
}

static void write_zsh(const struct opt_program *program, const char *second_name,
		      struct buf *out)
{
	buf_addf(out, "#compdef %s", program->name);
	if (second_name)
		buf_addf(out, " %s", second_name);
	buf_add(out, STR("\n\n_arguments -s -S"));
	for (size_t t = 0; t < program->table_count; t++) {
		for (const struct opt *row = program->tables[t].rows; row->name; row++) {
			if (row->hidden || row->same)
				continue;
			if (row->letter)
				zsh_row(out, row, true);
			zsh_row(out, row, false);
		}
	}
	buf_add(out, STR(" \\\n\t'*:file:_files'\n"));
}

/* fish */

static void fish_row(struct buf *out, const char *program, const struct opt *row)
{
	buf_addf(out, "complete -c %s", program);
	if (row->letter)
		buf_addf(out, " -s %c", row->letter);
	buf_addf(out, " -l %s", row->name);
	if (row->argument)
		buf_add(out, row->complete == OPT_COMPLETE_FILE ? STR(" -r -F") :
								  STR(" -x"));
	if (row->choices) {
		buf_add(out, STR(" -a '"));
		add_choices(out, row);
		buf_addc(out, '\'');
	}
	buf_add(out, STR(" -d '"));
	add_fish_quoted(out, row->help);
	buf_add(out, STR("'\n"));
}

static void write_fish(const struct opt_program *program, const char *name,
		       struct buf *out)
{
	for (size_t t = 0; t < program->table_count; t++)
		for (const struct opt *row = program->tables[t].rows; row->name; row++)
			if (!row->hidden && !row->same)
				fish_row(out, name, row);
}

static void write_names(const struct opt_program *program, struct buf *out)
{
	for (size_t t = 0; t < program->table_count; t++) {
		for (const struct opt *row = program->tables[t].rows; row->name; row++) {
			const struct opt *meaning = opt_meaning(program, row);
			buf_addf(out, "--%s\t", row->name);
			if (row->letter)
				buf_addf(out, "-%c", row->letter);
			buf_addf(out, "\t%s\n", meaning->argument ? meaning->argument : "");
		}
	}
}

void completion_write(const struct opt_program *program, const char *second_name,
		      enum completion_shell shell, struct buf *out)
{
	switch (shell) {
	case COMPLETION_BASH:
		write_bash(program, second_name, out);
		break;
	case COMPLETION_ZSH:
		write_zsh(program, second_name, out);
		break;
	case COMPLETION_FISH:
		buf_addf(out, "# fish completion for %s\n\n", program->name);
		write_fish(program, program->name, out);
		if (second_name)
			write_fish(program, second_name, out);
		break;
	case COMPLETION_NAMES:
		write_names(program, out);
		break;
	}
}
