/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Files are usually sorted, so a line begins as the one before: the frames of that
 * beginning are taken over without looking at them.  What is left is looked up in steps,
 * those of many stacks together, so that the waits for memory overlap.
 *
 *	a;b;c      searches a b c
 *	a;b;d;e    shares 2, searches d e
 *	a;b;d;f    shares 3, searches f
 */
#include "read/folded_stacks.h"

#include <endian.h>
#include <stdlib.h>

void folded_stacks_init(struct folded_stacks *f, struct samples *out)
{
	*f = (struct folded_stacks){
		.out = out, .profile = out->profile, .last = STR(""),
		.sorted = out->profile->stack_count == 0,
	};
	buf_reserve(&f->line, 1);        /* to point into, even when it is empty */
	out->distinct = f->sorted;
}

void folded_stacks_free(struct folded_stacks *f)
{
	free(f->frame_of);
	free(f->frames);
	free(f->ends);
	buf_free(&f->line);
}

/* Frames */

uint32_t folded_stacks_frame(struct folded_stacks *f, struct str text)
{
	struct str raw = text;
	enum frame_kind kind = frame_kind_unmark(&text);
	if (kind == FRAME_USER)
		kind = frame_kind_of(text);
	uint32_t name = profile_name_text(f->profile, text);
	f->sorted &= str_eq(intern_text(&f->profile->text, name), text) &&
		     str_ends(raw, frame_kind_mark(kind));
	return profile_frame(f->profile, name, kind, ID_NONE, ID_NONE);
}

static uint32_t frame_of(struct folded_stacks *f, const struct intern_search *search)
{
	uint32_t id = intern_end(&f->profile->text, search);
	while (f->frame_count <= id) {
		ARRAY_RESERVE(f->frame_of, f->frame_capacity, (size_t)id + 1);
		f->frame_of[f->frame_count++] = ID_NONE;
	}
	if (f->frame_of[id] == ID_NONE)
		f->frame_of[id] = folded_stacks_frame(f, search->s);
	return f->frame_of[id];
}

static size_t frame_end(struct str stack, size_t at)
{
	ptrdiff_t semicolon = str_chr(str_skip(stack, at), ';');
	return semicolon < 0 ? stack.n : at + (size_t)semicolon;
}

/* What the stack has in common with the one before */

static uint64_t eight_bytes(const char *p)
{
	uint64_t bytes;
	memcpy(&bytes, p, sizeof(bytes));
	return le64toh(bytes);
}

static size_t common_start(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	while (i + 32 <= n && memcmp(a.p + i, b.p + i, 32) == 0)
		i += 32;
	for (; i + 8 <= n; i += 8) {
		uint64_t differ = eight_bytes(a.p + i) ^ eight_bytes(b.p + i);
		if (differ)
			return i + (size_t)__builtin_ctzll(differ) / 8;
	}
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

/* How many frames of the stack before stand unchanged at the start of this one. */
static uint32_t shared_frames(const struct folded_stacks *f, struct str stack)
{
	size_t same = common_start(f->last, stack);
	bool ends = same == stack.n || stack.p[same] == ';';
	uint32_t shared = f->depth;
	while (shared > 0 && f->ends[shared - 1] + !ends > same)
		shared--;
	return shared;
}

/*
 * How the stack, which shares some frames with the one before, compares with
 * it: <0 before it, 0 the same, >0 behind it.
 */
static int compare_with_last(const struct folded_stacks *f, struct str stack,
			     uint32_t shared)
{
	size_t at = shared ? f->ends[shared - 1] + 1 : 0;
	if (shared == f->depth)
		return at <= stack.n || shared == 0;
	if (at > stack.n)
		return -1;
	struct str last = str_span(f->last.p + at, f->last.p + f->ends[shared]);
	return str_cmp(str_span(stack.p + at, stack.p + frame_end(stack, at)), last);
}

/* Stacks that come in order are known to be new ones. */
static void watch_order(struct folded_stacks *f, struct str stack, uint32_t shared)
{
	if (!f->sorted)
		return;
	int order = compare_with_last(f, stack, shared);
	f->sorted = order >= 0;
	if (order <= 0 && f->out->distinct) {
		samples_flush(f->out);
		f->out->distinct = false;
	}
}

/* Looking up */

void folded_stacks_hand_over(struct folded_stacks *f)
{
	struct intern *text = &f->profile->text;
	uint32_t at = 0;
	for (uint32_t i = 0; i < f->search_count; i++)
		intern_guess(text, &f->searches[i]);
	for (uint32_t i = 0; i < f->search_count; i++)
		intern_fetch(text, &f->searches[i]);
	for (uint32_t i = 0; i < f->waiting_count; i++) {
		const struct folded_stacks_waiting *w = &f->waiting[i];
		size_t depth = w->shared;
		ARRAY_RESERVE(f->frames, f->frames_capacity, depth + w->end - at + 1);
		while (at < w->end)
			f->frames[depth++] = frame_of(f, &f->searches[at++]);
		if (w->goes_on)
			continue;
		sample_push_all(f->out, f->frames, 0, depth);
		sample_end(f->out, f->group, (int64_t[]){ w->value, 1 });
	}
	f->search_count = f->waiting_count = 0;
}

static void add_waiting(struct folded_stacks *f, uint32_t shared, bool goes_on,
			int64_t value)
{
	f->waiting[f->waiting_count++] = (struct folded_stacks_waiting){
		.shared = shared, .end = f->search_count, .goes_on = goes_on, .value = value,
	};
	if (goes_on || f->waiting_count == FOLDED_STACKS_WAITING)
		folded_stacks_hand_over(f);
}

bool folded_stacks_add(struct folded_stacks *f, struct str stack, int64_t value)
{
	uint32_t shared = shared_frames(f, stack);
	size_t at = shared ? f->ends[shared - 1] + 1 : 0;
	watch_order(f, stack, shared);
	f->depth = shared;
	for (; at <= stack.n && f->depth < SAMPLES_DEPTH_MAX; at = f->ends[f->depth++] + 1) {
		if (f->search_count == FOLDED_STACKS_SEARCHES) {
			add_waiting(f, shared, true, 0);
			shared = f->depth;
		}
		ARRAY_RESERVE(f->ends, f->ends_capacity, (size_t)f->depth + 1);
		f->ends[f->depth] = frame_end(stack, at);
		struct intern_search *search = &f->searches[f->search_count++];
		search->s = str_span(stack.p + at, stack.p + f->ends[f->depth]);
		intern_begin(&f->profile->text, search);
	}
	add_waiting(f, shared, false, value);
	f->last = stack;
	return f->depth < SAMPLES_DEPTH_MAX;
}

void folded_stacks_keep(struct folded_stacks *f)
{
	folded_stacks_hand_over(f);
	if (f->last.p != f->line.p) {
		buf_clear(&f->line);
		buf_add(&f->line, f->last);
	}
	f->last = buf_str(&f->line);
}
