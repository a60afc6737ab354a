/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What perf record has written, without perf: perfdata_file.c knows its form.
 *
 *	file    ->  records            perfdata_file, perfdata_info, perfdata_events
 *	        ->  in order of time   perfdata_queue, perfdata_parts
 *	        ->  who ran, and what was mapped there    perfdata_world, perfdata_tasks
 *	sample  ->  its parts          perfdata_sample
 *	        ->  places, numbers for bytes of files    perfdata_chain, perfdata_places,
 *	                               perfdata_deferred for stacks in two parts
 *	place   ->  frames             perfdata_names: perfdata_kernel, perfdata_jitmap, and
 *	                               the symbolizer for ELF files; perfdata_unknown tells
 *	                               of those that have none
 *
 * A recording of a million samples has some ten thousand places.  So stacks of places are
 * counted first, by the machinery that counts stacks of frames; each place
 * gets its frames once, at the end, and the stacks are counted again.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "io/elf.h"
#include "model/events.h"
#include "read/perfdata_chain.h"
#include "read/perfdata_deferred.h"
#include "read/perfdata_names.h"
#include "read/perfdata_parts.h"
#include "read/perfdata_sample.h"
#include "read/perfdata_unknown.h"
#include "read/perfdata_unwind.h"
#include "read/perfdata_world.h"

enum { TRACEPOINT = 2 };                 /* type of an event */

struct perfdata {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	bool by_weight;

	struct perfdata_events events;
	struct perfdata_info info;
	struct perfdata_parts parts;
	struct perfdata_world world;
	struct perfdata_unwind unwind;
	struct perfdata_deferred deferred;

	/* Stacks of places; the events of its groups are those of the file. */
	struct profile counted;
	struct samples samples;

	uint64_t start, latest;          /* times of the first sample and the last */
	bool has_start;
	uint64_t lost, lost_samples, outside;
	uint64_t *met;                   /* by place: in how many samples, at the end */
};

/* Samples: where they belong */

static uint32_t comm_of(struct perfdata *p, const struct perfdata_sample *s,
			const struct perfdata_thread *thread)
{
	char text[16];
	if (s->pid == 0 && s->tid == 0)
		return profile_text(p->profile, STR("swapper"));
	if (thread->comm != ID_NONE)
		return thread->comm;
	snprintf(text, sizeof(text), ":%d", (int)s->tid);
	return profile_text(p->profile, str_of(text));
}

static uint32_t group_of(struct perfdata *p, uint32_t event,
			 const struct perfdata_sample *s,
			 const struct perfdata_thread *thread)
{
	const struct want *want = p->want;
	struct group g = {
		.event = event,
		.comm = want_comm(want) ? comm_of(p, s, thread) : ID_NONE,
		.pid = want_pid(want) ? (int32_t)s->pid : -1,
		.tid = want_tid(want) ? (int32_t)s->tid : -1,
		.cpu = want_cpu(want) ? (int32_t)s->cpu : -1,
	};
	return profile_group(&p->counted, &g);
}

/* Samples */

static void add_sample(struct perfdata *p, const struct perfdata_event *event,
		       const struct perfdata_sample *s, uint16_t misc, uint64_t period)
{
	const struct perfdata_thread *thread =
		perfdata_tasks_thread(&p->world.tasks, s->pid, s->tid);
	uint32_t group = group_of(p, (uint32_t)(event - p->events.items), s, thread);
	const struct perfdata_space *user =
		perfdata_world_space(&p->world, thread, s->time);
	int64_t values[COLUMNS_MAX] = { (int64_t)period, 1 };
	p->samples.time = event->sample_type & PERFDATA_TIME ? (int64_t)s->time :
							       MOMENT_UNKNOWN;
	uint64_t cookie = perfdata_chain_push(&p->world, &p->samples, event, s, user, misc);
	if (cookie != 0) {
		perfdata_deferred_keep(&p->deferred, &p->samples, &(struct perfdata_waiting){
			.cookie = cookie, .pid = s->pid, .tid = s->tid, .group = group,
			.time = p->samples.time, .values = { values[0], values[1] } });
		return;
	}
	if (perfdata_unwind_wanted(s))
		perfdata_unwind_push(&p->unwind, &p->world, &p->samples, event, s, user);
	if (sample_depth(&p->samples) == 0)
		p->out->frameless++;
	sample_end(&p->samples, group, values);
}

