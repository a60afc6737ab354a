/* SPDX-License-Identifier: Apache-2.0 */
#include "read/chrome_sessions.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

void chrome_sessions_free(struct chrome_sessions *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		v8profile_free(&s->items[i].profile);
	free(s->items);
	table_free(&s->table);
}

static uint32_t hash_session(int64_t pid, uint64_t id)
{
	uint64_t key[] = { (uint64_t)pid, id };
	return (uint32_t)hash_hidden(key, sizeof(key));
}

struct v8profile *chrome_sessions_add(struct chrome_sessions *s, int64_t pid, uint64_t id,
				      uint32_t lane, bool each)
{
	ARRAY_RESERVE(s->items, s->capacity, s->count + 1ull);
	struct chrome_session *new = &s->items[s->count];
	*new = (struct chrome_session){ .pid = pid, .id = id, .lane = lane };
	v8profile_init(&new->profile, each);
	table_insert(&s->table, hash_session(pid, id), s->count++);
	return &new->profile;
}

struct v8profile *chrome_sessions_find(const struct chrome_sessions *s, int64_t pid,
				       uint64_t id)
{
	uint32_t last = ID_NONE, i, hash = hash_session(pid, id);
	uint32_t place = table_place(&s->table, hash);
	while ((i = table_next(&s->table, hash, &place)) != TABLE_END)
		if (s->items[i].pid == pid && s->items[i].id == id &&
		    (last == ID_NONE || i > last))
			last = i;
	return last == ID_NONE ? NULL : &s->items[last].profile;
}

bool chrome_sessions_sampled(const struct chrome_sessions *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (s->items[i].profile.has_begun)
			return true;
	return false;
}
