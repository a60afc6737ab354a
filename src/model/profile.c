/* SPDX-License-Identifier: Apache-2.0 */
#include "model/profile.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

static const struct str marks[FRAME_KINDS] = {
	[FRAME_KERNEL] = STR("_[k]"),
	[FRAME_INLINED] = STR("_[i]"),
	[FRAME_JIT] = STR("_[j]"),
	[FRAME_WAKER] = STR("_[w]"),
};

static const struct str words[FRAME_KINDS] = {
	[FRAME_USER] = STR("user"),
	[FRAME_KERNEL] = STR("kernel"),
	[FRAME_INLINED] = STR("inlined"),
	[FRAME_JIT] = STR("jit"),
	[FRAME_WAKER] = STR("waker"),
	[FRAME_OTHER] = STR("other"),
};

void profile_init(struct profile *p)
{
	*p = (struct profile){ .column_count = 1 };
}

void profile_free(struct profile *p)
{
	intern_free(&p->text);
	free(p->frames);
	free(p->events);
	free(p->groups);
	free(p->stacks);
	free(p->values);
	free(p->metric_values);
	free(p->recording.comments);
	places_delete(p->places);
	moments_delete(p->moments);
	labels_free(&p->labels);
	free(p->pool);
	table_free(&p->frame_table);
	table_free(&p->event_table);
	table_free(&p->group_table);
	table_free(&p->stack_table);
	arena_free(&p->arena);
	buf_free(&p->scratch);
	*p = (struct profile){ 0 };
}

struct str profile_keep(struct profile *p, struct str s)
{
	return arena_copy(&p->arena, s);
}

uint32_t profile_text(struct profile *p, struct str s)
{
	return intern(&p->text, s);
}

static bool is_plain_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == ';' || s.p[i] == 0x7f)
			return false;
	return true;
}

uint32_t profile_name_text(struct profile *p, struct str s)
{
	if (is_plain_name(s))
		return intern(&p->text, s);
	buf_clear(&p->scratch);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == ';')
			buf_addc(&p->scratch, ':');
		else if (c < ' ' || c == 0x7f)
			buf_addf(&p->scratch, "\\x%02x", c);
		else
			buf_addc(&p->scratch, (char)c);
	}
	return intern(&p->text, buf_str(&p->scratch));
}

static void join(uint32_t *attribute, uint32_t other)
{
	if (other == ID_NONE || *attribute == other)
		return;
	*attribute = *attribute == ID_NONE ? other : ID_SEVERAL;
}

void profile_keep_places(struct profile *p)
{
	if (p->places)
		return;
	p->places = xcalloc(1, sizeof(*p->places));
	p->places->of_frame = xcalloc(p->frame_capacity, sizeof(uint32_t));
	for (uint32_t i = 0; i < p->frame_count; i++)
		p->places->of_frame[i] = ID_NONE;
}

void profile_keep_moments(struct profile *p)
{
	if (p->moments == NULL)
		p->moments = xcalloc(1, sizeof(*p->moments));
}

static bool frame_is(const struct profile *p, uint32_t id, uint32_t name,
		     enum frame_kind kind, uint32_t place)
{
	return p->frames[id].name == name && p->frames[id].kind == kind &&
	       (p->places == NULL || p->places->of_frame[id] == place);
}

static uint32_t new_frame(struct profile *p, const struct frame *frame, uint32_t place)
{
	uint32_t id = p->frame_count++;
	size_t capacity = p->frame_capacity;
	ARRAY_RESERVE(p->frames, p->frame_capacity, p->frame_count);
	p->frames[id] = *frame;
	if (p->places == NULL)
		return id;
	if (p->frame_capacity > capacity)
		p->places->of_frame = xreallocarray(p->places->of_frame,
						    p->frame_capacity, sizeof(uint32_t));
	p->places->of_frame[id] = place;
	return id;
}

uint32_t profile_frame_at(struct profile *p, uint32_t name, enum frame_kind kind,
			  uint32_t full, uint32_t module, uint32_t place)
{
	uint32_t key[3] = { name, kind, place };
	size_t size = place == ID_NONE ? 2 * sizeof(*key) : sizeof(key);
	uint32_t hash = (uint32_t)hash_bytes(key, size);
	uint32_t id, at = table_place(&p->frame_table, hash);
	while ((id = table_next(&p->frame_table, hash, &at)) != TABLE_END)
		if (frame_is(p, id, name, kind, place))
			break;
	if (id == TABLE_END) {
		struct frame frame = {
			.name = name, .full = full, .module = module, .kind = kind,
		};
		id = new_frame(p, &frame, place);
		table_insert(&p->frame_table, hash, id);
	}
	join(&p->frames[id].full, full);
	join(&p->frames[id].module, module);
	return id;
}

uint32_t profile_frame(struct profile *p, uint32_t name, enum frame_kind kind,
		       uint32_t full, uint32_t module)
{
	return profile_frame_at(p, name, kind, full, module, ID_NONE);
}

