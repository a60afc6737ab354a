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
 * color NAME palette:PALETTE [: WORDS]
 *                   the colours of another palette; with words these stand in
 *                   the legend, else its own.  The other one names no third.
 * paint COLOR [TEST [& TEST]…]
 *                   frames that pass all tests have this colour; the first
 *                   line that fits counts, and the last line has no test (rules
 *                   of --color-rules may lack it: frames that pass no test then
 *                   have the colour they would have without rules).
 *                   COLOR may also be palette:PALETTE.
 *
 * TEST is [not] and one of these; where there are several words, one of them
 * must do.  Case matters.
 *	is WORD…        the whole name
 *	starts WORD…    the beginning of the name
 *	ends WORD…
 *	has WORD…       anywhere in the name
 *	starts-upper    the first character is A-Z
 *	matches RE…     a regular expression that occurs in the name; it has no
 *	                blanks, \s or \x20 stands for one
 *	module GLOB…    the file the function is from: its whole path when the
 *	                pattern has a '/', else what is behind the last '/'; "*" is
 *	                any text, "?" any byte
 *	kind WORD…      user, kernel, inlined, jit, waker, other
 *	unit WORD…      what the profile counts: bytes, ns, cycles, …
 *
 * A colour that is too dark for text on it is lightened until the contrast is
 * 4.5:1 in the light and in the dark theme.
 */
enum { PALETTE_COLORS_MAX = 256, PALETTE_NONE = PALETTE_COLORS_MAX };

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
		bool fades;              /* inlined frames of this colour are faded */
		struct palette_channel {
			double from, to;
			unsigned variable;   /* 0, 1 or 2 */
		} channel[3];
		/*
		 * In place of the above: another palette, whose colours follow in
		 * this table from "first" on.
		 */
		struct palette *other;
		unsigned first;
		unsigned legend;         /* the colour whose words tell of this one */
	} *colors;

	/* private */
	struct palette_rule *rules;
	size_t rule_count, rule_capacity, color_capacity;
	struct arena arena;
};

/* What a frame is judged by. */
struct palette_subject {
	struct str name;         /* without a mark */
	enum frame_kind kind;
	struct str module;       /* empty when there is none */
	struct str unit;         /* of the profile */
};

/*
 * Fills *p with the built-in palette of this name, or from a file when it has
 * a '/' or ends in ".pal".  On failure false, *message says why ("x.pal:3:
 * unknown colour 'red'") and *p needs no freeing.
 */
bool palette_open(struct palette *p, const char *name_or_path, struct buf *message);

/*
 * The same from a file of any name that holds rules: the last of them may have a
 * test, and there may be none at all.
 */
bool palette_open_rules(struct palette *p, const char *path, struct buf *message);

/* The same from text; "where" stands in front of messages. */
enum palette_form { PALETTE_WHOLE, PALETTE_INNER, PALETTE_RULES };
bool palette_parse(struct palette *p, struct str text, const char *where,
		   enum palette_form, struct buf *message);

void palette_free(struct palette *);

/* Whether some colour depends on the file a function is from. */
bool palette_asks_for_modules(const struct palette *);

/* Appends the names of the built-in palettes: "aqua, auto, …". */
void palette_list(struct buf *);

/*
 * Appends the bytes of a file of at most "most" bytes.  False when it cannot be
 * read, with what ("palette") and why in *message; *missing tells whether that is
 * because there is none.
 */
bool palette_read_file(struct buf *text, const char *what, const char *path,
		       size_t most, bool *missing, struct buf *message);

/*
 * Index in p->colors of the colour for such a frame, never that of another
 * palette as a whole; PALETTE_NONE when no rule fits.
 */
unsigned palette_pick(const struct palette *, const struct palette_subject *);

/*
 * The colour of a frame of this kind, pick from palette_pick(); hash, mostly that
 * of its name, says where in the ranges.
 */
struct color palette_color(const struct palette *, unsigned pick, uint64_t hash,
			   enum frame_kind);

/* What a palette that fades inlined frames makes of a colour. */
struct color palette_faded(struct color);

/* The middle of a colour's ranges, for the legend. */
struct color palette_swatch(const struct palette *, unsigned pick);

/*
 * The regular expressions that took too long on some name, which then counted as
 * not fitting: appends a line for each, "rules:3: '(a*)*b' took too long …".
 */
void palette_add_slow(const struct palette *, struct buf *lines);

#endif
