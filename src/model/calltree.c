/* SPDX-License-Identifier: Apache-2.0 */
#include "model/calltree.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"

void calltree_free(struct calltree *t)
{
	free(t->nodes);
	table_free(&t->table);
}

static uint32_t hash_child(uint32_t parent, uint32_t frame)
{
	uint64_t key = (uint64_t)parent << 32 | frame;
	return (uint32_t)hash_hidden(&key, sizeof(key));
}

static uint32_t find_child(const struct calltree *t, uint32_t hash, uint32_t parent,
			   uint32_t frame)
{
	uint32_t id, place = table_place(&t->table, hash);
	while ((id = table_next(&t->table, hash, &place)) != TABLE_END)
		if (t->nodes[id].parent == parent && t->nodes[id].frame == frame)
			return id;
	return ID_NONE;
}

static uint32_t find_or_make(struct calltree *t, uint32_t parent, uint32_t frame)
{
	uint32_t hash = hash_child(parent, frame);
	uint32_t id = find_child(t, hash, parent, frame);
	if (id != ID_NONE)
		return id;
	assert(t->count < CALLTREE_NODES_MAX);
	ARRAY_RESERVE(t->nodes, t->capacity, (size_t)t->count + 1);
	t->nodes[t->count] = (struct calltree_node){
		.parent = parent, .frame = frame, .child = ID_NONE,
		.depth = parent == ID_NONE ? 0 : t->nodes[parent].depth + 1,
	};
	table_insert(&t->table, hash, t->count);
	return t->count++;
}

uint32_t calltree_root(struct calltree *t, uint32_t group)
{
	return find_or_make(t, ID_NONE, group);
}

uint32_t calltree_child(struct calltree *t, uint32_t node, uint32_t frame)
{
	uint32_t last = t->nodes[node].child;
	if (last != ID_NONE && t->nodes[last].frame == frame)
		return last;
	uint32_t child = find_or_make(t, node, frame);
	t->nodes[node].child = child;
	return child;
}

void calltree_add(struct calltree *t, uint32_t node, int64_t much, int64_t often)
{
	int64_t *values = t->nodes[node].values;
	const int64_t added[COLUMNS_MAX] = { much, often };
	for (unsigned i = 0; i < COLUMNS_MAX; i++) {
		bool overflow = __builtin_add_overflow(values[i], added[i], &values[i]);
		overflow |= __builtin_add_overflow(t->totals[i], added[i], &t->totals[i]);
		t->overflow |= overflow;
	}
}

/* The number of the metric that value i is of, or METRICS_MAX. */
static unsigned metric_of(const struct calltree *t, const struct metrics *m, unsigned i)
{
	int metric = t->first_metric + (int)i;
	return metric >= 0 && metric < (int)m->count ? (unsigned)metric : METRICS_MAX;
}

void calltree_sum(const struct calltree *t, struct metrics *m)
{
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		if (metric_of(t, m, i) < METRICS_MAX)
			metrics_sum(m, metric_of(t, m, i), t->totals[i]);
}

static void end_sample(const struct calltree *t, uint32_t group, const int64_t *values,
		       struct samples *s)
{
	const struct metrics *m = s->metrics;
	if (m == NULL) {
		sample_end(s, group, values);
		return;
	}
	int64_t of_metric[METRICS_MAX + 1];
	memset(of_metric, 0, m->count * sizeof(*of_metric));
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		of_metric[metric_of(t, m, i)] = values[i];
	sample_end_metrics(s, group, of_metric);
}

static void push(struct calltree *t, uint32_t node, struct samples *s)
{
	struct calltree_node *from = &t->nodes[node];
	assert(s->leaf_first);
	samples_reserve(s, from->depth);
	const struct calltree_node *n = from;
	for (; n->parent != ID_NONE; n = &t->nodes[n->parent])
		sample_push_reserved(s, n->frame);
	end_sample(t, n->frame, from->values, s);
	memset(from->values, 0, sizeof(from->values));
}

static bool has_something(const struct calltree *t, const struct calltree_node *n,
			  const struct samples *s)
{
	if (s->metrics == NULL || s->profile->metric_columns)
		return n->values[0] || n->values[1];
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		if (metric_of(t, s->metrics, i) == s->metrics->chosen && n->values[i])
			return true;
	return false;
}

bool calltree_push(struct calltree *t, uint32_t node, struct samples *s)
{
	struct calltree_node *n = &t->nodes[node];
	if (!has_something(t, n, s))
		return true;
	t->frames += n->depth;
	if (t->frames > CALLTREE_FRAMES_MAX)
		return false;
	push(t, node, s);
	return true;
}

bool calltree_push_all(struct calltree *t, struct samples *s)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (has_something(t, &t->nodes[i], s))
			t->frames += t->nodes[i].depth;
	if (t->frames > CALLTREE_FRAMES_MAX)
		return false;
	for (uint32_t i = 0; i < t->count; i++)
		if (has_something(t, &t->nodes[i], s))
			push(t, i, s);
	return true;
}
