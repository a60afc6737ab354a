/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What Memcheck writes with --xml=yes:
 *
 *	<valgrindoutput>
 *	<protocolversion>4</protocolversion>
 *	<pid>1826</pid>
 *	<args><vargv>...</vargv><argv><exe>bin/memdemo</exe></argv></args>
 *	<status><state>FINISHED</state></status>
 *	<error>
 *	  <unique>0x1</unique>
 *	  <kind>Leak_DefinitelyLost</kind>
 *	  <xwhat>
 *	    <text>160 (32 direct, 128 indirect) bytes in 1 blocks are definitely lost
 *	          in loss record 2 of 5</text>                   (in the same line)
 *	    <leakedbytes>160</leakedbytes>
 *	    <leakedblocks>1</leakedblocks>
 *	  </xwhat>
 *	  <stack>
 *	    <frame>
 *	      <ip>0x10934C</ip> <obj>/bin/memdemo</obj> <fn>leak_indirect</fn>
 *	      <dir>/src</dir> <file>memdemo.c</file> <line>50</line>
 *	    </frame>
 *	  </stack>
 *	</error>
 *	<errorcounts><pair><count>3</count><unique>0x0</unique></pair></errorcounts>
 *	</valgrindoutput>
 *
 * docs/internals/xml-output-protocol*.txt of Valgrind.  "leakedbytes" counts what is
 * lost indirectly, too, which may have a record of its own, so the bytes are taken
 * from the sentence.  Version 6 has a summary as the text has; Valgrind 3.26.0 leaves
 * an element of it open.  More stacks of an error tell where its memory is from.
 * Leaks are always looked for at the end, whatever --leak-check says.
 */
#include "read/memcheck_xml.h"

#include <stdlib.h>

#include "base/num.h"
#include "io/xml.h"

/* Parts of a frame, and of an error. */
enum part { OBJECT, FUNCTION, FILE_NAME, LINE, ADDRESS, PARTS };

struct reading {
	struct memcheck_report *report;
	struct xml *xml;
	struct memcheck_process *process;        /* the only one */
	struct buf parts[PARTS];
	struct buf kind, words, unique;
	struct intern uniques;
	uint32_t *records;                       /* by id in uniques */
	size_t record_capacity;
};

static bool is(const struct reading *r, struct str name)
{
	return str_eq(r->xml->text, name);
}

/* The next element in the one that is open; false behind the last one. */
static bool next_child(struct reading *r)
{
	enum xml_kind kind;
	do
		kind = xml_next(r->xml);
	while (kind == XML_TEXT);
	return kind == XML_OPEN;
}

/* Whether the element ended, and not the text. */
static bool at_end(const struct reading *r)
{
	return r->xml->kind == XML_CLOSE;
}

static bool read_text(struct reading *r, struct buf *text)
{
	struct str s;
	buf_clear(text);
	if (!xml_element_text(r->xml, &s))
		return false;
	buf_add(text, s);
	return true;
}

/* False when the text ends; what is no number is an error. */
static bool read_count(struct reading *r, int64_t *value)
{
	struct str s;
	uint64_t n;
	if (!xml_element_text(r->xml, &s))
		return false;
	if (!num_u64(s, &n) || n > INT64_MAX)
		return xml_error(r->xml, "'%.*s' is no whole number from 0 on that fits in "
				 "63 bits", STR_ARG(s));
	*value = (int64_t)n;
	return true;
}

/* Stacks */

static bool add_frame(struct reading *r)
{
	struct frametext frame = {
		.name = buf_str(&r->parts[FUNCTION]), .module = buf_str(&r->parts[OBJECT]),
	};
	struct str address = buf_str(&r->parts[ADDRESS]);
	struct buf *file = &r->parts[FILE_NAME];
	if (str_starts(address, STR("0x")))
		num_hex(str_skip(address, 2), &frame.address);
	if (file->n > 0) {
		buf_addc(file, ':');
		buf_add(file, r->parts[LINE].n ? buf_str(&r->parts[LINE]) : STR("0"));
		frame.line = buf_str(file);
	}
	return memcheck_report_add_place(r->report, 0, &frame);
}

