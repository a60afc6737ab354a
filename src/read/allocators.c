/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The names are those of google/pprof, profile/legacy_profile.go, and those of
 * jemalloc where it is part of the program, which may have put a prefix before them.
 */
#include "read/allocators.h"

#include "base/alloc.h"

static const struct str names[] = {
	/* C */
	STR("malloc"), STR("calloc"), STR("realloc"), STR("reallocarray"), STR("free"),
	STR("cfree"), STR("memalign"), STR("do_memalign"), STR("posix_memalign"),
	STR("__posix_memalign"), STR("aligned_alloc"), STR("valloc"), STR("pvalloc"),
	STR("__libc_malloc"),
	/* C++ */
	STR("operator new"), STR("operator new[]"), STR("__builtin_new"),
	STR("__builtin_vec_new"), STR("__builtin_delete"), STR("__builtin_vec_delete"),
	STR("__gnu_cxx::new_allocator::allocate"), STR("__malloc_alloc_template::allocate"),
	STR("simple_alloc::allocate"), STR("_M_allocate"), STR("allocate"),
	STR("cpp_alloc"),
	/* tcmalloc */
	STR("tc_malloc"), STR("tc_calloc"), STR("tc_realloc"), STR("tc_free"),
	STR("tc_cfree"), STR("tc_memalign"), STR("tc_posix_memalign"), STR("tc_valloc"),
	STR("tc_pvalloc"), STR("tc_new"), STR("tc_new_nothrow"), STR("tc_newarray"),
	STR("tc_newarray_nothrow"), STR("tc_delete"), STR("tc_deletearray"),
	STR("do_malloc"), STR("do_malloc_pages"), STR("do_malloc_no_errno"),
	STR("::do_malloc"), STR("::do_malloc_pages"), STR("::do_malloc_no_errno"),
	STR("DoSampledAllocation"), STR("MallocedMemBlock::MallocedMemBlock"),
	/* macOS */
	STR("malloc_zone_malloc"), STR("malloc_zone_calloc"), STR("malloc_zone_valloc"),
	STR("malloc_zone_realloc"), STR("malloc_zone_memalign"), STR("malloc_zone_free"),
	/* jemalloc */
	STR("prof_backtrace_impl"), STR("prof_alloc_prep"), STR("imalloc"),
	STR("imalloc_body"), STR("imalloc_sample"), STR("imalloc_no_sample"),
	STR("irealloc_prof"), STR("irallocx_prof"), STR("do_rallocx"),
};

static const struct str prefixes[] = {
	STR("tcmalloc::"), STR("BaseArena::"), STR("runtime."), STR("je_"),
	STR("_rjem_"),
};

/* Parts of Go's run-time system that stand in the middle of a stack. */
static const struct str kept[] = {
	STR("runtime.panic"), STR("runtime.reflectcall"),
};

static const struct str files[] = { STR("libjemalloc"), STR("libtcmalloc") };

static bool is_one_of(struct str name, const struct str *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, list[i]))
			return true;
	return false;
}

static bool starts_with_one_of(struct str name, const struct str *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_starts(name, list[i]))
			return true;
	return false;
}

/* "operator new(unsigned long)", "malloc@@GLIBC_2.2.5" */
static struct str bare(struct str name)
{
	ptrdiff_t at = str_chr(name, '(');
	if (at <= 0)
		at = str_chr(name, '@');
	return at > 0 ? str_head(name, (size_t)at) : name;
}

static bool has_name(struct str name)
{
	name = bare(name);
	if (is_one_of(name, kept, ARRAY_SIZE(kept)) ||
	    str_starts(name, STR("runtime.call")))
		return false;
	return is_one_of(name, names, ARRAY_SIZE(names)) ||
	       starts_with_one_of(name, prefixes, ARRAY_SIZE(prefixes));
}

bool allocators_has(const struct profile *p, uint32_t frame)
{
	uint32_t module = p->frames[frame].module;
	if (module != ID_NONE && module != ID_SEVERAL &&
	    starts_with_one_of(str_basename(intern_text(&p->text, module)), files,
			       ARRAY_SIZE(files)))
		return true;
	return has_name(profile_function(p, frame));
}
