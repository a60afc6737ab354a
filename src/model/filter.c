/* SPDX-License-Identifier: Apache-2.0 */

/* The list of steps: what each kind is called, needs and changes. */
#include "model/filter.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/filter_steps.h"

const char *const filter_options[FILTER_KINDS] = {
	[FILTER_FOCUS] = "focus",
	[FILTER_IGNORE] = "ignore",
	[FILTER_HIDE] = "hide",
	[FILTER_SHOW] = "show",
	[FILTER_SHOW_FROM] = "show-from",
	[FILTER_PRUNE_FROM] = "prune-from",
	[FILTER_TAG_FOCUS] = "tagfocus",
	[FILTER_TAG_IGNORE] = "tagignore",
	[FILTER_BASE] = "base",
	[FILTER_SKIP_AFTER] = "skip-after",
	[FILTER_MERGE_FUNCTION] = "merge-function",
	[FILTER_DROP_FUNCTION] = "drop-function",
	[FILTER_COLLAPSE_MODULE] = "collapse-module",
	[FILTER_COLLAPSE_SUBTREE] = "collapse-subtree",
	[FILTER_COLLAPSE_DIRECT] = "collapse-recursion=direct",
	[FILTER_COLLAPSE_CYCLE] = "collapse-recursion=cycle",
	[FILTER_RENAME] = "rename",
	[FILTER_MERGE_THREADS] = "merge-threads",
	[FILTER_MIN] = "min",
	[FILTER_DEPTH] = "depth",
	[FILTER_NO_IDLE] = "no-idle",
	[FILTER_REVERSE] = "reverse",
};

/* What the argument is, what the step looks for, and whether order stays. */
static const struct {
	enum { NOTHING, PATTERN, NAME, TAGS_TEXT, RENAMING, PERCENT, NUMBER } argument;
	bool searches, keeps_order;
} kinds[FILTER_KINDS] = {
	[FILTER_FOCUS] = { PATTERN, true, true },
	[FILTER_IGNORE] = { PATTERN, true, true },
	[FILTER_HIDE] = { PATTERN, true, false },
	[FILTER_SHOW] = { PATTERN, true, false },
	[FILTER_SHOW_FROM] = { PATTERN, true, false },
	[FILTER_PRUNE_FROM] = { PATTERN, true, false },
	[FILTER_TAG_FOCUS] = { TAGS_TEXT, true, true },
	[FILTER_TAG_IGNORE] = { TAGS_TEXT, true, true },
	[FILTER_BASE] = { NAME, true, false },
	[FILTER_SKIP_AFTER] = { NAME, true, false },
	[FILTER_MERGE_FUNCTION] = { PATTERN, true, false },
	[FILTER_DROP_FUNCTION] = { PATTERN, true, true },
	[FILTER_COLLAPSE_MODULE] = { PATTERN, true, false },
	[FILTER_COLLAPSE_SUBTREE] = { PATTERN, true, true },
	[FILTER_COLLAPSE_DIRECT] = { NOTHING, false, false },
	[FILTER_COLLAPSE_CYCLE] = { NOTHING, false, false },
	[FILTER_RENAME] = { RENAMING, true, false },
	[FILTER_MERGE_THREADS] = { NOTHING, false, false },
	[FILTER_MIN] = { PERCENT, false, false },
	[FILTER_DEPTH] = { NUMBER, false, true },
	[FILTER_NO_IDLE] = { NOTHING, false, true },
	[FILTER_REVERSE] = { NOTHING, false, false },
};

struct filter *filter_new(void)
{
	return xcalloc(1, sizeof(struct filter));
}

static void free_step(struct filter_step *s)
{
	for (size_t i = 0; i < s->text_count; i++)
		match_free(s->texts[i].match);
	free(s->texts);
	rename_free(s->rename);
	*s = (struct filter_step){ 0 };
}

void filter_free(struct filter *f)
{
	for (unsigned i = 0; f && i < f->count; i++)
		free_step(&f->steps[i]);
	free(f);
}

/* Steps */

static bool fail(struct match_error *error, const char *why)
{
	buf_addf(&error->why, "%s", why);
	error->at = FILTER_NOWHERE;
	return false;
}

bool filter_add_text(struct filter_step *s, struct str text, bool is_pattern,
		     struct match_error *error)
{
	struct match *match = NULL;
	if (is_pattern && !(match = match_try(text, false, error)))
		return false;
	ARRAY_RESERVE(s->texts, s->text_capacity, s->text_count + 1);
	s->texts[s->text_count++] = (struct filter_text){ text, match };
	return true;
}

static bool parse_percent(struct str s, double *percent)
{
	if (str_ends(s, STR("%")))
		s = str_trim(str_head(s, s.n - 1));
	return num_double(s, percent) && *percent >= 0 && *percent <= 100;
}

static bool parse_depth(struct str s, uint32_t *depth)
{
	uint64_t number;
	bool ok = num_u64(s, &number) && number > 0 && number < UINT32_MAX;
	*depth = ok ? (uint32_t)number : 0;
	return ok;
}

/* The list */

