/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Records are copied into one piece of memory, sorted by an array of their times and
 * handed out from there.  What a round leaves behind moves to the front.  The buffers
 * of the processors are sorted, so there are few runs, and they are merged.
 */
#include "read/perfdata_queue.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "read/perfdata_sample.h"

enum {
	RECORD = 8,
	/* Without rounds half of the records go when there are so many bytes. */
	HELD_MAX = 128 << 20,
};

void perfdata_queue_init(struct perfdata_queue *q, struct perfdata_file *file,
			 bool in_order)
{
	*q = (struct perfdata_queue){ .file = file, .in_order = in_order };
}

void perfdata_queue_free(struct perfdata_queue *q)
{
	free(q->entries);
	free(q->spare);
	free(q->bytes);
	free(q->spare_bytes);
}

/* Sorting */

/* The end of the run that begins here. */
static size_t run_end(const struct perfdata_entry *e, size_t from, size_t count)
{
	size_t i = from + 1;
	while (i < count && e[i - 1].time <= e[i].time)
		i++;
	return i < count ? i : count;
}

static void merge(struct perfdata_entry *to, const struct perfdata_entry *a, size_t n,
		  const struct perfdata_entry *b, size_t m)
{
	while (n > 0 && m > 0) {
		bool first = a->time <= b->time;
		*to++ = first ? *a : *b;
		a += first;
		n -= first;
		b += !first;
		m -= !first;
	}
	memcpy(to, n > 0 ? a : b, (n + m) * sizeof(*to));
}

/* Runs that follow each other become one, until there is only one. */
static void sort(struct perfdata_queue *q)
{
	size_t count = q->count;
	while (count > 0 && run_end(q->entries, 0, count) < count) {
		ARRAY_RESERVE(q->spare, q->spare_capacity, q->capacity);
		for (size_t at = 0; at < count;) {
			size_t middle = run_end(q->entries, at, count);
			size_t end = middle < count ?
					     run_end(q->entries, middle, count) : count;
			merge(q->spare + at, q->entries + at, middle - at,
			      q->entries + middle, end - middle);
			at = end;
		}
		struct perfdata_entry *sorted = q->spare;
		size_t capacity = q->spare_capacity;
		q->spare = q->entries;
		q->spare_capacity = q->capacity;
		q->entries = sorted;
		q->capacity = capacity;
	}
}

/* Holding */

static size_t record_size(const char *record)
{
	return perfdata_u16(record + 6);
}

static void hold(struct perfdata_queue *q, const struct perfdata_record *r, uint64_t time)
{
	size_t size = RECORD + r->body.n;
	ARRAY_RESERVE(q->entries, q->capacity, q->count + 1);
	ARRAY_RESERVE(q->bytes, q->bytes_capacity, q->size + size);
	q->entries[q->count++] = (struct perfdata_entry){ time, q->size };
	memcpy(q->bytes + q->size, r->body.p - RECORD, size);
	q->size += size;
	if (time > q->latest)
		q->latest = time;
}

/* Forgets what was handed out. */
static void compact(struct perfdata_queue *q)
{
	size_t left = q->count - q->next, size = 0;
	ARRAY_RESERVE(q->spare_bytes, q->spare_bytes_capacity, q->bytes_capacity);
	for (size_t i = 0; i < left; i++) {
		struct perfdata_entry e = q->entries[q->next + i];
		size_t n = record_size(q->bytes + e.at);
		memcpy(q->spare_bytes + size, q->bytes + e.at, n);
		q->entries[i] = (struct perfdata_entry){ e.time, size };
		size += n;
	}
	char *bytes = q->spare_bytes;
	size_t capacity = q->spare_bytes_capacity;
	q->spare_bytes = q->bytes;
	q->spare_bytes_capacity = q->bytes_capacity;
	q->bytes = bytes;
	q->bytes_capacity = capacity;
	q->size = size;
	q->count = left;
	q->next = q->ready = 0;
}

static void end_round(struct perfdata_queue *q)
{
	sort(q);
	while (q->ready < q->count && q->entries[q->ready].time <= q->limit)
		q->ready++;
	q->limit = q->latest;
}

static void let_go(struct perfdata_queue *q, size_t ready)
{
	sort(q);
	q->ready = ready;
}

static uint64_t time_of(struct perfdata_queue *q, const struct perfdata_record *r)
{
	struct perfdata_events *events = q->file->events;
	bool is_sample = r->type == PERFDATA_SAMPLE;
	const struct perfdata_event *event =
		is_sample ? perfdata_events_sample(events, r->body) :
			    perfdata_events_other(events, r->body);
	uint64_t type = event ? event->sample_type : 0;
	if (!(type & PERFDATA_TIME))
		return 0;
	if (!is_sample)
		return perfdata_sample_time(event, r->body);
	size_t at = 8 * (size_t)__builtin_popcountll(type & (PERFDATA_IDENTIFIER |
							     PERFDATA_IP | PERFDATA_TID));
	return r->body.n >= at + 8 ? perfdata_u64(r->body.p + at) : 0;
}

/* Takes records until some are ready; true when *r is one that does not wait. */
static bool fill(struct perfdata_queue *q, struct perfdata_record *r, uint64_t *time)
{
	compact(q);
	while (q->ready == 0) {
		if (q->at_end || !perfdata_file_next(q->file, r)) {
			q->at_end = true;
			let_go(q, q->count);
			return false;
		}
		if (r->type == PERFDATA_FINISHED_ROUND) {
			end_round(q);
			continue;
		}
		*time = time_of(q, r);
		if (*time == 0 || *time == UINT64_MAX || q->in_order) {
			*time = *time == UINT64_MAX ? 0 : *time;
			return true;
		}
		hold(q, r, *time);
		if (q->size > HELD_MAX)
			let_go(q, q->count / 2 + 1);
	}
	return false;
}

bool perfdata_queue_next(struct perfdata_queue *q, struct perfdata_record *r,
			 uint64_t *time)
{
	if (q->next == q->ready && fill(q, r, time))
		return true;
	if (q->next == q->ready)
		return false;
	const struct perfdata_entry *e = &q->entries[q->next++];
	const char *record = q->bytes + e->at;
	r->type = perfdata_u32(record);
	r->misc = perfdata_u16(record + 4);
	r->body = str_span(record + RECORD, record + record_size(record));
	*time = e->time;
	return true;
}
