/* SPDX-License-Identifier: Apache-2.0 */
#include "base/message.h"

#include <errno.h>
#include <unistd.h>

#include "base/utf8.h"

/* The one thing a process knows about itself; set once by main(). */
static const char *program = "fgtools";

void message_program(const char *name)
{
	program = name;
}

/* Controls, and what changes the order of the text around it. */
static bool acts_on_terminal(int32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       code == 0x200e || code == 0x200f || code == 0x061c ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

void message_visible(struct buf *buf, struct str s)
{
	while (s.n > 0) {
		unsigned length;
		int32_t code = utf8_next(s, &length);
		if (!acts_on_terminal(code)) {
			buf_add(buf, str_head(s, length));
		} else {
			for (unsigned i = 0; i < length; i++)
				buf_addf(buf, "\\x%02x", (unsigned char)s.p[i]);
		}
		s = str_skip(s, length);
	}
}

/* Whole lines in one write, so that programs of a pipeline do not mix theirs. */
static void show(struct buf *line)
{
	buf_addc(line, '\n');
	struct str rest = buf_str(line);
	while (rest.n > 0) {
		ssize_t n = write(STDERR_FILENO, rest.p, rest.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		rest = str_skip(rest, (size_t)n);
	}
	buf_free(line);
}

static void show_formatted(const char *level, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void show_formatted(const char *level, const char *format, va_list args)
{
	struct buf text = { 0 }, line = { 0 };
	buf_addv(&text, format, args);
	buf_addf(&line, "%s: %s", program, level);
	message_visible(&line, buf_str(&text));
	buf_free(&text);
	show(&line);
}

void message_error(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	show_formatted("error: ", format, args);
	va_end(args);
}

void message_warning(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	show_formatted("warning: ", format, args);
	va_end(args);
}

void message_note(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	show_formatted("", format, args);
	va_end(args);
}

void message_line(struct str text)
{
	struct buf line = { 0 };
	buf_addf(&line, "%s: ", program);
	message_visible(&line, text);
	show(&line);
}
