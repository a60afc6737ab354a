/* SPDX-License-Identifier: Apache-2.0 */

/*
 * perf.data, tools/perf/Documentation/perf.data-file-format.txt in the Linux source.
 * All numbers are the machine's own.
 *
 *	  0 "PERFILE2", u64 size of this header: 104, or 16 in a pipe
 *	 16 u64 size of an attr with its section of ids
 *	 24 sections, each u64 offset and u64 size: attrs, data, event types
 *	 72 256 bits: the features, whose sections are listed behind the data
 *
 * A record is u32 type, u16 misc, u16 size with this header.  In a pipe records tell
 * what is in the header and the features of a file.  Three types are more than their
 * record: TRACING_DATA and AUXTRACE are followed by bytes of their own, and COMPRESSED
 * holds a piece of a zstd stream, in which records go on from one to the next.
 */
#include "read/perfdata_file.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "io/inflate.h"

enum {
	HEADER = 104, PIPE_HEADER = 16,
	SECTION = 16,                    /* u64 offset, u64 size */
	RECORD = 8,
	ATTR_MIN = 64,
	ATTR_MAX = 4096,
	PREFIX_MAX = 256 << 20,          /* all before the data */
	FEATURE_MAX = 256 << 20,
	UNPACKED = 512 * 1024,
};

/* Records that are perf's own. */
enum {
	HEADER_ATTR = 64,
	TRACING_DATA = 66,
	HEADER_BUILD_ID = 67,
	AUXTRACE = 71,
	EVENT_UPDATE = 78,
	HEADER_FEATURE = 80,
	COMPRESSED = 81,
	COMPRESSED2 = 83,
	PERF_TYPES = 128,                /* the first that nobody has written so far */
};

/* What is wrong at this place of the file. */
#define broken(f, ...) input_error_at((f)->in, input_offset((f)->in), __VA_ARGS__)

static void ends_early(struct perfdata_file *f)
{
	input_warn_at(f->in, input_offset(f->in),
		      "the recording ends early, perf was killed or the disk full",
		      STR(""));
}

/* The header */

static bool add_event(struct perfdata_file *f, struct str attr, struct str ids)
{
	uint32_t size = attr.n >= 8 ? perfdata_u32(attr.p + 4) : 0;
	if (size == 0)
		size = ATTR_MIN;
	if (size < ATTR_MIN || size > ATTR_MAX || attr.n < ATTR_MIN)
		return broken(f, "an event description of %u bytes", size);
	uint32_t event = perfdata_events_add(f->events,
					     size < attr.n ? str_head(attr, size) : attr);
	for (; ids.n >= 8; ids = str_skip(ids, 8))
		perfdata_events_add_id(f->events, event, perfdata_u64(ids.p));
	return true;
}

/* A section that must lie in these bytes. */
static bool find_section(struct str bytes, const char *section, struct str *found)
{
	uint64_t offset = perfdata_u64(section), size = perfdata_u64(section + 8);
	if (size > bytes.n || offset > bytes.n - size)
		return false;
	*found = str_head(str_skip(bytes, (size_t)offset), (size_t)size);
	return true;
}

static bool read_events(struct perfdata_file *f, struct str prefix, uint64_t attr_size)
{
	struct str attrs, ids;
	if (attr_size < ATTR_MIN + SECTION || attr_size > ATTR_MAX)
		return broken(f, "event descriptions of %" PRIu64 " bytes", attr_size);
	if (!find_section(prefix, prefix.p + 24, &attrs))
		return broken(f, "the events do not lie before the data");
	for (; attrs.n >= attr_size; attrs = str_skip(attrs, (size_t)attr_size)) {
		struct str attr = str_head(attrs, (size_t)attr_size - SECTION);
		if (!find_section(prefix, attr.p + attr.n, &ids))
			return broken(f, "the ids of event %" PRIu32
				      " do not lie before the data", f->events->count);
		if (!add_event(f, attr, ids))
			return false;
	}
	if (f->events->count == 0)
		return broken(f, "no event is described");
	return true;
}

