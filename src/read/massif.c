/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Massif, valgrind --tool=massif:
 *
 *	desc: --threshold=0.5
 *	cmd: ./memdemo
 *	time_unit: i
 *	#-----------
 *	snapshot=69
 *	#-----------
 *	time=2283486
 *	mem_heap_B=1014768
 *	mem_heap_extra_B=1016
 *	mem_stacks_B=0
 *	heap_tree=peak
 *	n1: 1014768 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.
 *	 n0: 1014768 0x10940C: fill_a (memdemo.c:70)
 *
 * https://sourceware.org/git/?p=valgrind.git;f=massif/ms_main.c.  Most snapshots
 * tell sums alone, "heap_tree=empty"; one with a tree is shown.
 *
 * --xtree-memory-file=x.ms of all of Valgrind's tools writes the same form, where
 * each "snapshot" is another metric, and the first node of its tree says which:
 *
 *	desc: xtree.produce_report
 *	n33: 14768 curB : currently allocated Bytes
 */
#include "read/reader.h"

#include <inttypes.h>

#include "base/num.h"
#include "read/massif_tree.h"

enum tree_kind { TREE_NONE, TREE_DETAILED, TREE_PEAK };

struct snapshot {
	uint64_t number, line;
	int64_t time, heap, extra, stacks;
	enum tree_kind kind;
};

struct massif {
	struct input *in;
	const struct want *want;
	struct profile *profile;
	struct metrics metrics;
	bool is_xtree;           /* snapshots are metrics */
	bool has_timeline;

	bool in_snapshot;
	struct snapshot now;
	struct massif_tree tree;         /* of it */
	struct snapshot best;            /* that will be shown, as far as is known */
	bool found;
	struct massif_tree trees[METRICS_MAX];   /* by metric: of the best, or of all */

	uint64_t snapshots, detailed;    /* the latter have a tree */
	int64_t largest;         /* heap of all */
	bool asked_was_there;    /* want->snapshot is a number, and came by */
	struct buf with_tree;    /* the first numbers of those with a tree */
};

/* Choosing */

static bool is_asked(const struct massif *m, uint64_t number)
{
	uint64_t asked;
	return num_u64(m->want->snapshot, &asked) && asked == number;
}

static int64_t total_of(const struct snapshot *s)
{
	int64_t total;
	bool overflow = __builtin_add_overflow(s->heap, s->extra, &total) ||
			__builtin_add_overflow(total, s->stacks, &total);
	return overflow ? INT64_MAX : total;
}

static bool is_better(const struct massif *m)
{
	struct str asked = m->want->snapshot;
	const struct snapshot *now = &m->now, *best = &m->best;
	if (m->now.kind == TREE_NONE)
		return false;
	if (str_eq(asked, STR("last")) || !m->found)
		return asked.n == 0 || !num_is_digits(asked) || is_asked(m, now->number);
	if (num_is_digits(asked))
		return is_asked(m, now->number);
	if (now->kind != best->kind)
		return now->kind > best->kind;
	return total_of(now) > total_of(best);
}

/* "curB" of "curB : currently allocated Bytes" */
static struct str xtree_event(const struct massif_tree *t)
{
	struct str title = massif_tree_title(t);
	return str_trim(str_cut(&title, ':'));
}

static void keep_tree(struct massif *m, unsigned metric)
{
	struct massif_tree other = m->trees[metric];
	m->trees[metric] = m->tree;
	m->tree = other;
}

static bool keep_metric(struct massif *m)
{
	struct str event = xtree_event(&m->tree);
	if (m->now.kind == TREE_NONE)
		return input_error(m->in, "snapshot %" PRIu64 " has no tree, so it does "
				   "not say what it counts", m->now.number);
	struct str name = metrics_name(event);
	if (str_eq(name, event))
		name = profile_keep(m->profile, event);
	for (unsigned i = 0; i < m->metrics.count; i++)
		if (str_eq(m->metrics.items[i].name, name))
			return input_error(m->in, "a second snapshot of '%.*s'",
					   STR_ARG(event));
	if (m->metrics.count == METRICS_MAX)
		return input_error(m->in, "more than %d snapshots in a file of xtree",
				   METRICS_MAX);
	unsigned i = metrics_add(&m->metrics, name, str_ends(event, STR("Bk")) ?
						    STR("blocks") : STR("bytes"));
	metrics_sum(&m->metrics, i, m->tree.bytes);
	keep_tree(m, i);
	return true;
}

static void keep_best(struct massif *m)
{
	if (!is_better(m))
		return;
	keep_tree(m, 0);
	m->best = m->now;
	m->found = true;
}

