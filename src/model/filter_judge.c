/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Before the stacks come, each step looks at every frame there is, those that
 * earlier steps made included.  What it found is a bit of the frame; filter_run.c
 * goes by that.  A regular expression sees each text once, whatever number of frames
 * have it.
 */
#include "model/filter.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/filter_steps.h"

/* Judging */

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

/* Which texts of a frame a kind of step looks at. */
enum { NAME = 1, FULL = 2, MODULE = 4, BARE = 8 };

static const uint8_t looks_at[FILTER_KINDS] = {
	[FILTER_FOCUS] = NAME | FULL | MODULE,
	[FILTER_IGNORE] = NAME | FULL | MODULE,
	[FILTER_HIDE] = NAME | FULL | MODULE,
	[FILTER_SHOW] = NAME | FULL | MODULE,
	[FILTER_SHOW_FROM] = NAME | FULL | MODULE,
	[FILTER_BASE] = NAME | FULL,
	[FILTER_SKIP_AFTER] = NAME | FULL,
	[FILTER_PRUNE_FROM] = NAME | FULL | BARE,
	[FILTER_MERGE_FUNCTION] = NAME | FULL,
	[FILTER_DROP_FUNCTION] = NAME | FULL,
	[FILTER_COLLAPSE_SUBTREE] = NAME | FULL,
	[FILTER_COLLAPSE_MODULE] = MODULE,
};

struct judging {
	struct filter_run *run;
	unsigned number;         /* of the step */
	struct filter_step *step;
	uint8_t *known;          /* by text: 1 no, 2 yes */
};

/* Without the dot of PowerPC and without arguments, as pprof does it for this. */
static struct str bare_name(struct str name)
{
	static const struct str kept[] = {
		STR("(anonymous namespace)"), STR("operator()"),
	};
	if (str_starts(name, STR(".")))
		name = str_skip(name, 1);
	for (size_t i = 0; i < name.n;) {
		struct str rest = str_skip(name, i);
		size_t skip = 0;
		for (size_t k = 0; k < ARRAY_SIZE(kept); k++)
			if (str_starts(rest, kept[k]))
				skip = kept[k].n;
		if (skip == 0 && name.p[i] == '(')
			return str_head(name, i);
		i += skip ? skip : 1;
	}
	return name;
}

static bool step_fits(const struct filter_step *s, struct str text, bool is_module)
{
	for (size_t i = 0; i < s->text_count; i++) {
		const struct filter_text *t = &s->texts[i];
		if (t->match ? match_find(t->match, text) :
			       !is_module && str_eq(t->text, text))
			return true;
	}
	return false;
}

static bool text_fits(struct judging *j, uint32_t id, bool is_module)
{
	if (id == ID_NONE || id == ID_SEVERAL)
		return false;
	uint8_t *known = &j->known[id];
	uint8_t no = is_module ? 4 : 1, yes = is_module ? 8 : 2;
	if (!(*known & (no | yes))) {
		struct str text = intern_text(&j->run->profile->text, id);
		if (looks_at[j->step->kind] & BARE)
			text = bare_name(text);
		*known |= step_fits(j->step, text, is_module) ? yes : no;
	}
	return *known & yes;
}

static bool frame_fits(struct judging *j, uint32_t frame)
{
	const struct frame *f = &j->run->profile->frames[frame];
	uint8_t looks = looks_at[j->step->kind];
	return ((looks & NAME) && text_fits(j, f->name, false)) ||
	       ((looks & FULL) && text_fits(j, f->full, false)) ||
	       ((looks & MODULE) && text_fits(j, f->module, true));
}

static bool is_idle(const struct profile *p, uint32_t frame)
{
	if (p->frames[frame].kind == FRAME_INLINED)
		return false;
	struct str name = profile_function(p, frame);
	for (size_t i = 0; i < ARRAY_SIZE(idle_names); i++)
		if (str_eq(name, str_of(idle_names[i])))
			return true;
	return false;
}

static uint32_t plain_frame(struct profile *p, struct str name, enum frame_kind kind,
			    uint32_t module)
{
	name = str_trim(name);
	uint32_t id = profile_name_text(p, name.n ? name : STR("[no name]"));
	if (kind == FRAME_USER || kind == FRAME_OTHER)
		kind = frame_kind_of(intern_text(&p->text, id));
	return profile_frame(p, id, kind, ID_NONE, module);
}

