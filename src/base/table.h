/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The index part of a hash table: hashes of 32 bits to ids.  Whoever has the
 * elements compares them:
 *
 *	uint32_t id, place = table_place(&t, hash);
 *	while ((id = table_next(&t, hash, &place)) != TABLE_END)
 *		if (element id is the one)
 *			return id;
 *	table_insert(&t, hash, new_id);
 *
 * Ids are below UINT32_MAX.  A zeroed struct is an empty table; it never
 * forgets an id.
 */
struct table {
	struct table_slot {
		uint32_t hash;
		uint32_t id_plus_1;      /* 0: free */
	} *slots;
	uint32_t mask;                   /* slots - 1; 0 when there are none */
	uint32_t count;
};

#define TABLE_END UINT32_MAX

void table_insert(struct table *, uint32_t hash, uint32_t id);
void table_free(struct table *);

static inline uint32_t table_place(const struct table *t, uint32_t hash)
{
	return hash & t->mask;
}

/* The next id that was inserted under this hash, or TABLE_END. */
static inline uint32_t table_next(const struct table *t, uint32_t hash,
				  uint32_t *place)
{
	if (t->slots == NULL)
		return TABLE_END;
	for (;;) {
		const struct table_slot *slot = &t->slots[*place];
		*place = (*place + 1) & t->mask;
		if (slot->id_plus_1 == 0)
			return TABLE_END;
		if (slot->hash == hash)
			return slot->id_plus_1 - 1;
	}
}

/* Starts loading what a later table_next() will look at. */
__attribute__((always_inline))
static inline void table_prefetch(const struct table *t, uint32_t hash)
{
	if (t->slots != NULL)
		__builtin_prefetch(&t->slots[hash & t->mask]);
}

#endif
