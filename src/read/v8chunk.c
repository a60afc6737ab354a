/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "read/v8profile.h"

void v8chunk_clear(struct v8chunk *c)
{
	c->node_count = 0;
	c->child_count = c->sample_count = c->time_count = 0;
	c->has_start = c->has_end = c->has_samples = c->has_nodes = false;
	c->is_old = false;
}

void v8chunk_free(struct v8chunk *c)
{
	free(c->nodes);
	free(c->children);
	free(c->samples);
	free(c->times);
}

/* Ids */

static bool read_id(struct json *j, uint32_t *id)
{
	int64_t value = 0;
	if (!json_count(j, &value))
		return false;
	if (value >= V8_NO_ID)
		return json_error(j, "node ids of 32 bits and more are not read");
	*id = (uint32_t)value;
	return true;
}

static bool read_next_id(struct json *j, uint32_t *id)
{
	json_next(j);
	return read_id(j, id);
}

/* Nodes */

void v8chunk_add_node(struct v8chunk *c, const struct v8chunk_node *node)
{
	ARRAY_RESERVE(c->nodes, c->node_capacity, c->node_count + 1ull);
	c->nodes[c->node_count++] = *node;
}

static uint32_t begin_node(struct v8chunk *c, struct v8frames *f, uint32_t parent)
{
	v8frames_begin(f);
	v8chunk_add_node(c, &(struct v8chunk_node){
		.id = V8_NO_ID, .parent_id = V8_NO_ID, .parent = parent, .frame = ID_NONE,
	});
	return c->node_count - 1;
}

static bool add_child(struct v8chunk *c, struct json *j, uint32_t parent)
{
	uint32_t id = 0;
	if (!read_id(j, &id))
		return false;
	ARRAY_RESERVE(c->children, c->child_capacity, c->child_count + 1);
	c->children[c->child_count++] = (struct v8chunk_child){ parent, id };
	return true;
}

/*
 * What can be said of a function in a node, in any order; in profiles of before 2016 its
 * members are those of the node.
 */
static bool node_member(struct v8chunk *c, struct v8frames *f, struct json *j,
			uint32_t at)
{
	struct v8chunk_node *n = &c->nodes[at];
	if (str_eq(j->text, STR("callFrame")))
		return v8frames_object(f, j);
	if (str_eq(j->text, STR("id")))
		return read_next_id(j, &n->id);
	if (str_eq(j->text, STR("parent")))
		return read_next_id(j, &n->parent_id);
	if (str_eq(j->text, STR("hitCount")) || str_eq(j->text, STR("selfSize")))
		return json_next_count(j, &n->self);
	return v8frames_member(f, j);
}

static void end_node(struct v8chunk *c, struct v8frames *f, uint32_t at)
{
	c->nodes[at].meta = v8frames_meta(f);
	c->nodes[at].frame = v8frames_end(f);
}

static bool read_children(struct v8chunk *c, struct json *j, uint32_t at)
{
	if (!json_expect(j, JSON_ARRAY, "list of nodes"))
		return false;
	while (json_next(j) != JSON_ARRAY_END)
		if (j->kind <= JSON_END || !add_child(c, j, at))
			return false;
	return true;
}

static bool read_node(struct v8chunk *c, struct v8frames *f, struct json *j)
{
	if (c->node_count == V8_NODES_MAX)
		return json_error(j, "more than %d nodes", V8_NODES_MAX);
	uint32_t at = begin_node(c, f, ID_NONE);
	while (json_next(j) == JSON_KEY) {
		bool ok = str_eq(j->text, STR("children")) ? read_children(c, j, at) :
							     node_member(c, f, j, at);
		if (!ok)
			return false;
	}
	if (j->kind != JSON_OBJECT_END)
		return false;
	if (c->nodes[at].id == V8_NO_ID)
		return json_error(j, "a node without 'id'");
	end_node(c, f, at);
	return true;
}

static bool read_nodes(struct v8chunk *c, struct v8frames *f, struct json *j)
{
	if (!json_expect(j, JSON_ARRAY, "list of nodes"))
		return false;
	c->has_nodes = true;
	while (json_next(j) == JSON_OBJECT)
		if (!read_node(c, f, j))
			return false;
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no node where one belongs"));
}

