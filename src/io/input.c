/* SPDX-License-Identifier: Apache-2.0 */
#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/inflate.h"

enum { BLOCK_SIZE = 256 * 1024, EXCERPT = 60 };

static void reset(struct input *in, const char *name)
{
	*in = (struct input){
		.name = name, .fd = -1, .block_size = BLOCK_SIZE,
	};
	in->capacity = BLOCK_SIZE + INPUT_PADDING;
	in->block = xmalloc(in->capacity);
	memset(in->block, 0, INPUT_PADDING);
	in->next = in->end = in->block;
}

static int open_in_folder(const char *folder, const char *name)
{
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = at < 0 ? -1 : openat(at, name, O_RDONLY | O_CLOEXEC);
	if (at >= 0)
		close(at);
	return fd;
}

static bool check_file(struct input *in, const char *path)
{
	struct stat st;
	if (in->fd < 0 || fstat(in->fd, &st) < 0)
		return input_fail(in, "cannot open: %s", strerror(errno));
	if (S_ISDIR(st.st_mode) && in->folder == NULL) {
		close(in->fd);
		in->folder = path;
		in->fd = open_in_folder(path, "data");
		return in->fd < 0 ? input_fail(in, "is a directory") :
				    check_file(in, path);
	}
	if (S_ISDIR(st.st_mode))
		return input_fail(in, "is a directory");
	if (S_ISREG(st.st_mode))
		in->size = (uint64_t)st.st_size;
	return true;
}

bool input_open(struct input *in, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	reset(in, is_stdin ? "standard input" : path);
	in->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	return check_file(in, path);
}

struct input *input_sibling(const struct input *in, const char *name)
{
	struct input *other = xmalloc(sizeof(*other));
	reset(other, in->name);
	if (in->folder)
		other->fd = open_in_folder(in->folder, name);
	if (other->fd >= 0)
		return other;
	input_close(other);
	free(other);
	return NULL;
}

void input_memory(struct input *in, const char *name, struct str bytes)
{
	reset(in, name);
	in->memory = bytes;
	in->size = bytes.n;
}

void input_block_size(struct input *in, size_t size)
{
	in->block_size = size;
}

void input_close(struct input *in)
{
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	inflate_free(in->inflate);
	free(in->block);
	buf_free(&in->message);
	buf_free(&in->notes);
	arena_free(&in->arena);
	in->block = NULL;
	in->inflate = NULL;
}

/* The file itself, before decompression. */
static ssize_t read_source(void *context, char *to, size_t n)
{
	struct input *in = context;
	ssize_t got;
	if (n > in->block_size)
		n = in->block_size;
	if (in->fd < 0) {
		got = (ssize_t)(n < in->memory.n ? n : in->memory.n);
		if (got > 0)
			memcpy(to, in->memory.p, (size_t)got);
		in->memory = str_skip(in->memory, (size_t)got);
	} else {
		do
			got = read(in->fd, to, n);
		while (got < 0 && errno == EINTR);
	}
	if (got > 0)
		in->taken += (uint64_t)got;
	return got;
}

/*
 * Looks for a compressed stream in what was read first, at least 4 bytes where
 * there are as many.
 */
static void start_inflate(struct input *in)
{
	struct str head = input_ahead(in);
	if (!inflate_recognises(head))
		return;
	in->inflate = inflate_new(head, read_source, in);
	in->end = in->next;
	in->at_end = false;
}

static ssize_t read_text(struct input *in, char *to, size_t n)
{
	const char *why = NULL;
	ssize_t got = in->inflate ? inflate_read(in->inflate, to, n, &why) :
				    read_source(in, to, n);
	if (got < 0)
		input_fail(in, "cannot read: %s", why ? why : strerror(errno));
	else if (why)
		in->cut = why;
	return got;
}

/* Moves what waits to the front of the block and makes room for "more" behind it. */
static void make_room(struct input *in, size_t more)
{
	size_t waiting = (size_t)(in->end - in->next);
	size_t need = waiting + more + INPUT_PADDING;
	in->base += (uint64_t)(in->next - in->block);
	if (need > in->capacity) {
		size_t capacity = grown_capacity(in->capacity, need);
		char *block = xmalloc(capacity);
		memcpy(block, in->next, waiting);
		free(in->block);
		in->block = block;
		in->capacity = capacity;
	} else if (in->next != in->block) {
		memmove(in->block, in->next, waiting);
	}
	in->next = in->block;
	in->end = in->block + waiting;
}

static bool refill(struct input *in)
{
	if (in->failed || in->at_end)
		return false;
	make_room(in, in->block_size);
	char *to = in->block + (in->end - in->block);
	ssize_t got = read_text(in, to, in->block_size);
	if (got > 0)
		in->end += got;
	memset(in->block + (in->end - in->block), 0, INPUT_PADDING);
	in->at_end = got <= 0;
	if (in->progress)
		in->progress(in->progress_context, in->taken, in->size);
	return got > 0;
}

bool input_refill(struct input *in)
{
	if (refill(in))
		return true;
	if (in->cut && !in->may_be_cut)
		input_fail(in, "cannot read: %s", in->cut);
	return false;
}

