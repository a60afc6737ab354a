/* SPDX-License-Identifier: Apache-2.0 */

/*
 * DHAT, valgrind --tool=dhat, and the dhat crate of Rust:
 *
 *	{"dhatFileVersion":2
 *	,"mode":"heap","verb":"Allocated"
 *	,"bklt":true,"bkacc":true
 *	,"te":1654036,"tg":417904
 *	,"pps":
 *	 [{"tb":64000,"tbk":1000,"tl":26000,"mb":0,"mbk":0,"gb":0,"gbk":0
 *	  ,"eb":0,"ebk":0,"rb":0,"wb":64000,"fs":[1,2,3]}]
 *	,"ftbl":
 *	 ["[root]"
 *	 ,"0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_dhat-amd64-linux.so)"
 *	 ,"0x10921B: temporaries (memdemo.c:22)"
 *	 ,"0x109160: main (memdemo.c:200)"]}
 *
 * https://sourceware.org/git/?p=valgrind.git;f=dhat/dh_main.c.  A point of "pps"
 * has what was counted in one stack, "fs" leaf first.  Version 1 (Valgrind 3.15 and
 * 3.16) calls some things otherwise.
 *
 * The table of frames comes behind the points, so these wait as numbers: the one
 * value that is wanted, and the frames.  What is wanted is known as soon as the
 * head was read; where keys come in another order, all values wait.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "io/json.h"
#include "model/framestack.h"

/* What a point tells.  Bits of it are what the file has. */
enum slot { TB, TBK, TL, MB, MBK, GB, GBK, EB, EBK, RB, WB, SLOTS, FS = SLOTS };

enum unit { BYTES, BLOCKS, TIME };

#define BIT(slot) (1u << (slot))

enum {
	ALWAYS = BIT(TB) | BIT(TBK),
	LIFETIMES = BIT(TL) | BIT(GB) | BIT(GBK) | BIT(EB) | BIT(EBK),
	ACCESSES = BIT(RB) | BIT(WB),
	MAXIMA = BIT(MB) | BIT(MBK),
	FRAMES_MAX = 1 << 30,
};

static const struct {
	struct str key, old_key;
	struct str metric;
	enum unit unit;
} slots[SLOTS] = {
	[TB] = { STR("tb"), STR("tb"), STR("total"), BYTES },
	[TBK] = { STR("tbk"), STR("tbk"), STR("blocks"), BLOCKS },
	[TL] = { STR("tl"), STR("tli"), STR("lifetime"), TIME },
	[MB] = { STR("mb"), STR("mb"), STR("site-peak"), BYTES },
	[MBK] = { STR("mbk"), STR("mbk"), STR("site-peak-blocks"), BLOCKS },
	[GB] = { STR("gb"), STR("gb"), STR("peak"), BYTES },
	[GBK] = { STR("gbk"), STR("gbk"), STR("peak-blocks"), BLOCKS },
	[EB] = { STR("eb"), STR("fb"), STR("leaked"), BYTES },
	[EBK] = { STR("ebk"), STR("fbk"), STR("leaked-blocks"), BLOCKS },
	[RB] = { STR("rb"), STR("rb"), STR("reads"), BYTES },
	[WB] = { STR("wb"), STR("wb"), STR("writes"), BYTES },
};

/* The order in which people look for them. */
static const enum slot listed[SLOTS] = {
	GB, GBK, TB, TBK, EB, EBK, TL, RB, WB, MB, MBK,
};

/* Keys of the whole file. */
enum key {
	KEY_VERSION, KEY_MODE, KEY_COMMAND, KEY_TIME_UNIT, KEY_BYTE_UNIT, KEY_BLOCK_UNIT,
	KEY_BKLT, KEY_BKACC, KEY_POINTS, KEY_TABLE, KEYS
};

static const struct str keys[KEYS] = {
	[KEY_VERSION] = STR("dhatFileVersion"),
	[KEY_MODE] = STR("mode"),
	[KEY_COMMAND] = STR("cmd"),
	[KEY_TIME_UNIT] = STR("tu"),
	[KEY_BYTE_UNIT] = STR("bsu"),
	[KEY_BLOCK_UNIT] = STR("bksu"),
	[KEY_BKLT] = STR("bklt"),
	[KEY_BKACC] = STR("bkacc"),
	[KEY_POINTS] = STR("pps"),
	[KEY_TABLE] = STR("ftbl"),
};