static bool read_header(struct perfdata_file *f, struct str head)
{
	uint64_t attr_size = perfdata_u64(head.p + 16);
	uint64_t data = perfdata_u64(head.p + 40), size = perfdata_u64(head.p + 48);
	memcpy(f->features, head.p + 72, sizeof(f->features));
	if (data < HEADER || data > PREFIX_MAX || size > UINT64_MAX - data)
		return broken(f, "the data do not begin behind the header");
	if (!input_need(f->in, (size_t)data))
		return f->in->failed ? false :
		       broken(f, "the file ends before its data");
	f->end = size ? data + size : UINT64_MAX;
	if (!read_events(f, str_head(input_ahead(f->in), (size_t)data), attr_size))
		return false;
	input_take(f->in, (size_t)data);
	return true;
}

/* Stacks are unwound while the data are read, and need what comes behind. */
static void read_early(struct perfdata_file *f, enum perfdata_feature feature)
{
	uint64_t section[2];
	uint64_t before = (UINT64_C(1) << feature) - 1;
	uint64_t at = (uint64_t)__builtin_popcountll(f->features[0] & before) * SECTION;
	if (f->end == UINT64_MAX || !(f->features[0] & (before + 1)) ||
	    f->end > UINT64_MAX - at ||
	    !input_read_at(f->in, f->end + at, (char *)section, sizeof(section)) ||
	    section[1] > f->in->size)
		return;
	char *bytes = xmalloc((size_t)section[1] + 1);
	if (input_read_at(f->in, section[0], bytes, (size_t)section[1]))
		perfdata_info_feature(f->info, f->events, feature,
				      (struct str){ bytes, (size_t)section[1] });
	free(bytes);
}

static void init(struct perfdata_file *f, struct input *in,
		 struct perfdata_events *events, struct perfdata_info *info)
{
	*f = (struct perfdata_file){
		.in = in, .events = events, .info = info, .end = UINT64_MAX,
	};
	in->is_binary = true;
}

bool perfdata_file_open(struct perfdata_file *f, struct input *in,
			struct perfdata_events *events, struct perfdata_info *info)
{
	init(f, in, events, info);
	struct str head = input_peek(in, HEADER);
	if (str_starts(head, STR("2ELIFREP")))
		return broken(f, "is from a machine of the other byte order; run perf "
				  "script -i FILE there and read its output");
	if (str_starts(head, STR("PERFFILE")))
		return broken(f, "is of a very old perf; run its own perf script -i "
				  "FILE and read its output");
	if (!str_starts(head, STR("PERFILE2")))
		return in->failed ? false : broken(f, "is no perf.data file");
	uint64_t size = head.n >= PIPE_HEADER ? perfdata_u64(head.p + 8) : 0;
	f->is_pipe = size == PIPE_HEADER;
	if (f->is_pipe) {
		input_take(in, PIPE_HEADER);
		return true;
	}
	if (head.n < HEADER)
		return broken(f, "the file ends in its header");
	if (size < HEADER)
		return broken(f, "a header of %" PRIu64 " bytes", size);
	if (!read_header(f, head))
		return false;
	read_early(f, PERFDATA_FEATURE_BUILD_ID);
	read_early(f, PERFDATA_FEATURE_RELEASE);
	return true;
}

void perfdata_file_open_part(struct perfdata_file *f, struct input *in,
			     struct perfdata_events *events, struct perfdata_info *info)
{
	init(f, in, events, info);
	f->is_part = true;
}

void perfdata_file_close(struct perfdata_file *f)
{
	inflate_pieces_free(f->inflate);
	free(f->unpacked);
}

/* Behind the records */

static int by_offset(const void *a, const void *b)
{
	uint64_t x = ((const uint64_t *)a)[1], y = ((const uint64_t *)b)[1];
	return (x > y) - (x < y);
}

static bool is_wanted(uint64_t feature)
{
	return (feature >= PERFDATA_FEATURE_BUILD_ID &&
		feature <= PERFDATA_FEATURE_ARCH) ||
	       feature == PERFDATA_FEATURE_COMMAND || feature == PERFDATA_FEATURE_EVENTS;
}

