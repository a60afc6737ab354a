/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/str.h"

/*
 * Files from share/ that are part of the programs.  The build turns a list of
 * files into an array of this with build-aux/embed; an entry without a name
 * ends it.
 */
struct embed {
	struct str name;         /* of the file; of a palette without ".pal" */
	struct str text;         /* its bytes; a NUL that is not counted follows */
};

extern const struct embed embed_palettes[];   /* share/palettes */
extern const struct embed embed_svg[];        /* share/svg: "main.js", "viewer.css" */

#endif
