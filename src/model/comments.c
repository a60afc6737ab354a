/* SPDX-License-Identifier: Apache-2.0 */
#include "model/comments.h"

static void add(struct str *texts, unsigned *count, struct arena *arena, const char *key,
		struct str value)
{
	struct buf text = { 0 };
	if (value.n == 0)
		return;
	buf_addf(&text, "# %s: ", key);
	buf_add(&text, value);
	texts[(*count)++] = arena_copy(arena, buf_str(&text));
	buf_free(&text);
}

unsigned comments_make(const struct stacks *stacks, const struct series *series,
		       struct str unit, struct arena *arena, struct str texts[COMMENTS_MAX])
{
	const struct series_item *chosen = &series->items[series->chosen];
	bool is_count = str_eq(unit, STR("count"));
	unsigned count = 0;
	if (stacks->profile->recording.has_comments)
		return 0;
	add(texts, &count, arena, "command", stacks->title);
	add(texts, &count, arena, "event", chosen->is_metric ? stacks->event : STR(""));
	add(texts, &count, arena, "unit", is_count ? chosen->unit : STR(""));
	add(texts, &count, arena, "estimated", stacks->is_estimate ? STR("yes") : STR(""));
	return count;
}

static void take(struct comments *c, struct str key, struct str value)
{
	if (str_eq(key, STR("# command")))
		c->command = value;
	else if (str_eq(key, STR("# event")))
		c->event = value;
	else if (str_eq(key, STR("# unit")))
		c->unit = value;
	else if (str_eq(key, STR("# estimated")))
		c->is_estimate = str_eq(value, STR("yes"));
}

struct comments comments_read(const struct recording *r)
{
	struct comments c = { 0 };
	for (uint32_t i = 0; i < r->comment_count; i++) {
		struct str value = r->comments[i];
		struct str key = str_cut(&value, ':');
		if (value.p != NULL)
			take(&c, key, str_trim(value));
	}
	return c;
}

void comments_apply(const struct comments *c, struct profile *p, struct metrics *m)
{
	struct metric *usual = &m->items[m->usual];
	struct buf unit = { 0 };
	if (p->title.n == 0)
		p->title = c->command;
	metrics_add_word(&unit, c->unit);
	if (unit.n > 0 && str_eq(usual->own_unit, STR("count")))
		usual->unit = profile_keep(p, buf_str(&unit));
	buf_free(&unit);
	for (unsigned i = 0; c->is_estimate && i < m->count; i++)
		m->items[i].is_estimate = true;
}