static void note_number(struct massif *m)
{
	if (m->now.kind != TREE_NONE && m->detailed++ < 10)
		buf_addf(&m->with_tree, "%s%" PRIu64, m->detailed > 1 ? ", " : "",
			 m->now.number);
	m->asked_was_there |= is_asked(m, m->now.number);
	if (m->now.heap > m->largest)
		m->largest = m->now.heap;
	if (m->has_timeline && !m->is_xtree)
		timeline_add(&m->profile->timeline, (uint64_t)m->now.time, m->now.heap);
}

static bool end_snapshot(struct massif *m)
{
	if (!m->in_snapshot)
		return true;
	m->in_snapshot = false;
	m->snapshots++;
	if (massif_tree_waits(&m->tree))
		input_warn(m->in, "trees with fewer nodes than they announce", STR(""));
	if (m->now.kind != TREE_NONE && m->tree.bytes != m->now.heap)
		input_warn_at(m->in, m->now.line, "trees with another sum than mem_heap_B",
			      STR(""));
	note_number(m);
	if (m->is_xtree)
		return keep_metric(m);
	keep_best(m);
	return true;
}

/* Lines */

static bool read_number(struct massif *m, struct str text, int64_t *value)
{
	uint64_t n;
	if (!num_u64(text, &n) || n > INT64_MAX >> 1)
		return input_error(m->in, "'%.*s' is no number below 2^62", STR_ARG(text));
	*value = (int64_t)n;
	return true;
}

static bool begin_snapshot(struct massif *m, struct str number)
{
	int64_t n = 0;
	if (!end_snapshot(m) || !read_number(m, number, &n))
		return false;
	m->now = (struct snapshot){ .number = (uint64_t)n, .line = m->in->line };
	m->in_snapshot = true;
	massif_tree_clear(&m->tree);
	return true;
}

static bool read_kind(struct massif *m, struct str word)
{
	if (str_eq(word, STR("empty")))
		m->now.kind = TREE_NONE;
	else if (str_eq(word, STR("detailed")))
		m->now.kind = TREE_DETAILED;
	else if (str_eq(word, STR("peak")))
		m->now.kind = TREE_PEAK;
	else
		return input_error(m->in, "'%.*s' is no kind of tree", STR_ARG(word));
	return true;
}

static void read_unit(struct massif *m, struct str unit)
{
	m->profile->timeline.unit = str_eq(unit, STR("i")) ? STR("instrs") :
		str_eq(unit, STR("B")) ? STR("bytes") : profile_keep(m->profile, unit);
}

static bool read_head(struct massif *m, struct str line)
{
	if (m->snapshots > 0 || m->in_snapshot)
		return input_error(m->in, "a second profile in one file; give them as "
				   "files of their own");
	if (str_take(&line, STR("desc:")))
		m->is_xtree |= str_starts(str_trim(line), STR("xtree"));
	else if (str_take(&line, STR("cmd:")) && m->profile->title.n == 0)
		m->profile->title = profile_keep(m->profile, str_trim(line));
	else if (str_take(&line, STR("time_unit:")) && m->has_timeline)
		read_unit(m, str_trim(line));
	return true;
}

static bool is_head(struct str line)
{
	return str_starts(line, STR("desc:")) || str_starts(line, STR("cmd:")) ||
	       str_starts(line, STR("time_unit:"));
}

static bool read_node(struct massif *m, struct str line)
{
	if (!m->in_snapshot || m->now.kind == TREE_NONE)
		return input_error(m->in, "a node without a tree");
	const char *wrong = massif_tree_add(&m->tree, line);
	return !wrong || input_error(m->in, "%s", wrong);
}

static bool read_line(struct massif *m, struct str line)
{
	if (line.n == 0 || line.p[0] == '#')
		return true;
	if (line.p[0] == ' ' || line.p[0] == 'n')
		return read_node(m, line);
	if (is_head(line))
		return read_head(m, line);
	if (str_take(&line, STR("snapshot=")))
		return begin_snapshot(m, line);
	if (!m->in_snapshot)
		return input_error(m->in, "no snapshot where one belongs");
	if (str_take(&line, STR("time=")))
		return read_number(m, line, &m->now.time);
	if (str_take(&line, STR("mem_heap_B=")))
		return read_number(m, line, &m->now.heap);
	if (str_take(&line, STR("mem_heap_extra_B=")))
		return read_number(m, line, &m->now.extra);
	if (str_take(&line, STR("mem_stacks_B=")))
		return read_number(m, line, &m->now.stacks);
	if (str_take(&line, STR("heap_tree=")))
		return read_kind(m, line);
	input_warn(m->in, READER_NOT_UNDERSTOOD, line);
	return true;
}

/* The end */

static bool fail_no_tree(struct massif *m)
{
	return input_fail(m->in, "no snapshot has a tree; record with --detailed-freq=1");
}

