/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	{"program": "fg-collapse",
 *	 "files": [{"name": "perf.txt", "format": "perf", "lines": 81, "samples": 3,
 *		"warnings": []}],
 *	 "events": [{"name": "cycles:u", "unit": "cycles", "samples": 3, "shown": true}],
 *	 "samples_read": 3, ...}
 *
 * with a line for each subject; fg-collapse(1) tells what the members mean.
 */
#include "cmd/stats.h"

#include <stdlib.h>

#include "base/message.h"
#include "cmd/report.h"
#include "model/events.h"

static void json_key(struct output *out, const char *key)
{
	output_json(out, str_of(key));
	output_lit(out, ": ");
}

static void json_number(struct output *out, const char *key, uint64_t value,
			const char *after)
{
	json_key(out, key);
	output_u64(out, value);
	output_bytes(out, str_of(after));
}

static void json_text(struct output *out, const char *key, struct str value,
		      const char *after)
{
	json_key(out, key);
	output_json(out, value);
	output_bytes(out, str_of(after));
}

static void json_files(struct output *out, const struct job *job)
{
	json_key(out, "files");
	for (size_t i = 0; i < job->file_count; i++) {
		const struct job_file *f = &job->files[i];
		output_bytes(out, str_of(i ? ", {" : "[{"));
		json_text(out, "name", str_of(f->input.name), ", ");
		json_text(out, "format", str_of(f->reader->name), ", ");
		json_number(out, "lines", f->input.line, ", ");
		json_number(out, "samples", f->samples, ", ");
		json_key(out, "warnings");
		output_char(out, '[');
		for (unsigned w = 0; w < f->input.warning_count; w++) {
			const struct input_warning *warning = &f->input.warnings[w];
			output_bytes(out, str_of(w ? ", {" : "{"));
			json_text(out, "what", str_of(warning->what), ", ");
			json_number(out, "count", warning->count, ", ");
			json_number(out, "first_line", warning->first_line, "}");
		}
		output_lit(out, "]}");
	}
	output_lit(out, "],\n ");
}

static void json_events(struct output *out, const struct job *job)
{
	uint64_t *count = events_count(&job->profile);
	json_key(out, "events");
	output_char(out, '[');
	for (uint32_t i = 0; i < job->profile.event_count; i++) {
		output_bytes(out, str_of(i ? ", {" : "{"));
		json_text(out, "name", job->profile.events[i].name, ", ");
		json_text(out, "unit", job->profile.events[i].unit, ", ");
		json_number(out, "samples", count[i], ", ");
		bool shown = events_is_chosen(job->events, job->event_count, i);
		json_key(out, "shown");
		output_bytes(out, shown ? STR("true}") : STR("false}"));
	}
	output_lit(out, "],\n ");
	free(count);
}

/* Nothing for profiles of events. */
static void json_metrics(struct output *out, const struct job *job)
{
	const struct metrics *m = &job->profile.metrics;
	if (m->count == 0)
		return;
	json_text(out, "metric", job->stacks.metric, ",\n ");
	json_key(out, "metrics");
	for (unsigned i = 0; i < m->count; i++) {
		output_bytes(out, str_of(i ? ", {" : "[{"));
		json_text(out, "name", m->items[i].name, ", ");
		json_text(out, "unit", m->items[i].unit, ", ");
		if (m->items[i].is_estimate)
			output_lit(out, "\"estimated\": true, ");
		json_key(out, "total");
		if (m->items[i].overflow)
			output_lit(out, "null}");
		else if (i == m->chosen) {
			output_decimal(out, job->stacks.total_before, job->stacks.scale);
			output_char(out, '}');
		} else {
			output_decimal(out, m->items[i].total, m->items[i].scale);
			output_char(out, '}');
		}
	}
	output_lit(out, "],\n ");
}

/* Of one file only: what several held at one time has no sum. */
static void json_timeline(struct output *out, const struct job *job)
{
	const struct timeline *t = &job->profile.timeline;
	if (t->count == 0 || job->file_count > 1)
		return;
	json_key(out, "timeline");
	output_char(out, '{');
	json_text(out, "unit", t->unit, ", ");
	json_key(out, "points");
	output_char(out, '[');
	bool any = false;
	for (uint32_t i = 0; i < t->count; i++) {
		if (t->points[i] < 0)
			continue;
		output_bytes(out, any ? STR(", [") : STR("["));
		output_u64(out, i * t->step);
		output_lit(out, ", ");
		output_u64(out, (uint64_t)t->points[i]);
		output_char(out, ']');
		any = true;
	}
	output_lit(out, "]},\n ");
}

void stats_put(const struct job *job, struct output *out)
{
	const struct stacks *s = &job->stacks;
	const struct quality *q = &job->quality;
	output_char(out, '{');
	json_text(out, "program", str_of(job->settings->name), ",\n ");
	json_files(out, job);
	json_events(out, job);
	json_number(out, "samples_read", report_samples_read(job), ", ");
	json_number(out, "samples_filtered_by_event", job->samples.filtered, ", ");
	json_number(out, "samples_shown", s->samples, ",\n ");
	json_key(out, "total");
	output_decimal(out, s->total[s->columns - 1], s->scale);
	output_lit(out, ", ");
	json_key(out, "total_before_filters");
	output_decimal(out, s->total_before, s->scale);
	output_lit(out, ", ");
	json_text(out, "unit", s->unit, ", ");
	json_metrics(out, job);
	json_timeline(out, job);
	json_number(out, "stacks", s->count, ",\n ");
	json_number(out, "frames", q->frames, ", ");
	json_number(out, "frames_unknown", q->unknown_frames, ", ");
	json_number(out, "samples_rootless", q->rootless, ", ");
	json_number(out, "samples_without_frames", job->samples.frameless, "}\n");
}

bool stats_write(const struct job *job)
{
	static struct output out;
	const char *path = job->settings->stats;
	if (path == NULL)
		return true;
	bool ok = output_open(&out, path);
	if (ok) {
		stats_put(job, &out);
		ok = output_close(&out);
	}
	if (!ok)
		message_error("%s", output_message(&out));
	return ok;
}
