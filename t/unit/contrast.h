/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whether text can be read on a colour, as the accessibility guidelines of the web
 * define it, from the exact curve of sRGB; nothing of model/color.c is used but the
 * colours of ink and background.
 */
#include <math.h>

#include "model/color.h"

/* For who includes this and has no use for one of them. */
#define MAYBE __attribute__((unused))

MAYBE static double linear(double c)
{
	c /= 255;
	return c <= .04045 ? c / 12.92 : pow((c + .055) / 1.055, 2.4);
}

MAYBE static double luminance(const double c[3])
{
	return .2126 * linear(c[0]) + .7152 * linear(c[1]) + .0722 * linear(c[2]);
}

MAYBE static double contrast(const double over[3], struct color ink)
{
	double text[3] = { ink.r, ink.g, ink.b };
	double a = luminance(over), b = luminance(text);

	return a > b ? (a + .05) / (b + .05) : (b + .05) / (a + .05);
}

/* What c becomes over a background when it lets some of that through. */
MAYBE static void blend(double c[3], struct color back, double opacity)
{
	double under[3] = { back.r, back.g, back.b };

	for (int i = 0; i < 3; i++)
		c[i] = c[i] * opacity + under[i] * (1 - opacity);
}

MAYBE static void assert_readable(struct color c, const char *what)
{
	double light[3] = { c.r, c.g, c.b };
	double dark[3] = { c.r, c.g, c.b };

	blend(dark, color_back_dark, COLOR_DARK_OPACITY);
	double in_light = contrast(light, color_ink_light);
	double in_dark = contrast(dark, color_ink_dark);
	if (in_light < 4.5 || in_dark < 4.5)
		fail_msg("%s: #%02x%02x%02x has %.2f:1 in light, %.2f:1 in dark", what, c.r, c.g,
			 c.b, in_light, in_dark);
}
