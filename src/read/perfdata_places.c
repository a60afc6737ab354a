/* SPDX-License-Identifier: Apache-2.0 */
#include "read/perfdata_places.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

_Static_assert(PERFDATA_PLACES_CACHE == 1 << (64 - 48), "as perfdata_places_slot() has it");

void perfdata_places_init(struct perfdata_places *p)
{
	*p = (struct perfdata_places){
		.cache = xhuge_calloc(PERFDATA_PLACES_CACHE * sizeof(*p->cache)),
	};
}

void perfdata_places_free(struct perfdata_places *p)
{
	free(p->items);
	free(p->sources);
	free(p->cache);
	table_free(&p->table);
	intern_free(&p->keys);
	buf_free(&p->scratch);
}

uint32_t perfdata_places_source(struct perfdata_places *p,
				const struct perfdata_source *source)
{
	buf_clear(&p->scratch);
	uint64_t head[] = {
		source->kind, source->build_id.n, source->name.n, source->start,
	};
	buf_add(&p->scratch, (struct str){ (const char *)head, sizeof(head) });
	buf_add(&p->scratch, source->build_id);
	buf_add(&p->scratch, source->name);
	buf_add(&p->scratch, source->path);
	uint32_t id = intern(&p->keys, buf_str(&p->scratch));
	if (id < p->source_count)
		return id;
	struct str key = str_skip(intern_text(&p->keys, id), sizeof(head));
	ARRAY_RESERVE(p->sources, p->source_capacity, (size_t)id + 1);
	p->sources[id].kind = source->kind;
	p->sources[id].pid = source->pid;
	p->sources[id].start = source->start;
	p->sources[id].build_id = str_head(key, source->build_id.n);
	key = str_skip(key, source->build_id.n);
	p->sources[id].name = str_head(key, source->name.n);
	p->sources[id].path = str_skip(key, source->name.n);
	p->source_count++;
	return id;
}

uint32_t perfdata_places_add(struct perfdata_places *p, uint32_t source, uint64_t address)
{
	uint64_t mixed = (address + ((uint64_t)source << 44)) * HASH_SPREAD;
	uint32_t hash = (uint32_t)(mixed >> 32), found;
	uint32_t place = table_place(&p->table, hash);
	while ((found = table_next(&p->table, hash, &place)) != TABLE_END)
		if (p->items[found].address == address &&
		    p->items[found].source == source)
			return found;
	ARRAY_RESERVE(p->items, p->capacity, (size_t)p->count + 1);
	p->items[p->count] = (struct perfdata_place){ address, source };
	table_insert(&p->table, hash, p->count);
	return p->count++;
}
