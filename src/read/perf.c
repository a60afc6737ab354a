/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The text of "perf script": a header line, the call chain leaf first, an
 * empty line.
 *
 *	java 12688/12701 [002] 6544038.708352:   1001001 cpu-clock:uhH:
 *		ffffffff8103fd20 native_safe_halt+0x2 ([kernel.kallsyms])
 *		    7f6f1c0b14d1 __poll+0x51 (/usr/lib/libc.so.6)
 *		    7f6f1c0b14d1 operator()+0x13 (inlined)
 *
 * Everything but the event's samples is optional: ids may be pid/tid, one of
 * them or none, cpu, time, period, event, symbol, offset and module can each be
 * missing, a source line may follow a frame, and without call chains the one
 * frame stands at the end of the header.  The process name may hold any byte,
 * so a header is recognised by what follows the name.
 *
 * The producer: tools/perf/builtin-script.c (perf_sample__fprintf_start,
 * process_event) and util/evsel_fprintf.c in the Linux source.
 */
#include "read/reader.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/num.h"
#include "io/linecache.h"
#include "model/events.h"
#include "read/perf_frames.h"
#include "read/perf_header.h"
#include "read/perf_text.h"

enum {
	COMM_MAX = 16,                   /* a process name with its NUL */
	LINES_AHEAD = 64,                /* read together */
	PLACES = 64,
};

/* A line on its way through prepare_lines() and read_lines(). */
struct line {
	struct linecache_line *seen;
	struct str text;                 /* without line end */
	bool is_frame;                   /* "search" is the place it names */
	bool has_module, cut_off;
	struct location_search search;
};

struct perf {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct perf_frames frames;
	struct linecache cache;
	bool numbers;                    /* addresses and offsets of frames matter */

	/* The sample being made. */
	bool open;                       /* there is one */
	bool skipping;                   /* nothing is wanted until a blank line or header */
	bool one_line;                   /* its frame stood in its header */
	uint32_t event, group;
	int64_t values[COLUMNS_MAX];

	/* What headers have told. */
	bool has_header;                 /* some were headers beyond doubt */
	bool has_time;                   /* ... with a time: others are not believed */
	struct place {                   /* where samples of such a header belong */
		bool used;
		struct perf_header header;   /* as far as it matters; texts in the profile */
		uint32_t event, group;
	} places[PLACES];                /* met lately, by place_hash() */
	bool *event_wanted;              /* by event id */
	uint32_t events_known;
	size_t event_capacity;

	/* A line that may be the first part of a process name. */
	struct odd_line {
		bool is_there;
		struct buf text;
		uint64_t number;
	} odd;

	/* The lines being read. */
	const struct linecache_line *seen;
	size_t at;                               /* the one at hand */
	char line_before[PERF_ADDRESS_END];      /* start of the one before them */
};

static struct str line_before(const struct perf *p)
{
	return p->at > 0 ? p->seen[p->at - 1].raw :
			   (struct str){ p->line_before, PERF_ADDRESS_END };
}

/* Samples */

static void end_sample(struct perf *p)
{
	if (!p->open)
		return;
	p->open = false;
	if (p->skipping)
		return;
	perf_frames_end(&p->frames);
	if (sample_depth(p->out) == 0)
		p->out->frameless++;
	sample_end(p->out, p->group, p->values);
}

static bool wants_event(struct perf *p, uint32_t event)
{
	while (p->events_known <= event) {
		ARRAY_RESERVE(p->event_wanted, p->event_capacity,
			      (size_t)p->events_known + 1);
		p->event_wanted[p->events_known] = events_match(
			p->profile->events[p->events_known].name, p->want);
		p->events_known++;
	}
	return p->event_wanted[event];
}

/* What of a header decides where its sample belongs. */
static struct perf_header place_key(const struct perf *p, const struct perf_header *h)
{
	const struct want *w = p->want;
	return (struct perf_header){
		.comm = want_comm(w) ? h->comm : STR(""),
		.pid = want_pid(w) ? h->pid : -1,
		.tid = want_tid(w) ? h->tid : -1,
		.cpu = want_cpu(w) ? h->cpu : -1,
		.event = h->event,
		.has_period = h->has_period,
	};
}

static bool is_same_place(const struct perf_header *a, const struct perf_header *b)
{
	return a->pid == b->pid && a->tid == b->tid && a->cpu == b->cpu &&
	       a->has_period == b->has_period && str_eq(a->comm, b->comm) &&
	       str_eq(a->event, b->event);
}

static size_t place_hash(const struct perf_header *key)
{
	uint64_t start = 0;
	if (key->comm.n > 0)
		memcpy(&start, key->comm.p, key->comm.n < 8 ? key->comm.n : 8);
	start += (uint64_t)(key->pid + key->tid * 31 + key->cpu) + key->event.n;
	return (start * HASH_SPREAD >> 32) % PLACES;
}

