/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_LABELS_H
#define MODEL_LABELS_H

#include "base/table.h"

/*
 * What was told of samples beside process, thread and processor: sets of labels, each
 * known by a number.  Texts are ids in profile->text.
 */
struct label {
	uint32_t key;
	uint32_t text;           /* ID_NONE: it is a number */
	uint32_t unit;           /* of the number, or ID_NONE */
	int64_t number;
};

/* A zeroed struct knows the empty set, which is number 0. */
struct labels {
	struct label *pool;
	struct labels_set {
		uint32_t first, count;   /* in the pool */
	} *sets;                 /* by number - 1 */
	uint32_t count;          /* of sets that are not empty */
	/* private */
	uint32_t pool_count;
	size_t capacity, pool_capacity;
	struct table table;
};

void labels_free(struct labels *);

/*
 * The number of a set, made when new.  Sorts the labels by their keys; of one key the
 * order stays as it is.
 */
uint32_t labels_add(struct labels *, struct label *, uint32_t count);

/* The labels of a set. */
static inline const struct label *labels_of(const struct labels *l, uint32_t set,
					    uint32_t *count)
{
	*count = set ? l->sets[set - 1].count : 0;
	return *count ? l->pool + l->sets[set - 1].first : NULL;
}

#endif
