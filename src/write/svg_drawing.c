/* SPDX-License-Identifier: Apache-2.0 */
#include "write/svg_drawing.h"

void svg_number(struct output *out, double value)
{
	output_fixed(out, value, 1);
}

void svg_attribute(struct output *out, struct str name, double value)
{
	output_char(out, ' ');
	output_bytes(out, name);
	output_lit(out, "=\"");
	svg_number(out, value);
	output_char(out, '"');
}

void svg_color(struct output *out, struct color c)
{
	static const char digits[] = "0123456789abcdef";
	char text[] = { '#', digits[c.r >> 4], digits[c.r & 15], digits[c.g >> 4],
			digits[c.g & 15], digits[c.b >> 4], digits[c.b & 15] };
	output_bytes(out, (struct str){ text, sizeof(text) });
}

void svg_color_attribute(struct output *out, struct str name, struct color c)
{
	output_char(out, ' ');
	output_bytes(out, name);
	output_lit(out, "=\"");
	svg_color(out, c);
	output_char(out, '"');
}

void svg_fitted(struct drawing *d, struct str text, double width, double size)
{
	buf_clear(&d->scratch);
	picture_fit(&d->scratch, text, width, size);
	output_xml(d->out, buf_str(&d->scratch));
}
