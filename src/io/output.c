/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Where a path leads decides how it is written.  Symbolic links are resolved
 * first, so that the link stays and what it points to is replaced:
 *
 *	nothing there, regular file    .NAME.XXXXXX beside it, renamed at the end
 *	FIFO, device, dangling link    opened and written in place
 *	/dev/stdout, /dev/fd/N         the descriptor that is open already
 *
 * A file in a folder where nothing can be made is written in place, too.
 */
#include "io/output.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"

enum { NO_FILE = -1, TEMPORARY_NAME_MAX = 200 };

static void fail(struct output *o, int error)
{
	if (!o->failed)
		o->error = error;
	o->failed = true;
	o->n = 0;
}

static void compose_message(struct output *o)
{
	if (o->path)
		snprintf(o->data, sizeof(o->data), "cannot write '%.4096s': %s", o->path,
			 strerror(o->error));
	else
		snprintf(o->data, sizeof(o->data), "cannot write standard output: %s",
			 strerror(o->error));
}

static void forget(struct output *o)
{
	free(o->path);
	free(o->temporary);
	o->path = o->temporary = NULL;
	o->fd = NO_FILE;
}

static char *copy_text(struct str s)
{
	struct buf text = { 0 };
	buf_add(&text, s);
	buf_addc(&text, '\0');
	return text.p;
}

/* The descriptor a name such as /dev/fd/3 stands for, or NO_FILE. */
static int named_descriptor(const char *path)
{
	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	const struct str name = str_of(path), folder = STR("/dev/fd/");
	if (!str_starts(name, folder))
		return NO_FILE;
	uint64_t fd;
	bool is_number = num_u64(str_skip(name, folder.n), &fd);
	return is_number && fd <= INT_MAX ? (int)fd : NO_FILE;
}

static void open_in_place(struct output *o, const char *path)
{
	o->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (o->fd < 0)
		fail(o, errno);
}

