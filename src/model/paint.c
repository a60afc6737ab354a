/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Each function is judged once, when its colour is first asked for, and its fill
 * kept by the id of its frame: the colour, and what chose it, for the legend.
 *
 *	rules       --color-rules, as far as one fits
 *	palette     --colors, unless it is "module", which has colours of its own
 *	the map     --cp: what a function had before stands in place of what the
 *	            palette has, and what is new is added to it
 */
#include "model/paint.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

const struct color paint_root = { 0xe6, 0xe8, 0xeb };
const struct color paint_narrow = { 0xf3, 0xe5, 0xd8 };
const struct color paint_wide = { 0xf0, 0x76, 0x4f };

static const struct paint_ends usual_ends = {
	.less = { 0x5d, 0x9e, 0xd7 }, .same = { 0xe6, 0xe8, 0xeb }, .more = { 0xe8, 0x83, 0x3a },
}, classic_ends = {
	.less = { 0x7a, 0x9c, 0xff }, .same = { 0xf0, 0xee, 0xee }, .more = { 0xff, 0x6b, 0x6b },
};

/* The largest change counts as that at least, so that noise stays grey. */
static const double least_change = 1e-4;

enum source { FROM_NOTHING, FROM_RULE, FROM_PALETTE, FROM_MODULE, FROM_MAP };

struct paint_fill {
	struct color color;
	uint8_t source;          /* enum source; nothing: not asked for yet */
	uint16_t pick;           /* in rules or palette; else PALETTE_NONE */
};

static bool open_palette(struct paint *p, struct buf *message)
{
	const char *name = p->options.colors ? p->options.colors : "auto";
	p->by_module = strcmp(name, "module") == 0;
	p->by_kind = strcmp(name, "kind") == 0;
	p->classic = strcmp(name, "redblue") == 0;
	if (p->classic)
		name = "auto";
	if (p->by_module)
		return true;
	return palette_open(&p->palette, strcmp(name, "hash") == 0 ? "hot" : name,
			    message);
}

bool paint_open(struct paint *p, const struct paint_options *options,
		struct buf *message)
{
	*p = (struct paint){ .options = *options };
	bool good = palette_open(&p->kinds, "kind", message) && open_palette(p, message);
	if (good && options->rules)
		p->has_rules = good = palette_open_rules(&p->rules, options->rules,
							 message);
	if (good && options->map)
		good = paint_map_read(&p->map, options->map, &p->warnings, message);
	if (!good)
		paint_free(p);
	return good;
}

/* What was made for a tree. */
static void forget(struct paint *p)
{
	free(p->fills);
	p->fills = NULL;
	p->fill_count = 0;
	paint_modules_free(&p->modules);
	buf_free(&p->least_words);
	buf_free(&p->most_words);
}

void paint_free(struct paint *p)
{
	forget(p);
	palette_free(&p->palette);
	palette_free(&p->rules);
	palette_free(&p->kinds);
	paint_map_free(&p->map);
	buf_free(&p->warnings);
	buf_free(&p->told);
	*p = (struct paint){ .tree = NULL };
}

struct str paint_warnings(struct paint *p)
{
	struct buf told = p->warnings;
	palette_add_slow(&p->rules, &told);
	palette_add_slow(&p->palette, &told);
	buf_free(&p->told);
	p->told = told;
	p->warnings = (struct buf){ 0 };
	return buf_str(&p->told);
}

struct color paint_background(const struct paint *p)
{
	return p->rules.has_background ? p->rules.background :
	       p->by_module ? color_back_light : p->palette.background;
}

struct str paint_mode(const struct paint *p)
{
	if (p->has_rules || p->options.map)
		return STR("palette");
	return p->by_module ? STR("module") : p->by_kind ? STR("kind") : STR("palette");
}

static bool is_difference(const struct paint *p)
{
	return !p->options.diffusion && p->tree && p->tree->stacks->columns > 1;
}

bool paint_by_value(const struct paint *p)
{
	return p->options.diffusion || is_difference(p);
}

static double share(const struct tree *t, uint32_t node, unsigned column)
{
	double whole = (double)t->nodes[0].total[column];
	return whole > 0 ? (double)t->nodes[node].total[column] / whole : 0;
}

