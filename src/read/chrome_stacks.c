/* SPDX-License-Identifier: Apache-2.0 */
#include "read/chrome_stacks.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

void chrome_stacks_free(struct chrome_stacks *s)
{
	for (uint32_t i = 0; i < s->thread_count; i++)
		v8chunk_free(&s->threads[i].chunk);
	free(s->threads);
	v8chunk_free(&s->nodes);
	intern_free(&s->ids);
	table_free(&s->table);
}

/* Names and numbers */

bool chrome_stacks_id(struct chrome_lanes *lanes, struct json *j, int64_t *id)
{
	enum json_kind kind = json_next(j);
	uint64_t number;
	if (kind != JSON_NUMBER && kind != JSON_STRING)
		return json_skip(j);
	if (num_u64(j->text, &number) && number < INT64_MAX)
		*id = (int64_t)number;
	else
		*id = CHROME_TEXT_ID - intern(&lanes->names, j->text);
	return true;
}

static bool read_frame_id(struct chrome_stacks *s, struct json *j, uint32_t *id)
{
	enum json_kind kind = json_next(j);
	if (kind != JSON_NUMBER && kind != JSON_STRING)
		return json_skip(j);
	*id = intern(&s->ids, j->text);
	return true;
}

/* Frames */

static bool read_frame(struct chrome_stacks *s, struct v8frames *f, struct json *j,
		       struct v8chunk_node *node)
{
	if (json_next(j) != JSON_OBJECT)
		return j->kind > JSON_END && json_error(j, "no frame where one belongs");
	v8frames_begin(f);
	while (json_next(j) == JSON_KEY) {
		bool ok = true;
		if (str_eq(j->text, STR("parent")))
			ok = read_frame_id(s, j, &node->parent_id);
		else if (!str_eq(j->text, STR("name")) || json_next(j) != JSON_STRING)
			ok = json_skip(j);
		else
			v8frames_set(f, j->text, STR(""), 0, 0);
		if (!ok)
			return false;
	}
	return j->kind == JSON_OBJECT_END;
}

bool chrome_stacks_frames(struct chrome_stacks *s, struct v8frames *f, struct json *j)
{
	if (json_next(j) != JSON_OBJECT)
		return j->kind > JSON_END && json_error(j, "no frames where some belong");
	while (json_next(j) == JSON_KEY) {
		struct v8chunk_node node = {
			.id = intern(&s->ids, j->text), .parent_id = V8_NO_ID,
			.parent = ID_NONE,
		};
		if (!read_frame(s, f, j, &node))
			return false;
		node.meta = v8frames_meta(f);
		node.frame = v8frames_end(f);
		v8chunk_add_node(&s->nodes, &node);
	}
	return j->kind == JSON_OBJECT_END;
}

/* Samples */

static struct v8chunk *chunk_of(struct chrome_stacks *s, uint32_t lane)
{
	uint32_t hash = (uint32_t)(lane * HASH_SPREAD >> 32);
	uint32_t id, place = table_place(&s->table, hash);
	while ((id = table_next(&s->table, hash, &place)) != TABLE_END)
		if (s->threads[id].lane == lane)
			return &s->threads[id].chunk;
	ARRAY_RESERVE(s->threads, s->thread_capacity, s->thread_count + 1ull);
	s->threads[s->thread_count] = (struct chrome_thread){ .lane = lane };
	table_insert(&s->table, hash, s->thread_count);
	return &s->threads[s->thread_count++].chunk;
}

static bool read_sample(struct chrome_stacks *s, struct chrome_lanes *lanes,
			struct json *j)
{
	int64_t pid = -1, tid = -1, time = 0;
	uint32_t frame = V8_NO_ID;
	while (json_next(j) == JSON_KEY) {
		bool ok = str_eq(j->text, STR("pid")) ? chrome_stacks_id(lanes, j, &pid) :
			  str_eq(j->text, STR("tid")) ? chrome_stacks_id(lanes, j, &tid) :
			  str_eq(j->text, STR("ts")) ? json_next_scaled(j, 3, &time) :
			  str_eq(j->text, STR("sf")) ? read_frame_id(s, j, &frame) :
						       json_skip(j);
		if (!ok)
			return false;
	}
	uint32_t lane = j->kind == JSON_OBJECT_END ?
		chrome_lanes_find(lanes, pid, tid) : ID_NONE;
	if (lane == ID_NONE)
		return j->kind > JSON_END &&
		       json_error(j, "more than %d threads", CHROME_LANES_MAX);
	v8chunk_add_sample(chunk_of(s, lane), frame, time);
	return true;
}

bool chrome_stacks_samples(struct chrome_stacks *s, struct chrome_lanes *lanes,
			   struct json *j)
{
	if (json_next(j) != JSON_ARRAY)
		return j->kind > JSON_END && json_error(j, "no list of samples");
	while (json_next(j) == JSON_OBJECT)
		if (!read_sample(s, lanes, j))
			return false;
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no sample where one belongs"));
}

bool chrome_stacks_add(struct chrome_stacks *s, uint32_t thread, struct v8profile *p,
		       struct json *j)
{
	if ((uint64_t)s->nodes.node_count * s->thread_count > CHROME_STACKS_MAX)
		return json_error(j, "%u stack frames of %u threads are too many",
				  s->nodes.node_count, s->thread_count);
	return v8profile_add(p, &s->nodes, j) &&
	       v8profile_add(p, &s->threads[thread].chunk, j);
}
