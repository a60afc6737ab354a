/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	# callgrind format
 *	version: 1
 *	creator: fgtools
 *	cmd: ./c
 *	positions: line
 *	events: cpu(ns) samples
 *	summary: 5090 51
 *
 *	ob=(1) /tmp/c
 *	fl=(1) /tmp/c.c
 *	fn=(1) main
 *	16 60 1
 *	cfn=(2) work
 *	calls=1 0
 *	18 5000 50
 *	...
 *	totals: 5090 51
 *
 * https://valgrind.org/docs/manual/cl-format.html.  A stack spends in its last function,
 * and in the calls that lead there.  With recursion it would spend in some of them
 * twice: only the first call of a function in a stack has its costs, later ones are
 * there with none.  So what all calls of a function cost is what it cost with all that
 * it has called.
 *
 * What stands at the root and is called elsewhere would have a part without a call: then
 * a function "(all)" calls all that stand at the root.
 *
 * The name of a process is a function that calls what stands at its root.
 *
 * How often functions were called is not known: each call is told once.
 */
#include "write/callgrind.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "model/callgraph.h"
#include "model/series.h"

enum { ROOT = 0 };               /* the number of that function */

/* Texts are ids in profile->text, or ID_NONE. */
struct function {
	uint32_t name, file, object;
	bool is_root, is_called, is_told;
	uint32_t last_stack;     /* 1 + the stack in which it was last */
};

struct spot {
	uint32_t file;
	int64_t line;            /* 0: not known */
};

/* Numbers of the names that were written, from 1 on. */
struct numbers {
	uint32_t *of_text;       /* by text; 0: not yet */
	uint32_t count, none;    /* none: of "???" */
};

struct writing {
	const struct stacks *stacks;
	const struct profile *profile;
	struct series series;
	struct output *out;
	struct callgraph graph;

	struct function *functions;      /* by function of the graph */
	struct spot *spots;
	uint32_t spot_count;
	size_t function_capacity, spot_capacity;
	struct table function_table, spot_table;
	uint32_t *function_of, *spot_of;     /* by frame; ID_NONE: not yet */
	bool needs_root;
	uint32_t owner, at;      /* of a stack: the function before, and its spot */

	struct numbers files, objects;
	uint32_t file, source, object;       /* written last; source: of lines */
};

/* Functions and spots */

static uint32_t new_function(struct writing *w, struct function f)
{
	uint32_t id = callgraph_function(&w->graph);
	ARRAY_RESERVE(w->functions, w->function_capacity, id + 1ull);
	w->functions[id] = f;
	return id;
}

static uint32_t find_function(struct writing *w, struct function key)
{
	uint32_t parts[] = { key.name, key.file, key.object };
	uint32_t hash = (uint32_t)hash_hidden(parts, sizeof(parts));
	uint32_t id, at = table_place(&w->function_table, hash);
	while ((id = table_next(&w->function_table, hash, &at)) != TABLE_END) {
		const struct function *f = &w->functions[id];
		if (f->name == key.name && f->file == key.file && f->object == key.object)
			return id;
	}
	id = new_function(w, key);
	table_insert(&w->function_table, hash, id);
	return id;
}

static uint32_t find_spot(struct writing *w, struct spot key)
{
	uint64_t parts[] = { key.file, (uint64_t)key.line };
	uint32_t hash = (uint32_t)hash_hidden(parts, sizeof(parts));
	uint32_t id, at = table_place(&w->spot_table, hash);
	while ((id = table_next(&w->spot_table, hash, &at)) != TABLE_END)
		if (w->spots[id].file == key.file && w->spots[id].line == key.line)
			return id;
	id = w->spot_count++;
	ARRAY_RESERVE(w->spots, w->spot_capacity, w->spot_count);
	w->spots[id] = key;
	table_insert(&w->spot_table, hash, id);
	return id;
}