struct dhat {
	struct input *in;
	struct json *json;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct framestack frames;

	unsigned seen;           /* 1u << enum key */
	int64_t version;
	bool lifetimes, accesses;
	struct str mode, time_unit, byte_unit, block_unit;
	bool head_known;         /* all that tells which metrics there are */

	struct metrics metrics;
	unsigned slot_count;             /* that metrics are of */
	enum slot slot_of[SLOTS];        /* by metric */
	unsigned metric_of[SLOTS];

	/* The points that wait. */
	struct point {
		uint64_t end;            /* of its frames in the pool */
	} *points;
	int64_t *values;         /* by point * stride + slot, or just the wanted one */
	unsigned stride;
	uint32_t *pool;
	size_t point_count, point_capacity, value_capacity;
	uint64_t pool_count;
	size_t pool_capacity;
	uint64_t all_points;     /* also those with nothing of what is wanted */
	uint64_t has[SLOTS];     /* points that tell it */
	uint32_t largest;        /* frame of all, and where it was */
	uint64_t largest_line;
};

static bool has_seen(const struct dhat *d, enum key key)
{
	return d->seen >> key & 1;
}

/* The head */

static bool is_rust(const struct dhat *d)
{
	return str_starts(d->mode, STR("rust-"));
}

static bool is_heap(const struct dhat *d)
{
	return d->version == 1 || str_eq(d->mode, STR("heap")) ||
	       str_eq(d->mode, STR("rust-heap"));
}

/* From 3.17 on Valgrind's own maxima of each point are no maxima. */
static bool has_maxima(const struct dhat *d)
{
	return d->version == 1 || is_rust(d);
}

static unsigned slots_told(const struct dhat *d)
{
	if (d->version == 1)
		return ALWAYS | LIFETIMES | ACCESSES | MAXIMA;
	unsigned told = ALWAYS;
	if (d->lifetimes)
		told |= LIFETIMES | (has_maxima(d) ? MAXIMA : 0);
	if (d->accesses)
		told |= ACCESSES;
	return told;
}

static struct str unit_of(const struct dhat *d, enum unit unit)
{
	struct str told[] = {
		[BYTES] = d->byte_unit, [BLOCKS] = d->block_unit, [TIME] = d->time_unit,
	};
	static const struct str usual[] = {
		[BYTES] = STR("bytes"), [BLOCKS] = STR("blocks"), [TIME] = STR("instrs"),
	};
	return told[unit].n ? told[unit] : usual[unit];
}

static bool fail_metric(struct dhat *d, struct buf *why)
{
	struct str asked = d->want->metric;
	d->in->line = json_line(d->json);
	if (!has_maxima(d) && d->lifetimes &&
	    (metrics_is(slots[MB].metric, asked) || metrics_is(slots[MBK].metric, asked)))
		return input_error(d->in, "Valgrind from 3.17 on does not tell the peak "
				   "of each site: its mb and mbk are something else");
	return input_error(d->in, "%s", buf_cstr(why));
}

static bool choose_metric(struct dhat *d)
{
	struct buf why = { 0 };
	unsigned told = slots_told(d);
	for (unsigned i = 0; i < SLOTS; i++) {
		enum slot slot = listed[i];
		if (!(told & BIT(slot)))
			continue;
		unsigned m = metrics_add(&d->metrics, slots[slot].metric,
					 unit_of(d, slots[slot].unit));
		d->slot_of[m] = slot;
	}
	struct str usual = slots[told & BIT(GB) ? GB : TB].metric;
	bool ok = metrics_choose(&d->metrics, d->want, usual, &why) ||
		  fail_metric(d, &why);
	buf_free(&why);
	return ok;
}

static bool is_head_known(const struct dhat *d)
{
	const unsigned needed = 1u << KEY_VERSION | 1u << KEY_MODE | 1u << KEY_BKLT |
				1u << KEY_BKACC;
	return d->version == 1 || (d->seen & needed) == needed;
}

