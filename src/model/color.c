/* SPDX-License-Identifier: Apache-2.0 */
#include "model/color.h"

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

/* Light of a channel of sRGB, 0 to 1; a cubic near enough to the standard's curve. */
static double linear(uint8_t channel)
{
	double c = channel / 255.;
	return c * (c * (c * .305306011 + .682171111) + .012522878);
}

static double luminance(struct color c)
{
	return .2126 * linear(c.r) + .7152 * linear(c.g) + .0722 * linear(c.b);
}

static double contrast(struct color over, struct color ink)
{
	return (luminance(over) + .05) / (luminance(ink) + .05);
}

struct color color_lightened(struct color c)
{
	enum { STEPS = 24 };
	const double least = 4.56;
	for (unsigned i = 0; i < STEPS; i++) {
		struct color dark = color_mix(color_back_dark, c, COLOR_DARK_OPACITY);
		if (contrast(c, color_ink_light) >= least &&
		    contrast(dark, color_ink_dark) >= least)
			break;
		c = color_mix(c, color_back_light, .08);
	}
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
