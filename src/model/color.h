/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_COLOR_H
#define MODEL_COLOR_H

#include "base/str.h"

/*
 * Colours of sRGB, and what can be read on them.
 */
struct color {
	uint8_t r, g, b;         /* 0-255 */
};

/* The ink of text on frames, and what lies behind them, in both themes. */
extern const struct color color_ink_light, color_ink_dark;
extern const struct color color_back_light, color_back_dark;

/* Opacity of frames in the dark theme. */
#define COLOR_DARK_OPACITY 0.82

/* All of s, "#d6955c" or "#abc", as a colour; false when it is none. */
bool color_parse(struct str s, struct color *);

/* h 0-360, s and l 0-100. */
struct color color_from_hsl(double h, double s, double l);

/* Weighted mean: share 0 is a, share 1 is b. */
struct color color_mix(struct color a, struct color b, double share);

/* The colour, or as much nearer to white as text on it needs in both themes: 4.5:1. */
struct color color_lightened(struct color);

#endif