double paint_change(const struct paint *p, uint32_t node)
{
	const struct node *nodes = p->tree->nodes;
	if (p->tree->stacks->columns < 2)
		return 0;
	double whole = (double)(nodes[0].total[0] > nodes[0].total[1] ? nodes[0].total[0]
								       : nodes[0].total[1]);
	double change = whole > 0 ? ((double)nodes[node].total[1] -
				     (double)nodes[node].total[0]) / whole : 0;
	return p->options.negate ? -change : change;
}

void paint_judge(struct paint *p, const bool *changed)
{
	p->changed = changed;
}

bool paint_is_noise(const struct paint *p, uint32_t node)
{
	return p->changed && node > 0 && !p->changed[node];
}

const struct paint_ends *paint_ends(const struct paint *p)
{
	return p->classic ? &classic_ends : &usual_ends;
}

/* Dark enough to be seen on what it is around. */
struct color paint_outline(const struct paint *p)
{
	const struct paint_ends *ends = paint_ends(p);
	return color_mix(p->options.negate ? ends->less : ends->more, (struct color){ 0 }, .35);
}

struct color paint_hatch(const struct paint *p, uint32_t node)
{
	static const struct color noise = { 0xc8, 0xcc, 0xd0 };
	const struct paint_ends *ends = paint_ends(p);
	return paint_is_noise(p, node) ? noise : p->options.negate ? ends->more : ends->less;
}

/* "▼ −12.3 %" and "+12.3 % ▲" */
static void name_ends(struct paint *p)
{
	double percent = p->most * 100;
	int decimals = percent < .995 ? 2 : percent < 9.95 ? 1 : 0;
	buf_addf(&p->least_words, "▼ −%.*f %%", decimals, percent);
	buf_addf(&p->most_words, "+%.*f %% ▲", decimals, percent);
}

static bool asks_for_modules(const struct paint *p)
{
	return p->by_module || palette_asks_for_modules(&p->rules) ||
	       palette_asks_for_modules(&p->palette);
}

void paint_begin(struct paint *p, const struct tree *tree)
{
	forget(p);
	p->tree = tree;
	p->fill_count = tree->stacks->profile->frame_count;
	p->fills = xcalloc((size_t)p->fill_count + 1, sizeof(*p->fills));
	p->inlined_used = false;
	memset(p->used, 0, sizeof(p->used));
	p->new_used = p->gone_used = p->noise_used = false;
	paint_modules_make(&p->modules, tree);
	if (p->modules.names.count == 0 && tree->count > 1 && asks_for_modules(p))
		buf_add(&p->warnings, STR("colours by module: the input does not say which "
					  "files functions are from (folded stacks never "
					  "do)\n"));
	p->most = least_change;
	if (!is_difference(p))
		return;
	for (uint32_t i = 1; i < tree->count; i++)
		p->most = fmax(p->most, fabs(paint_change(p, i)));
	name_ends(p);
}

static struct palette_subject subject_of(const struct paint *p, uint32_t frame)
{
	const struct profile *profile = p->tree->stacks->profile;
	const struct frame *f = &profile->frames[frame];
	struct palette_subject subject = {
		.name = profile_name(profile, frame), .kind = f->kind,
		.unit = p->tree->stacks->unit,
	};
	if (f->module != ID_NONE && f->module != ID_SEVERAL)
		subject.module = intern_text(&profile->text, f->module);
	return subject;
}

static uint64_t hash_of(const struct paint *p, struct str name)
{
	if (!p->options.random)
		return hash_str(name);
	return hash_seeded(name.p, name.n, HASH_SPREAD * (p->options.seed + 1));
}

static struct paint_fill fill_by_map(struct paint *p, const struct palette_subject *s,
				     struct paint_fill fill)
{
	struct color was = fill.color;
	if (str_eq(s->name, STR("--")) || str_eq(s->name, STR("-")))
		return fill;
	if (paint_map_find(&p->map, s->name, s->kind, &was) &&
	    memcmp(&was, &fill.color, sizeof(was)) != 0) {
		fill.color = color_lightened(was);
		fill.source = FROM_MAP;
	}
	return fill;
}

