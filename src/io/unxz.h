/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_UNXZ_H
#define IO_UNXZ_H

#include "base/buf.h"

/*
 * The door to liblzma: unpacks xz data that is in memory.  False, and out as it was, when
 * it is broken or has more than "limit" bytes, or without the library.
 */
bool unxz(struct str packed, size_t limit, struct buf *out);

#endif
