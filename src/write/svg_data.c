/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The call tree as the viewer reads it, for zooming into what is too narrow to
 * draw: numbers in columns, deflated, in base64, as text that nobody sees.
 *
 *	<g class="fg-data" aria-hidden="true"><desc>Y2BgYGAA…</desc></g>
 *
 * Below, N is a number of seven bits a byte, the lowest first, each byte but the
 * last with its highest bit set; B is one byte.
 *
 *	header     N version, 1
 *	           N flags: 1 reversed, children are callers; 2 difference; 4 flame
 *	           chart; 8 cut, not every node is here; 16 links; 32 diffusion;
 *	           64 a difference is seen from the other side; 128 found; of a
 *	           difference: 256 frames that are gone are as wide as they were; 512
 *	           all are; 1024 judged
 *	           N scale: values are digits / 10^scale
 *	           N nodes of the whole tree, gaps not counted
 *	strings    N strings; N of them, the first ones, are names of functions, in
 *	           byte order; N bytes of all, when written out with a '\n' each
 *	           each string: N bytes it has in common with the one before, from
 *	           the start; the rest of it; '\n'.  What is written out is UTF-8
 *	           (a common part may end inside a character) without a '\n'.
 *	sums       only of a cut tree: for each name N self, then for each N total,
 *	           over the whole profile; of a difference the same two columns of what
 *	           was before; N functions that have no name here
 *	found      with that flag, for each name B: 1 when --highlight fits it
 *	modules    N modules; for each N string; then B red, B green, B blue, each a
 *	           column
 *	functions  N functions; then columns: N name, as difference to the function
 *	           before; B kind; N module: 0 none, 1 several, else + 2; N string of
 *	           the full name + 1, 0 none; B red; B green; B blue; B 1 for a darker
 *	           left edge; with links N string + 1 of "target href title", 0 none;
 *	           href or title may be empty, only the title has blanks
 *	           They are in order of their names, then kinds.
 *	kinds      B red of the six kinds, B green, B blue
 *	tree       N nodes, depth first, the root as the first; then columns:
 *	           for each but the root N up: 0 for a child of the node before, 1 for
 *	           a sibling, and so on
 *	           for each but the root B place: of its function in the list of those
 *	           that the function above was met calling, from 1 on; 0: not there
 *	           for each with place 0 N code: 1 a gap in a flame chart, else the
 *	           function + 2
 *	           N rest: total less the totals of the children
 *	           of a cut tree, where rest is not 0, N hidden: what of it are
 *	           functions left out
 *	           of a difference N before: rest in the other column
 *	           if judged for each node B: 1 when its change is more than chance
 *
 * A function calls few others again and again, so places are small numbers.  Each
 * function, and the root, has a list; a code that is not in it is added at its end
 * as long as it has less than 28.  "a;b 2", "a;c 1", "d;a;b 5" is, from the tree
 * on:
 *
 *	node   all  a  b  c  d  a  b
 *	up          0  0  1  2  0  0
 *	place       0  0  0  0  0  1        a was met calling b
 *	code        2  3  4  5  2
 *	rest     0  0  2  1  0  0  5
 */
#include "write/svg_drawing.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/textsort.h"
#include "base/utf8.h"
#include "io/deflate.h"
#include "model/detail.h"
#include "write/svg_callees.h"

enum {
	DATA_VERSION = 1,
	REVERSED = 1, DIFFERENCE = 2, CHART = 4, CUT = 8, LINKS = 16, DIFFUSION = 32,
	NEGATED = 64, FOUND = 128, UNION = 256, BEFORE = 512, JUDGED = 1024,
	CODE_GAP = 1, CODE_FUNCTION = 2,
	TOP = 1000,                          /* names of a cut tree, if not shown */
	STRING_MAX = 4096,
	BYTES_MAX = 3 << 20,                 /* of the text, where nobody said how many nodes */
	NUMBER_MAX = 10,                     /* bytes */
	AHEAD = 8,                           /* strings that are fetched before their turn */
};

struct data {
	struct drawing *drawing;
	const struct profile *profile;
	struct detail detail;
	struct str *strings;
	size_t string_count, string_capacity;
	uint32_t *string_of;         /* by text id: its string + 1 */
	uint32_t *names, name_count; /* text ids, sorted */
	uint32_t *frames, function_count;    /* by function */
	uint32_t *code_of;           /* by frame: of the function */
	uint32_t *modules, module_count;     /* text ids */
	uint32_t *module_of;         /* by text id: its module + 1 */
	uint32_t *full, *link;       /* by function: string + 1; link may be NULL */
	struct deflate *deflate;
	struct buf column;
};

