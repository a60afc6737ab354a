/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A sample of the garbage collector tells nothing of what was interrupted: V8 does not
 * look at the stack then.  It is put on top of the stack of the sample before, which is
 * what Chrome's DevTools do in their flame chart; these nodes are made here.
 */
#include "read/v8profile.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"

/* Ids mostly count up: then they need no table. */
enum { SMALL_IDS = 1024 };

void v8profile_init(struct v8profile *p, bool each)
{
	*p = (struct v8profile){
		.keeps_each = each, .last = ID_NONE, .running = ID_NONE,
		.gc_frame = ID_NONE,
	};
}

void v8profile_free(struct v8profile *p)
{
	free(p->nodes);
	free(p->id_of);
	free(p->small);
	free(p->each);
	table_free(&p->ids);
}

/* Nodes and their ids */

static uint32_t hash_id(uint32_t id)
{
	return (uint32_t)hash_hidden(&id, sizeof(id));
}

static uint32_t find_large(const struct v8profile *p, uint32_t id)
{
	uint32_t node, hash = hash_id(id), place = table_place(&p->ids, hash);
	while ((node = table_next(&p->ids, hash, &place)) != TABLE_END)
		if (p->id_of[node] == id)
			return node;
	return ID_NONE;
}

static uint32_t find_node(const struct v8profile *p, uint32_t id)
{
	if (id < p->small_capacity && p->small[id] != ID_NONE)
		return p->small[id];
	return p->ids.count ? find_large(p, id) : ID_NONE;
}

static void set_small(struct v8profile *p, uint32_t id, uint32_t node)
{
	size_t known = p->small_capacity;
	ARRAY_RESERVE(p->small, p->small_capacity, (size_t)id + 1);
	for (size_t i = known; i < p->small_capacity; i++)
		p->small[i] = ID_NONE;
	p->small[id] = node;
}

static void set_id(struct v8profile *p, uint32_t id, uint32_t node)
{
	ARRAY_RESERVE(p->id_of, p->id_capacity, (size_t)node + 1);
	p->id_of[node] = id;
	if (id == V8_NO_ID)
		return;
	if (find_node(p, id) != ID_NONE)
		p->doubles++;
	else if (id < SMALL_IDS + 8ull * p->node_count)
		set_small(p, id, node);
	else
		table_insert(&p->ids, hash_id(id), node);
}

static uint32_t add_node(struct v8profile *p, uint32_t parent, uint32_t frame,
			 enum v8meta meta)
{
	ARRAY_RESERVE(p->nodes, p->node_capacity, (size_t)p->node_count + 1);
	p->nodes[p->node_count] = (struct v8node){
		.parent = parent, .frame = frame, .meta = meta, .collecting = ID_NONE,
		.tree = ID_NONE,
	};
	return p->node_count++;
}

static void add_nodes(struct v8profile *p, const struct v8chunk *c)
{
	uint32_t first = p->node_count;
	for (uint32_t i = 0; i < c->node_count; i++) {
		const struct v8chunk_node *n = &c->nodes[i];
		uint32_t parent = n->parent == ID_NONE ? ID_NONE : first + n->parent;
		uint32_t node = add_node(p, parent, n->frame, n->meta);
		p->nodes[node].samples = c->has_samples ? 0 : n->self;
		set_id(p, n->id, node);
		if (n->meta == V8_GC)
			p->gc_frame = n->frame;
	}
}

static void find_parents(struct v8profile *p, const struct v8chunk *c)
{
	uint32_t first = p->node_count - c->node_count;
	for (uint32_t i = 0; i < c->node_count; i++) {
		if (c->nodes[i].parent_id == V8_NO_ID)
			continue;
		uint32_t parent = find_node(p, c->nodes[i].parent_id);
		p->nodes[first + i].parent = parent;
		p->orphans += parent == ID_NONE;
	}
}

