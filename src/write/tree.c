/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	# metric: cpu
 *	# unit: ns
 *	       total         self  share
 *	    40000000            0  100.0%  all
 *	    40000000            0  100.0%    main
 *	    40000000     10000000  100.0%      work
 *	    30000000     30000000   75.0%        fast_[i]
 *
 * Of siblings the largest comes first, among equals the first by name.  Totals and what
 * functions had themselves are exact.  Of a difference they are what it came to.
 */
#include "write/tree.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/num.h"
#include "model/tree.h"

enum { LEVEL_BLANKS = 2, LEVELS_MAX = 100, WIDTH = 12 };

struct writing {
	const struct tree *tree;
	const struct stacks *stacks;
	struct output *out;
	unsigned column;         /* of the values */
	uint32_t *waiting;       /* nodes to be written, the next one last */
	size_t count, capacity;
	struct buf line;
};

struct sibling {
	int64_t total;
	uint32_t node;
};

/* The tree has them in order of their names. */
static int compare(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;
	if (x->total != y->total)
		return x->total < y->total ? -1 : 1;
	return (x->node < y->node) - (x->node > y->node);
}

static void push_children(struct writing *w, uint32_t node)
{
	const struct node *nodes = w->tree->nodes;
	struct sibling *siblings = NULL;
	size_t count = 0, capacity = 0;
	uint32_t child = nodes[node].end > node + 1 ? node + 1 : 0;
	for (; child; child = nodes[child].next) {
		if (tree_is_gap(&nodes[child]))
			continue;
		ARRAY_RESERVE(siblings, capacity, count + 1);
		siblings[count++] = (struct sibling){ nodes[child].total[w->column], child };
	}
	if (count > 1)
		qsort(siblings, count, sizeof(*siblings), compare);
	ARRAY_RESERVE(w->waiting, w->capacity, w->count + count);
	for (size_t i = 0; i < count; i++)
		w->waiting[w->count++] = siblings[i].node;
	free(siblings);
}

static void add_value(struct buf *line, int64_t value, unsigned scale)
{
	struct buf text = { 0 };
	num_add_decimal(&text, value, scale);
	for (size_t i = text.n; i < WIDTH; i++)
		buf_addc(line, ' ');
	buf_add(line, buf_str(&text));
	buf_addc(line, ' ');
	buf_free(&text);
}

static void put_node(struct writing *w, uint32_t id)
{
	const struct node *node = &w->tree->nodes[id];
	const struct profile *p = w->stacks->profile;
	int64_t total = node->total[w->column], all = w->tree->nodes[0].total[w->column];
	struct buf *line = &w->line;
	buf_clear(line);
	add_value(line, total, w->stacks->scale);
	add_value(line, tree_self(w->tree, id, w->column), w->stacks->scale);
	buf_addf(line, "%5.1f%%  ", all ? 100.0 * (double)total / (double)all : 0.0);
	uint32_t levels = node->depth < LEVELS_MAX ? node->depth : LEVELS_MAX;
	buf_addf(line, "%*s", (int)(levels * LEVEL_BLANKS), "");
	if (node->depth > LEVELS_MAX)
		buf_addf(line, "(%u) ", node->depth);
	if (node->depth == 0) {
		buf_add(line, STR("all"));
	} else {
		message_visible(line, profile_name(p, node->frame));
		buf_add(line, frame_kind_mark(p->frames[node->frame].kind));
	}
	buf_addc(line, '\n');
	output_bytes(w->out, buf_str(line));
}

static void put_head(struct writing *w, const char *key, struct str value)
{
	if (value.n == 0)
		return;
	buf_clear(&w->line);
	buf_addf(&w->line, "# %s: ", key);
	message_visible(&w->line, value);
	buf_addc(&w->line, '\n');
	output_bytes(w->out, buf_str(&w->line));
}

static bool write_tree(const struct stacks *stacks, struct output *out, struct buf *why)
{
	struct tree tree;
	if (!tree_build(&tree, stacks)) {
		buf_add(why, STR("more than 4 billion different call paths"));
		return false;
	}
	struct writing w = {
		.tree = &tree, .stacks = stacks, .out = out, .column = stacks->columns - 1,
	};
	put_head(&w, "command", stacks->title);
	put_head(&w, "event", stacks->event);
	put_head(&w, "metric", stacks->metric);
	put_head(&w, "unit", stacks->unit);
	put_head(&w, "shown", stacks->shown);
	output_lit(out, "       total         self  share\n");
	put_node(&w, 0);
	push_children(&w, 0);
	while (w.count > 0) {
		uint32_t node = w.waiting[--w.count];
		put_node(&w, node);
		push_children(&w, node);
	}
	free(w.waiting);
	buf_free(&w.line);
	tree_free(&tree);
	return true;
}

const struct writer writer_tree = {
	.name = "tree",
	.title = "the call tree as text",
	.suffixes = { ".tree", ".txt" },
	.write = write_tree,
};