static bool read_text(struct dhat *d, struct str *text, bool only_word)
{
	struct json *j = d->json;
	if (json_next(j) != JSON_STRING)
		return j->kind > JSON_END && json_error(j, "no text where one belongs");
	if (only_word && !metrics_is_unit(j->text))
		return json_error(j, "'%.*s' is no word for a mode or unit",
				  (int)(j->text.n > 40 ? 40 : j->text.n), j->text.p);
	*text = profile_keep(d->profile, j->text);
	return true;
}

static bool read_bool(struct dhat *d, bool *value)
{
	enum json_kind kind = json_next(d->json);
	*value = kind == JSON_TRUE;
	if (kind == JSON_TRUE || kind == JSON_FALSE)
		return true;
	return kind > JSON_END && json_error(d->json, "neither true nor false");
}

static bool read_version(struct dhat *d)
{
	if (!json_next_count(d->json, &d->version))
		return false;
	if (d->version == 1 || d->version == 2)
		return true;
	return json_error(d->json, "version %lld of DHAT's format is not known, 1 and 2 "
			  "are", (long long)d->version);
}

static bool read_command(struct dhat *d)
{
	struct str command = { NULL, 0 };
	if (!read_text(d, &command, false))
		return false;
	if (d->profile->title.n == 0)
		d->profile->title = str_trim(command);
	return true;
}

/* Points */

static int find_slot(struct str key)
{
	for (int i = 0; i < SLOTS; i++)
		if (str_eq(slots[i].key, key) || str_eq(slots[i].old_key, key))
			return i;
	return str_eq(key, STR("fs")) ? FS : -1;
}

static bool expect(struct dhat *d, enum json_kind kind, const char *what)
{
	struct json *j = d->json;
	return json_next(j) == kind ||
	       (j->kind > JSON_END && json_error(j, "no %s where one belongs", what));
}

static bool read_frames(struct dhat *d)
{
	struct json *j = d->json;
	uint64_t start = d->pool_count;
	if (!expect(d, JSON_ARRAY, "list of frames"))
		return false;
	if (j->text.n > 0)
		input_warn_at(d->in, json_line(j), "points without a list of frames",
			      STR(""));
	while (json_next(j) != JSON_ARRAY_END) {
		int64_t frame;
		if (!json_count(j, &frame))
			return false;
		if (frame >= FRAMES_MAX)
			return json_error(j, "there is no frame %lld", (long long)frame);
		if (d->pool_count - start >= SAMPLES_DEPTH_MAX)
			return json_error(j, "stack of more than %d frames",
					  SAMPLES_DEPTH_MAX);
		ARRAY_RESERVE(d->pool, d->pool_capacity, d->pool_count + 1);
		d->pool[d->pool_count++] = (uint32_t)frame;
		if (d->largest_line == 0 || frame > d->largest) {
			d->largest = (uint32_t)frame;
			d->largest_line = json_line(j);
		}
	}
	return true;
}

/* Of one point: what it has, a bit for each slot, and its values. */
static bool read_members(struct dhat *d, unsigned *has, int64_t values[SLOTS])
{
	struct json *j = d->json;
	while (json_next(j) == JSON_KEY) {
		int slot = find_slot(j->text);
		if (slot >= 0 && *has & BIT(slot))
			return json_error(j, "'%.*s' comes twice", STR_ARG(j->text));
		bool ok = slot < 0 ? json_skip(j) :
			  slot == FS ? read_frames(d) :
				       json_next_count(j, &values[slot]);
		if (!ok)
			return false;
		if (slot >= 0)
			*has |= BIT(slot);
	}
	return j->kind == JSON_OBJECT_END;
}

static bool check_members(struct dhat *d, unsigned has)
{
	unsigned needed = ALWAYS | BIT(FS);
	if (d->head_known)
		needed |= slots_told(d);
	unsigned missing = needed & ~has;
	if (!missing)
		return true;
	int slot = __builtin_ctz(missing);
	struct str key = slot == FS ? STR("fs") :
		d->version == 1 ? slots[slot].old_key : slots[slot].key;
	return json_error(d->json, "a point without '%s'", key.p);
}

