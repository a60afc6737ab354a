/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A stack is a list of places: numbers of distinct addresses, or of locations where
 * the profile names the frames itself.  It may also name addresses, behind all stacks.
 *
 * A return address belongs to the instruction behind a call, which may be one of
 * another line or function, so 1 is taken from all of them.  That is right for the
 * first one, too: allocators leave their own frames out, or have them on the stack as
 * any other function.  (jeprof leaves the first one as it is; google/pprof does as we.)
 * Where it is right for all but the first, 1 is added to that before.
 */
#include "read/traces.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"
#include "read/allocators.h"
#include "read/symbolizer.h"

/* A place that is a location, not an address. */
#define LOCATION UINT32_C(0x80000000)

struct traces {
	struct input *in;
	struct samples *out;
	struct profile *profile;
	struct locations locations;
	struct maps maps;
	const struct want *want;

	struct traces_address {
		uint64_t address;
		uint32_t name;           /* 1 + the location that the profile tells of */
		uint32_t first, frames;  /* in frame_pool */
	} *addresses;
	uint32_t address_count;
	size_t address_capacity;
	struct table table;
	uint32_t *frame_pool;
	size_t frame_count, frame_capacity;

	struct traces_stack {
		uint64_t first;          /* of its places in the pool */
		uint32_t depth;
	} *stacks;
	uint32_t stack_count;
	size_t stack_capacity;
	uint32_t *pool;
	uint64_t pool_count;
	size_t pool_capacity;

	unsigned first, stride;  /* which values are kept: all, or the chosen one */
	struct traces_sample {
		uint32_t stack, group;
	} *samples;
	int64_t *values;         /* by sample * stride */
	size_t sample_count, sample_capacity, value_capacity;

	/* Of the frames of the stack being made, where they have names. */
	struct traces_name {
		uint64_t entry;          /* of the function that has the code */
		uint32_t text;           /* in profile->text */
	} *names;
	size_t name_capacity;
	bool is_named;
};

struct traces *traces_new(struct input *in, const struct want *want, struct samples *out)
{
	struct traces *t = xcalloc(1, sizeof(*t));
	t->in = in;
	t->want = want;
	t->out = out;
	t->profile = out->profile;
	locations_init(&t->locations, t->profile, want);
	ARRAY_RESERVE(t->pool, t->pool_capacity, 1);     /* to point into */
	return t;
}

void traces_delete(struct traces *t)
{
	locations_free(&t->locations);
	maps_free(&t->maps);
	free(t->addresses);
	table_free(&t->table);
	free(t->frame_pool);
	free(t->stacks);
	free(t->pool);
	free(t->samples);
	free(t->values);
	free(t->names);
	free(t);
}

/* Stacks */

static struct traces_stack *current(struct traces *t)
{
	return &t->stacks[t->stack_count - 1];
}

static void add_place(struct traces *t, uint32_t place)
{
	ARRAY_RESERVE(t->pool, t->pool_capacity, t->pool_count + 1);
	t->pool[t->pool_count++] = place;
	current(t)->depth++;
}

static uint32_t hash_address(uint64_t address)
{
	return (uint32_t)hash_hidden(&address, sizeof(address));
}

/* TABLE_END when it is in no stack. */
static uint32_t find_address(const struct traces *t, uint64_t address)
{
	uint32_t hash = hash_address(address);
	uint32_t id, place = table_place(&t->table, hash);
	while ((id = table_next(&t->table, hash, &place)) != TABLE_END)
		if (t->addresses[id].address == address)
			break;
	return id;
}

static uint32_t add_address(struct traces *t, uint64_t address)
{
	uint32_t id = find_address(t, address);
	if (id != TABLE_END)
		return id;
	id = t->address_count++;
	ARRAY_RESERVE(t->addresses, t->address_capacity, t->address_count);
	t->addresses[id] = (struct traces_address){ .address = address };
	table_insert(&t->table, hash_address(address), id);
	return id;
}

