/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Some dozens of events go through three passes together, so that the memory each one
 * needs is fetched while others are worked on: their lines are taken apart
 * (heaptrack_text.h), their blocks are found, and with these the stacks, and what changes
 * is counted.
 *
 * What goes on from one event to the next stands in single numbers, not in structs: these
 * are copied by vector registers, and what was stored in two pieces is slow to load as one.
 */
#include "read/heaptrack_events.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "read/heaptrack_text.h"

_Static_assert(HEAPTRACK_CHANGES >= 2 * HEAPTRACK_LINES, "one may be two changes");

void heaptrack_events_init(struct heaptrack_events *e, struct input *in,
			   struct heaptrack_costs *costs)
{
	*e = (struct heaptrack_events){ .in = in, .costs = costs };
	heaptrack_blocks_init(&e->blocks);
	e->first_kind.cost = e->last_kind.cost = UINT32_MAX;
	ARRAY_RESERVE(e->cost_of, e->trace_capacity, 1);
	e->cost_of[0] = 0;
}

void heaptrack_events_free(struct heaptrack_events *e)
{
	heaptrack_blocks_free(&e->blocks);
	free(e->infos);
	free(e->cost_of);
}

void heaptrack_events_add_trace(struct heaptrack_events *e)
{
	e->trace_count++;
	ARRAY_RESERVE(e->cost_of, e->trace_capacity, e->trace_count + 1ull);
	e->cost_of[e->trace_count] = 0;
}

static uint32_t cost_of(struct heaptrack_events *e, uint32_t trace)
{
	if (__builtin_expect(e->cost_of[trace] == 0, 0))
		e->cost_of[trace] = heaptrack_costs_add(e->costs, trace) + 1;
	return e->cost_of[trace] - 1;
}

void heaptrack_events_add_info(struct heaptrack_events *e, int64_t size, uint32_t trace)
{
	ARRAY_RESERVE(e->infos, e->info_capacity, e->info_count + 1ull);
	e->infos[e->info_count++] = (struct heaptrack_info){
		.size = size, .cost = cost_of(e, trace),
	};
}

/* Finding blocks */

struct changes {
	struct heaptrack_change items[HEAPTRACK_CHANGES];
	unsigned count;
};

static const char unknown[] = "frees of blocks whose allocation was not recorded";

static void tell(const struct heaptrack_events *e, uint64_t line, const char *what)
{
	input_warn_at(e->in, line, what, STR(""));
}

static inline bool is_right_block(const struct heaptrack_line *line, uint32_t trace_count)
{
	return line->id != 0 && (line->is_free || (line->size <= HEAPTRACK_SIZE_MAX &&
						   line->trace <= trace_count));
}

static inline bool is_right(const struct heaptrack_events *e,
			    const struct heaptrack_line *line)
{
	return e->has_addresses ? is_right_block(line, e->trace_count) :
				  line->id < e->info_count;
}

/* Lines on their way to what they change. */
struct finding {
	struct heaptrack_events *e;
	struct heaptrack_blocks blocks;  /* where they lie */
	struct heaptrack_change *next;
	uint64_t last;                   /* address allocated last; 0 after a free */
	int64_t last_size, first_size;
	uint32_t last_cost, first_cost;
	bool is_old;
	uint64_t first_line;
	size_t more;                     /* blocks than before */
};

__attribute__((always_inline))
static inline void add_change(struct finding *f, int64_t size, uint32_t cost,
			      unsigned freed, unsigned event)
{
	*f->next++ = (struct heaptrack_change){
		size, cost, (uint16_t)freed, (uint16_t)event,
	};
	heaptrack_costs_prefetch(f->e->costs, cost);
}

/* False when there is no such block. */
__attribute__((noinline))
static bool take_far(struct heaptrack_events *e, const struct heaptrack_line *line,
		     uint64_t number, struct heaptrack_block *block)
{
	bool found = heaptrack_blocks_take(&e->blocks, line->id, block);
	if (!found)
		tell(e, number, unknown);
	return found;
}

/* After a free heaptrack_print takes the first kind for what was allocated last. */
__attribute__((always_inline))
static inline void free_block(struct finding *f, const struct heaptrack_line *line,
			      unsigned event)
{
	struct heaptrack_block found;
	int64_t size;
	uint32_t cost;
	bool is_old;
	if (heaptrack_blocks_take_near(&f->blocks, line->id, &size, &cost, &is_old)) {
		f->more--;
	} else if (take_far(f->e, line, f->first_line + event, &found)) {
		size = found.size;
		cost = found.cost;
		is_old = found.is_old;
	} else {
		f->last = 0;
		return;
	}
	bool is_kind = (size == f->last_size) & (cost == f->last_cost);
	unsigned freed = FREED | (is_old ? 0 : FREED_YOUNG) |
			 (is_kind ? FREED_BY_INDEX : 0) |
			 (line->id == f->last ? FREED_TEMPORARY : 0);
	add_change(f, size, cost, freed, event);
	f->last = 0;
	f->last_size = f->first_size;
	f->last_cost = f->first_cost;
}

/* True when there was a block, which so was freed. */
__attribute__((noinline))
static bool put_far(struct heaptrack_events *e, const struct heaptrack_line *line,
		    struct heaptrack_block block, uint64_t number,
		    struct heaptrack_block *before)
{
	bool found = heaptrack_blocks_put(&e->blocks, line->id, &block, before);
	/* An address is given away again only when its block is gone. */
	if (found)
		tell(e, number, "blocks at the address of a live one, which so was freed");
	return found;
}

