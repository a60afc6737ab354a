/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Start, size and name; of the lines about one address the last one counts, for code
 * is moved and thrown away:
 *
 *	7f2a3c0041a0 5c LazyCompile:~fib /srv/app.js:2:13
 *	0x7f2a3c004200 0x80 Interpreter
 *
 * tools/perf/Documentation/jit-interface.txt in the Linux source.
 */
#include "read/perfdata_jitmap.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "io/input.h"
#include "read/perfdata_paths.h"

enum { LINES_MAX = 64 << 20 };

void perfdata_jitmap_free(struct perfdata_jitmap *m)
{
	spans_free(&m->spans);
	buf_free(&m->text);
	free(m->items);
}

static bool take_hex(struct str *line, uint64_t *value)
{
	struct str word = str_cut(line, ' ');
	if (str_starts(word, STR("0x")))
		word = str_skip(word, 2);
	return num_hex(word, value);
}

static void read_line(struct perfdata_jitmap *m, struct str line)
{
	uint64_t start, size;
	if (!take_hex(&line, &start) || !take_hex(&line, &size) || line.n == 0 ||
	    start > UINT64_MAX - size || m->count == LINES_MAX ||
	    m->text.n > UINT32_MAX - line.n - 1)
		return;
	ARRAY_RESERVE(m->items, m->capacity, (size_t)m->count + 1);
	m->items[m->count] = (struct perfdata_jitted){ start, (uint32_t)m->text.n };
	spans_add(&m->spans, start, start + size, m->count++);
	buf_add(&m->text, line);
	buf_addc(&m->text, '\0');
}

bool perfdata_jitmap_load(struct perfdata_jitmap *m, const char *path)
{
	struct input in;
	struct str line;
	*m = (struct perfdata_jitmap){ 0 };
	if (!perfdata_paths_is_file(path))
		return false;
	bool ok = input_open(&in, path);
	while (ok && input_line(&in, &line))
		read_line(m, line);
	input_close(&in);
	spans_finish(&m->spans);
	return ok;
}

struct str perfdata_jitmap_find(const struct perfdata_jitmap *m, uint64_t address,
				uint64_t *start)
{
	uint32_t found = spans_find(&m->spans, address);
	if (found == SPANS_NONE)
		return STR("");
	*start = m->items[found].start;
	return str_of(m->text.p + m->items[found].name);
}
