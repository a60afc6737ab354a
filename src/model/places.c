/* SPDX-License-Identifier: Apache-2.0 */
#include "model/places.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

void places_delete(struct places *p)
{
	if (p == NULL)
		return;
	free(p->items);
	free(p->mappings);
	free(p->of_frame);
	table_free(&p->table);
	table_free(&p->mapping_table);
	free(p);
}

static bool place_eq(const struct frame_place *a, const struct frame_place *b)
{
	return a->mapping == b->mapping && a->file == b->file &&
	       a->system_name == b->system_name && a->flags == b->flags &&
	       a->home == b->home && a->line == b->line && a->column == b->column &&
	       a->start_line == b->start_line && a->address == b->address;
}

uint32_t places_add(struct places *p, const struct frame_place *place)
{
	uint64_t key[] = {
		(uint64_t)place->mapping << 32 | place->file,
		(uint64_t)place->system_name << 32 | place->flags,
		(uint64_t)place->line, (uint64_t)place->column, place->home,
		(uint64_t)place->start_line, place->address,
	};
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key));
	uint32_t id, at = table_place(&p->table, hash);
	while ((id = table_next(&p->table, hash, &at)) != TABLE_END)
		if (place_eq(&p->items[id], place))
			return id;
	id = p->count++;
	ARRAY_RESERVE(p->items, p->capacity, p->count);
	p->items[id] = *place;
	table_insert(&p->table, hash, id);
	return id;
}

static bool mapping_eq(const struct mapping *a, const struct mapping *b)
{
	return a->file == b->file && a->build_id == b->build_id && a->flags == b->flags &&
	       a->start == b->start && a->limit == b->limit && a->offset == b->offset;
}

uint32_t places_mapping(struct places *p, const struct mapping *mapping)
{
	uint64_t key[] = {
		(uint64_t)mapping->file << 32 | mapping->build_id,
		mapping->flags, mapping->start, mapping->limit, mapping->offset,
	};
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key));
	uint32_t id, at = table_place(&p->mapping_table, hash);
	while ((id = table_next(&p->mapping_table, hash, &at)) != TABLE_END)
		if (mapping_eq(&p->mappings[id], mapping))
			return id;
	id = p->mapping_count++;
	ARRAY_RESERVE(p->mappings, p->mapping_capacity, p->mapping_count);
	p->mappings[id] = *mapping;
	table_insert(&p->mapping_table, hash, id);
	return id;
}
