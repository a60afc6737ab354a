/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_FILTER_STEPS_H
#define MODEL_FILTER_STEPS_H

#include "model/filter.h"
#include "model/rename.h"

/* What filter.c, which makes the steps, and filter_run.c, which takes them, share. */

/* One of the texts that a step looks for. */
struct filter_text {
	struct str text;         /* as given */
	struct match *match;     /* NULL: exactly the text */
};

/* "pid=12:20", "request=4kb:" */
struct filter_tags {
	struct str key;          /* empty: any */
	bool is_range;
	int64_t from, to;        /* both included */
	struct str from_unit, to_unit;
};

struct filter_step {
	enum filter_kind kind;
	struct str argument;     /* the first one, as given */
	struct filter_text *texts;
	size_t text_count, text_capacity;
	struct filter_tags tags;
	struct rename *rename;
	uint32_t depth;
	double percent;
	/* of the last run */
	uint64_t hits;           /* stacks in which it found something */
	uint64_t dropped;
};

struct filter {
	struct filter_step steps[FILTER_STEPS_MAX];
	unsigned count;
};

bool filter_add_text(struct filter_step *, struct str text, bool is_pattern,
		     struct match_error *);

/* What filter_add(), filter_needs_tag() and filter_begin() do for tags. */
bool filter_tags_parse(struct filter_step *, struct str text, struct match_error *);
bool filter_tags_need(const struct filter_step *, enum want_tag);
bool *filter_tags_judge(const struct filter_step *, const struct profile *);

#endif
