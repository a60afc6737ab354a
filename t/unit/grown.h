/* SPDX-License-Identifier: Apache-2.0 */
#ifndef T_UNIT_GROWN_H
#define T_UNIT_GROWN_H

#include <stdio.h>
#include <stdlib.h>

#include "model/tree.h"

/*
 * For unit tests: a tree of folded lines, "a;b_[k] 3", or of two columns,
 * "a;b 3 5", made by the model alone.
 */
struct grown {
	struct profile profile;
	struct stacks stacks;
	struct tree tree;
};

static inline void grown_add(struct profile *p, struct str line, uint32_t group)
{
	static uint32_t frames[200000];
	uint32_t depth = 0;
	int64_t values[COLUMNS_MAX] = { 0 };
	char *end = NULL;
	struct str rest = line;
	ptrdiff_t blank = str_chr(line, ' ');
	rest.n = (size_t)blank;
	for (; rest.n > 0; depth++) {
		struct str name = str_cut(&rest, ';');
		enum frame_kind kind = frame_kind_unmark(&name);
		frames[depth] = profile_frame(p, profile_name_text(p, name), kind, ID_NONE,
					      ID_NONE);
	}
	values[0] = strtoll(line.p + blank, &end, 10);
	values[1] = *end == ' ' ? strtoll(end, NULL, 10) : 0;
	profile_append(p, frames, depth, false, group, values);
}

static inline void grown_make(struct grown *g, const char *lines, struct want want)
{
	struct profile *p = &g->profile;
	uint32_t event = 0;
	profile_init(p);
	struct group none = { .comm = ID_NONE, .pid = -1, .tid = -1, .cpu = -1 };
	none.event = profile_event(p, STR("cycles"), STR("cycles"));
	uint32_t group = profile_group(p, &none);
	p->is_difference = want.columns == 2;
	p->column_count = want.columns == 2 ? 2 : 1;
	p->columns[0].name = STR("period");
	p->columns[1].name = STR("after");
	struct str rest = str_of(lines);
	while (rest.n > 0)
		grown_add(p, str_cut(&rest, '\n'), group);
	if (!stacks_select(&g->stacks, p, &want, &event, 1) ||
	    !tree_build(&g->tree, &g->stacks))
		abort();
}

static inline void grown_free(struct grown *g)
{
	tree_free(&g->tree);
	stacks_free(&g->stacks);
	profile_free(&g->profile);
}

/* Lines of stacks of up to "deep" of some functions, the same for the same seed. */
static inline char *grown_random(unsigned seed, unsigned lines, unsigned functions,
				 unsigned deep, unsigned columns)
{
	size_t size = (size_t)lines * (deep * 6 + 48), n = 0;
	char *text = malloc(size);
	uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (unsigned i = 0; text && i < lines; i++) {
		for (unsigned d = 0, depth = 0; d <= depth; d++) {
			state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
			if (d == 0)
				depth = (unsigned)(state >> 40) % deep;
			n += (size_t)snprintf(text + n, size - n, "%sf%u%s", d ? ";" : "",
					      (unsigned)(state >> 33) % functions,
					      state >> 60 == 3 ? "_[k]" : "");
		}
		unsigned value = (unsigned)(state >> 20) % 200;
		n += (size_t)snprintf(text + n, size - n, " %u", value);
		if (columns == 2)
			n += (size_t)snprintf(text + n, size - n, " %u",
					      (unsigned)(state >> 10) % 300);
		text[n++] = '\n';
	}
	if (text)
		text[n] = '\0';
	return text;
}

#endif
