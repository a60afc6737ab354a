/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From (symbol, module) to frames:
 *
 *	foo(int)            /usr/bin/app             foo
 *	[unknown]           /usr/lib/libc.so.6       [libc.so.6]
 *	do_syscall_64       [kernel.kallsyms]        do_syscall_64, kernel
 *	La/B;::c->La/D;::e  /tmp/perf-12.map         a/B;::c and, inlined in it, a/D;::e
 *
 * Identity is symbol, module and whether it is inlined; address, offset and
 * source line only where the granularity asks for them, so that the number of
 * places does not grow with address space randomisation.
 */
#include "model/location.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"

void locations_init(struct locations *l, struct profile *profile,
		    const struct want *want)
{
	*l = (struct locations){ .profile = profile, .want = want };
	l->names.choice = want->names;
	for (size_t i = 0; i < ARRAY_SIZE(l->modules); i++)
		l->modules[i] = ID_NONE;
	l->unknown_module = profile_text(profile, STR("[unknown]"));
	if (want->places)
		profile_keep_places(profile);
}

void locations_free(struct locations *l)
{
	free(l->frame);
	free(l->items);
	free(l->pool);
	table_free(&l->table);
	names_free(&l->names);
	buf_free(&l->scratch);
	arena_free(&l->arena);
	*l = (struct locations){ 0 };
}

static struct str text_of(const struct locations *l, uint32_t id)
{
	return id == ID_NONE ? STR("") : intern_text(&l->profile->text, id);
}

/* Modules */

uint32_t location_module(struct locations *l, struct str module)
{
	if (module.n == 0)
		return ID_NONE;
	uint64_t tail = 0;
	if (module.n >= 8)
		memcpy(&tail, module.p + module.n - 8, 8);
	uint64_t hash = (tail + module.n) * HASH_SPREAD;
	uint32_t *known = &l->modules[hash >> 58];
	if (*known == ID_NONE || !str_eq(text_of(l, *known), module))
		*known = profile_text(l->profile, module);
	return *known;
}

/* "/tmp/perf-123.map", "jitted-12-3.so" and what perf inject makes of it. */
static bool has_number_between(struct str name, struct str before, struct str after)
{
	ptrdiff_t at = str_ends(name, after) ? str_find(name, before) : -1;
	if (at < 0)
		return false;
	struct str rest = str_skip(name, (size_t)at + before.n);
	return rest.n > after.n && num_is_digit(rest.p[0]);
}

static bool is_jit(struct str module)
{
	return has_number_between(module, STR("perf-"), STR(".map")) ||
	       has_number_between(module, STR("jitted-"), STR(".so")) ||
	       str_starts(module, STR("[JIT]"));
}

static bool is_kernel_module_file(struct str base)
{
	ptrdiff_t at = str_find(base, STR(".ko"));
	if (at < 0)
		return false;
	struct str rest = str_skip(base, (size_t)at + 3);
	return rest.n == 0 || rest.p[0] == '.';
}

static bool is_kernel(struct str module)
{
	static const struct str not_kernel[] = {
		STR("[unknown]"), STR("[vdso]"), STR("[stack]"),
		STR("[heap]"), STR("[vsyscall]"), STR("[anon"),
		STR("[JIT]"),
	};
	if (module.n == 0)
		return false;
	struct str base = str_basename(module);
	if (module.p[0] == '[') {
		for (size_t i = 0; i < ARRAY_SIZE(not_kernel); i++)
			if (str_starts(module, not_kernel[i]))
				return false;
		return true;
	}
	return str_starts(base, STR("vmlinux")) || is_kernel_module_file(base) ||
	       str_starts(base, STR("bpf_prog_")) || str_eq(module, STR("/proc/kcore"));
}

/* Where the kernel's half of the address space begins. */
#define KERNEL_ADDRESS UINT64_C(0xffff800000000000)

/* Of a frame without any known place; garbage near the top of memory is none. */
static bool is_kernel_address(uint64_t address)
{
	return address >= KERNEL_ADDRESS && address < UINT64_C(0xfffffffffffff000);
}

/* Names */

static bool is_unknown(struct str symbol)
{
	return symbol.n == 0 || str_eq(symbol, STR("[unknown]"));
}