static bool read_feature(struct perfdata_file *f, uint64_t feature, uint64_t offset,
			 uint64_t size)
{
	uint64_t at = input_offset(f->in);
	if (!is_wanted(feature) || size > FEATURE_MAX || offset < at)
		return true;
	if (!input_discard(f->in, offset - at) || !input_need(f->in, (size_t)size))
		return false;
	perfdata_info_feature(f->info, f->events, feature,
			      str_head(input_ahead(f->in), (size_t)size));
	input_take(f->in, (size_t)size);
	return true;
}

/* The list of sections stands where the data end. */
static void read_features(struct perfdata_file *f)
{
	uint64_t sections[PERFDATA_FEATURES][3];
	size_t count = 0;
	for (uint64_t i = 0; i < PERFDATA_FEATURES; i++)
		if (f->features[i / 64] >> i % 64 & 1)
			sections[count++][0] = i;
	if (!input_need(f->in, count * SECTION)) {
		ends_early(f);
		return;
	}
	const char *list = input_ahead(f->in).p;
	for (size_t i = 0; i < count; i++)
		memcpy(&sections[i][1], list + i * SECTION, SECTION);
	input_take(f->in, count * SECTION);
	qsort(sections, count, sizeof(sections[0]), by_offset);
	for (size_t i = 0; i < count; i++)
		if (!read_feature(f, sections[i][0], sections[i][1], sections[i][2])) {
			ends_early(f);
			return;
		}
}

/* Records that describe */

static bool read_attr(struct perfdata_file *f, struct str body)
{
	uint32_t size = body.n >= 8 ? perfdata_u32(body.p + 4) : 0;
	if (size < ATTR_MIN || size > body.n)
		return broken(f, "an event description of %u bytes", size);
	return add_event(f, str_head(body, size), str_skip(body, size));
}

static void update_event(struct perfdata_file *f, struct str body)
{
	enum { NAME = 2 };
	if (body.n <= 16 || perfdata_u64(body.p) != NAME)
		return;
	struct perfdata_id *id = perfdata_events_find(f->events,
						      perfdata_u64(body.p + 8));
	struct str name = str_skip(body, 16);
	name.n = strnlen(name.p, name.n);
	if (id && name.n)
		f->events->items[id->event].name = arena_copy(&f->info->arena, name);
}

/* Bytes behind the record that are not in it. */
static bool skip_behind(struct perfdata_file *f, uint64_t n)
{
	if (input_discard(f->in, n))
		return true;
	if (!f->in->failed)
		ends_early(f);
	return false;
}

static bool unpack(struct perfdata_file *f, const struct perfdata_record *r)
{
	struct str piece = r->body;
	if (f->unpacked && piece.p >= f->unpacked && piece.p <= f->unpacked + UNPACKED)
		return broken(f, "compressed data in compressed data");
	if (r->type == COMPRESSED2) {
		uint64_t size = piece.n >= 8 ? perfdata_u64(piece.p) : UINT64_MAX;
		if (piece.n < 8 || size > piece.n - 8)
			return broken(f, "compressed data that are longer than their "
				      "record");
		piece = str_head(str_skip(piece, 8), (size_t)size);
	}
	if (f->inflate == NULL) {
		f->inflate = inflate_pieces_new();
		f->unpacked = xmalloc(UNPACKED + INPUT_PADDING);
	}
	inflate_pieces_add(f->inflate, piece);
	return true;
}

/* Deals with a record that is for this layer; *done is left false for others. */
static bool handle(struct perfdata_file *f, const struct perfdata_record *r, bool *done)
{
	*done = true;
	switch (r->type) {
	case HEADER_ATTR:
		return !f->is_pipe || read_attr(f, r->body);
	case TRACING_DATA:
		if (r->body.n < 4)
			return true;
		return skip_behind(f, ((uint64_t)perfdata_u32(r->body.p) + 7) & ~7ull);
	case AUXTRACE:
		return r->body.n < 8 || skip_behind(f, perfdata_u64(r->body.p));
	case HEADER_BUILD_ID:
		perfdata_info_build(f->info, r->misc, r->body);
		return true;
	case EVENT_UPDATE:
		update_event(f, r->body);
		return true;
	case HEADER_FEATURE:
		if (r->body.n >= 8)
			perfdata_info_feature(f->info, f->events, perfdata_u64(r->body.p),
					      str_skip(r->body, 8));
		return true;
	case COMPRESSED:
	case COMPRESSED2:
		return unpack(f, r);
	default:
		*done = r->type >= PERFDATA_KERNEL_TYPES &&
			r->type != PERFDATA_FINISHED_ROUND;
		if (r->type >= PERF_TYPES || (*done && r->type < HEADER_ATTR))
			input_warn_at(f->in, input_offset(f->in),
				      "records of an unknown type", STR(""));
		return true;
	}
}

