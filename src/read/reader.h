/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_READER_H
#define READ_READER_H

#include "io/input.h"
#include "model/quality.h"
#include "model/samples.h"
#include "model/want.h"

/*
 * A profile format that can be read: one file, one struct, one line in
 * registry.c.
 *
 * A reader takes bytes from the input and hands samples over; its state is its
 * local variables.  It prints nothing: what cannot be read is an input_error(),
 * what can be lived with an input_warn().  What it allocates it frees before it
 * returns, or takes from the arena of the input.
 */

/*
 * The oddity of a line that is nothing of the format; a file of mostly such
 * lines is something else.
 */
#define READER_NOT_UNDERSTOOD "lines not understood"

/*
 * How sure a probe is.  The strongest claim wins; two equal ones are a defect
 * that t/registry.t finds.
 */
enum probe {
	PROBE_NO,
	PROBE_MAYBE,             /* could be: accepted when nobody claims more */
	PROBE_LIKELY,
	PROBE_SURE,
};

/*
 * What people are told when they ask for what the input does not have: the words
 * behind "the input has no ", with how to record it; and how to record better.
 */
struct reader_hints {
	const char *pids, *cpus, *lines;
	struct quality_advice quality;
};

/* Options that only some formats have a use for: elsewhere they are an error. */
enum reader_option {
	READS_WINDOW = 1,        /* want->window */
	READS_SNAPSHOT = 2,
	READS_SUPPRESSIONS = 4,
	READS_RAW_COUNTS = 8,
	READS_FILES = 16,        /* want->sysroot, want->maps */
	READS_LABELS = 32,       /* want->tagroot, want->tagleaf */
	READS_ALL_FRAMES = 64,   /* want->all_frames */
};

struct reader {
	const char *name;        /* as typed after -f */
	const char *title;       /* as shown by --list-formats */
	bool leaf_first;         /* order in which it pushes frames */
	bool is_digest;          /* of a profile that another program has accounted for */
	bool is_sampled;         /* what it reads are moments, not calls */
	unsigned options;        /* enum reader_option */

	/* Looks at the start of the text, without I/O, allocation or state. */
	enum probe (*probe)(struct str head);

	/* Reads all of the input.  False after an error. */
	bool (*read)(struct input *, const struct want *, struct samples *);

	/*
	 * Lines for people about the recording as a whole, as far as they can be had
	 * without reading all of it.  False after an error.  NULL: nothing is told.
	 */
	bool (*describe)(struct input *, struct buf *out);

	/*
	 * The last place in the block where it can be cut so that both halves
	 * can be read apart, or NULL when there is none.  No such function:
	 * the format cannot be cut.
	 */
	const char *(*split)(struct str block);

	const struct reader_hints *hints;    /* may be NULL */
};

/*
 * metrics_choose(), and profile_metrics() at the end, with an error of the input where
 * they say no.
 */
bool reader_choose_metric(struct input *, struct metrics *, const struct want *,
			  struct str usual);
bool reader_end_metrics(struct input *, struct profile *, const struct metrics *);

/* The same choice with an error of the line read last. */
bool reader_choose_metric_here(struct input *, struct metrics *, const struct want *,
			       struct str usual);

/* The group of all samples, of which nothing but an event is known, in the chosen unit. */
uint32_t reader_group(struct profile *, struct str event, const struct metrics *);

/* All readers, NULL-terminated, in no order that matters. */
extern const struct reader *const readers[];

/* The reader of this name, NULL when there is none. */
const struct reader *reader_find(struct str name);

/* The reader that claims the text most strongly; NULL when nobody does. */
const struct reader *reader_probe(struct str head);

/* For probes: cuts the first line off, and returns it without its end. */
static inline struct str reader_cut_line(struct str *head)
{
	struct str line = str_cut(head, '\n');
	line.n -= str_ends(line, STR("\r"));
	return line;
}

/*
 * For text that no reader claims: what it is and what to do about it ("this is
 * a perf.data file; run perf script -i FILE"), or NULL when that is not known.
 */
const char *reader_advice(struct str head);

#endif
