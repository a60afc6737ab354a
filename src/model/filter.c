/* SPDX-License-Identifier: Apache-2.0 */

/*
 * --skip-after F cuts above the F nearest to the leaf and leaves other stacks
 * alone, as the Perl tools do; --show-from RE cuts above the match nearest to
 * the root and drops stacks without one, as pprof does.
 */
#include "model/filter.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/match.h"

enum { SKIP_AFTER = 1, SHOW_FROM = 2, IDLE = 4 };

/*
 * Where processors wait for work, as perf itself knows them
 * (tools/perf/util/symbol.c).
 */
static const char *const idle_names[] = {
	"acpi_idle_do_entry", "acpi_processor_ffh_cstate_enter", "arch_cpu_idle",
	"cpu_idle", "cpu_idle_poll", "cpu_startup_entry", "cpuidle_enter",
	"cpuidle_enter_state", "default_idle", "default_idle_call", "do_idle",
	"idle_cpu", "intel_idle", "intel_idle_ibrs", "intel_idle_irq",
	"mwait_idle", "mwait_idle_with_hints", "native_safe_halt", "poll_idle",
	"ppc64_runlatch_off", "pseries_dedicated_idle_sleep", "psw_idle",
	"psw_idle_exit", "pv_native_safe_halt", "xen_hypercall_sched_op",
};

bool filter_check(const struct want *w, struct buf *message)
{
	for (size_t i = 0; i < w->show_from_count; i++) {
		struct match *m = match_new(str_of(w->show_from[i]), message);
		if (m == NULL)
			return false;
		match_free(m);
	}
	return true;
}

static bool is_one_of(struct str name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

static struct str full_name(const struct profile *p, uint32_t frame)
{
	uint32_t full = p->frames[frame].full;
	return full == ID_NONE || full == ID_SEVERAL ? profile_name(p, frame) :
						       intern_text(&p->text, full);
}

static void judge_names(struct filter *f, const struct profile *p, const struct want *w)
{
	for (uint32_t i = 0; i < p->frame_count; i++) {
		struct str name = profile_name(p, i);
		if (is_one_of(name, w->skip_after, w->skip_after_count) ||
		    is_one_of(full_name(p, i), w->skip_after, w->skip_after_count))
			f->flags[i] |= SKIP_AFTER;
		if (w->no_idle && p->frames[i].kind != FRAME_INLINED &&
		    is_one_of(profile_function(p, i), idle_names,
			      ARRAY_SIZE(idle_names)))
			f->flags[i] |= IDLE;
	}
}

static void judge_pattern(struct filter *f, const struct profile *p, const char *pattern)
{
	struct buf message = { 0 };
	struct match *m = match_new(str_of(pattern), &message);
	assert(m != NULL);
	for (uint32_t i = 0; i < p->frame_count; i++)
		if (match_find(m, profile_name(p, i)) ||
		    match_find(m, full_name(p, i)))
			f->flags[i] |= SHOW_FROM;
	match_free(m);
	buf_free(&message);
}

void filter_init(struct filter *f, const struct profile *p, const struct want *w)
{
	*f = (struct filter){
		.active = w->skip_after_count || w->show_from_count || w->no_idle,
		.needs_show_from = w->show_from_count > 0,
	};
	if (!f->active)
		return;
	f->flags = xcalloc(p->frame_count, 1);
	judge_names(f, p, w);
	for (size_t i = 0; i < w->show_from_count; i++)
		judge_pattern(f, p, w->show_from[i]);
}

const char *filter_unmatched(const struct profile *p, const struct want *w)
{
	for (size_t k = 0; k < w->skip_after_count; k++) {
		uint32_t i = 0;
		while (i < p->frame_count &&
		       !is_one_of(profile_name(p, i), &w->skip_after[k], 1) &&
		       !is_one_of(full_name(p, i), &w->skip_after[k], 1))
			i++;
		if (i == p->frame_count)
			return w->skip_after[k];
	}
	return NULL;
}

void filter_free(struct filter *f)
{
	free(f->flags);
	f->flags = NULL;
}

int64_t filter_apply(const struct filter *f, const uint32_t *frames, uint32_t depth,
		     bool *cut)
{
	int64_t skip = -1, show = -1;
	*cut = false;
	if (!f->active)
		return 0;
	for (uint32_t i = 0; i < depth; i++) {
		uint8_t flags = f->flags[frames[i]];
		if (flags & IDLE)
			return -1;
		if (flags & SKIP_AFTER)
			skip = i;
		if ((flags & SHOW_FROM) && show < 0)
			show = i;
	}
	if (f->needs_show_from && show < 0)
		return -1;
	*cut = skip >= 0 || show >= 0;
	int64_t first = skip > show ? skip : show;
	return first < 0 ? 0 : first;
}
