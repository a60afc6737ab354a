/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-svg: any profile to an interactive flame graph.
 *
 *	options_parse()    options.c, options_svg.c: the command line
 *	draw()             draw.c, with job.c and model/picture.c: what is to be drawn
 *	svg_write()        write/svg.c, by way of draw_svg.c
 */
#include "cmd/draw.h"

int main(int argc, char **argv)
{
	struct settings settings;
	int status = options_parse(&face_svg, &settings, argc, argv);
	if (status >= 0)
		return status;
	settings.want.full_names = true;         /* for tooltips */
	status = draw(&settings, draw_svg_check, draw_svg_write);
	svg_options_free(&settings.svg);
	options_free(&settings);
	return status;
}
