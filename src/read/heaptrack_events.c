/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Some dozens of events go through three passes together, so that the memory each one
 * needs is fetched while others are worked on: their numbers are read, their blocks are
 * found, and with these the stacks, and what changes is counted.  What the next event is
 * nobody can tell, so little depends on it but its line.
 */
#include "read/heaptrack_events.h"

#include <inttypes.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/alloc.h"
#include "base/num.h"

enum {
	EVENTS = HEAPTRACK_CHANGES / 2,          /* one may be two changes */
	DIGITS_MAX = 16,
	WINDOW = 64,             /* the longest line fits */
};

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

struct event {
	uint64_t id;             /* address or info */
	int64_t size;
	uint32_t cost;
	bool is_free;
};

struct changes {
	struct heaptrack_change items[HEAPTRACK_CHANGES];
	unsigned count;
	uint16_t event;          /* the one that makes the next */
};

static void add_change(struct heaptrack_events *e, struct changes *list, int64_t size,
		       uint32_t cost, unsigned freed)
{
	list->items[list->count++] = (struct heaptrack_change){
		size, cost, (uint16_t)freed, list->event,
	};
	heaptrack_costs_prefetch(e->costs, cost);
}

static const char unknown[] = "frees of blocks whose allocation was not recorded";

static void tell(const struct heaptrack_events *e, uint64_t line, const char *what)
{
	input_warn_at(e->in, line, what, STR(""));
}

static unsigned freed_bits(const struct heaptrack_block *block)
{
	return FREED | (block->is_old ? 0 : FREED_YOUNG);
}

/* What heaptrack_blocks_change() leaves over; false when there is no such block. */
static bool find_odd_block(struct heaptrack_events *e, const struct event *event,
			   struct heaptrack_block *block, uint64_t line,
			   struct changes *list)
{
	struct heaptrack_block before;
	if (event->is_free) {
		if (heaptrack_blocks_take(&e->blocks, event->id, block))
			return true;
		tell(e, line, unknown);
		return false;
	}
	if (heaptrack_blocks_put(&e->blocks, event->id, block, &before)) {
		/* An address is given away again only when its block is gone. */
		tell(e, line, "blocks at the address of a live one, which so was freed");
		add_change(e, list, before.size, before.cost, freed_bits(&before));
	}
	return true;
}

/* What was allocated last, and whether that is what is freed. */
struct last {
	uint64_t address;
	struct heaptrack_kind kind, first;
};

/* After a free heaptrack_print takes the first kind for what was allocated last. */
static inline unsigned follow(struct last *last, const struct event *event,
			      const struct heaptrack_block *block)
{
	bool is_free = event->is_free;
	bool is_kind = (block->size == last->kind.size) & (block->cost == last->kind.cost);
	unsigned freed = freed_bits(block) | (is_kind ? FREED_BY_INDEX : 0) |
			 (event->id == last->address ? FREED_TEMPORARY : 0);
	last->address = is_free ? 0 : event->id;
	last->kind.size = is_free ? last->first.size : block->size;
	last->kind.cost = is_free ? last->first.cost : block->cost;
	return is_free ? freed : 0;
}

static void find_blocks(struct heaptrack_events *e, const struct event *events,
			unsigned count, uint64_t first_line, struct changes *list)
{
	const struct heaptrack_blocks blocks = e->blocks;        /* where they lie */
	struct last last = { e->last, e->last_kind, e->first_kind };
	bool is_old = !e->costs->counts;
	size_t more = 0;
	for (unsigned i = 0; i < count; i++) {
		const struct event *event = &events[i];
		struct heaptrack_block block = { event->size, event->cost, is_old };
		list->event = (uint16_t)i;
		if (heaptrack_blocks_change(&blocks, event->id, event->is_free, &block)) {
			more += event->is_free ? -(size_t)1 : 1;
		} else if (!find_odd_block(e, event, &block, first_line + i, list)) {
			last.address = 0;
			continue;
		}
		unsigned freed = follow(&last, event, &block);
		add_change(e, list, block.size, block.cost, freed);
	}
	e->blocks.count += more;
	e->last = last.address;
	e->last_kind = last.kind;
}

static void find_info(struct heaptrack_events *e, const struct event *event,
		      uint64_t line, struct changes *list)
{
	struct heaptrack_info *info = &e->infos[event->id];
	bool is_free = event->is_free;
	unsigned freed = FREED | FREED_YOUNG |
			 (e->last == event->id ? FREED_TEMPORARY : 0);
	e->last = is_free ? 0 : event->id;
	if (is_free && info->live == 0) {
		tell(e, line, unknown);
		return;
	}
	info->live += is_free ? -1 : 1;
	add_change(e, list, info->size, info->cost, is_free ? freed : 0);
}

