/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-svg: any profile to an interactive flame graph.
 *
 *	options_parse()    options.c, options_svg.c: the command line
 *	draw()             draw.c, with job.c and model/picture.c: what is to be drawn
 *	svg_write()        write/svg.c
 */
#include "cmd/draw.h"

/* A picture without script is an image on a page, which should be quick to load. */
static void limit_image(struct settings *settings)
{
	enum { IMAGE_BYTES = 270 * 1000 };
	if (settings->svg.no_javascript && !settings->picture.minwidth &&
	    settings->picture.max_frames == PICTURE_FRAMES)
		settings->picture.max_bytes = IMAGE_BYTES;
}

static bool check(struct settings *settings, struct buf *message, struct buf *warnings)
{
	limit_image(settings);
	return svg_check(&settings->svg, message, warnings);
}

static bool write_svg(const struct picture *picture, struct settings *settings,
		      struct output *out, struct draw_words *words)
{
	(void)words;
	svg_write(picture, &settings->svg, out);
	return true;
}

int main(int argc, char **argv)
{
	struct settings settings;
	int status = options_parse(&face_svg, &settings, argc, argv);
	if (status >= 0)
		return status;
	settings.want.full_names = true;         /* for tooltips */
	status = draw(&settings, check, write_svg);
	svg_options_free(&settings.svg);
	options_free(&settings);
	return status;
}