static bool find_children(struct v8profile *p, const struct v8chunk *c, struct json *j)
{
	uint32_t first = p->node_count - c->node_count;
	for (size_t i = 0; i < c->child_count; i++) {
		uint32_t parent = first + c->children[i].parent;
		uint32_t child = find_node(p, c->children[i].id);
		if (child == ID_NONE)
			return json_error(j, "there is no node %u, which one calls",
					  c->children[i].id);
		struct v8node *n = &p->nodes[child];
		if (n->parent != ID_NONE && n->parent != parent)
			return json_error(j, "node %u has two callers",
					  c->children[i].id);
		n->parent = parent;
	}
	return true;
}

/* Samples */

static uint32_t collecting(struct v8profile *p, uint32_t node)
{
	uint32_t on = p->nodes[node].collecting;
	if (on == ID_NONE) {
		on = add_node(p, node, p->gc_frame, V8_GC);
		p->nodes[node].collecting = on;
	}
	return on;
}

static void add_time(struct v8profile *p, int64_t time)
{
	if (p->last != ID_NONE)
		p->nodes[p->last].time += time - p->last_time;
	p->last_time = time;
}

/* The node that a sample is added to. */
static uint32_t node_of(struct v8profile *p, uint32_t node)
{
	enum v8meta meta = p->nodes[node].meta;
	if (meta == V8_GC && p->running != ID_NONE)
		return collecting(p, p->running);
	if (meta != V8_GC)
		p->running = meta == V8_FUNCTION ? node : ID_NONE;
	return node;
}

static void add_sample(struct v8profile *p, uint32_t id)
{
	uint32_t node = find_node(p, id);
	bool is_late = p->has_begun && p->clock < p->last_time;
	p->late += is_late;
	p->has_begun = true;
	add_time(p, is_late ? p->last_time : p->clock);
	p->last = node == ID_NONE ? ID_NONE : node_of(p, node);
	p->lost += node == ID_NONE;
	if (p->last != ID_NONE)
		p->nodes[p->last].samples++;
	if (!p->keeps_each)
		return;
	ARRAY_RESERVE(p->each, p->each_capacity, p->each_count + 1);
	p->each[p->each_count++] = (struct v8sample){ p->last_time, p->last };
}

static void add_end(struct v8profile *p, int64_t end)
{
	if (end > p->last_time && p->timed)
		add_time(p, end);
}

static void tick(struct v8profile *p, const struct v8chunk *c, size_t i)
{
	int64_t time = i < c->time_count ? c->times[i] : 0;
	p->clock = c->is_old ? time : p->clock + time;
}

/* A time more than there are samples is the end of the last one. */
static void add_samples(struct v8profile *p, const struct v8chunk *c)
{
	for (size_t i = 0; i < c->sample_count; i++) {
		tick(p, c, i);
		add_sample(p, c->samples[i]);
	}
	if (c->sample_count == 0 || c->time_count <= c->sample_count)
		return;
	tick(p, c, c->sample_count);
	add_end(p, p->clock);
	p->surplus += c->time_count - c->sample_count;
}

static bool check_times(const struct v8chunk *c, int64_t sum, struct json *j)
{
	const int64_t limit = INT64_C(1) << 61;
	if (c->has_samples && c->time_count > 0 && c->time_count < c->sample_count)
		return json_error(j, "%zu samples have %zu times", c->sample_count,
				  c->time_count);
	for (size_t i = 0; i < c->time_count && !c->is_old; i++)
		if (__builtin_add_overflow(sum, c->times[i], &sum) || sum > limit ||
		    sum < -limit)
			return json_error(j, "the times of samples are too large");
	return true;
}

bool v8profile_add(struct v8profile *p, const struct v8chunk *c, struct json *j)
{
	if (c->node_count > V8_NODES_MAX - p->node_count)
		return json_error(j, "more than %d nodes", V8_NODES_MAX);
	int64_t start = p->clock, end = 0;
	if ((c->has_start && !p->has_begun && !v8chunk_moment(c, c->start, &start)) ||
	    (c->has_end && !v8chunk_moment(c, c->end, &end)))
		return json_error(j, "the begin or end of the profile is too large");
	if (!check_times(c, start, j))
		return false;
	if (c->has_start && !p->has_begun)
		p->clock = p->last_time = start;
	add_nodes(p, c);
	find_parents(p, c);
	if (!find_children(p, c, j))
		return false;
	p->timed |= c->time_count > 0;
	add_samples(p, c);
	if (c->has_end && p->surplus == 0)
		add_end(p, end);
	return true;
}