/* "[libc.so.6]", as functions without a name are called there. */
static uint32_t module_frame(struct profile *p, uint32_t frame)
{
	struct frame f = p->frames[frame];
	struct str name = str_basename(intern_text(&p->text, f.module));
	struct buf text = { 0 };
	bool bare = !str_starts(name, STR("["));
	buf_addf(&text, "%s", bare ? "[" : "");
	buf_add(&text, name);
	buf_addf(&text, "%s", bare ? "]" : "");
	enum frame_kind kind = f.kind == FRAME_KERNEL ? FRAME_KERNEL : FRAME_OTHER;
	uint32_t id = plain_frame(p, buf_str(&text), kind, f.module);
	buf_free(&text);
	return id;
}

/* The frame that a step makes of a frame; the same when it leaves it alone. */
static uint32_t changed_frame(struct judging *j, uint32_t frame, bool fits,
			      struct buf *room)
{
	struct profile *p = j->run->profile;
	struct frame f = p->frames[frame];
	bool changed = true;
	if (j->step->kind == FILTER_COLLAPSE_MODULE)
		return fits ? module_frame(p, frame) : frame;
	buf_clear(room);
	if (j->step->kind == FILTER_RENAME)
		changed = rename_apply(j->step->rename, profile_name(p, frame), room);
	else
		rename_add_thread(room, profile_name(p, frame));
	if (!changed)
		return frame;
	return plain_frame(p, buf_str(room), f.kind, f.module);
}

static bool changes_frames(enum filter_kind kind)
{
	return kind == FILTER_RENAME || kind == FILTER_COLLAPSE_MODULE ||
	       kind == FILTER_MERGE_THREADS;
}

static void judge_frames(struct judging *j, uint32_t count)
{
	struct filter_run *r = j->run;
	uint64_t bit = UINT64_C(1) << j->number;
	struct buf room = { 0 };
	uint32_t *to = NULL;
	if (changes_frames(j->step->kind))
		to = r->to[j->number] = xcalloc(count, sizeof(*to));
	for (uint32_t i = 0; i < count; i++) {
		bool hit = j->step->kind == FILTER_NO_IDLE ? is_idle(r->profile, i) :
							     frame_fits(j, i);
		if (to) {
			to[i] = changed_frame(j, i, hit, &room);
			hit |= to[i] != i;
		}
		r->bits[i] |= hit ? bit : 0;
	}
	buf_free(&room);
}

/* Beginning and end */

static bool judges(const struct filter_step *s)
{
	return looks_at[s->kind] != 0 || s->kind == FILTER_NO_IDLE ||
	       changes_frames(s->kind);
}

static void judge(struct filter_run *r, unsigned number, size_t *capacity)
{
	struct profile *p = r->profile;
	struct judging j = {
		.run = r, .number = number, .step = &r->filter->steps[number],
		.known = xcalloc(p->text.count, 1),
	};
	uint32_t count = p->frame_count;
	if (*capacity < count) {
		r->bits = xreallocarray(r->bits, count, sizeof(*r->bits));
		memset(r->bits + *capacity, 0, (count - *capacity) * sizeof(*r->bits));
		*capacity = count;
	}
	if (judges(j.step))
		judge_frames(&j, count);
	if (j.step->kind == FILTER_TAG_FOCUS || j.step->kind == FILTER_TAG_IGNORE)
		r->tagged[number] = filter_tags_judge(j.step, p);
	free(j.known);
}

void filter_begin(struct filter_run *r, struct filter *f, struct profile *p, bool named)
{
	size_t capacity = 0;
	*r = (struct filter_run){ .filter = f, .profile = p, .named = named };
	if (filter_is_empty(f))
		return;
	r->to = xcalloc(f->count, sizeof(*r->to));
	r->tagged = xcalloc(f->count, sizeof(*r->tagged));
	if (filter_has(f, FILTER_MIN))
		r->other = plain_frame(p, STR("[other]"), FRAME_OTHER, ID_NONE);
	for (unsigned i = 0; i < f->count; i++) {
		f->steps[i].hits = f->steps[i].dropped = 0;
		judge(r, i, &capacity);
	}
	r->bits = xreallocarray(r->bits, p->frame_count + 1, sizeof(*r->bits));
	memset(r->bits + capacity, 0, (p->frame_count + 1 - capacity) * sizeof(*r->bits));
	r->place = xcalloc(p->text.count, sizeof(*r->place));
}

void filter_end(struct filter_run *r)
{
	for (unsigned i = 0; r->to && i < r->filter->count; i++) {
		free(r->to[i]);
		free(r->tagged[i]);
	}
	free(r->to);
	free(r->tagged);
	free(r->bits);
	free(r->place);
}
