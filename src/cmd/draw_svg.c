/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/draw.h"

/* A picture without script is an image on a page, which should be quick to load. */
static void limit_image(struct settings *settings)
{
	enum { IMAGE_BYTES = 270 * 1000 };
	if (settings->svg.no_javascript && !settings->picture.minwidth &&
	    settings->picture.max_frames == PICTURE_FRAMES)
		settings->picture.max_bytes = IMAGE_BYTES;
}

bool draw_svg_check(struct settings *settings, struct buf *message,
		    struct buf *warnings)
{
	limit_image(settings);
	return svg_check(&settings->svg, message, warnings);
}

bool draw_svg_write(const struct picture *picture, struct settings *settings,
		    struct output *out, struct draw_words *words)
{
	(void)words;
	svg_write(picture, &settings->svg, out);
	return true;
}
