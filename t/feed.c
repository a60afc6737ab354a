/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every case fed to its reader in every way: what comes out must not depend on
 * how the bytes came in.
 *
 *	feed < LIST           TAP, a line for each case; a line of LIST is, with TABs between,
 *	                      NAME FORMAT IN-FILE FOLDED-FILE-OR-NOTHING OPTION...
 *	feed probes FILE...   what every probe says: FILE READER no|maybe|likely|sure
 *	feed readers          the names of all readers
 *
 * Ways: blocks of 1, 7 and 64 bytes; gzip and zstd, whole, as two members, and in
 * small blocks; cut off at 20 places, plain and compressed; and, where the reader
 * can split, as two pieces and as many, read one after the other into one
 * profile.  Options of a case are those of fg-collapse; they are all obeyed but
 * -o, --strict and the ones that list something.
 */
#include "fold.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "cmd/options.h"
#include "model/filter.h"

enum { CUTS = 20, ARGS_MOST = 32 };

struct test {
	struct str name, format;
	const char *file;
	struct str bytes;
	const struct reader *reader;
	struct settings settings;
	struct buf expected;         /* outcome of reading all at once */
	struct buf wrong;            /* for people, a line for each thing */
};

static void wrong(struct test *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void wrong(struct test *t, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_add(&t->wrong, STR("# "));
	buf_addv(&t->wrong, format, args);
	buf_addc(&t->wrong, '\n');
	va_end(args);
}

/* Outcomes */

static void begin(const struct test *t, struct fold *f)
{
	fold_init(f, t->reader, &t->settings.want, t->settings.marks,
		  !t->settings.no_header);
}

static void add_result(struct fold *f, struct buf *out)
{
	if (fold_select(f))
		fold_write(f, out);
	else
		buf_add(out, STR("error: a sum or a metric\n"));
}

/* The folded text or the error, and what was warned of with its lines. */
static void outcome(const struct test *t, struct input *in, struct buf *out)
{
	struct fold f;
	begin(t, &f);
	if (fold_read(&f, in))
		add_result(&f, out);
	else
		buf_add(out, buf_str(&in->message));
	for (unsigned i = 0; i < in->warning_count; i++)
		buf_addf(out, "%s: %llu, line %llu\n", in->warnings[i].what,
			 (unsigned long long)in->warnings[i].count,
			 (unsigned long long)in->warnings[i].first_line);
	fold_free(&f);
}

static void expect(struct test *t, const struct buf *got, const char *how, size_t number)
{
	size_t line = 1, i = 0;
	if (str_eq(buf_str(got), buf_str(&t->expected)))
		return;
	for (; i < got->n && i < t->expected.n && got->p[i] == t->expected.p[i]; i++)
		line += got->p[i] == '\n';
	wrong(t, "%s (%zu): another result from line %zu on: '%.*s'", how, number, line,
	      (int)(got->n - i > 80 ? 80 : got->n - i), got->p ? got->p + i : "");
}

static void feed(struct test *t, struct str bytes, size_t block_size, const char *how)
{
	struct input in;
	struct buf got = { 0 };
	input_memory(&in, t->name.p, bytes);
	input_block_size(&in, block_size);
	outcome(t, &in, &got);
	expect(t, &got, how, block_size);
	input_close(&in);
	buf_free(&got);
}

/* Compressed */

static void add_gzip(struct buf *out, struct str bytes)
{
	z_stream z = { 0 };
	if (deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	size_t room = deflateBound(&z, bytes.n) + 64;
	z.next_in = (Bytef *)(bytes.n ? bytes.p : "");
	z.avail_in = (uInt)bytes.n;
	z.next_out = (Bytef *)buf_reserve(out, room);
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	out->n += z.total_out;
	deflateEnd(&z);
}

static void add_zstd(struct buf *out, struct str bytes)
{
	size_t room = ZSTD_compressBound(bytes.n);
	size_t n = ZSTD_compress(buf_reserve(out, room), room, bytes.n ? bytes.p : "",
				 bytes.n, 3);
	if (ZSTD_isError(n))
		abort();
	out->n += n;
}

/* Reads what is cut off: any result will do, but a failure names a place. */
static void feed_cut(struct test *t, struct str bytes, size_t at, bool must_fail,
		     const char *how)
{
	struct input in;
	struct buf got = { 0 };
	char *copy = xmalloc(at);
	if (at)
		memcpy(copy, bytes.p, at);
	input_memory(&in, t->name.p, (struct str){ copy, at });
	outcome(t, &in, &got);
	struct str message = buf_str(&in.message), name = t->name;
	/* A reader that makes do with a beginning says so. */
	bool is_told = in.failed || (in.cut && in.warning_count > 0);
	if (must_fail && !is_told && !t->settings.want.window.is_set)
		wrong(t, "%s, cut off after %zu bytes: not noticed", how, at);
	if (in.failed && !(str_starts(message, name) && message.n > name.n + 1 &&
			   message.p[name.n] == ':'))
		wrong(t, "%s, cut off after %zu bytes: no place in '%s'", how, at,
		      buf_cstr(&in.message));
	bool has_line = message.n > name.n + 1 &&
			((message.p[name.n + 1] >= '1' && message.p[name.n + 1] <= '9') ||
			 message.p[name.n + 1] == '@');
	bool to_the_end = in.at_end && in.next == in.end;
	if (in.failed && !must_fail && !has_line && !to_the_end)
		wrong(t, "%s, cut off after %zu bytes: no line in '%s'", how, at,
		      buf_cstr(&in.message));
	input_close(&in);
	buf_free(&got);
	free(copy);
}

static void feed_truncated(struct test *t, struct str bytes, bool must_fail,
			   const char *how)
{
	for (size_t i = 0; i < CUTS; i++) {
		size_t at = bytes.n * i / CUTS;
		if (!must_fail || at > 12)
			feed_cut(t, bytes, at, must_fail, how);
	}
}

static void feed_compressed(struct test *t, void (*compress)(struct buf *, struct str),
			    const char *how)
{
	struct buf whole = { 0 }, two = { 0 };
	size_t half = t->bytes.n / 2;
	compress(&whole, t->bytes);
	compress(&two, str_head(t->bytes, half));
	compress(&two, str_skip(t->bytes, half));
	feed(t, buf_str(&whole), 256 * 1024, how);
	feed(t, buf_str(&whole), 7, how);
	feed(t, buf_str(&two), 256 * 1024, how);
	feed(t, buf_str(&two), 7, how);
	feed_truncated(t, buf_str(&whole), true, how);
	buf_free(&whole);
	buf_free(&two);
}

/* Pieces */

static bool feed_piece(struct fold *f, struct str piece)
{
	struct input in;
	input_memory(&in, "piece", piece);
	bool ok = fold_read(f, &in);
	input_close(&in);
	return ok;
}

static void without_warnings(struct test *t, struct buf *out)
{
	struct fold f;
	begin(t, &f);
	if (feed_piece(&f, t->bytes))
		add_result(&f, out);
	fold_free(&f);
}

/* Where the piece that begins the text ends, when it should have about "size" bytes. */
static size_t piece_end(const struct test *t, struct str text, size_t size)
{
	for (; size < text.n; size *= 2) {
		const char *cut = t->reader->split(str_head(text, size));
		if (cut && (cut <= text.p || cut >= text.p + size))
			return SIZE_MAX;
		if (cut)
			return (size_t)(cut - text.p);
	}
	return text.n;
}

static void feed_pieces(struct test *t, size_t size, const char *how)
{
	struct fold f;
	struct buf got = { 0 };
	struct str rest = t->bytes;
	bool ok = true;
	begin(t, &f);
	while (ok && rest.n > 0) {
		size_t end = piece_end(t, rest, size);
		if (end == SIZE_MAX) {
			wrong(t, "%s (%zu): split points outside of its block", how, size);
			end = rest.n;
		}
		ok = feed_piece(&f, str_head(rest, end));
		rest = str_skip(rest, end);
	}
	if (ok)
		add_result(&f, &got);
	expect(t, &got, how, size);
	fold_free(&f);
	buf_free(&got);
}

static void feed_split(struct test *t)
{
	if (t->reader->split == NULL || t->bytes.n == 0)
		return;
	struct buf all = t->expected;
	t->expected = (struct buf){ 0 };
	without_warnings(t, &t->expected);
	feed_pieces(t, t->bytes.n / 2 + 1, "two pieces");
	feed_pieces(t, 2000, "pieces");
	feed_pieces(t, 100, "pieces");
	buf_free(&t->expected);
	t->expected = all;
}

/* Probes */

static const char *const sureness[] = {
	[PROBE_NO] = "no", [PROBE_MAYBE] = "maybe", [PROBE_LIKELY] = "likely",
	[PROBE_SURE] = "sure",
};

/* The first bytes alone in memory, so that a sanitizer sees who reads behind them. */
static enum probe probe_start(const struct reader *reader, struct str bytes, size_t n)
{
	char *copy = xmalloc(n);
	if (n)
		memcpy(copy, bytes.p, n);
	enum probe sure = reader->probe((struct str){ copy, n });
	free(copy);
	return sure;
}

static void probe_all(struct test *t)
{
	size_t head = t->bytes.n < INPUT_HEAD ? t->bytes.n : INPUT_HEAD;
	for (size_t r = 0; readers[r]; r++)
		for (size_t i = 0; i <= CUTS; i++) {
			enum probe sure =
				probe_start(readers[r], t->bytes, head * i / CUTS);
			if (sure > PROBE_SURE)
				wrong(t, "probe of %s gives %d", readers[r]->name, sure);
		}
}

/* The case */

/* From the file itself, as the programs read it, and once after a look at its start. */
static void feed_file(struct test *t)
{
	struct input in;
	struct buf got = { 0 };
	if (input_open(&in, t->file)) {
		in.name = t->name.p;
		input_peek(&in, INPUT_HEAD);
		outcome(t, &in, &got);
		expect(t, &got, "file", 0);
	} else {
		wrong(t, "%s", buf_cstr(&in.message));
	}
	input_close(&in);
	buf_free(&got);
}

static void check_folded(struct test *t, const char *path)
{
	struct buf folded = { 0 };
	if (*path == '\0')
		return;
	if (!fold_slurp(path, &folded))
		wrong(t, "cannot read '%s'", path);
	else if (!str_starts(buf_str(&t->expected), buf_str(&folded)))
		wrong(t, "is not what '%s' expects", path);
	buf_free(&folded);
}

static void feed_all_ways(struct test *t, const char *folded)
{
	struct input in;
	input_memory(&in, t->name.p, t->bytes);
	outcome(t, &in, &t->expected);
	input_close(&in);
	check_folded(t, folded);
	feed_file(t);
	feed(t, t->bytes, 1, "blocks");
	feed(t, t->bytes, 7, "blocks");
	feed(t, t->bytes, 64, "blocks");
	feed_compressed(t, add_gzip, "gzip");
	feed_compressed(t, add_zstd, "zstd");
	feed_truncated(t, t->bytes, false, "text");
	feed_split(t);
	probe_all(t);
}

static bool prepare(struct test *t, int argc, char **argv)
{
	if (options_parse(&face_collapse, &t->settings, argc, argv) >= 0)
		return false;
	t->reader = reader_find(t->format);
	if (t->reader)
		return true;
	options_free(&t->settings);
	return false;
}

/* The fields of a line; options begin at fields[4], after what stands for the program. */
static int cut_fields(char *line, char **fields)
{
	int n = 0;
	for (char *next = line; next && n < ARGS_MOST; n++) {
		fields[n] = next;
		next = strchr(next, '\t');
		if (next)
			*next++ = '\0';
	}
	fields[n] = NULL;
	return n;
}

static bool run_line(char *line, int number)
{
	char *fields[ARGS_MOST + 1];
	static char program[] = "fg-collapse";
	int n = cut_fields(line, fields);
	if (n < 4) {
		fprintf(stderr, "feed: line %d has %d fields\n", number, n);
		exit(2);
	}
	struct test t = {
		.name = str_of(fields[0]), .format = str_of(fields[1]), .file = fields[2],
	};
	struct buf bytes = { 0 };
	const char *folded = fields[3];
	fields[3] = program;
	if (!prepare(&t, n - 3, fields + 3)) {
		wrong(&t, "the options or the format are not known");
	} else {
		if (fold_slurp(t.file, &bytes)) {
			t.bytes = buf_str(&bytes);
			feed_all_ways(&t, folded);
		} else {
			wrong(&t, "cannot read '%s'", t.file);
		}
		options_free(&t.settings);
	}
	bool ok = t.wrong.n == 0;
	printf("%sok %d - %s\n%.*s", ok ? "" : "not ", number, t.name.p,
	       (int)t.wrong.n, ok ? "" : t.wrong.p);
	fflush(stdout);
	buf_free(&t.wrong);
	buf_free(&t.expected);
	buf_free(&bytes);
	return ok;
}

static int print_probes(int count, char **files)
{
	for (int i = 0; i < count; i++) {
		struct input in;
		struct str head = { NULL, 0 };
		if (input_open(&in, files[i]))
			head = input_peek(&in, INPUT_HEAD);
		if (in.failed) {
			fprintf(stderr, "feed: %s\n", buf_cstr(&in.message));
			return 2;
		}
		for (size_t r = 0; readers[r]; r++)
			printf("%s\t%s\t%s\n", files[i], readers[r]->name,
			       sureness[readers[r]->probe(head)]);
		input_close(&in);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "probes") == 0)
		return print_probes(argc - 2, argv + 2);
	if (argc == 2 && strcmp(argv[1], "readers") == 0) {
		for (size_t r = 0; readers[r]; r++)
			puts(readers[r]->name);
		return 0;
	}
	char *line = NULL;
	size_t capacity = 0;
	int number = 0, failed = 0;
	for (ssize_t n; (n = getline(&line, &capacity, stdin)) > 0;) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		failed += !run_line(line, ++number);
	}
	free(line);
	printf("1..%d\n", number);
	return failed > 0;
}
