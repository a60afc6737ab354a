/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	build=/home/me/bin
 *	5617f990c000-5617f990d000 r-xp 00001000 fe:00 11141561     /opt/bin/memdemo
 *	00400000-00452000: $build/server (@1000) 5f4c6a2e
 *
 * The first form is /proc/PID/maps, proc(5); the second one is written by servers
 * that have pprof handlers; google/pprof, profile/legacy_profile.go, has both.
 */
#include "read/maps.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"

enum { ATTRIBUTES_MAX = 64, LINE_MAX_EXPANDED = 64 * 1024, BUILD_ID_MAX = 64 };

void maps_free(struct maps *m)
{
	free(m->items);
	free(m->attributes);
	arena_free(&m->arena);
	buf_free(&m->scratch);
	*m = (struct maps){ 0 };
}

bool maps_is_heading(struct str line)
{
	return str_find(line, STR("MAPPED_LIBRARIES:")) >= 0 ||
	       str_find(line, STR("--- Memory map: ---")) >= 0;
}

/* The next word of *rest, empty at the end. */
static struct str cut_word(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	struct str word = str_head(*rest, n);
	*rest = str_trim(str_skip(*rest, n));
	return word;
}

static struct str peek_word(struct str rest)
{
	return cut_word(&rest);
}

/* "r-xp" */
static bool is_permissions(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (strchr("-rwxps", word.p[i]) == NULL)
			return false;
	return word.n == 4;
}

/* "fe:00" */
static bool is_device(struct str word)
{
	uint64_t number;
	struct str major = str_cut(&word, ':');
	return num_hex(major, &number) && num_hex(word, &number);
}

static bool cut_range(struct str *rest, struct maps_item *item)
{
	struct str range = cut_word(rest);
	if (str_ends(range, STR(":")))
		range.n--;
	struct str start = str_cut(&range, '-');
	return num_hex(start, &item->start) && num_hex(range, &item->end) &&
	       item->start < item->end;
}

static struct str bytes_of_hex(struct maps *m, struct str hex)
{
	if (hex.n == 0 || hex.n % 2 || hex.n > (size_t)2 * BUILD_ID_MAX)
		return STR("");
	char *bytes = arena_alloc(&m->arena, hex.n / 2);
	for (size_t i = 0; i < hex.n / 2; i++) {
		int high = num_hex_digit(hex.p[2 * i]), low = num_hex_digit(hex.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return STR("");
		bytes[i] = (char)(high << 4 | low);
	}
	return (struct str){ bytes, hex.n / 2 };
}

/* "/bin/server (@1000) 5f4c6a2e" */
static void read_brief(struct maps *m, struct str rest, struct maps_item *item)
{
	item->path = cut_word(&rest);
	struct str at = peek_word(rest);
	if (str_starts(at, STR("(@")) && str_ends(at, STR(")"))) {
		num_hex(str_head(str_skip(at, 2), at.n - 3), &item->offset);
		cut_word(&rest);
	}
	item->build_id = bytes_of_hex(m, cut_word(&rest));
}

static bool parse(struct maps *m, struct str line, struct maps_item *item, bool *is_code)
{
	if (!cut_range(&line, item))
		return false;
	*is_code = true;
	struct str word = peek_word(line);
	if (is_permissions(word)) {
		*is_code = memchr(word.p, 'x', word.n) != NULL;
		cut_word(&line);
	}
	struct str rest = line;
	uint64_t offset;
	if (num_hex(cut_word(&rest), &offset) && is_device(cut_word(&rest)) &&
	    num_is_digits(cut_word(&rest))) {
		item->offset = offset;
		item->path = rest;
	} else {
		read_brief(m, line, item);
	}
	return true;
}

static void add_attribute(struct maps *m, struct str line)
{
	struct str name = str_trim(str_cut(&line, '='));
	if (line.p == NULL || name.n == 0 || m->attribute_count == ATTRIBUTES_MAX)
		return;
	ARRAY_RESERVE(m->attributes, m->attribute_capacity, m->attribute_count + 1);
	m->attributes[m->attribute_count++] = (struct maps_attribute){
		arena_copy(&m->arena, name), arena_copy(&m->arena, str_trim(line)),
	};
}

static const struct maps_attribute *find_attribute(const struct maps *m, struct str s)
{
	for (size_t i = 0; i < m->attribute_count; i++)
		if (str_starts(s, m->attributes[i].name))
			return &m->attributes[i];
	return NULL;
}

/* The line with values in place of names; what came in is not looked at again. */
static struct str expand(struct maps *m, struct str line)
{
	if (m->attribute_count == 0 || str_chr(line, '$') < 0)
		return line;
	buf_clear(&m->scratch);
	while (line.n > 0 && m->scratch.n < LINE_MAX_EXPANDED) {
		const struct maps_attribute *a =
			line.p[0] == '$' ? find_attribute(m, str_skip(line, 1)) : NULL;
		if (a)
			buf_add(&m->scratch, a->value);
		else
			buf_addc(&m->scratch, line.p[0]);
		line = str_skip(line, a ? a->name.n + 1 : 1);
	}
	return buf_str(&m->scratch);
}

void maps_add(struct maps *m, struct input *in, struct str line)
{
	static const struct str deleted = STR(" (deleted)");
	struct maps_item item = { 0 };
	bool is_code = false;
	line = expand(m, line);
	if (!parse(m, line, &item, &is_code)) {
		add_attribute(m, line);
		return;
	}
	if (!is_code)
		return;
	if (str_ends(item.path, deleted)) {
		item.path.n -= deleted.n;
		input_warn(in, "mapped files that were replaced or deleted", item.path);
	}
	item.path = arena_copy(&m->arena, item.path);
	ARRAY_RESERVE(m->items, m->capacity, m->count + 1);
	m->items[m->count++] = item;
	m->is_sorted = false;
}

static int compare(const void *a, const void *b)
{
	const struct maps_item *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

const struct maps_item *maps_find(struct maps *m, uint64_t address)
{
	if (!m->is_sorted && m->count > 0)
		qsort(m->items, m->count, sizeof(*m->items), compare);
	m->is_sorted = true;
	size_t low = 0, high = m->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (m->items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && address < m->items[low - 1].end ? &m->items[low - 1] : NULL;
}