__attribute__((always_inline))
static inline void allocate_block(struct finding *f, const struct heaptrack_line *line,
				  unsigned event)
{
	struct heaptrack_block before;
	int64_t size = (int64_t)line->size;
	uint32_t cost = cost_of(f->e, (uint32_t)line->trace);
	bool is_old = f->is_old;
	if (heaptrack_blocks_put_near(&f->blocks, line->id, size, cost, is_old))
		f->more++;
	else if (put_far(f->e, line, (struct heaptrack_block){ size, cost, is_old },
			 f->first_line + event, &before))
		add_change(f, before.size, before.cost,
			   FREED | (before.is_old ? 0 : FREED_YOUNG), event);
	add_change(f, size, cost, 0, event);
	f->last = line->id;
	f->last_size = size;
	f->last_cost = cost;
}

/* Returns how many lines there are up to one that is wrong. */
static unsigned find_blocks(struct heaptrack_events *e, const struct heaptrack_line *lines,
			    unsigned count, uint64_t first_line, struct changes *list)
{
	struct finding f = {
		.e = e, .blocks = e->blocks, .next = list->items, .last = e->last,
		.last_size = e->last_kind.size, .last_cost = e->last_kind.cost,
		.first_size = e->first_kind.size, .first_cost = e->first_kind.cost,
		.is_old = !e->costs->counts, .first_line = first_line,
	};
	const uint32_t trace_count = e->trace_count;
	unsigned i = 0;
	for (; i < count && is_right_block(&lines[i], trace_count); i++) {
		if (lines[i].is_free)
			free_block(&f, &lines[i], i);
		else
			allocate_block(&f, &lines[i], i);
	}
	e->blocks.count += f.more;
	e->last = f.last;
	e->last_kind = (struct heaptrack_kind){ f.last_size, f.last_cost };
	list->count = (unsigned)(f.next - list->items);
	return i;
}

/* The first allocation of all. */
static void note_first_kind(struct heaptrack_events *e, const struct heaptrack_line *lines,
			    unsigned count)
{
	unsigned i = 0;
	while (i < count && is_right(e, &lines[i]) && lines[i].is_free)
		i++;
	if (i == count || !is_right(e, &lines[i]))
		return;
	e->first_kind = e->last_kind = (struct heaptrack_kind){
		(int64_t)lines[i].size, cost_of(e, (uint32_t)lines[i].trace),
	};
}

/* Returns how many lines there are up to one that is wrong. */
static unsigned find_infos(struct heaptrack_events *e, const struct heaptrack_line *lines,
			   unsigned count, uint64_t first_line, struct changes *list)
{
	struct finding f = { .e = e, .next = list->items };
	unsigned i = 0;
	for (; i < count && is_right(e, &lines[i]); i++) {
		struct heaptrack_info *info = &e->infos[lines[i].id];
		bool is_free = lines[i].is_free;
		unsigned freed = FREED | FREED_YOUNG |
				 (e->last == lines[i].id ? FREED_TEMPORARY : 0);
		e->last = is_free ? 0 : lines[i].id;
		if (is_free && info->live == 0) {
			tell(e, first_line + i, unknown);
			continue;
		}
		info->live += is_free ? -1 : 1;
		add_change(&f, info->size, info->cost, is_free ? freed : 0, i);
	}
	list->count = (unsigned)(f.next - list->items);
	return i;
}

/* *count becomes that of the lines that are right. */
static bool count_events(struct heaptrack_events *e, const struct heaptrack_line *lines,
			 unsigned *count, uint64_t first_line)
{
	struct changes list;
	list.count = 0;
	if (e->has_addresses) {
		heaptrack_blocks_reserve(&e->blocks, *count);
		if (e->first_kind.cost == UINT32_MAX)
			note_first_kind(e, lines, *count);
		*count = find_blocks(e, lines, *count, first_line, &list);
	} else {
		*count = find_infos(e, lines, *count, first_line, &list);
	}
	unsigned counted = heaptrack_costs_apply(e->costs, list.items, list.count);
	if (counted == list.count)
		return true;
	e->in->line = first_line + list.items[counted].event;
	return input_error(e->in, "the sums of what was allocated leave the range of 64 "
			   "bits");
}

bool heaptrack_events_take(struct heaptrack_events *e)
{
	struct input *in = e->in;
	struct heaptrack_text text;
	struct heaptrack_line lines[HEAPTRACK_LINES];
	unsigned count, taken;
	heaptrack_text_init(&text, input_ahead(in), e->has_addresses ? &e->blocks : NULL);
	do {
		const char *start = text.p;
		count = taken = heaptrack_text_take(&text, lines);
		if (!count_events(e, lines, &count, in->line + 1))
			return false;
		if (count < taken)
			heaptrack_text_return(&text, start, count);
		in->line += count;
		input_take(in, (size_t)(text.p - start));
	} while (count == HEAPTRACK_LINES);
	return true;
}

/* Single lines */

static bool fail_event(const struct heaptrack_events *e, const struct heaptrack_line *line)
{
	bool is_block = e->has_addresses && !line->is_free;
	if (is_block && line->size > HEAPTRACK_SIZE_MAX)
		return input_error(e->in, "a block of 0x%" PRIx64 " bytes", line->size);
	if (is_block && line->trace > e->trace_count)
		return input_error(e->in, "there is no trace 0x%" PRIx64 " yet",
				   line->trace);
	return input_error(e->in, e->has_addresses ? "a block at address 0" :
			   "there is no such allocation yet");
}

bool heaptrack_events_line(struct heaptrack_events *e, struct str text)
{
	struct heaptrack_line line;
	unsigned count = 1;
	if (!heaptrack_text_read_line(text, e->has_addresses, &line))
		return input_error(e->in, "numbers are wrong or missing");
	if (!is_right(e, &line))
		return fail_event(e, &line);
	return count_events(e, &line, &count, e->in->line);
}
