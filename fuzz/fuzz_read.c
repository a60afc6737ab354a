/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Any bytes through any reader, and what was read through all that follows:
 * stacks are chosen and sorted, the tree is built, folded text is written and
 * read again, which must give the same text, and a picture is drawn, which must
 * be well-formed XML.
 *
 *	byte 0    which reader, as counted by --list-formats; more than there are:
 *	          with options that only some readers have
 *	byte 1    low half: size of the blocks read; high half: what is wanted
 *	the rest  the file
 *
 * With libFuzzer it is a fuzz target.  Without, it has a main() that replays
 * files: "fuzz_read FILE..." inputs of the fuzzer, "fuzz_read -f FORMAT FILE..."
 * files as they are, in all ways of reading; "fuzz_read -s FORMAT FILE > SEED"
 * makes an input of the fuzzer from a file.
 */
#include "../t/fold.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/inflate.h"
#include "model/filter.h"
#include "model/quality.h"
#include "model/tree.h"
#include "write/svg.h"
#include "write/top_flame.h"
#include "write/top_views.h"

enum { HEAD = 2, WAYS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const size_t block_sizes[16] = {
	1, 2, 3, 5, 7, 8, 13, 16, 33, 61, 64, 127, 256, 1000, 4096, 256 * 1024,
};

static const char *const some_events[] = { "c*", "instructions" };

static const struct want wants[WAYS] = {
	[0] = { .names.style = NAMES_NOARGS },
	[1] = { .names.style = NAMES_FULL, .group_by = GROUP_TID, .addrs = true },
	[2] = { .names.style = NAMES_SHORT, .group_by = GROUP_NONE },
	[3] = { .names = { .style = NAMES_TEMPLATE, .template_depth = 1 } },
	[4] = { .names.style = NAMES_NOARGS, .granularity = GRANULARITY_LINES },
	[5] = { .names.style = NAMES_NOARGS, .granularity = GRANULARITY_ADDRESSES,
		.group_by = GROUP_CPU },
	[6] = { .names.style = NAMES_NOARGS, .granularity = GRANULARITY_FILES,
		.no_inline = true },
	[7] = { .names.style = NAMES_FULL, .granularity = GRANULARITY_FILEFUNCTIONS,
		.group_by = GROUP_MODULE },
	[8] = { .names.style = NAMES_FULL, .group_by = GROUP_EVENT, .in_order = true },
	[9] = { .names.style = NAMES_NOARGS, .compat = true, .first_event = true },
	[10] = { .names.style = NAMES_NOARGS, .reverse = true },
	[11] = { .names.style = NAMES_NOARGS, .relative = true },
	[12] = { .names.style = NAMES_SHORT, .tags = ~0u },
	[13] = { .names.style = NAMES_NOARGS, .event_filter = some_events,
		 .event_filter_count = 2 },
	[14] = { .names.style = NAMES_NOARGS, .columns = 2, .group_by = GROUP_PID },
	[15] = { .names.style = NAMES_NOARGS, .columns = 1, .no_inline = true,
		 .unit = { "bytes", 5 } },
};

static const char *const metrics[] = {
	"", "total", "live", "leaked", "growth", "temporary", "blocks", "definite",
	"lifetime",
};

/* Filters that go together, done in this order; some ways have none. */
static const struct filtering {
	enum filter_kind kind;
	const char *text;
} filterings[][5] = {
	{ { 0 } },
	{ { FILTER_SKIP_AFTER, "main" }, { FILTER_NO_IDLE, "" }, { FILTER_DEPTH, "9" } },
	{ { FILTER_SHOW_FROM, "a.*[b-k]" }, { FILTER_BASE, "main" },
	  { FILTER_COLLAPSE_CYCLE, "" }, { FILTER_MIN, "3" } },
	{ { FILTER_RENAME, "s/([a-f]+)(.?)/<$2;$1>/g" }, { FILTER_MIN, "10" },
	  { FILTER_REVERSE, "" }, { FILTER_MIN, "20" }, { FILTER_HIDE, "c" } },
	{ { FILTER_MERGE_THREADS, "" }, { FILTER_COLLAPSE_MODULE, "." },
	  { FILTER_COLLAPSE_DIRECT, "" }, { FILTER_PRUNE_FROM, "^[a-m]" } },
	{ { FILTER_TAG_IGNORE, "pid=1:" }, { FILTER_REVERSE, "" },
	  { FILTER_MERGE_THREADS, "" }, { FILTER_MERGE_FUNCTION, "[aeiou]" } },
	{ { FILTER_COLLAPSE_SUBTREE, "ma|st" }, { FILTER_SHOW, "[a-s]" },
	  { FILTER_RENAME, "s/^.*$//" }, { FILTER_TAG_FOCUS, "cycles|c" } },
};

/* Made once: a fuzzer calls very often. */
static struct filter *filter_of_way(size_t way)
{
	static struct filter *made[ARRAY_SIZE(filterings)];
	struct match_error error = { 0 };
	size_t n = way % ARRAY_SIZE(filterings);
	if (made[n])
		return made[n];
	made[n] = filter_new();
	for (const struct filtering *f = filterings[n]; f->text; f++)
		if (!filter_add(made[n], f->kind, str_of(f->text), &error))
			abort();
	return made[n];
}

static const char *const some_maps[] = { "/a=/b" };

/* What a reader has beyond the shared options, as the number n says; 0: nothing. */
static struct want with_options(struct want want, const struct reader *reader, size_t n)
{
	want.metric = str_of(metrics[n % ARRAY_SIZE(metrics)]);
	if (n % 2 && reader->options & READS_WINDOW)
		want.window = (struct want_window){ true, 10000000, 30000000 };
	if (n % 3 == 1 && reader->options & READS_SNAPSHOT)
		want.snapshot = n % 2 ? STR("last") : STR("2");
	want.raw_counts = n % 2 && reader->options & READS_RAW_COUNTS;
	want.no_suppressions = n % 3 == 2 && reader->options & READS_SUPPRESSIONS;
	if (n % 2 && reader->options & READS_FILES) {
		want.maps = some_maps;
		want.map_count = ARRAY_SIZE(some_maps);
	}
	if (!want.in_order)
		want.filter = filter_of_way(n);
	return want;
}

static size_t reader_count(void)
{
	size_t n = 0;
	while (readers[n])
		n++;
	return n;
}

static void check(bool holds, const char *what, const struct buf *a, const struct buf *b)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	if (a && b)
		fprintf(stderr, "--- before\n%.*s--- after\n%.*s", (int)a->n, a->p,
			(int)b->n, b->p);
	abort();
}

