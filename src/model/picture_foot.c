/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the colours mean, in rows under the frames:
 *
 *	[] user code   [] kernel   [] inlined
 *	−12 % [][][][][][][][][] +12 %
 *
 * and the functions that cost most by themselves, also for who does not see the
 * frames or cannot zoom into them:
 *
 *	  self     total   Top functions by self
 *	31.4 %  ##31.4 %   memcpy
 *	12.0 %  ##62.8 %   main
 *
 * The bar behind a total is as long as the total is large, of the column.
 */
#include "model/picture.h"

#include "model/diff_words.h"

/* Pixels of the legend: words behind a swatch, entries side by side, their rows. */
enum { WORDS_AT = 18, ASIDE = 18, ENTRY_ROW = 18, APART = 9, BELOW = 13 };

static double width_of(struct str words)
{
	double w = label_text_width(words) * PICTURE_ENTRY;
	return w < PICTURE_ENTRY_WORDS ? w : PICTURE_ENTRY_WORDS;
}

/* Sets where its parts are, and tells how wide all of it is. */
static double arrange(struct picture_entry *e)
{
	double words = width_of(e->paint->words);
	if (e->paint->what == PAINT_SWATCH) {
		e->words_x = WORDS_AT;
		return WORDS_AT + words;
	}
	double scale = PICTURE_STEPS * PICTURE_STEP;
	e->steps_x = words + APART;
	e->last_x = e->steps_x + scale + APART;
	return words + scale + width_of(e->paint->last_words) + 2 * APART;
}

void picture_legend(const struct picture *p, struct picture_legend *l)
{
	double x = PICTURE_PAD, y = p->legend_y;
	l->count = paint_legend(&p->options->colors, l->paint, PAINT_ENTRIES_MAX);
	for (unsigned i = 0; i < l->count; i++) {
		struct picture_entry *e = &l->entries[i];
		*e = (struct picture_entry){ .paint = &l->paint[i] };
		double w = arrange(e);
		if (x > PICTURE_PAD && x + w > p->options->width - PICTURE_PAD) {
			x = PICTURE_PAD;
			y += ENTRY_ROW;
		}
		e->x = x;
		e->y = y;
		x += w + ASIDE;
	}
	l->height = l->count ? y - p->legend_y + PICTURE_ENTRY + BELOW : 0;
}

struct color picture_step(const struct paint_entry *e, unsigned step)
{
	double at = 2. * step / (PICTURE_STEPS - 1);
	return at < 1 ? color_mix(e->color, e->middle, at)
		      : color_mix(e->middle, e->last, at - 1);
}

const struct str picture_self = STR("self"), picture_total = STR("total"),
	picture_changed = STR("change");

/* Of one function there is nothing to compare. */
static uint32_t row_count(const struct picture *p)
{
	const struct top *top = &p->top;
	uint32_t rows = 0;
	if (p->layout.total == 0 || top->count < 2)
		return 0;
	for (uint32_t i = 0; i < top->count && rows < PICTURE_ROWS; i++) {
		const struct top_function *f = &top->functions[top->names[i]];
		rows += p->stacks->columns > 1 ? f->self != f->self_before : f->self > 0;
	}
	return rows;
}

/* What 100 % was. */
static double whole_before(const struct picture *p)
{
	int64_t before = p->tree->nodes[p->node].total[0];
	return before > 0 ? (double)before : 1;
}

void picture_table(const struct picture *p, struct picture_table *t)
{
	uint32_t names[PICTURE_ROWS];
	double whole = p->whole > 0 ? (double)p->whole : 1, before = whole_before(p);
	t->has_change = p->stacks->columns > 1;
	t->title = t->has_change ? STR("Functions that changed most by self")
				 : STR("Top functions by self");
	t->name_x = t->has_change ? PICTURE_CHANGED_NAME : PICTURE_NAME;
	t->name_room = p->options->width - PICTURE_PAD - t->name_x;
	t->count = row_count(p);
	if (t->count)
		t->count = top_choose(&p->top, t->has_change ? TOP_BY_CHANGE : TOP_BY_SELF,
				      names, t->count);
	for (uint32_t i = 0; i < t->count; i++) {
		const struct top_function *f = &p->top.functions[names[i]];
		double bar = PICTURE_BAR_WIDTH * (double)f->total / whole;
		t->rows[i] = (struct picture_row){
			.name = intern_text(&p->profile->text, names[i]),
			.self = 100 * (double)f->self / whole,
			.total = 100 * (double)f->total / whole,
			.change = 100 * ((double)f->self / whole -
					 (double)f->self_before / before),
			.bar = f->total == 0 ? 0 : bar < 1 ? 1 : bar,
		};
	}
}

void picture_row_name(const struct picture *p, const struct picture_table *t, uint32_t row,
		      struct buf *b)
{
	/* Of the font size, for a character of the middling width. */
	const double advance = .6;
	struct str name = t->rows[row].name;
	double columns = t->name_room / (PICTURE_ROW_SIZE * advance);
	if (label_text_fit(name, t->name_room / PICTURE_ROW_SIZE).n == name.n)
		buf_add(b, name);
	else
		label_add(b, name, (unsigned)columns, p->options->cut);
}

void picture_cell(struct buf *b, double percent)
{
	buf_addf(b, "%.1f %%", percent);
}

void picture_change_cell(struct buf *b, double points)
{
	diff_words_add_points(b, points / 100);
}
