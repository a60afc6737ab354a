/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	  17:    14768 [  1164:  1343524] @ 0x5617f990c2ca 0x5617f990c11d
 *
 * Blocks and bytes in use, then all that were ever allocated.
 */
#include "read/heaps.h"

#include "base/num.h"
#include "read/reader.h"

/* The order in which people look for them. */
static const enum heaps_number listed[HEAPS_NUMBERS] = {
	HEAPS_BYTES, HEAPS_BLOCKS, HEAPS_ALL_BYTES, HEAPS_ALL_BLOCKS,
};

const struct str heaps_metrics[HEAPS_NUMBERS] = {
	[HEAPS_BLOCKS] = STR("live-blocks"), [HEAPS_BYTES] = STR("live"),
	[HEAPS_ALL_BLOCKS] = STR("blocks"), [HEAPS_ALL_BYTES] = STR("total"),
};

/* What google/pprof calls them. */
static const struct str pprof[HEAPS_NUMBERS] = {
	[HEAPS_BLOCKS] = STR("inuse_objects"), [HEAPS_BYTES] = STR("inuse_space"),
	[HEAPS_ALL_BLOCKS] = STR("alloc_objects"), [HEAPS_ALL_BYTES] = STR("alloc_space"),
};

void heaps_init(struct heaps *h, struct input *in, const struct want *want,
		struct samples *out)
{
	*h = (struct heaps){
		.in = in, .want = want, .profile = out->profile,
		.traces = traces_new(in, want, out),
	};
}

void heaps_free(struct heaps *h)
{
	traces_delete(h->traces);
}

bool heaps_choose(struct heaps *h, const struct str names[], unsigned numbers,
		  uint64_t rate)
{
	h->numbers = numbers;
	h->unsample.rate = h->want->raw_counts ? 0 : (double)rate;
	for (unsigned i = 0; i < HEAPS_NUMBERS; i++) {
		enum heaps_number number = listed[i];
		if (number >= numbers)
			continue;
		bool is_blocks = number % 2 == HEAPS_BLOCKS;
		unsigned m = metrics_add(&h->metrics, names[number],
					 is_blocks ? STR("blocks") : STR("bytes"));
		h->metrics.items[m].is_estimate = h->unsample.rate > 1;
		h->metrics.items[m].own = pprof[number];
		h->metrics.items[m].own_unit = is_blocks ? STR("count") : STR("bytes");
	}
	bool ok = reader_choose_metric_here(h->in, &h->metrics, h->want, names[HEAPS_BYTES]);
	traces_metrics(h->traces, &h->metrics);
	return ok;
}

/* Lines */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool fail_number(struct input *in, struct str word)
{
	int shown = (int)(word.n > 40 ? 40 : word.n);
	if (num_is_digits(word))
		return input_error(in, "%.*s is too large", shown, word.p);
	return input_error(in, "'%.*s' is no number of blocks or bytes", shown, word.p);
}

/* A number from 0 on and the character behind it, with blanks around it. */
static bool cut_count(struct input *in, struct str *line, char end, int64_t *count)
{
	uint64_t value;
	ptrdiff_t at = str_chr(*line, end);
	struct str word = str_trim(at < 0 ? *line : str_head(*line, (size_t)at));
	if (at < 0)
		return input_error(in, "no '%c' behind a number", end);
	if (!num_u64(word, &value) || value > INT64_MAX)
		return fail_number(in, word);
	*count = (int64_t)value;
	*line = str_skip(*line, (size_t)at + 1);
	return true;
}

static bool cut_open(struct input *in, struct str *line)
{
	while (line->n > 0 && is_blank(line->p[0]))
		*line = str_skip(*line, 1);
	if (!str_starts(*line, STR("[")))
		return input_error(in, "no '[' in front of all that was allocated");
	*line = str_skip(*line, 1);
	return true;
}

/* "14768 [": up to the bracket, which stays. */
static bool cut_bytes(struct input *in, struct str *line, int64_t *bytes)
{
	ptrdiff_t at = str_chr(*line, '[');
	if (at < 0)
		return input_error(in, "no '[' in front of all that was allocated");
	struct str rest = str_skip(*line, (size_t)at);
	if (!cut_count(in, line, '[', bytes))
		return false;
	*line = rest;
	return true;
}

bool heaps_counts(struct heaps *h, struct str *line, int64_t counts[HEAPS_NUMBERS])
{
	struct input *in = h->in;
	if (!cut_count(in, line, ':', &counts[HEAPS_BLOCKS]) ||
	    !cut_bytes(in, line, &counts[HEAPS_BYTES]) || !cut_open(in, line) ||
	    !cut_count(in, line, ':', &counts[HEAPS_ALL_BLOCKS]) ||
	    !cut_count(in, line, ']', &counts[HEAPS_ALL_BYTES]))
		return false;
	for (unsigned i = 0; i < HEAPS_NUMBERS; i += 2)
		if (counts[i] == 0 && counts[i + 1] > 0)
			return input_error(in, "%lld bytes in 0 blocks",
					   (long long)counts[i + 1]);
	return true;
}

/* Samples */

bool heaps_add(struct heaps *h, uint32_t group, const int64_t counts[HEAPS_NUMBERS])
{
	int64_t values[HEAPS_NUMBERS];
	for (unsigned i = 0; i < HEAPS_NUMBERS; i++) {
		values[i] = counts[i];
		if (__builtin_add_overflow(h->seen[i], counts[i], &h->seen[i]))
			h->seen[i] = INT64_MAX;
	}
	for (unsigned i = 0; i < h->numbers; i += 2)
		if (!unsample(&h->unsample, i, &values[i], &values[i + 1]))
			return input_error(h->in, "what these samples stand for is too "
					   "large");
	int64_t by_metric[HEAPS_NUMBERS];
	for (unsigned m = 0, i = 0; i < HEAPS_NUMBERS; i++)
		if (listed[i] < h->numbers) {
			by_metric[m] = values[listed[i]];
			metrics_sum(&h->metrics, m++, values[listed[i]]);
		}
	traces_add(h->traces, group, by_metric);
	return true;
}

uint32_t heaps_group(const struct heaps *h)
{
	return reader_group(h->profile, STR(""), &h->metrics);
}

bool heaps_push(struct heaps *h, const int64_t told[HEAPS_NUMBERS])
{
	heaps_group(h);          /* where nothing was counted, there is a profile, too */
	for (unsigned i = 0; told && i < h->numbers; i++)
		if (!traces_check_sum(h->traces, h->seen[i], told[i]))
			break;
	traces_push(h->traces, TRACES_DROP_ALLOCATOR);
	return reader_end_metrics(h->in, h->profile, &h->metrics);
}
