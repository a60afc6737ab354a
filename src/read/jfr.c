/* SPDX-License-Identifier: Apache-2.0 */

/*
 * JDK Flight Recorder, as Java virtual machines and async-profiler write it: chunks, each
 * with a header and events.  An event:
 *
 *	0a             size, with itself; numbers are compressed, see jfr_bytes.h
 *	65             type: jdk.ExecutionSample, says the metadata, which is an event, too
 *	8f c2 01       startTime, in ticks       and what fields it has
 *	11             sampledThread, a constant
 *	84 01          stackTrace
 *	02             state
 *
 *	chunk     jfr_chunk       header, events
 *	types     jfr_metadata    the classes that the chunk describes
 *	          jfr_layout      how their values are laid out
 *	          jfr_events      what their events mean
 *	constants jfr_pools       where they are; jfr_frames makes frames and threads of them
 *	samples   jfr_samples
 *
 * https://github.com/openjdk/jdk/tree/master/src/jdk.jfr/share/classes/jdk/jfr/internal
 * is where it is read, src/hotspot/share/jfr/recorder/repository where it is written.
 * Constants and metadata may come behind the events that need them, so a chunk is held
 * in memory, and walked twice.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"
#include "read/jfr_samples.h"

struct jfr {
	struct input *in;
	struct profile *profile;
	struct jfr_samples samples;

	struct jfr_chunk chunk;
	struct jfr_metadata metadata;
	struct jfr_pools pools;

	/* Of the chunk: where its events are. */
	struct found {
		struct found_event {
			uint32_t at;
			int64_t ticks;           /* where the order of time is wanted */
		} *items;
		size_t count, capacity;
	} constants, events;
	uint32_t metadata_at;

	uint64_t chunks, bytes_lost, samples_lost;
	bool in_order;
	bool interval_is_time;   /* async-profiler's events come after so much time */
};

static void add_found(struct found *f, uint32_t at, int64_t ticks)
{
	ARRAY_RESERVE(f->items, f->capacity, f->count + 1);
	f->items[f->count++] = (struct found_event){ at, ticks };
}

/* The first walk: where metadata and constants are, and that events are whole */

static bool survey(struct jfr *j)
{
	struct jfr_chunk *c = &j->chunk;
	struct jfr_event e;
	uint32_t at = JFR_CHUNK_HEADER;
	j->constants.count = 0;
	j->metadata_at = 0;
	while (jfr_chunk_next(c, &at, &e)) {
		if (e.type == JFR_METADATA)
			j->metadata_at = e.at;
		else if (e.type == JFR_CONSTANTS)
			add_found(&j->constants, e.at, 0);
	}
	if (at < c->bytes.n && !c->is_cut)
		return input_error_at(j->in, c->offset + at, "no event where one belongs");
	if (c->is_cut)
		input_warn_at(j->in, c->offset,
			      "chunks that were not finished, read as far as they go",
			      STR(""));
	jfr_chunk_shorten(c, at);
	return true;
}

static struct jfr_bytes body_at(const struct jfr *j, uint32_t at)
{
	struct jfr_event e = { 0 };
	jfr_chunk_next(&j->chunk, &at, &e);
	return e.body;
}

static bool read_metadata(struct jfr *j)
{
	const char *why;
	return jfr_metadata_read(&j->metadata, body_at(j, j->metadata_at), &why) ||
	       input_error_at(j->in, j->chunk.offset + j->metadata_at,
			      "what describes the events cannot be read: %s", why);
}

static bool read_constants(struct jfr *j)
{
	const char *why;
	jfr_pools_init(&j->pools, &j->metadata, j->chunk.bytes, j->chunk.is_raw);
	for (size_t i = 0; i < j->constants.count; i++) {
		uint32_t at = j->constants.items[i].at;
		if (!jfr_pools_add(&j->pools, body_at(j, at), &why))
			return input_error_at(j->in, j->chunk.offset + at, "%s", why);
	}
	return true;
}

/* Facts */

