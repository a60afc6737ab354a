/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reports of memleak, of bcc's tools and of its libbpf-tools:
 *
 *	Attaching to pid 5193, Ctrl+C to quit.
 *	[11:16:33] Top 2 stacks with outstanding allocations:
 *		32 bytes in 2 allocations from stack
 *			0x000000000040071d	main+0x6d [allocs]
 *			0x00007f0a5c2d6840	__libc_start_main+0xf0 [libc-2.21.so]
 *	[11:16:38] Top 2 stacks with outstanding allocations:
 *	8192 bytes in 2 allocations from stack
 *		0 [<0000000000400800>] buf_new+0x10 [/usr/bin/allocs]
 *		1 [<0000000000400750>] main+0xa0 [/usr/bin/allocs]
 *
 * https://github.com/iovisor/bcc, tools/memleak.py and libbpf-tools/memleak.c.  There
 * is a report every few seconds of what is in use just then; one of them is shown, and
 * what has grown since the first one.
 */
#include "read/reader.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/location.h"
#include "read/memleak_line.h"

/* Where the kernel's half of the address space begins. */
#define KERNEL_ADDRESS UINT64_C(0xffff800000000000)

/* Not the number of any report. */
#define NO_REPORT UINT64_MAX

enum { LIVE, LIVE_BLOCKS, GROWTH, GROWTH_BLOCKS };

/* Numbers of a stack: bytes and blocks. */
struct amount {
	int64_t of[2];
};

struct report {
	uint64_t number;         /* from 1 on; 0: there is none */
	bool overflow;
	int64_t bytes;           /* of all stacks */
	struct report_stack {
		uint64_t first;          /* of its frames in the pool */
		uint32_t depth, hash;
		struct amount amount;
	} *stacks;
	size_t count, capacity;
	uint32_t *pool;          /* locations */
	uint64_t pool_count;
	size_t pool_capacity;
	struct table table;      /* once equal stacks were put together */
};

struct memleak {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct locations locations;
	bool want_peak;
	uint64_t wanted;         /* number of a report; 0: peak or last */

	struct report first;     /* what growth is counted from */
	struct report chosen;    /* what is shown, so far */
	struct report now;       /* the one being read */
	bool is_in_stack;
	bool is_cut;             /* the line read last has no end */
	enum { ENTRIES_NONE, ENTRIES_FIRST, ENTRIES_MORE } entries;
	struct metrics metrics;
};

static void report_free(struct report *r)
{
	free(r->stacks);
	free(r->pool);
	table_free(&r->table);
	*r = (struct report){ 0 };
}

static void report_copy(struct report *to, const struct report *from)
{
	*to = (struct report){
		.number = from->number, .bytes = from->bytes, .overflow = from->overflow,
	};
	ARRAY_RESERVE(to->stacks, to->capacity, from->count);
	ARRAY_RESERVE(to->pool, to->pool_capacity, from->pool_count + 1);
	if (from->count > 0)
		memcpy(to->stacks, from->stacks, from->count * sizeof(*to->stacks));
	if (from->pool_count > 0)
		memcpy(to->pool, from->pool, from->pool_count * sizeof(*to->pool));
	to->count = from->count;
	to->pool_count = from->pool_count;
}

/* Reading a report */

static bool is_wanted(const struct memleak *m)
{
	if (m->wanted > 0)
		return m->now.number == m->wanted;
	return !m->want_peak || m->chosen.number == 0 || m->now.bytes > m->chosen.bytes;
}

static void end_report(struct memleak *m)
{
	uint64_t number = m->now.number;
	if (number == 0)
		return;
	if (number == 1)
		report_copy(&m->first, &m->now);
	if (is_wanted(m)) {
		report_free(&m->chosen);
		m->chosen = m->now;
		m->now = (struct report){ .number = number };
	}
	m->is_in_stack = false;
}

static void begin_report(struct memleak *m)
{
	struct report *r = &m->now;
	end_report(m);
	r->number++;
	r->count = r->pool_count = 0;
	r->bytes = 0;
	r->overflow = false;
}

