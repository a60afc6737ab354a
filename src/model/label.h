/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_LABEL_H
#define MODEL_LABEL_H

#include "base/buf.h"

/*
 * Text that must fit into a given width, known without asking a font: every
 * picture and the viewer cut at the same place.
 */

/*
 * How many columns of a fixed-width font have room in "width" pixels,
 * "advance" being the width of one and "inset" left free at both ends.
 */
unsigned label_columns(double width, double advance, double inset);

/*
 * A cautious width of text in a proportional font of 1 px, for what has no
 * fixed width: few fonts are wider.
 */
double label_text_width(struct str);

/*
 * The longest start of s that is at most that wide, in the same measure; no
 * character is cut, and marks without end are: at most 64 bytes are spent on 1 px
 * of the font's size.
 */
struct str label_text_fit(struct str s, double width);

/*
 * What of a name may go when it does not fit.  The word says which end is cut;
 * "…" stands there.
 *
 *	std::map<int, T>::find(int)    in 12 columns
 *	smart     map::find
 *	right     std::map<in…
 *	left      …::find(int)
 *	middle    std::m…(int)
 *
 * Smart drops what tells least, and says so with no mark: arguments, then
 * template arguments, then the leading parts of the scope one after the other,
 * as many as must go.  Only when the last part alone does not fit, or when the
 * brackets of a name do not balance, it cuts at the right.
 */
enum label_cut {
	LABEL_SMART,
	LABEL_LEFT,
	LABEL_RIGHT,
	LABEL_MIDDLE,
};

/* From "smart", "left", "right" or "middle"; false for anything else. */
bool label_parse_cut(struct str word, enum label_cut *);

/*
 * Appends the part of name that fits into that many columns.  Any bytes are
 * welcome; no character is cut, and marks without end are: at most 16 bytes are
 * spent on a column.  The time is bounded by the number of columns, for smart
 * by 4096 bytes too: longer names are cut at the right.
 * False, and nothing appended, when fewer than three columns are there.
 * fitLabel() in share/svg/label.js gives the same text.
 */
bool label_add(struct buf *, struct str name, unsigned columns, enum label_cut);

#endif
