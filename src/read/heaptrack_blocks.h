/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPTRACK_BLOCKS_H
#define READ_HEAPTRACK_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The blocks that are live, by their address.
 */
struct heaptrack_block {
	int64_t size;
	uint32_t cost;           /* of whose stack; see heaptrack_costs.h */
	bool is_old;             /* from before the window */
};

enum { HEAPTRACK_BUCKET = 4 };

/* The bit that marks old blocks, and sizes that lie elsewhere. */
#define HEAPTRACK_BLOCKS_LARGE UINT32_C(0x80000000)

struct heaptrack_blocks {
	struct heaptrack_bucket {
		uint64_t address[HEAPTRACK_BUCKET];      /* 0: free */
		struct heaptrack_packed {
			uint32_t size;                   /* or a place in large[] */
			uint32_t cost;
		} block[HEAPTRACK_BUCKET];
	} *buckets;
	uint8_t *passed;         /* blocks that did not find a place in this bucket */
	uint64_t factor;         /* of the hash, another one in every run */
	unsigned shift;
	size_t mask, count;
	int64_t *large;          /* sizes that need more than 31 bits */
	size_t large_count, large_capacity;
	size_t large_free;       /* place + 1 of the first unused one, which has the next */
};

void heaptrack_blocks_init(struct heaptrack_blocks *);
void heaptrack_blocks_free(struct heaptrack_blocks *);

/*
 * Adds the block at this address, which is not 0; true when one was there, which it
 * replaces and which goes to *before.
 */
bool heaptrack_blocks_put(struct heaptrack_blocks *, uint64_t address,
			  const struct heaptrack_block *,
			  struct heaptrack_block *before);

/* Removes the block at this address; false when there is none. */
bool heaptrack_blocks_take(struct heaptrack_blocks *, uint64_t address,
			   struct heaptrack_block *);

/* Makes room for that many more. */
void heaptrack_blocks_reserve(struct heaptrack_blocks *, unsigned count);

static inline uint32_t heaptrack_blocks_pack_cost(const struct heaptrack_block *block)
{
	return block->cost | (uint32_t)block->is_old << 31;
}

static inline size_t heaptrack_blocks_home(const struct heaptrack_blocks *b,
					   uint64_t address)
{
	return address * b->factor >> b->shift;
}

/* Starts loading what one of these will look at. */
__attribute__((always_inline))
static inline void heaptrack_blocks_prefetch(const struct heaptrack_blocks *b,
					     uint64_t address)
{
	__builtin_prefetch(&b->buckets[heaptrack_blocks_home(b, address)], 1);
}

/* A bit for each place that has the address. */
static inline unsigned heaptrack_blocks_places(const struct heaptrack_bucket *bucket,
					       uint64_t address)
{
	_Static_assert(HEAPTRACK_BUCKET == 4, "four are compared");
	const uint64_t *a = bucket->address;
	return (unsigned)(a[0] == address) | (unsigned)(a[1] == address) << 1 |
	       (unsigned)(a[2] == address) << 2 | (unsigned)(a[3] == address) << 3;
}

/*
 * The usual case of both of the above, without a branch that depends on which it is:
 * adds a new block, or removes one, which goes to *block.  False, with nothing done,
 * when it is not that simple.  Room must have been reserved; the caller counts.
 */
__attribute__((always_inline))
static inline bool heaptrack_blocks_change(const struct heaptrack_blocks *b,
					   uint64_t address, bool is_free,
					   struct heaptrack_block *block)
{
	size_t home = heaptrack_blocks_home(b, address);
	struct heaptrack_bucket *bucket = &b->buckets[home];
	unsigned same = heaptrack_blocks_places(bucket, address);
	unsigned unused = heaptrack_blocks_places(bucket, 0);
	unsigned places = is_free ? same : unused;
	bool can_add = (same == 0) & (b->passed[home] == 0);
	if (__builtin_expect((places == 0) | (!is_free & !can_add), 0))
		return false;
	unsigned place = (unsigned)__builtin_ctz(places);
	struct heaptrack_packed *packed = &bucket->block[place];
	uint64_t size = is_free ? packed->size : (uint64_t)block->size;
	uint32_t cost = is_free ? packed->cost : heaptrack_blocks_pack_cost(block);
	if (__builtin_expect(size >= HEAPTRACK_BLOCKS_LARGE, 0))
		return false;
	bucket->address[place] = is_free ? 0 : address;
	*packed = (struct heaptrack_packed){ (uint32_t)size, cost };
	block->size = (int64_t)size;
	block->cost = cost & ~HEAPTRACK_BLOCKS_LARGE;
	block->is_old = cost >> 31;
	return true;
}

#endif
