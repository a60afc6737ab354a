/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Filters are done in the order in which they are given, so their options make a
 * list.  It becomes a struct filter when the command line is read to its end, where
 * what is wrong with a pattern is told with its place:
 *
 *	fg-svg: error: --focus: missing closing parenthesis
 *	fg-svg:   std::(map|set
 *	fg-svg:                ^
 */
#include "cmd/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/utf8.h"

static const char *add(void *to, enum filter_kind kind, const char *value)
{
	struct settings_filters *f = &((struct settings *)to)->filters;
	ARRAY_RESERVE(f->items, f->capacity, f->count + 1);
	f->items[f->count++] = (struct settings_filter){ kind, value };
	return NULL;
}

#define ADD(name, kind)                                           \
	static const char *add_##name(void *to, const char *value) \
	{                                                         \
		return add(to, kind, value);                      \
	}
ADD(focus, FILTER_FOCUS)
ADD(ignore, FILTER_IGNORE)
ADD(hide, FILTER_HIDE)
ADD(show, FILTER_SHOW)
ADD(show_from, FILTER_SHOW_FROM)
ADD(prune_from, FILTER_PRUNE_FROM)
ADD(tagfocus, FILTER_TAG_FOCUS)
ADD(tagignore, FILTER_TAG_IGNORE)
ADD(base, FILTER_BASE)
ADD(skip_after, FILTER_SKIP_AFTER)
ADD(merge_function, FILTER_MERGE_FUNCTION)
ADD(drop_function, FILTER_DROP_FUNCTION)
ADD(collapse_module, FILTER_COLLAPSE_MODULE)
ADD(collapse_subtree, FILTER_COLLAPSE_SUBTREE)
ADD(rename, FILTER_RENAME)
ADD(merge_threads, FILTER_MERGE_THREADS)
ADD(min, FILTER_MIN)
ADD(depth, FILTER_DEPTH)
ADD(no_idle, FILTER_NO_IDLE)
ADD(reverse, FILTER_REVERSE)

static const char *const recursions[] = { "direct", "cycle", NULL };

static const char *add_recursion(void *to, const char *value)
{
	bool direct = strcmp(value, recursions[0]) == 0;
	return add(to, direct ? FILTER_COLLAPSE_DIRECT : FILTER_COLLAPSE_CYCLE, value);
}

const struct opt options_filter[] = {
	{ .name = "focus", .kind = OPT_CALL, .call = add_focus, .argument = "RE",
	  .help = "keep stacks with a function that matches" },
	{ .name = "ignore", .kind = OPT_CALL, .call = add_ignore, .argument = "RE",
	  .help = "leave out stacks with a function that matches" },
	{ .name = "hide", .kind = OPT_CALL, .call = add_hide, .argument = "RE",
	  .help = "take matching functions out of stacks" },
	{ .name = "show", .kind = OPT_CALL, .call = add_show, .argument = "RE",
	  .help = "take all other functions out of stacks" },
	{ .name = "show-from", .kind = OPT_CALL, .call = add_show_from, .argument = "RE",
	  .help = "start stacks at the first function that matches, and leave out stacks "
		  "without one" },
	{ .name = "base", .kind = OPT_CALL, .call = add_base, .argument = "FUNC",
	  .hidden = true, .help = "as --show-from, for exactly this function" },
	{ .name = "skip-after", .kind = OPT_CALL, .call = add_skip_after,
	  .argument = "FUNC", .help = "cut off the callers of this function" },
	{ .name = "prune-from", .kind = OPT_CALL, .call = add_prune_from,
	  .argument = "RE",
	  .help = "cut off what the last function that matches calls" },
	{ .name = "tagfocus", .kind = OPT_CALL, .call = add_tagfocus,
	  .argument = "[KEY=]WHAT",
	  .help = "keep stacks by comm, pid, tid, cpu or event, as in pid=12:20" },
	{ .name = "tagignore", .kind = OPT_CALL, .call = add_tagignore,
	  .argument = "[KEY=]WHAT", .help = "leave them out" },
	{ .name = "merge-function", .kind = OPT_CALL, .call = add_merge_function,
	  .argument = "RE", .help = "count functions that match to their callers" },
	{ .name = "drop-function", .kind = OPT_CALL, .call = add_drop_function,
	  .argument = "RE", .help = "as --ignore, by the name of the function alone" },
	{ .name = "collapse-module", .kind = OPT_CALL, .call = add_collapse_module,
	  .argument = "RE",
	  .help = "make one frame of neighbours from a file that matches" },
	{ .name = "collapse-subtree", .kind = OPT_CALL, .call = add_collapse_subtree,
	  .argument = "RE", .help = "count all that a function calls to itself" },
	{ .name = "collapse-recursion", .kind = OPT_CALL, .call = add_recursion,
	  .argument = "HOW", .choices = recursions,
	  .help = "make one frame of functions that call themselves: direct, or cycle, "
		  "also through others" },
	{ .name = "rename", .kind = OPT_CALL, .call = add_rename, .argument = "s/RE/NEW/",
	  .help = "give functions other names" },
	{ .name = "merge-threads", .kind = OPT_CALL, .call = add_merge_threads,
	  .help = "make worker-* of worker-1 and worker-2" },
	{ .name = "min", .kind = OPT_CALL, .call = add_min, .argument = "PERCENT",
	  .help = "put \"[other]\" in place of calls with a smaller share" },
	{ .name = "depth", .kind = OPT_CALL, .call = add_depth, .argument = "N",
	  .help = "cut off what is deeper than N functions" },
	{ .name = "no-idle", .kind = OPT_CALL, .call = add_no_idle,
	  .help = "leave out stacks of idle processors" },
	{ .name = "reverse", .kind = OPT_CALL, .call = add_reverse,
	  .help = "turn stacks around: merged from the innermost function outwards" },
	{ .name = "relative-percentages", .kind = OPT_SET, OPT_AT(want.relative),
	  .help = "percentages of what is shown, not of all" },
	{ 0 },
};

void options_show_place(struct str text, size_t at)
{
	enum { COLUMNS = 70, BEFORE = 50 };
	struct buf line = { 0 };
	size_t start = at > COLUMNS ? at - BEFORE : 0;
	while (start < at && ((unsigned char)text.p[start] & 0xc0) == 0x80)
		start++;
	buf_addf(&line, start ? "  …" : "  ");
	message_visible(&line, str_head(str_skip(text, start), at - start));
	size_t column = utf8_columns(buf_str(&line));
	struct str rest = utf8_fit(str_skip(text, at), COLUMNS);
	message_visible(&line, rest);
	if (at + rest.n < text.n)
		buf_addf(&line, "…");
	message_line(buf_str(&line));
	buf_clear(&line);
	for (size_t i = 0; i < column; i++)
		buf_addc(&line, ' ');
	buf_addc(&line, '^');
	message_line(buf_str(&line));
	buf_free(&line);
}

void options_say_wrong(const char *option, const char *value, struct match_error *error)
{
	if (error->at == FILTER_NOWHERE) {
		message_error("--%s=%s: %s", option, value, buf_cstr(&error->why));
	} else {
		message_error("--%s: %s", option, buf_cstr(&error->why));
		options_show_place(str_of(value), error->at);
	}
	buf_free(&error->why);
}

bool options_finish_filters(struct settings *settings)
{
	struct want *want = &settings->want;
	want->filter = filter_new();
	for (size_t i = 0; i < settings->filters.count; i++) {
		const struct settings_filter *item = &settings->filters.items[i];
		struct match_error error = { 0 };
		if (filter_add(want->filter, item->kind, str_of(item->value), &error))
			continue;
		options_say_wrong(filter_options[item->kind], item->value, &error);
		return false;
	}
	for (enum want_tag tag = 0; tag < TAGS; tag++)
		if (filter_needs_tag(want->filter, tag))
			want->tags |= 1u << tag;
	want->full_names |= filter_needs_names(want->filter);
	return true;
}

void options_free_filters(struct settings *settings)
{
	filter_free(settings->want.filter);
	free(settings->filters.items);
	settings->want.filter = NULL;
	settings->filters = (struct settings_filters){ 0 };
}