/* "20 ms"; 0 when it is no time, as "everyChunk". */
static int64_t parse_period(struct str text)
{
	static const struct { struct str unit; int64_t ns; } units[] = {
		{ STR("ns"), 1 }, { STR("us"), 1000 }, { STR("ms"), 1000 * 1000 },
		{ STR("s"), 1000 * 1000 * 1000 }, { STR("m"), INT64_C(60000000000) },
		{ STR("h"), INT64_C(3600000000000) },
	};
	size_t digits = 0;
	uint64_t number;
	int64_t ns;
	while (digits < text.n && num_is_digit(text.p[digits]))
		digits++;
	if (!num_u64(str_head(text, digits), &number))
		return 0;
	struct str unit = str_trim(str_skip(text, digits));
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(units[i].unit, unit) &&
		    !__builtin_mul_overflow(number, units[i].ns, &ns))
			return ns;
	return 0;
}

/* Of async-profiler, in ns; with an event of hardware it is how many of these. */
static int64_t parse_interval(const struct jfr *j, struct str text)
{
	uint64_t ns;
	return j->interval_is_time && num_u64(text, &ns) && ns < INT64_MAX ? (int64_t)ns : 0;
}

static bool is_clock(struct str event)
{
	return str_eq(event, STR("cpu")) || str_eq(event, STR("itimer")) ||
	       str_eq(event, STR("ctimer")) || str_eq(event, STR("wall"));
}

static void keep_period(struct jfr *j, uint64_t type_id, int64_t period)
{
	struct recording *r = &j->profile->recording;
	struct jfr_source *of = jfr_samples_source(&j->samples, type_id);
	if (of == NULL || period == 0)
		return;
	of->period = period;
	uint32_t number = jfr_metadata_find(&j->metadata, type_id);
	if (!str_eq(j->metadata.types[number].name, STR("jdk.ExecutionSample")))
		return;
	r->period_type = STR("cpu");
	r->period_unit = STR("nanoseconds");
	if (period > r->period)
		r->period = period;
}

static void take_setting(struct jfr *j, const struct jfr_value values[JFR_SLOTS_MAX])
{
	struct buf name_text = { 0 }, value_text = { 0 };
	struct str name = jfr_pools_text(&j->pools, &values[JFR_SETTING_NAME].text,
					 &name_text);
	struct str value = jfr_pools_text(&j->pools, &values[JFR_SETTING_VALUE].text,
					  &value_text);
	uint64_t type = values[JFR_SETTING_ID].number;
	if (str_eq(name, STR("event")))
		j->interval_is_time = is_clock(value);
	else if (str_eq(name, STR("period")))
		keep_period(j, type, parse_period(value));
	else if (str_eq(name, STR("interval")))
		keep_period(j, type, parse_interval(j, value));
	buf_free(&name_text);
	buf_free(&value_text);
}

static void take_jvm(struct jfr *j, const struct jfr_value values[JFR_SLOTS_MAX])
{
	struct buf scratch = { 0 };
	struct str arguments = jfr_pools_text(&j->pools, &values[JFR_JVM_ARGUMENTS].text,
					      &scratch);
	uint64_t pid = values[JFR_JVM_PID].number;
	if (pid > 0 && pid <= INT32_MAX)
		j->samples.pid = (int64_t)pid;
	if (j->profile->title.n == 0)
		j->profile->title = profile_keep(j->profile, str_trim(arguments));
	buf_free(&scratch);
}

static bool take_fact(struct jfr *j, const struct jfr_source *source,
		      const struct jfr_event *e)
{
	struct jfr_value values[JFR_SLOTS_MAX] = { 0 };
	struct jfr_bytes body = e->body;
	const struct jfr_layout *layout = &source->type.layout;
	jfr_layout_take(layout->steps, layout->count, &body, values);
	if (body.is_bad)
		return input_error_at(j->in, j->chunk.offset + e->at,
				      "an event that its class does not fit");
	switch (source->type.role) {
	case JFR_SETTING: take_setting(j, values); break;
	case JFR_JVM: take_jvm(j, values); break;
	case JFR_LOSS: j->bytes_lost += values[JFR_LOST_AMOUNT].number; break;
	default: j->samples_lost += values[JFR_LOST_AMOUNT].number; break;
	}
	return true;
}

/* The second walk: facts are taken, samples found; they are pushed when all is known */

static bool is_sample(const struct jfr_source *source)
{
	return source->type.role == JFR_SAMPLE ||
	       source->type.role == JFR_SAMPLE_WITH_STACK;
}