/* What of the period counts; perf script shows no period of tracepoints. */
static uint64_t value_of(const struct perfdata *p, const struct perfdata_event *event,
			 const struct perfdata_sample *s)
{
	if (p->by_weight)
		return s->weight;
	return event->type == TRACEPOINT ? 1 : s->period;
}

/*
 * A sample with values of counters stands for one of each event whose counter has moved
 * since it was read last, by as much.
 */
static void add_readings(struct perfdata *p, const struct perfdata_event *event,
			 const struct perfdata_sample *s, uint16_t misc)
{
	struct perfdata_reading reading;
	for (uint64_t i = 0; perfdata_sample_reading(event, s->read, i, &reading); i++) {
		struct perfdata_id *id = perfdata_events_find(&p->events, reading.id);
		if (id == NULL) {
			if (!(event->read_format & PERFDATA_READ_ID))
				add_sample(p, event, s, misc, value_of(p, event, s));
			continue;
		}
		const struct perfdata_event *of = &p->events.items[id->event];
		if (of->inherit && event->sample_type & PERFDATA_TID)
			id = perfdata_events_of_thread(&p->events, id, s->tid);
		uint64_t moved = reading.value - id->value;
		id->value = reading.value;
		if (moved > 0 && moved <= INT64_MAX)
			add_sample(p, of, s, misc, p->by_weight ? s->weight : moved);
	}
}

static bool is_in_window(struct perfdata *p, const struct perfdata_event *event,
			 uint64_t time)
{
	const struct want_window *w = &p->want->window;
	if (!w->is_set || !(event->sample_type & PERFDATA_TIME))
		return true;
	if (!p->has_start)
		p->start = time;
	p->has_start = true;
	int64_t since = time < p->start ? 0 : (int64_t)(time - p->start);
	return want_window_has(w, since);
}

static bool read_sample(struct perfdata *p, const struct perfdata_record *r)
{
	struct perfdata_sample s;
	const struct perfdata_event *event = perfdata_events_sample(&p->events, r->body);
	if (event == NULL) {
		input_warn(p->in, "samples of an event that is not described", STR(""));
		return true;
	}
	if (!perfdata_sample_parse(&s, event, r->body))
		return input_error_at(p->in, p->in->line, "a sample of %zu bytes, which "
				      "its event does not fit", r->body.n);
	if (!is_in_window(p, event, s.time)) {
		p->outside++;
		return true;
	}
	if (s.time > p->latest)
		p->latest = s.time;
	if (s.period > INT64_MAX)
		return input_error_at(p->in, p->in->line, "period is too large");
	if (event->sample_type & PERFDATA_READ && s.read.n > 0)
		add_readings(p, event, &s, r->misc);
	else
		add_sample(p, event, &s, r->misc, value_of(p, event, &s));
	return true;
}

/* The other part of samples that wait for it. */
static bool read_deferred(struct perfdata *p, const struct perfdata_record *r, uint64_t time)
{
	struct perfdata_sample s;
	const struct perfdata_waiting *w;
	uint64_t cookie;
	if (!perfdata_sample_deferred(&s, r->body, &cookie))
		return input_error_at(p->in, p->in->line, "a call chain that is longer than "
				      "its record of %zu bytes", r->body.n);
	while ((w = perfdata_deferred_next(&p->deferred, &p->samples, cookie))) {
		const struct perfdata_thread *thread =
			perfdata_tasks_thread(&p->world.tasks, w->pid, w->tid);
		perfdata_chain_push_deferred(&p->world, &p->samples, &s,
					     perfdata_world_space(&p->world, thread, time));
		sample_end(&p->samples, w->group, w->values);
	}
	return true;
}

static void read_lost(struct perfdata *p, const struct perfdata_record *r)
{
	if (r->type == PERFDATA_LOST && r->body.n >= 16)
		p->lost += perfdata_u64(r->body.p + 8);
	else if (r->type == PERFDATA_LOST_SAMPLES && r->body.n >= 8 &&
		 !(r->misc & PERFDATA_NOT_LOST))
		p->lost_samples += perfdata_u64(r->body.p);
}