bool traces_address(struct traces *t, uint64_t address)
{
	if (current(t)->depth == SAMPLES_DEPTH_MAX)
		return input_error(t->in, "stack of more than %d frames", SAMPLES_DEPTH_MAX);
	add_place(t, add_address(t, address));
	return true;
}

bool traces_leaf(struct traces *t, uint64_t address)
{
	return traces_address(t, address + 1);
}

bool traces_parse(struct traces *t, struct str word, uint64_t *address)
{
	if (str_starts(word, STR("0x")) && num_hex(str_skip(word, 2), address))
		return true;
	return input_error(t->in, "'%.*s' is no address", (int)(word.n > 40 ? 40 : word.n),
			   word.p);
}

static bool add_words(struct traces *t, struct str words,
		      bool (*add)(struct traces *, uint64_t))
{
	while ((words = str_trim(words)).n > 0) {
		struct str word = str_cut(&words, ' ');
		uint64_t address;
		if (!traces_parse(t, word, &address) || !add(t, address))
			return false;
	}
	return true;
}

bool traces_addresses(struct traces *t, struct str words)
{
	return add_words(t, words, traces_address);
}

bool traces_leaves(struct traces *t, struct str words)
{
	return add_words(t, words, traces_leaf);
}

void traces_metrics(struct traces *t, const struct metrics *metrics)
{
	/* Values of which another metric counts the samples go with that. */
	bool all = t->want->all_metrics || metrics->samples > 0;
	t->first = all ? 0 : metrics->chosen;
	t->stride = all ? metrics->count : 1;
	samples_metrics(t->out, metrics, t->want->all_metrics);
}

void traces_add(struct traces *t, uint32_t group, const int64_t *values)
{
	size_t n = t->sample_count;
	bool any = false;
	for (unsigned i = 0; i < t->stride; i++)
		any |= values[t->first + i] != 0;
	if (!any)
		return;
	ARRAY_RESERVE(t->samples, t->sample_capacity, n + 1);
	ARRAY_RESERVE(t->values, t->value_capacity, (n + 1) * t->stride);
	t->samples[n] = (struct traces_sample){ t->stack_count - 1, group };
	memcpy(&t->values[n * t->stride], &values[t->first],
	       t->stride * sizeof(*values));
	t->sample_count++;
}

/* Named frames */

/* "main.(*T).run+0x2e": the offset is cut off. */
static uint64_t cut_offset(struct str *name)
{
	ptrdiff_t plus = str_rchr(*name, '+');
	uint64_t offset = 0;
	struct str digits = plus < 0 ? STR("") : str_skip(*name, (size_t)plus + 1);
	if (str_starts(digits, STR("0x")) && num_hex(str_skip(digits, 2), &offset))
		name->n = (size_t)plus;
	return offset;
}

static struct str cut_field(struct str *rest)
{
	while (rest->n > 0 && (rest->p[0] == '\t' || rest->p[0] == ' '))
		*rest = str_skip(*rest, 1);
	return str_trim(str_cut(rest, '\t'));
}

static void begin_names(struct traces *t)
{
	t->pool_count = current(t)->first;
	current(t)->depth = 0;
	t->is_named = true;
}

static void add_name(struct traces *t, const struct location_key *key)
{
	uint32_t depth = current(t)->depth;
	if (depth == SAMPLES_DEPTH_MAX)
		return;
	ARRAY_RESERVE(t->names, t->name_capacity, (size_t)depth + 1);
	t->names[depth] = (struct traces_name){
		key->address - key->offset, profile_text(t->profile, key->symbol),
	};
	add_place(t, LOCATION | location_find(&t->locations, key));
}

void traces_named(struct traces *t, const struct location_key *key)
{
	if (!t->is_named)
		begin_names(t);
	add_name(t, key);
}

void traces_comment(struct traces *t, struct str line)
{
	struct str rest = line.n ? str_skip(line, 1) : line;
	struct location_key key = { .module = ID_NONE, .line = ID_NONE };
	if (t->stack_count == 0 || !str_starts(rest, STR("\t0x")) ||
	    !num_hex(str_skip(cut_field(&rest), 2), &key.address))
		return;
	key.symbol = cut_field(&rest);
	key.offset = cut_offset(&key.symbol);
	struct str source = str_basename(cut_field(&rest));
	if (source.n)
		key.line = profile_text(t->profile, source);
	traces_named(t, &key);
}

