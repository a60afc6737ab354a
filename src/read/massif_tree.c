/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	n2: 1014768 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.
 *	 n1: 1000000 0x1093CD: buf_new (memdemo.c:22)
 *	  n2: 1000000 0x1093CD: chunk (memdemo.c:69)
 *	   n0: 700000 0x10940C: fill_a (memdemo.c:70)
 *	   n0: 300000 0x10944C: fill_b (memdemo.c:71)
 *	 n0: 14768 in 5 places, all below massif's threshold (1.00%)
 *
 * Children follow their parent, one blank deeper, and are as many as behind its
 * 'n'.  Nodes stay as text until it is known that this is the tree to show.
 */
#include "read/massif_tree.h"

#include <stdlib.h>

#include "base/num.h"

void massif_tree_free(struct massif_tree *t)
{
	free(t->nodes);
	free(t->open);
	buf_free(&t->texts);
}

void massif_tree_clear(struct massif_tree *t)
{
	t->bytes = 0;
	t->count = t->open_count = 0;
	buf_clear(&t->texts);
}

/* Nodes whose children are all there get no more. */
static void close_full(struct massif_tree *t)
{
	while (t->open_count && t->nodes[t->open[t->open_count - 1]].children == 0)
		t->open_count--;
}

bool massif_tree_waits(const struct massif_tree *t)
{
	return t->open_count > 0;
}

struct str massif_tree_title(const struct massif_tree *t)
{
	return t->count ? (struct str){ t->texts.p + t->nodes[0].text, t->nodes[0].size } :
			  STR("");
}

static bool cut_count(struct str *line, char delimiter, uint64_t *count)
{
	struct str number = str_cut(line, delimiter);
	return line->p != NULL && num_u64(number, count) && *count <= INT64_MAX;
}

static const char *put_below(struct massif_tree *t, const struct massif_node *node)
{
	if (t->count > 0 && t->open_count == 0)
		return "a node behind the end of the tree";
	if (node->depth != t->open_count)
		return "a node at another depth than its place in the tree";
	if (t->open_count == 0)
		return NULL;
	struct massif_node *parent = &t->nodes[t->open[t->open_count - 1]];
	if (node->bytes > parent->bytes - parent->in_children)
		return "a node whose children have more than itself";
	parent->in_children += node->bytes;
	parent->children--;
	return NULL;
}

/* "1.00%" of "in 5 places, all below massif's threshold (1.00%)"; empty of others. */
static struct str threshold_of(struct str text)
{
	static const struct str words = STR(" below massif's threshold (");
	if (!str_starts(text, STR("in ")) || !str_ends(text, STR("%)")))
		return STR("");
	ptrdiff_t at = str_find(text, words);
	if (at < 0)
		return STR("");
	text = str_skip(text, (size_t)at + words.n);
	return str_head(text, text.n - 1);
}

const char *massif_tree_add(struct massif_tree *t, struct str line)
{
	struct str rest = line;
	uint64_t children, bytes;
	while (rest.n && rest.p[0] == ' ')
		rest = str_skip(rest, 1);
	size_t depth = line.n - rest.n;
	if (!str_starts(rest, STR("n")))
		return "no node where one belongs";
	rest = str_skip(rest, 1);
	if (!cut_count(&rest, ':', &children) || !str_starts(rest, STR(" ")))
		return "a node without the number of its children";
	rest = str_skip(rest, 1);
	if (!cut_count(&rest, ' ', &bytes))
		return "a node without bytes, or with more than fit in 63 bits";
	if (depth > SAMPLES_DEPTH_MAX)
		return "a tree that is too deep";
	if (depth > 0 && children > 0 && threshold_of(rest).n > 0)
		return "places below the threshold that have children";
	struct massif_node node = {
		.bytes = (int64_t)bytes, .children = children, .depth = (uint32_t)depth,
		.text = t->texts.n, .size = rest.n,
	};
	const char *wrong = put_below(t, &node);
	if (wrong)
		return wrong;
	if (t->count == 0)
		t->bytes = node.bytes;
	ARRAY_RESERVE(t->nodes, t->capacity, t->count + 1);
	ARRAY_RESERVE(t->open, t->open_capacity, t->open_count + 1);
	buf_add(&t->texts, rest);
	t->open[t->open_count++] = t->count;
	t->nodes[t->count++] = node;
	close_full(t);
	return NULL;
}

/* Stacks */

/* Also what the whole tree has left for no place. */
static uint32_t frame_of_rest(struct profile *p, struct str threshold)
{
	struct buf name = { 0 };
	if (threshold.n)
		buf_addf(&name, "[below %.*s]", STR_ARG(threshold));
	else
		buf_add(&name, STR("[unknown]"));
	uint32_t frame = profile_frame(p, profile_name_text(p, buf_str(&name)),
				       FRAME_OTHER, ID_NONE, ID_NONE);
	buf_free(&name);
	return frame;
}

void massif_tree_push(const struct massif_tree *t, struct framestack *places,
		      struct samples *out, uint32_t group, unsigned metric)
{
	int64_t values[METRICS_MAX] = { 0 };
	uint32_t *path = NULL;
	size_t capacity = 0;
	for (size_t i = 0; i < t->count; i++) {
		const struct massif_node *node = &t->nodes[i];
		struct str text = { t->texts.p + node->text, node->size };
		struct str threshold = threshold_of(text);
		int64_t self = node->bytes - node->in_children;
		uint32_t depth = node->depth;
		bool is_place = depth > 0 && threshold.n == 0;
		ARRAY_RESERVE(path, capacity, depth + 1ull);
		if (is_place) {
			struct frametext place = frametext_parse(text);
			path[depth - 1] = framestack_find(places, &place);
		}
		if (self == 0)
			continue;
		framestack_push(places, out, path, depth - (depth > 0 && !is_place), false);
		if (!is_place)
			sample_push(out, frame_of_rest(out->profile, threshold));
		values[metric] = self;
		sample_end_metrics(out, group, values);
	}
	free(path);
}
