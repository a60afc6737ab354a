/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/draw.h"

bool draw_png_check(struct settings *settings, struct buf *message,
		    struct buf *warnings)
{
	(void)warnings;
	settings->png.name = settings->output;
	return png_check(&settings->png, &settings->picture, message);
}

bool draw_png_write(const struct picture *picture, struct settings *settings,
		    struct output *out, struct draw_words *words)
{
	return png_write(picture, &settings->png, out, &words->error, &words->warnings);
}