/* "[libc.so.6]" or "[unknown]", "[libc.so.6+0x12]", with --addrs "[libc.so.6 <7f12>]". */
static struct str unknown_name(struct locations *l, const struct location_key *key)
{
	struct str base = text_of(l, key->module);
	if (str_ends(base, STR(" (deleted)")))
		base.n -= STR(" (deleted)").n;
	if (base.n && base.p[0] == '[') {
		base = str_skip(base, 1);
		if (base.n && base.p[base.n - 1] == ']')
			base.n--;
	} else {
		base = str_basename(base);
	}
	buf_clear(&l->scratch);
	buf_addc(&l->scratch, '[');
	buf_add(&l->scratch, base.n ? base : STR("unknown"));
	if (key->by_offset)
		buf_addf(&l->scratch, "+0x%llx", (unsigned long long)key->offset);
	else if (l->want->addrs)
		buf_addf(&l->scratch, " <%llx>", (unsigned long long)key->address);
	buf_addc(&l->scratch, ']');
	return buf_str(&l->scratch);
}

static bool is_word(char c)
{
	return num_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       c == '_' || c == '$';
}

/*
 * "Lorg/a/B;::m", or with a point "Lorg/a/B;.m", is how a Java agent writes the
 * method m of org/a/B; a long name may break off before the ';'.
 */
static bool is_java(struct str name)
{
	if (name.n < 2 || name.p[0] != 'L')
		return false;
	ptrdiff_t end = str_chr(name, ';');
	if (end > 0) {
		struct str method = str_skip(name, (size_t)end + 1);
		return (str_starts(method, STR("::")) || str_starts(method, STR("."))) &&
		       str_chr(str_head(name, (size_t)end), ' ') < 0;
	}
	size_t n = 1;
	while (n < name.n && is_word(name.p[n]))
		n++;
	if (n == name.n || name.p[n] != '/')
		return false;
	while (n < name.n && (is_word(name.p[n]) || name.p[n] == '/'))
		n++;
	return n == name.n || str_find(str_skip(name, n), STR("::")) >= 0;
}

static struct str line_file(struct str line)
{
	ptrdiff_t colon = str_rchr(line, ':');
	return colon > 0 ? str_head(line, (size_t)colon) : line;
}

/* The name at the wanted granularity, in l->scratch when it is not the plain one. */
static struct str granular_name(struct locations *l, const struct location_key *key,
				struct str name)
{
	enum granularity g = l->want->granularity;
	struct str line = text_of(l, key->line);
	bool has_line = line.n > 0;
	buf_clear(&l->scratch);
	if (g == GRANULARITY_FILES && has_line) {
		buf_add(&l->scratch, line_file(line));
	} else if (g == GRANULARITY_ADDRESSES && !is_unknown(key->symbol) &&
		   (key->address | key->offset) != 0) {
		buf_add(&l->scratch, name);
		buf_addf(&l->scratch, "+0x%llx", (unsigned long long)key->offset);
	} else if (has_line && (g == GRANULARITY_LINES ||
				g == GRANULARITY_FILEFUNCTIONS)) {
		buf_add(&l->scratch, name);
		buf_addc(&l->scratch, ':');
		buf_add(&l->scratch, g == GRANULARITY_LINES ? line :
							      line_file(line));
	} else {
		return name;
	}
	return buf_str(&l->scratch);
}

/* "a.c:12", and what may be instead: "a.c", "??:0" */
static void set_line(struct locations *l, struct frame_place *place, struct str line)
{
	uint64_t number;
	struct str file = line_file(line);
	if (file.n < line.n && num_u64(str_skip(line, file.n + 1), &number) &&
	    number <= INT32_MAX)
		place->line = (int64_t)number;
	else
		file = line;
	place->file = profile_text(l->profile, file);
}

/* Of a reader that knows what stands in the key, and no more. */
static uint32_t place_of(struct locations *l, const struct location_key *key)
{
	struct places *places = l->profile->places;
	if (!l->want->places)
		return ID_NONE;
	if (key->place)
		return key->place - 1;
	struct frame_place place = {
		.mapping = ID_NONE, .file = ID_NONE, .system_name = ID_NONE,
		.address = key->address,
		.flags = (is_unknown(key->symbol) ? PLACE_NAMELESS : 0) |
			 (key->by_offset ? PLACE_IN_FILE : 0),
	};
	if (text_of(l, key->module).n > 0 && key->module != l->unknown_module)
		place.mapping = places_mapping(places, &(struct mapping){
			.file = key->module, .build_id = ID_NONE,
		});
	if (key->line != ID_NONE)
		set_line(l, &place, text_of(l, key->line));
	return places_add(places, &place);
}

