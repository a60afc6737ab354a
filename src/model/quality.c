/* SPDX-License-Identifier: Apache-2.0 */
#include "model/quality.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/message.h"
#include "model/events.h"

enum { ROOT_FRAMES = 3, BAD_PERCENT = 20 };

/* Functions in which threads, processes and entries into the kernel begin. */
bool quality_is_root(struct str name)
{
	static const struct str exact[] = {
		STR("_start"), STR("main"), STR("start_thread"),
		STR("swapper"), STR("start_kernel"), STR("kthread"),
		STR("cpu_startup_entry"), STR("_dl_start_user"),
		STR("(below main)"),
	};
	static const struct str starts[] = {
		STR("clone"), STR("__clone"), STR("__GI___clone"),
		STR("__libc_start"), STR("entry_"), STR("ret_from_fork"),
		STR("secondary_startup"), STR("asm_"), STR("system_call"),
		STR("sysenter"), STR("el0"),
		STR("runtime.goexit"), STR("runtime.mstart"),
		STR("runtime.mcall"), STR("runtime.rt0"),
		STR("common_startup"), STR("generic_start_main"),
		STR("__start_thread"), STR("thread_start"),
		STR("x86_64_start"), STR("_start_"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(exact); i++)
		if (str_eq(name, exact[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (str_starts(name, starts[i]))
			return true;
	return str_ends(name, STR("::main"));    /* of Rust, cut there by dhat-rs */
}

/*
 * "[libc.so.6]", "[libc.so.6 <12ab>]"; not "[truncated]" and "[below 1.00%]", words of
 * readers.
 */
static bool is_unknown(const struct profile *p, uint32_t frame)
{
	struct str name = profile_name(p, frame);
	return name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']' &&
	       !str_eq(name, STR("[truncated]")) &&
	       (str_chr(name, ' ') < 0 || str_ends(name, STR(">]")));
}

struct measuring {
	const struct profile *p;
	struct quality *q;
	bool *known_root, *unknown;      /* by frame id */
	uint64_t *unknown_count;
};

static void measure_stack(struct measuring *m, const struct stack *s, uint64_t samples)
{
	struct quality *q = m->q;
	q->samples += samples;
	q->frames += samples * s->depth;
	bool rooted = false;
	for (uint32_t i = 0; i < s->depth; i++) {
		uint32_t frame = profile_stack_frame(m->p, s, i);
		rooted |= i < ROOT_FRAMES && m->known_root[frame];
		if (m->unknown[frame])
			m->unknown_count[frame] += samples;
		if (m->p->frames[frame].kind == FRAME_INLINED)
			q->inlined_frames += samples;
	}
	q->rootless += rooted ? 0 : samples;
}

/* "[libc.so.6+0x27249]" and others of that file are counted together. */
static void sum_unknown(struct measuring *m)
{
	const struct profile *p = m->p;
	uint64_t *count = xcalloc(p->text.count, sizeof(*count)), most = 0;
	for (uint32_t i = 0; i < p->frame_count; i++) {
		const struct frame *f = &p->frames[i];
		bool has_module = f->module != ID_NONE && f->module != ID_SEVERAL;
		uint64_t *sum = &count[has_module ? f->module : f->name];
		m->q->unknown_frames += m->unknown_count[i];
		*sum += m->unknown_count[i];
		if (*sum > most) {
			most = *sum;
			m->q->unknown_module = profile_name(p, i);
		}
	}
	free(count);
}

void quality_measure(struct quality *q, const struct profile *p,
		     const uint32_t *events, unsigned event_count)
{
	*q = (struct quality){ 0 };
	struct measuring m = {
		.p = p, .q = q,
		.known_root = xcalloc(p->frame_count, sizeof(bool)),
		.unknown = xcalloc(p->frame_count, sizeof(bool)),
		.unknown_count = xcalloc(p->frame_count, sizeof(uint64_t)),
	};
	for (uint32_t i = 0; i < p->frame_count; i++) {
		m.known_root[i] = quality_is_root(profile_function(p, i));
		m.unknown[i] = is_unknown(p, i);
	}
	unsigned last = p->column_count - 1;
	for (uint32_t i = 0; i < p->stack_count; i++) {
		const struct stack *s = &p->stacks[i];
		int64_t samples = p->columns[last].is_samples ?
			p->values[(size_t)i * COLUMNS_MAX + last] : 1;
		if (events_is_chosen(events, event_count, p->groups[s->group].event))
			measure_stack(&m, s, (uint64_t)samples);
	}
	sum_unknown(&m);
	free(m.known_root);
	free(m.unknown);
	free(m.unknown_count);
}

static unsigned percent(uint64_t part, uint64_t whole)
{
	return whole ? (unsigned)((double)part * 100 / (double)whole) : 0;
}

static void add_module(struct buf *out, struct str frame)
{
	ptrdiff_t offset = str_find(frame, STR("+0x"));
	message_visible(out, offset > 0 ? str_head(frame, (size_t)offset) : frame);
	if (offset > 0)
		buf_addc(out, ']');
}

void quality_add_hint(struct buf *out, const struct quality *q,
		      const struct quality_advice *advice)
{
	unsigned unknown = percent(q->unknown_frames, q->frames);
	unsigned rootless = percent(q->rootless, q->samples);
	if (q->samples == 0)
		return;
	uint64_t called = q->frames - q->inlined_frames;
	if (called <= q->samples && q->rootless > 0 && advice->no_chains) {
		buf_addf(out, "hint: recorded without call chains; %s",
			 advice->no_chains);
	} else if (unknown >= BAD_PERCENT && advice->unknown) {
		buf_addf(out, "hint: %u %% of frames have no name, most of them ",
			 unknown);
		add_module(out, q->unknown_module);
		buf_addf(out, "; %s", advice->unknown);
	} else if (rootless >= BAD_PERCENT && advice->rootless) {
		buf_addf(out, "hint: %u %% of stacks do not reach the start of a thread; "
			      "%s", rootless, advice->rootless);
	}
}
