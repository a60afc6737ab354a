/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	t 7f1cb7de6b9f 0         t 1 0
 *	t 7f1cb7dd0b03 1         t 2 1
 *
 * is trace 1, where a thread begins, and trace 2, which was called there; raw on the
 * left, with addresses, and interpreted on the right.  The recorder keeps 62 addresses
 * of a stack, those nearest to the leaf.
 */
#include "read/heaptrack_traces.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/quality.h"

/* Few lines make many stacks that share their callers, each of which is copied. */
enum { RECORDED_MAX = 62, DEPTH_MAX = 512, FRAMES_MAX = 4096 };

void heaptrack_traces_init(struct heaptrack_traces *t, struct input *in,
			   struct profile *profile, const struct want *want)
{
	*t = (struct heaptrack_traces){
		.in = in, .profile = profile, .truncated = ID_NONE,
	};
	heaptrack_modules_init(&t->modules, in, profile, want);
	heaptrack_names_init(&t->names, in, profile, want);
}

void heaptrack_traces_free(struct heaptrack_traces *t)
{
	heaptrack_modules_free(&t->modules);
	heaptrack_names_free(&t->names);
	free(t->items);
	free(t->frames);
}

static uint32_t count_frames(const struct heaptrack_traces *t, uint32_t place)
{
	uint32_t count;
	if (!t->is_raw)
		return heaptrack_names_depth(&t->names, place);
	symbolizer_frames(t->modules.symbolizer, place, &count);
	return count;
}

static bool add(struct heaptrack_traces *t, uint32_t place, uint32_t parent)
{
	const struct heaptrack_trace *caller = parent ? &t->items[parent - 1] : NULL;
	uint32_t depth = (caller ? caller->depth : 0) + 1;
	uint32_t frames = (caller ? caller->frames : 0) + count_frames(t, place);
	if (depth > DEPTH_MAX)
		return input_error(t->in, "a stack of more than %d addresses", DEPTH_MAX);
	if (frames > FRAMES_MAX)
		return input_error(t->in, "a stack of more than %d functions", FRAMES_MAX);
	ARRAY_RESERVE(t->items, t->capacity, t->count + 1ull);
	t->items[t->count++] = (struct heaptrack_trace){
		.place = place, .parent = parent, .depth = depth, .frames = frames,
	};
	return true;
}

bool heaptrack_traces_add(struct heaptrack_traces *t, struct str rest, uint64_t back)
{
	uint64_t place, parent;
	rest = str_trim(rest);
	if (!num_hex(str_cut(&rest, ' '), &place) ||
	    !num_hex(str_cut(&rest, ' '), &parent) || rest.n)
		return input_error(t->in, "numbers are wrong or missing");
	if (parent > t->count)
		return input_error(t->in, "there is no trace 0x%" PRIx64 " yet", parent);
	if (!t->is_raw && (place == 0 || place > t->names.count))
		return input_error(t->in, "there is no address number 0x%" PRIx64 " yet",
				   place);
	if (t->count == INT32_MAX)
		return input_error(t->in, "too many traces");
	if (t->is_raw)
		place = heaptrack_modules_place(&t->modules, place - back);
	return add(t, (uint32_t)place, (uint32_t)parent);
}

static const uint32_t *frames_of(struct heaptrack_traces *t, uint32_t place,
				 uint32_t *count)
{
	return t->is_raw ? symbolizer_frames(t->modules.symbolizer, place, count) :
			   heaptrack_names_frames(&t->names, place, count);
}

/* Suppressions */

static struct str text_of(const struct heaptrack_traces *t, uint32_t id)
{
	return id >= ID_SEVERAL ? STR("") : intern_text(&t->profile->text, id);
}

static bool place_fits(struct heaptrack_traces *t, uint32_t place,
		       const struct suppressions *s)
{
	if (!t->is_raw)
		return heaptrack_names_fit(&t->names, place, s);
	uint32_t count;
	const uint32_t *frames = frames_of(t, place, &count);
	for (uint32_t i = 0; i < count; i++) {
		const struct frame *frame = &t->profile->frames[frames[i]];
		if (suppressions_fit(s, profile_name(t->profile, frames[i])) ||
		    suppressions_fit(s, text_of(t, frame->full)) ||
		    suppressions_fit(s, text_of(t, frame->module)))
			return true;
	}
	return false;
}

static uint32_t largest_place(const struct heaptrack_traces *t)
{
	uint32_t largest = 0;
	for (uint32_t i = 0; i < t->count; i++)
		if (t->items[i].place > largest)
			largest = t->items[i].place;
	return largest;
}

void heaptrack_traces_suppress(struct heaptrack_traces *t, const struct suppressions *s)
{
	enum { UNKNOWN, FITS, FITS_NOT };
	unsigned char *known;
	if (s->count == 0)
		return;
	known = xcalloc((size_t)largest_place(t) + 1, sizeof(*known));
	for (uint32_t i = 0; i < t->count; i++) {
		struct heaptrack_trace *trace = &t->items[i];
		unsigned char *place = &known[trace->place];
		if (*place == UNKNOWN)
			*place = place_fits(t, trace->place, s) ? FITS : FITS_NOT;
		trace->is_suppressed = *place == FITS ||
			heaptrack_traces_is_suppressed(t, trace->parent);
	}
	free(known);
}

/* Stacks */

/* "operator new(unsigned long)", "operator new[]": all of the leaf's callers want them. */
static bool is_operator_new(const struct heaptrack_traces *t, uint32_t frame)
{
	struct str name = profile_name(t->profile, frame);
	if (!str_starts(name, STR("operator new")))
		return false;
	name = str_skip(name, STR("operator new").n);
	if (str_starts(name, STR("[]")))
		name = str_skip(name, 2);
	return name.n == 0 || strchr("(:+", name.p[0]) != NULL;
}

static uint32_t truncated_frame(struct heaptrack_traces *t)
{
	if (t->truncated == ID_NONE)
		t->truncated = profile_frame(t->profile,
					     profile_text(t->profile, STR("[truncated]")),
					     FRAME_OTHER, ID_NONE, ID_NONE);
	return t->truncated;
}

static size_t collect(struct heaptrack_traces *t, uint32_t trace)
{
	size_t depth = 0;
	while (trace > 0) {
		uint32_t count;
		const struct heaptrack_trace *item = &t->items[trace - 1];
		const uint32_t *frames = frames_of(t, item->place, &count);
		ARRAY_RESERVE(t->frames, t->frame_capacity, depth + count + 1);
		for (uint32_t i = 0; i < count; i++)
			t->frames[depth++] = frames[i];
		trace = item->parent;
	}
	return depth;
}

void heaptrack_traces_push(struct heaptrack_traces *t, struct samples *out,
			   uint32_t trace)
{
	size_t depth = collect(t, trace), first = 0;
	bool is_full = trace > 0 && t->items[trace - 1].depth >= RECORDED_MAX;
	while (first + 1 < depth && is_operator_new(t, t->frames[first]))
		first++;
	if (is_full &&
	    !quality_is_root(profile_function(t->profile, t->frames[depth - 1])))
		t->frames[depth++] = truncated_frame(t);
	sample_push_all(out, t->frames, first, depth - first);
}
