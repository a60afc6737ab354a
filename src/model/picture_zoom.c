/* SPDX-License-Identifier: Apache-2.0 */

/*
 * "serve;parse" is a node parse below a node serve, wherever that is.  A node
 * inside of one that was found is no other place: recursion is one.
 */
#include "model/picture_zoom.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/layout.h"

static bool is_called(const struct profile *p, uint32_t frame, struct str name)
{
	if (frame == ID_NONE)
		return false;
	uint32_t full = p->frames[frame].full;
	return str_eq(profile_name(p, frame), name) ||
	       (full != ID_NONE && full != ID_SEVERAL &&
		str_eq(intern_text(&p->text, full), name));
}

/* Cuts the last name off a path. */
static struct str cut_last(struct str *path)
{
	ptrdiff_t at = str_rchr(*path, ';');
	struct str last = str_skip(*path, (size_t)(at + 1));
	path->n = at < 0 ? 0 : (size_t)at;
	return last;
}

/* Whether the callers of a node are called what the path says. */
static bool is_below(const struct tree *t, uint32_t node, struct str path)
{
	const struct profile *p = t->stacks->profile;
	while (path.n > 0) {
		node = t->nodes[node].parent;
		if (!is_called(p, t->nodes[node].frame, cut_last(&path)))
			return false;
	}
	return true;
}

struct found {
	uint32_t widest, places;
	int64_t value;
};

static struct found find(const struct tree *t, struct str path, struct str name)
{
	const struct profile *p = t->stacks->profile;
	struct found found = { 0 };
	bool *called = xcalloc(p->frame_count, sizeof(*called));
	for (uint32_t i = 0; i < p->frame_count; i++)
		called[i] = is_called(p, i, name);
	for (uint32_t i = 1; i < t->count;) {
		const struct node *n = &t->nodes[i];
		int64_t value = layout_value(t, n);
		if (n->frame == ID_NONE || !called[n->frame] || value == 0 ||
		    !is_below(t, i, path)) {
			i++;
			continue;
		}
		if (value > found.value) {
			found.widest = i;
			found.value = value;
		}
		found.places++;
		i = n->end;
	}
	free(called);
	return found;
}

uint32_t picture_zoom(const struct tree *t, struct str path, struct buf *message)
{
	struct str rest = path, nothing = { 0 };
	/* A name may have a ';' itself. */
	struct found found = find(t, nothing, path);
	if (found.places == 0) {
		struct str name = cut_last(&rest);
		found = find(t, rest, name);
	}
	if (found.places == 0) {
		buf_addf(message, "--zoom: nothing with a width is called '%.*s'",
			 STR_ARG(path));
	} else if (found.places > 1) {
		buf_addf(message, "'%.*s' is in ", STR_ARG(path));
		num_add_grouped(message, found.places);
		buf_add(message, STR(" places, the widest of them is drawn: callers in "
				     "front, as in --zoom='caller;function', choose\n"));
	}
	return found.widest;
}