static bool read_frame(struct reading *r)
{
	static const struct str names[PARTS] = {
		[OBJECT] = STR("obj"), [FUNCTION] = STR("fn"), [FILE_NAME] = STR("file"),
		[LINE] = STR("line"), [ADDRESS] = STR("ip"),
	};
	for (int i = 0; i < PARTS; i++)
		buf_clear(&r->parts[i]);
	while (next_child(r)) {
		int part = 0;
		while (part < PARTS && !is(r, names[part]))
			part++;
		if (part < PARTS ? !read_text(r, &r->parts[part]) : !xml_skip(r->xml))
			return false;
	}
	return at_end(r) && add_frame(r);
}

static bool read_stack(struct reading *r)
{
	while (next_child(r))
		if (is(r, STR("frame")) ? !read_frame(r) : !xml_skip(r->xml))
			return false;
	return at_end(r);
}

/* Errors */

struct error {
	int64_t leaked_bytes, leaked_blocks;     /* -1: not told */
	bool has_stack;
};

static bool read_what(struct reading *r, struct error *e)
{
	while (next_child(r)) {
		bool ok = is(r, STR("text")) ? read_text(r, &r->words) :
			  is(r, STR("leakedbytes")) ? read_count(r, &e->leaked_bytes) :
			  is(r, STR("leakedblocks")) ? read_count(r, &e->leaked_blocks) :
						       xml_skip(r->xml);
		if (!ok)
			return false;
	}
	return at_end(r);
}

static enum memcheck_kind leak_kind(struct str kind)
{
	static const struct str names[MEMCHECK_LEAKS] = {
		[MEMCHECK_DEFINITE] = STR("Leak_DefinitelyLost"),
		[MEMCHECK_INDIRECT] = STR("Leak_IndirectlyLost"),
		[MEMCHECK_POSSIBLE] = STR("Leak_PossiblyLost"),
		[MEMCHECK_REACHABLE] = STR("Leak_StillReachable"),
	};
	for (unsigned k = 0; k < MEMCHECK_LEAKS; k++)
		if (str_eq(kind, names[k]))
			return k;
	return MEMCHECK_ERROR;
}

static void begin_leak(struct reading *r, const struct error *e, enum memcheck_kind kind)
{
	struct memcheck_loss loss;
	bool parsed = memcheck_loss_parse(&loss, buf_str(&r->words));
	if (!parsed) {
		/* Bytes of others may be in these. */
		input_warn(r->report->in, "leaks whose words are not understood",
			   buf_str(&r->words));
		loss = (struct memcheck_loss){
			.direct = e->leaked_bytes < 0 ? 0 : e->leaked_bytes,
			.blocks = e->leaked_blocks < 0 ? 0 : e->leaked_blocks,
			.number = r->process->number + 1, .count = r->process->count,
		};
	} else if (e->leaked_bytes >= 0 && e->leaked_bytes != loss.bytes) {
		input_warn(r->report->in, "leaks whose words tell other bytes than their "
			   "numbers", buf_str(&r->words));
	}
	loss.kind = kind;
	memcheck_report_begin_leak(r->report, 0, &loss);
}

/* Kind and words are known; the places come. */
static void begin_error(struct reading *r, const struct error *e)
{
	enum memcheck_kind kind = leak_kind(buf_str(&r->kind));
	bool named = r->words.n > 0 && str_find(buf_str(&r->words), STR("0x")) < 0;
	if (kind != MEMCHECK_ERROR)
		begin_leak(r, e, kind);
	else
		memcheck_report_begin_error(r->report, 0,
				     buf_str(named ? &r->words : &r->kind), 1);
}

static void note_record(struct reading *r, uint32_t record)
{
	uint32_t id = intern(&r->uniques, buf_str(&r->unique));
	ARRAY_RESERVE(r->records, r->record_capacity, id + 1ull);
	r->records[id] = record;
}

