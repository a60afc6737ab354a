/* SPDX-License-Identifier: Apache-2.0 */
#include "model/suppressions.h"

#include <stdlib.h>

#include "base/alloc.h"

void suppressions_free(struct suppressions *s)
{
	free(s->items);
	arena_free(&s->arena);
	*s = (struct suppressions){ 0 };
}

void suppressions_add(struct suppressions *s, struct str pattern)
{
	struct suppression item = { .pattern = pattern };
	item.from_start = str_starts(item.pattern, STR("^"));
	if (item.from_start)
		item.pattern = str_skip(item.pattern, 1);
	item.to_end = str_ends(item.pattern, STR("$"));
	if (item.to_end)
		item.pattern.n--;
	item.pattern = arena_copy(&s->arena, item.pattern);
	ARRAY_RESERVE(s->items, s->capacity, s->count + 1ull);
	s->items[s->count++] = item;
}

bool suppressions_add_line(struct suppressions *s, struct str line)
{
	if (str_ends(line, STR("\r")))
		line.n--;
	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return true;
	if (!str_starts(line, STR("leak:")))
		return false;
	line = str_trim(str_skip(line, STR("leak:").n));
	if (line.n > 0)
		suppressions_add(s, line);
	return line.n > 0;
}

/* The pieces between the '*' one after the other, each as early as it can be. */
static bool fits(const struct suppression *item, struct str name)
{
	struct str rest = item->pattern;
	bool anchored = item->from_start;
	for (;;) {
		struct str piece = str_cut(&rest, '*');
		bool is_last = rest.p == NULL;
		if (is_last && item->to_end)
			return str_ends(name, piece) && (!anchored || name.n == piece.n);
		ptrdiff_t at = anchored ? (str_starts(name, piece) ? 0 : -1) :
					  str_find(name, piece);
		if (at < 0)
			return false;
		if (is_last)
			return true;
		name = str_skip(name, (size_t)at + piece.n);
		anchored = false;
	}
}

bool suppressions_fit(const struct suppressions *s, struct str name)
{
	for (uint32_t i = 0; i < s->count && name.n > 0; i++)
		if (fits(&s->items[i], name))
			return true;
	return false;
}

bool suppressions_fit_place(const struct suppressions *s, const struct frametext *place)
{
	if (s->count == 0)
		return false;
	struct str file = place->line;
	ptrdiff_t colon = str_rchr(file, ':');
	return suppressions_fit(s, place->name) || suppressions_fit(s, place->module) ||
	       suppressions_fit(s, colon < 0 ? file : str_head(file, (size_t)colon));
}