/* A message is one line that names the file. */
static void check_message(struct input *in)
{
	struct str message = buf_str(&in->message);
	check(in->failed, "reading failed without a word", NULL, NULL);
	check(str_starts(message, STR("input:")), "an error without a place", NULL, NULL);
}

/* In folded text "x_[k]" is a kernel frame "x", "\\x23x" is "#x", and "x " is "x". */
static bool names_look_escaped(const struct profile *p)
{
	for (uint32_t i = 0; i < p->frame_count; i++) {
		struct str name = profile_name(p, i);
		if (frame_kind_unmark(&name) != FRAME_USER ||
		    str_starts(name, STR("\\x23")) || str_ends(name, STR(" ")))
			return true;
	}
	return false;
}

/*
 * Folded text is a fixed point: read and written again it is the same, unless it
 * begins with a name that begins with a byte order mark, or as gzip does, or has a
 * unit that looks like a number of samples.
 */
static void check_again(const struct fold *first)
{
	struct buf before = { 0 }, after = { 0 };
	struct want want = { .columns = first->stacks.columns };
	struct fold again;
	struct input in;
	fold_write(first, &before);
	fold_init(&again, reader_find(STR("folded")), &want, first->marks, true);
	input_memory(&in, "input", buf_str(&before));
	bool is_other = str_starts(buf_str(&before), STR("\xef\xbb\xbf")) ||
			inflate_recognises(buf_str(&before)) ||
			str_find(first->stacks.unit, STR(" in ")) >= 0;
	if (first->stacks.count > 0 && !first->want->in_order && !is_other && !names_look_escaped(&first->profile)) {
		check(fold_read(&again, &in), "our folded text cannot be read",
		      &before, &in.message);
		check(fold_select(&again), "our folded text has another sum", NULL, NULL);
		fold_write(&again, &after);
		check(str_eq(buf_str(&before), buf_str(&after)),
		      "folded text read again is another", &before, &after);
	}
	input_close(&in);
	fold_free(&again);
	buf_free(&before);
	buf_free(&after);
}

