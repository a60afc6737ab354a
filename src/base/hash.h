/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

/*
 * The door to xxhash: XXH3, 64 bits.  Equal bytes have equal hashes in every
 * run and on every machine, so colours may depend on them.
 */

#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/str.h"

static inline uint64_t hash_bytes(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

static inline uint64_t hash_str(struct str s)
{
	return XXH3_64bits(s.p, s.n);
}

#endif