static bool read_number(struct memleak *m, struct str word, int64_t *number)
{
	uint64_t value;
	if (num_u64(word, &value) && value <= INT64_MAX) {
		*number = (int64_t)value;
		return true;
	}
	return input_error(m->in, num_is_digits(word) ? "%.*s is too large" :
			   "'%.*s' is no number of bytes or allocations",
			   (int)(word.n > 40 ? 40 : word.n), word.p);
}

static bool read_stack(struct memleak *m, struct str bytes, struct str blocks)
{
	struct amount amount;
	struct report *r = &m->now;
	if (!read_number(m, bytes, &amount.of[0]) || !read_number(m, blocks, &amount.of[1]))
		return false;
	if (r->number == 0)
		begin_report(m);
	ARRAY_RESERVE(r->stacks, r->capacity, r->count + 1);
	ARRAY_RESERVE(r->pool, r->pool_capacity, r->pool_count + 1);     /* to point into */
	r->stacks[r->count++] = (struct report_stack){
		.first = r->pool_count, .amount = amount,
	};
	r->overflow |= __builtin_add_overflow(r->bytes, amount.of[0], &r->bytes);
	m->is_in_stack = true;
	return true;
}

/* The kernel and its modules have brackets around their names everywhere else. */
static uint32_t find_module(struct memleak *m, const struct memleak_frame *f)
{
	char text[256];
	bool is_kernel = str_eq(f->module, STR("kernel")) || f->address >= KERNEL_ADDRESS;
	if (!is_kernel || f->module.n == 0 || f->module.n > sizeof(text) - 2)
		return location_module(&m->locations, f->module);
	text[0] = '[';
	memcpy(text + 1, f->module.p, f->module.n);
	text[f->module.n + 1] = ']';
	return location_module(&m->locations, (struct str){ text, f->module.n + 2 });
}

static uint32_t find_place(struct memleak *m, struct str line)
{
	struct memleak_frame f = memleak_line_frame(line);
	struct location_key key = {
		.symbol = f.name, .module = find_module(m, &f),
		.line = f.line.n ? profile_text(m->profile, f.line) : ID_NONE,
		.address = f.address, .offset = f.offset,
	};
	return location_find(&m->locations, &key);
}

/*
 *	0 [<0000000000400800>] (2 entries)
 *		buf_new@0x4007f0 /src/buf.c:12
 *		buf_new_alias@0x4007f0
 *
 * Several names of one place: the first one counts.
 */
static bool skip_entries(struct memleak *m, struct str *line)
{
	ptrdiff_t at = str_find(*line, STR("@0x"));
	if (str_ends(*line, STR(" entries)"))) {
		m->entries = ENTRIES_FIRST;
		return true;
	}
	if (m->entries == ENTRIES_NONE || at <= 0) {
		m->entries = ENTRIES_NONE;
		return false;
	}
	bool is_first = m->entries == ENTRIES_FIRST;
	m->entries = ENTRIES_MORE;
	*line = str_head(*line, (size_t)at);
	return !is_first;
}

static bool read_frame(struct memleak *m, struct str line)
{
	struct report *r = &m->now;
	struct report_stack *stack = &r->stacks[r->count - 1];
	if (str_eq(line, STR("stack information lost"))) {
		input_warn(m->in, "stacks that were lost", STR(""));
		return true;
	}
	if (skip_entries(m, &line))
		return true;
	if (stack->depth == SAMPLES_DEPTH_MAX)
		return input_error(m->in, "stack of more than %d frames",
				   SAMPLES_DEPTH_MAX);
	ARRAY_RESERVE(r->pool, r->pool_capacity, r->pool_count + 1);
	r->pool[r->pool_count++] = find_place(m, line);
	stack->depth++;
	return true;
}

static bool is_indented(struct str line)
{
	return line.n > 0 && (line.p[0] == '\t' || line.p[0] == ' ');
}