uint32_t profile_event(struct profile *p, struct str name, struct str unit)
{
	uint32_t hash = (uint32_t)hash_hidden(name.p, name.n);
	uint32_t id, place = table_place(&p->event_table, hash);
	while ((id = table_next(&p->event_table, hash, &place)) != TABLE_END)
		if (str_eq(p->events[id].name, name))
			break;
	if (id != TABLE_END) {
		p->units_differ |= !str_eq(p->events[id].unit, unit);
		return id;
	}
	id = p->event_count++;
	ARRAY_RESERVE(p->events, p->event_capacity, p->event_count);
	p->events[id] = (struct event){
		.name = profile_keep(p, name), .unit = profile_keep(p, unit),
	};
	table_insert(&p->event_table, hash, id);
	return id;
}

bool profile_metrics(struct profile *p, const struct metrics *m, struct buf *why)
{
	if (!metrics_join(&p->metrics, m, why))
		return false;
	p->columns[0].name = p->metrics.items[p->metrics.chosen].name;
	return true;
}

static bool group_eq(const struct group *a, const struct group *b)
{
	return a->event == b->event && a->comm == b->comm && a->pid == b->pid &&
	       a->tid == b->tid && a->cpu == b->cpu && a->labels == b->labels;
}

uint32_t profile_group(struct profile *p, const struct group *g)
{
	if (p->last_group < p->group_count && group_eq(&p->groups[p->last_group], g))
		return p->last_group;
	uint64_t key[] = { g->event, g->comm, (uint64_t)g->pid,
			   (uint64_t)g->tid,
			   (uint32_t)g->cpu | (uint64_t)g->labels << 32 };
	uint32_t hash = (uint32_t)hash_bytes(key, sizeof(key));
	uint32_t id, place = table_place(&p->group_table, hash);
	while ((id = table_next(&p->group_table, hash, &place)) != TABLE_END)
		if (group_eq(&p->groups[id], g))
			return p->last_group = id;
	id = p->group_count++;
	ARRAY_RESERVE(p->groups, p->group_capacity, p->group_count);
	p->groups[id] = *g;
	table_insert(&p->group_table, hash, id);
	return p->last_group = id;
}

void profile_count_samples(struct profile *p)
{
	p->column_count = 2;
	p->columns[1] = (struct column){ .name = STR("samples"), .is_samples = true };
}

static void multiply(struct profile *p, int64_t *value, int64_t factor)
{
	if (__builtin_mul_overflow(*value, factor, value))
		p->overflow = true;
}

void profile_rescale(struct profile *p, unsigned column, unsigned scale)
{
	assert(column < COLUMNS_MAX);
	for (; p->columns[column].scale < scale; p->columns[column].scale++) {
		for (uint32_t i = 0; i < p->stack_count; i++)
			multiply(p, &p->values[(size_t)i * COLUMNS_MAX + column], 10);
		if (column > 0)
			continue;
		multiply(p, &p->taken, 10);
		for (size_t i = 0; p->moments && i < p->moments->count; i++)
			multiply(p, &p->moments->items[i].value, 10);
	}
}

static void rescale_metric(struct profile *p, struct metric *m, unsigned scale)
{
	for (; m->scale < scale; m->scale++) {
		m->overflow |= __builtin_mul_overflow(m->total, 10, &m->total);
		for (uint32_t i = 0; p->metric_columns && i < p->stack_count; i++)
			multiply(p, &p->metric_values[(size_t)i * p->metric_columns +
						      m->column], 10);
	}
}

void profile_agree_scales(struct profile *p, struct metrics *m)
{
	for (unsigned i = 0; i < m->count; i++)
		for (unsigned k = 0; k < p->metrics.count; k++) {
			struct metric *new = &m->items[i], *old = &p->metrics.items[k];
			if (!str_eq(new->name, old->name))
				continue;
			rescale_metric(p, old, new->scale);
			new->scale = old->scale;
		}
	profile_rescale(p, 0, m->items[m->chosen].scale);
}

bool profile_sum(const struct profile *p, unsigned column, int64_t *sum)
{
	bool fits = true;
	*sum = 0;
	for (uint32_t i = 0; fits && i < p->stack_count; i++)
		fits = !__builtin_add_overflow(
			*sum, p->values[(size_t)i * COLUMNS_MAX + column], sum);
	return fits;
}

uint32_t profile_hash(const uint32_t *frames, uint32_t depth, uint32_t group)
{
	return (uint32_t)hash_seeded(frames, depth * sizeof(*frames), group);
}

void profile_reverse(uint32_t *frames, uint32_t depth)
{
	for (uint32_t i = 0; i + 1 < depth; i++) {
		uint32_t swap = frames[i];
		frames[i] = frames[--depth];
		frames[depth] = swap;
	}
}