static bool read_record(struct perfdata *p, const struct perfdata_record *r, uint64_t time)
{
	switch (r->type) {
	case PERFDATA_SAMPLE:
		return read_sample(p, r);
	case PERFDATA_DEFERRED:
		return read_deferred(p, r, time);
	case PERFDATA_LOST:
	case PERFDATA_LOST_SAMPLES:
		read_lost(p, r);
		return true;
	default:
		p->world.monotonic = p->events.count > 0 && p->events.items[0].monotonic;
		return perfdata_world_change(&p->world, r);
	}
}

static bool read_records(struct perfdata *p)
{
	struct perfdata_record record;
	uint64_t time;
	while (perfdata_parts_next(&p->parts, &record, &time))
		if (!read_record(p, &record, time))
			return false;
	return !p->in->failed;
}

/* At the end: names, events, and the samples again */

static struct str event_name(struct perfdata *p, const struct perfdata_event *event)
{
	return event->name.n ? event->name :
			       perfdata_events_name(&p->info.arena, event);
}

/* The group of the profile for one of counted; ID_NONE: its event is not wanted. */
static uint32_t make_group(struct perfdata *p, struct group g)
{
	const struct perfdata_event *event = &p->events.items[g.event];
	struct str name = event_name(p, event);
	bool has_period = event->type != TRACEPOINT;
	struct str unit = p->by_weight ? STR("weight") :
			  has_period   ? events_unit(name) : STR("samples");
	g.event = profile_event(p->profile, name, unit);
	return events_match(p->profile->events[g.event].name, p->want) ?
		       profile_group(p->profile, &g) : ID_NONE;
}

static void push_stack(struct perfdata *p, const struct perfdata_names *names,
		       const struct stack *stack, uint64_t samples)
{
	for (uint32_t i = 0; i < stack->depth; i++) {
		uint32_t place = p->counted.pool[stack->first + i];
		uint32_t first = names->first[place];
		p->met[place] += samples;
		sample_push_all(p->out, names->frames, first,
				names->first[place + 1] - first);
	}
}

/* Hands over samples of a stack, in a group of the profile, or in none that is wanted. */
static void push_samples(struct perfdata *p, const struct perfdata_names *names,
			 const struct stack *stack, uint32_t group, const int64_t *values)
{
	uint64_t samples = (uint64_t)values[1];
	if (group == ID_NONE) {
		p->out->filtered += samples;
		return;
	}
	push_stack(p, names, stack, samples);
	sample_end(p->out, group, values);
	p->out->count += samples - 1;
}

/* One by one, where it is wanted when each of them was. */
static void push_all(struct perfdata *p, const struct perfdata_names *names)
{
	struct profile *counted = &p->counted;
	uint32_t *groups = xcalloc((size_t)counted->group_count + 1, sizeof(*groups));
	for (uint32_t i = 0; i < counted->group_count; i++)
		groups[i] = make_group(p, counted->groups[i]);
	for (size_t i = 0; counted->moments && i < counted->moments->count; i++) {
		const struct moment *m = &counted->moments->items[i];
		const struct stack *stack = &counted->stacks[m->stack];
		p->out->time = m->time;
		push_samples(p, names, stack, groups[stack->group],
			     (int64_t[COLUMNS_MAX]){ m->value, 1 });
	}
	for (uint32_t i = 0; !counted->moments && i < counted->stack_count; i++)
		push_samples(p, names, &counted->stacks[i],
			     groups[counted->stacks[i].group],
			     &counted->values[(size_t)i * COLUMNS_MAX]);
	p->profile->overflow |= counted->overflow;
	free(groups);
}

