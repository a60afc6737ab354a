/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PAINT_MAP_H
#define MODEL_PAINT_MAP_H

#include "base/intern.h"
#include "model/color.h"
#include "model/profile.h"

/*
 * A palette map: colours that functions had in an earlier picture, a text file
 * that flamegraph.pl and inferno read and write, too.  Names carry their marks.
 * A zeroed struct is an empty map.
 */
struct paint_map {
	/* private */
	struct intern names;
	struct paint_map_color {
		struct color color;  /* as in the file, maybe too dark for text */
		bool is_set;
	} *colors;               /* by name */
	uint32_t count;
	size_t capacity;
	struct buf key;
};

/*
 * Reads a map; when there is no file it stays empty.  Lines that are wrong are left
 * out, with a line for the first ones in *warnings.  False with words in *message
 * when it cannot be read or most of it is something else; then nothing needs
 * freeing.
 */
bool paint_map_read(struct paint_map *, const char *path, struct buf *warnings,
		    struct buf *message);

/* The same from text; "path" stands in front of messages. */
bool paint_map_parse(struct paint_map *, struct str text, const char *path,
		     struct buf *warnings, struct buf *message);

/*
 * The colour of a function; one that is known without its mark has that colour.
 * When it is not known it becomes *color; what the map has is false then.
 */
bool paint_map_find(struct paint_map *, struct str name, enum frame_kind,
		    struct color *color);

/* Appends all of it, sorted. */
void paint_map_add_text(const struct paint_map *, struct buf *);

void paint_map_free(struct paint_map *);

#endif