static void make_place(struct perf *p, struct place *place, struct perf_header key)
{
	struct profile *profile = p->profile;
	struct str unit = key.has_period ? events_unit(key.event) : STR("samples");
	place->event = profile_event(profile, key.event, unit);
	struct group group = {
		.event = place->event, .comm = profile_text(profile, key.comm),
		.pid = key.pid, .tid = key.tid, .cpu = key.cpu,
	};
	key.event = profile->events[place->event].name;
	key.comm = intern_text(&profile->text, group.comm);
	if (!want_comm(p->want))
		group.comm = ID_NONE;
	place->group = profile_group(profile, &group);
	place->header = key;
	place->used = true;
}

/* Finds event and group of the sample. */
static void place_sample(struct perf *p, const struct perf_header *h)
{
	struct perf_header key = place_key(p, h);
	struct place *place = &p->places[place_hash(&key)];
	if (!place->used || !is_same_place(&place->header, &key))
		make_place(p, place, key);
	p->event = place->event;
	p->group = place->group;
}

static bool begin_sample(struct perf *p, const struct perf_header *h)
{
	end_sample(p);
	if (h->period > INT64_MAX)
		return input_error(p->in, "period is too large");
	place_sample(p, h);
	p->has_header |= h->has_time || h->event.n > 0;
	p->has_time |= h->has_time;
	p->open = true;
	p->one_line = false;
	p->out->time = h->has_time ? h->time : MOMENT_UNKNOWN;
	perf_frames_begin(&p->frames);
	p->skipping = !wants_event(p, p->event);
	p->out->filtered += p->skipping;
	p->values[0] = (int64_t)h->period;
	p->values[1] = 1;
	return true;
}

/* Lines that are no header and no frame */

static void forget_odd_line(struct perf *p)
{
	if (!p->odd.is_there)
		return;
	p->odd.is_there = false;
	input_warn_at(p->in, p->odd.number, READER_NOT_UNDERSTOOD,
		      buf_str(&p->odd.text));
}

static void keep_odd_line(struct perf *p, struct str line)
{
	forget_odd_line(p);
	if (p->open && !p->one_line && sample_depth(p->out) > 0) {
		input_warn(p->in, READER_NOT_UNDERSTOOD, line);
		return;
	}
	end_sample(p);
	buf_clear(&p->odd.text);
	line = str_trim(line);
	buf_add(&p->odd.text, line.n > 256 ? str_head(line, 256) : line);
	p->odd.is_there = true;
	p->odd.number = p->in->line;
}

/* A process name with a newline in it makes two lines of a header. */
static void join_odd_line(struct perf *p, struct perf_header *h)
{
	if (!p->odd.is_there)
		return;
	if (p->odd.text.n + 1 + h->comm.n >= COMM_MAX) {
		forget_odd_line(p);
		return;
	}
	p->odd.is_there = false;
	buf_addc(&p->odd.text, '\n');
	buf_add(&p->odd.text, h->comm);
	h->comm = buf_str(&p->odd.text);
}

/* "# cmdline : /usr/bin/perf record -g -- make -j8": the title is what was recorded. */
static void read_comment(struct perf *p, struct str line)
{
	if (p->profile->title.n || !str_starts(line, STR("# cmdline : ")))
		return;
	struct str command = str_skip(line, STR("# cmdline : ").n);
	ptrdiff_t dashes = str_find(command, STR(" -- "));
	if (dashes >= 0)
		command = str_skip(command, (size_t)dashes + 4);
	p->profile->title = profile_keep(p->profile, str_trim(command));
}

/* Frames */

/*
 * The numbers are made where they can matter: for frames without a name, and
 * when asked for.
 */
static void make_key(struct perf *p, const struct perf_frame *f, struct location_key *key)
{
	*key = (struct location_key){
		.symbol = f->symbol, .inlined = f->inlined, .line = ID_NONE,
		.module = location_module(&p->frames.locations, f->module),
	};
	if (p->numbers || f->symbol.n == 0 || f->symbol.p[0] == '[' ||
	    f->module.n == 0) {
		num_hex(f->address, &key->address);
		num_hex(f->offset, &key->offset);
	}
}

static void push_frame(struct perf *p, struct line *line)
{
	uint32_t location = location_of(&p->frames.locations, &line->search);
	if (!line->cut_off)      /* to be told of each time */
		linecache_add(&p->cache, line->seen, location);
	perf_frames_push(&p->frames, location, line->seen->raw, line_before(p));
}

/*
 * perf script -F ip,sym prints no header at all, -F comm,ip,sym one that could
 * be anything.
 */
