/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What Memcheck writes for people:
 *
 *	==3438== Memcheck, a memory error detector
 *	==3438== Command: bin/memdemo
 *	==3438==
 *	==3438== Invalid read of size 4
 *	==3438==    at 0x10927E: faults (leaks.c:84)
 *	==3438==    by 0x10947E: main (leaks.c:120)
 *	==3438==  Address 0x4a45ca0 is 0 bytes after a block of size 16 alloc'd
 *	==3438==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck.so)
 *	==3438==
 *	==3438== HEAP SUMMARY:
 *	==3438== 160 (32 direct, 128 indirect) bytes in 1 blocks are definitely lost in
 *	         loss record 4 of 5                               (in the same line)
 *	==3438==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck.so)
 *	==3438==    by 0x10934C: leak_indirect (memdemo.c:50)
 *	==3438==
 *	==3438== LEAK SUMMARY:
 *	==3438==    definitely lost: 10,032 bytes in 11 blocks
 *
 * Processes that share a log take turns by lines, so each has a state of its own.
 * With -s all errors are told once more, with the times they came.
 */
#include "read/memcheck_text.h"

#include <stdlib.h>

#include "base/num.h"

struct text {
	struct memcheck_report *report;
	struct intern pids;
	struct teller {
		uint32_t process;
		struct buf header;       /* may be an error: "Invalid read of size 4" */
		int64_t times;           /* of the error that is told next, with -s */
	} *tellers;              /* by id in pids */
	size_t capacity;
	bool is_any;             /* a line of Valgrind was there */
};

/* Prefixes */

/* "123", "00:00:00:01.234 123" */
static bool take_pid(struct str s, struct str *pid)
{
	struct str time = { s.p, 0 };
	ptrdiff_t blank = str_rchr(s, ' ');
	*pid = str_skip(s, (size_t)(blank + 1));
	if (blank >= 0)
		time = str_head(s, (size_t)blank);
	for (size_t i = 0; i < time.n; i++)
		if (!num_is_digit(time.p[i]) && time.p[i] != ':' && time.p[i] != '.')
			return false;
	return num_is_digits(*pid) && pid->n < 10;
}

bool memcheck_text_cut_prefix(struct str *line, struct str *pid)
{
	enum { INSIDE_MAX = 40 };
	struct str rest = *line;
	ptrdiff_t at;
	while ((at = str_find(rest, STR("=="))) >= 0) {
		rest = str_skip(rest, (size_t)at + 2);
		struct str near = rest.n > INSIDE_MAX ? str_head(rest, INSIDE_MAX) : rest;
		ptrdiff_t end = str_find(near, STR("=="));
		if (end <= 0 || !take_pid(str_head(rest, (size_t)end), pid))
			continue;
		rest = str_skip(rest, (size_t)end + 2);
		if (rest.n > 0 && rest.p[0] != ' ')
			continue;
		*line = rest.n > 0 ? str_skip(rest, 1) : rest;
		return true;
	}
	return false;
}

/* Processes */

static struct teller *find_teller(struct text *t, struct str pid)
{
	uint64_t number = 0;
	uint32_t known = t->pids.count, id = intern(&t->pids, pid);
	if (id == known) {
		ARRAY_RESERVE(t->tellers, t->capacity, id + 1ull);
		num_u64(pid, &number);
		t->tellers[id] = (struct teller){
			.process = memcheck_report_add_process(t->report, (int64_t)number),
		};
	}
	return &t->tellers[id];
}

static struct memcheck_process *process_of(struct text *t, const struct teller *teller)
{
	return &t->report->processes[teller->process];
}

/* A process id may come again for another process. */
static void begin_process(struct text *t, struct teller *teller)
{
	struct memcheck_process *p = process_of(t, teller);
	memcheck_report_end(t->report, teller->process);
	if (p->ended || p->leak_set > 0)
		teller->process = memcheck_report_add_process(t->report, p->pid);
}

/* Lines */

static bool read_place(struct text *t, struct teller *teller, struct str place)
{
	struct frametext frame = frametext_parse(place);
	if (teller->header.n > 0) {
		memcheck_report_begin_error(t->report, teller->process, buf_str(&teller->header),
				     teller->times > 0 ? teller->times : 1);
		buf_clear(&teller->header);
		teller->times = 0;
	}
	return !process_of(t, teller)->is_open ||
	       memcheck_report_add_place(t->report, teller->process, &frame);
}

