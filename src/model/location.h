/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_LOCATION_H
#define MODEL_LOCATION_H

#include "model/profile.h"
#include "model/want.h"

/*
 * Places in code as a profiler wrote them, each turned once into the frames it
 * stands for: names cleaned, kinds found, inlined frames kept or left out.
 * For readers of text that was symbolised by somebody else.
 */

/* What identifies a place.  Texts are ids in profile->text, ID_NONE for none. */
struct location_key {
	struct str symbol;       /* without offset; empty or "[unknown]" when not known */
	uint32_t module;         /* file or pseudo file such as "[kernel.kallsyms]" */
	uint32_t line;           /* "file.c:12" */
	uint64_t address;
	uint64_t offset;         /* of the address in the symbol */
	uint32_t place;          /* 1 + a number in profile->places, where the reader knows more
				    of it than stands here; 0: it does not */
	enum frame_kind kind;    /* where the reader knows it; FRAME_USER: found out */
	bool inlined;            /* compiled into the function around it */
	bool by_offset;          /* without a symbol it is "[libc.so.6+0x27304]", the offset
				    being that in the module */
	bool as_is;              /* the symbol is the name, whatever it looks like */
};

struct locations {
	uint32_t *frame;         /* by location id; LOCATION_MANY: not one, or inlined */
	uint32_t count;
	/* private */
	struct profile *profile;
	const struct want *want;
	struct names names;
	struct buf scratch;
	struct location_item {
		struct location_key key; /* the symbol is in the arena */
		uint32_t first, frames;  /* in pool, leaf first */
	} *items;
	uint32_t modules[64];        /* seen lately, by hash; ID_NONE: free */
	uint32_t unknown_module;     /* "[unknown]" */
	uint32_t *pool;
	uint32_t pool_count;
	size_t item_capacity, frame_capacity, pool_capacity;
	struct table table;
	struct arena arena;
};

enum { LOCATION_MANY = UINT32_MAX };

void locations_init(struct locations *, struct profile *, const struct want *);
void locations_free(struct locations *);

/*
 * The id of a module's name in profile->text, mostly without hashing it; ID_NONE
 * when it is empty.
 */
uint32_t location_module(struct locations *, struct str module);

/*
 * The id of a place, made when new.  Ids are below 2^31.  To look many up, take
 * them together through the steps first, so that their memory is fetched while
 * the others are worked on:
 *
 *	location_prepare()    the key reduced to what tells places apart here
 *	location_guess()      the place it will most likely be
 *	location_fetch()
 *	location_of()
 */
struct location_search {
	struct location_key key;
	uint32_t hash;
	uint32_t guess;          /* an id, or TABLE_END */
};

/* search->key is given. */
void location_prepare(const struct locations *, struct location_search *);
void location_guess(const struct locations *, struct location_search *);
void location_fetch(const struct locations *, const struct location_search *);
uint32_t location_of(struct locations *, const struct location_search *);

/* All steps for one place. */
uint32_t location_find(struct locations *, const struct location_key *);

/*
 * The same place with its source line (in profile->text) known, or found to be
 * inlined.
 */
uint32_t location_with_line(struct locations *, uint32_t location, uint32_t line,
			    bool inlined);

/*
 * The same place, which was said to be inlined, as a function of its own; whose
 * it is, the kernel's or the user's, only the address can tell.
 */
uint32_t location_as_function(struct locations *, uint32_t location, uint64_t address);

/* The frames of a place, leaf first; there may be none. */
static inline const uint32_t *location_frames(const struct locations *l,
					      uint32_t location, uint32_t *count)
{
	*count = l->items[location].frames;
	return *count ? l->pool + l->items[location].first : NULL;
}

static inline bool location_is_inlined(const struct locations *l, uint32_t location)
{
	return l->items[location].key.inlined;
}

#endif