static bool begin_headless(struct perf *p)
{
	if (p->has_header) {
		input_warn(p->in, "samples without a readable header",
			   (struct str){ NULL, 0 });
		p->odd.is_there = false;
		p->open = p->skipping = true;
		return true;
	}
	struct perf_header h = perf_header_none;
	if (p->odd.is_there && p->odd.text.n <= COMM_MAX) {
		p->odd.is_there = false;
		h.comm = str_trim(buf_str(&p->odd.text));
	}
	return begin_sample(p, &h);
}

static bool read_frame(struct perf *p, struct line *line)
{
	if (!p->open && !p->skipping && !begin_headless(p))
		return false;
	forget_odd_line(p);
	if (line->cut_off)
		input_warn(p->in, "frames cut off", line->text);
	if (!p->skipping)
		push_frame(p, line);
	return true;
}

/* Lines of all kinds */

static bool read_header(struct perf *p, struct str line, struct perf_header *h)
{
	if (perf_header_is_record(line, h)) {
		end_sample(p);
		forget_odd_line(p);
		p->skipping = true;
		return true;
	}
	join_odd_line(p, h);
	if (!begin_sample(p, h))
		return false;
	struct perf_frame f;
	if (h->rest.n && !p->skipping && !events_is_tracepoint(h->event) &&
	    perf_text_frame(h->rest, &f)) {
		struct location_key key;
		make_key(p, &f, &key);
		perf_frames_push_plain(&p->frames,
				       location_find(&p->frames.locations, &key));
		p->one_line = true;
	}
	return true;
}

static bool is_source_line(const struct perf *p, struct str line)
{
	return p->open && p->frames.last != PERF_LOCATION_NONE && line.n > 2 &&
	       line.p[0] == ' ' && line.p[1] == ' ' && line.p[2] != ' ';
}

static void read_source_line(struct perf *p, struct line *line)
{
	if (p->skipping)
		return;
	uint32_t text = profile_text(p->profile, str_trim(line->text));
	linecache_add(&p->cache, line->seen, text | PERF_SOURCE_LINE);
	perf_frames_source(&p->frames, text, line_before(p));
}

static void read_blank(struct perf *p)
{
	forget_odd_line(p);
	if (p->open && sample_depth(p->out) == 0 && !p->skipping)
		return;          /* an empty line may stand between header and frames */
	end_sample(p);
	p->skipping = false;
}

/* Takes a frame line apart; false when it is none. */
static bool prepare_frame(struct perf *p, struct line *line)
{
	struct perf_frame f;
	line->is_frame = perf_text_frame(line->text, &f);
	if (!line->is_frame)
		return false;
	line->has_module = f.has_module;
	line->cut_off = f.cut_off;
	make_key(p, &f, &line->search.key);
	location_prepare(&p->frames.locations, &line->search);
	return true;
}

/* A line that was not seen before and is not a frame behind a TAB. */
static bool read_other_line(struct perf *p, struct line *line)
{
	struct perf_header h;
	struct str text = line->text;
	if (text.p[0] == '\t' && p->skipping)
		return true;
	if (perf_header_read(text, &h, !p->has_time))
		return read_header(p, text, &h);
	if (perf_header_is_record(text, NULL)) {
		end_sample(p);
		p->skipping = true;
		return true;
	}
	if (text.p[0] == '#') {
		read_comment(p, text);
		return true;
	}
	if (prepare_frame(p, line) && (line->has_module || text.p[0] == ' '))
		return read_frame(p, line);
	if (is_source_line(p, text))
		read_source_line(p, line);
	else if (p->open && perf_text_is_tail(text))
		end_sample(p);
	else if (!(p->skipping && perf_text_is_more(text)))
		keep_odd_line(p, text);
	return true;
}

/* Many lines at a time */

static bool prepare_line(struct perf *p, struct line *line)
{
	line->is_frame = false;
	line->text = perf_text_line(line->seen->raw);
	return line->text.n && line->text.p[0] == '\t' && prepare_frame(p, line);
}

/*
 * New frames are taken apart together, so that the memory they need is there
 * when it is their turn.
 */
static void prepare_lines(struct perf *p, struct line *lines, size_t n)
{
	uint8_t frames[LINES_AHEAD];
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		struct line *line = &lines[i];
		if (line->seen->value != LINECACHE_UNKNOWN)
			continue;
		if (prepare_line(p, line))
			frames[count++] = (uint8_t)i;
	}
	for (size_t i = 0; i < count; i++)
		location_guess(&p->frames.locations, &lines[frames[i]].search);
	for (size_t i = 0; i < count; i++)
		location_fetch(&p->frames.locations, &lines[frames[i]].search);
}

/* A line that is not one known to belong to the sample being made. */
static bool read_line(struct perf *p, struct line *line)
{
	if (line->seen->value != LINECACHE_UNKNOWN)
		prepare_line(p, line);
	if (line->is_frame)
		return read_frame(p, line);
	if (str_trim(line->text).n > 0)
		return read_other_line(p, line);
	read_blank(p);
	return true;
}

