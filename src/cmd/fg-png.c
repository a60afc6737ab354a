/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-png: any profile to an image or a page with a flame graph.
 *
 *	options_parse()    options.c, options_png.c: the command line
 *	draw()             draw.c, with job.c and model/picture.c: what is to be drawn
 *	png_write()        write/png.c, by way of draw_png.c
 *
 * Called as fg-diff it is that: nothing else is linked with cairo, so fg-diff hands
 * images over.
 */
#include "cmd/compare.h"
#include "cmd/draw.h"

int main(int argc, char **argv)
{
	static const struct compare_images images = { draw_png_check, draw_png_write };
	struct settings settings;
	if (compare_is_meant(argc > 0 ? argv[0] : ""))
		return compare_main(argc, argv, &images);
	int status = options_parse(&face_png, &settings, argc, argv);
	if (status >= 0)
		return status;
	if (settings.picture.zoom.n)
		settings.want.full_names = true;
	status = draw(&settings, draw_png_check, draw_png_write);
	options_free(&settings);
	return status;
}