static void find_infos(struct heaptrack_events *e, const struct event *events,
		       unsigned count, uint64_t first_line, struct changes *list)
{
	for (unsigned i = 0; i < count; i++) {
		list->event = (uint16_t)i;
		find_info(e, &events[i], first_line + i, list);
	}
}

static bool count_events(struct heaptrack_events *e, const struct event *events,
			 unsigned count, uint64_t first_line)
{
	struct changes list;
	list.count = 0;
	if (e->has_addresses) {
		heaptrack_blocks_reserve(&e->blocks, count);
		find_blocks(e, events, count, first_line, &list);
	} else {
		find_infos(e, events, count, first_line, &list);
	}
	unsigned counted = heaptrack_costs_apply(e->costs, list.items, list.count);
	if (counted == list.count)
		return true;
	e->in->line = first_line + list.items[counted].event;
	return input_error(e->in, "the sums of what was allocated leave the range of 64 "
			   "bits");
}

/* Whole blocks */

static inline bool is_right(const struct heaptrack_events *e, uint64_t size,
			    uint64_t trace, uint64_t id)
{
	return size <= HEAPTRACK_SIZE_MAX && trace <= e->trace_count &&
	       (e->has_addresses ? id != 0 : id < e->info_count);
}

static void fill_event(struct heaptrack_events *e, struct event *event, uint64_t size,
		       uint64_t trace)
{
	event->size = (int64_t)size;
	event->cost = 0;
	if (!e->has_addresses)
		__builtin_prefetch(&e->infos[event->id], 1);
	else
		heaptrack_blocks_prefetch(&e->blocks, event->id);
	if (!e->has_addresses || event->is_free)
		return;
	event->cost = cost_of(e, (uint32_t)trace);
	if (e->first_kind.cost == UINT32_MAX)
		e->first_kind = e->last_kind = (struct heaptrack_kind){
			event->size, event->cost,
		};
}

static bool take_hex(struct str *rest, uint64_t *value)
{
	return num_hex(str_cut(rest, ' '), value);
}

#ifdef __SSE2__

/*
 * Which of 64 bytes are smaller than any digit, as '+', '-', ' ' and line ends are, a bit
 * for each, up to the first byte that is neither that nor a digit.  With these it need
 * not be waited for the end of one number to find the end of the next.
 */
static inline uint64_t find_ends(const char *p)
{
	uint64_t ends = 0, odd = 0;
	for (unsigned i = 0; i < WINDOW; i += DIGITS_MAX) {
		__m128i x = _mm_loadu_si128((const __m128i *)(p + i));
		__m128i end = _mm_cmplt_epi8(x, _mm_set1_epi8('0'));
		__m128i above_9 = _mm_cmpgt_epi8(x, _mm_set1_epi8('9'));
		__m128i below_a = _mm_cmplt_epi8(x, _mm_set1_epi8('a'));
		__m128i above_f = _mm_cmpgt_epi8(x, _mm_set1_epi8('f'));
		__m128i no_digit = _mm_or_si128(above_f,
						_mm_and_si128(above_9, below_a));
		ends |= (uint64_t)(unsigned)_mm_movemask_epi8(end) << i;
		odd |= (uint64_t)(unsigned)_mm_movemask_epi8(no_digit) << i;
	}
	/* No number reaches over an odd byte. */
	if (odd)
		ends &= (odd & -odd) - 1;
	return ends;
}

/* The value of n digits, from 1 to 16. */
static inline uint64_t number(const char *p, unsigned n)
{
	__m128i x = _mm_loadu_si128((const __m128i *)p);
	__m128i is_letter = _mm_cmpgt_epi8(x, _mm_set1_epi8('9'));
	x = _mm_add_epi8(_mm_and_si128(x, _mm_set1_epi8(0x0f)),
			 _mm_and_si128(is_letter, _mm_set1_epi8(9)));
	x = _mm_and_si128(_mm_or_si128(_mm_slli_epi16(x, 4), _mm_srli_epi16(x, 8)),
			  _mm_set1_epi16(0x00ff));
	uint64_t bytes = (uint64_t)_mm_cvtsi128_si64(_mm_packus_epi16(x, x));
	return __builtin_bswap64(bytes) >> (64 - 4 * n);
}

/* Takes a number and its end off the bits of a line; false when it is none. */
static inline bool take_number(const char **p, uint64_t *ends, char end, uint64_t *value)
{
	unsigned n = *ends ? (unsigned)__builtin_ctzll(*ends) : WINDOW;
	if (n - 1 >= DIGITS_MAX || (*p)[n] != end)
		return false;
	*value = number(*p, n);
	*p += n + 1;
	*ends = *ends >> n >> 1;
	return true;
}

