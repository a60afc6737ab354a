/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PALETTE_H
#define MODEL_PALETTE_H

#include "base/buf.h"
#include "model/color.h"
#include "model/profile.h"

/*
 * The colours of frames: rules in a text file.  The same name has the same
 * colour in every picture.
 *
 *	# a comment: the whole line
 *	title   kind of code
 *	background #fdf6e3
 *	inlined faded
 *	color   user   hsl 12-48 88-92 66-72 : user code
 *	color   blue   rgb 146-180@1 146-180@1 235-255@2
 *	color   other  #c8ccd0 : no symbol
 *	paint   other  is [unknown] - --
 *	paint   blue   kind jit waker & not starts [
 *	paint   user
 *
 * Words are separated by blanks and tabs.
 *
 * title WORDS       what the colours mean, for people
 * background #RRGGBB
 *                   behind the picture; white without it
 * inlined faded     inlined frames have the colour of their rule, 35 % of the
 *                   way to white, and a darker left edge
 * color NAME SPAN [: WORDS]
 *                   a colour; with words it stands in the legend when a
 *                   picture uses it.  SPAN is "#RRGGBB", "rgb R G B" (0-255)
 *                   or "hsl H S L" (0-360, 0-100, 0-100), each number also a
 *                   range A-B.  Where in its range a channel lies is chosen
 *                   by the name of the frame, for each of the three channels
 *                   by itself; "@1", "@2", "@3" behind ranges make channels
 *                   of the same number move together.  "colour" is the same.
 * paint COLOR [TEST [& TEST]…]
 *                   frames that pass all tests have this colour; the first
 *                   line that fits counts, and the last line has no test.
 *
 * TEST is [not] and one of these; where there are several words, one of them
 * must do.  Case matters.
 *	is WORD…        the whole name
 *	starts WORD…    the beginning of the name
 *	ends WORD…
 *	has WORD…       anywhere in the name
 *	starts-upper    the first character is A-Z
 *	kind WORD…      user, kernel, inlined, jit, waker, other
 *	unit WORD…      what the profile counts: bytes, ns, cycles, …
 *
 * A colour that is too dark for text on it is lightened until the contrast is
 * 4.5:1 in the light and in the dark theme.
 */
enum { PALETTE_COLORS_MAX = 64 };

struct palette {
	struct str name;
	struct str title;        /* may be empty */
	struct color background;
	bool has_background;
	bool fades_inlined;
	unsigned color_count;
	struct palette_color {
		struct str name;
		struct str words;        /* for the legend; may be empty */
		bool hsl;
		struct palette_channel {
			double from, to;
			unsigned variable;   /* 0, 1 or 2 */
		} channel[3];
	} colors[PALETTE_COLORS_MAX];

	/* private */
	struct palette_rule *rules;
	size_t rule_count, rule_capacity;
	struct arena arena;
};

/*
 * Fills *p with the built-in palette of this name, or from a file when it has
 * a '/' or ends in ".pal".  On failure false, *message says why ("x.pal:3:
 * unknown colour 'red'") and *p needs no freeing.
 */
bool palette_open(struct palette *p, const char *name_or_path, struct buf *message);

/* The same from text; "where" stands in front of messages. */
bool palette_parse(struct palette *p, struct str text, const char *where,
		   struct buf *message);

void palette_free(struct palette *);

/* Appends the names of the built-in palettes: "aqua, auto, …". */
void palette_list(struct buf *);

/* Index in p->colors of the colour for such a frame. */
unsigned palette_pick(const struct palette *, struct str name, enum frame_kind,
		      struct str unit);

/* The colour of a frame of this name, pick from palette_pick(). */
struct color palette_color(const struct palette *, unsigned pick, struct str name,
			   enum frame_kind);

/* What a palette that fades inlined frames makes of a colour. */
struct color palette_faded(struct color);

/* The middle of a colour's ranges, for the legend. */
struct color palette_swatch(const struct palette *, unsigned pick);

#endif
