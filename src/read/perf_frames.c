/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Inlined frames come one after the other with the same address, innermost
 * first, and then the function they were compiled into, with its module:
 *
 *	    1165 std::vector<int>::size+0x15 (inlined)
 *	    1165 sum+0x15 (inlined)
 *	    1165 main+0x15 (/usr/bin/app)
 *	   27304 __libc_start_main_impl+0x84 (inlined)
 *	    11e0 _start+0x20 (/usr/bin/app)
 *
 * But perf says of that function as well that it is inlined where symbol table
 * and debug information differ in its name.  So the last frame of a run of one
 * address is a function, as __libc_start_main_impl here.  With source lines,
 * they say what is inlined, and stand between.
 *
 * With some versions of addr2line a run begins with the function, by its name in
 * the symbol table, where the innermost inlined one should be.  That one's name
 * is lost, and the function is shown once, at its place:
 *
 *	    1165 Bag::total+0x15 (/usr/bin/app)
 *	    1165 sum+0x15 (inlined)
 *	    1165 total+0x15 (inlined)
 */
#include "read/perf_frames.h"

#include "base/num.h"

void perf_frames_init(struct perf_frames *f, struct samples *out, const struct want *want)
{
	*f = (struct perf_frames){ .out = out, .last = PERF_LOCATION_NONE };
	locations_init(&f->locations, out->profile, want);
}

void perf_frames_free(struct perf_frames *f)
{
	locations_free(&f->locations);
}

void perf_frames_push_plain(struct perf_frames *f, uint32_t location)
{
	uint32_t count, frame = f->locations.frame[location];
	f->last = location;
	if (frame != LOCATION_MANY) {
		sample_push(f->out, frame);
		return;
	}
	const uint32_t *frames = location_frames(&f->locations, location, &count);
	sample_push_all(f->out, frames, 0, count);
}

static void pop_location(struct perf_frames *f, uint32_t location)
{
	uint32_t count;
	location_frames(&f->locations, location, &count);
	for (; count > 0 && sample_depth(f->out) > 0; count--)
		sample_pop(f->out);
}

/* Runs of inlined frames */

static bool is_frame(struct str line)
{
	return line.n >= PERF_ADDRESS_END && line.p[0] == '\t';
}

static bool has_address(struct str line, const char address[PERF_ADDRESS_END])
{
	return is_frame(line) && memcmp(line.p, address, PERF_ADDRESS_END) == 0;
}

/*
 * An inlined frame will be pushed, of that line; the one pushed last is
 * "function" when it has the same address, or PERF_LOCATION_NONE.
 */
static void extend_run(struct perf_frames *f, uint32_t location, struct str line,
		       uint32_t function)
{
	struct perf_run *run = &f->run;
	if (!run->open) {
		if (!is_frame(line))
			return;
		run->open = true;
		run->function = function;
		memcpy(run->address, line.p, PERF_ADDRESS_END);
		if (function != PERF_LOCATION_NONE)
			pop_location(f, function);
	}
	run->location = location;
	run->last = true;
}

static void end_run(struct perf_frames *f)
{
	struct perf_run *run = &f->run;
	run->open = false;
	if (!run->last)
		return;
	uint32_t function = run->function;
	uint64_t address = 0;
	num_hex(str_trim((struct str){ run->address, PERF_ADDRESS_END }), &address);
	if (function == PERF_LOCATION_NONE)
		function = location_as_function(&f->locations, run->location, address);
	pop_location(f, run->location);
	perf_frames_push_plain(f, function);
}

void perf_frames_begin(struct perf_frames *f)
{
	f->last = PERF_LOCATION_NONE;
	f->run.open = f->run.last = false;
	f->function_address[0] = '\0';
}

void perf_frames_end(struct perf_frames *f)
{
	if (f->run.open)
		end_run(f);
}

void perf_frames_next(struct perf_frames *f, struct str line)
{
	if (f->run.open && !has_address(line, f->run.address) &&
	    !str_starts(line, STR("  ")))
		end_run(f);
}

/* Lines */

void perf_frames_push(struct perf_frames *f, uint32_t location, struct str line,
		      struct str before)
{
	f->run.last = false;
	if (location_is_inlined(&f->locations, location)) {
		bool behind = is_frame(line) && has_address(before, line.p);
		extend_run(f, location, line, behind ? f->last : PERF_LOCATION_NONE);
	}
	perf_frames_push_plain(f, location);
}

/*
 * "file.c:12" of "  file.c:12 (inlined)"; empty when no line is known, as in
 * "??:0" and "libc.so.6[163531]".
 */
static struct str source_of(struct str line, bool *inlined)
{
	line = str_trim(line);
	*inlined = str_ends(line, STR("(inlined)"));
	if (*inlined)
		line = str_trim(str_head(line, line.n - STR("(inlined)").n));
	ptrdiff_t more = str_find(line, STR(" (discriminator "));
	if (more > 0)
		line = str_head(line, (size_t)more);
	ptrdiff_t colon = str_rchr(line, ':');
	bool known = colon > 0 && num_is_digits(str_skip(line, (size_t)colon + 1)) &&
		     !str_starts(line, STR("??"));
	return known ? line : STR("");
}

void perf_frames_source(struct perf_frames *f, uint32_t text, struct str before)
{
	struct profile *profile = f->out->profile;
	if (f->last == PERF_LOCATION_NONE)
		return;
	bool inlined;
	struct str line = source_of(intern_text(&profile->text, text), &inlined);
	pop_location(f, f->last);
	text = line.n ? profile_text(profile, line) : ID_NONE;
	uint32_t location = location_with_line(&f->locations, f->last, text, inlined);
	bool behind = has_address(before, f->function_address) &&
		      sample_depth(f->out) == f->function_depth;
	f->run.last = false;
	if (inlined)
		extend_run(f, location, before,
			   behind ? f->function : PERF_LOCATION_NONE);
	perf_frames_push_plain(f, location);
	f->last = PERF_LOCATION_NONE;
	if (!inlined && is_frame(before)) {
		f->function = location;
		f->function_depth = sample_depth(f->out);
		memcpy(f->function_address, before.p, PERF_ADDRESS_END);
	}
}

void perf_frames_known(struct perf_frames *f, uint32_t value, struct str line,
		       struct str before)
{
	if (value & PERF_SOURCE_LINE)
		perf_frames_source(f, value & ~PERF_SOURCE_LINE, before);
	else
		perf_frames_push(f, value, line, before);
}