/* The event at p, of whose line and what follows the ends are known. */
static inline const char *take_event(struct heaptrack_events *e, const char *p,
				     uint64_t ends, struct event *event)
{
	uint64_t size = 0, trace = 0;
	event->is_free = p[0] == '-';
	if ((p[0] != '+' && !event->is_free) || p[1] != ' ')
		return NULL;
	p += 2;
	ends >>= 2;
	if (!event->is_free && e->has_addresses &&
	    !(take_number(&p, &ends, ' ', &size) && take_number(&p, &ends, ' ', &trace)))
		return NULL;
	if (!take_number(&p, &ends, '\n', &event->id) ||
	    !is_right(e, size, trace, event->id))
		return NULL;
	fill_event(e, event, size, trace);
	return p;
}

/* The events of whole lines from p on; returns where the rest begins. */
static const char *take_events(struct heaptrack_events *e, const char *p,
			       const char *end, struct event events[EVENTS],
			       unsigned *count)
{
	unsigned n = 0;
	const char *before;
	do {
		const char *start = before = p;
		if (end - p < WINDOW)
			break;
		uint64_t ends = find_ends(p);
		while (n < EVENTS && p - start < WINDOW) {
			const char *next = take_event(e, p, ends >> (p - start),
						      &events[n]);
			if (next == NULL)
				break;
			p = next;
			n++;
		}
	} while (p > before && n < EVENTS);
	*count = n;
	return p;
}

#else

/* An event whose line is right; others are left to heaptrack_events_line(). */
static bool take_line(struct heaptrack_events *e, struct str line, struct event *event)
{
	uint64_t size = 0, trace = 0;
	bool is_event = str_starts(line, STR("+ ")) || str_starts(line, STR("- "));
	struct str rest = str_skip(line, is_event ? 2 : 0);
	event->is_free = is_event && line.p[0] == '-';
	if (!is_event ||
	    (!event->is_free && e->has_addresses &&
	     !(take_hex(&rest, &size) && take_hex(&rest, &trace))) ||
	    !num_hex(rest, &event->id) || !is_right(e, size, trace, event->id))
		return false;
	fill_event(e, event, size, trace);
	return true;
}

static const char *take_events(struct heaptrack_events *e, const char *p,
			       const char *end, struct event events[EVENTS],
			       unsigned *count)
{
	const char *nl;
	for (*count = 0; *count < EVENTS; p = nl + 1) {
		if ((nl = memchr(p, '\n', (size_t)(end - p))) == NULL ||
		    !take_line(e, str_span(p, nl), &events[*count]))
			break;
		++*count;
	}
	return p;
}

#endif

bool heaptrack_events_take(struct heaptrack_events *e)
{
	struct input *in = e->in;
	struct event events[EVENTS];
	unsigned count;
	do {
		struct str ahead = input_ahead(in);
		const char *rest = take_events(e, ahead.p, ahead.p + ahead.n, events,
					       &count);
		uint64_t first_line = in->line + 1;
		in->line += count;
		input_take(in, (size_t)(rest - ahead.p));
		if (!count_events(e, events, count, first_line))
			return false;
	} while (count == EVENTS);
	return true;
}

/* Single lines */

static bool fail_event(const struct heaptrack_events *e, uint64_t size, uint64_t trace)
{
	if (size > HEAPTRACK_SIZE_MAX)
		return input_error(e->in, "a block of 0x%" PRIx64 " bytes", size);
	if (trace > e->trace_count)
		return input_error(e->in, "there is no trace 0x%" PRIx64 " yet", trace);
	return input_error(e->in, e->has_addresses ? "a block at address 0" :
			   "there is no such allocation yet");
}

bool heaptrack_events_line(struct heaptrack_events *e, struct str line)
{
	uint64_t size = 0, trace = 0;
	struct event event = { .is_free = line.p[0] == '-' };
	struct str rest = str_skip(line, line.n < 2 ? line.n : 2);
	bool ok = !e->has_addresses || event.is_free ||
		  (take_hex(&rest, &size) && take_hex(&rest, &trace));
	if (!ok || !take_hex(&rest, &event.id) || str_trim(rest).n > 0)
		return input_error(e->in, "numbers are wrong or missing");
	if (!is_right(e, size, trace, event.id))
		return fail_event(e, size, trace);
	fill_event(e, &event, size, trace);
	return count_events(e, &event, 1, e->in->line);
}
