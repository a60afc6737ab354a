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

/* 2^64 divided by the golden ratio: multiplied by it, small numbers fill all bits. */
#define HASH_SPREAD UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t hash_bytes(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

/* The same bytes with another seed have another hash. */
static inline uint64_t hash_seeded(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
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
	return hash_seeded(p, n, (uintptr_t)stderr);
}

#endif
