/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Heap profiles of jemalloc, from version 4 on:
 *
 *	heap_v2/524288
 *	  t*: 22: 98208 [1369: 1505880]
 *	  t0: 22: 98208 [1169: 1454680]
 *	  t1: 0: 0 [200: 51200] worker
 *	@ 0x7f85054a2630 0x56179949c62e 0x56179949c140 0x7f850524524a
 *	  t*: 1: 512 [1: 512]
 *	  t0: 1: 512 [1: 512]
 *
 *	MAPPED_LIBRARIES:
 *	56179949c000-56179949d000 r-xp 00001000 fe:00 11141561     /opt/bin/memdemo
 *
 * https://github.com/jemalloc/jemalloc, src/prof_data.c.  A sample is taken about
 * every 524288 bytes.  A stack has what all threads did together, and then each thread
 * again: one or the other is counted.  The numbers in brackets are 0 unless jemalloc
 * was told prof_accum:true.  Bytes are those of jemalloc's size classes.
 */
#include "read/reader.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"
#include "read/heaps.h"

static const struct str heading = STR("heap_v2/");

struct jemalloc {
	struct heaps heaps;
	bool by_thread;
	bool is_in_stack;        /* behind the first '@' */
	bool is_chosen;
	uint64_t rate;
	int64_t told[HEAPS_NUMBERS];

	uint32_t all_threads;    /* group */
	struct jemalloc_thread {
		uint64_t number;
		uint32_t group;
	} *threads;
	uint32_t thread_count;
	size_t thread_capacity;
	struct table table;

	/* Of the stack that was begun. */
	bool has_all, has_threads;
	int64_t all[HEAPS_NUMBERS];      /* of all threads, while none was seen */
};

/* Threads */

static uint32_t make_group(struct jemalloc *j, uint64_t number, struct str name)
{
	struct profile *p = j->heaps.profile;
	struct group g = p->groups[heaps_group(&j->heaps)];
	g.comm = profile_text(p, name.n ? name : STR("thread"));
	g.tid = (int64_t)number;
	return profile_group(p, &g);
}

/* The head has them all, with their names. */
static uint32_t find_thread(struct jemalloc *j, uint64_t number, struct str name)
{
	uint32_t hash = (uint32_t)hash_hidden(&number, sizeof(number));
	uint32_t id, place = table_place(&j->table, hash);
	while ((id = table_next(&j->table, hash, &place)) != TABLE_END)
		if (j->threads[id].number == number)
			return j->threads[id].group;
	id = j->thread_count++;
	ARRAY_RESERVE(j->threads, j->thread_capacity, j->thread_count);
	j->threads[id] = (struct jemalloc_thread){ number, make_group(j, number, name) };
	table_insert(&j->table, hash, id);
	return j->threads[id].group;
}

/* Lines */

static bool choose(struct jemalloc *j)
{
	const int64_t *told = j->told;
	bool all = told[HEAPS_ALL_BLOCKS] > 0 || told[HEAPS_ALL_BYTES] > 0;
	if (j->is_chosen)
		return true;
	j->is_chosen = true;
	if (!heaps_choose(&j->heaps, heaps_metrics, all ? HEAPS_NUMBERS : 2, j->rate))
		return false;
	j->all_threads = heaps_group(&j->heaps);
	return true;
}

/* The sum of a stack whose threads did not follow. */
static bool end_stack(struct jemalloc *j)
{
	bool alone = j->is_in_stack && j->by_thread && j->has_all && !j->has_threads;
	j->has_all = j->has_threads = false;
	return !alone || heaps_add(&j->heaps, j->all_threads, j->all);
}

static bool read_stack(struct jemalloc *j, struct str line)
{
	if (!choose(j) || !end_stack(j))
		return false;
	j->is_in_stack = true;
	traces_begin(j->heaps.traces);
	return traces_addresses(j->heaps.traces, str_skip(line, 1));
}

static bool add_all(struct jemalloc *j, const int64_t counts[HEAPS_NUMBERS])
{
	if (j->has_all)
		return input_error(j->heaps.in, "all threads of a stack come twice");
	j->has_all = true;
	memcpy(j->all, counts, sizeof(j->all));
	return j->by_thread || heaps_add(&j->heaps, j->all_threads, counts);
}

static bool add_thread(struct jemalloc *j, uint64_t number,
		       const int64_t counts[HEAPS_NUMBERS])
{
	j->has_threads = true;
	if (!j->has_all)
		return input_error(j->heaps.in, "a thread of a stack before all of them, "
				   "'t*'");
	return !j->by_thread ||
	       heaps_add(&j->heaps, find_thread(j, number, STR("")), counts);
}