static void set_inlined(struct traces *t, uint32_t *place)
{
	struct locations *l = &t->locations;
	uint32_t id = *place & ~LOCATION;
	*place = LOCATION | location_with_line(l, id, l->items[id].key.line, true);
}

/*
 * Go tells the entry of the function that has the code, so what was compiled into
 * another function has the entry of that one, which is called so nearest to the root.
 */
static void end_names(struct traces *t)
{
	const struct traces_stack *stack = current(t);
	const struct traces_name *outer = NULL;
	for (uint32_t i = stack->depth; i-- > 0;) {
		const struct traces_name *name = &t->names[i];
		if (outer == NULL || name->entry != outer->entry)
			outer = name;
		else if (name->text != outer->text)
			set_inlined(t, &t->pool[stack->first + i]);
	}
	t->is_named = false;
}

static bool has_value(const struct traces *t)
{
	return t->sample_count > 0 &&
	       t->samples[t->sample_count - 1].stack == t->stack_count - 1;
}

static void end_stack(struct traces *t)
{
	if (t->stack_count == 0)
		return;
	if (t->is_named)
		end_names(t);
	if (!has_value(t)) {
		t->stack_count--;
		t->pool_count = t->stacks[t->stack_count].first;
	}
}

void traces_begin(struct traces *t)
{
	end_stack(t);
	ARRAY_RESERVE(t->stacks, t->stack_capacity, t->stack_count + (size_t)1);
	t->stacks[t->stack_count++] = (struct traces_stack){ .first = t->pool_count };
}

/* Named addresses */

void traces_name(struct traces *t, uint64_t address, const struct location_key *key)
{
	uint32_t id = find_address(t, address + 1);
	if (id == TABLE_END)
		return;
	uint32_t name = 1 + location_find(&t->locations, key);
	if (t->addresses[id].name && t->addresses[id].name != name)
		input_warn(t->in, "addresses with two names, of which the last one is taken",
			   key->symbol);
	t->addresses[id].name = name;
}

void traces_check_names(struct traces *t)
{
	uint32_t nameless = 0;
	for (uint32_t i = 0; i < t->address_count; i++)
		nameless += t->addresses[i].name == 0;
	if (nameless)
		input_warn_many(t->in, "addresses that the profile has no name for",
				nameless);
}

/* What is missing */

bool traces_is_cut(struct traces *t)
{
	struct str raw = t->in->raw;
	if (raw.n > 0 && raw.p[raw.n - 1] == '\n')
		return false;
	input_warn(t->in, "last lines that are cut off", raw);
	return true;
}

bool traces_check_sum(struct traces *t, int64_t seen, int64_t told)
{
	char text[64];
	if (seen == told)
		return true;
	int n = snprintf(text, sizeof(text), "%lld of %lld", (long long)seen,
			 (long long)told);
	input_warn(t->in, seen < told ?
		   "profiles with fewer stacks than their head tells of" :
		   "profiles with more in their stacks than their head tells of",
		   (struct str){ text, (size_t)n });
	return false;
}

/* The map */

bool traces_map(struct traces *t)
{
	struct str line;
	while (input_line(t->in, &line)) {
		if (str_starts(line, STR("heap profile:")) ||
		    str_starts(line, STR("heap_v2/")))
			return input_error(t->in, "a second profile in one file; give "
					   "them as files of their own");
		if (!str_starts(line, STR("#")))
			maps_add(&t->maps, t->in, line);
	}
	return !t->in->failed;
}

/* Names */

static uint32_t place_of(struct traces *t, struct symbolizer *s, uint64_t address)
{
	uint64_t call = address ? address - 1 : 0;
	const struct maps_item *map = maps_find(&t->maps, call);
	if (map == NULL)
		return symbolizer_place(s, SYMBOLIZER_NONE, call);
	struct symbolizer_file file = { .path = map->path, .build_id = map->build_id };
	uint32_t module = symbolizer_module(s, &file);
	uint64_t offset = call - map->start + map->offset;
	return symbolizer_place(s, module, symbolizer_address(s, module, offset));
}

