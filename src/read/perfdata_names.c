/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Places are worked on source by source, so that no more than one map of run-time code
 * is held; those of files go to the symbolizer.
 */
#include "read/perfdata_names.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/location.h"
#include "read/perfdata_jitmap.h"
#include "read/perfdata_kernel.h"
#include "read/perfdata_paths.h"
#include "read/perfdata_vdso.h"
#include "read/symbolizer.h"

struct naming {
	struct perfdata_names *names;
	const struct perfdata_names_of *of;
	struct locations locations;
	struct symbolizer *symbolizer;
	uint32_t *order;                 /* places by source, then by address */
	uint32_t *at;                    /* by place: first of its frames, which are ... */
	uint32_t *found;                 /* by place: how many */
	uint32_t *pool;
	size_t pool_count, pool_capacity;
};

static const struct perfdata_place *place_at(const struct naming *n, uint32_t i)
{
	return &n->of->places->items[n->order[i]];
}

static void keep(struct naming *n, uint32_t place, const uint32_t *frames, uint32_t count)
{
	ARRAY_RESERVE(n->pool, n->pool_capacity, n->pool_count + count);
	n->at[place] = (uint32_t)n->pool_count;
	n->found[place] = count;
	if (count > 0)
		memcpy(n->pool + n->pool_count, frames, count * sizeof(*frames));
	n->pool_count += count;
	assert(n->pool_count < UINT32_MAX);
}

/* A place whose function somebody else has told, or nobody knows. */
static void keep_named(struct naming *n, uint32_t place, struct str symbol,
		       struct str module, uint64_t start)
{
	uint64_t address = n->of->places->items[place].address;
	struct location_key key = {
		.symbol = symbol, .module = location_module(&n->locations, module),
		.line = ID_NONE, .address = address, .offset = address - start,
	};
	uint32_t count;
	const uint32_t *frames = location_frames(&n->locations,
						 location_find(&n->locations, &key),
						 &count);
	keep(n, place, frames, count);
}

/* Sources; places from .. to are of the same one */

static void name_plain(struct naming *n, uint32_t from, uint32_t to,
		       const struct perfdata_source *source)
{
	struct str module = source->kind == PERFDATA_NOWHERE ? STR("[unknown]") :
							       source->path;
	for (uint32_t i = from; i < to; i++)
		keep_named(n, n->order[i], source->name, module, 0);
}

static void name_anonymous(struct naming *n, uint32_t from, uint32_t to,
			   const struct perfdata_source *source)
{
	struct perfdata_jitmap map = { 0 };
	struct buf path = { 0 };
	if (str_starts(source->path, STR("/tmp/perf-"))) {
		perfdata_paths_find(&path, n->of->want, source->path);
		perfdata_jitmap_load(&map, buf_cstr(&path));
	}
	for (uint32_t i = from; i < to; i++) {
		uint64_t start = 0;
		struct str name = perfdata_jitmap_find(&map, place_at(n, i)->address,
						       &start);
		keep_named(n, n->order[i], name, source->path, start);
	}
	perfdata_jitmap_free(&map);
	buf_free(&path);
}

static struct str build_of(const struct naming *n, const struct perfdata_source *source)
{
	return source->build_id.n > 0 ? source->build_id :
					perfdata_info_find(n->of->info, source->path);
}

static bool is_known(const struct naming *n, uint32_t frame)
{
	return n->of->profile->frames[frame].kind != FRAME_OTHER;
}

/*
 * The byte before the address to return to is that of a call.  Where no function has it,
 * that was no return address, but something that was found on the stack; perf looks for
 * the address itself, and so do we then.
 */
static const uint32_t *frames_of(struct naming *n, uint32_t module, uint64_t offset,
				 uint32_t *count)
{
	struct symbolizer *s = n->symbolizer;
	uint64_t address = symbolizer_address(s, module, offset);
	uint32_t place = symbolizer_place(s, module, address);
	const uint32_t *frames = symbolizer_frames(s, place, count);
	if (*count != 1 || is_known(n, frames[0]))
		return frames;
	uint32_t next = symbolizer_place(s, module, address + 1);
	frames = symbolizer_frames(s, next, count);
	return is_known(n, frames[0]) ? frames : symbolizer_frames(s, place, count);
}

static void name_file(struct naming *n, uint32_t from, uint32_t to,
		      const struct perfdata_source *source)
{
	struct symbolizer_file file = { source->path, build_of(n, source) };
	uint32_t module = symbolizer_module(n->symbolizer, &file), count;
	if (file.build_id.n > 0 && source->pid > 0)
		symbolizer_process(n->symbolizer, module, source->pid);
	for (uint32_t i = from; i < to; i++) {
		const uint32_t *frames = frames_of(n, module, place_at(n, i)->address,
						   &count);
		keep(n, n->order[i], frames, count);
	}
}