/* Options that follow from the number of stacks, to have all kinds of pictures. */
static void vary_picture(struct picture_options *o, struct svg_options *svg, uint32_t n)
{
	static const char *const cuts[] = { "smart", "left", "right", "middle" };
	static const char *const colors[] = { NULL, "module", "kind", "java", "chain" };
	static const char *const details[] = { NULL, "all", "drawn", "2", "9" };
	picture_options_init(o);
	o->label = cuts[n % 4];
	o->paint.colors = colors[n % 5];
	o->paint.diffusion = n % 7 == 3;
	o->paint.negate = n % 2;
	svg->detail = details[n / 2 % 5];
	o->order = n % 3 ? NULL : "weight";
	o->theme = n % 8 ? NULL : "dark";
	o->max_frames = n % 6 ? 5000 : 3;
	o->factor = n % 9 ? 1 : .25;
	svg->no_javascript = n % 11 == 1;
	if (n % 3 == 1)
		o->highlight = STR("[a-m]");
}

/* Names may also stand in the title, and so on: the picture is XML whatever they are. */
static void check_picture(const struct fold *f, const struct tree *tree)
{
	struct picture_options options;
	struct svg_options svg = { 0 };
	struct picture picture;
	struct buf text = { 0 }, message = { 0 }, warnings = { 0 };
	vary_picture(&options, &svg, f->stacks.count);
	options.title = f->stacks.count ? profile_name(&f->profile, f->stacks.pool[0]) : STR("");
	if (f->stacks.count % 5 == 2 && f->stacks.pool_count > 0)
		options.zoom = profile_name(&f->profile, f->stacks.pool[f->stacks.pool_count / 2]);
	options.subtitle = options.countname = options.title;
	svg.notes = svg.nametype = options.title;
	check(picture_check(&options, &message, &warnings) &&
	      svg_check(&svg, &message, &warnings), "the options are not right",
	      &message, &message);
	struct output *output = fold_output_open();
	/* What fills the width may have no width. */
	if (!picture_make(&picture, tree, &options, &message)) {
		check(options.zoom.n > 0, "there is no picture", &message, &message);
		options.zoom = STR("");
		picture_make(&picture, tree, &options, &message);
	}
	svg_write(&picture, &svg, output);
	fold_output_close(output, &text);
	XML_Parser parser = XML_ParserCreate(NULL);
	bool ok = XML_Parse(parser, text.p, (int)text.n, XML_TRUE) == XML_STATUS_OK;
	if (!ok)
		buf_addf(&message, "line %lu: %s\n",
			 (unsigned long)XML_GetCurrentLineNumber(parser),
			 XML_ErrorString(XML_GetErrorCode(parser)));
	check(ok, "the picture is not well-formed", &text, &message);
	XML_ParserFree(parser);
	picture_free(&picture);
	svg_options_free(&svg);
	picture_options_free(&options);
	buf_free(&warnings);
	buf_free(&message);
	buf_free(&text);
}

/* Tables of all kinds; no total of a function is more than all. */
static void check_top(const struct fold *f)
{
	const struct stacks *s = &f->stacks;
	uint32_t n = s->count;
	struct buf text = { 0 }, message = { 0 };
	struct top_views_options options = {
		.view = n % 4, .form = n / 4 % 4, .sort = n / 2 % 2 ? TOP_BY_BOTH : TOP_BY_NAME,
		.limit = n % 3, .group = n % 5 == 0 ? 1 + n % 2 : 0, .min = .01,
		.peek = match_new(STR("[a-m]"), &message),
	};
	struct top_flame_options flame = { .columns = 40 + n % 100, .colors = n % 3 };
	struct top top;
	struct output *output = fold_output_open();
	if (n % 6 == 5)
		top_flame_write(s, &flame, output, &message);
	else
		top_views_write(s, &options, output, &message);
	fold_output_close(output, &text);
	top_begin(&top, &f->profile);
	top_sum(&top, s, 0, s->count, 0);
	for (uint32_t i = 0; i < top.count; i++)
		check(top.functions[top.names[i]].total <= s->total[s->columns > 1],
		      "a function has more than all", NULL, NULL);
	top_free(&top);
	match_free(options.peek);
	buf_free(&message);
	buf_free(&text);
}