/* The name before clean-up, where it is wanted and another one. */
static uint32_t full_name(struct locations *l, struct str symbol, uint32_t name)
{
	if (!l->want->full_names)
		return ID_NONE;
	struct str full = names_demangled(&l->names, symbol);
	return str_eq(full, intern_text(&l->profile->text, name)) ?
		       ID_NONE :
		       profile_text(l->profile, full);
}

static void push_frame(struct locations *l, uint32_t frame)
{
	ARRAY_RESERVE(l->pool, l->pool_capacity, (size_t)l->pool_count + 1);
	l->pool[l->pool_count++] = frame;
}

static void add_frame(struct locations *l, const struct location_item *item,
		      struct str symbol, enum frame_kind kind)
{
	struct profile *p = l->profile;
	bool as_is = item->key.as_is;
	if (!as_is && item->key.kind == FRAME_USER && is_java(symbol))
		symbol = str_skip(symbol, 1);
	struct str clean = as_is ? symbol : names_clean(&l->names, symbol);
	clean = granular_name(l, &item->key, clean);
	uint32_t name = as_is ? profile_text(p, clean) : profile_name_text(p, clean);
	uint32_t full = full_name(l, symbol, name);
	if (kind == FRAME_USER)  /* "[heap]": as when it comes back as folded text */
		kind = frame_kind_of(intern_text(&p->text, name));
	push_frame(l, profile_frame_at(p, name, kind, full, item->key.module,
				       place_of(l, &item->key)));
}

static void add_unknown(struct locations *l, const struct location_item *item,
			enum frame_kind kind)
{
	struct profile *p = l->profile;
	uint32_t name = profile_name_text(p, unknown_name(l, &item->key));
	if (kind == FRAME_USER)
		kind = FRAME_OTHER;
	push_frame(l, profile_frame_at(p, name, kind, ID_NONE, item->key.module,
				       place_of(l, &item->key)));
}

/* "caller->callee->…": all but the first were compiled into it. */
static void add_java_chain(struct locations *l, const struct location_item *item,
			   struct str chain, enum frame_kind outer)
{
	uint32_t first = l->pool_count;
	enum frame_kind kind = outer;
	while (chain.p != NULL) {
		ptrdiff_t arrow = str_find(chain, STR("->"));
		struct str part = arrow < 0 ? chain : str_head(chain, (size_t)arrow);
		chain = arrow < 0 ? (struct str){ NULL, 0 } :
				    str_skip(chain, (size_t)arrow + 2);
		if (part.n > 0)
			add_frame(l, item, part, kind);
		kind = FRAME_INLINED;
		if (l->want->no_inline)
			break;
	}
	if (l->pool_count > first)
		profile_reverse(l->pool + first, l->pool_count - first);
}

static bool is_java_chain(struct str symbol, bool jit)
{
	if (!jit && !is_java(symbol))
		return false;
	ptrdiff_t arrow = str_find(symbol, STR("->"));
	return arrow > 0 && (jit || is_java(str_head(symbol, (size_t)arrow)));
}

/* Whether only the address can tell that it is the kernel's. */
static bool is_nowhere(const struct locations *l, const struct location_key *key)
{
	return key->module == ID_NONE ||
	       (key->module == l->unknown_module && is_unknown(key->symbol));
}

static void add_frames(struct locations *l, struct location_item *item)
{
	const struct location_key *key = &item->key;
	enum frame_kind kind = key->kind;
	struct str module = text_of(l, key->module);
	bool jit = is_jit(module);
	if (key->inlined)
		kind = FRAME_INLINED;
	else if (kind != FRAME_USER)
		;
	else if (is_kernel(module) ||
		 (is_nowhere(l, key) && is_kernel_address(key->address)))
		kind = FRAME_KERNEL;
	else if (jit)
		kind = FRAME_JIT;
	if (kind == FRAME_INLINED && l->want->no_inline)
		return;
	if (is_unknown(key->symbol) && !key->as_is)
		add_unknown(l, item, kind);
	else if (!key->as_is && is_java_chain(key->symbol, jit))
		add_java_chain(l, item, key->symbol, kind);
	else
		add_frame(l, item, key->symbol, kind);
}

