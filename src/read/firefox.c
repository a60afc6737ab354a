/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The Firefox Profiler, profiler.firefox.com: the format that it saves, and that samply,
 * Vernier and others write, in its versions from 41 on,
 *
 *	{"meta":{"preprocessedProfileVersion":66,"interval":1,"product":"app"},
 *	"libs":[{"name":"app","path":"/usr/bin/app"}],
 *	"shared":{"stringArray":["main","work"],
 *	"funcTable":{"length":2,"name":[0,1],"resource":[-1,-1]},
 *	"frameTable":{"length":2,"func":[0,1],"line":[3,12]},
 *	"stackTable":{"length":2,"frame":[0,1],"prefixOffset":[0,1]}},
 *	"threads":[{"name":"app","pid":"12","tid":12,"samples":
 *	{"length":2,"stack":[1,0],"time":[0,1],"weight":[3,1],"weightType":"samples"}}]}
 *
 * and the one of Gecko, which Firefox itself writes: rows in place of columns, and all
 * that is known of a frame in one text.
 *
 * https://github.com/firefox-devtools/profiler/blob/main/docs-developer/CHANGELOG-formats.md
 *
 * Until version 55 texts belong to a thread, until 59 all tables do.  What is there
 * tells, not the version.  Tables may come in any order, behind the samples, too; so all
 * of them are read before anything is handed over.  In memory they take 4 bytes a number.
 */
#include "read/reader.h"

#include <inttypes.h>

#include "read/firefox_samples.h"

static const struct { struct str name, unit; } listed[FIREFOX_VALUES] = {
	[FIREFOX_COUNT] = { STR("samples"), STR("samples") },
	[FIREFOX_TIME] = { STR("time"), STR("ns") },
	[FIREFOX_CPU] = { STR("cpu"), STR("ns") },
	[FIREFOX_TOTAL] = { STR("total"), STR("bytes") },
	[FIREFOX_LIVE] = { STR("live"), STR("bytes") },
	[FIREFOX_FREED] = { STR("freed"), STR("bytes") },
	[FIREFOX_JS] = { STR("js-allocations"), STR("bytes") },
};

static struct str unit_of(const struct firefox_file *f, enum firefox_value value)
{
	if (value == FIREFOX_CPU && str_eq(f->cpu_unit, STR("variable CPU cycles")))
		return STR("cycles");
	return listed[value].unit;
}

static bool has_value(const struct firefox_samples *s, enum firefox_value value)
{
	return s->has >> value & 1;
}

static void add_metrics(struct firefox_samples *s, struct metrics *m)
{
	for (enum firefox_value v = 0; v < FIREFOX_VALUES; v++) {
		if (!has_value(s, v))
			continue;
		s->values[s->value_count++] = v;
		metrics_add(m, listed[v].name, unit_of(s->file, v));
	}
}

/*
 * Where nothing but samples is counted there is nothing to choose.  They are behind the
 * time of the CPU, too, but not behind allocations.
 */
static bool choose(struct firefox_samples *s, struct metrics *m)
{
	struct profile *p = s->out->profile;
	s->is_plain = !(s->has & ~(1u << FIREFOX_COUNT));
	if (s->is_plain) {
		s->value_count = 1;
		p->columns[0].name = STR("samples");
		p->columns[0].is_samples = true;
		s->event = profile_event(p, STR(""), STR(""));
		return true;
	}
	add_metrics(s, m);
	bool ok = reader_choose_metric(s->in, m, s->want, m->items[0].name);
	s->chosen = m->chosen;
	enum firefox_value chosen = s->values[m->chosen];
	if (chosen == FIREFOX_COUNT ||
	    (chosen == FIREFOX_CPU && has_value(s, FIREFOX_COUNT)))
		m->samples = 1;
	s->event = profile_event(p, STR(""), m->items[m->chosen].unit);
	if (m->samples)
		profile_count_samples(p);
	samples_metrics(s->out, m, s->want->all_metrics);
	return ok;
}

static bool finish(struct firefox_samples *s, struct metrics *m)
{
	for (unsigned i = 0; i < m->count; i++) {
		m->items[i].total = s->totals[i];
		m->items[i].overflow = s->overflow[i];
	}
	return reader_end_metrics(s->in, s->out->profile, m);
}

