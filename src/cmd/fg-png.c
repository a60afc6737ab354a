/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-png: any profile to an image or a page with a flame graph.
 *
 *	options_parse()    options.c, options_png.c: the command line
 *	draw()             draw.c, with job.c and model/picture.c: what is to be drawn
 *	png_write()        write/png.c
 */
#include "cmd/draw.h"

static bool check(struct settings *settings, struct buf *message, struct buf *warnings)
{
	(void)warnings;
	settings->png.name = settings->output;
	return png_check(&settings->png, &settings->picture, message);
}

static bool write_png(const struct picture *picture, struct settings *settings,
		      struct output *out, struct draw_words *words)
{
	return png_write(picture, &settings->png, out, &words->error, &words->warnings);
}

int main(int argc, char **argv)
{
	struct settings settings;
	int status = options_parse(&face_png, &settings, argc, argv);
	if (status >= 0)
		return status;
	if (settings.picture.zoom.n)
		settings.want.full_names = true;
	status = draw(&settings, check, write_png);
	options_free(&settings);
	return status;
}
