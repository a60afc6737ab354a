/* SPDX-License-Identifier: Apache-2.0 */
#include "model/metrics.h"

#include <math.h>

#include "base/alloc.h"
#include "base/num.h"

enum { OTHERS_SHOWN = 4, SPELLINGS = 6 };

/*
 * What the questions are called here, for people, and elsewhere: by the keys of
 * DHAT, the sample types of pprof, the columns of heaptrack.  Those that are no
 * detail stand in the order in which their totals are shown.
 */
static const struct known {
	struct str name;
	struct str words;        /* in front of a quantity; none: the unit says it */
	struct str nothing;
	bool is_detail;          /* its total tells little beside another metric */
	const char *elsewhere[SPELLINGS];
} known[] = {
	{ STR("peak"), STR("peak"), STR("nothing was allocated"), false, { "gb" } },
	{ STR("live"), STR("live"), STR("nothing is live"), false,
	  { "inuse_space", "in-use", "outstanding" } },
	{ STR("total"), STR("total"), STR("nothing was counted"), false,
	  { "tb", "bytes", "alloc_space", "totB" } },
	{ STR("definite"), STR("definitely lost"), STR("nothing was definitely lost"), false,
	  { "definitely-lost" } },
	{ STR("direct"), STR("directly lost"), STR("nothing was directly lost"), false,
	  { NULL } },
	{ STR("indirect"), STR("indirectly lost"), STR("nothing was indirectly lost"), false,
	  { "indirectly-lost", "IB" } },
	{ STR("possible"), STR("possibly lost"), STR("nothing was possibly lost"), false,
	  { "possibly-lost", "PB" } },
	{ STR("reachable"), STR("still reachable"), STR("nothing is reachable"), false,
	  { "still-reachable", "RB" } },
	{ STR("leaked"), STR("at end"), STR("nothing was leaked"), false,
	  { "eb", "leaks", "leak", "curB" } },
	{ STR("suppressed"), STR("suppressed"), STR("nothing was suppressed"), false,
	  { NULL } },
	{ STR("blocks"), STR(""), STR("nothing was counted"), false,
	  { "tbk", "allocations", "allocs", "alloc_objects", "totBk" } },
	{ STR("time"), STR(""), STR("no time was spent"), false, { NULL } },
	{ STR("samples"), STR(""), STR("no sample was taken"), false, { NULL } },
	{ STR("traced"), STR("traced"), STR("no time went by"), false, { NULL } },
	{ STR("calls"), STR(""), STR("nothing was called"), false, { NULL } },
	{ STR("delay"), STR("delay"), STR("nothing has waited"), false, { NULL } },
	{ STR("contentions"), STR(""), STR("nothing has waited"), false, { NULL } },
	{ STR("goroutine"), STR(""), STR("there was no goroutine"), false,
	  { "goroutines" } },
	{ STR("thread"), STR(""), STR("there was no thread"), false, { NULL } },
	{ STR("threadcreate"), STR(""), STR("no thread was made"), false, { "threads" } },
	{ STR("errors"), STR(""), STR("nothing was wrong"), false, { NULL } },
	{ STR("peak-blocks"), STR("at the peak"), STR("nothing was allocated"), true,
	  { "gbk" } },
	{ STR("live-blocks"), STR("live"), STR("nothing is live"), true,
	  { "inuse_objects" } },
	{ STR("leaked-blocks"), STR("at end"), STR("nothing was leaked"), true,
	  { "ebk", "curBk" } },
	{ STR("growth"), STR("growth"), STR("nothing has grown"), true, { NULL } },
	{ STR("fragmentation"), STR("fragmentation"), STR("nothing is fragmented"), true,
	  { NULL } },
	{ STR("freed"), STR("freed"), STR("nothing was freed"), true, { "totFdB" } },
	{ STR("freed-blocks"), STR("freed"), STR("nothing was freed"), true,
	  { "totFdBk" } },
	{ STR("definite-blocks"), STR("definitely lost"),
	  STR("nothing was definitely lost"), true, { "DBk" } },
	{ STR("indirect-blocks"), STR("indirectly lost"),
	  STR("nothing was indirectly lost"), true, { "IBk" } },
	{ STR("possible-blocks"), STR("possibly lost"),
	  STR("nothing was possibly lost"), true, { "PBk" } },
	{ STR("reachable-blocks"), STR("still reachable"), STR("nothing is reachable"),
	  true, { "RBk" } },
	{ STR("temporary"), STR("temporary"), STR("nothing was temporary"), true,
	  { NULL } },
	{ STR("temporary-by-index"), STR("temporary by index"),
	  STR("nothing was temporary"), true, { NULL } },
	{ STR("lifetime"), STR("lifetime"), STR("no block lived for long"), true,
	  { "tl", "tli" } },
	{ STR("reads"), STR("read"), STR("nothing was read"), true, { "rb" } },
	{ STR("writes"), STR("written"), STR("nothing was written"), true, { "wb" } },
	{ STR("site-peak"), STR("peaks of each site"), STR("nothing was allocated"),
	  true, { "mb" } },
	{ STR("site-peak-blocks"), STR("peaks of each site"),
	  STR("nothing was allocated"), true, { "mbk" } },
};