/* What stands before the first report is of no matter; memleak has much to say. */
static bool read_line(struct memleak *m, struct str line)
{
	struct str bytes, blocks, text = str_trim(line);
	if (memleak_line_is_report(text)) {
		begin_report(m);
		return true;
	}
	if (memleak_line_stack(text, &bytes, &blocks))
		return read_stack(m, bytes, blocks);
	if (text.n == 0 || m->now.number == 0 || memleak_line_is_block(text))
		return true;
	if (m->is_in_stack && is_indented(line))
		return read_frame(m, text);
	if (!str_eq(text, STR("done")))
		input_warn(m->in, READER_NOT_UNDERSTOOD, text);
	return true;
}

/* A report that was cut off is left out, unless it is the only one. */
static void end_reports(struct memleak *m)
{
	struct report *r = &m->now;
	if (!m->is_cut || m->now.number == 0) {
		end_report(m);
		return;
	}
	input_warn(m->in, "last reports that are cut off", STR(""));
	if (r->number > 1 || r->count == 0)
		return;
	r->count--;
	r->pool_count = r->stacks[r->count].first;
	if (!r->overflow)
		r->bytes -= r->stacks[r->count].amount.of[0];
	end_report(m);
}

static bool read_lines(struct memleak *m)
{
	struct str line;
	while (input_line(m->in, &line)) {
		m->is_cut = m->in->raw.n == 0 || m->in->raw.p[m->in->raw.n - 1] != '\n';
		if (!read_line(m, line))
			return false;
	}
	if (m->in->failed)
		return false;
	end_reports(m);
	return true;
}

/* Reports */

static uint32_t find_stack(const struct report *r, const struct report_stack *stack,
			   const uint32_t *frames)
{
	uint32_t id, place = table_place(&r->table, stack->hash);
	while ((id = table_next(&r->table, stack->hash, &place)) != TABLE_END)
		if (r->stacks[id].depth == stack->depth &&
		    memcmp(r->pool + r->stacks[id].first, frames,
			   stack->depth * sizeof(*frames)) == 0)
			break;
	return id;
}

static const uint32_t *frames_of(const struct report *r, const struct report_stack *stack)
{
	return r->pool + stack->first;
}

/* Puts equal stacks together; their sums fit, or the whole was found to be too large. */
static void merge(struct report *r)
{
	uint32_t count = 0;
	for (size_t i = 0; i < r->count; i++) {
		struct report_stack stack = r->stacks[i];
		const uint32_t *frames = frames_of(r, &stack);
		stack.hash = profile_hash(frames, stack.depth, 0);
		uint32_t id = find_stack(r, &stack, frames);
		if (id == TABLE_END) {
			r->stacks[count] = stack;
			table_insert(&r->table, stack.hash, count++);
			continue;
		}
		for (int k = 0; k < 2; k++)
			if (__builtin_add_overflow(r->stacks[id].amount.of[k],
						   stack.amount.of[k],
						   &r->stacks[id].amount.of[k]))
				r->overflow = true;
	}
	r->count = count;
}

/* Where a stack holds less than in the first report, nothing has grown. */
static struct amount grown(const struct memleak *m, const struct report_stack *stack)
{
	struct amount amount = stack->amount;
	uint32_t id = find_stack(&m->first, stack, frames_of(&m->chosen, stack));
	for (int k = 0; k < 2 && id != TABLE_END; k++) {
		amount.of[k] -= m->first.stacks[id].amount.of[k];
		if (amount.of[k] < 0)
			amount.of[k] = 0;
	}
	return amount;
}

static bool choose(struct memleak *m)
{
	metrics_add(&m->metrics, STR("live"), STR("bytes"));
	metrics_add(&m->metrics, STR("live-blocks"), STR("blocks"));
	if (m->chosen.number > 1) {
		metrics_add(&m->metrics, STR("growth"), STR("bytes"));
		metrics_add(&m->metrics, STR("growth-blocks"), STR("blocks"));
	}
	bool ok = reader_choose_metric(m->in, &m->metrics, m->want, STR("live"));
	samples_metrics(m->out, &m->metrics, m->want->all_metrics);
	return ok;
}