/* Columns */

/* Begins a column: returns where its bytes go, with room for so many of them. */
static unsigned char *begin_column(struct data *d, size_t count, unsigned most)
{
	buf_clear(&d->column);
	return (unsigned char *)buf_reserve(&d->column, count * most);
}

/* The same for what goes on behind it. */
static unsigned char *put_number(unsigned char *to, uint64_t n)
{
	for (; n > 0x7f; n >>= 7)
		*to++ = (unsigned char)(n | 0x80);
	*to++ = (unsigned char)n;
	return to;
}

static void end_column(struct data *d, const unsigned char *end, enum deflate_kind kind)
{
	d->column.n = (size_t)((const char *)end - d->column.p);
	deflate_add(d->deflate, buf_str(&d->column), kind);
}

static void put_single(struct data *d, uint64_t n)
{
	unsigned char *to = begin_column(d, 1, NUMBER_MAX);
	end_column(d, put_number(to, n), DEFLATE_NUMBERS);
}

/* The three columns of colours. */
static void put_colors(struct data *d, const struct color *colors, size_t count)
{
	unsigned char *to = begin_column(d, count, 3);
	for (size_t i = 0; i < count; i++)
		*to++ = colors[i].r;
	for (size_t i = 0; i < count; i++)
		*to++ = colors[i].g;
	for (size_t i = 0; i < count; i++)
		*to++ = colors[i].b;
	end_column(d, to, DEFLATE_NUMBERS);
}

/* What is there */

static uint32_t add_string(struct data *d, struct str s)
{
	ARRAY_RESERVE(d->strings, d->string_capacity, d->string_count + 1);
	d->strings[d->string_count++] = s;
	return (uint32_t)d->string_count;
}

/* Returns the string + 1 of a text, 0 for none. */
static uint32_t string_of(struct data *d, uint32_t text)
{
	if (text == ID_NONE || text == ID_SEVERAL)
		return 0;
	if (d->string_of[text] == 0)
		d->string_of[text] = add_string(d, intern_text(&d->profile->text, text));
	return d->string_of[text];
}

static void add_name(struct data *d, uint32_t name, bool *there)
{
	if (!there[name])
		d->names[d->name_count++] = name;
	there[name] = true;
}

static void add_top(struct data *d, enum top_order order, bool *there)
{
	uint32_t names[TOP], max = d->detail.count < TOP ? d->detail.count : TOP;
	uint32_t count = top_choose(&d->drawing->picture->top, order, names, max);
	for (uint32_t i = 0; i < count; i++)
		add_name(d, names[i], there);
}

/* Marks frames of kept nodes in code_of, and finds the names. */
static void find_names(struct data *d)
{
	const struct profile *p = d->profile;
	bool *there = xcalloc(p->text.count, sizeof(*there));
	d->names = xcalloc(p->text.count, sizeof(*d->names));
	d->code_of = xcalloc(p->frame_count, sizeof(*d->code_of));
	for (uint32_t i = 1; i < d->detail.count; i++)
		if (d->detail.frame[i] != ID_NONE)
			d->code_of[d->detail.frame[i]] = 1;
	for (uint32_t i = 0; i < p->frame_count; i++) {
		if (d->code_of[i] == 0)
			continue;
		d->function_count++;
		add_name(d, p->frames[i].name, there);
	}
	if (d->detail.cut > 0) {
		add_top(d, TOP_BY_SELF, there);
		add_top(d, TOP_BY_TOTAL, there);
		if (d->detail.before)
			add_top(d, TOP_BY_CHANGE, there);
	}
	free(there);
	textsort(p->text.text, d->names, d->name_count);
	d->string_of = xcalloc(p->text.count, sizeof(*d->string_of));
	for (uint32_t i = 0; i < d->name_count; i++)
		string_of(d, d->names[i]);
}

/* By name, then kind. */
static void order_functions(struct data *d)
{
	const struct profile *p = d->profile;
	size_t places = (size_t)d->name_count * FRAME_KINDS;
	uint32_t *frame_at = xcalloc(places, sizeof(*frame_at));
	for (uint32_t i = 0; i < p->frame_count; i++) {
		size_t name = d->string_of[p->frames[i].name] - 1;
		if (d->code_of[i])
			frame_at[name * FRAME_KINDS + p->frames[i].kind] = i + 1;
	}
	d->frames = xcalloc(d->function_count, sizeof(*d->frames));
	uint32_t function = 0;
	for (size_t i = 0; i < places; i++) {
		if (frame_at[i] == 0)
			continue;
		d->frames[function] = frame_at[i] - 1;
		d->code_of[frame_at[i] - 1] = CODE_FUNCTION + function++;
	}
	free(frame_at);
}