static const uint32_t *name_address(struct traces *t, struct symbolizer *s,
				    const struct traces_address *a, uint32_t *n)
{
	if (a->name)
		return location_frames(&t->locations, a->name - 1, n);
	return symbolizer_frames(s, place_of(t, s, a->address), n);
}

static void name_addresses(struct traces *t)
{
	struct symbolizer *s = symbolizer_new(t->in, t->profile, t->want, true);
	for (uint32_t i = 0; i < t->address_count; i++) {
		struct traces_address *a = &t->addresses[i];
		uint32_t n;
		const uint32_t *frames = name_address(t, s, a, &n);
		ARRAY_RESERVE(t->frame_pool, t->frame_capacity, t->frame_count + n);
		memcpy(t->frame_pool + t->frame_count, frames, n * sizeof(*frames));
		a->first = (uint32_t)t->frame_count;
		a->frames = n;
		t->frame_count += n;
	}
	symbolizer_delete(s);
}

static const uint32_t *frames_of(const struct traces *t, uint32_t place, uint32_t *n)
{
	if (place & LOCATION)
		return location_frames(&t->locations, place & ~LOCATION, n);
	*n = t->addresses[place].frames;
	return t->frame_pool + t->addresses[place].first;
}

/* Where the first frame is that is none of an allocator. */
static bool find_caller(const struct traces *t, const struct traces_stack *stack,
			uint32_t *place, uint32_t *frame)
{
	for (*place = 0; *place < stack->depth; ++*place) {
		uint32_t n;
		const uint32_t *frames = frames_of(t, t->pool[stack->first + *place], &n);
		for (*frame = 0; *frame < n; ++*frame)
			if (!allocators_has(t->profile, frames[*frame]))
				return true;
	}
	return false;
}

/* Of what is called when the signal comes, from there to the kernel's return. */
static bool is_handler(const struct traces *t, uint32_t place)
{
	static const struct str handlers[] = {
		STR("__restore_rt"), STR("__restore"), STR("__pthread_sighandler"),
		STR("ProfileHandler::SignalHandler"), STR("CpuProfiler::prof_handler"),
		STR("ProfileData::prof_handler"), STR("ProfileData::Add"),
	};
	uint32_t n;
	const uint32_t *frames = frames_of(t, place, &n);
	struct str name = profile_function(t->profile, frames[n - 1]);
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++)
		if (str_eq(handlers[i], name))
			return true;
	return false;
}

static void push_place(struct traces *t, uint32_t place, uint32_t frame)
{
	uint32_t n;
	const uint32_t *frames = frames_of(t, place, &n);
	sample_push_all(t->out, frames, frame, n - frame);
}

/* A stack of nothing but an allocator stays as it is. */
static void push_stack(struct traces *t, const struct traces_stack *stack,
		       enum traces_drop drop)
{
	const uint32_t *places = t->pool + stack->first;
	uint32_t i = 0, frame = 0;
	if (drop != TRACES_DROP_ALLOCATOR || !find_caller(t, stack, &i, &frame))
		i = frame = 0;
	if (i < stack->depth)
		push_place(t, places[i++], frame);
	while (drop == TRACES_DROP_HANDLER && i < stack->depth && is_handler(t, places[i]))
		i++;
	for (; i < stack->depth; i++)
		push_place(t, places[i], 0);
}

void traces_push(struct traces *t, enum traces_drop drop)
{
	end_stack(t);
	name_addresses(t);
	if (t->want->all_frames)
		drop = TRACES_DROP_NOTHING;
	for (size_t i = 0; i < t->sample_count; i++) {
		int64_t values[METRICS_MAX] = { 0 };
		const struct traces_sample *sample = &t->samples[i];
		memcpy(&values[t->first], &t->values[i * t->stride],
		       t->stride * sizeof(*values));
		push_stack(t, &t->stacks[sample->stack], drop);
		sample_end_metrics(t->out, sample->group, values);
	}
}