/* Lines that wait in the input; where none is whole, the next one. */
static size_t scan_lines(struct perf *p, struct linecache_line *seen)
{
	size_t n = linecache_scan(&p->cache, input_ahead(p->in), seen, LINES_AHEAD);
	struct str text;
	if (n == 0 && input_line(p->in, &text)) {
		linecache_look(&p->cache, p->in->raw, seen);
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		input_skip(p->in, seen[i].raw.n);
	return n;
}

/*
 * Frames that were seen before, in a sample that is wanted: the usual case, and
 * the fast one.
 */
static size_t push_known_frames(struct perf *p, const struct linecache_line *seen,
				size_t i, size_t n)
{
	const uint32_t *frame = p->frames.locations.frame;
	samples_reserve(p->out, n - i);
	for (; i < n && seen[i].value < PERF_SOURCE_LINE; i++) {
		uint32_t known = frame[seen[i].value];
		if (known == LOCATION_MANY)
			break;
		sample_push_reserved(p->out, known);
		p->frames.last = seen[i].value;
	}
	return i;
}

/* The start of the last line, for the next lines. */
static void keep_line_before(struct perf *p, struct str line)
{
	memset(p->line_before, 0, PERF_ADDRESS_END);
	if (line.n > PERF_ADDRESS_END)
		memcpy(p->line_before, line.p, PERF_ADDRESS_END);
}

/* Whether the line means here what it meant before: a source line needs a frame. */
static bool is_known(const struct perf *p, uint32_t value)
{
	bool lost = value >= PERF_SOURCE_LINE && !p->skipping &&
		    p->frames.last == PERF_LOCATION_NONE;
	return p->open && value != LINECACHE_UNKNOWN && !lost;
}

/*
 * Lines that the input has passed already: in->line goes through them once more,
 * for messages.
 */
static bool read_lines(struct perf *p, const struct linecache_line *seen,
		       struct line *lines, size_t n)
{
	uint64_t before = p->in->line - n;
	p->seen = seen;
	for (size_t i = 0; i < n; i++) {
		if (p->open && !p->skipping && !perf_frames_wait(&p->frames))
			i = push_known_frames(p, seen, i, n);
		if (i == n)
			break;
		p->at = i;
		perf_frames_next(&p->frames, seen[i].raw);
		p->in->line = before + i + 1;
		if (is_known(p, seen[i].value)) {
			if (!p->skipping)
				perf_frames_known(&p->frames, seen[i].value, seen[i].raw,
						  line_before(p));
		} else if (!read_line(p, &lines[i])) {
			return false;
		}
	}
	p->in->line = before + n;
	keep_line_before(p, seen[n - 1].raw);
	if (sample_depth(p->out) > SAMPLES_DEPTH_MAX)
		return input_error(p->in, "stack of more than %d frames",
				   SAMPLES_DEPTH_MAX);
	return true;
}

static bool read_all(struct perf *p)
{
	struct linecache_line seen[LINES_AHEAD];
	struct line lines[LINES_AHEAD];
	for (size_t i = 0; i < LINES_AHEAD; i++)
		lines[i].seen = &seen[i];
	size_t n;
	while ((n = scan_lines(p, seen)) > 0) {
		prepare_lines(p, lines, n);
		if (!read_lines(p, seen, lines, n))
			return false;
	}
	end_sample(p);
	forget_odd_line(p);
	return !p->in->failed;
}

static bool read_perf(struct input *in, const struct want *want, struct samples *out)
{
	struct perf p = {
		.in = in, .want = want, .out = out, .profile = out->profile,
		.numbers = want->addrs || want->places ||
			   want->granularity == GRANULARITY_ADDRESSES,
	};
	profile_count_samples(out->profile);
	out->profile->columns[0].name = STR("period");
	perf_frames_init(&p.frames, out, want);
	linecache_init(&p.cache);
	bool ok = read_all(&p);
	linecache_free(&p.cache);
	perf_frames_free(&p.frames);
	buf_free(&p.odd.text);
	free(p.event_wanted);
	return ok;
}

static const struct reader_hints hints = {
	.pids = "process ids; perf script -F +pid adds them",
	.cpus = "processors; perf script -F +cpu adds them",
	.lines = "source lines; perf script -F +srcline adds them",
	.quality = {
		.no_chains = "record with -g (perf record -g)",
		.unknown = "install debug symbols, for code made at run time a perf map",
		.rootless = "record with --call-graph dwarf, or build with "
			    "-fno-omit-frame-pointer",
	},
};

const struct reader reader_perf = {
	.name = "perf",
	.title = "text of perf script",
	.leaf_first = true,
	.is_sampled = true,
	.probe = perf_text_probe,
	.read = read_perf,
	.split = perf_text_split,
	.hints = &hints,
};