static bool parse_argument(struct filter_step *s, struct str argument,
			   struct match_error *error)
{
	switch (kinds[s->kind].argument) {
	case PATTERN:
		return filter_add_text(s, argument, true, error);
	case NAME:
		return filter_add_text(s, argument, false, error);
	case TAGS_TEXT:
		return filter_tags_parse(s, argument, error);
	case RENAMING:
		s->rename = rename_new(argument, error);
		return s->rename != NULL;
	case PERCENT:
		return parse_percent(argument, &s->percent) ||
		       fail(error, "a percentage from 0 to 100 is needed, as in 0.5%");
	case NUMBER:
		return parse_depth(argument, &s->depth) ||
		       fail(error, "a number of functions is needed, at least 1");
	case NOTHING:
		break;
	}
	return true;
}

/* Neighbours that are one step: any of their texts will do. */
static bool joins(const struct filter *f, enum filter_kind kind)
{
	enum filter_kind last = f->count ? f->steps[f->count - 1].kind : FILTER_KINDS;
	bool shows = kind == FILTER_SHOW_FROM || kind == FILTER_BASE;
	if (last == FILTER_SHOW_FROM || last == FILTER_BASE)
		return shows;
	return kind == FILTER_SKIP_AFTER && last == kind;
}

bool filter_add(struct filter *f, enum filter_kind kind, struct str argument,
		struct match_error *error)
{
	if (joins(f, kind))
		return filter_add_text(&f->steps[f->count - 1], argument,
				       kinds[kind].argument == PATTERN, error);
	if (f->count == FILTER_STEPS_MAX)
		return fail(error, "more than 64 filters");
	struct filter_step *s = &f->steps[f->count];
	*s = (struct filter_step){ .kind = kind, .argument = argument };
	if (!parse_argument(s, argument, error)) {
		free_step(s);
		return false;
	}
	f->count++;
	return true;
}

/* Questions */

bool filter_is_empty(const struct filter *f)
{
	return f == NULL || f->count == 0;
}

bool filter_has(const struct filter *f, enum filter_kind kind)
{
	for (unsigned i = 0; f && i < f->count; i++)
		if (f->steps[i].kind == kind)
			return true;
	return false;
}

bool filter_needs_names(const struct filter *f)
{
	for (unsigned i = 0; f && i < f->count; i++)
		if (kinds[f->steps[i].kind].argument == PATTERN ||
		    kinds[f->steps[i].kind].argument == NAME)
			return true;
	return false;
}

bool filter_needs_tag(const struct filter *f, enum want_tag tag)
{
	for (unsigned i = 0; f && i < f->count; i++) {
		const struct filter_step *s = &f->steps[i];
		if (kinds[s->kind].argument == TAGS_TEXT && filter_tags_need(s, tag))
			return true;
	}
	return false;
}

bool filter_keeps_order(const struct filter *f)
{
	for (unsigned i = 0; f && i < f->count; i++)
		if (!kinds[f->steps[i].kind].keeps_order)
			return false;
	return true;
}

bool filter_reverses(const struct filter *f)
{
	return f && filter_part_reverses(f, FILTER_STEPS_MAX);
}

unsigned filter_parts(const struct filter *f)
{
	unsigned parts = 1;
	for (unsigned i = 0; f && i < f->count; i++)
		parts += f->steps[i].kind == FILTER_MIN;
	return parts;
}

double filter_part_limit(const struct filter *f, unsigned part)
{
	for (unsigned i = 0; i < f->count; i++)
		if (f->steps[i].kind == FILTER_MIN && part-- == 0)
			return f->steps[i].percent;
	return 0;
}

bool filter_part_reverses(const struct filter *f, unsigned part)
{
	bool reversed = false;
	for (unsigned i = 0; f && i < f->count; i++) {
		if (f->steps[i].kind == FILTER_MIN && part-- == 0)
			break;
		reversed ^= f->steps[i].kind == FILTER_REVERSE;
	}
	return reversed;
}

/* What was found */

static void add_option(struct buf *out, const struct filter_step *s)
{
	buf_addf(out, "--%s", filter_options[s->kind]);
	if (kinds[s->kind].argument == NOTHING)
		return;
	buf_addc(out, '=');
	buf_add(out, s->argument);
}

bool filter_add_unmatched(const struct filter *f, struct buf *out, unsigned *step)
{
	for (; f && *step < f->count; (*step)++) {
		const struct filter_step *s = &f->steps[*step];
		if (s->hits > 0 || !kinds[s->kind].searches)
			continue;
		add_option(out, s);
		(*step)++;
		return true;
	}
	return false;
}

bool filter_add_dropper(const struct filter *f, struct buf *out)
{
	for (unsigned i = 0; f && i < f->count; i++) {
		if (f->steps[i].dropped == 0)
			continue;
		add_option(out, &f->steps[i]);
		return true;
	}
	return false;
}

unsigned filter_slow(const struct filter *f)
{
	unsigned slow = 0;
	for (unsigned i = 0; f && i < f->count; i++) {
		const struct filter_step *s = &f->steps[i];
		for (size_t k = 0; k < s->text_count; k++)
			slow += s->texts[k].match ? match_slow(s->texts[k].match) : 0;
		slow += s->rename ? rename_slow(s->rename) : 0;
	}
	return slow;
}
