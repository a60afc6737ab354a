/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Heap profiles of tcmalloc (gperftools) and of Go, which took their form over:
 *
 *	heap profile:     17:    14768 [  1164:  1343524] @ heap_v2/524288
 *	    10:    10000 [    10:    10000] @ 0x5617f990c2ca 0x5617f990c11d 0x7f16a564524a
 *	     0:        0 [     1:     2000] @ 0x5617f990c61e 0x5617f990c140 0x7f16a564524a
 *
 *	MAPPED_LIBRARIES:
 *	5617f990c000-5617f990d000 r-xp 00001000 fe:00 11141561     /opt/bin/memdemo
 *
 * https://gperftools.github.io/gperftools/heapprofile.html.  Blocks and bytes that are
 * in use, and in brackets all that were ever allocated; then return addresses, leaf
 * first.  What stands behind the last "@" of the head tells how the numbers are meant;
 * google/pprof, profile/legacy_profile.go, knows the same names.
 */
#include "read/reader.h"

#include "base/num.h"
#include "read/heaps.h"

static const struct kind {
	struct str name;
	bool is_sampled;
	unsigned per_rate;       /* the number in the head is so many times the rate */
	struct str bytes, blocks;        /* metrics that are not the usual ones */
} kinds[] = {
	{ STR("heapprofile"), .per_rate = 1 },
	{ STR("heap_v2"), .per_rate = 1, .is_sampled = true },
	{ STR("heapz_v2"), .per_rate = 1, .is_sampled = true },
	{ STR("heap"), .per_rate = 2, .is_sampled = true },
	{ STR("growth"), .bytes = STR("growth"), .blocks = STR("growth-blocks") },
	{ STR("growthz"), .bytes = STR("growth"), .blocks = STR("growth-blocks") },
	{ STR("fragmentation"), .bytes = STR("fragmentation"),
	  .blocks = STR("fragmentation-blocks") },
	{ STR("fragmentationz"), .bytes = STR("fragmentation"),
	  .blocks = STR("fragmentation-blocks") },
};

static const struct str heading = STR("heap profile:");

static const struct kind *find_kind(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static bool fail_kind(struct input *in, struct str name)
{
	struct buf known = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		buf_addf(&known, "%s%s", i ? ", " : "", kinds[i].name.p);
	input_error(in, "heap profiles of the kind '%.*s' are not known: %s",
		    (int)(name.n > 40 ? 40 : name.n), name.p, buf_cstr(&known));
	buf_free(&known);
	return false;
}

/* "heap_v2/524288" */
static bool read_kind(struct heaps *h, struct str text, const struct kind **kind,
		      uint64_t *rate)
{
	struct str rest = str_trim(text);
	struct str name = str_trim(str_cut(&rest, '/'));
	*kind = find_kind(name);
	if (*kind == NULL)
		return fail_kind(h->in, name);
	if (!(*kind)->is_sampled)
		return true;
	if (rest.n > 0 && !num_u64(rest, rate))
		return input_error(h->in, "'%.*s' is no rate of samples",
				   (int)(rest.n > 40 ? 40 : rest.n), rest.p);
	if (*rate == 0)
		input_warn(h->in, "no rate of samples, so counts stay as they are",
			   STR(""));
	*rate /= (*kind)->per_rate;
	return true;
}

/* Equal to what is in use, or 0, when the program does not count them. */
static bool tells_all(const int64_t told[HEAPS_NUMBERS])
{
	for (unsigned i = HEAPS_ALL_BLOCKS; i <= HEAPS_ALL_BYTES; i++)
		if (told[i] != 0 && told[i] != told[i - HEAPS_ALL_BLOCKS])
			return true;
	return false;
}

static bool cut_at(struct input *in, struct str *line)
{
	*line = str_trim(*line);
	if (!str_starts(*line, STR("@")))
		return input_error(in, "no '@' behind the numbers");
	*line = str_skip(*line, 1);
	return true;
}

static bool read_head(struct heaps *h, struct str line, int64_t told[HEAPS_NUMBERS])
{
	const struct kind *kind;
	uint64_t rate = 0;
	if (!str_starts(line, heading))
		return input_error(h->in, "no 'heap profile:' where it belongs");
	line = str_skip(line, heading.n);
	if (!heaps_counts(h, &line, told) || !cut_at(h->in, &line) ||
	    !read_kind(h, line, &kind, &rate))
		return false;
	struct str metrics[HEAPS_NUMBERS] = { kind->blocks, kind->bytes };
	if (kind->bytes.n > 0)
		return heaps_choose(h, metrics, 2, 0);
	return heaps_choose(h, heaps_metrics, tells_all(told) ? HEAPS_NUMBERS : 2, rate);
}

static bool read_sample(struct heaps *h, struct str line, uint32_t group)
{
	int64_t counts[HEAPS_NUMBERS];
	if (traces_is_cut(h->traces))
		return true;
	traces_begin(h->traces);
	return heaps_counts(h, &line, counts) && cut_at(h->in, &line) &&
	       traces_addresses(h->traces, line) && heaps_add(h, group, counts);
}

static bool read_samples(struct heaps *h)
{
	uint32_t group = heaps_group(h);
	struct str line;
	while (input_line(h->in, &line)) {
		struct str text = str_trim(line);
		if (maps_is_heading(line))
			return traces_map(h->traces);
		if (str_starts(text, STR("#")))
			traces_comment(h->traces, text);
		else if (str_starts(text, heading))
			return input_error(h->in, "a second profile in one file; give "
					   "them as files of their own");
		else if (text.n > 0 && !read_sample(h, text, group))
			return false;
	}
	return !h->in->failed;
}

/* The first line with something in it. */
static bool find_head(struct input *in, struct str *line)
{
	while (input_line(in, line)) {
		*line = str_trim(*line);
		if (line->n > 0 && line->p[0] != '#')
			return true;
	}
	return in->failed ? false : input_fail(in, "there is no profile in it");
}

static bool read_heapprofile(struct input *in, const struct want *want,
			     struct samples *out)
{
	struct heaps h;
	struct str line;
	int64_t told[HEAPS_NUMBERS] = { 0 };
	heaps_init(&h, in, want, out);
	bool ok = find_head(in, &line) && read_head(&h, line, told) &&
		  read_samples(&h) && heaps_push(&h, told);
	heaps_free(&h);
	return ok;
}

static enum probe probe_heapprofile(struct str head)
{
	while (head.p != NULL) {
		struct str line = str_trim(str_cut(&head, '\n'));
		if (str_starts(line, heading))
			return PROBE_SURE;
		if (line.n > 0 && !str_starts(line, STR("#")) && !str_eq(line, STR("\r")))
			return PROBE_NO;
	}
	return PROBE_NO;
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

const struct reader reader_heapprofile = {
	.name = "heapprofile",
	.title = "text heap profiles of tcmalloc (gperftools) and Go",
	.leaf_first = true,
	.options = READS_RAW_COUNTS | READS_FILES | READS_ALL_FRAMES,
	.probe = probe_heapprofile,
	.read = read_heapprofile,
	.hints = &hints,
};
