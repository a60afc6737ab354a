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

#include "base/num.h"
#include "io/linecache.h"
#include "model/events.h"
#include "model/location.h"

enum {
	COMM_MOST = 16,                  /* a process name with its NUL */
	IDS_FURTHEST = 24,               /* column where the ids start at most */
	DEPTH_MOST = 1 << 26,
	PROBE_LINES = 400,
};

/* A header line taken apart. */
struct header {
	struct str comm;
	int64_t pid, tid;                /* -1: not printed */
	int32_t cpu;                     /* -1: not printed */
	bool has_time, has_period;
	uint64_t period;
	struct str event;                /* empty: not printed */
	struct str rest;                 /* what follows the event */
};

/* A frame line taken apart. */
struct frame_text {
	struct str address, offset;      /* hexadecimal digits */
	struct str symbol;
	struct str module;
	bool has_module;                 /* or says that it is inlined */
	bool inlined;
};

enum { LINES_AHEAD = 64 };

/* A line on its way through read_ahead(). */
struct line {
	struct linecache_line *seen;
	struct str text;                 /* without line end */
	bool is_frame;                   /* "search" is the place it names */
	bool has_module;
	struct location_search search;
};

/* Scanning: each takes what it names off the front of *s, or leaves it. */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Hexadecimal digits, as perf prints them. */
static const bool IS_HEX[256] = {
	['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true,
	['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
	['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true,
	['f'] = true,
};

static bool is_hex(char c)
{
	return IS_HEX[(unsigned char)c];
}

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static size_t take_blanks(struct str *s)
{
	size_t n = 0;
	while (n < s->n && (s->p[n] == ' ' || s->p[n] == '\t'))
		n++;
	*s = str_skip(*s, n);
	return n;
}

static bool take_char(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_skip(*s, 1);
	return true;
}

/* Digits; how many, 0 when there are none or more than fit. */
static size_t take_number(struct str *s, uint64_t *value)
{
	size_t n = 0;
	uint64_t number = 0;
	for (; n < s->n && n < 19 && is_digit(s->p[n]); n++)
		number = number * 10 + (uint64_t)(s->p[n] - '0');
	if (n == 0 || (n < s->n && is_digit(s->p[n])))
		return 0;
	*value = number;
	*s = str_skip(*s, n);
	return n;
}

static bool take_id(struct str *s, int64_t *id)
{
	struct str t = *s;
	bool negative = take_char(&t, '-');
	uint64_t value;
	size_t digits = take_number(&t, &value);
	if (digits == 0 || digits > 10)
		return false;
	*id = negative ? -(int64_t)value : (int64_t)value;
	*s = t;
	return true;
}

/* "12 " or "12/13 " */
static bool take_ids(struct str *s, struct header *h)
{
	struct str t = *s;
	int64_t id;
	h->pid = -1;
	if (!take_id(&t, &id))
		return false;
	if (take_char(&t, '/')) {
		h->pid = id;
		if (!take_id(&t, &id))
			return false;
	}
	h->tid = id;
	if (take_blanks(&t) == 0)
		return false;
	*s = t;
	return true;
}

/* "[002] " */
static void take_cpu(struct str *s, struct header *h)
{
	struct str t = *s;
	uint64_t cpu;
	h->cpu = -1;
	if (!take_char(&t, '[') || take_number(&t, &cpu) < 3 || cpu > INT32_MAX ||
	    !take_char(&t, ']') || take_blanks(&t) == 0)
		return;
	h->cpu = (int32_t)cpu;
	*s = t;
}

/* "UKH   ": what the sample's misc bits say. */
static void take_misc(struct str *s)
{
	struct str t = *s;
	size_t n = 0;
	while (n < t.n && n < 7 && is_letter(t.p[n]))
		n++;
	t = str_skip(t, n);
	if (n > 0 && n < 7 && take_blanks(&t) > 0)
		*s = t;
}

/* "2026-11-20 10:35:30.123456 " */
static void take_time_of_day(struct str *s)
{
	static const char form[] = "dddd-dd-dd dd:dd:dd.dddddd ";
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (i >= s->n ||
		    (form[i] == 'd' ? !is_digit(s->p[i]) : s->p[i] != form[i]))
			return;
	*s = str_skip(*s, sizeof(form) - 1);
	take_blanks(s);
}

/* "3470.605641:" with six or nine decimals */
static bool take_time(struct str *s)
{
	struct str t = *s;
	uint64_t value;
	if (take_number(&t, &value) == 0 || !take_char(&t, '.'))
		return false;
	size_t decimals = take_number(&t, &value);
	if ((decimals != 6 && decimals != 9) || !take_char(&t, ':'))
		return false;
	*s = t;
	return true;
}

/* "  1001001 " before an event */
static void take_period(struct str *s, struct header *h)
{
	struct str t = *s;
	h->has_period = false;
	h->period = 1;
	uint64_t value;
	if (take_number(&t, &value) == 0 || take_blanks(&t) == 0)
		return;
	h->has_period = true;
	h->period = value;
	*s = t;
}

/* "cpu-clock:uhH: " */
static void take_event(struct str *s, struct header *h)
{
	size_t n = 0;
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	h->event = (struct str){ NULL, 0 };
	if (n < 2 || s->p[n - 1] != ':')
		return;
	h->event = str_head(*s, n - 1);
	*s = str_skip(*s, n);
}

/* Headers */

static void take_after_time(struct str s, struct header *h)
{
	take_blanks(&s);
	take_period(&s, h);
	take_event(&s, h);
	take_blanks(&s);
	h->rest = s;
}

static bool match_timed(struct str s, struct header *h)
{
	if (!take_ids(&s, h))
		return false;
	take_cpu(&s, h);
	if (!take_time(&s)) {
		struct str t = s;
		take_misc(&t);
		take_time_of_day(&t);
		if (!take_time(&t))
			return false;
		s = t;
	}
	if (s.n > 0 && s.p[0] != ' ')
		return false;
	h->has_time = true;
	take_after_time(s, h);
	return true;
}

/* "java 19983 cycles:": the event must end the line. */
static bool match_untimed(struct str s, struct header *h)
{
	if (!take_ids(&s, h))
		return false;
	take_cpu(&s, h);
	take_period(&s, h);
	take_event(&s, h);
	take_blanks(&s);
	h->has_time = false;
	h->rest = s;
	return s.n == 0 && h->event.n > 0;
}

/* "inl  9300 ": ids and nothing else. */
static bool match_bare(struct str s, struct header *h)
{
	if (s.n == 0 || s.p[s.n - 1] != ' ' || !take_ids(&s, h))
		return false;
	take_cpu(&s, h);
	h->has_time = h->has_period = false;
	h->period = 1;
	h->event = h->rest = (struct str){ NULL, 0 };
	return s.n == 0;
}

static bool may_start_ids(struct str line, size_t i)
{
	bool digit = is_digit(line.p[i]) ||
		     (line.p[i] == '-' && i + 1 < line.n && is_digit(line.p[i + 1]));
	return digit && (i == 0 || line.p[i - 1] == ' ');
}

/* "VM:12345 VCPU:003 " in front of samples of guests */
static struct str skip_guest(struct str line)
{
	struct str s = line;
	int64_t id;
	if (!str_starts(s, STR("VM:")))
		return line;
	s = str_skip(s, 3);
	if (!take_id(&s, &id) || take_blanks(&s) == 0)
		return line;
	if (str_starts(s, STR("VCPU:"))) {
		s = str_skip(s, 5);
		if (!take_id(&s, &id) || take_blanks(&s) == 0)
			return line;
	}
	return s;
}

static bool set_comm(struct str line, size_t ids, struct header *h)
{
	h->comm = str_trim(str_head(line, ids));
	return true;
}

/*
 * The process name has at most 15 bytes, which can look like ids themselves, so
 * the ids are the last ones that fit.  Without a time there is less to
 * recognise: then they are the first.
 */
static bool parse_header(struct str line, struct header *h, bool bare_too)
{
	line = skip_guest(line);
	size_t last = line.n < IDS_FURTHEST + 1 ? line.n : IDS_FURTHEST + 1;
	for (size_t i = last; i-- > 0;)
		if (may_start_ids(line, i) && match_timed(str_skip(line, i), h))
			return set_comm(line, i, h);
	for (size_t i = 0; i < last; i++)
		if (may_start_ids(line, i) && match_untimed(str_skip(line, i), h))
			return set_comm(line, i, h);
	for (size_t i = 0; bare_too && i < last; i++)
		if (may_start_ids(line, i) && match_bare(str_skip(line, i), h))
			return set_comm(line, i, h);
	return false;
}

/* Frames */

/* Cuts "+0x1c" off the end and returns the digits of it. */
static struct str cut_offset(struct str *s)
{
	size_t n = s->n;
	while (n > 0 && is_hex(s->p[n - 1]))
		n--;
	if (n < 4 || n == s->n || memcmp(s->p + n - 3, "+0x", 3) != 0)
		return (struct str){ NULL, 0 };
	struct str digits = str_skip(*s, n);
	s->n = n - 3;
	return digits;
}

/* Where the "(" that belongs to the ")" at the end stands, or -1. */
static ptrdiff_t opening(struct str s)
{
	ptrdiff_t open = str_rchr(s, '(');
	if (open >= 0 && str_chr(str_skip(s, (size_t)open), ')') ==
				 (ptrdiff_t)(s.n - 1) - open)
		return open;
	size_t depth = 0;
	for (size_t i = s.n; i-- > 0;) {
		depth += s.p[i] == ')';
		if (s.p[i] == '(' && --depth == 0)
			return (ptrdiff_t)i;
	}
	return -1;
}

/* A module name that does not balance: the first of what can begin one. */
static ptrdiff_t opening_of_odd_module(struct str s)
{
	ptrdiff_t path = str_find(s, STR(" (/"));
	ptrdiff_t pseudo = str_find(s, STR(" (["));
	ptrdiff_t at = path < 0 || (pseudo >= 0 && pseudo < path) ? pseudo : path;
	return at < 0 ? -1 : at + 1;
}

/* Takes "(module)" off the end of "symbol (module)". */
static bool cut_module(struct str *s, struct frame_text *f)
{
	if (s->n == 0 || s->p[s->n - 1] != ')')
		return false;
	ptrdiff_t open = opening(*s);
	if (open < 0 || (open > 0 && s->p[open - 1] != ' '))
		open = open < 0 ? opening_of_odd_module(*s) : -1;
	if (open < 0)
		return false;
	struct str module = str_skip(*s, (size_t)open + 1);
	module.n--;
	*s = str_head(*s, open > 0 ? (size_t)open - 1 : 0);
	if (str_eq(module, STR("inlined"))) {
		f->inlined = true;
	} else {
		cut_offset(&module);
		f->module = module;
	}
	return true;
}

static struct str without_blanks_behind(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* "7f6f1c0b14d1 __poll+0x51 (/usr/lib/libc.so.6)" */
static bool parse_frame(struct str s, struct frame_text *f)
{
	*f = (struct frame_text){ 0 };
	take_blanks(&s);
	size_t n = 0;
	while (n < s.n && is_hex(s.p[n]))
		n++;
	if (n == 0 || n > 16 || (n < s.n && s.p[n] != ' '))
		return false;
	f->address = str_head(s, n);
	s = str_skip(s, n);
	take_char(&s, ' ');
	s = without_blanks_behind(s);
	f->has_module = cut_module(&s, f);
	f->offset = cut_offset(&s);
	f->symbol = without_blanks_behind(s);
	return true;
}

/* The reader */

/* In the cache of lines: a location, or a source line (an id of text) with this bit. */
#define SOURCE_LINE (UINT32_C(1) << 31)
#define LOCATION_NONE UINT32_MAX

struct perf {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct locations locations;
	struct linecache cache;

	bool numbers;            /* addresses and offsets of frames matter */
	bool open;               /* a sample is being made */
	bool skipping;           /* what comes up to the next empty line or header is not wanted */
	bool has_header;         /* some header was seen */
	bool has_time;           /* ... with a time: then bare ones are not believed */
	uint32_t group;          /* of the sample being made */
	int64_t values[COLUMNS_MAX];
	uint32_t last;           /* location pushed last, LOCATION_NONE when there is none */
	struct buf odd_line;     /* a line that may be the first part of a process name */
	bool has_odd_line;
	bool *event_wanted;      /* by event id */
	uint32_t events_known;
	struct header before;    /* of the sample before, its comm and event kept in the profile */
	uint32_t event;          /* that header's */
};

/* The numbers are made where they can matter: for frames without a name, and when asked for. */
static struct location_key key_of(struct perf *p, const struct frame_text *f)
{
	struct location_key key = {
		.symbol = f->symbol, .line = ID_NONE, .inlined = f->inlined,
		.module = location_module(&p->locations, f->module),
	};
	if (p->numbers || f->symbol.n == 0 || f->symbol.p[0] == '[') {
		num_hex(f->address, &key.address);
		num_hex(f->offset, &key.offset);
	}
	return key;
}

static void push_location(struct perf *p, uint32_t location)
{
	uint32_t count, frame = p->locations.frame[location];
	p->last = location;
	if (frame != LOCATION_MANY) {
		sample_push(p->out, frame);
		return;
	}
	const uint32_t *frames = location_frames(&p->locations, location, &count);
	for (uint32_t i = 0; i < count; i++)
		sample_push(p->out, frames[i]);
}

/* The source line of the frame pushed last has come: that frame again, with it. */
static void push_source_line(struct perf *p, uint32_t text)
{
	if (p->last == LOCATION_NONE)
		return;
	struct str line = intern_text(&p->profile->text, text);
	bool inlined = str_ends(line, STR("(inlined)"));
	if (inlined)
		line = str_trim(str_head(line, line.n - STR("(inlined)").n));
	uint32_t count;
	location_frames(&p->locations, p->last, &count);
	for (; count > 0; count--)
		sample_pop(p->out);
	text = profile_text(p->profile, line);
	push_location(p, location_with_line(&p->locations, p->last, text, inlined));
	p->last = LOCATION_NONE;
}

static void push_known(struct perf *p, uint32_t value)
{
	if (value & SOURCE_LINE)
		push_source_line(p, value & ~SOURCE_LINE);
	else
		push_location(p, value);
}

static void end_sample(struct perf *p)
{
	if (!p->open)
		return;
	p->open = false;
	if (p->skipping)
		return;
	if (sample_depth(p->out) == 0)
		p->out->frameless++;
	sample_end(p->out, p->group, p->values);
}

static bool wants_event(struct perf *p, uint32_t event)
{
	while (p->events_known <= event) {
		p->event_wanted = xreallocarray(p->event_wanted,
						p->events_known + 1,
						sizeof(*p->event_wanted));
		p->event_wanted[p->events_known] = events_match(
			p->profile->events[p->events_known].name, p->want);
		p->events_known++;
	}
	return p->event_wanted[event];
}

/* The attributes that are wanted, as a group. */
static uint32_t group_of(struct perf *p, const struct header *h, uint32_t event)
{
	enum group_by by = p->want->group_by;
	struct group g = { event, ID_NONE, -1, -1, -1 };
	if (by != GROUP_NONE && by != GROUP_EVENT && by != GROUP_MODULE && h->comm.n)
		g.comm = profile_text(p->profile, h->comm);
	if (by == GROUP_PID || by == GROUP_TID)
		g.pid = h->pid;
	if (by == GROUP_TID)
		g.tid = h->tid;
	if (by == GROUP_CPU)
		g.cpu = h->cpu;
	return profile_group(p->profile, &g);
}

static bool is_same_event(const struct perf *p, const struct header *h)
{
	return p->has_header && p->before.has_period == h->has_period &&
	       str_eq(p->before.event, h->event);
}

static bool is_same_thread(const struct perf *p, const struct header *h)
{
	return p->before.pid == h->pid && p->before.tid == h->tid &&
	       p->before.cpu == h->cpu && str_eq(p->before.comm, h->comm);
}

/* Event and group of the sample, mostly those of the one before. */
static void place_sample(struct perf *p, const struct header *h)
{
	struct profile *profile = p->profile;
	bool same_event = is_same_event(p, h);
	if (same_event && is_same_thread(p, h))
		return;
	if (!same_event) {
		struct str unit = h->has_period ? events_unit(h->event) :
						  STR("samples");
		p->event = profile_event(profile, h->event, unit);
	}
	p->group = group_of(p, h, p->event);
	p->before = *h;
	p->before.event = profile->events[p->event].name;
	p->before.comm = intern_text(&profile->text, profile_text(profile, h->comm));
}

static bool begin_sample(struct perf *p, const struct header *h)
{
	end_sample(p);
	if (h->period > INT64_MAX)
		return input_error(p->in, "period is too large");
	place_sample(p, h);
	p->has_header = true;
	p->has_time |= h->has_time;
	p->open = true;
	p->last = LOCATION_NONE;
	p->skipping = !wants_event(p, p->event);
	p->out->filtered += p->skipping;
	p->values[0] = (int64_t)h->period;
	p->values[1] = 1;
	return true;
}

/* Lines that are no header and no frame */

static void forget_odd_line(struct perf *p)
{
	if (!p->has_odd_line)
		return;
	p->has_odd_line = false;
	input_warn_at(p->in, p->in->line - 1, "lines not understood",
		      buf_str(&p->odd_line));
}

static void keep_odd_line(struct perf *p, struct str line)
{
	forget_odd_line(p);
	end_sample(p);
	buf_clear(&p->odd_line);
	buf_add(&p->odd_line, line.n > 256 ? str_head(line, 256) : line);
	p->has_odd_line = true;
}

/* A process name with a newline in it makes two lines of a header. */
static void join_odd_line(struct perf *p, struct header *h)
{
	if (!p->has_odd_line)
		return;
	if (p->odd_line.n + 1 + h->comm.n >= COMM_MOST) {
		forget_odd_line(p);
		return;
	}
	p->has_odd_line = false;
	buf_addc(&p->odd_line, '\n');
	buf_add(&p->odd_line, h->comm);
	h->comm = buf_str(&p->odd_line);
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

/* Registers and branch records, printed where the empty line would be, end the chain. */
static bool is_sample_tail(struct str line)
{
	struct str s = line;
	take_blanks(&s);
	if (str_starts(s, STR("ABI:")))
		return true;
	size_t n = 0;
	while (n < s.n && s.p[n] != ' ')
		n++;
	s = str_head(s, n);
	return str_find(s, STR("/P/")) > 0 || str_find(s, STR("/M/")) > 0 ||
	       str_find(s, STR("/PN/")) > 0 || str_find(s, STR("/-/-/")) > 0;
}

/* Something happened that is no sample: "inl 23406 3870.48: PERF_RECORD_COMM: …". */
static bool is_record(struct str line, const struct header *h)
{
	static const struct str marks[] = {
		{ "PERF_RECORD_", 12 }, { "DEFERRED CALLCHAIN", 18 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (str_starts(line, marks[i]) ||
		    (h && (str_starts(h->event, marks[i]) ||
			   str_starts(h->rest, marks[i]))))
			return true;
	return false;
}

/* Frames */

static bool push_frame(struct perf *p, struct line *line)
{
	uint32_t location = location_of(&p->locations, &line->search);
	linecache_add(&p->cache, line->seen, location);
	push_location(p, location);
	if (sample_depth(p->out) > DEPTH_MOST)
		return input_error(p->in, "stack of more than %d frames", DEPTH_MOST);
	return true;
}

/* perf script -F ip,sym prints no header at all, -F comm,ip,sym one that could be anything. */
static bool begin_headless(struct perf *p)
{
	if (p->has_header) {
		input_warn(p->in, "samples without a readable header",
			   (struct str){ NULL, 0 });
		p->has_odd_line = false;
		p->open = p->skipping = true;
		return true;
	}
	struct header h = { .pid = -1, .tid = -1, .cpu = -1, .period = 1 };
	if (p->has_odd_line && p->odd_line.n <= COMM_MOST) {
		p->has_odd_line = false;
		h.comm = str_trim(buf_str(&p->odd_line));
	}
	bool begun = begin_sample(p, &h);
	p->has_header = false;
	return begun;
}

static bool read_frame(struct perf *p, struct line *line)
{
	if (!p->open && !begin_headless(p))
		return false;
	forget_odd_line(p);
	return p->skipping || push_frame(p, line);
}

static bool read_header(struct perf *p, struct str line, struct header *h)
{
	if (is_record(line, h)) {
		end_sample(p);
		forget_odd_line(p);
		p->skipping = true;
		return true;
	}
	join_odd_line(p, h);
	if (!begin_sample(p, h))
		return false;
	struct frame_text f;
	if (h->rest.n && !p->skipping && !events_is_tracepoint(h->event) &&
	    parse_frame(h->rest, &f)) {
		struct location_key key = key_of(p, &f);
		push_location(p, location_find(&p->locations, &key));
	}
	return true;
}

static bool is_source_line(const struct perf *p, struct str line)
{
	return p->open && p->last != LOCATION_NONE && line.n > 2 &&
	       line.p[0] == ' ' && line.p[1] == ' ' && line.p[2] != ' ';
}

static void read_source_line(struct perf *p, struct line *line)
{
	if (p->skipping)
		return;
	uint32_t text = profile_text(p->profile, str_trim(line->text));
	linecache_add(&p->cache, line->seen, text | SOURCE_LINE);
	push_source_line(p, text);
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
	struct frame_text f;
	line->is_frame = parse_frame(line->text, &f);
	if (!line->is_frame)
		return false;
	line->has_module = f.has_module;
	line->search.key = key_of(p, &f);
	location_prepare(&p->locations, &line->search);
	return true;
}

/* A line that was not seen before and is not a frame behind a TAB. */
static bool read_other_line(struct perf *p, struct line *line)
{
	struct header h;
	struct str text = line->text;
	if (text.p[0] == '\t' && p->skipping)
		return true;
	if (parse_header(text, &h, !p->has_time))
		return read_header(p, text, &h);
	if (is_record(text, NULL)) {
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
	else if (p->open && is_sample_tail(text))
		end_sample(p);
	else
		keep_odd_line(p, text);
	return true;
}

static struct str without_line_end(struct str raw)
{
	if (raw.n && raw.p[raw.n - 1] == '\n')
		raw.n--;
	if (raw.n && raw.p[raw.n - 1] == '\r')
		raw.n--;
	return raw;
}

static bool prepare_line(struct perf *p, struct line *line)
{
	line->is_frame = false;
	line->text = without_line_end(line->seen->raw);
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
		location_guess(&p->locations, &lines[frames[i]].search);
	for (size_t i = 0; i < count; i++)
		location_fetch(&p->locations, &lines[frames[i]].search);
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
		p->in->line--;
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		input_skip(p->in, seen[i].raw.n);
	p->in->line -= n;
	return n;
}

/* Frames that were seen before, in a sample that is wanted: the usual case, and the fast one. */
static size_t push_known_frames(struct perf *p, const struct linecache_line *seen,
				size_t i, size_t n)
{
	const uint32_t *frame = p->locations.frame;
	samples_reserve(p->out, n - i);
	for (; i < n && seen[i].value < SOURCE_LINE; i++) {
		uint32_t known = frame[seen[i].value];
		if (known == LOCATION_MANY)
			break;
		sample_push_reserved(p->out, known);
		p->last = seen[i].value;
	}
	return i;
}

static bool read_lines(struct perf *p, const struct linecache_line *seen,
		       struct line *lines, size_t n)
{
	uint64_t before = p->in->line;
	for (size_t i = 0; i < n; i++) {
		if (p->open && !p->skipping)
			i = push_known_frames(p, seen, i, n);
		if (i == n)
			break;
		p->in->line = before + i + 1;
		if (seen[i].value != LINECACHE_UNKNOWN && p->open) {
			if (!p->skipping)
				push_known(p, seen[i].value);
		} else if (!read_line(p, &lines[i])) {
			return false;
		}
	}
	p->in->line = before + n;
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
		.last = LOCATION_NONE,
		.numbers = want->addrs || want->granularity == GRANULARITY_ADDRESSES,
	};
	out->profile->column_count = 2;
	out->profile->columns[0].name = STR("period");
	out->profile->columns[1].name = STR("samples");
	out->profile->columns[1].is_samples = true;
	locations_init(&p.locations, out->profile, want);
	linecache_init(&p.cache);
	bool ok = read_all(&p);
	linecache_free(&p.cache);
	locations_free(&p.locations);
	buf_free(&p.odd_line);
	free(p.event_wanted);
	return ok;
}

/* Recognising */

/* How much a line looks like a frame: not, in any layout, or as perf prints it. */
static enum probe probe_frame(struct str line, bool after_header)
{
	struct frame_text f;
	bool indented = line.n && (line.p[0] == '\t' || line.p[0] == ' ');
	if (!parse_frame(line, &f) || f.symbol.n == 0)
		return PROBE_NO;
	if (f.has_module && (indented || after_header))
		return PROBE_SURE;
	if (line.p[0] == '\t' && line.n > 17 && line.p[17] == ' ')
		return after_header ? PROBE_SURE : PROBE_LIKELY;
	return PROBE_NO;
}

static enum probe probe_perf(struct str head)
{
	struct header h;
	bool header = false;
	enum probe best = PROBE_NO;
	for (int i = 0; i < PROBE_LINES && head.p != NULL; i++) {
		struct str line = without_line_end(str_cut(&head, '\n'));
		enum probe sure = probe_frame(line, header);
		if (sure == PROBE_SURE)
			return PROBE_SURE;
		if (sure == PROBE_NO && parse_header(line, &h, false) && h.event.n) {
			header = true;
			sure = PROBE_LIKELY;
		}
		if (sure > best)
			best = sure;
	}
	return best;
}

/* The last header that follows an empty line: the second half begins there. */
static const char *split_perf(struct str block)
{
	struct header h;
	for (struct str s = block; s.n > 0;) {
		ptrdiff_t newline = str_rchr(s, '\n');
		if (newline < 0)
			return NULL;
		struct str line = str_skip(s, (size_t)newline + 1);
		s = str_head(s, (size_t)newline);
		struct str before = str_skip(s, (size_t)(str_rchr(s, '\n') + 1));
		if (str_trim(before).n == 0 && line.n && line.p[0] != '\t' &&
		    parse_header(line, &h, false) && !is_record(line, &h))
			return line.p;
	}
	return NULL;
}

const struct reader reader_perf = {
	.name = "perf",
	.title = "text of perf script",
	.leaf_first = true,
	.probe = probe_perf,
	.read = read_perf,
	.split = split_perf,
};
