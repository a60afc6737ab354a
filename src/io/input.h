/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_INPUT_H
#define IO_INPUT_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * Bytes in: a file, standard input or memory, decompressed when it is gzip or
 * zstd, read in blocks.  Slices point into the block and are valid until the
 * next call that reads; INPUT_PADDING readable bytes lie behind the last one.
 * The reader may change bytes it was given, they are nobody else's.
 *
 * Nothing is printed here.  An error is kept in the input and false returned;
 * oddities that can be lived with are counted by kind.
 */

enum {
	INPUT_PADDING = 64,
	INPUT_HEAD = 64 * 1024,          /* what a probe gets to see */
	INPUT_WARNINGS = 16,             /* kinds of oddities */
};

/* Bytes of a line; a longer one is an error. */
#define INPUT_LINE_MAX ((size_t)64 << 20)

struct input {
	const char *name;                /* as shown in messages */
	uint64_t line;                   /* number of the line read last, from 1 */
	bool is_binary;                  /* there are no lines: "line" is an offset, for
					    warnings; set by a reader */
	struct str raw;                  /* that line with its line end */
	struct arena arena;              /* for readers, too; freed by input_close() */
	bool failed;
	bool may_be_cut;                 /* set by a reader that makes do with the beginning
					    of a compressed file; for others it is an error */
	const char *cut;                 /* "zstd data ends early", once all before was read */
	struct buf message;              /* "perf.txt:37: error: …" once failed */

	struct input_warning {
		const char *what;        /* "lines not understood" */
		uint64_t count;
		uint64_t first_line;
		struct str first_text;   /* the start of that line; may be empty */
	} warnings[INPUT_WARNINGS];
	unsigned warning_count;
	struct buf notes;                /* lines about what was read, for --verbose; from a
					    reader */
	struct {
		/* Better ones than the hints of the format, see model/quality.h; or NULL. */
		const char *no_chains, *unknown, *rootless;
	} advice;

	/* Called after each block, with bytes of the file read so far; NULL for none. */
	void (*progress)(void *context, uint64_t done, uint64_t size);
	void *progress_context;
	uint64_t size;                   /* of a regular file in bytes, else 0 */

	/* private */
	const char *next, *end;          /* bytes waiting */
	char *block;
	size_t capacity;
	size_t block_size;               /* bytes asked for at a time */
	int fd;                          /* -1: memory */
	const char *folder;              /* given in place of a file, or NULL */
	struct str memory;               /* what is left of it */
	struct inflate *inflate;         /* NULL: not compressed */
	uint64_t taken;                  /* bytes taken from the file */
	uint64_t base;                   /* offset of block[0] in the text */
	bool at_end;
};

/*
 * path "-" is standard input; a folder stands for the file "data" in it.  False when it
 * cannot be opened (then only input_close() may follow).
 */
bool input_open(struct input *, const char *path);

/*
 * Another file of the folder that was given to input_open(), to be closed with
 * input_close() and freed; NULL when there is none.  Its name is the one of the folder.
 */
struct input *input_sibling(const struct input *in, const char *name);

/* Reads from memory, which must outlive the input; for tests. */
void input_memory(struct input *, const char *name, struct str bytes);

/*
 * How many bytes are asked for at a time (default 256 KiB); for tests, before
 * anything was read.
 */
void input_block_size(struct input *, size_t size);

void input_close(struct input *);

/*
 * The first n bytes, or all when there are fewer, without consuming them; before
 * anything was read.
 */
struct str input_peek(struct input *, size_t n);

/*
 * Formats an error for the line read last (input_error) or for no place
 * (input_fail) into in->message and returns false.  Only the first error
 * counts.
 */
bool input_error(struct input *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool input_fail(struct input *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for a place in a file that has no lines: "go.pb.gz:@37: error: …". */
bool input_error_at(struct input *, uint64_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Counts an oddity of the line read last, or of another one.  "what" names its
 * kind, a literal such as "lines without a count"; the start of the text is
 * kept for the first of a kind.
 */
void input_warn(struct input *, const char *what, struct str text);
void input_warn_at(struct input *, uint64_t line, const char *what, struct str text);

/* Counts n of them, at no place. */
void input_warn_many(struct input *, const char *what, uint64_t n);

/*
 * Bytes from further on in a regular file that is not compressed, without a change of
 * what is read next: true when all n were there.
 */
bool input_read_at(const struct input *, uint64_t offset, char *to, size_t n);

/* Makes more bytes wait; false at the end or after an error. */
bool input_refill(struct input *);

/* Makes at least n bytes wait, one behind the other; false when there are fewer. */
bool input_need(struct input *, size_t n);

/* Consumes n bytes, also those that do not wait; false when there are fewer. */
bool input_discard(struct input *, uint64_t n);

/* What input_line() does when no whole line waits. */
bool input_long_line(struct input *, struct str *line);

/*
 * The next line without its line end, when the whole of it waits: lines before it stay
 * valid.
 */
static inline bool input_waiting_line(struct input *in, struct str *line)
{
	const char *newline =
		in->end > in->next ?
			memchr(in->next, '\n', (size_t)(in->end - in->next)) :
			NULL;
	if (__builtin_expect(newline == NULL, 0))
		return false;
	in->raw = str_span(in->next, newline + 1);
	in->next = newline + 1;
	in->line++;
	*line = str_span(in->raw.p, newline);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

/*
 * The next line without its line end (LF or CR LF); the last one may lack it.
 * False at the end, and after an error (in->failed).
 */
static inline bool input_line(struct input *in, struct str *line)
{
	return input_waiting_line(in, line) || input_long_line(in, line);
}

/*
 * Where the next line begins: the bytes that wait, then padding.  For readers
 * that recognise whole lines before looking for their end; see input_skip().
 */
static inline struct str input_ahead(const struct input *in)
{
	return str_span(in->next, in->end);
}

/* Consumes a line that was recognised; n is its length with the line end. */
static inline void input_skip(struct input *in, size_t n)
{
	in->next += n;
	in->line++;
}

/* Consumes n of the bytes that wait, for readers of what has no lines. */
static inline void input_take(struct input *in, size_t n)
{
	in->next += n;
}

/* Bytes of text consumed so far. */
static inline uint64_t input_offset(const struct input *in)
{
	return in->base + (uint64_t)(in->next - in->block);
}

#endif
