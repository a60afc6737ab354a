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
 * character is cut.
 */
struct str label_text_fit(struct str s, double width);

/*
 * Appends the part of name that fits into that many columns, ending in "…"
 * when something was cut.  False, and nothing appended, when fewer than three
 * columns are there.
 */
bool label_add(struct buf *, struct str name, unsigned columns);

#endif
