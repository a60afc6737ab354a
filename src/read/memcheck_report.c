/* SPDX-License-Identifier: Apache-2.0 */
#include "read/memcheck_report.h"

#include <stdlib.h>

#include "base/num.h"

void memcheck_report_init(struct memcheck_report *r, struct input *in,
			  const struct want *want, struct profile *profile)
{
	*r = (struct memcheck_report){ .in = in, .want = want, .profile = profile };
	framestack_init(&r->places, profile, want);
}

void memcheck_report_free(struct memcheck_report *r)
{
	for (size_t i = 0; i < r->process_count; i++)
		free(r->processes[i].places);
	free(r->processes);
	free(r->records);
	free(r->pool);
	framestack_free(&r->places);
	suppressions_free(&r->suppressions);
}

uint32_t memcheck_report_add_process(struct memcheck_report *r, int64_t pid)
{
	ARRAY_RESERVE(r->processes, r->process_capacity, r->process_count + 1);
	struct memcheck_process *p = &r->processes[r->process_count];
	*p = (struct memcheck_process){ .pid = pid };
	p->is_shown[MEMCHECK_DEFINITE] = p->is_shown[MEMCHECK_POSSIBLE] = true;
	return (uint32_t)r->process_count++;
}

void memcheck_report_end_process(struct memcheck_process *p)
{
	p->ended = true;
	p->number = p->count = 0;
}

/* Leaks and errors */

static void begin(struct memcheck_report *r, uint32_t process,
		  struct memcheck_record record)
{
	struct memcheck_process *p = &r->processes[process];
	memcheck_report_end(r, process);
	p->is_open = true;
	p->now = record;
	p->now.process = process;
}

/* Loss records are numbered; where that begins again, leaks were looked for again. */
void memcheck_report_begin_leak(struct memcheck_report *r, uint32_t process,
				const struct memcheck_loss *loss)
{
	struct memcheck_process *p = &r->processes[process];
	if (loss->number <= p->number || loss->count != p->count)
		p->leak_set++;
	p->number = loss->number;
	p->count = loss->count;
	p->told_after |= p->ended;
	begin(r, process, (struct memcheck_record){
		.kind = loss->kind, .set = p->leak_set, .bytes = loss->direct,
		.blocks = loss->blocks,
	});
}

/* "[Invalid read of size 4]"; without the digits of addresses. */
static uint32_t error_frame(struct profile *p, struct str words)
{
	struct buf name = { 0 };
	buf_addf(&name, "[%s", str_chr(words, ' ') < 0 ? "error " : "");
	while (words.n > 0) {
		bool address = str_starts(words, STR("0x"));
		size_t n = address ? 2 : 1;
		buf_add(&name, str_head(words, n));
		while (address && n < words.n && num_hex_digit(words.p[n]) >= 0)
			n++;
		words = str_skip(words, n);
	}
	buf_addc(&name, ']');
	uint32_t frame = profile_frame(p, profile_name_text(p, buf_str(&name)),
				       FRAME_OTHER, ID_NONE, ID_NONE);
	buf_free(&name);
	return frame;
}

void memcheck_report_begin_error(struct memcheck_report *r, uint32_t process,
				 struct str words, int64_t times)
{
	begin(r, process, (struct memcheck_record){
		.kind = MEMCHECK_ERROR, .set = r->processes[process].error_set,
		.blocks = times, .error = error_frame(r->profile, words),
	});
}

bool memcheck_report_add_place(struct memcheck_report *r, uint32_t process,
			       const struct frametext *place)
{
	struct memcheck_process *p = &r->processes[process];
	struct memcheck_record *now = &p->now;
	if (now->depth == SAMPLES_DEPTH_MAX)
		return input_error(r->in, "stack of more than %d frames",
				   SAMPLES_DEPTH_MAX);
	ARRAY_RESERVE(p->places, p->places_capacity, now->depth + 1ull);
	p->places[now->depth++] = framestack_find(&r->places, place);
	now->suppressed |= now->kind != MEMCHECK_ERROR &&
			   suppressions_fit_place(&r->suppressions, place);
	return true;
}

uint32_t memcheck_report_end(struct memcheck_report *r, uint32_t process)
{
	struct memcheck_process *p = &r->processes[process];
	if (!p->is_open)
		return UINT32_MAX;
	p->is_open = false;
	p->now.first = r->pool_count;
	ARRAY_RESERVE(r->pool, r->pool_capacity, r->pool_count + p->now.depth);
	if (p->now.depth > 0)
		memcpy(r->pool + r->pool_count, p->places,
		       p->now.depth * sizeof(*p->places));
	r->pool_count += p->now.depth;
	ARRAY_RESERVE(r->records, r->record_capacity, r->record_count + 1);
	r->records[r->record_count] = p->now;
	return (uint32_t)r->record_count++;
}