static struct paint_fill make_fill(struct paint *p, uint32_t frame)
{
	struct palette_subject subject = subject_of(p, frame);
	uint64_t hash = hash_of(p, subject.name);
	unsigned pick = p->has_rules ? palette_pick(&p->rules, &subject) : PALETTE_NONE;
	if (pick != PALETTE_NONE)
		return (struct paint_fill){
			.color = palette_color(&p->rules, pick, hash, subject.kind),
			.source = FROM_RULE, .pick = (uint16_t)pick,
		};
	struct paint_fill fill = { .source = FROM_MODULE, .pick = PALETTE_NONE };
	if (p->by_module) {
		const struct frame *f = &p->tree->stacks->profile->frames[frame];
		fill.color = paint_modules_color(&p->modules, f->module);
	} else {
		fill.source = FROM_PALETTE;
		fill.pick = (uint16_t)palette_pick(&p->palette, &subject);
		fill.color = palette_color(&p->palette, fill.pick, hash, subject.kind);
	}
	return p->options.map ? fill_by_map(p, &subject, fill) : fill;
}

static const struct paint_fill *fill_of(struct paint *p, uint32_t frame)
{
	struct paint_fill *fill = &p->fills[frame];
	if (fill->source == FROM_NOTHING)
		*fill = make_fill(p, frame);
	return fill;
}

struct color paint_frame(struct paint *p, uint32_t frame)
{
	return frame == ID_NONE ? paint_root : fill_of(p, frame)->color;
}

static struct color by_width(const struct paint *p, uint32_t node)
{
	double part = share(p->tree, node, p->tree->stacks->columns > 1);
	return color_mix(paint_narrow, paint_wide, sqrt(fmin(fmax(part, 0), 1)));
}

static struct color by_change(const struct paint *p, uint32_t node)
{
	const struct paint_ends *ends = paint_ends(p);
	double change = paint_change(p, node) / p->most;
	if (paint_is_noise(p, node))
		return ends->same;
	double part = tree_is_gone(&p->tree->nodes[node]) ? 1. / 3 : 1;
	return color_mix(ends->same, change < 0 ? ends->less : ends->more,
			 fmin(fabs(change), 1) * part);
}

struct color paint_node(struct paint *p, uint32_t node)
{
	if (node == 0)
		return paint_root;
	if (p->options.diffusion)
		return by_width(p, node);
	if (is_difference(p))
		return by_change(p, node);
	return paint_frame(p, p->tree->nodes[node].frame);
}

/* The palette's or rules' colour that chose a fill, or NULL. */
static const struct palette_color *color_behind(const struct paint *p,
						const struct paint_fill *fill)
{
	if (fill->pick == PALETTE_NONE)
		return NULL;
	return &(fill->source == FROM_RULE ? &p->rules : &p->palette)->colors[fill->pick];
}

bool paint_has_edge(struct paint *p, uint32_t frame)
{
	if (frame == ID_NONE || paint_by_value(p) ||
	    p->tree->stacks->profile->frames[frame].kind != FRAME_INLINED)
		return false;
	const struct palette_color *c = color_behind(p, fill_of(p, frame));
	return c && c->fades;
}

struct color paint_module(struct paint *p, uint32_t module)
{
	return paint_modules_color(&p->modules, module);
}

struct color paint_kind(const struct paint *p, enum frame_kind kind)
{
	struct palette_subject subject = { .name = STR("f"), .kind = kind };
	return palette_color(&p->kinds, palette_pick(&p->kinds, &subject), 0, kind);
}

void paint_use(struct paint *p, uint32_t frame)
{
	if (frame == ID_NONE || paint_by_value(p))
		return;
	const struct paint_fill *fill = fill_of(p, frame);
	const struct frame *f = &p->tree->stacks->profile->frames[frame];
	if (fill->source == FROM_MODULE)
		paint_modules_use(&p->modules, f->module);
	else if (fill->source != FROM_MAP)
		p->used[fill->source == FROM_PALETTE][fill->pick] = true;
	if (!p->inlined_used && fill->source != FROM_MAP && paint_has_edge(p, frame)) {
		p->inlined_used = true;
		p->inlined_color = palette_faded(palette_swatch(
			fill->source == FROM_RULE ? &p->rules : &p->palette, fill->pick));
	}
}