/*
 * A tree of nodes in each other.  What a node is may stand in front of its children or
 * behind them.
 */
static void end_tree_node(struct v8chunk *c, struct v8frames *f, uint32_t at)
{
	if (c->nodes[at].frame == ID_NONE || v8frames_has_some(f))
		end_node(c, f, at);
	v8frames_begin(f);
}

static bool tree_member(struct v8chunk *c, struct v8frames *f, struct json *j,
			uint32_t at)
{
	if (!str_eq(j->text, STR("children")))
		return node_member(c, f, j, at);
	end_tree_node(c, f, at);
	return json_expect(j, JSON_ARRAY, "list of nodes");
}

static bool read_tree(struct v8chunk *c, struct v8frames *f, struct json *j)
{
	if (!json_expect(j, JSON_OBJECT, "tree of nodes"))
		return false;
	c->has_nodes = c->is_old = true;
	uint32_t at = begin_node(c, f, ID_NONE);
	while (at != ID_NONE) {
		enum json_kind kind = json_next(j);
		if (kind == JSON_KEY && !tree_member(c, f, j, at))
			return false;
		if (kind == JSON_OBJECT) {
			at = begin_node(c, f, at);
		} else if (kind == JSON_OBJECT_END) {
			end_tree_node(c, f, at);
			at = c->nodes[at].parent;
		} else if (kind != JSON_KEY && kind != JSON_ARRAY_END) {
			return kind > JSON_END &&
			       json_error(j, "no node where one belongs");
		}
	}
	return true;
}

/* Samples */

static bool read_samples(struct v8chunk *c, struct json *j)
{
	if (!json_expect(j, JSON_ARRAY, "list of samples"))
		return false;
	c->has_samples = true;
	while (json_next(j) != JSON_ARRAY_END) {
		ARRAY_RESERVE(c->samples, c->sample_capacity, c->sample_count + 1);
		if (!read_id(j, &c->samples[c->sample_count++]))
			return false;
	}
	return true;
}

void v8chunk_add_sample(struct v8chunk *c, uint32_t id, int64_t time)
{
	ARRAY_RESERVE(c->samples, c->sample_capacity, c->sample_count + 1);
	ARRAY_RESERVE(c->times, c->time_capacity, c->time_count + 1);
	c->samples[c->sample_count++] = id;
	c->times[c->time_count++] = time;
	c->has_samples = c->is_old = true;
}

static bool read_times(struct v8chunk *c, struct json *j, bool are_old)
{
	if (!json_expect(j, JSON_ARRAY, "list of times"))
		return false;
	c->is_old = are_old;
	while (json_next(j) != JSON_ARRAY_END) {
		ARRAY_RESERVE(c->times, c->time_capacity, c->time_count + 1);
		if (!json_scaled(j, 3, &c->times[c->time_count++]))
			return false;
	}
	return true;
}

static bool read_moment(struct json *j, struct decimal *moment, bool *is_told)
{
	*is_told = json_next(j) == JSON_NUMBER && num_decimal(j->text, moment);
	return json_skip(j);
}

bool v8chunk_moment(const struct v8chunk *c, struct decimal moment, int64_t *time)
{
	const int64_t limit = INT64_C(1) << 61;
	if (!num_rescale(&moment, c->is_old ? 9 : 3))
		return false;
	*time = moment.digits;
	return *time < limit && *time > -limit;
}

bool v8chunk_member(struct v8chunk *c, struct v8frames *f, struct json *j)
{
	if (str_eq(j->text, STR("nodes")))
		return read_nodes(c, f, j);
	if (str_eq(j->text, STR("head")))
		return read_tree(c, f, j);
	if (str_eq(j->text, STR("samples")))
		return read_samples(c, j);
	if (str_eq(j->text, STR("timeDeltas")))
		return read_times(c, j, false);
	if (str_eq(j->text, STR("timestamps")))
		return read_times(c, j, true);
	if (str_eq(j->text, STR("startTime")))
		return read_moment(j, &c->start, &c->has_start);
	if (str_eq(j->text, STR("endTime")))
		return read_moment(j, &c->end, &c->has_end);
	return json_skip(j);
}
