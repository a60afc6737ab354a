/* SPDX-License-Identifier: Apache-2.0 */

/*
 * CPU profiles of gperftools, CPUPROFILE=FILE, and of whatever has taken over their form:
 * words as large as a pointer, in the byte order of the machine.
 *
 *	0 3 0 10000 0           head: words behind these two, version, µs between samples
 *	8 6 0x55d0 … 0x7f54     seen 8 times; 6 addresses, leaf first
 *	0 1 0                   the end
 *	55d0000-55d1000 r-xp 00001000 fe:00 11141561     /opt/bin/demo
 *
 * https://gperftools.github.io/gperftools/cpuprofile-fileformat.html.  Behind the end
 * stands the map of the process; the first address is what was running, all others are
 * return addresses.  Where a signal handler's frame stands in its way, the first address
 * is there once more.
 *
 * Of Java, whose version is 1, addresses are numbers of places, and the table of their
 * names stands in place of the map; see javanames.c.
 */
#include "read/reader.h"

#include <inttypes.h>

#include "read/javanames.h"
#include "read/traces.h"

enum { SAMPLES, CPU, METRICS, HEAD_WORDS = 5, WORD_MAX = 8 };

/* Versions: that of programs, and the one of virtual machines. */
enum { NATIVE, JAVA };

enum head { HEAD_ZERO, HEAD_COUNT, HEAD_VERSION, HEAD_PERIOD, HEAD_PADDING };

/* How words are written. */
struct layout {
	unsigned size;           /* in bytes; 0: this is no such file */
	bool is_big;             /* the largest byte first */
};

struct gperftools {
	struct input *in;
	struct profile *profile;
	struct traces *traces;
	struct layout layout;
	bool is_java;
	struct metrics metrics;
	int64_t period;          /* in ns */
	uint32_t group;
	bool is_cut;
};

static uint64_t word_at(const char *p, struct layout l)
{
	uint64_t word = 0;
	for (unsigned i = 0; i < l.size; i++)
		word = word << 8 | (unsigned char)p[l.is_big ? i : l.size - 1 - i];
	return word;
}

static bool is_head(struct str head, struct layout l)
{
	uint64_t words[HEAD_WORDS];
	if (head.n < (size_t)HEAD_WORDS * l.size)
		return false;
	for (unsigned i = 0; i < HEAD_WORDS; i++)
		words[i] = word_at(head.p + (size_t)i * l.size, l);
	return words[HEAD_ZERO] == 0 && words[HEAD_COUNT] == 3 && words[HEAD_VERSION] <= JAVA &&
	       words[HEAD_PERIOD] > 0 && words[HEAD_PERIOD] <= INT32_MAX &&
	       words[HEAD_PADDING] == 0;
}

static struct layout find_layout(struct str head)
{
	static const struct layout layouts[] = {
		{ 8, false }, { 4, false }, { 8, true }, { 4, true },
	};
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
		if (is_head(head, layouts[i]))
			return layouts[i];
	return (struct layout){ 0 };
}

/* The next word; false at the end. */
static bool take_word(struct gperftools *g, uint64_t *word)
{
	if (!input_need(g->in, g->layout.size))
		return false;
	*word = word_at(input_ahead(g->in).p, g->layout);
	input_take(g->in, g->layout.size);
	return true;
}

/* Samples */

static bool choose_metric(struct gperftools *g, const struct want *want)
{
	static const struct str count = STR("count"), ns = STR("nanoseconds");
	struct metrics *m = &g->metrics;
	metrics_add(m, STR("samples"), STR("samples"));
	metrics_add(m, STR("cpu"), STR("ns"));
	m->items[SAMPLES].own = m->items[SAMPLES].name;
	m->items[SAMPLES].own_unit = count;
	m->items[CPU].own = m->items[CPU].name;
	m->items[CPU].own_unit = ns;
	m->samples = SAMPLES + 1;
	bool ok = reader_choose_metric(g->in, m, want, STR("cpu"));
	traces_metrics(g->traces, m);
	return ok;
}

static void keep_period(struct gperftools *g)
{
	struct recording *r = &g->profile->recording;
	g->group = reader_group(g->profile, STR(""), &g->metrics);
	profile_count_samples(g->profile);
	r->period_type = STR("cpu");
	r->period_unit = STR("nanoseconds");
	if (g->period > r->period)
		r->period = g->period;
}

static void advise_java(struct input *in)
{
	in->advice.unknown = JAVANAMES_UNKNOWN;
	in->advice.no_chains = JAVANAMES_NO_CHAINS;
}

