/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A hash table of buckets, each a cache line with four blocks, whose addresses are
 * compared without a branch.  A block whose bucket is full lies in one of the next, and
 * each bucket that it passed by counts it; so a search knows where to end, and a block
 * that is taken leaves nothing behind.  At most three of eight places are used: with half of
 * them, a tenth of the time went to buckets that were full.
 */
#include "read/heaptrack_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { FIRST_BITS = 8, PASSED_MAX = UINT8_MAX };

#define TOP HEAPTRACK_BLOCKS_LARGE

static void resize(struct heaptrack_blocks *b, unsigned bits)
{
	b->shift = 64 - bits;
	b->mask = ((size_t)1 << bits) - 1;
	b->buckets = xhuge_calloc((b->mask + 1) * sizeof(*b->buckets));
	b->passed = xcalloc(b->mask + 1, 1);
}

void heaptrack_blocks_init(struct heaptrack_blocks *b)
{
	*b = (struct heaptrack_blocks){ 0 };
	b->factor = hash_hidden("heaptrack", 9) | 1;
	resize(b, FIRST_BITS);
}

void heaptrack_blocks_free(struct heaptrack_blocks *b)
{
	free(b->buckets);
	free(b->passed);
	free(b->large);
}

static bool find_passed(const struct heaptrack_blocks *b, uint64_t address, size_t *at,
			unsigned *place)
{
	for (size_t i = *at; b->passed[i] > 0;) {
		i = (i + 1) & b->mask;
		unsigned places = heaptrack_blocks_places(&b->buckets[i], address);
		if (places) {
			*at = i;
			*place = (unsigned)__builtin_ctz(places);
			return true;
		}
		if (i == *at)
			break;
	}
	return false;
}

/* *at is the bucket where the search begins, and where it ends with success. */
static bool find(const struct heaptrack_blocks *b, uint64_t address, size_t *at,
			unsigned *place)
{
	unsigned places = heaptrack_blocks_places(&b->buckets[*at], address);
	if (places != 0) {
		*place = (unsigned)__builtin_ctz(places);
		return true;
	}
	return b->passed[*at] > 0 && find_passed(b, address, at, place);
}

static void insert(struct heaptrack_blocks *b, uint64_t address,
		   struct heaptrack_packed packed)
{
	size_t i = heaptrack_blocks_home(b, address);
	unsigned places;
	while ((places = heaptrack_blocks_places(&b->buckets[i], 0)) == 0) {
		b->passed[i] += b->passed[i] < PASSED_MAX;
		i = (i + 1) & b->mask;
	}
	unsigned place = (unsigned)__builtin_ctz(places);
	b->buckets[i].address[place] = address;
	b->buckets[i].block[place] = packed;
}

static void grow(struct heaptrack_blocks *b)
{
	struct heaptrack_bucket *old = b->buckets;
	size_t old_size = b->mask + 1;
	free(b->passed);
	resize(b, 64 - b->shift + 1);
	for (size_t i = 0; i < old_size; i++)
		for (unsigned k = 0; k < HEAPTRACK_BUCKET; k++)
			if (old[i].address[k] != 0)
				insert(b, old[i].address[k], old[i].block[k]);
	free(old);
}

void heaptrack_blocks_reserve(struct heaptrack_blocks *b, unsigned count)
{
	while (b->count + count > (b->mask + 1) * HEAPTRACK_BUCKET / 8 * 3)
		grow(b);
}

static uint32_t pack_large(struct heaptrack_blocks *b, int64_t size)
{
	size_t place = b->large_free;
	if (place-- > 0) {
		b->large_free = (size_t)b->large[place];
	} else {
		place = b->large_count++;
		ARRAY_RESERVE(b->large, b->large_capacity, b->large_count);
	}
	b->large[place] = size;
	return TOP | (uint32_t)place;
}

static int64_t unpack_large(struct heaptrack_blocks *b, uint32_t packed)
{
	size_t place = packed & ~TOP;
	int64_t size = b->large[place];
	b->large[place] = (int64_t)b->large_free;
	b->large_free = place + 1;
	return size;
}

static struct heaptrack_packed pack(struct heaptrack_blocks *b,
					   const struct heaptrack_block *block)
{
	return (struct heaptrack_packed){
		.size = block->size < TOP ?
				(uint32_t)block->size : pack_large(b, block->size),
		.cost = heaptrack_blocks_pack_cost(block->cost, block->is_old),
	};
}

static void unpack(struct heaptrack_blocks *b, struct heaptrack_packed packed,
			  struct heaptrack_block *block)
{
	block->size = packed.size < TOP ?
			      packed.size : unpack_large(b, packed.size);
	block->cost = packed.cost & ~TOP;
	block->is_old = packed.cost >> 31;
}

bool heaptrack_blocks_put(struct heaptrack_blocks *b, uint64_t address,
			  const struct heaptrack_block *block,
			  struct heaptrack_block *before)
{
	size_t at = heaptrack_blocks_home(b, address);
	unsigned place;
	struct heaptrack_packed packed = pack(b, block);
	if (find(b, address, &at, &place)) {
		unpack(b, b->buckets[at].block[place], before);
		b->buckets[at].block[place] = packed;
		return true;
	}
	heaptrack_blocks_reserve(b, 1);
	b->count++;
	insert(b, address, packed);
	return false;
}

bool heaptrack_blocks_take(struct heaptrack_blocks *b, uint64_t address,
			   struct heaptrack_block *block)
{
	size_t first = heaptrack_blocks_home(b, address), at = first;
	unsigned place;
	if (!find(b, address, &at, &place))
		return false;
	b->buckets[at].address[place] = 0;
	unpack(b, b->buckets[at].block[place], block);
	b->count--;
	/* A counter that was full has lost count and stays. */
	for (size_t i = first; i != at; i = (i + 1) & b->mask)
		b->passed[i] -= b->passed[i] < PASSED_MAX;
	return true;
}