static void keep_recording(struct profile *p, const struct firefox_file *f)
{
	struct recording *r = &p->recording;
	int64_t start = f->processes[0].start, begin = f->begin, time;
	/* As our own writer calls what has none. */
	bool is_named = f->product.n > 0 && !str_eq(f->product, STR("profile"));
	if (p->title.n == 0 && is_named) {
		struct buf title = { 0 };
		buf_add(&title, f->product);
		if (f->arguments.n > 0)
			buf_addc(&title, ' ');
		buf_add(&title, f->arguments);
		p->title = profile_keep(p, buf_str(&title));
		buf_free(&title);
	}
	if (f->interval > 0 && f->interval > r->period) {
		r->period_type = STR("wall");
		r->period_unit = STR("nanoseconds");
		r->period = f->interval;
	}
	if (start > 0 && !__builtin_add_overflow(start, begin > 0 ? begin : 0, &time) &&
	    (r->time == 0 || time < r->time))
		r->time = time;
	if (begin >= 0 && f->end > begin)
		p->overflow |= __builtin_add_overflow(r->duration, f->end - begin,
						      &r->duration);
}

static bool push_all(struct firefox_samples *s)
{
	struct metrics m = { 0 };
	if (!choose(s, &m) || !firefox_samples_push(s))
		return false;
	return s->is_plain || finish(s, &m);
}

/* Its columns stand behind the JSON, as the memory of JavaScript has them. */
static bool is_slabs(struct str head)
{
	return str_starts(head, STR("\xdc\xdfJSLB"));
}

static bool read_firefox(struct input *in, const struct want *want, struct samples *out)
{
	struct firefox_file file;
	struct firefox_samples samples;
	bool times = want->times || want->window.is_set;
	if (is_slabs(input_peek(in, INPUT_HEAD)))
		return input_error_at(in, 0, "this is the binary format of the Firefox "
				      "Profiler (JSLB), which is not read; "
				      "profiler.firefox.com can load it and save it as JSON");
	bool ok = firefox_file_read(&file, in, times);
	if (ok) {
		keep_recording(out->profile, &file);
		firefox_samples_init(&samples, in, want, out, &file);
		ok = push_all(&samples);
		firefox_samples_free(&samples);
	}
	firefox_file_free(&file);
	return ok && !in->failed;
}

/* Probe */

static bool has(struct str head, struct str key)
{
	return str_find(head, key) >= 0;
}

/* Their names are in nobody else's files, where they stand together. */
static enum probe probe_firefox(struct str head)
{
	if (is_slabs(head))
		return PROBE_SURE;
	head = str_skip_space(head);
	if (!str_starts(head, STR("{")))
		return PROBE_NO;
	if (has(head, STR("\"preprocessedProfileVersion\"")))
		return PROBE_SURE;
	/* OpenTelemetry has stacks and texts, too, but functions instead of frames. */
	bool tables = has(head, STR("\"frameTable\"")) ||
		      (has(head, STR("\"stackTable\"")) &&
		       !has(head, STR("\"locationTable\"")) &&
		       !has(head, STR("\"functionTable\"")) &&
		       !has(head, STR("\"resourceProfiles\"")));
	if (tables &&
	    (has(head, STR("\"stringTable\"")) || has(head, STR("\"stringArray\"")) ||
	     has(head, STR("\"schema\"")) || has(head, STR("\"prefix\"")) ||
	     has(head, STR("\"nativeSymbol\""))))
		return PROBE_SURE;
	return has(head, STR("\"breakpadId\"")) && has(head, STR("\"debugPath\"")) ?
		       PROBE_LIKELY :
	       has(head, STR("\"stackwalk\"")) && has(head, STR("\"processType\"")) ?
		       PROBE_LIKELY :
		       PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
	.quality = {
		.unknown = "addresses were not looked up; give --sysroot or --map when the "
			   "files are elsewhere, or save the profile again in "
			   "profiler.firefox.com once it is symbolicated",
	},
};

const struct reader reader_firefox = {
	.name = "firefox",
	.title = "profiles of the Firefox Profiler (Firefox, samply, Vernier)",
	.leaf_first = true,
	.is_sampled = true,
	.options = READS_WINDOW | READS_FILES | READS_LABELS,
	.probe = probe_firefox,
	.read = read_firefox,
	.hints = &hints,
};