/* "t*: 22: 98208 [1369: 1505880]", "t1: 0: 0 [200: 51200] worker" */
static bool read_counts(struct jemalloc *j, struct str line)
{
	struct input *in = j->heaps.in;
	int64_t counts[HEAPS_NUMBERS];
	uint64_t number = 0;
	struct str thread = str_skip(str_cut(&line, ':'), 1);
	bool is_all = str_eq(thread, STR("*"));
	if (!is_all && (!num_u64(thread, &number) || number > INT64_MAX))
		return input_error(in, "'%.*s' is no number of a thread",
				   (int)(thread.n > 40 ? 40 : thread.n), thread.p);
	if (!heaps_counts(&j->heaps, &line, counts))
		return false;
	if (j->is_in_stack)
		return is_all ? add_all(j, counts) : add_thread(j, number, counts);
	if (is_all)
		memcpy(j->told, counts, sizeof(j->told));
	else if (j->by_thread && choose(j))
		find_thread(j, number, str_trim(line));
	return !in->failed;
}

static bool read_line(struct jemalloc *j, struct str line)
{
	struct input *in = j->heaps.in;
	if (line.n == 0 || traces_is_cut(j->heaps.traces))
		return true;
	if (line.p[0] == '@')
		return read_stack(j, line);
	if (line.p[0] == 't')
		return read_counts(j, line);
	return input_error(in, "neither '@' with addresses nor 't' with a thread");
}

static bool read_head(struct jemalloc *j, struct str line)
{
	struct str rate = line;
	if (str_starts(line, heading))
		rate = str_trim(str_skip(line, heading.n));
	if (!num_u64(rate, &j->rate))
		return input_error(j->heaps.in, "no 'heap_v2/' and a rate of samples");
	if (j->rate == 0)
		input_warn(j->heaps.in, "no rate of samples, so counts stay as they are",
			   STR(""));
	return true;
}

static bool read_all(struct jemalloc *j)
{
	struct input *in = j->heaps.in;
	struct str line;
	bool has_map = false, is_cut = false;
	if (!input_line(in, &line))
		return in->failed ? false : input_fail(in, "there is no profile in it");
	if (!read_head(j, line))
		return false;
	while (input_line(in, &line)) {
		if (maps_is_heading(line)) {
			has_map = true;
			if (!choose(j) || !end_stack(j) || !traces_map(j->heaps.traces))
				return false;
			break;
		}
		is_cut = !str_ends(in->raw, STR("\n"));
		if (!read_line(j, str_trim(line)))
			return false;
	}
	/* Of samples, the numbers in the head are others than those of the stacks. */
	bool is_sum = j->rate == 1;
	if (!is_sum && !has_map && !is_cut)
		input_warn(in, "profiles without a map behind the last stack: cut off, or "
			   "made where there is none", STR(""));
	return !in->failed && choose(j) && end_stack(j) &&
	       heaps_push(&j->heaps, is_sum ? j->told : NULL);
}

static bool read_jemalloc(struct input *in, const struct want *want, struct samples *out)
{
	struct jemalloc j = { .by_thread = want->group_by == GROUP_TID };
	heaps_init(&j.heaps, in, want, out);
	bool ok = read_all(&j);
	heaps_free(&j.heaps);
	free(j.threads);
	table_free(&j.table);
	return ok;
}

static enum probe probe_jemalloc(struct str head)
{
	struct str line = str_trim(str_cut(&head, '\n'));
	bool is_ours = str_starts(line, heading) && line.n > heading.n &&
		       num_is_digit(line.p[heading.n]);
	return is_ours ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids; --group-by=tid shows threads",
	.cpus = "processors",
	.lines = TRACES_NO_LINES,
	.quality = {
		.unknown = TRACES_UNKNOWN,
		.no_chains = "build jemalloc with --enable-prof-libunwind",
		.rootless = "build jemalloc with --enable-prof-libunwind",
	},
};

const struct reader reader_jemalloc = {
	.name = "jemalloc",
	.title = "heap profiles of jemalloc (heap_v2)",
	.leaf_first = true,
	.options = READS_RAW_COUNTS | READS_FILES | READS_ALL_FRAMES,
	.probe = probe_jemalloc,
	.read = read_jemalloc,
	.hints = &hints,
};