/* The texts of functions besides their names, as strings. */
static void find_attributes(struct data *d)
{
	const struct profile *p = d->profile;
	const struct svg_links *links = &d->drawing->options->links;
	d->modules = xcalloc(d->function_count, sizeof(*d->modules));
	d->module_of = xcalloc(p->text.count, sizeof(*d->module_of));
	d->full = xcalloc(d->function_count, sizeof(*d->full));
	if (links->count > 0)
		d->link = xcalloc(d->function_count, sizeof(*d->link));
	for (uint32_t i = 0; i < d->function_count; i++) {
		const struct frame *f = &p->frames[d->frames[i]];
		if (f->module != ID_NONE && f->module != ID_SEVERAL &&
		    d->module_of[f->module] == 0) {
			string_of(d, f->module);
			d->modules[d->module_count++] = f->module;
			d->module_of[f->module] = d->module_count;
		}
		if (f->full != f->name)
			d->full[i] = string_of(d, f->full);
		const struct svg_link *link = NULL;
		if (d->link)
			link = svg_links_of(links, p, d->frames[i]);
		if (link && (link->href.n || link->title.n))
			d->link[i] = add_string(d, link->words);
	}
}

/* Strings */

static bool is_plain(struct str s)
{
	unsigned odd = 0;
	for (size_t i = 0; i < s.n; i++)
		odd |= (unsigned char)(s.p[i] - 0x20) >= 0x7f - 0x20;
	return !odd;
}

/* As tooltips show it; in *room, where it is not s itself. */
static struct str shown(struct str s, struct buf *room)
{
	if (s.n <= STRING_MAX && is_plain(s))
		return s;
	buf_clear(room);
	if (s.n <= STRING_MAX) {
		output_xml_shown(room, s);
	} else {
		output_xml_shown(room, utf8_fit(str_head(s, STRING_MAX), STRING_MAX - 4));
		buf_add(room, STR("…"));
	}
	return buf_str(room);
}