static const struct known *find_exactly(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(known[i].name, name))
			return &known[i];
	return NULL;
}

/* "growth-blocks" is the same question as "growth", asked in another unit. */
static struct str without_unit(struct str name)
{
	static const struct str units[] = { STR("-blocks"), STR("-bytes") };
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_ends(name, units[i]))
			return str_head(name, name.n - units[i].n);
	return name;
}

static const struct known *find_known(struct str name)
{
	const struct known *k = find_exactly(name);
	return k ? k : find_exactly(without_unit(name));
}

static bool is_detail(struct str name)
{
	const struct known *k = find_known(name);
	return k && (k->is_detail || !str_eq(k->name, name));
}

bool metrics_is(struct str name, struct str asked)
{
	const struct known *k = find_exactly(name);
	if (str_eq(name, asked))
		return true;
	for (int i = 0; k && i < SPELLINGS && k->elsewhere[i]; i++)
		if (str_eq(str_of(k->elsewhere[i]), asked))
			return true;
	return false;
}

struct str metrics_name(struct str elsewhere)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (metrics_is(known[i].name, elsewhere))
			return known[i].name;
	return elsewhere;
}

void metrics_add_word(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		buf_addc(out, (unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f ?
			 '-' : text.p[i]);
}

static const struct { struct str unit, word; } long_units[] = {
	{ STR("ns"), STR("nanoseconds") }, { STR("us"), STR("microseconds") },
	{ STR("ms"), STR("milliseconds") }, { STR("s"), STR("seconds") },
};

struct str metrics_long_unit(struct str unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(long_units); i++)
		if (str_eq(long_units[i].unit, unit))
			return long_units[i].word;
	return unit;
}

struct str metrics_short_unit(struct str unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(long_units); i++)
		if (str_eq(long_units[i].word, unit))
			return long_units[i].unit;
	return unit;
}

bool metrics_is_unit(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
		if (!letter && c < 0x80 && (i == 0 || c != '-'))
			return false;
	}
	return s.n > 0 && s.n <= 32;
}

struct str metrics_words(struct str name)
{
	const struct known *k = find_known(name);
	return k ? k->words : name;
}

struct str metrics_nothing(struct str name)
{
	const struct known *k = find_known(name);
	return k ? k->nothing : STR("nothing was counted");
}

/* Lists */

unsigned metrics_add(struct metrics *m, struct str name, struct str unit)
{
	unsigned i = m->count < METRICS_MAX ? m->count++ : METRICS_MAX - 1;
	m->items[i] = (struct metric){ .name = name, .unit = unit, .column = i };
	return i;
}

static bool find(const struct metrics *m, struct str name, unsigned *at)
{
	for (*at = 0; *at < m->count; ++*at)
		if (str_eq(m->items[*at].name, name))
			return true;
	return false;
}

/* A name of its own comes before one from elsewhere. */
static bool find_asked(const struct metrics *m, struct str asked, unsigned *at)
{
	if (find(m, asked, at))
		return true;
	for (*at = 0; *at < m->count; ++*at)
		if (metrics_is(m->items[*at].name, asked))
			return true;
	return false;
}

