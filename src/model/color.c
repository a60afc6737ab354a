/* SPDX-License-Identifier: Apache-2.0 */
#include "model/color.h"

#include <math.h>

#include "base/num.h"

const struct color color_ink_light = { 0x1b, 0x1f, 0x24 };
const struct color color_ink_dark = { 0x14, 0x18, 0x1d };
const struct color color_back_light = { 0xff, 0xff, 0xff };
const struct color color_back_dark = { 0x14, 0x18, 0x1d };

bool color_parse(struct str s, struct color *color)
{
	int digit[6];
	if ((s.n != 7 && s.n != 4) || s.p[0] != '#')
		return false;
	for (size_t i = 0; i < 6; i++) {
		digit[i] = num_hex_digit(s.p[1 + (s.n == 7 ? i : i / 2)]);
		if (digit[i] < 0)
			return false;
	}
	*color = (struct color){ (uint8_t)(digit[0] << 4 | digit[1]),
				 (uint8_t)(digit[2] << 4 | digit[3]),
				 (uint8_t)(digit[4] << 4 | digit[5]) };
	return true;
}

struct color color_mix(struct color a, struct color b, double share)
{
	return (struct color){ (uint8_t)(a.r + (b.r - a.r) * share + .5),
			       (uint8_t)(a.g + (b.g - a.g) * share + .5),
			       (uint8_t)(a.b + (b.b - a.b) * share + .5) };
}

/* Light of a channel of sRGB, 0 to 1, as the standard has it. */
static double linear(double channel)
{
	double c = channel / 255;
	return c <= .04045 ? c / 12.92 : pow((c + .055) / 1.055, 2.4);
}

/* A cubic near it, for what is far from the limit anyway. */
static double about_linear(double channel)
{
	double c = channel / 255;
	return c * (c * (c * .305306011 + .682171111) + .012522878);
}

typedef double curve(double channel);

static double luminance(curve *light, struct color c, struct color back, double opacity)
{
	double r = light(c.r * opacity + back.r * (1 - opacity));
	double g = light(c.g * opacity + back.g * (1 - opacity));
	double b = light(c.b * opacity + back.b * (1 - opacity));
	return .2126 * r + .7152 * g + .0722 * b;
}

/* Whether text has that contrast on the colour in both themes. */
static bool is_readable(curve *light, struct color c, double least)
{
	double ink = luminance(light, color_ink_light, color_ink_light, 1);
	double over = luminance(light, c, c, 1);
	if (over + .05 < least * (ink + .05))
		return false;
	ink = luminance(light, color_ink_dark, color_ink_dark, 1);
	over = luminance(light, c, color_back_dark, COLOR_DARK_OPACITY);
	return over + .05 >= least * (ink + .05);
}

struct color color_lightened(struct color c)
{
	enum { STEPS = 24 };
	if (is_readable(about_linear, c, 4.8))
		return c;
	for (unsigned i = 0; i < STEPS && !is_readable(linear, c, 4.51); i++)
		c = color_mix(c, color_back_light, .08);
	return c;
}

struct color color_from_hsl(double h, double s, double l)
{
	double top = l <= 50 ? l * (100 + s) / 100 : l + s - l * s / 100;
	double low = 2 * l - top;
	double out[3];
	for (int i = 0; i < 3; i++) {
		double t = h + 120 * (1 - i);
		t += t < 0 ? 360 : t >= 360 ? -360 : 0;
		if (t < 60)
			out[i] = low + (top - low) * t / 60;
		else if (t < 180)
			out[i] = top;
		else if (t < 240)
			out[i] = low + (top - low) * (240 - t) / 60;
		else
			out[i] = low;
	}
	return (struct color){ (uint8_t)(out[0] * 2.55 + .5),
			       (uint8_t)(out[1] * 2.55 + .5),
			       (uint8_t)(out[2] * 2.55 + .5) };
}
