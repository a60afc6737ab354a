/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_HEAPTRACK_BLOCKS_H
#define READ_HEAPTRACK_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

static inline uint32_t heaptrack_blocks_pack_cost(uint32_t cost, bool is_old)
{
	return cost | (uint32_t)is_old << 31;
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
#ifdef __SSE2__
	/* Both halves of each must be equal. */
	__m128i one = _mm_set1_epi64x((int64_t)address);
	__m128 first = _mm_castsi128_ps(
		_mm_cmpeq_epi32(_mm_load_si128((const __m128i *)a), one));
	__m128 second = _mm_castsi128_ps(
		_mm_cmpeq_epi32(_mm_load_si128((const __m128i *)(a + 2)), one));
	return (unsigned)_mm_movemask_ps(
		_mm_and_ps(_mm_shuffle_ps(first, second, _MM_SHUFFLE(2, 0, 2, 0)),
			   _mm_shuffle_ps(first, second, _MM_SHUFFLE(3, 1, 3, 1))));
#else
	return (unsigned)(a[0] == address) | (unsigned)(a[1] == address) << 1 |
	       (unsigned)(a[2] == address) << 2 | (unsigned)(a[3] == address) << 3;
#endif
}

/*
 * The usual case of heaptrack_blocks_take(): false, with nothing done, when the block is
 * not there, or not where it should be, or large.  The caller counts.
 */
__attribute__((always_inline))
static inline bool heaptrack_blocks_take_near(const struct heaptrack_blocks *b,
					      uint64_t address, int64_t *size,
					      uint32_t *cost, bool *is_old)
{
	struct heaptrack_bucket *bucket = &b->buckets[heaptrack_blocks_home(b, address)];
	unsigned places = heaptrack_blocks_places(bucket, address);
	unsigned place = (unsigned)__builtin_ctz(places | 1u << (HEAPTRACK_BUCKET - 1));
	struct heaptrack_packed packed = bucket->block[place];
	if (places == 0 || packed.size >= HEAPTRACK_BLOCKS_LARGE)
		return false;
	bucket->address[place] = 0;
	*size = packed.size;
	*cost = packed.cost & ~HEAPTRACK_BLOCKS_LARGE;
	*is_old = packed.cost >> 31;
	return true;
}

/*
 * The same of heaptrack_blocks_put(), where no block is at this address and there is room
 * where it should be.  Room must have been reserved.
 */
__attribute__((always_inline))
static inline bool heaptrack_blocks_put_near(const struct heaptrack_blocks *b,
					     uint64_t address, int64_t size,
					     uint32_t cost, bool is_old)
{
	size_t home = heaptrack_blocks_home(b, address);
	struct heaptrack_bucket *bucket = &b->buckets[home];
	unsigned unused = heaptrack_blocks_places(bucket, 0);
	if (unused == 0 || b->passed[home] > 0 || size >= HEAPTRACK_BLOCKS_LARGE ||
	    heaptrack_blocks_places(bucket, address) != 0)
		return false;
	unsigned place = (unsigned)__builtin_ctz(unused);
	bucket->address[place] = address;
	bucket->block[place] = (struct heaptrack_packed){
		(uint32_t)size, heaptrack_blocks_pack_cost(cost, is_old),
	};
	return true;
}

#endif
