/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PAINT_MODULES_H
#define MODEL_PAINT_MODULES_H

#include "model/color.h"
#include "model/tree.h"

/*
 * A colour for each module, the file a function is from.  Modules are known by
 * what stands behind the last '/'; all code that was generated at run time is one.
 *
 * The heaviest eight by self value have hues of their own, which people who see
 * fewer colours can tell apart, too: each the one that follows from its name, so
 * that it is the same in the next picture, or another one when a heavier module
 * has that already.  All others are pale, as their names tell.
 */
enum { PAINT_HUES = 8 };

struct paint_modules {
	/* private */
	struct intern names;     /* short */
	uint32_t *of_text;       /* by id of the profile's texts; ID_NONE: no frame's */
	uint32_t text_count;
	uint32_t top[PAINT_HUES];    /* the heaviest, heaviest first */
	unsigned top_count;
	struct color *colors;    /* by short name */
	bool *used;              /* the same, and then none and several */
};

/* What is known by no name. */
extern const struct color paint_modules_none, paint_modules_several, paint_modules_pale;

/* Chooses the colours for the modules of a tree; it is not needed afterwards. */
void paint_modules_make(struct paint_modules *, const struct tree *);
void paint_modules_free(struct paint_modules *);

/* module is the id of a text of the profile, ID_NONE or ID_SEVERAL. */
struct color paint_modules_color(const struct paint_modules *, uint32_t module);

/* Notes that a module is drawn. */
void paint_modules_use(struct paint_modules *, uint32_t module);

/*
 * What was used, one after the other: the heaviest with their names, then what all
 * pale ones are, then the greys.  False when there is no i-th.
 */
bool paint_modules_legend(const struct paint_modules *, unsigned i, struct color *color,
			  struct str *words);

#endif
