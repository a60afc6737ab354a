/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PICTURE_ZOOM_H
#define MODEL_PICTURE_ZOOM_H

#include "base/buf.h"
#include "model/tree.h"

/*
 * The widest node of a function: of this name, as shown or full, or with ';'
 * between them the names of its callers in front, the nearest last.  0 when there
 * is none, and then *message says so; it tells, too, when there are several.
 */
uint32_t picture_zoom(const struct tree *, struct str path, struct buf *message);

#endif