bool metrics_choose(struct metrics *m, const struct want *want, struct str usual,
		    struct buf *why)
{
	if (!find(m, usual, &m->usual))
		m->usual = 0;
	m->chosen = m->usual;
	if (want->metric.n == 0 || str_eq(want->metric, STR("weight")) ||
	    find_asked(m, want->metric, &m->chosen)) {
		m->answered = true;
		return m->count > 0;
	}
	buf_addf(why, "no metric '%.*s': ", STR_ARG(want->metric));
	for (unsigned i = 0; i < m->count; i++)
		buf_addf(why, "%s%.*s", i ? ", " : "", STR_ARG(m->items[i].name));
	m->chosen = m->usual;
	return false;
}

static void remove_item(struct metrics *m, unsigned at)
{
	m->count--;
	memmove(&m->items[at], &m->items[at + 1], (m->count - at) * sizeof(m->items[0]));
	m->chosen -= m->chosen > at;
	if (m->samples)
		m->samples = m->samples - 1 == at ? 0 : m->samples - (m->samples - 1 > at);
	m->usual = m->usual == at ? m->chosen : m->usual - (m->usual > at);
}

void metrics_sum_decimal(struct metrics *m, unsigned i, struct decimal value)
{
	struct metric *metric = &m->items[i];
	struct decimal total = { metric->total, metric->scale };
	unsigned scale = value.scale > total.scale ? value.scale : total.scale;
	if (!num_rescale(&total, scale) || !num_rescale(&value, scale)) {
		metric->overflow = true;
		return;
	}
	metric->total = total.digits;
	metric->scale = scale;
	metrics_sum(m, i, value.digits);
}

bool metrics_join(struct metrics *m, const struct metrics *more, struct buf *why)
{
	const struct metric *a = &m->items[m->chosen], *b = &more->items[more->chosen];
	if (m->count == 0) {
		*m = *more;
		return true;
	}
	if (!str_eq(a->name, b->name)) {
		buf_addf(why, "counts '%.*s', the file before '%.*s'; choose with "
			 "--metric", STR_ARG(b->name), STR_ARG(a->name));
		return false;
	}
	for (unsigned i = m->count; i-- > 0;) {
		unsigned at;
		struct metric *item = &m->items[i];
		if (!find(more, item->name, &at) ||
		    !str_eq(item->unit, more->items[at].unit)) {
			if (i != m->chosen)
				remove_item(m, i);
			continue;
		}
		metrics_sum_decimal(m, i, (struct decimal){ more->items[at].total,
							    more->items[at].scale });
		item->overflow |= more->items[at].overflow;
		item->is_estimate |= more->items[at].is_estimate;
	}
	return true;
}

/* Words */

void metrics_add_total(struct buf *out, const struct metric *m)
{
	struct str words = metrics_words(m->name);
	buf_add(out, words);
	if (words.n)
		buf_addc(out, ' ');
	num_add_quantity(out, (double)m->total / pow(10, m->scale), m->unit);
}

/* How early its total is shown; those that are no detail, and the file's own. */
static size_t rank(struct str name)
{
	const struct known *k = find_exactly(name);
	return k ? (size_t)(k - known) : ARRAY_SIZE(known);
}

/* What is live is leaked, or suppressed where there is anything of that. */
static bool is_told_by_others(const struct metrics *m, const struct metric *item)
{
	unsigned leaked;
	if (str_eq(item->name, STR("live")))
		return find(m, STR("leaked"), &leaked);
	return str_eq(item->name, STR("suppressed")) && item->total == 0;
}

bool metrics_is_other(const struct metrics *m, unsigned i)
{
	const struct metric *item = &m->items[i];
	return i != m->chosen && !item->overflow && !is_detail(item->name) &&
	       !is_told_by_others(m, item);
}

/* What options have left out is never left out here. */
static bool is_always_told(struct str name)
{
	return str_eq(name, STR("suppressed"));
}

void metrics_add_others(struct buf *out, const struct metrics *m, struct str separator,
			bool with_samples)
{
	unsigned shown = 0;
	for (size_t r = 0; r <= ARRAY_SIZE(known); r++)
		for (unsigned i = 0; i < m->count; i++) {
			const struct metric *item = &m->items[i];
			if (rank(item->name) != r || !metrics_is_other(m, i) ||
			    (!with_samples && i + 1 == m->samples) ||
			    (shown >= OTHERS_SHOWN && !is_always_told(item->name)))
				continue;
			if (shown++)
				buf_add(out, separator);
			metrics_add_total(out, item);
		}
}
