/* SPDX-License-Identifier: Apache-2.0 */
#include "model/picture.h"

#include <math.h>

#include "base/alloc.h"
#include "base/num.h"

/* Of labels, unless low rows have no room for it. */
#define FONTSIZE 11.5

static const struct {
	const char *name;
	struct color color;
} backgrounds[] = {
	{ "yellow", { 0xee, 0xee, 0xcf } },
	{ "blue", { 0xe7, 0xe7, 0xf7 } },
	{ "green", { 0xe7, 0xf8, 0xe7 } },
	{ "grey", { 0xf0, 0xf0, 0xf0 } },
	{ "gray", { 0xf0, 0xf0, 0xf0 } },
};

void picture_options_init(struct picture_options *o)
{
	*o = (struct picture_options){
		.width = 1200, .fontsize = FONTSIZE, .fontwidth = .61, .factor = 1,
		.max_frames = PICTURE_FRAMES,
	};
}

static bool within(const char *what, double value, double least, double most,
		   struct buf *message)
{
	if (value >= least && value <= most)
		return true;
	buf_addf(message, "%s %g is not within %g and %g", what, value, least, most);
	return false;
}

static bool check_background(struct picture_options *o, struct buf *message)
{
	if (!o->bgcolors) {
		o->background = paint_background(&o->colors);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(backgrounds); i++) {
		if (strcmp(o->bgcolors, backgrounds[i].name) == 0) {
			o->background = backgrounds[i].color;
			return true;
		}
	}
	if (color_parse(str_of(o->bgcolors), &o->background))
		return true;
	buf_addf(message, "unknown background '%s' (yellow, blue, green, grey, #rrggbb)",
		 o->bgcolors);
	return false;
}

static bool check_min_width(struct picture_options *o, struct buf *message)
{
	struct str text = str_of(o->minwidth ? o->minwidth : "0.5");
	bool percent = str_ends(text, STR("%"));
	if (percent)
		text.n--;
	else if (str_ends(text, STR("px")))
		text.n -= 2;
	if (!num_double(str_trim(text), &o->min_width) || !(o->min_width >= 0) ||
	    (percent && o->min_width > 100)) {
		buf_addf(message, "minimum width '%s' is not a number of pixels (0.1) "
			 "or a percentage (0.1%%)", o->minwidth);
		return false;
	}
	if (percent)
		o->min_width *= (o->width - 2 * PICTURE_PAD) / 100;
	return true;
}

static bool check_order(struct picture_options *o, struct buf *message)
{
	o->by_weight = o->order && strcmp(o->order, "weight") == 0;
	if (!o->order || o->by_weight || strcmp(o->order, "name") == 0)
		return true;
	buf_addf(message, "unknown order '%s' (name, weight)", o->order);
	return false;
}

static bool check_shape(struct picture_options *o, struct buf *message)
{
	static const struct { const char *name; enum tree_shape shape; } shapes[] = {
		{ "union", TREE_UNION }, { "after", TREE_AFTER }, { "before", TREE_BEFORE },
	};
	const char *name = o->shape ? o->shape : shapes[0].name;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (strcmp(name, shapes[i].name) == 0) {
			o->drawn_shape = shapes[i].shape;
			return true;
		}
	buf_addf(message, "unknown shape '%s' (union, after, before)", name);
	return false;
}

/* A colour where one may be given. */
static bool check_color(const char *what, const char *text, struct color *color,
			struct buf *message)
{
	if (!text || color_parse(str_of(text), color))
		return true;
	buf_addf(message, "%s '%s' is not #rrggbb", what, text);
	return false;
}

static bool check_colors(struct picture_options *o, struct buf *message)
{
	o->hit = (struct color){ 0xe0, 0x7b, 0xf0 };
	const char *stroke = o->stroke_color;
	if (!stroke && o->fixed_theme == PICTURE_PRINT)
		stroke = "#666666";
	o->has_stroke = stroke && strcmp(stroke, "none") != 0;
	if (!check_color("search colour", o->search_color, &o->hit, message) ||
	    !check_color("stroke colour", o->has_stroke ? stroke : NULL,
			 &o->stroke, message) ||
	    !check_color("text colour", o->ui_color, &o->ui, message))
		return false;
	o->hit = color_lightened(o->hit);
	return check_background(o, message);
}

static bool check_theme(struct picture_options *o, struct buf *message)
{
	static const char *const names[] = { "auto", "light", "dark", "print" };
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		o->fixed_theme = (enum picture_theme)i;
		if (!o->theme || strcmp(o->theme, names[i]) == 0)
			return true;
	}
	buf_addf(message, "unknown theme '%s' (auto, light, dark, print)", o->theme);
	return false;
}

static bool check_label(struct picture_options *o, struct buf *message)
{
	if (label_parse_cut(str_of(o->label ? o->label : "smart"), &o->cut))
		return true;
	buf_addf(message, "unknown side '%s' (smart, left, right, middle)", o->label);
	return false;
}

/* Decimals as they were typed: 0.1 is 1 / 10. */
static struct decimal decimal_of(double value)
{
	struct decimal d = { .scale = DECIMAL_SCALE_MAX };
	d.digits = value > 0 && value <= 1e9 ? llround(value * 1e9) : 0;
	for (; d.scale > 0 && d.digits % 10 == 0; d.scale--)
		d.digits /= 10;
	return d;
}

static bool check_numbers(struct picture_options *o, struct buf *message)
{
	if (o->height == 0)
		o->height = o->fontsize == FONTSIZE ? 18 : floor(o->fontsize * 1.5 + 1);
	else if (o->fontsize == FONTSIZE && o->height < FONTSIZE + 4)
		o->fontsize = o->height > 8 ? o->height - 4 : 4;
	o->times = decimal_of(o->factor);
	return within("width", o->width, 200, 100000, message) &&
	       within("font size", o->fontsize, 4, 100, message) &&
	       within("font width", o->fontwidth, .1, 10, message) &&
	       within("row height", o->height, 4, 200, message) &&
	       within("total", o->total, 0, 9e18, message) &&
	       within("factor", o->factor, 1e-9, 1e9, message);
}

static bool check_highlight(struct picture_options *o, struct buf *message)
{
	struct buf why = { 0 };
	if (o->highlight.n)
		o->pattern = match_new(o->highlight, &why);
	if (o->highlight.n && !o->pattern)
		buf_addf(message, "regular expression of --highlight: %s", buf_cstr(&why));
	buf_free(&why);
	return !o->highlight.n || o->pattern;
}

/* What needs files or is freed by picture_options_free(). */
static bool open_parts(struct picture_options *o, struct buf *message,
		       struct buf *warnings)
{
	if (!paint_open(&o->colors, &o->paint, message))
		return false;
	buf_add(warnings, paint_warnings(&o->colors));
	if (!check_highlight(o, message))
		return false;
	return check_colors(o, message);
}

bool picture_check(struct picture_options *o, struct buf *message, struct buf *warnings)
{
	if (!check_numbers(o, message) || !check_min_width(o, message) ||
	    !check_order(o, message) || !check_shape(o, message) ||
	    !check_theme(o, message) ||
	    !check_label(o, message))
		return false;
	if (open_parts(o, message, warnings))
		return true;
	picture_options_free(o);
	return false;
}

void picture_options_free(struct picture_options *o)
{
	paint_free(&o->colors);
	match_free(o->pattern);
}
