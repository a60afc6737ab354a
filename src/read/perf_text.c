/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A header is the process name, ids, cpu, time, period and event, of which each
 * may be missing:
 *
 *	java 12688/12701 [002] 6544038.708352:   1001001 cpu-clock:uhH:
 *	 wrk (a) [1]    9151  1067.649478:   10101010 cpu-clock:
 *	java 19983 cycles:
 *
 * The process name holds up to 15 bytes of any kind, digits, blanks and
 * brackets among them, so ids are looked for from the right end of where they
 * can begin.
 *
 * A frame is address, symbol, offset and module.  Symbols and paths may hold
 * blanks and parentheses, so the module is what balances the ")" at the end.
 */
#include "read/perf_text.h"

#include "base/alloc.h"
#include "base/num.h"

enum {
	IDS_START_MAX = 24,              /* column where the ids start at most */
};

/* Scanning: each takes what it names off the front of *s, or leaves it. */

/* Hexadecimal digits, as perf prints them. */
static const bool hex_digits[256] = {
	['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true,
	['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
	['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true,
	['f'] = true,
};

static bool is_hex(char c)
{
	return hex_digits[(unsigned char)c];
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

static size_t digits_of(struct str s)
{
	size_t n = 0;
	while (n < s.n && num_is_digit(s.p[n]))
		n++;
	return n;
}

/* Digits; how many, 0 when there are none or more than fit. */
static size_t take_number(struct str *s, uint64_t *value)
{
	size_t n = 0;
	uint64_t number = 0;
	for (; n < s->n && n < 19 && num_is_digit(s->p[n]); n++)
		number = number * 10 + (uint64_t)(s->p[n] - '0');
	if (n == 0 || (n < s->n && num_is_digit(s->p[n])))
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
static bool take_ids(struct str *s, struct perf_header *h)
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
static void take_cpu(struct str *s, struct perf_header *h)
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
		    (form[i] == 'd' ? !num_is_digit(s->p[i]) : s->p[i] != form[i]))
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
static void take_period(struct str *s, struct perf_header *h)
{
	struct str t = *s;
	h->has_period = false;
	h->period = 1;
	uint64_t value = UINT64_MAX;
	if (take_number(&t, &value) == 0)
		t = str_skip(t, digits_of(t));   /* too large */
	if (t.p == s->p || take_blanks(&t) == 0)
		return;
	h->has_period = true;
	h->period = value;
	*s = t;
}

/* "cpu-clock:uhH: " */
static void take_event(struct str *s, struct perf_header *h)
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

static void take_after_time(struct str s, struct perf_header *h)
{
	take_blanks(&s);
	take_period(&s, h);
	take_event(&s, h);
	take_blanks(&s);
	h->rest = s;
}

static bool match_timed(struct str s, struct perf_header *h)
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
static bool match_untimed(struct str s, struct perf_header *h)
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

/* "   1001001 ": a period fills ten columns, which is how it is told from ids. */
static bool take_wide_period(struct str *s, struct perf_header *h)
{
	struct str t = *s;
	size_t blanks = take_blanks(&t), digits = digits_of(t);
	if (digits == 0 || digits > 19 || blanks + digits < 10 || t.n != digits + 1)
		return false;
	take_number(&t, &h->period);
	h->has_period = true;
	*s = str_skip(t, 1);
	return true;
}

/* "inl  9300 ", "inl 9300    1001001 ": ids and perhaps a period, and nothing else. */
static bool match_bare(struct str s, struct perf_header *h)
{
	int64_t id;
	*h = (struct perf_header){ .pid = -1, .tid = -1, .cpu = -1, .period = 1 };
	if (s.n == 0 || s.p[s.n - 1] != ' ')
		return false;
	struct str t = s;
	if (take_id(&t, &id) && take_char(&t, '/'))
		h->pid = id;
	else
		t = s;
	if (!take_id(&t, &h->tid) || !take_char(&t, ' '))
		return false;
	if (t.n == 0 || take_wide_period(&t, h))
		return true;
	take_blanks(&t);
	take_cpu(&t, h);
	return t.n == 0 || take_wide_period(&t, h);
}

/* "inl    1001001 ": perf script -F comm,period,ip,sym. */
static bool match_period(struct str line, struct perf_header *h)
{
	*h = (struct perf_header){ .pid = -1, .tid = -1, .cpu = -1, .period = 1 };
	size_t n = line.n < IDS_START_MAX ? line.n : IDS_START_MAX;
	for (size_t i = 1; i < n; i++) {
		struct str s = str_skip(line, i);
		if (line.p[i - 1] == ' ' && line.p[i] == ' ' && take_wide_period(&s, h)) {
			h->comm = str_trim(str_head(line, i));
			return s.n == 0;
		}
	}
	return false;
}

/* "     page-faults: ": perf script -F event,ip,sym. */
static bool match_event(struct str s, struct perf_header *h)
{
	*h = (struct perf_header){ .pid = -1, .tid = -1, .cpu = -1, .period = 1 };
	if (s.n < 3 || s.p[s.n - 1] != ' ' || s.p[s.n - 2] != ':')
		return false;
	take_blanks(&s);
	take_event(&s, h);
	return h->event.n > 0 && s.n == 1;
}

static bool may_start_ids(struct str line, size_t i)
{
	bool digit = num_is_digit(line.p[i]) ||
		     (line.p[i] == '-' && i + 1 < line.n && num_is_digit(line.p[i + 1]));
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

static bool set_comm(struct str line, size_t ids, struct perf_header *h)
{
	h->comm = str_trim(str_head(line, ids));
	return true;
}

/* Ids and a period, a period, ids, an event: each could be taken for the next. */
static bool match_without_event(struct str line, size_t last, struct perf_header *h)
{
	for (size_t i = 0; i < last; i++)
		if (may_start_ids(line, i) && match_bare(str_skip(line, i), h) &&
		    h->has_period)
			return set_comm(line, i, h);
	if (match_period(line, h))
		return true;
	for (size_t i = 0; i < last; i++)
		if (may_start_ids(line, i) && match_bare(str_skip(line, i), h))
			return set_comm(line, i, h);
	return match_event(line, h);
}

/*
 * The process name has at most 15 bytes, which can look like ids themselves, so
 * the ids are the last ones that fit.  Without a time there is less to
 * recognise: then they are the first.  A name such as "99 1.000000:" before ids
 * without time is recognised by the event at the end of the line.
 */
bool perf_text_header(struct str line, struct perf_header *h, bool bare_too)
{
	line = skip_guest(line);
	size_t last = line.n < IDS_START_MAX + 1 ? line.n : IDS_START_MAX + 1;
	struct perf_header untimed;
	for (size_t i = last; i-- > 0;) {
		if (!may_start_ids(line, i) || !match_timed(str_skip(line, i), h))
			continue;
		for (size_t j = i + 1; h->event.n == 0 && j < last; j++)
			if (may_start_ids(line, j) &&
			    match_untimed(str_skip(line, j), &untimed)) {
				*h = untimed;
				return set_comm(line, j, h);
			}
		return set_comm(line, i, h);
	}
	for (size_t i = 0; i < last; i++)
		if (may_start_ids(line, i) && match_untimed(str_skip(line, i), h))
			return set_comm(line, i, h);
	return bare_too && match_without_event(line, last, h);
}

/* Frames */

/* Cuts "+0x1c" off the end and returns the digits of it. */
static struct str cut_offset(struct str *s)
{
	size_t n = s->n;
	while (n > 0 && is_hex(s->p[n - 1]))
		n--;
	if (n < 3 || n == s->n || memcmp(s->p + n - 3, "+0x", 3) != 0)
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

/* "symbol (/usr/li": the line was cut off. */
static bool cut_half_module(struct str *s, struct perf_frame *f)
{
	ptrdiff_t open = opening_of_odd_module(*s);
	if (open < 0)
		return false;
	f->cut_off = true;
	f->module = str_skip(*s, (size_t)open + 1);
	*s = str_head(*s, (size_t)open - 1);
	return true;
}

/* Takes "(module)" off the end of "symbol (module)". */
static bool cut_module(struct str *s, struct perf_frame *f)
{
	if (s->n == 0 || s->p[s->n - 1] != ')')
		return cut_half_module(s, f);
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
bool perf_text_frame(struct str s, struct perf_frame *f)
{
	*f = (struct perf_frame){ 0 };
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

/* Registers and branch records, printed where the empty line would be, end the chain. */
bool perf_text_is_tail(struct str line)
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

bool perf_text_is_more(struct str line)
{
	size_t blanks = 0;
	while (blanks < line.n && line.p[blanks] == ' ')
		blanks++;
	return blanks < line.n && (blanks == 2 || blanks > 16);
}

/* Something happened that is no sample: "inl 23406 3870.48: PERF_RECORD_COMM: …". */
bool perf_text_is_record(struct str line, const struct perf_header *h)
{
	static const struct str marks[] = {
		STR("PERF_RECORD_"), STR("DEFERRED CALLCHAIN"),
		STR("BPF output:"), STR("BPF string:"),
	};
	struct str start = h && h->event.n ? STR("") : str_trim(line);
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (str_starts(start, marks[i]) ||
		    (h && (str_starts(h->event, marks[i]) ||
			   str_starts(h->rest, marks[i]))))
			return true;
	return false;
}

struct str perf_text_line(struct str raw)
{
	if (raw.n && raw.p[raw.n - 1] == '\n')
		raw.n--;
	if (raw.n && raw.p[raw.n - 1] == '\r')
		raw.n--;
	return raw;
}

/* Recognising */

/* How much a line looks like a frame: not, in any layout, or as perf prints it. */
static enum probe probe_frame(struct str line, bool after_header)
{
	struct perf_frame f;
	bool indented = line.n && (line.p[0] == '\t' || line.p[0] == ' ');
	if (!perf_text_frame(line, &f))
		return PROBE_NO;
	if (f.symbol.n == 0)     /* perf script -F ip */
		return line.p[0] == '\t' && line.n == 17 ? PROBE_LIKELY : PROBE_NO;
	if (f.has_module && (indented || after_header))
		return PROBE_SURE;
	if (line.p[0] == '\t' && line.n > 17 && line.p[17] == ' ')
		return after_header ? PROBE_SURE : PROBE_LIKELY;
	return PROBE_NO;
}

/*
 * What comes before the first sample can be long: a line for each processor
 * (--header), one for each file that was mapped (--show-mmap-events).
 */
static enum probe probe_other(struct str line, bool *header)
{
	struct perf_header h;
	if (str_starts(line, STR("# captured on")) || str_starts(line, STR("# perf version")))
		return PROBE_LIKELY;
	if (!perf_text_header(line, &h, false))
		return PROBE_NO;
	if (perf_text_is_record(line, &h))
		return PROBE_LIKELY;
	*header |= h.event.n > 0;
	return h.event.n > 0 ? PROBE_LIKELY : PROBE_NO;
}

enum probe perf_text_probe(struct str head)
{
	bool header = false;
	enum probe best = PROBE_NO;
	if (str_find(str_head(head, head.n < 256 ? head.n : 256),
		     STR("Source code & Disassembly of")) >= 0)
		return PROBE_NO;         /* perf annotate: "main():" is no event */
	while (head.p != NULL && best != PROBE_SURE) {
		struct str line = perf_text_line(str_cut(&head, '\n'));
		enum probe sure = probe_frame(line, header);
		if (sure == PROBE_NO)
			sure = probe_other(line, &header);
		if (sure > best)
			best = sure;
	}
	return best;
}

const char *perf_text_split(struct str block)
{
	struct perf_header h;
	for (struct str s = block; s.n > 0;) {
		ptrdiff_t newline = str_rchr(s, '\n');
		if (newline < 0)
			return NULL;
		struct str line = str_skip(s, (size_t)newline + 1);
		s = str_head(s, (size_t)newline);
		struct str before = str_skip(s, (size_t)(str_rchr(s, '\n') + 1));
		if (str_trim(before).n == 0 && line.n && line.p[0] != '\t' &&
		    perf_text_header(line, &h, false) && !perf_text_is_record(line, &h))
			return line.p;
	}
	return NULL;
}
