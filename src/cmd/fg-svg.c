/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-svg: any profile to an interactive flame graph.
 *
 *	options_parse()    options.c, options_svg.c: the command line
 *	draw()             draw.c, with job.c and model/picture.c: what is to be drawn
 *	svg_write()        write/svg.c
 */
#include "cmd/draw.h"

static bool check(struct settings *settings, struct buf *message, struct buf *warnings)
{
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
