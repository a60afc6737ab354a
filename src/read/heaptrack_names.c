/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	s 1d /opt/dem/data/mem/bin/memdemo
 *	s 4 main
 *	s 9 memdemo.c
 *	i 55f95e513381 1 2 3 c8
 *
 * is string 1 to 3 and place 1: an address in module 1, in function 2, file 3, line 200.
 * Three more numbers each name a function that this one was compiled into.
 */
#include "read/heaptrack_names.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"

enum { INLINED_MAX = 1000 };

void heaptrack_names_init(struct heaptrack_names *n, struct input *in,
			  struct profile *profile, const struct want *want)
{
	*n = (struct heaptrack_names){
		.in = in, .profile = profile, .are_sized = true, .may_be_sized = true,
	};
	locations_init(&n->locations, profile, want);
}

void heaptrack_names_free(struct heaptrack_names *n)
{
	locations_free(&n->locations);
	free(n->strings);
	free(n->places);
	free(n->functions);
	free(n->frame_pool);
	arena_free(&n->arena);
}

/* Strings */

/* Whether it is "4 main"; *text becomes "main". */
static bool cut_size(struct str *text)
{
	uint64_t size;
	struct str rest = *text;
	if (!num_hex(str_cut(&rest, ' '), &size) || size != rest.n)
		return false;
	*text = rest;
	return true;
}

bool heaptrack_names_add_string(struct heaptrack_names *n, struct str text)
{
	struct str sized = text;
	n->may_be_sized = n->may_be_sized && cut_size(&sized);
	if (n->are_sized && !cut_size(&text))
		return input_error(n->in, "the string has another length than it tells");
	ARRAY_RESERVE(n->strings, n->string_capacity, n->string_count + 1ull);
	n->strings[n->string_count++] = arena_copy(&n->arena, text);
	return n->string_count < UINT32_MAX ||
	       input_error(n->in, "too many strings");
}

void heaptrack_names_end(struct heaptrack_names *n)
{
	for (uint32_t i = 0; !n->are_sized && n->may_be_sized && i < n->string_count; i++)
		cut_size(&n->strings[i]);
}

static struct str string(const struct heaptrack_names *n, uint32_t id)
{
	return id == 0 ? STR("") : n->strings[id - 1];
}

/* Places */

static bool take_id(struct heaptrack_names *n, struct str *rest, uint32_t *id)
{
	uint64_t value;
	if (!num_hex(str_cut(rest, ' '), &value))
		return input_error(n->in, "numbers are wrong or missing");
	if (value > n->string_count)
		return input_error(n->in, "there is no string 0x%" PRIx64 " yet", value);
	*id = (uint32_t)value;
	return true;
}

static bool take_line(struct heaptrack_names *n, struct str *rest, uint32_t *line)
{
	uint64_t value;
	if (!num_hex(str_cut(rest, ' '), &value) || value > UINT32_MAX)
		return input_error(n->in, "the source line is no number");
	*line = (uint32_t)value;
	return true;
}

static bool take_function(struct heaptrack_names *n, struct str *rest)
{
	struct heaptrack_function f = { 0 };
	if (!take_id(n, rest, &f.name) ||
	    (rest->n && (!take_id(n, rest, &f.file) || !take_line(n, rest, &f.line))))
		return false;
	ARRAY_RESERVE(n->functions, n->function_capacity, n->function_count + 1ull);
	n->functions[n->function_count++] = f;
	return true;
}

bool heaptrack_names_add_place(struct heaptrack_names *n, struct str rest)
{
	struct heaptrack_place place = { .first = n->function_count };
	rest = str_trim(rest);
	if (!num_hex(str_cut(&rest, ' '), &place.address))
		return input_error(n->in, "numbers are wrong or missing");
	if (rest.n && !take_id(n, &rest, &place.module))
		return false;
	while (rest.n) {
		if (place.depth++ == INLINED_MAX)
			return input_error(n->in, "more than %d functions at one address",
					   INLINED_MAX);
		if (!take_function(n, &rest))
			return false;
	}
	ARRAY_RESERVE(n->places, n->place_capacity, n->count + 1ull);
	n->places[n->count++] = place;
	return n->count < UINT32_MAX || input_error(n->in, "too many addresses");
}

/* Frames */

static uint32_t line_text(struct heaptrack_names *n, const struct heaptrack_function *f)
{
	struct str file = str_basename(string(n, f->file));
	if (file.n == 0)
		return ID_NONE;
	struct buf text = { 0 };
	buf_add(&text, file);
	if (f->line > 0)
		buf_addf(&text, ":%" PRIu32, f->line);
	uint32_t id = profile_text(n->profile, buf_str(&text));
	buf_free(&text);
	return id;
}

static void add_frames(struct heaptrack_names *n, const struct location_key *key)
{
	uint32_t count;
	uint32_t location = location_find(&n->locations, key);
	const uint32_t *frames = location_frames(&n->locations, location, &count);
	for (uint32_t i = 0; i < count; i++) {
		ARRAY_RESERVE(n->frame_pool, n->frame_capacity, n->frame_count + 1ull);
		n->frame_pool[n->frame_count++] = frames[i];
	}
}

/* Where a function begins is not told, so the address stands for the offset. */
static void make_frames(struct heaptrack_names *n, struct heaptrack_place *place)
{
	struct location_key key = {
		.symbol = STR(""),
		.module = location_module(&n->locations, string(n, place->module)),
		.line = ID_NONE, .address = place->address, .offset = place->address,
	};
	place->frame = n->frame_count;
	for (uint32_t i = 0; i < place->depth; i++) {
		const struct heaptrack_function *f = &n->functions[place->first + i];
		key.symbol = string(n, f->name);
		key.line = line_text(n, f);
		key.inlined = i + 1 < place->depth;
		add_frames(n, &key);
	}
	if (place->depth == 0)
		add_frames(n, &key);
	place->frames = n->frame_count - place->frame;
}

const uint32_t *heaptrack_names_frames(struct heaptrack_names *n, uint32_t id,
				       uint32_t *count)
{
	struct heaptrack_place *place = &n->places[id - 1];
	if (place->frames == 0)
		make_frames(n, place);
	*count = place->frames;
	return &n->frame_pool[place->frame];
}

bool heaptrack_names_fit(const struct heaptrack_names *n, uint32_t id,
			 const struct suppressions *s)
{
	const struct heaptrack_place *place = &n->places[id - 1];
	bool fit = suppressions_fit(s, string(n, place->module));
	for (uint32_t i = 0; !fit && i < place->depth; i++) {
		const struct heaptrack_function *f = &n->functions[place->first + i];
		fit = suppressions_fit(s, string(n, f->name)) ||
		      suppressions_fit(s, string(n, f->file));
	}
	return fit;
}