static bool fail_number(struct massif *m)
{
	if (!m->asked_was_there)
		return input_fail(m->in, "there is no snapshot %.*s, of %" PRIu64
				  " that it has", STR_ARG(m->want->snapshot), m->snapshots);
	if (m->detailed == 0)
		return fail_no_tree(m);
	return input_fail(m->in, "snapshot %.*s has no tree; these have one: %s%s",
			  STR_ARG(m->want->snapshot), buf_cstr(&m->with_tree),
			  m->detailed > 10 ? ", ..." : "");
}

static bool check_found(struct massif *m)
{
	struct str asked = m->want->snapshot;
	if (m->snapshots == 0)
		return input_fail(m->in, "there is no snapshot");
	if (m->is_xtree && asked.n > 0)
		return input_fail(m->in, "its snapshots are metrics; choose one with "
				  "--metric");
	if (num_is_digits(asked) && !m->found)
		return fail_number(m);
	if (!m->found && !m->is_xtree && m->largest > 0)
		return fail_no_tree(m);
	bool peak = asked.n == 0 || str_eq(asked, STR("peak"));
	if (m->found && peak && !m->is_xtree && m->best.kind != TREE_PEAK)
		input_warn_at(m->in, m->best.line, "no snapshot of the peak; the largest "
			      "one with a tree is shown", STR(""));
	return true;
}

/* That of the peak has a name of its own. */
static void add_metric(struct massif *m)
{
	bool peak = !m->found || m->best.kind == TREE_PEAK || m->want->snapshot.n == 0 ||
		    str_eq(m->want->snapshot, STR("peak"));
	metrics_add(&m->metrics, peak ? STR("peak") : STR("live"), STR("bytes"));
	metrics_sum(&m->metrics, 0, m->trees[0].bytes);
}

static void push_trees(struct massif *m, struct samples *out)
{
	const struct metrics *metrics = &m->metrics;
	uint32_t group = reader_group(m->profile, STR(""), metrics);
	struct framestack places;
	framestack_init(&places, m->profile, m->want);
	samples_metrics(out, metrics, m->want->all_metrics);
	for (unsigned i = 0; i < metrics->count; i++)
		if (i == metrics->chosen || m->want->all_metrics)
			massif_tree_push(&m->trees[i], &places, out, group, i);
	framestack_free(&places);
}

static bool push_all(struct massif *m, struct samples *out)
{
	if (!m->is_xtree)
		add_metric(m);
	if (!reader_choose_metric(m->in, &m->metrics, m->want, STR("total")))
		return false;
	push_trees(m, out);
	return reader_end_metrics(m->in, m->profile, &m->metrics);
}

static bool check_want(struct massif *m)
{
	struct str asked = m->want->snapshot;
	if (asked.n == 0 || num_is_digits(asked) || str_eq(asked, STR("peak")) ||
	    str_eq(asked, STR("last")))
		return true;
	return input_fail(m->in, "--snapshot is a number, peak or last, not '%.*s'",
			  STR_ARG(asked));
}

static bool read_lines(struct massif *m)
{
	struct str line;
	while (input_line(m->in, &line)) {
		/* What was cut off may look like a smaller number. */
		if (!str_ends(m->in->raw, STR("\n"))) {
			input_warn(m->in, "lines cut off at the end", line);
			break;
		}
		if (!read_line(m, line))
			return false;
	}
	return !m->in->failed && end_snapshot(m);
}

static bool read_massif(struct input *in, const struct want *want, struct samples *out)
{
	struct massif m = {
		.in = in, .want = want, .profile = out->profile,
		.has_timeline = out->profile->timeline.count == 0,
	};
	bool ok = read_lines(&m) && check_want(&m) && check_found(&m) && push_all(&m, out);
	massif_tree_free(&m.tree);
	for (int i = 0; i < METRICS_MAX; i++)
		massif_tree_free(&m.trees[i]);
	buf_free(&m.with_tree);
	return ok && !in->failed;
}

static enum probe probe_massif(struct str head)
{
	static const struct str starts[] = {
		STR("desc:"), STR("cmd:"), STR("time_unit:"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (!str_starts(str_cut(&head, '\n'), starts[i]))
			return PROBE_NO;
	return PROBE_SURE;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines; build the program with -g",
	.quality = {
		.unknown = "install debug symbols",
		.no_chains = "record with --depth=30",
		.rootless = "record with --depth=100 --threshold=0",
	},
};

const struct reader reader_massif = {
	.name = "massif",
	.title = "output of Massif (valgrind --tool=massif)",
	.leaf_first = true,
	.options = READS_SNAPSHOT,
	.probe = probe_massif,
	.read = read_massif,
	.hints = &hints,
};
