/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	x 1d /opt/dem/data/mem/bin/memdemo
 *	m 1 -
 *	m 1 x 55f95e512000 0 8e0 1000 94d
 *	m 1f /lib/x86_64-linux-gnu/libc.so.6 7f1cb7bc8000 0 25388
 *
 * is the name of the program, a new list, and two files of it: the name, where it was
 * loaded, and pairs of where a part of it begins and how long it is.  Up to version 2
 * the names have no length in front, and no blanks.
 */
#include "read/heaptrack_modules.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"

/* As many parts of files as Linux lets a process have, if nobody has told it to. */
enum { RANGES_MAX = 65530 };

void heaptrack_modules_init(struct heaptrack_modules *m, struct input *in,
			    struct profile *profile, const struct want *want)
{
	*m = (struct heaptrack_modules){
		.in = in, .program = STR("[program]"),
		.symbolizer = symbolizer_new(in, profile, want, true),
	};
}

void heaptrack_modules_free(struct heaptrack_modules *m)
{
	if (m->symbolizer)
		symbolizer_delete(m->symbolizer);
	free(m->ranges);
	free(m->parts);
}

static bool take_name(struct heaptrack_modules *m, struct str *rest, struct str *name)
{
	uint64_t size;
	if (!m->are_sized) {
		*name = str_cut(rest, ' ');
		return true;
	}
	if (!num_hex(str_cut(rest, ' '), &size) || size > rest->n ||
	    (size < rest->n && rest->p[size] != ' '))
		return input_error(m->in, "the name has another length than it tells");
	*name = str_head(*rest, size);
	*rest = str_skip(*rest, size < rest->n ? size + 1 : size);
	return true;
}

bool heaptrack_modules_set_program(struct heaptrack_modules *m, struct str rest)
{
	struct str name = rest;
	if (m->are_sized && !take_name(m, &rest, &name))
		return false;
	m->program = arena_copy(&m->in->arena, name);
	return true;
}

static struct str full_name(const struct heaptrack_modules *m, struct str name)
{
	if (str_eq(name, STR("x")))
		return m->program;
	if (str_starts(str_basename(name), STR("linux-vdso.so")) ||
	    str_starts(str_basename(name), STR("linux-gate.so")))
		return STR("[vdso]");
	return name;
}

static bool add_part(struct heaptrack_modules *m, uint64_t bias, struct str *rest)
{
	struct symbolizer_part part;
	if (!num_hex(str_cut(rest, ' '), &part.address) ||
	    !num_hex(str_cut(rest, ' '), &part.size))
		return input_error(m->in, "numbers are wrong or missing");
	struct heaptrack_range range = { .bias = bias, .from = bias + part.address };
	if (__builtin_add_overflow(range.from, part.size, &range.to))
		return input_error(m->in, "a file beyond the end of memory");
	if (m->count == RANGES_MAX)
		return input_error(m->in, "more than %d parts of files in memory",
				   RANGES_MAX);
	ARRAY_RESERVE(m->ranges, m->capacity, m->count + 1ull);
	ARRAY_RESERVE(m->parts, m->part_capacity, m->part_count + 1ull);
	m->ranges[m->count++] = range;
	m->parts[m->part_count++] = part;
	return true;
}

bool heaptrack_modules_add(struct heaptrack_modules *m, struct str rest)
{
	struct str name = STR("");
	uint64_t bias;
	if (!take_name(m, &rest, &name))
		return false;
	rest = str_trim(rest);
	if (str_eq(name, STR("-")) && rest.n == 0) {
		m->count = m->sorted = 0;
		return true;
	}
	if (!num_hex(str_cut(&rest, ' '), &bias))
		return input_error(m->in, "numbers are wrong or missing");
	uint32_t first = m->count;
	m->part_count = 0;
	while (rest.n)
		if (!add_part(m, bias, &rest))
			return false;
	uint32_t module = symbolizer_module(m->symbolizer, &(struct symbolizer_file){
		.path = full_name(m, name),
		.parts = m->parts, .part_count = m->part_count,
	});
	for (uint32_t i = first; i < m->count; i++)
		m->ranges[i].module = module;
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct heaptrack_range *x = a, *y = b;
	return x->from < y->from ? -1 : x->from > y->from;
}

/* Those that came since the last time go between the others; few need to move. */
static void sort(struct heaptrack_modules *m)
{
	size_t old = m->sorted, more = m->count - m->sorted, at = m->count;
	if (more == 0)
		return;
	struct heaptrack_range *last = xreallocarray(NULL, more, sizeof(*last));
	memcpy(last, &m->ranges[old], more * sizeof(*last));
	qsort(last, more, sizeof(*last), by_start);
	while (more > 0) {
		bool is_old = old > 0 && m->ranges[old - 1].from > last[more - 1].from;
		m->ranges[--at] = is_old ? m->ranges[--old] : last[--more];
	}
	free(last);
	m->sorted = m->count;
}

/* The last range that begins at the address or before it. */
static const struct heaptrack_range *find(struct heaptrack_modules *m, uint64_t address)
{
	sort(m);
	uint32_t low = 0, high = m->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (m->ranges[middle].from <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || address >= m->ranges[low - 1].to)
		return NULL;
	return &m->ranges[low - 1];
}

uint32_t heaptrack_modules_place(struct heaptrack_modules *m, uint64_t address)
{
	const struct heaptrack_range *range = find(m, address);
	return range ? symbolizer_place(m->symbolizer, range->module,
					address - range->bias) :
		       symbolizer_place(m->symbolizer, SYMBOLIZER_NONE, address);
}