/*
 * Decompression and a byte order mark are settled before the first byte is
 * handed out; later this does nothing.
 */
static void start(struct input *in)
{
	if (input_offset(in) > 0 || in->inflate || in->line > 0)
		return;
	while (in->end - in->next < 4 && refill(in))
		;
	start_inflate(in);
	while (in->inflate && in->end - in->next < 4 && refill(in))
		;
	if (str_starts(input_ahead(in), STR("\xef\xbb\xbf")))
		in->next += 3;
}

struct str input_peek(struct input *in, size_t n)
{
	start(in);
	while ((size_t)(in->end - in->next) < n && refill(in))
		;
	struct str head = input_ahead(in);
	return head.n > n ? str_head(head, n) : head;
}

bool input_read_at(const struct input *in, uint64_t offset, char *to, size_t n)
{
	/* Standard input may begin anywhere in its file. */
	if (in->inflate || in->fd < 0 || in->size == 0 || offset > INT64_MAX - n ||
	    lseek(in->fd, 0, SEEK_CUR) != (off_t)in->taken)
		return false;
	while (n > 0) {
		ssize_t got = pread(in->fd, to, n, (off_t)offset);
		if (got <= 0)
			return false;
		to += got;
		offset += (uint64_t)got;
		n -= (size_t)got;
	}
	return true;
}

bool input_need(struct input *in, size_t n)
{
	while ((size_t)(in->end - in->next) < n && input_refill(in))
		;
	return (size_t)(in->end - in->next) >= n;
}

/* In a file that is read as it is, what is not wanted need not be read. */
static uint64_t pass_over(struct input *in, uint64_t n)
{
	uint64_t left = in->size > in->taken ? in->size - in->taken : 0;
	if (n > left)
		n = left;
	if (in->inflate || in->fd < 0 || n < in->block_size ||
	    lseek(in->fd, (off_t)n, SEEK_CUR) < 0)
		return 0;
	in->taken += n;
	in->base += n + (uint64_t)(in->next - in->block);
	in->next = in->end = in->block;
	return n;
}

bool input_discard(struct input *in, uint64_t n)
{
	for (;;) {
		uint64_t waiting = (uint64_t)(in->end - in->next);
		uint64_t here = n < waiting ? n : waiting;
		in->next += here;
		n -= here;
		if (n > 0)
			n -= pass_over(in, n);
		if (n == 0 || !input_refill(in))
			return n == 0;
	}
}

bool input_long_line(struct input *in, struct str *line)
{
	start(in);
	size_t searched = 0;
	const char *newline = NULL;
	for (;;) {
		struct str waiting = input_ahead(in);
		if (waiting.n > searched)
			newline = memchr(waiting.p + searched, '\n',
					 waiting.n - searched);
		searched = waiting.n;
		if (newline || !input_refill(in))
			break;
		if (searched > INPUT_LINE_MAX) {
			in->line++;
			return input_error(in, "line longer than 64 MiB");
		}
	}
	if (in->failed || in->next == in->end)
		return false;
	const char *end = newline ? newline : in->end;
	in->raw = str_span(in->next, newline ? newline + 1 : end);
	in->next = in->raw.p + in->raw.n;
	in->line++;
	*line = str_span(in->raw.p, end);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

__attribute__((format(printf, 3, 0)))
static bool fail(struct input *in, const char *place, const char *format, va_list args)
{
	if (in->failed)
		return false;
	in->failed = true;
	buf_addf(&in->message, "%s:%s error: ", in->name, place);
	buf_addv(&in->message, format, args);
	return false;
}

bool input_error(struct input *in, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct buf place = { 0 };
	if (in->line > 0)
		buf_addf(&place, "%llu:", (unsigned long long)in->line);
	fail(in, buf_cstr(&place), format, args);
	buf_free(&place);
	va_end(args);
	return false;
}

bool input_fail(struct input *in, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fail(in, "", format, args);
	va_end(args);
	return false;
}

bool input_error_at(struct input *in, uint64_t offset, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct buf place = { 0 };
	buf_addf(&place, "@%llu:", (unsigned long long)offset);
	fail(in, buf_cstr(&place), format, args);
	buf_free(&place);
	va_end(args);
	return false;
}

void input_warn(struct input *in, const char *what, struct str text)
{
	input_warn_at(in, in->line, what, text);
}

static void count_oddity(struct input *in, uint64_t line, const char *what,
			 struct str text, uint64_t n)
{
	unsigned i = 0;
	while (i < in->warning_count && strcmp(in->warnings[i].what, what) != 0)
		i++;
	if (i == INPUT_WARNINGS)
		i--;
	struct input_warning *w = &in->warnings[i];
	if (i == in->warning_count) {
		in->warning_count++;
		w->what = what;
		w->first_line = line;
		w->first_text = arena_copy(
			&in->arena, text.n > EXCERPT ? str_head(text, EXCERPT) : text);
	}
	w->count += n;
}

void input_warn_at(struct input *in, uint64_t line, const char *what, struct str text)
{
	count_oddity(in, line, what, text, 1);
}

void input_warn_many(struct input *in, const char *what, uint64_t n)
{
	if (n > 0)
		count_oddity(in, 0, what, STR(""), n);
}
