/* SPDX-License-Identifier: Apache-2.0 */
#include "write/svg_drawing.h"

#include "base/num.h"
#include "model/label.h"

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

void svg_fitted(struct output *out, struct str text, double width, double size)
{
	struct str fit = label_text_fit(text, width / size);
	if (fit.n < text.n)
		fit = label_text_fit(text, width / size - 1);
	output_xml(out, fit);
	if (fit.n < text.n)
		output_lit(out, "…");
}

void svg_add_share(struct buf *b, double share)
{
	double percent = share * 100;
	if (percent > 0 && percent < .05)
		buf_add(b, STR("<0.1 %"));
	else if (percent >= 99.5 && percent < 100)
		buf_add(b, STR(">99 %"));
	else if (percent < 9.95)
		buf_addf(b, "%.1f %%", percent);
	else
		buf_addf(b, "%.0f %%", percent);
}

void svg_add_quantity(const struct drawing *d, struct buf *b, int64_t value)
{
	num_add_quantity(b, (double)value / d->divisor, d->unit);
}

struct str svg_frame_name(const struct drawing *d, const struct layout_box *box)
{
	uint32_t frame = d->tree->nodes[box->node].frame;
	return frame == ID_NONE ? STR("all") : profile_name(d->profile, frame);
}