/* Stacks */

static bool is_idle(const struct v8node *n)
{
	return n->meta == V8_IDLE;
}

/* The root is a frame only for what is its own. */
static uint32_t leaf_of(const struct v8node *n, struct calltree *tree)
{
	return n->meta == V8_ROOT ? calltree_child(tree, n->tree, n->frame) : n->tree;
}

/* The nodes on the way to the root that are in no tree yet: marked by their number. */
static bool plant(struct v8profile *p, struct calltree *tree, uint32_t root,
		  uint32_t node)
{
	uint32_t depth = 0, at = node;
	for (; at != ID_NONE && p->nodes[at].tree == ID_NONE; at = p->nodes[at].parent)
		if (depth++ > p->node_count)
			return false;
	uint32_t below = at == ID_NONE ? root : p->nodes[at].tree;
	uint32_t *path = xreallocarray(NULL, depth + 1ull, sizeof(*path));
	at = node;
	for (uint32_t i = 0; i < depth; i++, at = p->nodes[at].parent)
		path[i] = at;
	while (depth-- > 0) {
		struct v8node *n = &p->nodes[path[depth]];
		if (n->meta != V8_ROOT)
			below = calltree_child(tree, below, n->frame);
		n->tree = below;
	}
	free(path);
	return true;
}

static bool plant_all(struct v8profile *p, struct calltree *tree, uint32_t root,
		      struct input *in)
{
	for (uint32_t i = 0; i < p->node_count; i++)
		if (p->nodes[i].tree == ID_NONE && !plant(p, tree, root, i))
			return input_fail(in, "nodes call each other in a circle");
	return true;
}

static bool push_each(struct v8profile *p, struct calltree *tree, struct samples *out)
{
	for (size_t i = 0; i < p->each_count; i++) {
		const struct v8sample *s = &p->each[i];
		int64_t end = i + 1 < p->each_count ? s[1].time : p->last_time;
		if (s->node == ID_NONE || is_idle(&p->nodes[s->node]))
			continue;
		uint32_t node = leaf_of(&p->nodes[s->node], tree);
		out->time = s->time;
		calltree_add(tree, node, end - s->time, 1);
		if (!calltree_push(tree, node, out))
			return false;
	}
	return true;
}

bool v8profile_push(struct v8profile *p, struct calltree *tree, uint32_t group,
		    struct samples *out, struct input *in)
{
	if (!plant_all(p, tree, calltree_root(tree, group), in))
		return false;
	if (p->keeps_each && p->each_count > 0)
		return push_each(p, tree, out) ||
		       input_fail(in, "its stacks are too deep to be kept");
	for (uint32_t i = 0; i < p->node_count; i++) {
		const struct v8node *n = &p->nodes[i];
		if (!is_idle(n) && (n->time || n->samples))
			calltree_add(tree, leaf_of(n, tree), n->time, n->samples);
	}
	return true;
}

static uint64_t idle_samples(const struct v8profile *p)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < p->node_count; i++)
		if (is_idle(&p->nodes[i]))
			sum += (uint64_t)p->nodes[i].samples;
	return sum;
}

static void note(struct input *in, uint64_t count, const char *what)
{
	if (count)
		buf_addf(&in->notes, "%" PRIu64 " %s\n", count, what);
}

void v8profile_tell(const struct v8profile *p, struct input *in)
{
	if (p->lost)
		input_warn_many(in, "samples of nodes that there are not", p->lost);
	if (p->orphans)
		input_warn_many(in, "nodes whose caller is missing", p->orphans);
	if (p->doubles)
		input_warn_many(in, "nodes with the id of another one", p->doubles);
	if (p->surplus)
		input_warn_many(in, "times without a sample", p->surplus);
	note(in, idle_samples(p), "samples were idle and are left out");
	note(in, p->late, "samples are out of order and have no time");
}