static size_t common_length(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

static void put_strings(struct data *d)
{
	struct buf text = { 0 }, rooms[2] = { { 0 } };
	struct str last = { 0 };
	uint64_t bytes = 0;
	for (size_t i = 0; i < d->string_count; i++) {
		if (i + AHEAD < d->string_count)
			__builtin_prefetch(d->strings[i + AHEAD].p);
		struct str s = shown(d->strings[i], &rooms[i & 1]);
		size_t common = common_length(last, s);
		char *start = buf_reserve(&text, NUMBER_MAX + s.n - common + 1);
		char *to = (char *)put_number((unsigned char *)start, common);
		memcpy(to, s.p + common, s.n - common);
		to[s.n - common] = '\n';
		text.n += (size_t)(to - start) + s.n - common + 1;
		bytes += s.n + 1;
		last = s;
	}
	put_single(d, d->string_count);
	put_single(d, d->name_count);
	put_single(d, bytes);
	deflate_add(d->deflate, buf_str(&text), DEFLATE_TEXT);
	buf_free(&text);
	buf_free(&rooms[0]);
	buf_free(&rooms[1]);
}

/* The rest in order */

static unsigned shape_of(const struct drawing *d)
{
	if (d->picture->tree->widths == NULL)
		return 0;
	return d->picture->options->drawn_shape == TREE_UNION ? UNION : BEFORE;
}

static void put_header(struct data *d)
{
	const struct drawing *drawing = d->drawing;
	const struct tree *t = drawing->picture->tree;
	put_single(d, DATA_VERSION);
	put_single(d, (drawing->picture->stacks->reversed ? REVERSED : 0) |
		      (d->detail.before ? DIFFERENCE : 0) |
		      (t->stacks->in_order ? CHART : 0) |
		      (d->detail.cut > 0 ? CUT : 0) | (d->link ? LINKS : 0) |
		      (drawing->picture->options->paint.diffusion ? DIFFUSION : 0) |
		      (drawing->picture->options->paint.negate ? NEGATED : 0) |
		      (drawing->picture->hits ? FOUND : 0) | shape_of(drawing) |
		      (drawing->picture->options->changed ? JUDGED : 0));
	put_single(d, t->stacks->scale);
	put_single(d, t->count - t->gaps);
}

static void put_sums_before(struct data *d)
{
	const struct top *top = &d->drawing->picture->top;
	unsigned char *to = begin_column(d, d->name_count, 2 * NUMBER_MAX);
	for (uint32_t i = 0; i < d->name_count; i++)
		to = put_number(to, (uint64_t)top->functions[d->names[i]].self_before);
	for (uint32_t i = 0; i < d->name_count; i++)
		to = put_number(to, (uint64_t)top->functions[d->names[i]].total_before);
	end_column(d, to, DEFLATE_NUMBERS);
}

static void put_sums(struct data *d)
{
	const struct top *top = &d->drawing->picture->top;
	unsigned char *to = begin_column(d, d->name_count, 2 * NUMBER_MAX);
	for (uint32_t i = 0; i < d->name_count; i++)
		to = put_number(to, (uint64_t)top->functions[d->names[i]].self);
	for (uint32_t i = 0; i < d->name_count; i++)
		to = put_number(to, (uint64_t)top->functions[d->names[i]].total);
	end_column(d, to, DEFLATE_NUMBERS);
	if (d->detail.before)
		put_sums_before(d);
	put_single(d, top->count - d->name_count);
}

static void put_found(struct data *d)
{
	const bool *hits = d->drawing->picture->hits;
	unsigned char *to = begin_column(d, d->name_count, 1);
	for (uint32_t i = 0; i < d->name_count; i++)
		*to++ = hits[d->names[i]];
	end_column(d, to, DEFLATE_NUMBERS);
}

static void put_modules(struct data *d)
{
	struct color *colors = xcalloc(d->module_count, sizeof(*colors));
	put_single(d, d->module_count);
	unsigned char *to = begin_column(d, d->module_count, NUMBER_MAX);
	for (uint32_t i = 0; i < d->module_count; i++) {
		to = put_number(to, d->string_of[d->modules[i]] - 1);
		colors[i] = paint_module(&d->drawing->picture->options->colors,
					d->modules[i]);
	}
	end_column(d, to, DEFLATE_NUMBERS);
	put_colors(d, colors, d->module_count);
	free(colors);
}

static unsigned module_code(const struct data *d, const struct frame *f)
{
	if (f->module == ID_NONE)
		return 0;
	return f->module == ID_SEVERAL ? 1 : d->module_of[f->module] + 1;
}

/* Names, kinds, modules and full names. */
static void put_origins(struct data *d)
{
	const struct frame *frames = d->profile->frames;
	uint32_t count = d->function_count, last = 1;
	unsigned char *to = begin_column(d, count, 3 * NUMBER_MAX + 1);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t name = d->string_of[frames[d->frames[i]].name];
		to = put_number(to, name - last);
		last = name;
	}
	for (uint32_t i = 0; i < count; i++)
		*to++ = frames[d->frames[i]].kind;
	for (uint32_t i = 0; i < count; i++)
		to = put_number(to, module_code(d, &frames[d->frames[i]]));
	for (uint32_t i = 0; i < count; i++)
		to = put_number(to, d->full[i]);
	end_column(d, to, DEFLATE_NUMBERS);
}

static void put_functions(struct data *d)
{
	struct paint *paint = &d->drawing->picture->options->colors;
	uint32_t count = d->function_count;
	put_single(d, count);
	put_origins(d);
	struct color *colors = xcalloc(count, sizeof(*colors));
	/* Frames as they were met, so that their names are near each other. */
	for (uint32_t i = 0; i < d->profile->frame_count; i++)
		if (d->code_of[i])
			colors[d->code_of[i] - CODE_FUNCTION] = paint_frame(paint, i);
	put_colors(d, colors, count);
	free(colors);
	unsigned char *to = begin_column(d, count, 1 + NUMBER_MAX);
	for (uint32_t i = 0; i < count; i++)
		*to++ = paint_has_edge(paint, d->frames[i]);
	for (uint32_t i = 0; d->link && i < count; i++)
		to = put_number(to, d->link[i]);
	end_column(d, to, DEFLATE_NUMBERS);
	struct color kinds[FRAME_KINDS];
	for (unsigned i = 0; i < FRAME_KINDS; i++)
		kinds[i] = paint_kind(paint, (enum frame_kind)i);
	put_colors(d, kinds, FRAME_KINDS);
}

/* The tree */