static void push_stack(struct memleak *m, uint32_t group,
		       const struct report_stack *stack)
{
	struct amount growth = grown(m, stack);
	const int64_t values[] = {
		[LIVE] = stack->amount.of[0], [LIVE_BLOCKS] = stack->amount.of[1],
		[GROWTH] = growth.of[0], [GROWTH_BLOCKS] = growth.of[1],
	};
	for (unsigned i = 0; i < m->metrics.count; i++)
		metrics_sum(&m->metrics, i, values[i]);
	if (!m->want->all_metrics && values[m->metrics.chosen] == 0)
		return;
	for (uint32_t i = 0; i < stack->depth; i++) {
		uint32_t n;
		const uint32_t *frames = location_frames(&m->locations,
							 frames_of(&m->chosen, stack)[i],
							 &n);
		sample_push_all(m->out, frames, 0, n);
	}
	sample_end_metrics(m->out, group, values);
}

static bool push(struct memleak *m)
{
	uint32_t group = reader_group(m->profile, STR(""), &m->metrics);
	merge(&m->first);
	merge(&m->chosen);
	if (m->first.overflow || m->chosen.overflow)
		return input_fail(m->in, "the sum of a report is too large");
	for (size_t i = 0; i < m->chosen.count; i++)
		push_stack(m, group, &m->chosen.stacks[i]);
	return reader_end_metrics(m->in, m->profile, &m->metrics);
}

/* Which report */

/* What is no name of a report is told when all was read. */
static void read_wish(struct memleak *m)
{
	struct str snapshot = m->want->snapshot;
	m->want_peak = str_eq(snapshot, STR("peak"));
	if (snapshot.n == 0 || m->want_peak || str_eq(snapshot, STR("last")))
		return;
	if (!num_u64(snapshot, &m->wanted) || m->wanted == 0)
		m->wanted = NO_REPORT;
}

static bool check_wish(struct memleak *m)
{
	if (m->chosen.number > 0)
		return true;
	if (m->now.number == 0)
		return input_fail(m->in, "there is no report in it");
	if (m->wanted == NO_REPORT)
		return input_fail(m->in, "--snapshot=%.*s: reports are called 1, 2 and so "
				  "on, last or peak", STR_ARG(m->want->snapshot));
	if (m->wanted > 0)
		return input_fail(m->in, "there is no report %llu, the last one is %llu",
				  (unsigned long long)m->wanted,
				  (unsigned long long)m->now.number);
	return input_fail(m->in, "its only report is cut off in its first line");
}

static bool read_memleak(struct input *in, const struct want *want, struct samples *out)
{
	struct memleak m = {
		.in = in, .want = want, .out = out, .profile = out->profile,
	};
	locations_init(&m.locations, m.profile, want);
	read_wish(&m);
	bool ok = read_lines(&m) && check_wish(&m) && choose(&m) && push(&m);
	locations_free(&m.locations);
	report_free(&m.first);
	report_free(&m.chosen);
	report_free(&m.now);
	return ok;
}

static enum probe probe_memleak(struct str head)
{
	struct str bytes, blocks;
	uint64_t number;
	while (head.p != NULL) {
		struct str line = reader_cut_line(&head);
		if (memleak_line_is_report(line) ||
		    (memleak_line_stack(line, &bytes, &blocks) &&
		     num_u64(bytes, &number) && num_u64(blocks, &number)))
			return PROBE_SURE;
	}
	return PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
	.quality = {
		.unknown = "install debug symbols",
		.no_chains = "build the program with -fno-omit-frame-pointer",
		.rootless = "build the program with -fno-omit-frame-pointer",
	},
};

const struct reader reader_memleak = {
	.name = "memleak",
	.title = "reports of memleak, of bcc and libbpf-tools",
	.leaf_first = true,
	.options = READS_SNAPSHOT,
	.probe = probe_memleak,
	.read = read_memleak,
	.hints = &hints,
};