static void finish(struct perfdata *p)
{
	struct perfdata_names names;
	const struct perfdata_names_of of = {
		.in = p->in, .want = p->want, .profile = p->profile,
		.places = &p->world.places, .info = &p->info, .kernel = p->world.kernel,
		.kernel_text = p->world.kernel_text, .latest = p->latest,
	};
	perfdata_deferred_end(&p->deferred, &p->samples);
	samples_flush(&p->samples);
	p->out->frameless += p->samples.frameless;
	perfdata_names_make(&names, &of);
	p->met = xcalloc((size_t)p->world.places.count + 1, sizeof(*p->met));
	push_all(p, &names);
	perfdata_unknown_tell(p->in, &p->world.places, names.why, p->met);
	free(p->met);
	perfdata_names_free(&names);
	p->out->filtered += p->outside;
	input_warn_many(p->in, "stacks that are longer than what perf kept of them "
			"(perf record --call-graph dwarf,65528 keeps more)",
			p->unwind.cut_off);
	if (p->unwind.cut_off > 0)
		p->in->advice.rootless = "keep more of each stack: perf record --call-graph "
					 "dwarf,65528";
	input_warn_many(p->in, elf_is_supported() ?
			"stacks of programs of 32 bits, which are not unwound" :
			"stacks not unwound, as this program was made without elfutils",
			p->unwind.other_machine);
	input_warn_many(p->in, "samples whose user stack, in a record of its own, was lost",
			p->deferred.alone);
	if (p->lost_samples > 0)
		input_warn_many(p->in, "samples lost", p->lost_samples);
	else
		input_warn_many(p->in, "records lost", p->lost);
	if (p->profile->title.n == 0)
		p->profile->title = profile_keep(p->profile,
						 perfdata_info_title(&p->info));
}

static void init(struct perfdata *p)
{
	perfdata_world_init(&p->world, p->in, p->want, p->profile);
	p->unwind.info = &p->info;
	profile_init(&p->counted);
	if (p->want->times)
		profile_keep_moments(&p->counted);
	samples_init(&p->samples, &p->counted);
	p->samples.leaf_first = true;
	p->samples.in_order = p->out->in_order;
	p->by_weight = str_eq(p->want->metric, STR("weight"));
	profile_count_samples(p->profile);
	p->profile->columns[0].name = p->by_weight ? STR("weight") : STR("period");
}

static bool check_weights(const struct perfdata *p)
{
	bool any = !p->by_weight;
	for (size_t i = 0; !any && i < p->events.count; i++)
		any = p->events.items[i].sample_type &
		      (PERFDATA_WEIGHT | PERFDATA_WEIGHT_STRUCT);
	return any || input_fail(p->in, "weights were not recorded (perf record -W)");
}

static bool read_perfdata(struct input *in, const struct want *want, struct samples *out)
{
	struct perfdata p = {
		.in = in, .want = want, .out = out, .profile = out->profile,
	};
	init(&p);
	bool ok = perfdata_parts_open(&p.parts, in, &p.events, &p.info) &&
		  read_records(&p) && check_weights(&p);
	if (ok)
		finish(&p);
	perfdata_parts_close(&p.parts);
	samples_free(&p.samples);
	profile_free(&p.counted);
	perfdata_deferred_free(&p.deferred);
	perfdata_unwind_free(&p.unwind);
	perfdata_world_free(&p.world);
	perfdata_info_free(&p.info);
	perfdata_events_free(&p.events);
	return ok;
}

/* What was recorded is told before the first sample, or behind the last one. */
static bool describe(struct input *in, struct buf *out)
{
	struct perfdata_events events = { 0 };
	struct perfdata_info info = { 0 };
	struct perfdata_record record = { 0 };
	struct perfdata_file file;
	bool ok = perfdata_file_open(&file, in, &events, &info);
	if (ok && !perfdata_file_skip(&file))
		while (record.type != PERFDATA_SAMPLE && perfdata_file_next(&file, &record))
			;
	if (ok)
		perfdata_info_describe(&info, &events, out);
	perfdata_file_close(&file);
	perfdata_info_free(&info);
	perfdata_events_free(&events);
	return ok && !in->failed;
}

/* Files of the other byte order and of very old perfs are refused by name. */
static enum probe probe(struct str head)
{
	return str_starts(head, STR("PERFILE2")) || str_starts(head, STR("2ELIFREP")) ||
			       str_starts(head, STR("PERFFILE")) ?
		       PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors; perf record --sample-cpu adds them",
	.lines = "source lines; build with -g",
	.quality = {
		.no_chains = "record with -g (perf record -g)",
		.unknown = "install debug symbols, for code made at run time a perf map",
		.rootless = "record with --call-graph dwarf, or build with "
			    "-fno-omit-frame-pointer",
	},
};

const struct reader reader_perfdata = {
	.name = "perfdata",
	.title = "perf.data, as perf record writes it",
	.leaf_first = true,
	.is_sampled = true,
	.options = READS_WINDOW | READS_FILES,
	.probe = probe,
	.read = read_perfdata,
	.describe = describe,
	.hints = &hints,
};
