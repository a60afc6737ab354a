/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A line a function:
 *
 *	main->rgb(243,180,64)
 *	operator->->rgb(250,120,60)
 *	vfs_read_[k]->rgb(230,150,30)
 *
 * A name may hold "->", so the last one divides the line.  A colour is three
 * numbers and is written anew from these, so nothing of a file gets into a picture
 * but numbers.  flamegraph.pl has a colour for the name "", its root: it is kept.
 */
#include "model/paint_map.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/palette.h"

enum { FILE_MAX = 256 << 20, WARNINGS_MAX = 5 };

static struct paint_map_color *color_of(struct paint_map *m, struct str name)
{
	uint32_t id = intern(&m->names, name);
	if (id == m->count) {
		ARRAY_RESERVE(m->colors, m->capacity, (size_t)m->count + 1);
		m->colors[m->count++] = (struct paint_map_color){ .is_set = false };
	}
	return &m->colors[id];
}

/* A line can hold the name, and what is read is what was written. */
static bool is_writable(struct str name)
{
	return str_chr(name, '\n') < 0 && str_chr(name, '\r') < 0 &&
	       str_chr(name, '\0') < 0;
}

static bool parse_byte(struct str text, uint8_t *byte)
{
	uint64_t value;
	if (!num_u64(str_trim(text), &value) || value > 255)
		return false;
	*byte = (uint8_t)value;
	return true;
}

/* "rgb(243,180,64)" */
static bool parse_rgb(struct str text, struct color *c)
{
	text = str_trim(text);
	if (!str_starts(text, STR("rgb(")) || !str_ends(text, STR(")")))
		return false;
	text = str_head(str_skip(text, 4), text.n - 5);
	struct str r = str_cut(&text, ','), g = str_cut(&text, ',');
	return parse_byte(r, &c->r) && parse_byte(g, &c->g) && parse_byte(text, &c->b);
}

static bool parse_line(struct paint_map *m, struct str line)
{
	ptrdiff_t mark = str_rchr(line, '>');
	if (mark < 1 || line.p[mark - 1] != '-')
		return false;
	struct str name = str_head(line, (size_t)mark - 1);
	struct color color;
	if (!is_writable(name) || !parse_rgb(str_skip(line, (size_t)mark + 1), &color))
		return false;
	*color_of(m, name) = (struct paint_map_color){ .color = color, .is_set = true };
	return true;
}

bool paint_map_parse(struct paint_map *m, struct str text, const char *path,
		     struct buf *warnings, struct buf *message)
{
	size_t good = 0, bad = 0, line_number = 0;
	*m = (struct paint_map){ .count = 0 };
	while (text.n > 0) {
		struct str line = str_cut(&text, '\n');
		line_number++;
		if (str_ends(line, STR("\r")))
			line.n--;
		if (str_trim(line).n == 0)
			continue;
		if (parse_line(m, line))
			good++;
		else if (bad++ < WARNINGS_MAX)
			buf_addf(warnings, "%s:%zu: left out, as it is not of the form "
				 "name->rgb(r,g,b)\n", path, line_number);
	}
	if (bad > good) {
		buf_addf(message, "'%s' is no palette map: %zu of %zu lines are not of "
			 "the form name->rgb(r,g,b)", path, bad, bad + good);
		buf_clear(warnings);
		paint_map_free(m);
		return false;
	}
	if (bad > WARNINGS_MAX)
		buf_addf(warnings, "%s: %zu more lines are left out\n", path,
			 bad - WARNINGS_MAX);
	return true;
}

bool paint_map_read(struct paint_map *m, const char *path, struct buf *warnings,
		    struct buf *message)
{
	struct buf text = { 0 };
	size_t said = message->n;
	bool missing;
	*m = (struct paint_map){ .count = 0 };
	bool good = palette_read_file(&text, "palette map", path, FILE_MAX, &missing,
				      message);
	if (good)
		good = paint_map_parse(m, buf_str(&text), path, warnings, message);
	else if (missing)
		message->n = said;
	buf_free(&text);
	return good || missing;
}

bool paint_map_find(struct paint_map *m, struct str name, enum frame_kind kind,
		    struct color *color)
{
	struct str mark = frame_kind_mark(kind);
	buf_clear(&m->key);
	buf_add(&m->key, name);
	buf_add(&m->key, mark);
	struct paint_map_color known = { .is_set = false };
	if (mark.n > 0)
		known = *color_of(m, name);
	struct paint_map_color *own = color_of(m, buf_str(&m->key));
	if (own->is_set)
		known = *own;
	bool found = known.is_set;
	if (!found)
		known = (struct paint_map_color){ .color = *color, .is_set = true };
	*own = known;
	*color = known.color;
	return found;
}

struct line {
	struct str name;
	struct color color;
};

static int by_name(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	return str_cmp(x->name, y->name);
}

void paint_map_add_text(const struct paint_map *m, struct buf *text)
{
	struct line *lines = xcalloc((size_t)m->count + 1, sizeof(*lines));
	size_t count = 0;
	for (uint32_t i = 0; i < m->count; i++) {
		struct str name = intern_text(&m->names, i);
		if (m->colors[i].is_set && is_writable(name))
			lines[count++] = (struct line){ name, m->colors[i].color };
	}
	qsort(lines, count, sizeof(*lines), by_name);
	for (size_t i = 0; i < count; i++) {
		struct color c = lines[i].color;
		buf_add(text, lines[i].name);
		buf_addf(text, "->rgb(%u,%u,%u)\n", c.r, c.g, c.b);
	}
	free(lines);
}

void paint_map_free(struct paint_map *m)
{
	intern_free(&m->names);
	buf_free(&m->key);
	free(m->colors);
	*m = (struct paint_map){ .count = 0 };
}