static bool read_part(struct reading *r, struct error *e)
{
	if (is(r, STR("kind")))
		return read_text(r, &r->kind);
	if (is(r, STR("unique")))
		return read_text(r, &r->unique);
	if (is(r, STR("what")))
		return read_text(r, &r->words);
	if (is(r, STR("xwhat")))
		return read_what(r, e);
	if (is(r, STR("leakedbytes")))
		return read_count(r, &e->leaked_bytes);
	if (is(r, STR("leakedblocks")))
		return read_count(r, &e->leaked_blocks);
	if (!is(r, STR("stack")) || e->has_stack)
		return xml_skip(r->xml);
	e->has_stack = true;
	begin_error(r, e);
	return read_stack(r);
}

static bool read_error(struct reading *r)
{
	struct error e = { .leaked_bytes = -1, .leaked_blocks = -1 };
	buf_clear(&r->kind);
	buf_clear(&r->words);
	buf_clear(&r->unique);
	while (next_child(r))
		if (!read_part(r, &e))
			return false;
	if (!at_end(r))
		return false;
	if (!e.has_stack)
		begin_error(r, &e);
	note_record(r, memcheck_report_end(r->report, 0));
	return true;
}

/* How often errors came; told several times, each with all so far. */
static bool read_pair(struct reading *r)
{
	int64_t count = 1;
	buf_clear(&r->unique);
	while (next_child(r)) {
		bool ok = is(r, STR("count")) ? read_count(r, &count) :
			  is(r, STR("unique")) ? read_text(r, &r->unique) :
						 xml_skip(r->xml);
		if (!ok)
			return false;
	}
	uint32_t known = r->uniques.count;
	uint32_t id = intern(&r->uniques, buf_str(&r->unique));
	if (id == known) {
		note_record(r, UINT32_MAX);
	} else if (at_end(r) && r->records[id] != UINT32_MAX) {
		struct memcheck_record *record = &r->report->records[r->records[id]];
		if (record->kind == MEMCHECK_ERROR)
			record->blocks = count;
	}
	return at_end(r);
}

static bool read_counts(struct reading *r)
{
	while (next_child(r))
		if (is(r, STR("pair")) ? !read_pair(r) : !xml_skip(r->xml))
			return false;
	return at_end(r);
}

/* Summaries of version 6 */

static bool read_kind_summary(struct reading *r, unsigned kind)
{
	while (next_child(r))
		if (is(r, STR("bytes"))) {
			r->process->has_summary[kind] = true;
			if (!read_count(r, &r->process->summary[kind]))
				return false;
		} else if (!xml_skip(r->xml)) {
			return false;
		}
	return at_end(r);
}

static bool read_summary(struct reading *r)
{
	static const struct str names[MEMCHECK_LEAKS] = {
		[MEMCHECK_DEFINITE] = STR("definitely_lost"),
		[MEMCHECK_INDIRECT] = STR("indirectly_lost"),
		[MEMCHECK_POSSIBLE] = STR("possibly_lost"),
		[MEMCHECK_REACHABLE] = STR("still_reachable"),
	};
	r->process->checked |= r->process->ended;
	while (next_child(r)) {
		unsigned k = 0;
		while (k < MEMCHECK_LEAKS && !is(r, names[k]))
			k++;
		if (k < MEMCHECK_LEAKS ? !read_kind_summary(r, k) : !xml_skip(r->xml))
			return false;
	}
	return at_end(r);
}

/* The head */

/* "definite,possible", "all", "none" */
static void show_kinds(struct memcheck_process *p, struct str set)
{
	static const struct str names[MEMCHECK_LEAKS] = {
		[MEMCHECK_DEFINITE] = STR("definite"),
		[MEMCHECK_INDIRECT] = STR("indirect"),
		[MEMCHECK_POSSIBLE] = STR("possible"),
		[MEMCHECK_REACHABLE] = STR("reachable"),
	};
	bool all = str_eq(set, STR("all"));
	for (unsigned k = 0; k < MEMCHECK_LEAKS; k++)
		p->is_shown[k] = all;
	while (set.n > 0) {
		struct str word = str_cut(&set, ',');
		for (unsigned k = 0; k < MEMCHECK_LEAKS; k++)
			p->is_shown[k] |= str_eq(word, names[k]);
	}
}

