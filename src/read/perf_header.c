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
 */
#include "read/perf_header.h"

#include "base/alloc.h"
#include "base/num.h"

enum {
	IDS_START_MAX = 24,              /* column where the ids start at most */
};

/* What is not printed, before a header is taken apart. */
const struct perf_header perf_header_none = {
	.pid = -1, .tid = -1, .cpu = -1, .period = 1,
};

/* Scanning: each takes what it names off the front of *s, or leaves it. */

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
static bool take_time(struct str *s, int64_t *time)
{
	struct str t = *s;
	uint64_t seconds, parts;
	if (take_number(&t, &seconds) == 0 || !take_char(&t, '.'))
		return false;
	size_t decimals = take_number(&t, &parts);
	if ((decimals != 6 && decimals != 9) || !take_char(&t, ':'))
		return false;
	parts *= decimals == 6 ? 1000 : 1;
	*time = seconds < INT64_MAX / 1000000000 ?
			(int64_t)(seconds * 1000000000 + parts) : INT64_MAX;
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

/* Whole headers */

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
	if (!take_time(&s, &h->time)) {
		struct str t = s;
		take_misc(&t);
		take_time_of_day(&t);
		if (!take_time(&t, &h->time))
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
	*h = perf_header_none;
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
	*h = perf_header_none;
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
	*h = perf_header_none;
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
bool perf_header_read(struct str line, struct perf_header *h, bool bare_too)
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

bool perf_header_is_record(struct str line, const struct perf_header *h)
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
