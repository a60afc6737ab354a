/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_PLACES_H
#define READ_PERFDATA_PLACES_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/intern.h"

/*
 * Addresses of samples become places: bytes of a file, whatever process they were
 * mapped into.  A place is a small number, so stacks of them can be counted before
 * anything has a name.
 */

/* What has names for addresses. */
enum perfdata_kind {
	PERFDATA_NOWHERE,                /* nothing was mapped there; address: 0, or of the
					    kernel's half */
	PERFDATA_ELF,                    /* a program or library; address: offset in it */
	PERFDATA_VDSO,                   /* the same for what the kernel maps itself */
	PERFDATA_ANON,                   /* memory without a file; the path is perf's name
					    for it, which may be that of a perf map */
	PERFDATA_KERNEL,                 /* and its modules */
	PERFDATA_NAMED,                  /* a function whose name is known */
	PERFDATA_TRUNCATED,              /* callers that were not recorded */
};

struct perfdata_source {
	enum perfdata_kind kind;
	struct str path;
	struct str build_id;             /* its bytes; empty when the mapping told none */
	struct str name;                 /* of PERFDATA_NAMED; of PERFDATA_KERNEL: the path of
					    the module's file, if it was told */
	uint32_t pid;                    /* of a process that had it; 0: not known */
	uint64_t start;                  /* of PERFDATA_KERNEL: where the module lay */
};

struct perfdata_place {
	uint64_t address;
	uint32_t source;
};

enum { PERFDATA_PLACES_CACHE = 1 << 16 };

struct perfdata_places {
	struct perfdata_place *items;
	uint32_t count;
	size_t capacity;
	struct table table;

	struct perfdata_source *sources;
	uint32_t source_count;
	size_t source_capacity;
	struct intern keys;              /* ids of these are numbers of sources */
	struct buf scratch;

	/* Places of addresses looked for lately, by address and version of the space. */
	struct perfdata_cached {
		uint64_t address;
		uint32_t version;
		uint32_t place_plus_1;   /* 0: free */
	} *cache;
};

void perfdata_places_init(struct perfdata_places *);
void perfdata_places_free(struct perfdata_places *);

/* The number of what has the names, made when new; texts are copied. */
uint32_t perfdata_places_source(struct perfdata_places *, const struct perfdata_source *);

/* The number of a place, made when new. */
uint32_t perfdata_places_add(struct perfdata_places *, uint32_t source, uint64_t address);

/* Where the place of an address belongs that this space is asked for. */
static inline struct perfdata_cached *perfdata_places_slot(struct perfdata_places *p,
							   uint32_t version,
							   uint64_t address)
{
	uint64_t hash = (address + ((uint64_t)version << 40)) * HASH_SPREAD;
	return &p->cache[hash >> 48];
}

#endif