/* "   definitely lost: 10,032 bytes in 11 blocks", after the end */
static void read_summary(struct memcheck_process *p, struct str line)
{
	static const struct str words[MEMCHECK_LEAKS] = {
		[MEMCHECK_DEFINITE] = STR("definitely lost: "),
		[MEMCHECK_INDIRECT] = STR("indirectly lost: "),
		[MEMCHECK_POSSIBLE] = STR("possibly lost: "),
		[MEMCHECK_REACHABLE] = STR("still reachable: "),
	};
	struct str rest = str_trim(line);
	int64_t bytes, blocks;
	for (int k = 0; p->ended && k < MEMCHECK_LEAKS; k++)
		if (str_take(&rest, words[k]) && memcheck_loss_amount(rest, &bytes, &blocks)) {
			p->has_summary[k] = true;
			p->summary[k] = bytes;
		}
}

/* "2 errors in context 1 of 9:" */
static bool read_times(struct text *t, struct teller *teller, struct str line)
{
	struct str rest = line;
	uint64_t times;
	if (!num_u64(str_cut(&rest, ' '), &times) || times > INT32_MAX ||
	    !str_take(&rest, STR("errors in context ")))
		return false;
	if (str_starts(rest, STR("1 of ")))
		process_of(t, teller)->error_set++;
	teller->times = (int64_t)times;
	return true;
}

static void nothing_lost(struct memcheck_process *p)
{
	p->checked = true;
	for (int k = 0; k < MEMCHECK_LEAKS; k++) {
		p->has_summary[k] = true;
		p->summary[k] = 0;
	}
}

/* What comes in front of places without being an error. */
static bool is_other_header(struct str line)
{
	return str_starts(line, STR("Process terminating")) ||
	       str_starts(line, STR("Open ")) || str_starts(line, STR("Thread "));
}

static void read_words(struct text *t, struct teller *teller, struct str line)
{
	struct memcheck_process *p = process_of(t, teller);
	struct str rest = line;
	if (str_starts(line, STR("HEAP SUMMARY:")))
		memcheck_report_end_process(p);
	else if (str_starts(line, STR("LEAK SUMMARY:")))
		p->checked |= p->ended;
	else if (str_starts(line, STR("All heap blocks were freed")))
		nothing_lost(p);
	else if (str_starts(line, STR("Memcheck, a memory error detector")))
		begin_process(t, teller);
	else if (str_take(&rest, STR("Command: ")) && t->report->profile->title.n == 0)
		t->report->profile->title = profile_keep(t->report->profile, str_trim(rest));
	else if (!read_times(t, teller, line) && !is_other_header(line))
		buf_add(&teller->header, line);
}

static bool read_line(struct text *t, struct teller *teller, struct str line)
{
	struct memcheck_loss loss;
	struct str place = line;
	if (str_take(&place, STR("   at ")) || str_take(&place, STR("   by ")))
		return read_place(t, teller, place);
	memcheck_report_end(t->report, teller->process);
	buf_clear(&teller->header);
	if (memcheck_loss_parse(&loss, line))
		memcheck_report_begin_leak(t->report, teller->process, &loss);
	else if (str_find(line, STR(" in loss record ")) >= 0)
		input_warn(t->report->in, "leaks whose words are not understood", line);
	else if (line.n > 0 && line.p[0] == ' ')
		read_summary(process_of(t, teller), line);
	else if (line.n > 0)
		read_words(t, teller, line);
	return true;
}

static bool read_lines(struct text *t)
{
	struct input *in = t->report->in;
	struct str line, pid;
	while (input_line(in, &line)) {
		if (!memcheck_text_cut_prefix(&line, &pid))
			continue;
		t->is_any = true;
		if (!str_ends(in->raw, STR("\n"))) {
			input_warn(in, "lines cut off at the end", line);
			break;
		}
		if (!read_line(t, find_teller(t, pid), line))
			return false;
	}
	return !in->failed;
}

bool memcheck_text_read(struct memcheck_report *r)
{
	struct text t = { .report = r };
	bool ok = read_lines(&t);
	if (ok && !t.is_any)
		input_warn(r->in, "logs without a line of Valgrind", STR(""));
	for (uint32_t i = 0; i < t.pids.count; i++)
		buf_free(&t.tellers[i].header);
	intern_free(&t.pids);
	free(t.tellers);
	return ok;
}