static void name_vdso(struct naming *n, uint32_t from, uint32_t to,
		      const struct perfdata_source *source)
{
	struct elf_file *file = perfdata_vdso_open(build_of(n, source));
	for (uint32_t i = from; i < to; i++) {
		uint64_t address = place_at(n, i)->address;
		struct elf_symbol symbol = { .name = STR("") };
		if (file && elf_file_address(file, address, &address))
			elf_file_symbol(file, address, &symbol);
		keep_named(n, n->order[i], symbol.name, source->path, symbol.address);
	}
	elf_file_close(file);
}

static void name_kernel(struct naming *n, uint32_t from, uint32_t to,
			struct perfdata_kernel *kernel,
			const struct perfdata_source *source)
{
	bool in_module = !str_starts(source->path, STR("[kernel."));
	for (uint32_t i = from; i < to; i++) {
		uint64_t start = 0;
		struct str name = perfdata_kernel_find(kernel, place_at(n, i)->address,
						       in_module, &start);
		keep_named(n, n->order[i], name, source->path, start);
	}
	if (kernel->why)
		input_warn_many(n->of->in, kernel->why, to - from);
}

static void load_kernel(const struct naming *n, struct perfdata_kernel *kernel)
{
	struct perfdata_kernel_told told = {
		.build_id = perfdata_info_find(n->of->info, STR("[kernel.kallsyms]")),
		.release = n->of->info->release,
		.text = n->of->kernel_text,
		.sysroot = n->of->want->sysroot,
	};
	perfdata_kernel_load(kernel, &told);
}

static void name_all(struct naming *n)
{
	const struct perfdata_places *places = n->of->places;
	struct perfdata_kernel kernel = { 0 };
	bool has_kernel = false;
	for (uint32_t from = 0, to; from < places->count; from = to) {
		uint32_t source = place_at(n, from)->source;
		const struct perfdata_source *s = &places->sources[source];
		to = from + 1;
		while (to < places->count && place_at(n, to)->source == source)
			to++;
		if (s->kind == PERFDATA_ELF) {
			name_file(n, from, to, s);
		} else if (s->kind == PERFDATA_VDSO) {
			name_vdso(n, from, to, s);
		} else if (s->kind == PERFDATA_KERNEL) {
			if (!has_kernel)
				load_kernel(n, &kernel);
			has_kernel = true;
			name_kernel(n, from, to, &kernel, s);
		} else if (s->kind == PERFDATA_ANON) {
			name_anonymous(n, from, to, s);
		} else {
			name_plain(n, from, to, s);
		}
	}
	perfdata_kernel_free(&kernel);
}

static int by_source(const void *a, const void *b, void *places)
{
	const struct perfdata_place *items = places;
	const struct perfdata_place *x = &items[*(const uint32_t *)a];
	const struct perfdata_place *y = &items[*(const uint32_t *)b];
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->address > y->address) - (x->address < y->address);
}

/* In the order of places, as they are asked for. */
static void arrange(struct naming *n)
{
	uint32_t count = n->of->places->count;
	struct perfdata_names *names = n->names;
	names->first = xcalloc((size_t)count + 1, sizeof(*names->first));
	names->frames = xcalloc(n->pool_count + 1, sizeof(*names->frames));
	for (uint32_t i = 0; i < count; i++) {
		memcpy(names->frames + names->first[i], n->pool + n->at[i],
		       n->found[i] * sizeof(*n->pool));
		names->first[i + 1] = names->first[i] + n->found[i];
	}
}

void perfdata_names_make(struct perfdata_names *names, const struct perfdata_names_of *of)
{
	uint32_t count = of->places->count;
	struct naming n = { .names = names, .of = of };
	n.order = xcalloc((size_t)count + 1, sizeof(*n.order));
	n.at = xcalloc((size_t)count + 1, sizeof(*n.at));
	n.found = xcalloc((size_t)count + 1, sizeof(*n.found));
	for (uint32_t i = 0; i < count; i++)
		n.order[i] = i;
	qsort_r(n.order, count, sizeof(*n.order), by_source, of->places->items);
	ARRAY_RESERVE(n.pool, n.pool_capacity, 1);
	locations_init(&n.locations, of->profile, of->want);
	n.symbolizer = symbolizer_new(of->in, of->profile, of->want, of->want->addrs);
	name_all(&n);
	arrange(&n);
	symbolizer_delete(n.symbolizer);
	locations_free(&n.locations);
	free(n.order);
	free(n.at);
	free(n.found);
	free(n.pool);
}

void perfdata_names_free(struct perfdata_names *names)
{
	free(names->first);
	free(names->frames);
}