/* Identity */

static void reduce_key(const struct locations *l, struct location_key *k)
{
	const struct want *w = l->want;
	bool unknown = is_unknown(k->symbol);
	if (w->granularity != GRANULARITY_ADDRESSES && !k->by_offset)
		k->offset = 0;
	if (w->places)
		return;
	if (!(w->addrs && unknown))
		k->address = is_nowhere(l, k) && is_kernel_address(k->address) ?
				     KERNEL_ADDRESS :
				     0;
	if (w->granularity == GRANULARITY_FUNCTIONS ||
	    w->granularity == GRANULARITY_ADDRESSES)
		k->line = ID_NONE;
}

static uint32_t key_hash(const struct location_key *k)
{
	uint64_t hash = hash_hidden(k->symbol.p, k->symbol.n);
	hash ^= (k->module + ((uint64_t)k->line << 32) + k->inlined + k->kind) * HASH_SPREAD;
	hash ^= k->place * HASH_SPREAD >> 1;
	if (k->address | k->offset) {
		uint64_t place[] = { k->address, k->offset };
		hash ^= hash_hidden(place, sizeof(place));
	}
	return (uint32_t)(hash ^ hash >> 32);
}

static bool key_eq(const struct location_key *a, const struct location_key *b)
{
	return a->module == b->module && a->line == b->line &&
	       a->address == b->address && a->offset == b->offset &&
	       a->inlined == b->inlined && a->kind == b->kind && a->place == b->place &&
	       a->as_is == b->as_is && str_eq(a->symbol, b->symbol);
}

static uint32_t new_location(struct locations *l, const struct location_key *key)
{
	uint32_t id = l->count++;
	assert(id < UINT32_MAX / 2);
	ARRAY_RESERVE(l->items, l->item_capacity, l->count);
	ARRAY_RESERVE(l->frame, l->frame_capacity, l->count);
	struct location_item *item = &l->items[id];
	*item = (struct location_item){ .key = *key, .first = l->pool_count };
	item->key.symbol = arena_copy(&l->arena, key->symbol);
	add_frames(l, item);
	item->frames = l->pool_count - item->first;
	l->frame[id] = item->frames == 1 && !key->inlined ? l->pool[item->first] :
							  LOCATION_MANY;
	return id;
}

void location_prepare(const struct locations *l, struct location_search *search)
{
	reduce_key(l, &search->key);
	search->hash = key_hash(&search->key);
	search->guess = TABLE_END;
	table_prefetch(&l->table, search->hash);
}

void location_guess(const struct locations *l, struct location_search *search)
{
	uint32_t place = table_place(&l->table, search->hash);
	search->guess = table_next(&l->table, search->hash, &place);
	if (search->guess == TABLE_END)
		return;
	const struct location_item *item = &l->items[search->guess];
	__builtin_prefetch(item);
	__builtin_prefetch(&item->first);
}

void location_fetch(const struct locations *l, const struct location_search *search)
{
	if (search->guess == TABLE_END)
		return;
	struct str symbol = l->items[search->guess].key.symbol;
	__builtin_prefetch(symbol.p);
	__builtin_prefetch(symbol.p + symbol.n);
}

uint32_t location_of(struct locations *l, const struct location_search *search)
{
	uint32_t id = search->guess, hash = search->hash;
	if (id != TABLE_END && key_eq(&l->items[id].key, &search->key))
		return id;
	uint32_t place = table_place(&l->table, hash);
	while ((id = table_next(&l->table, hash, &place)) != TABLE_END)
		if (key_eq(&l->items[id].key, &search->key))
			return id;
	id = new_location(l, &search->key);
	table_insert(&l->table, hash, id);
	return id;
}

uint32_t location_find(struct locations *l, const struct location_key *key)
{
	struct location_search search = { .key = *key };
	location_prepare(l, &search);
	return location_of(l, &search);
}

uint32_t location_with_line(struct locations *l, uint32_t location, uint32_t line,
			    bool inlined)
{
	struct location_key key = l->items[location].key;
	key.line = line;
	key.inlined = inlined;
	return location_find(l, &key);
}

uint32_t location_as_function(struct locations *l, uint32_t location, uint64_t address)
{
	struct location_key key = l->items[location].key;
	key.inlined = false;
	key.address = address;
	return location_find(l, &key);
}