void paint_use_node(struct paint *p, uint32_t node)
{
	const struct node *n = &p->tree->nodes[node];
	if (!is_difference(p))
		return;
	p->new_used |= tree_is_new(n);
	p->gone_used |= tree_is_gone(n);
	p->noise_used |= paint_is_noise(p, node);
}

/* A legend being filled. */
struct legend {
	struct paint_entry *entries;
	unsigned count, max;
};

static void add_entry(struct legend *l, struct paint_entry entry)
{
	for (unsigned i = 0; i < l->count; i++) {
		const struct paint_entry *e = &l->entries[i];
		if (memcmp(&e->color, &entry.color, sizeof(entry.color)) == 0 &&
		    str_eq(e->words, entry.words))
			return;
	}
	if (l->count < l->max)
		l->entries[l->count++] = entry;
}

/* What stands in the legend is, for colours of another palette, maybe that one. */
static void add_palette(struct legend *l, const struct palette *p, const bool *used)
{
	for (unsigned i = 0; i < p->color_count; i++) {
		unsigned tells = p->colors[i].legend;
		if (used[i] && p->colors[tells].words.n > 0)
			add_entry(l, (struct paint_entry){
				.color = palette_swatch(p, tells),
				.words = p->colors[tells].words,
			});
	}
}

static void add_scale(struct legend *l, const struct paint *p)
{
	struct paint_entry scale = { .what = PAINT_SCALE };
	if (p->options.diffusion) {
		scale.color = paint_narrow;
		scale.middle = color_mix(paint_narrow, paint_wide, .5);
		scale.last = paint_wide;
		scale.words = STR("0 %");
		scale.last_words = STR("100 %");
	} else {
		const struct paint_ends *ends = paint_ends(p);
		scale.color = p->options.negate ? ends->more : ends->less;
		scale.middle = ends->same;
		scale.last = p->options.negate ? ends->less : ends->more;
		scale.words = buf_str(&p->least_words);
		scale.last_words = buf_str(&p->most_words);
	}
	add_entry(l, scale);
}

/* What lines and grey mean, as far as there is any. */
static void add_marks(struct legend *l, const struct paint *p)
{
	const struct paint_ends *ends = paint_ends(p);
	struct color rest = color_mix(ends->same, p->options.negate ? ends->more : ends->less,
				      1. / 3);
	if (p->new_used)
		add_entry(l, (struct paint_entry){
			.color = ends->same, .words = STR("new"), .outlined = true,
			.line = paint_outline(p),
		});
	if (p->gone_used)
		add_entry(l, (struct paint_entry){
			.color = rest, .words = STR("gone"), .hatched = true,
			.line = paint_hatch(p, 0),
		});
	if (p->noise_used)
		add_entry(l, (struct paint_entry){
			.color = ends->same, .words = STR("not significant"),
		});
}

unsigned paint_legend(const struct paint *p, struct paint_entry *entries, unsigned max)
{
	struct legend l = { .entries = entries, .max = max };
	struct color color;
	struct str words;
	if (paint_by_value(p)) {
		add_scale(&l, p);
		add_marks(&l, p);
		return l.count;
	}
	add_palette(&l, &p->rules, p->used[0]);
	bool tells = l.count > 0 || p->by_module;
	add_palette(&l, &p->palette, p->used[1]);
	for (unsigned i = 0; p->by_module; i++) {
		if (!paint_modules_legend(&p->modules, i, &color, &words))
			break;
		add_entry(&l, (struct paint_entry){ .color = color, .words = words });
	}
	if (p->inlined_used)
		add_entry(&l, (struct paint_entry){
			.color = p->inlined_color, .edge = true, .words = STR("inlined"),
		});
	return tells || l.count > 1 ? l.count : 0;
}

void paint_map_text(struct paint *p, struct buf *text)
{
	paint_map_add_text(&p->map, text);
}
