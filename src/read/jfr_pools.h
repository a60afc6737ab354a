/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_POOLS_H
#define READ_JFR_POOLS_H

#include "read/jfr_layout.h"

/*
 * The constants of a chunk: what events and other constants refer to by type and
 * number.  A constant is known by where its value is in the chunk; what it says is taken
 * from there when somebody wants it.
 */
struct jfr_constant {
	uint64_t key;
	uint32_t at;             /* of its value in the chunk */
	uint32_t made;           /* 1 + a number of those who have made something of it;
				    0: nobody has */
};

struct jfr_pools {
	const struct jfr_metadata *metadata;
	struct str chunk;
	bool is_raw;
	/* private */
	struct jfr_pool {
		struct jfr_layout layout;
		bool is_kept;
		struct jfr_constant *items;
		uint32_t count;
		size_t capacity;
		struct table table;
	} *of_type;              /* by number of the type */
	uint32_t string_type;
};

/* The metadata and the chunk must live as long. */
void jfr_pools_init(struct jfr_pools *, const struct jfr_metadata *, struct str chunk,
		    bool is_raw);
void jfr_pools_free(struct jfr_pools *);

/*
 * Adds the constants of a checkpoint event: bytes of the chunk, behind its size and type.
 * False when it is damaged, with *why; what came before that is there.
 */
bool jfr_pools_add(struct jfr_pools *, struct jfr_bytes, const char **why);

/* A constant of a type; NULL when there is none. */
struct jfr_constant *jfr_pools_find(const struct jfr_pools *, uint32_t type, uint64_t key);

/* Takes the value of a constant apart; false when it is damaged. */
bool jfr_pools_take(const struct jfr_pools *, const struct jfr_constant *,
		    const struct jfr_layout *, struct jfr_value values[JFR_SLOTS_MAX]);

/* The bytes of the chunk from the value of a constant on. */
struct jfr_bytes jfr_pools_bytes(const struct jfr_pools *, const struct jfr_constant *);

/* The text in UTF-8, also of one that is a constant; as jfr_bytes_utf8(). */
struct str jfr_pools_text(const struct jfr_pools *, const struct jfr_text *,
			  struct buf *scratch);

#endif