static uint32_t new_stack(struct profile *p, const uint32_t *frames,
			  uint32_t depth, bool leaf_first, uint32_t group)
{
	uint32_t id = p->stack_count++;
	if (p->stack_count > p->stack_capacity) {
		p->stack_capacity = grown_capacity(p->stack_capacity, p->stack_count);
		p->stacks = xreallocarray(p->stacks, p->stack_capacity,
					  sizeof(*p->stacks));
		p->values = xreallocarray(p->values, p->stack_capacity,
					  sizeof(*p->values) * COLUMNS_MAX);
		if (p->metric_columns)
			p->metric_values = xreallocarray(
				p->metric_values, p->stack_capacity,
				sizeof(int64_t) * p->metric_columns);
	}
	ARRAY_RESERVE(p->pool, p->pool_capacity, p->pool_count + depth + 1);
	if (depth)
		memcpy(p->pool + p->pool_count, frames, depth * sizeof(*frames));
	p->stacks[id] = (struct stack){
		.first = p->pool_count, .depth = depth, .group = group,
		.leaf_first = leaf_first,
	};
	p->pool_count += depth;
	memset(&p->values[(size_t)id * COLUMNS_MAX], 0,
	       COLUMNS_MAX * sizeof(*p->values));
	if (p->metric_columns)
		memset(&p->metric_values[(size_t)id * p->metric_columns], 0,
		       p->metric_columns * sizeof(int64_t));
	return id;
}

static bool stack_is(const struct profile *p, uint32_t id, const uint32_t *frames,
		     uint32_t depth, bool leaf_first, uint32_t group)
{
	const struct stack *s = &p->stacks[id];
	return s->depth == depth && s->group == group &&
	       s->leaf_first == leaf_first &&
	       (depth == 0 ||
		memcmp(p->pool + s->first, frames, depth * sizeof(*frames)) == 0);
}

uint32_t profile_add(struct profile *p, uint32_t hash, const uint32_t *frames,
		     uint32_t depth, bool leaf_first, uint32_t group,
		     const int64_t values[COLUMNS_MAX])
{
	uint32_t id, place = table_place(&p->stack_table, hash);
	while ((id = table_next(&p->stack_table, hash, &place)) != TABLE_END)
		if (stack_is(p, id, frames, depth, leaf_first, group))
			break;
	if (id == TABLE_END) {
		id = new_stack(p, frames, depth, leaf_first, group);
		table_insert(&p->stack_table, hash, id);
	}
	int64_t *sum = &p->values[(size_t)id * COLUMNS_MAX];
	bool overflow = __builtin_add_overflow(sum[0], values[0], &sum[0]);
	overflow |= __builtin_add_overflow(sum[1], values[1], &sum[1]);
	p->overflow |= overflow;
	return id;
}

uint32_t profile_append(struct profile *p, const uint32_t *frames, uint32_t depth,
			bool leaf_first, uint32_t group,
			const int64_t values[COLUMNS_MAX])
{
	uint32_t id = new_stack(p, frames, depth, leaf_first, group);
	memcpy(&p->values[(size_t)id * COLUMNS_MAX], values,
	       COLUMNS_MAX * sizeof(*p->values));
	return id;
}

void profile_add_metrics(struct profile *p, uint32_t stack, const int64_t *values)
{
	int64_t *sums = &p->metric_values[(size_t)stack * p->metric_columns];
	for (unsigned i = 0; i < p->metric_columns; i++)
		p->overflow |= __builtin_add_overflow(sums[i], values[i], &sums[i]);
}

struct str profile_function(const struct profile *p, uint32_t frame)
{
	struct str name = profile_name(p, frame);
	for (size_t i = 1; i + 1 < name.n; i++) {
		bool offset = str_starts(str_skip(name, i), STR("+0x"));
		bool line = name.p[i] == ':' && name.p[i - 1] != ':' &&
			    name.p[i + 1] != ':';
		if (offset || line)
			return str_head(name, i);
	}
	return name;
}

struct str frame_kind_word(enum frame_kind kind)
{
	return words[kind];
}

enum frame_kind frame_kind_of_word(struct str word)
{
	enum frame_kind kind = 0;
	while (kind < FRAME_KINDS && !str_eq(words[kind], word))
		kind++;
	return kind;
}

struct str frame_kind_mark(enum frame_kind kind)
{
	return marks[kind];
}

enum frame_kind frame_kind_unmark(struct str *name)
{
	struct str s = *name;
	if (s.n < 5 || s.p[s.n - 1] != ']' || s.p[s.n - 3] != '[' ||
	    s.p[s.n - 4] != '_')
		return FRAME_USER;
	enum frame_kind kind = FRAME_USER;
	switch (s.p[s.n - 2]) {
	case 'k': kind = FRAME_KERNEL; break;
	case 'i': kind = FRAME_INLINED; break;
	case 'j': case '0': case '1': kind = FRAME_JIT; break;
	case 'w': kind = FRAME_WAKER; break;
	default: return FRAME_USER;
	}
	name->n -= 4;
	return kind;
}

enum frame_kind frame_kind_of(struct str name)
{
	bool bracketed = name.n > 2 && name.p[0] == '[' &&
			 name.p[name.n - 1] == ']';
	bool delimiter = str_eq(name, STR("-")) || str_eq(name, STR("--"));
	return bracketed || delimiter ? FRAME_OTHER : FRAME_USER;
}
