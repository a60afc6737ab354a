/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The hash of a name tells the hue it would like, and how many hues to step on
 * when that is taken; the step is odd, so that it meets all eight.  The heaviest
 * choose first.
 */
#include "model/paint_modules.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"

const struct color paint_modules_none = { 0xd9, 0xdc, 0xdf };
const struct color paint_modules_several = { 0xbc, 0xc3, 0xca };
const struct color paint_modules_pale = { 0xe4, 0xe3, 0xea };

/*
 * Found by a search for eight quiet colours that can be read on and are as far apart
 * as possible, from each other and from the greys, in the eyes of people who see all
 * colours, no red, no green or no blue: at least 20 in CIE Lab for the first, 16 for
 * the others.
 */
static const struct color hues[PAINT_HUES] = {
	{ 0x60, 0xb6, 0xd7 },
	{ 0x8f, 0x9d, 0xf5 },
	{ 0x88, 0xa3, 0x72 },
	{ 0xf6, 0xb7, 0xa9 },
	{ 0xc1, 0xba, 0x74 },
	{ 0xf2, 0xe8, 0x78 },
	{ 0xbc, 0x96, 0x42 },
	{ 0xd9, 0x81, 0x99 },
};

/* "perf-123.map" and "jitted-123-4.so" are of one process: its number says nothing. */
static struct str short_name(struct str module)
{
	struct str name = str_basename(module);
	if ((str_starts(name, STR("perf-")) && str_ends(name, STR(".map"))) ||
	    (str_starts(name, STR("jitted-")) && str_ends(name, STR(".so"))) ||
	    str_starts(name, STR("[JIT]")))
		return STR("generated at run time (JIT)");
	return name.n ? name : module;
}

static void name_modules(struct paint_modules *m, const struct profile *p)
{
	m->text_count = p->text.count;
	m->of_text = xcalloc((size_t)p->text.count + 1, sizeof(*m->of_text));
	memset(m->of_text, 0xff, ((size_t)p->text.count + 1) * sizeof(*m->of_text));
	for (uint32_t i = 0; i < p->frame_count; i++) {
		uint32_t module = p->frames[i].module;
		if (module < m->text_count && m->of_text[module] == ID_NONE)
			m->of_text[module] =
				intern(&m->names, short_name(intern_text(&p->text,
									 module)));
	}
}

static uint32_t name_of(const struct paint_modules *m, uint32_t module)
{
	return module < m->text_count ? m->of_text[module] : ID_NONE;
}

/*
 * Self values by name: a node's total counts for it and against its parent.  In stacks
 * that were turned around the first frames have them.
 */
static double *weigh(const struct paint_modules *m, const struct tree *t)
{
	double *weight = xcalloc((size_t)m->names.count + 1, sizeof(*weight));
	const struct frame *frames = t->stacks->profile->frames;
	unsigned column = t->stacks->columns > 1;
	uint32_t parent;
	for (uint32_t i = 1; i < t->count; i++) {
		const struct node *node = &t->nodes[i];
		if (tree_is_gap(node) || (t->stacks->reversed && node->depth > 1))
			continue;
		double total = (double)node->total[column];
		uint32_t name = name_of(m, frames[node->frame].module);
		if (name != ID_NONE)
			weight[name] += total;
		if (node->parent == 0)
			continue;
		parent = name_of(m, frames[t->nodes[node->parent].frame].module);
		if (parent != ID_NONE)
			weight[parent] -= total;
	}
	return weight;
}

static bool is_heavier(const struct paint_modules *m, const double *weight, uint32_t a,
		       uint32_t b)
{
	return weight[a] != weight[b] ? weight[a] > weight[b] :
		str_cmp(intern_text(&m->names, a), intern_text(&m->names, b)) < 0;
}

static void find_heaviest(struct paint_modules *m, const double *weight)
{
	for (uint32_t name = 0; name < m->names.count; name++) {
		if (!(weight[name] > 0))
			continue;
		unsigned i = m->top_count;
		if (i == PAINT_HUES && !is_heavier(m, weight, name, m->top[--i]))
			continue;
		for (; i > 0 && is_heavier(m, weight, name, m->top[i - 1]); i--)
			m->top[i] = m->top[i - 1];
		m->top[i] = name;
		if (m->top_count < PAINT_HUES)
			m->top_count++;
	}
}

static struct color pale(struct str name)
{
	uint64_t hash = hash_str(name);
	return color_mix(hues[hash % PAINT_HUES], paint_modules_pale,
			 .62 + (double)(hash >> 32 & 7) / 40);
}

void paint_modules_make(struct paint_modules *m, const struct tree *t)
{
	*m = (struct paint_modules){ .top_count = 0 };
	name_modules(m, t->stacks->profile);
	if (m->names.count > 0) {
		double *weight = weigh(m, t);
		find_heaviest(m, weight);
		free(weight);
	}
	m->colors = xcalloc((size_t)m->names.count + 1, sizeof(*m->colors));
	m->used = xcalloc((size_t)m->names.count + 2, sizeof(*m->used));
	for (uint32_t i = 0; i < m->names.count; i++)
		m->colors[i] = pale(intern_text(&m->names, i));
	unsigned taken = 0;
	for (unsigned i = 0; i < m->top_count; i++) {
		uint64_t hash = hash_str(intern_text(&m->names, m->top[i]));
		unsigned hue = hash % PAINT_HUES, step = hash >> 8 | 1;
		while (taken >> hue & 1)
			hue = (hue + step) % PAINT_HUES;
		taken |= 1u << hue;
		m->colors[m->top[i]] = hues[hue];
	}
}

void paint_modules_free(struct paint_modules *m)
{
	intern_free(&m->names);
	free(m->of_text);
	free(m->colors);
	free(m->used);
	*m = (struct paint_modules){ .top_count = 0 };
}

struct color paint_modules_color(const struct paint_modules *m, uint32_t module)
{
	if (module == ID_SEVERAL)
		return paint_modules_several;
	uint32_t name = name_of(m, module);
	return name == ID_NONE ? paint_modules_none : m->colors[name];
}

void paint_modules_use(struct paint_modules *m, uint32_t module)
{
	uint32_t name = name_of(m, module);
	m->used[name != ID_NONE ? name : m->names.count + (module == ID_SEVERAL)] = true;
}

static bool is_top(const struct paint_modules *m, uint32_t name)
{
	for (unsigned i = 0; i < m->top_count; i++)
		if (m->top[i] == name)
			return true;
	return false;
}

static bool has_pale(const struct paint_modules *m)
{
	for (uint32_t i = 0; i < m->names.count; i++)
		if (m->used[i] && !is_top(m, i))
			return true;
	return false;
}

bool paint_modules_legend(const struct paint_modules *m, unsigned i, struct color *color,
			  struct str *words)
{
	for (unsigned k = 0; k < m->top_count; k++) {
		if (!m->used[m->top[k]] || i-- > 0)
			continue;
		*color = m->colors[m->top[k]];
		*words = intern_text(&m->names, m->top[k]);
		return true;
	}
	const struct {
		bool used;
		struct color color;
		struct str words;
	} rest[] = {
		{ has_pale(m), paint_modules_pale, STR("other files, pale") },
		{ m->used[m->names.count], paint_modules_none, STR("file not known") },
		{ m->used[m->names.count + 1], paint_modules_several,
		  STR("several files") },
	};
	for (unsigned k = 0; k < ARRAY_SIZE(rest); k++) {
		if (!rest[k].used || i-- > 0)
			continue;
		*color = rest[k].color;
		*words = rest[k].words;
		return true;
	}
	return false;
}