static void place_frame(struct writing *w, uint32_t frame)
{
	const struct frame_place *place = profile_place(w->profile, frame);
	struct function f = {
		.name = w->profile->frames[frame].name, .file = ID_NONE, .object = ID_NONE,
	};
	struct spot spot = { .file = ID_NONE };
	if (place) {
		spot.file = place->file;
		spot.line = place->line > 0 ? place->line : 0;
		f.file = place->home ? place->home - 1 : place->file;
	}
	if (place && place->mapping != ID_NONE)
		f.object = w->profile->places->mappings[place->mapping].file;
	w->function_of[frame] = find_function(w, f);
	w->spot_of[frame] = find_spot(w, spot);
}

/* Costs */

/* The chosen ones first, which are what is shown by default. */
static unsigned series_at(const struct writing *w, unsigned i)
{
	if (i == 0)
		return w->series.chosen;
	return i <= w->series.chosen ? i - 1 : i;
}

/* Costs are not below 0, as a difference may be. */
static void find_values(const struct writing *w, uint32_t item, int64_t *values)
{
	for (unsigned i = 0; i < w->series.count; i++) {
		values[i] = series_whole(&w->series, w->stacks, item, series_at(w, i));
		if (values[i] < 0)
			values[i] = 0;
	}
}

static bool add(struct writing *w, uint32_t callee, const int64_t *values)
{
	return callgraph_add(&w->graph,
			     callgraph_part(&w->graph, w->owner, callee, w->at), values);
}

/* The next function of a stack, which is at that spot. */
static bool add_function(struct writing *w, uint32_t item, uint32_t function,
			 uint32_t spot, const int64_t *values)
{
	static const int64_t nothing[METRICS_MAX];
	struct function *f = &w->functions[function];
	bool again = f->last_stack == item + 1;
	f->last_stack = item + 1;
	f->is_root |= w->owner == ROOT;
	f->is_called |= w->owner != ROOT;
	w->needs_root |= f->is_root && f->is_called;
	bool fits = add(w, function, again ? nothing : values);
	w->owner = function;
	w->at = spot;
	return fits;
}

/* ID_NONE: it has no name. */
static uint32_t process_of(struct writing *w, uint32_t item)
{
	const struct profile *p = w->profile;
	uint32_t name = p->groups[p->stacks[w->stacks->source[item]].group].comm;
	if (name == ID_NONE || intern_text(&p->text, name).n == 0)
		return ID_NONE;
	return find_function(w, (struct function){
		.name = name, .file = ID_NONE, .object = ID_NONE,
	});
}

static bool add_stack(struct writing *w, uint32_t item, const int64_t *values)
{
	const struct stacks_item *stack = &w->stacks->items[item];
	const uint32_t *frames = w->stacks->pool + stack->first;
	uint32_t nowhere = find_spot(w, (struct spot){ .file = ID_NONE });
	uint32_t process = process_of(w, item);
	bool fits = true;
	w->owner = ROOT;
	w->at = nowhere;
	if (process != ID_NONE)
		fits &= add_function(w, item, process, nowhere, values);
	for (uint32_t i = 0; i < stack->depth; i++) {
		if (w->function_of[frames[i]] == ID_NONE)
			place_frame(w, frames[i]);
		fits &= add_function(w, item, w->function_of[frames[i]],
				     w->spot_of[frames[i]], values);
	}
	w->needs_root |= w->owner == ROOT;
	return fits && add(w, CALLGRAPH_SELF, values);
}

static bool add_stacks(struct writing *w, int64_t *totals, struct buf *why)
{
	bool fits = true;
	for (uint32_t i = 0; fits && i < w->stacks->count; i++) {
		int64_t values[METRICS_MAX];
		find_values(w, i, values);
		fits = add_stack(w, i, values);
		for (unsigned k = 0; k < w->series.count; k++)
			fits &= !__builtin_add_overflow(totals[k], values[k], &totals[k]);
	}
	if (!fits)
		buf_add(why, STR("the sum of all values leaves the range of 64 bits"));
	return fits;
}

/* Header */

