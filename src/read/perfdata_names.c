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
#include "read/perfdata_modules.h"
#include "read/perfdata_paths.h"
#include "read/perfdata_unknown.h"
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

/* A place whose function somebody else has told, or nobody knows; why, then. */
static void keep_named(struct naming *n, uint32_t place, struct str symbol,
		       struct str module, uint64_t start, enum perfdata_why why)
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
	n->names->why[place] = symbol.n > 0 ? PERFDATA_KNOWN : why;
}

/* Sources; places from .. to are of the same one */

static void name_plain(struct naming *n, uint32_t from, uint32_t to,
		       const struct perfdata_source *source)
{
	struct str module = source->kind == PERFDATA_NOWHERE ? STR("[unknown]") :
							       source->path;
	enum perfdata_why why = source->kind == PERFDATA_NOWHERE ? PERFDATA_UNMAPPED :
								   PERFDATA_GUEST;
	for (uint32_t i = from; i < to; i++)
		keep_named(n, n->order[i], source->name, module, 0, why);
}

/* What the copy of a stack did not reach. */
static void name_truncated(struct naming *n, uint32_t from, uint32_t to)
{
	struct profile *p = n->of->profile;
	uint32_t frame = profile_frame(p, profile_text(p, STR("[truncated]")), FRAME_OTHER,
				       ID_NONE, ID_NONE);
	for (uint32_t i = from; i < to; i++)
		keep(n, n->order[i], &frame, 1);
}

static void name_anonymous(struct naming *n, uint32_t from, uint32_t to,
			   const struct perfdata_source *source)
{
	struct perfdata_jitmap map = { 0 };
	struct buf path = { 0 };
	enum perfdata_why why = str_starts(source->path, STR("[guest.")) ?
					PERFDATA_GUEST : PERFDATA_NO_FILE;
	if (str_starts(source->path, STR("/tmp/perf-"))) {
		perfdata_paths_find(&path, n->of->want, source->path);
		bool found = perfdata_jitmap_load(&map, buf_cstr(&path)) ||
			     (perfdata_paths_container_map(&path, source->pid,
							   n->of->latest, n->of->info) &&
			      perfdata_jitmap_load(&map, buf_cstr(&path)));
		why = found ? PERFDATA_MAP_SILENT : PERFDATA_NO_MAP;
	}
	for (uint32_t i = from; i < to; i++) {
		uint64_t start = 0;
		struct str name = perfdata_jitmap_find(&map, place_at(n, i)->address,
						       &start);
		keep_named(n, n->order[i], name, source->path, start, why);
	}
	perfdata_jitmap_free(&map);
	buf_free(&path);
}

static struct str build_of(const struct naming *n, const struct perfdata_source *source)
{
	bool is_module = source->kind == PERFDATA_KERNEL && source->name.n > 0;
	struct str path = is_module ? source->name : source->path;
	return source->build_id.n > 0 ? source->build_id :
					perfdata_info_find(n->of->info, path);
}

/*
 * The byte before the address to return to is that of a call.  Where no function has it,
 * that was no return address, but something that was found on the stack; perf looks for
 * the address itself, and so do we then.
 */
static const uint32_t *frames_of(struct naming *n, uint32_t module, uint64_t offset,
				 uint32_t *count, bool *is_named)
{
	struct symbolizer *s = n->symbolizer;
	uint64_t address = symbolizer_address(s, module, offset);
	uint32_t place = symbolizer_place(s, module, address);
	*is_named = true;
	if (symbolizer_is_named(s, place))
		return symbolizer_frames(s, place, count);
	uint32_t next = symbolizer_place(s, module, address + 1);
	*is_named = symbolizer_is_named(s, next);
	return symbolizer_frames(s, *is_named ? next : place, count);
}

static enum perfdata_why why_of_file(const struct naming *n, uint32_t module)
{
	static const enum perfdata_why whys[] = {
		[SYMBOLIZER_FILE] = PERFDATA_FILE_SILENT,
		[SYMBOLIZER_NO_FILE] = PERFDATA_NO_FILE,
		[SYMBOLIZER_MISSING] = PERFDATA_FILE_MISSING,
		[SYMBOLIZER_OTHER] = PERFDATA_FILE_OTHER,
		[SYMBOLIZER_BROKEN] = PERFDATA_FILE_BROKEN,
		[SYMBOLIZER_NO_ELF] = PERFDATA_NO_ELFUTILS,
	};
	bool has_symbols;
	enum symbolizer_found found = symbolizer_found(n->symbolizer, module,
						       &has_symbols);
	return found == SYMBOLIZER_FILE && !has_symbols ? PERFDATA_FILE_STRIPPED :
							  whys[found];
}

