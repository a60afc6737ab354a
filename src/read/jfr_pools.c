/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A checkpoint event: start, duration, the way to the one before, a byte of flags, and
 * how many pools there are.  A pool: its type, how many constants, and of each the key
 * and the value, which lies as an event's does.
 */
#include "read/jfr_pools.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

static bool is_used(const struct jfr_type *type)
{
	static const struct str used[] = {
		STR("jdk.types.StackTrace"), STR("jdk.types.Method"),
		STR("java.lang.Class"), STR("java.lang.String"), STR("java.lang.Thread"),
		STR("jdk.types.Package"), STR("jdk.types.Module"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(used); i++)
		if (str_eq(used[i], type->name))
			return true;
	return type->is_simple;
}

void jfr_pools_init(struct jfr_pools *p, const struct jfr_metadata *m, struct str chunk,
		    bool is_raw)
{
	*p = (struct jfr_pools){
		.metadata = m, .chunk = chunk, .is_raw = is_raw,
		.of_type = xcalloc(m->type_count + 1ull, sizeof(*p->of_type)),
		.string_type = jfr_metadata_find_name(m, STR("java.lang.String")),
	};
	for (uint32_t i = 0; i < m->type_count; i++)
		p->of_type[i].is_kept = is_used(&m->types[i]);
}

void jfr_pools_free(struct jfr_pools *p)
{
	for (uint32_t i = 0; p->of_type && i < p->metadata->type_count; i++) {
		jfr_layout_free(&p->of_type[i].layout);
		free(p->of_type[i].items);
		table_free(&p->of_type[i].table);
	}
	free(p->of_type);
	*p = (struct jfr_pools){ 0 };
}

static uint32_t hash_of(uint64_t key)
{
	return (uint32_t)hash_hidden(&key, sizeof(key));
}

static struct jfr_constant *find(const struct jfr_pool *pool, uint64_t key, uint32_t hash)
{
	uint32_t at, place = table_place(&pool->table, hash);
	while ((at = table_next(&pool->table, hash, &place)) != TABLE_END)
		if (pool->items[at].key == key)
			return &pool->items[at];
	return NULL;
}

struct jfr_constant *jfr_pools_find(const struct jfr_pools *p, uint32_t type, uint64_t key)
{
	return type < p->metadata->type_count ?
		       find(&p->of_type[type], key, hash_of(key)) : NULL;
}

/* Of one that comes again the first tells. */
static void keep(struct jfr_pool *pool, uint64_t key, uint32_t at)
{
	uint32_t hash = hash_of(key);
	if (find(pool, key, hash))
		return;
	ARRAY_RESERVE(pool->items, pool->capacity, pool->count + 1ull);
	pool->items[pool->count] = (struct jfr_constant){ .key = key, .at = at };
	table_insert(&pool->table, hash, pool->count++);
}

static bool add_pool(struct jfr_pools *p, struct jfr_bytes *b, const char **why)
{
	uint64_t id = jfr_bytes_u64(b);
	uint32_t type = jfr_metadata_find(p->metadata, id), count = jfr_bytes_count(b);
	struct jfr_value unused[JFR_SLOTS_MAX];
	if (b->is_bad || count == 0)
		return true;
	if (type == UINT32_MAX) {
		*why = "constants are of a class that is not described";
		return false;
	}
	struct jfr_pool *pool = &p->of_type[type];
	if (!pool->layout.is_made &&
	    !jfr_layout_make(&pool->layout, p->metadata, type, NULL, 0, why))
		return false;
	while (count-- > 0) {
		uint64_t key = jfr_bytes_u64(b);
		uint32_t at = (uint32_t)(b->p - p->chunk.p);
		jfr_layout_take(pool->layout.steps, pool->layout.count, b, unused);
		if (b->is_bad)
			return true;
		if (pool->is_kept)
			keep(pool, key, at);
	}
	return true;
}

bool jfr_pools_add(struct jfr_pools *p, struct jfr_bytes b, const char **why)
{
	jfr_bytes_u64(&b);               /* start */
	jfr_bytes_u64(&b);               /* duration */
	jfr_bytes_u64(&b);               /* the one before */
	jfr_bytes_take(&b, 1);           /* flags */
	uint32_t count = jfr_bytes_count(&b);
	while (count-- > 0 && !b.is_bad)
		if (!add_pool(p, &b, why))
			return false;
	*why = "constants end early";
	return !b.is_bad;
}

struct jfr_bytes jfr_pools_bytes(const struct jfr_pools *p, const struct jfr_constant *c)
{
	return (struct jfr_bytes){
		.p = p->chunk.p + c->at, .end = p->chunk.p + p->chunk.n,
		.is_raw = p->is_raw,
	};
}

bool jfr_pools_take(const struct jfr_pools *p, const struct jfr_constant *c,
		    const struct jfr_layout *layout, struct jfr_value values[JFR_SLOTS_MAX])
{
	struct jfr_bytes b = jfr_pools_bytes(p, c);
	jfr_layout_take(layout->steps, layout->count, &b, values);
	return !b.is_bad;
}

struct str jfr_pools_text(const struct jfr_pools *p, const struct jfr_text *text,
			  struct buf *scratch)
{
	if (text->encoding != JFR_CONSTANT)
		return jfr_bytes_utf8(text, scratch);
	const struct jfr_constant *c =
		jfr_pools_find(p, p->string_type, text->constant);
	if (c == NULL)
		return STR("");
	struct jfr_bytes b = jfr_pools_bytes(p, c);
	struct jfr_text of_constant = jfr_bytes_text(&b);
	return jfr_bytes_utf8(&of_constant, scratch);
}
