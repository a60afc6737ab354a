/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

/*
 * The door to xxhash: XXH3, 64 bits.  Equal bytes have equal hashes in every
 * run and on every machine, so colours may depend on them.
 */

#include <stdint.h>
#include <stdio.h>

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

/*
 * For tables of what comes from input: others in every run, as libraries are
 * loaded at places nobody can tell.  Bytes that all have the same hash are easily
 * made for XXH3, and a table full of them is slow.
 */
static inline uint64_t hash_hidden(const void *p, size_t n)
{
	return XXH3_64bits_withSeed(p, n, (uintptr_t)stderr);
}

#endif