static void put_calls(struct data *d)
{
	const struct detail *t = &d->detail;
	struct svg_callees callees;
	svg_callees_init(&callees, d->function_count + CODE_FUNCTION);
	uint32_t *path = xcalloc((size_t)t->depth + 1, sizeof(*path));  /* codes, by depth */
	struct buf codes = { 0 };
	unsigned char *code_to = (unsigned char *)buf_reserve(&codes, (size_t)t->count * 5);
	uint32_t depth = 0;
	unsigned char *to = begin_column(d, t->count, 1);
	for (uint32_t i = 1; i < t->count; i++) {
		uint32_t frame = t->frame[i];
		uint32_t code = frame == ID_NONE ? CODE_GAP : d->code_of[frame];
		depth += 1 - t->up[i];
		path[depth] = code;
		unsigned place = svg_callees_place(&callees, path[depth - 1], code);
		*to++ = (unsigned char)place;
		if (place == 0)
			code_to = put_number(code_to, code);
	}
	end_column(d, to, DEFLATE_NUMBERS);
	codes.n = (size_t)((char *)code_to - codes.p);
	deflate_add(d->deflate, buf_str(&codes), DEFLATE_NUMBERS);
	buf_free(&codes);
	svg_callees_free(&callees);
	free(path);
}

static void put_hidden(struct data *d)
{
	const struct detail *t = &d->detail;
	unsigned char *to = begin_column(d, t->count, NUMBER_MAX);
	for (uint32_t i = 0; i < t->count; i++)
		if (t->rest[i] > 0)
			to = put_number(to, t->hidden[i]);
	end_column(d, to, DEFLATE_NUMBERS);
}

static void put_values(struct data *d, const uint64_t *values)
{
	unsigned char *to = begin_column(d, d->detail.count, NUMBER_MAX);
	for (uint32_t i = 0; i < d->detail.count; i++)
		to = put_number(to, values[i]);
	end_column(d, to, DEFLATE_NUMBERS);
}

static void put_judged(struct data *d)
{
	const struct detail *t = &d->detail;
	const bool *changed = d->drawing->picture->options->changed;
	unsigned char *to = begin_column(d, t->count, 1);
	for (uint32_t i = 0; i < t->count; i++)
		*to++ = t->node[i] != ID_NONE && changed[t->node[i]];
	end_column(d, to, DEFLATE_NUMBERS);
}

static void put_tree(struct data *d)
{
	const struct detail *t = &d->detail;
	put_single(d, t->count);
	unsigned char *to = begin_column(d, t->count, 5);
	for (uint32_t i = 1; i < t->count; i++)
		to = put_number(to, t->up[i]);
	end_column(d, to, DEFLATE_NUMBERS);
	put_calls(d);
	put_values(d, t->rest);
	if (t->cut > 0)
		put_hidden(d);
	if (t->before)
		put_values(d, t->before);
	if (t->before && d->drawing->picture->options->changed)
		put_judged(d);
}

/* All of it */

/* Appends the data with so many nodes, deflated. */
static void encode(struct drawing *drawing, uint32_t nodes, struct buf *out)
{
	struct data d = { .drawing = drawing, .profile = drawing->picture->profile };
	detail_make(&d.detail, drawing->picture->tree, &drawing->picture->layout, nodes);
	find_names(&d);
	order_functions(&d);
	find_attributes(&d);
	d.deflate = deflate_new(out);
	put_header(&d);
	put_strings(&d);
	if (d.detail.cut > 0)
		put_sums(&d);
	if (drawing->picture->hits)
		put_found(&d);
	put_modules(&d);
	put_functions(&d);
	put_tree(&d);
	deflate_end(d.deflate);
	detail_free(&d.detail);
	free(d.strings);
	free(d.string_of);
	free(d.names);
	free(d.frames);
	free(d.code_of);
	free(d.modules);
	free(d.module_of);
	free(d.full);
	free(d.link);
	buf_free(&d.column);
}

void svg_data(struct drawing *d)
{
	const struct svg_options *o = d->options;
	uint32_t nodes = o->detail_drawn ? 0 : o->detail_nodes;
	struct buf data = { 0 };
	encode(d, nodes, &data);
	while (o->detail_default && data.n > BYTES_MAX / 4 * 3 && nodes > 0) {
		if (nodes > d->picture->tree->count)
			nodes = d->picture->tree->count;
		nodes = (uint32_t)(.9 * nodes * (BYTES_MAX / 4 * 3) / (double)data.n);
		buf_clear(&data);
		encode(d, nodes, &data);
	}
	output_lit(d->out, "<g class=\"fg-data\" aria-hidden=\"true\"><desc>");
	output_base64(d->out, buf_str(&data));
	output_lit(d->out, "</desc></g>\n");
	buf_free(&data);
}