static void name_file(struct naming *n, uint32_t from, uint32_t to,
		      const struct perfdata_source *source)
{
	struct symbolizer_file file = { .path = source->path, .build_id = build_of(n, source) };
	uint32_t module = symbolizer_module(n->symbolizer, &file), count;
	bool is_named;
	if (file.build_id.n > 0 && source->pid > 0)
		symbolizer_process(n->symbolizer, module, source->pid);
	for (uint32_t i = from; i < to; i++) {
		const uint32_t *frames = frames_of(n, module, place_at(n, i)->address,
						   &count, &is_named);
		keep(n, n->order[i], frames, count);
		n->names->why[n->order[i]] = is_named ? PERFDATA_KNOWN :
							why_of_file(n, module);
	}
}

static void name_vdso(struct naming *n, uint32_t from, uint32_t to,
		      const struct perfdata_source *source)
{
	struct elf_file *file = perfdata_vdso_open(n->of->info, n->of->want,
						   build_of(n, source));
	for (uint32_t i = from; i < to; i++) {
		uint64_t address = place_at(n, i)->address;
		struct elf_symbol symbol = { .name = STR("") };
		if (file && elf_file_address(file, address, &address))
			elf_file_symbol(file, address, &symbol);
		keep_named(n, n->order[i], symbol.name, source->path, symbol.address,
			   PERFDATA_NO_VDSO);
	}
	elf_file_close(file);
}

/* By the module's own file; false when there is none. */
static bool name_module(struct naming *n, uint32_t from, uint32_t to,
			const struct perfdata_source *source, enum perfdata_why *why)
{
	struct perfdata_module_told told = {
		.name = source->path, .path = source->name,
		.build_id = build_of(n, source), .info = n->of->info, .want = n->of->want,
	};
	struct elf_file *file = perfdata_modules_open(&told, why);
	for (uint32_t i = from; file && i < to; i++) {
		struct elf_symbol symbol = { .name = STR("") };
		elf_file_symbol(file, place_at(n, i)->address - source->start, &symbol);
		keep_named(n, n->order[i], symbol.name, source->path,
			   source->start + symbol.address, PERFDATA_KERNEL_SILENT);
	}
	elf_file_close(file);
	return file != NULL;
}

static void name_kernel(struct naming *n, uint32_t from, uint32_t to,
			struct perfdata_kernel *kernel,
			const struct perfdata_source *source)
{
	static const char *const warnings[PERFDATA_WHYS] = {
		[PERFDATA_KERNEL_HIDDEN] = "kernel functions without a name: the kernel "
			"hides them from this user (kernel.kptr_restrict)",
		[PERFDATA_KERNEL_OTHER] = "kernel functions without a name: another kernel "
			"was recorded than runs here",
		[PERFDATA_KERNEL_ABSENT] = "kernel functions without a name: there is no "
			"/proc/kallsyms",
	};
	bool in_module = !str_starts(source->path, STR("[kernel."));
	enum perfdata_why why = perfdata_kernel_why(kernel, in_module);
	if (in_module && why != PERFDATA_KERNEL_SILENT &&
	    name_module(n, from, to, source, &why))
		return;
	for (uint32_t i = from; i < to; i++) {
		uint64_t start = 0;
		struct str name = perfdata_kernel_find(kernel, place_at(n, i)->address,
						       in_module, &start);
		keep_named(n, n->order[i], name, source->path, start, why);
	}
	if (warnings[why])
		input_warn_many(n->of->in, warnings[why], to - from);
}

static void load_kernel(const struct naming *n, struct perfdata_kernel *kernel)
{
	const struct perfdata_source *source = &n->of->places->sources[n->of->kernel];
	struct perfdata_kernel_told told = {
		.build_id = source->build_id.n > 0 ? source->build_id :
			    perfdata_info_find(n->of->info, STR("[kernel.kallsyms]")),
		.release = n->of->info->release,
		.text = n->of->kernel_text,
		.want = n->of->want,
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
		} else if (s->kind == PERFDATA_TRUNCATED) {
			name_truncated(n, from, to);
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
	names->why = xcalloc((size_t)count + 1, sizeof(*names->why));
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
	free(names->why);
}