static void check_quality(const struct profile *p)
{
	struct quality quality;
	uint32_t *events = xcalloc(p->event_count, sizeof(*events));
	for (uint32_t i = 0; i < p->event_count; i++)
		events[i] = i;
	quality_measure(&quality, p, events, p->event_count);
	free(events);
}

static void use(struct fold *f)
{
	check_quality(&f->profile);
	if (!fold_select(f))
		return;
	struct tree tree;
	if (tree_build(&tree, &f->stacks)) {
		check(tree.nodes[0].total[0] == f->stacks.total[0],
		      "the tree has another sum", NULL, NULL);
		if (f->want->group_by == GROUP_NONE || f->want->names.style == NAMES_FULL ||
		    f->want->reverse)
			check_picture(f, &tree);
	}
	tree_free(&tree);
	if (!f->want->in_order)
		check_top(f);
	check_again(f);
}

/* The bytes alone, so that reading behind them is seen. */
static void probe_all(struct str bytes)
{
	struct str head = bytes.n > INPUT_HEAD ? str_head(bytes, INPUT_HEAD) : bytes;
	char *copy = xmalloc(head.n);
	if (head.n)
		memcpy(copy, head.p, head.n);
	head.p = copy;
	for (size_t i = 0; readers[i]; i++) {
		readers[i]->probe(head);
		if (readers[i]->split) {
			const char *cut = readers[i]->split(head);
			check(cut == NULL || (cut > head.p && cut < head.p + head.n),
			      "split outside of the block", NULL, NULL);
		}
	}
	reader_probe(head);
	reader_advice(head);
	free(copy);
}

static void read_one(struct str bytes, const struct reader *reader, size_t block_size,
		     const struct want *want)
{
	struct fold f;
	struct input in;
	fold_init(&f, reader, want, ~0u, true);
	input_memory(&in, "input", bytes);
	input_block_size(&in, block_size);
	if (fold_read(&f, &in))
		use(&f);
	else
		check_message(&in);
	input_close(&in);
	fold_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return 0;
	struct str bytes = { (const char *)data + HEAD, size - HEAD };
	const struct reader *reader = readers[data[0] % reader_count()];
	struct want want = with_options(wants[data[1] / 16], reader,
					data[0] / reader_count() + data[1] / 16);
	probe_all(bytes);
	read_one(bytes, reader, block_sizes[data[1] % 16], &want);
	return 0;
}

#ifndef FUZZ_LIBFUZZER

static void replay(const struct reader *reader, struct str bytes)
{
	if (reader == NULL) {
		LLVMFuzzerTestOneInput((const uint8_t *)bytes.p, bytes.n);
		return;
	}
	probe_all(bytes);
	for (size_t way = 0; way < WAYS; way++) {
		struct want want = with_options(wants[way], reader,
						way % ARRAY_SIZE(metrics));
		read_one(bytes, reader, block_sizes[way * 7 % 16], &wants[way]);
		if (way % ARRAY_SIZE(metrics) > 0)
			read_one(bytes, reader, block_sizes[way % 16], &want);
		want = wants[way];
		if (!want.in_order)
			want.filter = filter_of_way(way);
		read_one(bytes, reader, block_sizes[way * 5 % 16], &want);
	}
}

static void write_seed(const struct reader *reader, struct str bytes)
{
	size_t number = 0;
	while (readers[number] != reader)
		number++;
	putchar((int)number);
	putchar((int)(bytes.n % 256));
	fwrite(bytes.p, 1, bytes.n, stdout);
}

static int usage(void)
{
	fprintf(stderr, "usage: fuzz_read [-f FORMAT | -s FORMAT] FILE...\n");
	return 2;
}

int main(int argc, char **argv)
{
	const struct reader *reader = NULL;
	bool seed = false;
	for (int c; (c = getopt(argc, argv, "f:s:")) != -1;) {
		seed = c == 's';
		reader = c == '?' ? NULL : reader_find(str_of(optarg));
		if (reader == NULL)
			return usage();
	}
	if (optind == argc || (seed && optind + 1 != argc))
		return usage();
	for (int i = optind; i < argc; i++) {
		struct buf bytes = { 0 };
		if (!fold_slurp(argv[i], &bytes)) {
			perror(argv[i]);
			return 2;
		}
		if (seed)
			write_seed(reader, buf_str(&bytes));
		else
			replay(reader, buf_str(&bytes));
		buf_free(&bytes);
	}
	return fflush(stdout) == 0 ? 0 : 2;
}

#endif
