/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Threads and processes are numbers that the kernel gives again when they are free; an
 * entry lives on with its number and begins anew.  An address is looked for in a sorted
 * array: there are few mappings, and they change seldom.
 */
#include "read/perfdata_tasks.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "model/profile.h"

/* About as many as the kernel allows, by default, in one process. */
enum {
	MAPS_MAX = 65536,
	ALL_MAPS_MAX = 4 << 20,          /* of all processes together */
};

static void free_maps(struct perfdata_space *space)
{
	for (int layer = 0; layer < PERFDATA_LAYERS; layer++)
		free(space->layers[layer].items);
}

void perfdata_tasks_init(struct perfdata_tasks *t)
{
	*t = (struct perfdata_tasks){ .versions = 1, .last_thread = PERFDATA_NONE };
}

void perfdata_tasks_free(struct perfdata_tasks *t)
{
	for (uint32_t i = 0; i < t->process_count; i++)
		free_maps(&t->processes[i].space);
	free_maps(&t->kernel);
	free(t->threads);
	free(t->processes);
	table_free(&t->thread_table);
	table_free(&t->process_table);
}

static uint32_t number_hash(uint32_t number)
{
	return (uint32_t)(number * HASH_SPREAD >> 32);
}

/* Maps */

static void change(struct perfdata_tasks *t, struct perfdata_space *space)
{
	space->version = t->versions++;
}