static bool find_samples(struct jfr *j)
{
	struct jfr_event e;
	uint32_t at = JFR_CHUNK_HEADER;
	j->events.count = 0;
	while (jfr_chunk_next(&j->chunk, &at, &e)) {
		const struct jfr_source *source = jfr_samples_source(&j->samples, e.type);
		if (j->in->failed)
			return false;
		if (source == NULL || source->type.role == JFR_IGNORED)
			continue;
		if (is_sample(source))
			add_found(&j->events, e.at,
				  j->in_order ? jfr_samples_ticks(source, &e) : 0);
		else if (!take_fact(j, source, &e))
			return false;
	}
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct found_event *x = a, *y = b;
	return x->ticks != y->ticks ? (x->ticks > y->ticks) - (x->ticks < y->ticks) :
				      (x->at > y->at) - (x->at < y->at);
}

/* Threads write their events when their buffers are full. */
static bool push_samples(struct jfr *j)
{
	if (j->in_order && j->events.count > 0)
		qsort(j->events.items, j->events.count, sizeof(*j->events.items), by_time);
	for (size_t i = 0; i < j->events.count; i++) {
		struct jfr_event e;
		uint32_t at = j->events.items[i].at;
		jfr_chunk_next(&j->chunk, &at, &e);
		struct jfr_source *source = jfr_samples_source(&j->samples, e.type);
		if (!jfr_samples_push(&j->samples, source, &e))
			return false;
	}
	return true;
}

/* Chunks */

static void keep_recording(struct jfr *j)
{
	struct recording *r = &j->profile->recording;
	const struct jfr_chunk *c = &j->chunk;
	if (j->chunks++ == 0)
		j->samples.start = c->start;
	if (r->time == 0 || c->start < r->time)
		r->time = c->start;
	if (c->duration > 0)
		j->profile->overflow |=
			__builtin_add_overflow(r->duration, c->duration, &r->duration);
}

static bool read_events(struct jfr *j)
{
	bool ok = read_metadata(j) && read_constants(j) &&
		  jfr_samples_begin(&j->samples, &j->chunk, &j->pools) &&
		  find_samples(j) && push_samples(j);
	jfr_samples_end(&j->samples);
	jfr_pools_free(&j->pools);
	jfr_metadata_free(&j->metadata);
	return ok;
}

static bool read_chunk(struct jfr *j)
{
	keep_recording(j);
	if (!survey(j))
		return false;
	if (j->metadata_at > 0)
		return read_events(j);
	if (j->chunk.bytes.n > JFR_CHUNK_HEADER)
		input_warn_at(j->in, j->chunk.offset, "chunks that end before they tell "
			      "what their events are, left out", STR(""));
	return true;
}

static void tell_losses(struct jfr *j)
{
	if (j->in->cut)
		input_warn(j->in, "compressed data that ends early, read up to there",
			   STR(""));
	input_warn_many(j->in, "stacks that were cut off (java "
			"-XX:FlightRecorderOptions=stackdepth=1024 keeps more)",
			j->samples.truncated);
	input_warn_many(j->in, "bytes of events lost by the recorder", j->bytes_lost);
	input_warn_many(j->in, "samples lost", j->samples_lost);
}

static bool read_jfr(struct input *in, const struct want *want, struct samples *out)
{
	struct jfr j = { .in = in, .profile = out->profile, .in_order = out->in_order };
	bool ok = true;
	in->is_binary = true;
	in->may_be_cut = true;
	input_peek(in, 1);
	jfr_samples_init(&j.samples, in, want, out);
	while (ok && jfr_chunk_open(&j.chunk, in)) {
		ok = read_chunk(&j);
		jfr_chunk_close(&j.chunk, in);
		in->line = input_offset(in);
	}
	tell_losses(&j);
	jfr_samples_free(&j.samples);
	free(j.constants.items);
	free(j.events.items);
	return ok && !in->failed;
}

static enum probe probe(struct str head)
{
	return str_starts(head, STR("FLR\0\0")) ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source files",
	.quality = {
		.no_chains = "events were recorded without stacks; java "
			     "-XX:StartFlightRecording:settings=profile has them",
	},
};

const struct reader reader_jfr = {
	.name = "jfr",
	.title = "JDK Flight Recorder, also that of async-profiler",
	.leaf_first = true,
	.is_sampled = true,
	.options = READS_WINDOW | READS_LABELS,
	.probe = probe,
	.read = read_jfr,
	.hints = &hints,
};