static void take_option(struct reading *r, struct str s)
{
	struct memcheck_process *p = r->process;
	struct str value = s, name = str_cut(&value, '=');
	bool no = str_eq(value, STR("no"));
	if (str_eq(name, STR("--show-leak-kinds")))
		show_kinds(p, value);
	else if (str_eq(name, STR("--show-reachable")))
		show_kinds(p, no ? STR("definite,possible") : STR("all"));
	else if (str_eq(name, STR("--show-possibly-lost")))
		p->is_shown[MEMCHECK_POSSIBLE] = !no;
}

static bool read_options(struct reading *r)
{
	struct str s;
	while (next_child(r)) {
		if (!xml_element_text(r->xml, &s))
			return false;
		take_option(r, s);
	}
	return at_end(r);
}

static bool read_command(struct reading *r)
{
	struct buf command = { 0 };
	struct str s;
	bool ok = true;
	while (ok && next_child(r)) {
		ok = xml_element_text(r->xml, &s);
		if (command.n > 0)
			buf_addc(&command, ' ');
		buf_add(&command, ok ? s : STR(""));
	}
	ok = ok && at_end(r);
	if (ok && r->report->profile->title.n == 0)
		r->report->profile->title = profile_keep(r->report->profile,
							 buf_str(&command));
	buf_free(&command);
	return ok;
}

static bool read_arguments(struct reading *r)
{
	while (next_child(r)) {
		bool ok = is(r, STR("vargv")) ? read_options(r) :
			  is(r, STR("argv")) ? read_command(r) :
					       xml_skip(r->xml);
		if (!ok)
			return false;
	}
	return at_end(r);
}

static bool read_status(struct reading *r)
{
	struct str s;
	while (next_child(r)) {
		bool state = is(r, STR("state"));
		if (!xml_element_text(r->xml, &s))
			return false;
		if (state && str_eq(s, STR("FINISHED"))) {
			memcheck_report_end_process(r->process);
			r->process->checked = true;
		}
	}
	return at_end(r);
}

static bool read_pid(struct reading *r)
{
	return read_count(r, &r->process->pid);
}

static const struct {
	struct str name;
	bool (*read)(struct reading *);
} elements[] = {
	{ STR("error"), read_error },
	{ STR("errorcounts"), read_counts },
	{ STR("leak_summary"), read_summary },
	{ STR("args"), read_arguments },
	{ STR("status"), read_status },
	{ STR("pid"), read_pid },
};

static bool read_element(struct reading *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(elements); i++)
		if (is(r, elements[i].name))
			return elements[i].read(r);
	return xml_skip(r->xml);
}

static bool read_output(struct reading *r)
{
	if (xml_next(r->xml) == XML_OPEN && !is(r, STR("valgrindoutput")))
		return xml_error(r->xml, "<%.*s> where <valgrindoutput> belongs",
				 STR_ARG(r->xml->text));
	while (r->xml->kind > XML_END && next_child(r))
		if (!read_element(r))
			break;
	while (!r->report->in->failed && r->xml->kind > XML_END)
		xml_next(r->xml);
	if (r->xml->is_cut)
		input_warn(r->report->in, "the XML ends in the middle: the program was "
			   "killed, or the file is cut off", STR(""));
	return !r->report->in->failed;
}

bool memcheck_xml_read(struct memcheck_report *report)
{
	memcheck_report_add_process(report, -1);
	struct reading r = {
		.report = report, .xml = xml_new(report->in),
		.process = &report->processes[0],
	};
	r.xml->mend_tags = true;
	bool ok = read_output(&r);
	xml_delete(r.xml);
	for (int i = 0; i < PARTS; i++)
		buf_free(&r.parts[i]);
	buf_free(&r.kind);
	buf_free(&r.words);
	buf_free(&r.unique);
	intern_free(&r.uniques);
	free(r.records);
	return ok;
}
