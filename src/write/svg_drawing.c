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

void svg_opacity(struct output *out, double opacity)
{
	output_lit(out, " opacity=\".");
	output_u64(out, (uint64_t)(opacity * 100 + .5));
	output_char(out, '"');
}

void svg_hatch(struct output *out, double x, double y, double w, double h,
	       struct color color, double opacity)
{
	struct picture_segment s;
	output_lit(out, "<path class=\"fg-edge\" d=\"");
	for (unsigned i = 0; picture_hatch(x, y, w, h, i, &s); i++) {
		output_char(out, 'M');
		svg_number(out, s.x1);
		output_char(out, ' ');
		svg_number(out, s.y1);
		output_char(out, 'L');
		svg_number(out, s.x2);
		output_char(out, ' ');
		svg_number(out, s.y2);
	}
	output_char(out, '"');
	svg_color_attribute(out, STR("stroke"), color);
	output_lit(out, " stroke-width=\"1.5\"");
	if (opacity < 1)
		svg_opacity(out, opacity);
	output_lit(out, "/>");
}
