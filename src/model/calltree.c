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
	t->overflow |= __builtin_add_overflow(values[0], much, &values[0]);
	t->overflow |= __builtin_add_overflow(values[1], often, &values[1]);
}

static void push(struct calltree *t, uint32_t node, struct samples *s)
{
	struct calltree_node *from = &t->nodes[node];
	assert(s->leaf_first);
	samples_reserve(s, from->depth);
	const struct calltree_node *n = from;
	for (; n->parent != ID_NONE; n = &t->nodes[n->parent])
		sample_push_reserved(s, n->frame);
	int64_t values[METRICS_MAX + COLUMNS_MAX] = { 0 };
	memcpy(values + t->metric, from->values, sizeof(from->values));
	if (s->metrics != NULL)
		sample_end_metrics(s, n->frame, values);
	else
		sample_end(s, n->frame, from->values);
	memset(from->values, 0, sizeof(from->values));
}

bool calltree_push(struct calltree *t, uint32_t node, struct samples *s)
{
	t->frames += t->nodes[node].depth;
	if (t->frames > CALLTREE_FRAMES_MAX)
		return false;
	push(t, node, s);
	return true;
}

static bool has_something(const struct calltree_node *n)
{
	return n->values[0] || n->values[1];
}

bool calltree_push_all(struct calltree *t, struct samples *s)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (has_something(&t->nodes[i]))
			t->frames += t->nodes[i].depth;
	if (t->frames > CALLTREE_FRAMES_MAX)
		return false;
	for (uint32_t i = 0; i < t->count; i++)
		if (has_something(&t->nodes[i]))
			push(t, i, s);
	return true;
}