static void keep_point(struct dhat *d, const int64_t values[SLOTS])
{
	const int64_t *kept = values;
	if (d->stride == 1)
		kept = &values[d->slot_of[d->metrics.chosen]];
	uint64_t start = d->point_count ? d->points[d->point_count - 1].end : 0;
	if (d->stride == 1 && *kept == 0) {
		d->pool_count = start;
		return;
	}
	size_t n = d->point_count++;
	ARRAY_RESERVE(d->points, d->point_capacity, d->point_count);
	ARRAY_RESERVE(d->values, d->value_capacity, d->point_count * d->stride);
	d->points[n].end = d->pool_count;
	memcpy(&d->values[n * d->stride], kept, d->stride * sizeof(*kept));
}

static void sum_point(struct dhat *d, const int64_t values[SLOTS])
{
	for (unsigned m = 0; m < d->metrics.count; m++)
		metrics_sum(&d->metrics, m, values[d->slot_of[m]]);
}

static bool read_point(struct dhat *d)
{
	int64_t values[SLOTS] = { 0 };
	unsigned has = 0;
	if (!read_members(d, &has, values) || !check_members(d, has))
		return false;
	for (int i = 0; i < SLOTS; i++)
		d->has[i] += has >> i & 1;
	d->all_points++;
	if (d->head_known)
		sum_point(d, values);
	keep_point(d, values);
	return true;
}

static bool read_points(struct dhat *d)
{
	d->head_known = is_head_known(d);
	if (d->head_known && !choose_metric(d))
		return false;
	d->stride = d->head_known && !d->want->all_metrics ? 1 : SLOTS;
	if (!expect(d, JSON_ARRAY, "list of points"))
		return false;
	while (json_next(d->json) == JSON_OBJECT)
		if (!read_point(d))
			return false;
	return d->json->kind == JSON_ARRAY_END ||
	       (d->json->kind > JSON_END &&
		json_error(d->json, "no point where one belongs"));
}

/* All values waited for the head. */
static bool choose_late(struct dhat *d)
{
	unsigned told = slots_told(d);
	for (int i = 0; i < SLOTS; i++)
		if (told & BIT(i) && d->has[i] < d->all_points)
			return input_fail(d->in, "%" PRIu64 " of %" PRIu64 " points have "
					  "no '%s'", d->all_points - d->has[i],
					  d->all_points, slots[i].key.p);
	if (!choose_metric(d))
		return false;
	for (size_t i = 0; i < d->point_count; i++)
		sum_point(d, &d->values[i * SLOTS]);
	return true;
}

/* The table of frames */

static void add_frame(struct dhat *d, struct str text)
{
	struct frametext frame = frametext_parse(text);
	if (d->frames.count == 0 && str_eq(text, STR("[root]")))
		framestack_add_nothing(&d->frames);
	else
		framestack_add(&d->frames, &frame);
}

static bool read_table(struct dhat *d)
{
	struct json *j = d->json;
	if (!expect(d, JSON_ARRAY, "table of frames"))
		return false;
	while (json_next(j) == JSON_STRING) {
		if (d->frames.count == FRAMES_MAX)
			return json_error(j, "more than %d frames", FRAMES_MAX);
		add_frame(d, j->text);
	}
	return j->kind == JSON_ARRAY_END ||
	       (j->kind > JSON_END && json_error(j, "no frame where one belongs"));
}

/* Stacks */

static void end_point(struct dhat *d, uint32_t group, const int64_t *values)
{
	int64_t of_metric[SLOTS] = { 0 };
	of_metric[d->metrics.chosen] = values[0];
	for (unsigned m = 0; d->stride > 1 && m < d->metrics.count; m++)
		of_metric[m] = values[d->slot_of[m]];
	sample_end_metrics(d->out, group, of_metric);
}

static void push_points(struct dhat *d, uint32_t group)
{
	unsigned chosen = d->stride > 1 ? d->slot_of[d->metrics.chosen] : 0;
	uint64_t start = 0;
	samples_metrics(d->out, &d->metrics, d->want->all_metrics);
	for (size_t i = 0; i < d->point_count; i++) {
		uint64_t end = d->points[i].end;
		const int64_t *values = &d->values[i * d->stride];
		if (values[chosen] > 0 || d->want->all_metrics) {
			framestack_push(&d->frames, d->out, d->pool + start,
					 (uint32_t)(end - start), is_heap(d));
			end_point(d, group, values);
		}
		start = end;
	}
}