/* What readers cut names and lines at is not in them. */
static void put_clean(struct output *out, struct str text, bool blanks)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		output_char(out, c < ' ' || (c == ' ' && !blanks) ? '_' : text.p[i]);
	}
}

/* Others have names that tell what they count. */
static bool tells_unit(struct str unit)
{
	static const char units[][8] = { "ns", "us", "ms", "s", "bytes", "samples", "instrs" };
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(str_of(units[i]), unit))
			return true;
	return false;
}

static void put_events(struct writing *w)
{
	output_lit(w->out, "events:");
	for (unsigned i = 0; i < w->series.count; i++) {
		const struct series_item *item = &w->series.items[series_at(w, i)];
		struct str name = item->name;    /* others may be there twice */
		output_char(w->out, ' ');
		put_clean(w->out, name.n ? name : STR("value"), false);
		if (tells_unit(item->unit) && !str_eq(item->unit, name)) {
			output_char(w->out, '(');
			output_bytes(w->out, item->unit);
			output_char(w->out, ')');
		}
	}
	output_char(w->out, '\n');
}

static void put_costs(struct writing *w, const int64_t *values)
{
	for (unsigned i = 0; i < w->series.count; i++) {
		output_char(w->out, ' ');
		output_i64(w->out, values[i]);
	}
	output_char(w->out, '\n');
}

static void put_header(struct writing *w, const int64_t *totals)
{
	output_lit(w->out, "# callgrind format\nversion: 1\ncreator: fgtools\n");
	if (w->stacks->title.n > 0) {
		output_lit(w->out, "cmd: ");
		put_clean(w->out, w->stacks->title, true);
		output_char(w->out, '\n');
	}
	output_lit(w->out, "positions: line\n");
	put_events(w);
	output_lit(w->out, "summary:");
	put_costs(w, totals);
}

/* Names */

static void put_number(struct output *out, struct str key, uint32_t number)
{
	output_bytes(out, key);
	output_lit(out, "=(");
	output_u64(out, number);
	output_char(out, ')');
}

static void put_name(struct writing *w, struct str key, struct numbers *n, uint32_t text)
{
	uint32_t *number = text == ID_NONE ? &n->none : &n->of_text[text];
	bool is_new = *number == 0;
	if (is_new)
		*number = ++n->count;
	put_number(w->out, key, *number);
	if (is_new)
		output_char(w->out, ' ');
	if (is_new && text != ID_NONE)
		put_clean(w->out, intern_text(&w->profile->text, text), true);
	else if (is_new)
		output_lit(w->out, "?" "?" "?");
	output_char(w->out, '\n');
}

static void put_function(struct writing *w, struct str key, uint32_t function)
{
	struct function *f = &w->functions[function];
	put_number(w->out, key, function + 1);
	if (!f->is_told) {
		struct str name = function == ROOT ? STR("(all)") :
				  intern_text(&w->profile->text, f->name);
		output_char(w->out, ' ');
		put_clean(w->out, name.n ? name : STR("?" "?" "?"), true);
	}
	f->is_told = true;
	output_char(w->out, '\n');
}

/* Blocks */

/* By owner, lines in its own file first, of one line what it spent itself first. */
static int compare_parts(const void *x, const void *y, void *context)
{
	const struct writing *w = context;
	const struct callgraph_part *a = &w->graph.parts[*(const uint32_t *)x];
	const struct callgraph_part *b = &w->graph.parts[*(const uint32_t *)y];
	const struct spot *at_a = &w->spots[a->spot], *at_b = &w->spots[b->spot];
	uint32_t home = w->functions[a->owner].file;
	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (at_a->file != at_b->file && (at_a->file == home || at_b->file == home))
		return at_a->file == home ? -1 : 1;
	if (at_a->file != at_b->file)
		return at_a->file < at_b->file ? -1 : 1;
	if (at_a->line != at_b->line)
		return at_a->line < at_b->line ? -1 : 1;
	/* CALLGRAPH_SELF is larger than any function. */
	return a->callee + 1 < b->callee + 1 ? -1 : 1;
}

