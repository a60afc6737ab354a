/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Each view is a table: what its columns are, and how its rows come about.  Sums of
 * functions need no tree; the calls of --tree and --path do.
 */
#include "write/top_views.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/peek.h"
#include "model/tree.h"

struct viewing {
	const struct stacks *s;
	const struct top_views_options *o;
	struct top_table table;
	struct top top;
	int64_t whole;           /* what shares are of */
	uint32_t *modules;       /* by name */
	struct str group;        /* the one whose functions are listed */
};

static double share_of(const struct viewing *v, int64_t value)
{
	return v->whole > 0 ? (double)value / (double)v->whole : 0;
}

static uint32_t limit_of(const struct viewing *v, uint32_t count)
{
	return v->o->limit && v->o->limit < count ? v->o->limit : count;
}

static void begin_table(struct viewing *v, struct output *out, const char *view,
			const struct top_column *columns, unsigned count)
{
	struct top_options options = {
		.form = v->o->form, .view = view, .columns = columns,
		.column_count = count, .whole = v->whole,
	};
	top_table_begin(&v->table, &options, v->s, out);
	if (v->o->head.n)
		top_table_line(&v->table, v->o->head);
}

/* Functions */

enum { GROUP, SELF, SELF_SHARE, TOTAL, TOTAL_SHARE, MODULE, FUNCTION, FUNCTION_COLUMNS };

static const struct top_column function_columns[FUNCTION_COLUMNS] = {
	[GROUP] = { "group", "group", TOP_NAME, true },
	[SELF] = { "self", "self", TOP_VALUE, false },
	[SELF_SHARE] = { "self_percent", "%", TOP_SHARE, false },
	[TOTAL] = { "total", "total", TOP_VALUE, false },
	[TOTAL_SHARE] = { "total_percent", "%", TOP_SHARE, false },
	[MODULE] = { "module", "module", TOP_NAME, false },
	[FUNCTION] = { "function", "function", TOP_NAME, false },
};

static bool set_module(const struct viewing *v, struct top_cell *cell, uint32_t name)
{
	uint32_t module = v->modules[name];
	if (module == ID_SEVERAL)
		cell->text = STR("[several]");
	else if (module != ID_NONE)
		cell->text = intern_text(&v->s->profile->text, module);
	if (v->o->form == TOP_TEXT || v->o->form == TOP_MARKDOWN)
		cell->text = str_basename(cell->text);
	return module != ID_NONE;
}

static void set_costs(const struct viewing *v, struct top_cell *self, int64_t self_value,
		      struct top_cell *total, int64_t total_value)
{
	self[0].value = self_value;
	self[1].share = share_of(v, self_value);
	total[0].value = total_value;
	total[1].share = share_of(v, total_value);
}

static void add_function(struct viewing *v, uint32_t name)
{
	struct top_cell *row = top_table_row(&v->table);
	const struct top_function *f = &v->top.functions[name];
	row[GROUP].text = v->group;
	row[GROUP].is_empty = v->group.n == 0;
	set_costs(v, &row[SELF], f->self, &row[TOTAL], f->total);
	row[MODULE].is_empty = !set_module(v, &row[MODULE], name);
	row[FUNCTION].text = intern_text(&v->s->profile->text, name);
}

static void add_functions(struct viewing *v, struct str heading)
{
	struct buf note = { 0 };
	uint32_t *names = xcalloc((size_t)v->top.count + 1, sizeof(*names));
	uint32_t all = 0, count = 0;
	for (uint32_t i = 0; i < v->top.count; i++)
		all += v->top.functions[v->top.names[i]].total > 0;
	count = top_choose(&v->top, v->o->sort, names, limit_of(v, all));
	for (uint32_t i = 0; i < count; i++)
		add_function(v, names[i]);
	if (count < all) {
		num_add_grouped(&note, (int64_t)(all - count));
		buf_addf(&note, " more function%s", all - count == 1 ? "" : "s");
	}
	top_table_section(&v->table, heading, buf_str(&note));
	buf_free(&note);
	free(names);
}