static bool check_frames(struct dhat *d)
{
	if (d->largest_line == 0 || d->largest < d->frames.count)
		return true;
	d->in->line = d->largest_line;
	return input_error(d->in, "frame %" PRIu32 " is not in the table, which has %"
			   PRIu32, d->largest, d->frames.count);
}

/* "ad-hoc", "copy"; nothing for the heap, which is what everybody means. */
static struct str event_of(const struct dhat *d)
{
	if (is_heap(d))
		return STR("");
	return is_rust(d) ? str_skip(d->mode, STR("rust-").n) : d->mode;
}

static bool push_all(struct dhat *d)
{
	if (!check_frames(d) || (!d->head_known && !choose_late(d)))
		return false;
	push_points(d, reader_group(d->profile, event_of(d), &d->metrics));
	return reader_end_metrics(d->in, d->profile, &d->metrics);
}

/* The file */

static enum key find_key(struct str name)
{
	if (str_eq(name, STR("aps")))
		return KEY_POINTS;
	enum key key = 0;
	while (key < KEYS && !str_eq(keys[key], name))
		key++;
	return key;
}

static bool read_value(struct dhat *d, enum key key)
{
	switch (key) {
	case KEY_VERSION: return read_version(d);
	case KEY_MODE: return read_text(d, &d->mode, true);
	case KEY_COMMAND: return read_command(d);
	case KEY_TIME_UNIT: return read_text(d, &d->time_unit, true);
	case KEY_BYTE_UNIT: return read_text(d, &d->byte_unit, true);
	case KEY_BLOCK_UNIT: return read_text(d, &d->block_unit, true);
	case KEY_BKLT: return read_bool(d, &d->lifetimes);
	case KEY_BKACC: return read_bool(d, &d->accesses);
	case KEY_POINTS: return read_points(d);
	case KEY_TABLE: return read_table(d);
	case KEYS: break;
	}
	return json_skip(d->json);
}

static bool check_keys(struct dhat *d)
{
	unsigned needed = 1u << KEY_VERSION | 1u << KEY_POINTS | 1u << KEY_TABLE;
	if (d->version != 1)
		needed |= 1u << KEY_MODE | 1u << KEY_BKLT | 1u << KEY_BKACC;
	unsigned missing = needed & ~d->seen;
	if (!missing)
		return true;
	return input_error(d->in, "there is no '%s'", keys[__builtin_ctz(missing)].p);
}

static bool read_json(struct dhat *d)
{
	struct json *j = d->json;
	if (!expect(d, JSON_OBJECT, "object"))
		return false;
	while (json_next(j) == JSON_KEY) {
		enum key key = find_key(j->text);
		if (key < KEYS && has_seen(d, key))
			return json_error(j, "'%.*s' comes twice", STR_ARG(j->text));
		if (!read_value(d, key))
			return false;
		if (key < KEYS)
			d->seen |= 1u << key;
	}
	return j->kind == JSON_OBJECT_END && json_next(j) == JSON_END && check_keys(d) &&
	       push_all(d);
}

static bool read_dhat(struct input *in, const struct want *want, struct samples *out)
{
	struct dhat d = {
		.in = in, .want = want, .out = out, .profile = out->profile,
		.json = json_new(in),
	};
	d.json->mend_arrays = true;
	ARRAY_RESERVE(d.pool, d.pool_capacity, 1);       /* to point into */
	framestack_init(&d.frames, d.profile, want);
	bool ok = read_json(&d);
	framestack_free(&d.frames);
	json_delete(d.json);
	free(d.points);
	free(d.values);
	free(d.pool);
	return ok && !in->failed;
}

static enum probe probe_dhat(struct str head)
{
	head = str_skip_space(head);
	if (!str_starts(head, STR("{")) ||
	    str_find(head, STR("\"dhatFileVersion\"")) < 0)
		return PROBE_NO;
	return PROBE_SURE;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines; build the program with -g",
	.quality = {
		.unknown = "install debug symbols",
		.no_chains = "record with --num-callers=100",
		.rootless = "record with --num-callers=100, dhat-rs with "
			    "trim_backtraces(None)",
	},
};

const struct reader reader_dhat = {
	.name = "dhat",
	.title = "JSON of DHAT (valgrind --tool=dhat) and of the dhat crate",
	.leaf_first = true,
	.probe = probe_dhat,
	.read = read_dhat,
	.hints = &hints,
};