/* What open() would give a new file. */
static mode_t new_file_mode(void)
{
	mode_t mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static char *temporary_template(const char *target)
{
	struct str path = str_of(target), name = str_basename(path);
	struct buf text = { 0 };
	buf_add(&text, str_head(path, path.n - name.n));
	buf_addc(&text, '.');
	buf_add(&text, str_head(name, name.n < TEMPORARY_NAME_MAX ? name.n :
							    TEMPORARY_NAME_MAX));
	buf_add(&text, STR(".XXXXXX"));
	buf_addc(&text, '\0');
	return text.p;
}

/* The temporary gets mode and owner of the file it will replace, as far as allowed. */
static void open_beside(struct output *o, const char *target, const struct stat *old)
{
	o->temporary = temporary_template(target);
	o->fd = mkostemp(o->temporary, O_CLOEXEC);
	if (o->fd < 0) {
		int error = errno;
		free(o->temporary);
		o->temporary = NULL;
		if (old && (error == EACCES || error == EPERM || error == EROFS))
			open_in_place(o, target);
		else
			fail(o, error);
		return;
	}
	if (old && (old->st_uid != geteuid() || old->st_gid != getegid()) &&
	    fchown(o->fd, old->st_uid, old->st_gid) != 0)
		errno = 0; /* the file then belongs to who writes it */
	if (fchmod(o->fd, old ? old->st_mode & 0777 : new_file_mode()) != 0)
		fail(o, errno);
}

/* Renaming would replace a symbolic link: what it points to is the target then. */
static void replace_file(struct output *o, const char *path, const struct stat *old)
{
	struct stat link;
	if (access(path, W_OK) != 0 || lstat(path, &link) != 0) {
		fail(o, errno);
		return;
	}
	if (S_ISLNK(link.st_mode)) {
		char *target = realpath(path, NULL);
		if (!target) {
			fail(o, errno);
			return;
		}
		free(o->path);
		o->path = target;
	}
	open_beside(o, o->path, old);
}

static void open_path(struct output *o, const char *path)
{
	int fd = named_descriptor(path);
	if (fd >= 0) {
		o->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (o->fd < 0)
			fail(o, errno);
		return;
	}
	struct stat old;
	if (stat(path, &old) != 0) {
		struct stat link;
		if (errno != ENOENT)
			fail(o, errno);
		else if (lstat(path, &link) == 0)
			open_in_place(o, path);
		else
			open_beside(o, path, NULL);
		return;
	}
	if (S_ISREG(old.st_mode))
		replace_file(o, path, &old);
	else
		open_in_place(o, path);
}

bool output_open(struct output *o, const char *path)
{
	o->n = 0;
	o->failed = false;
	o->error = 0;
	o->path = o->temporary = NULL;
	o->fd = STDOUT_FILENO;
	if (!path || strcmp(path, "-") == 0)
		return true;
	o->fd = NO_FILE;
	o->path = copy_text(str_of(path));
	open_path(o, path);
	if (!o->failed)
		return true;
	output_discard(o);
	return false;
}

bool output_close(struct output *o)
{
	output_flush(o);
	if (o->fd >= 0 && close(o->fd) != 0 && errno != EINTR)
		fail(o, errno);
	if (o->temporary && !o->failed && rename(o->temporary, o->path) != 0)
		fail(o, errno);
	if (o->failed) {
		output_unlink(o);
		compose_message(o);
	}
	forget(o);
	return !o->failed;
}

void output_discard(struct output *o)
{
	output_unlink(o);
	if (o->fd > STDERR_FILENO)
		close(o->fd);
	if (o->failed)
		compose_message(o);
	forget(o);
}

void output_unlink(const struct output *o)
{
	if (o->temporary)
		unlink(o->temporary);
}

const char *output_message(struct output *o)
{
	if (o->fd != NO_FILE)
		compose_message(o);
	return o->data;
}

/* Non-blocking descriptors (a terminal shared with node, say) are waited for. */
static bool can_retry(int fd, int error)
{
	if (error == EINTR)
		return true;
	if (error != EAGAIN && error != EWOULDBLOCK)
		return false;
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

static void write_all(struct output *o, const char *p, size_t n)
{
	while (n > 0 && !o->failed) {
		ssize_t written = write(o->fd, p, n);
		if (written > 0) {
			p += written;
			n -= (size_t)written;
		} else if (written == 0) {
			fail(o, EIO);
		} else if (!can_retry(o->fd, errno)) {
			fail(o, errno);
		}
	}
}

void output_flush(struct output *o)
{
	write_all(o, o->data, o->n);
	o->n = 0;
}

void output_bytes(struct output *o, struct str s)
{
	if (s.n > sizeof(o->data) - o->n) {
		output_flush(o);
		if (s.n >= sizeof(o->data)) {
			write_all(o, s.p, s.n);
			return;
		}
	}
	if (s.n > 0)
		memcpy(o->data + o->n, s.p, s.n);
	o->n += s.n;
}

void output_u64(struct output *o, uint64_t value)
{
	char text[20], *end = text + sizeof(text), *p = end;
	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	output_bytes(o, str_span(p, end));
}

void output_i64(struct output *o, int64_t value)
{
	if (value < 0)
		output_char(o, '-');
	output_u64(o, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void output_decimal(struct output *o, int64_t digits, unsigned scale)
{
	if (scale == 0) {
		output_i64(o, digits);
		return;
	}
	struct buf text = { 0 };
	num_add_decimal(&text, digits, scale);
	output_bytes(o, buf_str(&text));
	buf_free(&text);
}

void output_fixed(struct output *o, double value, unsigned decimals)
{
	static const unsigned powers[] = { 1, 10, 100, 1000, 10000 };
	assert(decimals < ARRAY_SIZE(powers) && isfinite(value));
	if (fabs(value) >= 1e15) {
		char text[320];
		int n = snprintf(text, sizeof(text), "%.0f", value);
		output_bytes(o, (struct str){ text, (size_t)n });
		return;
	}
	double scaled = round(fabs(value) * powers[decimals]);
	uint64_t digits = scaled < 1e18 ? (uint64_t)scaled : 0;
	if (scaled >= 1e18) {
		digits = (uint64_t)fabs(value);
		decimals = 0;
	}
	if (value < 0 && digits)
		output_char(o, '-');
	output_u64(o, digits / powers[decimals]);
	unsigned rest = (unsigned)(digits % powers[decimals]);
	if (!rest)
		return;
	output_char(o, '.');
	while (rest) {
		unsigned power = powers[--decimals];
		output_char(o, (char)('0' + rest / power));
		rest %= power;
	}
}

/* What a byte is to XML. */
enum byte_class { PLAIN, SPECIAL, CONTROL, LEADING };

static const unsigned char classes[256] = {
	[0 ... 0x1f] = CONTROL,
	['&'] = SPECIAL,
	['<'] = SPECIAL,
	['>'] = SPECIAL,
	['"'] = SPECIAL,
	['\''] = SPECIAL,
	[0x7f] = CONTROL,
	[0x80 ... 0xff] = LEADING,
};

static struct str entity(char c)
{
	switch (c) {
	case '&':
		return STR("&amp;");
	case '<':
		return STR("&lt;");
	case '>':
		return STR("&gt;");
	case '"':
		return STR("&quot;");
	default:
		return STR("&#39;");
	}
}

/* Bytes of the character beyond ASCII at s, or 0 when it may not stay. */
static unsigned kept_length(struct str s)
{
	unsigned length;
	int32_t code = utf8_next(s, &length);
	return code < 0xa0 || (code & 0xfffe) == 0xfffe ? 0 : length;
}

/*
 * Stands for the character at s that may not appear; *length is set to how many
 * bytes of s that was.  room is for three bytes.
 */
static struct str stand_in(struct str s, unsigned *length, char *room)
{
	unsigned char c = (unsigned char)*s.p;
	*length = 1;
	if (c < 0x20) {
		room[0] = '\xe2';
		room[1] = '\x90';
		room[2] = (char)(0x80 + c);
		return (struct str){ room, 3 };
	}
	if (c == 0x7f)
		return STR("\u2421");
	utf8_next(s, length);
	return STR("\ufffd");
}

/*
 * The next piece of *rest, which is not empty, as it may appear: as much as can
 * stay as it is, or what stands for a character.
 */
static struct str take_piece(struct str *rest, bool special_stays, char *room)
{
	const char *p = rest->p, *end = rest->p + rest->n;
	while (p < end) {
		enum byte_class class = classes[(unsigned char)*p];
		unsigned kept = class == PLAIN || (class == SPECIAL && special_stays);
		if (class == LEADING)
			kept = kept_length(str_span(p, end));
		if (!kept)
			break;
		p += kept;
	}
	struct str piece = str_span(rest->p, p);
	unsigned length = 0;
	if (piece.n == 0 && classes[(unsigned char)*p] == SPECIAL) {
		piece = entity(*p);
		length = 1;
	} else if (piece.n == 0) {
		piece = stand_in(*rest, &length, room);
	}
	*rest = str_span(p + length, end);
	return piece;
}

void output_xml(struct output *o, struct str s)
{
	char room[3];
	while (s.n > 0)
		output_bytes(o, take_piece(&s, false, room));
}

void output_xml_shown(struct buf *b, struct str s)
{
	char room[3];
	while (s.n > 0)
		buf_add(b, take_piece(&s, true, room));
}

void output_comment(struct output *o, struct str s)
{
	while (s.n > 0) {
		ptrdiff_t dash = str_chr(s, '-');
		size_t n = dash < 0 ? s.n : (size_t)dash;
		output_xml(o, str_head(s, n));
		s = str_skip(s, n);
		if (s.n == 0)
			break;
		output_char(o, '-');
		s = str_skip(s, 1);
		if (s.n == 0 || s.p[0] == '-')
			output_char(o, ' ');
	}
}

void output_json(struct output *o, struct str s)
{
	output_char(o, '"');
	while (s.n > 0) {
		unsigned length;
		int32_t code = utf8_next(s, &length);
		if (code < 0) {
			output_lit(o, "\xef\xbf\xbd");
		} else if (code < ' ' || code == 0x7f) {
			output_lit(o, "\\u00");
			output_char(o, (char)('0' + code / 16));
			output_char(o, "0123456789abcdef"[code % 16]);
		} else {
			if (code == '"' || code == '\\')
				output_char(o, '\\');
			output_bytes(o, str_head(s, length));
		}
		s = str_skip(s, length);
	}
	output_char(o, '"');
}

void output_base64(struct output *o, struct str s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t left = s.n; left > 0;) {
		if (sizeof(o->data) - o->n < 4)
			output_flush(o);
		char *to = o->data + o->n, *end = o->data + sizeof(o->data) - 3;
		for (; left >= 3 && to < end; to += 4, p += 3, left -= 3) {
			to[0] = digits[p[0] >> 2];
			to[1] = digits[(p[0] & 3) << 4 | p[1] >> 4];
			to[2] = digits[(p[1] & 15) << 2 | p[2] >> 6];
			to[3] = digits[p[2] & 63];
		}
		if (left > 0 && left < 3 && to < end) {
			unsigned second = left == 2 ? p[1] : 0;
			to[0] = digits[p[0] >> 2];
			to[1] = digits[(p[0] & 3) << 4 | second >> 4];
			to[2] = left == 2 ? digits[(second & 15) << 2] : '=';
			to[3] = '=';
			to += 4;
			left = 0;
		}
		o->n = (size_t)(to - o->data);
	}
}