/* Groups */

struct group_of_stacks {
	uint32_t first, count;
	int64_t total;
};

static uint32_t group_depth(const struct viewing *v, uint32_t item)
{
	uint32_t depth = v->s->items[item].depth;
	return depth < v->o->group ? depth : v->o->group;
}

static bool is_same_group(const struct viewing *v, uint32_t item)
{
	uint32_t depth = group_depth(v, item);
	return item > 0 && depth == group_depth(v, item - 1) &&
	       stacks_shared(v->s, item) >= depth;
}

static int compare_groups(const void *a, const void *b)
{
	const struct group_of_stacks *x = a, *y = b;
	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

static uint32_t find_groups(const struct viewing *v, struct group_of_stacks **groups)
{
	const struct stacks *s = v->s;
	uint32_t count = 0;
	size_t capacity = 0;
	for (uint32_t i = 0; i < s->count; i++) {
		if (!is_same_group(v, i)) {
			ARRAY_RESERVE(*groups, capacity, (size_t)count + 1);
			(*groups)[count++] = (struct group_of_stacks){ .first = i };
		}
		(*groups)[count - 1].count++;
		(*groups)[count - 1].total += s->items[i].value[s->columns > 1];
	}
	if (count > 1)
		qsort(*groups, count, sizeof(**groups), compare_groups);
	return count;
}

static void add_group(struct viewing *v, const struct group_of_stacks *g)
{
	const struct stacks *s = v->s;
	struct buf name = { 0 }, heading = { 0 };
	uint32_t depth = group_depth(v, g->first);
	for (uint32_t i = 0; i < depth; i++) {
		buf_addf(&name, "%s", i ? "; " : "");
		buf_add(&name, profile_name(s->profile,
					    s->pool[s->items[g->first].first + i]));
	}
	v->group = buf_str(&name);
	buf_add(&heading, v->group);
	buf_addf(&heading, " · %.1f %%", share_of(v, g->total) * 100);
	top_sum(&v->top, s, g->first, g->count, depth);
	add_functions(v, buf_str(&heading));
	buf_free(&name);
	buf_free(&heading);
}

static void write_functions(struct viewing *v, struct output *out)
{
	const struct stacks *s = v->s;
	struct top_column columns[FUNCTION_COLUMNS];
	bool any = false;
	memcpy(columns, function_columns, sizeof(columns));
	for (uint32_t i = 0; i < s->profile->text.count; i++)
		any |= v->modules[i] != ID_NONE;
	columns[MODULE].only_data = !any;
	begin_table(v, out, "functions", columns, FUNCTION_COLUMNS);
	if (v->o->group == 0) {
		top_sum(&v->top, s, 0, s->count, 0);
		add_functions(v, STR(""));
		return;
	}
	struct group_of_stacks *groups = NULL;
	uint32_t count = find_groups(v, &groups);
	for (uint32_t i = 0; i < count; i++)
		add_group(v, &groups[i]);
	free(groups);
}

/* Peek */

enum { OF, ROLE, CALL, CALL_SHARE, OWN, OWN_SHARE, NAME, PEEK_COLUMNS };

static const struct top_column peek_columns[PEEK_COLUMNS] = {
	[OF] = { "of", "of", TOP_NAME, true },
	[ROLE] = { "role", "", TOP_WORD, false },
	[CALL] = { "total", "total", TOP_VALUE, false },
	[CALL_SHARE] = { "total_percent", "%", TOP_SHARE, false },
	[OWN] = { "self", "self", TOP_VALUE, false },
	[OWN_SHARE] = { "self_percent", "%", TOP_SHARE, false },
	[NAME] = { "function", "function", TOP_NAME, false },
};

static void add_calls(struct viewing *v, const struct peek *peek, uint32_t function,
		      bool callees)
{
	const struct intern *text = &v->s->profile->text;
	uint32_t rows = 0, max = limit_of(v, UINT32_MAX);
	for (uint32_t i = 0; i < peek->count && rows < max; i++) {
		const struct peek_call *c = &peek->calls[i];
		if (c->function != function || c->is_callee != callees ||
		    c->other == ID_NONE || c->value == 0)
			continue;
		struct top_cell *row = top_table_row(&v->table);
		row[OF].text = intern_text(text, function);
		row[ROLE].text = callees ? STR("callee") : STR("caller");
		row[CALL].value = c->value;
		row[CALL_SHARE].share = share_of(v, c->value);
		row[OWN].is_empty = row[OWN_SHARE].is_empty = true;
		row[NAME].text = intern_text(text, c->other);
		rows++;
	}
}

static void add_peek(struct viewing *v, const struct peek *peek, uint32_t function)
{
	const struct top_function *f = &v->top.functions[function];
	add_calls(v, peek, function, false);
	struct top_cell *row = top_table_row(&v->table);
	row[OF].text = row[NAME].text = intern_text(&v->s->profile->text, function);
	row[ROLE].text = STR("function");
	set_costs(v, &row[OWN], f->self, &row[CALL], f->total);
	add_calls(v, peek, function, true);
	top_table_section(&v->table, STR(""), STR(""));
}

static bool write_peek(struct viewing *v, struct output *out, struct buf *message)
{
	struct peek peek;
	uint32_t *names = xcalloc((size_t)v->s->profile->text.count + 1, sizeof(*names));
	peek_make(&peek, v->s, v->o->peek);
	top_sum(&v->top, v->s, 0, v->s->count, 0);
	enum top_order order = v->o->sort == TOP_BY_NAME ? TOP_BY_NAME : TOP_BY_TOTAL;
	uint32_t count = top_choose(&v->top, order, names, v->top.count), shown = 0;
	for (uint32_t i = 0; i < count; i++)
		shown += peek.wanted[names[i]];
	if (shown == 0)
		buf_addf(message, "no function that costs anything matches");
	else
		begin_table(v, out, "peek", peek_columns, PEEK_COLUMNS);
	for (uint32_t i = 0; i < count && shown > 0; i++)
		if (peek.wanted[names[i]])
			add_peek(v, &peek, names[i]);
	peek_free(&peek);
	free(names);
	return shown > 0;
}

/* Calls */

enum { DEPTH, CALL_TOTAL, CALL_TOTAL_SHARE, CALL_SELF, CALL_SELF_SHARE, CALLED,
       CALL_COLUMNS };

static const struct top_column call_columns[CALL_COLUMNS] = {
	[DEPTH] = { "depth", "depth", TOP_INDENT, false },
	[CALL_TOTAL] = { "total", "total", TOP_VALUE, false },
	[CALL_TOTAL_SHARE] = { "total_percent", "%", TOP_SHARE, false },
	[CALL_SELF] = { "self", "self", TOP_VALUE, false },
	[CALL_SELF_SHARE] = { "self_percent", "%", TOP_SHARE, false },
	[CALLED] = { "function", "function", TOP_NAME, false },
};

struct calls {
	struct viewing *v;
	struct tree tree;
	uint32_t *waiting;       /* nodes whose rows are to come, the next one last */
	size_t count, capacity;
	uint64_t rows, left;     /* calls shown and not */
};

static int64_t total_of(const struct calls *c, uint32_t node)
{
	return c->tree.nodes[node].total[c->v->s->columns > 1];
}

static void add_call(struct calls *c, uint32_t node)
{
	const struct stacks *s = c->v->s;
	const struct node *n = &c->tree.nodes[node];
	struct top_cell *row = top_table_row(&c->v->table);
	row[DEPTH].value = n->depth - 1;
	set_costs(c->v, &row[CALL_SELF], tree_self(&c->tree, node, s->columns > 1),
		  &row[CALL_TOTAL], total_of(c, node));
	row[CALLED].text = profile_name(s->profile, n->frame);
	c->rows++;
}

/* Nodes with their values, for qsort: the one that comes first is the last. */
struct child {
	int64_t value;
	uint32_t node;
};

static int compare_children(const void *a, const void *b)
{
	const struct child *x = a, *y = b;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return (x->node < y->node) - (x->node > y->node);
}

static void wait_for_children(struct calls *c, uint32_t node)
{
	const struct node *nodes = c->tree.nodes;
	struct child *children = NULL;
	size_t count = 0, capacity = 0;
	uint32_t child = node + 1 < nodes[node].end ? node + 1 : 0;
	for (; child != 0; child = nodes[child].next) {
		double share = share_of(c->v, total_of(c, child));
		if (total_of(c, child) <= 0 || share < c->v->o->min) {
			c->left += nodes[child].end - child;
			continue;
		}
		ARRAY_RESERVE(children, capacity, count + 1);
		children[count++] = (struct child){ total_of(c, child), child };
	}
	if (count > 1)
		qsort(children, count, sizeof(*children), compare_children);
	ARRAY_RESERVE(c->waiting, c->capacity, c->count + count);
	for (size_t i = 0; i < count; i++)
		c->waiting[c->count++] = children[i].node;
	free(children);
}

static void add_tree(struct calls *c)
{
	uint32_t max = limit_of(c->v, UINT32_MAX);
	wait_for_children(c, 0);
	while (c->count > 0) {
		uint32_t node = c->waiting[--c->count];
		if (c->rows >= max) {
			c->left += c->tree.nodes[node].end - node;
			continue;
		}
		add_call(c, node);
		wait_for_children(c, node);
	}
}

/* Each time the child that costs most, of equal ones the first. */
static void add_path(struct calls *c)
{
	const struct node *nodes = c->tree.nodes;
	for (uint32_t node = 0;;) {
		uint32_t child = node + 1 < nodes[node].end ? node + 1 : 0, best = child;
		for (; child != 0; child = nodes[child].next)
			if (total_of(c, child) > total_of(c, best))
				best = child;
		if (best == 0 || total_of(c, best) <= 0)
			break;
		add_call(c, best);
		node = best;
	}
}

static bool write_calls(struct viewing *v, struct output *out, struct buf *message)
{
	struct calls c = { .v = v };
	struct buf note = { 0 };
	bool is_tree = v->o->view == TOP_TREE;
	if (!tree_build(&c.tree, v->s)) {
		buf_addf(message, "more than 4 billion different call paths");
		return false;
	}
	begin_table(v, out, is_tree ? "tree" : "path", call_columns, CALL_COLUMNS);
	if (is_tree)
		add_tree(&c);
	else
		add_path(&c);
	if (c.left > 0) {
		num_add_grouped(&note, (int64_t)c.left);
		buf_addf(&note, " call%s not shown", c.left == 1 ? "" : "s");
		if (v->o->hint)
			buf_addf(&note, "; %s", v->o->hint);
	}
	top_table_section(&v->table, STR(""), buf_str(&note));
	buf_free(&note);
	free(c.waiting);
	tree_free(&c.tree);
	return true;
}

bool top_views_write(const struct stacks *s, const struct top_views_options *o,
		     struct output *out, struct buf *message)
{
	struct viewing v = { .s = s, .o = o, .modules = top_modules(s->profile) };
	bool of_shown = o->relative || s->columns > 1 || s->total_before <= 0;
	v.whole = of_shown ? s->total[s->columns > 1] : s->total_before;
	bool ok = true;
	top_begin(&v.top, s->profile);
	if (o->view == TOP_PEEK)
		ok = write_peek(&v, out, message);
	else if (o->view == TOP_FUNCTIONS)
		write_functions(&v, out);
	else
		ok = write_calls(&v, out, message);
	if (ok)
		top_table_end(&v.table);
	top_free(&v.top);
	free(v.modules);
	return ok;
}