/* The first that ends behind the address. */
static uint32_t first_behind(const struct perfdata_maps *maps, uint64_t address)
{
	uint32_t low = 0, high = maps->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (maps->items[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const struct perfdata_map *perfdata_tasks_find(const struct perfdata_space *space,
					       uint64_t address)
{
	for (int layer = PERFDATA_LAYERS - 1; layer >= 0; layer--) {
		const struct perfdata_maps *maps = &space->layers[layer];
		uint32_t i = first_behind(maps, address);
		if (i < maps->count && maps->items[i].start <= address)
			return &maps->items[i];
	}
	return NULL;
}

static void clear_maps(struct perfdata_tasks *t, struct perfdata_space *space)
{
	for (int layer = 0; layer < PERFDATA_LAYERS; layer++)
		t->map_count -= space->layers[layer].count;
	free_maps(space);
	*space = (struct perfdata_space){ 0 };
	change(t, space);
}

/*
 * The new one takes the place of those it covers; of those it touches, at most two,
 * a part stays before and behind it.
 */
bool perfdata_tasks_map(struct perfdata_tasks *t, struct perfdata_space *space,
			enum perfdata_layer layer, const struct perfdata_map *map)
{
	struct perfdata_maps *maps = &space->layers[layer];
	struct perfdata_map pieces[3];
	if (map->start >= map->end)
		return true;
	if (space->is_over)
		clear_maps(t, space);
	uint32_t from = first_behind(maps, map->start), to = from, n = 0;
	while (to < maps->count && maps->items[to].start < map->end)
		to++;
	if (from < to && maps->items[from].start < map->start) {
		pieces[n] = maps->items[from];
		pieces[n++].end = map->start;
	}
	pieces[n++] = *map;
	if (from < to && maps->items[to - 1].end > map->end) {
		pieces[n] = maps->items[to - 1];
		pieces[n].offset += map->end - pieces[n].start;
		pieces[n++].start = map->end;
	}
	uint32_t count = maps->count - (to - from) + n;
	if (count > MAPS_MAX || t->map_count + n > ALL_MAPS_MAX)
		return false;
	ARRAY_RESERVE(maps->items, maps->capacity, count);
	memmove(maps->items + from + n, maps->items + to,
		(maps->count - to) * sizeof(*maps->items));
	memcpy(maps->items + from, pieces, n * sizeof(*pieces));
	t->map_count = t->map_count + count - maps->count;
	maps->count = count;
	change(t, space);
	return true;
}

static bool copy_maps(struct perfdata_tasks *t, struct perfdata_space *to,
		      const struct perfdata_space *from)
{
	clear_maps(t, to);
	for (int layer = 0; layer < PERFDATA_LAYERS; layer++) {
		const struct perfdata_maps *old = &from->layers[layer];
		struct perfdata_maps *new = &to->layers[layer];
		if (old->count == 0)
			continue;
		if (t->map_count + old->count > ALL_MAPS_MAX)
			return false;
		t->map_count += old->count;
		ARRAY_RESERVE(new->items, new->capacity, old->count);
		memcpy(new->items, old->items, old->count * sizeof(*new->items));
		new->count = old->count;
	}
	return true;
}

/* Threads and processes */

static uint32_t find_process(struct perfdata_tasks *t, uint32_t pid)
{
	uint32_t hash = number_hash(pid), found;
	uint32_t place = table_place(&t->process_table, hash);
	while ((found = table_next(&t->process_table, hash, &place)) != TABLE_END)
		if (t->processes[found].pid == pid)
			return found;
	ARRAY_RESERVE(t->processes, t->process_capacity, (size_t)t->process_count + 1);
	t->processes[t->process_count] = (struct perfdata_process){
		.pid = pid, .jit = PERFDATA_NONE,
	};
	change(t, &t->processes[t->process_count].space);
	table_insert(&t->process_table, hash, t->process_count);
	return t->process_count++;
}

struct perfdata_process *perfdata_tasks_process(struct perfdata_tasks *t, uint32_t pid)
{
	uint32_t found = find_process(t, pid);
	return &t->processes[found];
}

static uint32_t find_thread(struct perfdata_tasks *t, uint32_t tid)
{
	uint32_t hash = number_hash(tid), found;
	if (t->last_thread != PERFDATA_NONE && t->threads[t->last_thread].tid == tid)
		return t->last_thread;
	uint32_t place = table_place(&t->thread_table, hash);
	while ((found = table_next(&t->thread_table, hash, &place)) != TABLE_END)
		if (t->threads[found].tid == tid)
			break;
	if (found != TABLE_END)
		t->last_thread = found;
	return found;
}

static void begin_thread(struct perfdata_tasks *t, struct perfdata_thread *thread,
			 uint32_t process)
{
	thread->process = process;
	thread->comm = ID_NONE;
	thread->has_ended = false;
	t->processes[process].threads++;
}

struct perfdata_thread *perfdata_tasks_thread(struct perfdata_tasks *t, uint32_t pid,
					      uint32_t tid)
{
	uint32_t found = find_thread(t, tid);
	if (found == TABLE_END) {
		found = t->thread_count++;
		ARRAY_RESERVE(t->threads, t->thread_capacity, t->thread_count);
		t->threads[found] = (struct perfdata_thread){ .tid = tid };
		begin_thread(t, &t->threads[found], find_process(t, pid));
		table_insert(&t->thread_table, number_hash(tid), found);
	} else if (t->processes[t->threads[found].process].pid != pid &&
		   pid != UINT32_MAX) {
		/* The number was given to a thread of another process. */
		begin_thread(t, &t->threads[found], find_process(t, pid));
	}
	return &t->threads[found];
}

bool perfdata_tasks_fork(struct perfdata_tasks *t, uint32_t pid, uint32_t tid,
			 uint32_t parent_pid, uint32_t parent_tid, bool made_up)
{
	uint32_t comm = perfdata_tasks_thread(t, parent_pid, parent_tid)->comm;
	struct perfdata_thread *thread = perfdata_tasks_thread(t, pid, tid);
	uint32_t process = thread->process;
	if (thread->has_ended)
		begin_thread(t, thread, process);
	thread->comm = comm;
	if (pid == parent_pid || made_up)
		return true;
	uint32_t parent = find_process(t, parent_pid);
	t->processes[process].jit = PERFDATA_NONE;
	return copy_maps(t, &t->processes[process].space, &t->processes[parent].space);
}

void perfdata_tasks_exit(struct perfdata_tasks *t, uint32_t pid, uint32_t tid)
{
	struct perfdata_thread *thread = perfdata_tasks_thread(t, pid, tid);
	struct perfdata_process *process = &t->processes[thread->process];
	if (thread->has_ended)
		return;
	thread->has_ended = true;
	if (--process->threads > 0)
		return;
	uint32_t *ended = &t->ended[t->ended_count++ % PERFDATA_ENDED];
	struct perfdata_process *before = &t->processes[*ended];
	if (t->ended_count > PERFDATA_ENDED && before->threads == 0)
		clear_maps(t, &before->space);
	*ended = thread->process;
}

void perfdata_tasks_exec(struct perfdata_tasks *t, uint32_t pid)
{
	struct perfdata_process *process = perfdata_tasks_process(t, pid);
	process->jit = PERFDATA_NONE;
	process->space.is_over = true;
}