static void begin_block(struct writing *w, uint32_t function)
{
	const struct function *f = &w->functions[function];
	output_char(w->out, '\n');
	if (f->object != w->object)
		put_name(w, STR("ob"), &w->objects, f->object);
	if (f->file != w->file || f->file == ID_NONE)
		put_name(w, STR("fl"), &w->files, f->file);
	w->object = f->object;
	w->file = w->source = f->file;
	put_function(w, STR("fn"), function);
}

static void put_call(struct writing *w, uint32_t callee)
{
	const struct function *f = &w->functions[callee];
	if (f->object != w->object)
		put_name(w, STR("cob"), &w->objects, f->object);
	if (f->file != w->source)
		put_name(w, STR("cfi"), &w->files, f->file);
	put_function(w, STR("cfn"), callee);
	output_lit(w->out, "calls=1 0\n");
}

static void put_part(struct writing *w, uint32_t id)
{
	const struct callgraph_part *part = &w->graph.parts[id];
	const struct spot *spot = &w->spots[part->spot];
	if (spot->file != w->source)
		put_name(w, spot->file == w->file ? STR("fe") : STR("fi"), &w->files,
			 spot->file);
	w->source = spot->file;
	if (part->callee != CALLGRAPH_SELF)
		put_call(w, part->callee);
	output_i64(w->out, spot->line);
	put_costs(w, &w->graph.values[(size_t)id * w->graph.events]);
}

static void put_blocks(struct writing *w)
{
	uint32_t count = w->graph.part_count, owner = CALLGRAPH_SELF;
	uint32_t *order = xcalloc(count + 1ull, sizeof(*order));
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	qsort_r(order, count, sizeof(*order), compare_parts, w);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t function = w->graph.parts[order[i]].owner;
		if (function == ROOT && !w->needs_root)
			continue;
		if (function != owner)
			begin_block(w, function);
		owner = function;
		put_part(w, order[i]);
	}
	free(order);
}

static void begin(struct writing *w)
{
	const struct profile *p = w->profile;
	series_init_whole(&w->series, w->stacks);
	callgraph_init(&w->graph, w->series.count);
	w->file = w->object = ID_NONE;
	w->files.of_text = xcalloc(p->text.count, sizeof(*w->files.of_text));
	w->objects.of_text = xcalloc(p->text.count, sizeof(*w->objects.of_text));
	w->function_of = xcalloc(p->frame_count, sizeof(*w->function_of));
	w->spot_of = xcalloc(p->frame_count, sizeof(*w->spot_of));
	memset(w->function_of, 0xff, p->frame_count * sizeof(*w->function_of));
	new_function(w, (struct function){
		.name = ID_NONE, .file = ID_NONE, .object = ID_NONE,
	});
}

static void end(struct writing *w)
{
	callgraph_free(&w->graph);
	table_free(&w->function_table);
	table_free(&w->spot_table);
	free(w->functions);
	free(w->spots);
	free(w->function_of);
	free(w->spot_of);
	free(w->files.of_text);
	free(w->objects.of_text);
}

static bool write_callgrind(const struct stacks *stacks, struct output *out, struct buf *why)
{
	struct writing w = { .stacks = stacks, .profile = stacks->profile, .out = out };
	int64_t totals[METRICS_MAX] = { 0 };
	begin(&w);
	bool ok = add_stacks(&w, totals, why);
	if (ok) {
		put_header(&w, totals);
		put_blocks(&w);
		output_lit(out, "\ntotals:");
		put_costs(&w, totals);
	}
	end(&w);
	return ok;
}

const struct writer writer_callgrind = {
	.name = "callgrind",
	.title = "costs for kcachegrind and callgrind_annotate",
	.suffixes = { ".callgrind" },
	.beginning = "callgrind.out",
	.is_rich = true,
	.is_whole = true,
	.write = write_callgrind,
};
