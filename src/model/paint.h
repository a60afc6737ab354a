/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PAINT_H
#define MODEL_PAINT_H

#include "model/paint_map.h"
#include "model/paint_modules.h"
#include "model/palette.h"
#include "model/tree.h"

/*
 * What colour things have, the same in every picture that is drawn: one door to
 * palettes, rules, palette maps, modules, kinds and differences.
 *
 *	paint_open()    reads what the options name; once, before the profile is there
 *	paint_begin()   for each tree
 *	paint_node()    as often as needed: a frame's colour is found once and kept
 *	paint_use()     for each frame that is drawn; paint_legend() then tells what
 *	                the colours in the picture mean
 *
 * A node's colour is, the first of these that there is: how wide it is
 * (diffusion), how it differs from before (a tree of two columns), the rule of
 * --color-rules that fits, what the palette map has, the palette, module or kind.
 * All colours can be read on in both themes.
 */
struct paint_options {
	const char *colors;      /* palette, path of one, "module", "kind"; NULL: auto */
	const char *rules;       /* file of rules that come first, or NULL */
	const char *map;         /* palette map, see paint_map_text(), or NULL */
	uint64_t seed;           /* of random colours */
	bool random;             /* within a palette's ranges by seed and name */
	bool diffusion;
	bool negate;             /* a difference is seen from the other side */
};

struct paint {
	/* private */
	struct paint_options options;
	bool by_module, by_kind, has_rules;
	struct palette palette, rules, kinds;
	struct paint_map map;
	struct buf warnings, told;   /* not told yet, and just told */
	/* of the tree */
	const struct tree *tree;
	struct paint_fill *fills;    /* by frame, as far as they were asked for */
	uint32_t fill_count;
	struct paint_modules modules;
	double most;             /* largest change */
	bool classic;            /* red and blue */
	const bool *changed;     /* by node, or NULL */
	bool new_used, gone_used, noise_used;
	bool used[2][PALETTE_COLORS_MAX];    /* colours of rules and palette */
	bool inlined_used;
	struct color inlined_color;
	struct buf least_words, most_words;  /* at the ends of a scale */
};

/*
 * False when something is wrong with a file or there is no such palette; then
 * *message says what and nothing needs freeing.  The texts of the options must
 * live as long as the paint.
 */
bool paint_open(struct paint *, const struct paint_options *, struct buf *message);
void paint_free(struct paint *);

/*
 * What was odd since the last call, a line each; valid until the next one.  After
 * paint_open() that is in files, after drawing which regular expressions took too
 * long.
 */
struct str paint_warnings(struct paint *);

/* What lies behind the picture: as rules or palette say, else white. */
struct color paint_background(const struct paint *);

/* What the colours of frames mean: "palette", "module" or "kind". */
struct str paint_mode(const struct paint *);

/* Whether a node's colour depends on its values, not on its function alone. */
bool paint_by_value(const struct paint *);

/* The tree, which must live until the next paint_begin(); nothing of it is used yet. */
void paint_begin(struct paint *, const struct tree *);

/* The colour of a node as it is drawn. */
struct color paint_node(struct paint *, uint32_t node);

/* The colour of a function, whatever its nodes look like. */
struct color paint_frame(struct paint *, uint32_t frame);

/* Whether frames of this function get a darker left edge, being inlined. */
bool paint_has_edge(struct paint *, uint32_t frame);

/*
 * The colours of the modes "module" and "kind", whatever the mode is.  module is
 * the id of a text, ID_NONE or ID_SEVERAL.
 */
struct color paint_module(struct paint *, uint32_t module);
struct color paint_kind(const struct paint *, enum frame_kind);

/*
 * Of a difference: how much a node has grown, in parts of the larger one of both
 * wholes, -1 to 1; with negate how much it has shrunk.
 */
double paint_change(const struct paint *, uint32_t node);

/*
 * Of a difference, which nodes have changed by more than chance, by node: the others
 * are grey.  NULL, and so it is in the beginning: nobody knows.  It must live as long.
 */
void paint_judge(struct paint *, const bool *changed);

/* Whether a node's change may be chance. */
bool paint_is_noise(const struct paint *, uint32_t node);

/* The line around nodes that are new, and those through nodes that are gone. */
struct color paint_outline(const struct paint *);
struct color paint_hatch(const struct paint *, uint32_t node);

/*
 * The colours that depend on values, for who draws them elsewhere: between the
 * two ends a channel is from + (to - from) * share, rounded to the nearest.  A
 * node of a difference is "same" at no change and "less" or "more" at the largest
 * change of any node, which counts as 1/10000 at least; one that is gone is a third
 * of the way to where it would be.  A node of diffusion is at the square root of its
 * share of the whole.
 */
extern const struct color paint_root, paint_narrow, paint_wide;

struct paint_ends {
	struct color less, same, more;
};

/* Of a difference: blue and orange, or, as --colors=redblue asks, blue and red. */
const struct paint_ends *paint_ends(const struct paint *);

/* A function that is drawn, for the legend; and a node of a difference. */
void paint_use(struct paint *, uint32_t frame);
void paint_use_node(struct paint *, uint32_t node);

struct paint_entry {
	enum paint_entry_kind {
		PAINT_SWATCH,
		PAINT_SCALE      /* from color over middle to last */
	} what;
	struct color color, middle, last;
	struct str words;        /* of a scale: at its left end */
	struct str last_words;   /* of a scale: at its right end */
	bool edge;               /* with a darker left edge */
	bool outlined, hatched;  /* with lines around or through it */
	struct color line;
};

/* As many entries as a legend needs to have room for. */
enum { PAINT_ENTRIES_MAX = 64 };

/*
 * Fills the entries with what the colours of the used frames mean, those of rules
 * first, and returns how many there are: none when there is nothing to tell, as
 * with one plain colour for everything.  Words live until the next paint_begin().
 */
unsigned paint_legend(const struct paint *, struct paint_entry *entries, unsigned max);

/*
 * Appends the palette map as it should be written: what was in the file and the
 * functions that were asked for since, sorted, a line "name->rgb(r,g,b)" each.
 * Functions that a rule paints are left out, and so are delimiters.
 */
void paint_map_text(struct paint *, struct buf *text);

#endif
