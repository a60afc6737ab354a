/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_UNPACK_H
#define IO_UNPACK_H

#include "base/buf.h"

/*
 * Unpacks a whole file that is in memory, when it is xz, gzip or zstd.  False, and out as
 * it was, when it is none of these, is broken, or has more than "limit" bytes.
 */
bool unpack(struct str packed, size_t limit, struct buf *out);

#endif