static bool read_head(struct gperftools *g, const struct want *want)
{
	struct str head = input_peek(g->in, (size_t)HEAD_WORDS * WORD_MAX);
	g->layout = find_layout(head);
	if (g->in->failed)
		return false;
	if (g->layout.size == 0)
		return input_error_at(g->in, 0, "this is no CPU profile of gperftools");
	g->period = (int64_t)word_at(head.p + (size_t)HEAD_PERIOD * g->layout.size,
				     g->layout) * 1000;
	g->is_java = word_at(head.p + (size_t)HEAD_VERSION * g->layout.size,
			     g->layout) == JAVA;
	if (g->is_java)
		advise_java(g->in);
	input_take(g->in, (size_t)HEAD_WORDS * g->layout.size);
	if (!choose_metric(g, want))
		return false;
	keep_period(g);
	return true;
}

/* The leaf again, behind the frame of a signal handler, is left out. */
static bool read_stack(struct gperftools *g, uint64_t depth)
{
	uint64_t first = 0, address;
	traces_begin(g->traces);
	for (uint64_t i = 0; i < depth; i++) {
		if (!take_word(g, &address)) {
			g->is_cut = true;
			return !g->in->failed;
		}
		if (i == 0)
			first = address;
		if (i == 1 && address == first && !g->is_java)
			continue;
		if (!(i == 0 || g->is_java ? traces_leaf(g->traces, address) :
					     traces_address(g->traces, address)))
			return false;
	}
	return true;
}

static bool add_sample(struct gperftools *g, uint64_t count, uint64_t offset)
{
	int64_t values[METRICS] = { (int64_t)count };
	if (count > INT64_MAX ||
	    __builtin_mul_overflow(values[SAMPLES], g->period, &values[CPU]))
		return input_error_at(g->in, offset, "%" PRIu64 " samples are more than can "
				      "be counted", count);
	for (unsigned m = 0; m < METRICS; m++)
		metrics_sum(&g->metrics, m, values[m]);
	if (count > 0)
		traces_add(g->traces, g->group, values);
	return true;
}

/* "0 1 0" */
static bool is_end(struct gperftools *g, uint64_t count, uint64_t depth)
{
	if (count != 0 || depth != 1 || !input_need(g->in, g->layout.size) ||
	    word_at(input_ahead(g->in).p, g->layout) != 0)
		return false;
	input_take(g->in, g->layout.size);
	return true;
}

/* Of a program that was killed there is the beginning, without what stands at the end. */
static bool read_samples(struct gperftools *g)
{
	for (;;) {
		uint64_t count, depth, offset = input_offset(g->in);
		g->in->line = offset;
		g->is_cut = !take_word(g, &count) || !take_word(g, &depth);
		if (g->is_cut)
			break;
		if (is_end(g, count, depth))
			return true;
		if (depth > SAMPLES_DEPTH_MAX)
			return input_error_at(g->in, offset, "stack of %" PRIu64 " frames",
					      depth);
		if (!read_stack(g, depth))
			return false;
		if (g->is_cut)
			break;
		if (!add_sample(g, count, offset))
			return false;
	}
	input_warn(g->in, g->is_java ?
		   "profiles that are cut off, and end without a table of names" :
		   "profiles that are cut off, and end without a map of the process",
		   STR(""));
	return !g->in->failed;
}

/* The map of the process, or the names. */
static bool read_text(struct gperftools *g)
{
	if (g->is_cut)
		return true;
	g->in->is_binary = false;
	g->in->line = 0;
	if (!g->is_java)
		return traces_map(g->traces);
	return javanames_read(&(struct javanames){ g->in, g->profile, g->traces });
}

static bool push(struct gperftools *g)
{
	traces_push(g->traces, TRACES_DROP_HANDLER);
	return reader_end_metrics(g->in, g->profile, &g->metrics);
}

static bool read_gperftools(struct input *in, const struct want *want, struct samples *out)
{
	struct gperftools g = {
		.in = in, .profile = out->profile, .traces = traces_new(in, want, out),
	};
	in->is_binary = true;
	bool ok = read_head(&g, want) && read_samples(&g) && read_text(&g) && push(&g);
	samples_flush(out);
	traces_delete(g.traces);
	return ok && !in->failed;
}

static enum probe probe_gperftools(struct str head)
{
	return find_layout(head).size ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = TRACES_NO_LINES,
	.quality = {
		.unknown = TRACES_UNKNOWN,
		.no_chains = "build the program with -fno-omit-frame-pointer",
	},
};

const struct reader reader_gperftools = {
	.name = "gperftools",
	.title = "CPU profiles of gperftools (CPUPROFILE), also of Java",
	.leaf_first = true,
	.is_sampled = true,
	.options = READS_FILES | READS_ALL_FRAMES,
	.probe = probe_gperftools,
	.read = read_gperftools,
	.hints = &hints,
};