/* The stream */

enum step { STEP_RECORD, STEP_NONE, STEP_ERROR };

/* A record at the start of these bytes, when all of it is there. */
static enum step take_record(struct perfdata_file *f, struct str bytes,
			     struct perfdata_record *r)
{
	if (bytes.n < RECORD)
		return STEP_NONE;
	uint16_t size = perfdata_u16(bytes.p + 6);
	r->type = perfdata_u32(bytes.p);
	r->misc = perfdata_u16(bytes.p + 4);
	if (size < RECORD) {
		broken(f, "a record of %u bytes", size);
		return STEP_ERROR;
	}
	if (size > bytes.n)
		return STEP_NONE;
	r->body = str_span(bytes.p + RECORD, bytes.p + size);
	return STEP_RECORD;
}

/* The next record of what was compressed. */
static enum step next_unpacked(struct perfdata_file *f, struct perfdata_record *r)
{
	for (;;) {
		struct str waiting = { f->unpacked + f->unpacked_at,
				       f->unpacked_end - f->unpacked_at };
		enum step step = take_record(f, waiting, r);
		if (step == STEP_RECORD)
			f->unpacked_at += RECORD + r->body.n;
		if (step != STEP_NONE)
			return step;
		memmove(f->unpacked, waiting.p, waiting.n);
		f->unpacked_at = 0;
		f->unpacked_end = waiting.n;
		const char *why;
		ssize_t made = inflate_pieces_read(f->inflate, f->unpacked + waiting.n,
						   UNPACKED - waiting.n, &why);
		if (made <= 0) {
			if (made < 0)
				broken(f, "compressed records: %s", why);
			return made < 0 ? STEP_ERROR : STEP_NONE;
		}
		f->unpacked_end += (size_t)made;
	}
}

/* The next record of the file itself; none at its end. */
static enum step next_plain(struct perfdata_file *f, struct perfdata_record *r)
{
	struct input *in = f->in;
	uint64_t at = input_offset(in);
	if (at >= f->end)
		return STEP_NONE;
	input_need(in, RECORD);
	struct str bytes = input_ahead(in);
	if (bytes.n >= RECORD) {
		input_need(in, perfdata_u16(bytes.p + 6));
		bytes = input_ahead(in);
	}
	if (in->failed)
		return STEP_ERROR;
	if (bytes.n == 0 && f->end == UINT64_MAX)
		return STEP_NONE;
	if (bytes.n > f->end - at)
		bytes = str_head(bytes, (size_t)(f->end - at));
	enum step step = take_record(f, bytes, r);
	if (step == STEP_RECORD)
		input_take(in, RECORD + r->body.n);
	f->is_cut = step == STEP_NONE;
	return step;
}

static void finish(struct perfdata_file *f)
{
	bool is_plain = !f->is_pipe && !f->is_part;
	if (f->is_cut || (is_plain && f->end == UINT64_MAX))
		ends_early(f);
	else if (is_plain)
		read_features(f);
}

bool perfdata_file_next(struct perfdata_file *f, struct perfdata_record *r)
{
	bool done = true;
	while (done) {
		enum step step = f->inflate ? next_unpacked(f, r) : STEP_NONE;
		if (step == STEP_NONE)
			step = next_plain(f, r);
		if (step == STEP_NONE && !f->in->failed)
			finish(f);
		if (step != STEP_RECORD || !handle(f, r, &done))
			return false;
	}
	return true;
}

bool perfdata_file_skip(struct perfdata_file *f)
{
	uint64_t at = input_offset(f->in);
	if (f->end == UINT64_MAX || at > f->end)
		return false;
	if (!input_discard(f->in, f->end - at))
		return false;
	finish(f);
	return true;
}
