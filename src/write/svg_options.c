/* SPDX-License-Identifier: Apache-2.0 */
#include "write/svg.h"

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

void svg_options_init(struct svg_options *o)
{
	*o = (struct svg_options){
		.width = 1200, .fontsize = FONTSIZE, .max_frames = 5000,
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

static bool check_background(struct svg_options *o, struct buf *message)
{
	if (!o->bgcolors) {
		o->background = o->palette.background;
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

static bool check_min_width(struct svg_options *o, struct buf *message)
{
	struct str text = str_of(o->minwidth ? o->minwidth : "0.1");
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
		o->min_width *= o->width / 100;
	return true;
}

static bool check_order(struct svg_options *o, struct buf *message)
{
	o->by_weight = o->order && strcmp(o->order, "weight") == 0;
	if (!o->order || o->by_weight || strcmp(o->order, "name") == 0)
		return true;
	buf_addf(message, "unknown order '%s' (name, weight)", o->order);
	return false;
}

bool svg_check(struct svg_options *o, struct buf *message)
{
	if (o->height == 0)
		o->height = o->fontsize == FONTSIZE ? 18 : floor(o->fontsize * 1.5 + 1);
	else if (o->fontsize == FONTSIZE && o->height < FONTSIZE + 4)
		o->fontsize = o->height > 8 ? o->height - 4 : 4;
	if (!within("width", o->width, 200, 100000, message) ||
	    !within("font size", o->fontsize, 4, 100, message) ||
	    !within("row height", o->height, 4, 200, message) ||
	    !within("total", o->total, 0, 9e18, message) ||
	    !check_min_width(o, message) || !check_order(o, message))
		return false;
	if (!palette_open(&o->palette, o->colors ? o->colors : "auto", message))
		return false;
	if (check_background(o, message))
		return true;
	palette_free(&o->palette);
	return false;
}

void svg_options_free(struct svg_options *o)
{
	palette_free(&o->palette);
}
