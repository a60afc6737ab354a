/* SPDX-License-Identifier: Apache-2.0 */

/*
 * pprof, as Go and many others write it: one protocol buffer, mostly in gzip; its fields
 * stand in io/pprof.proto, what they mean in
 * https://github.com/google/pprof/blob/main/proto/profile.proto.
 *
 *	sample_type    samples/count, cpu/nanoseconds
 *	sample         locations 1 2, values 3 30000000, label worker=b
 *	location 1     address 0x4b9b36, mapping 1; functions 1 (inlined), 2
 *	function 1     main.leaf in main.go
 *	string_table   "", "samples", "count", …
 *
 * Tables come behind the samples that use them, in most files; so samples wait as the
 * bytes they are.  A type of values is a metric.  Two profiles that cat has put together
 * are one protocol buffer, too; as in Go the second time of day tells.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/comments.h"
#include "read/pprof_samples.h"
#include "read/value_types.h"

/* Numbers of fields; see io/pprof.proto. */
enum field {
	SAMPLE_TYPE = 1, SAMPLE, MAPPING, LOCATION, FUNCTION, STRING, DROP_FRAMES,
	KEEP_FRAMES, TIME, DURATION, PERIOD_TYPE, PERIOD, COMMENT, DEFAULT_TYPE, DOC_URL,
	FIELDS
};

struct value_type {
	int64_t type, unit;      /* texts */
	uint64_t offset;
};

struct pprof {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct proto *proto;
	struct pprof_tables tables;
	struct pprof_samples samples;
	struct metrics metrics;

	struct value_type types[METRICS_MAX], period_type;
	unsigned type_count;
	int64_t numbers[FIELDS];         /* of the whole file */
	uint64_t offsets[FIELDS];
	int64_t *comments;
	size_t comment_count, comment_capacity;
	uint64_t comments_offset;
};

/* Fields */

static void *unpack(struct pprof *p, const ProtobufCMessageDescriptor *type,
		    const struct proto_field *f, const char *what)
{
	void *message = proto_unpack(p->proto, type, f->bytes);
	if (message == NULL)
		input_error_at(p->in, f->offset, "this is no %s of pprof", what);
	return message;
}

static bool read_type(struct pprof *p, const struct proto_field *f, struct value_type *type)
{
	const Pprof__ValueType *t =
		unpack(p, &pprof__value_type__descriptor, f, "type of values");
	if (t)
		*type = (struct value_type){ t->type, t->unit, f->offset };
	return t != NULL;
}

static bool read_sample_type(struct pprof *p, const struct proto_field *f)
{
	if (p->type_count == METRICS_MAX)
		return input_error_at(p->in, f->offset, "more than %d types of values",
				      METRICS_MAX);
	return read_type(p, f, &p->types[p->type_count++]);
}

static bool read_mapping(struct pprof *p, const struct proto_field *f)
{
	const Pprof__Mapping *m = unpack(p, &pprof__mapping__descriptor, f, "mapping");
	return m && pprof_tables_mapping(&p->tables, m, f->offset);
}

static bool read_location(struct pprof *p, const struct proto_field *f)
{
	const Pprof__Location *l = unpack(p, &pprof__location__descriptor, f, "location");
	return l && pprof_tables_location(&p->tables, l, f->offset);
}

static bool read_function(struct pprof *p, const struct proto_field *f)
{
	const Pprof__Function *n = unpack(p, &pprof__function__descriptor, f, "function");
	return n && pprof_tables_function(&p->tables, n, f->offset);
}

static void add_comment(struct pprof *p, uint64_t text, uint64_t offset)
{
	ARRAY_RESERVE(p->comments, p->comment_capacity, p->comment_count + 1);
	p->comments[p->comment_count++] = (int64_t)text;
	p->comments_offset = offset;
}

/* Numbers, each alone or all of them packed. */
static bool read_comments(struct pprof *p, const struct proto_field *f)
{
	if (f->kind == PROTO_VARINT) {
		add_comment(p, f->value, f->offset);
		return true;
	}
	struct str rest = f->bytes;
	uint64_t text;
	while (rest.n > 0) {
		if (!proto_cut_number(&rest, &text))
			return input_error_at(p->in, f->offset,
					      "these are no comments of pprof");
		add_comment(p, text, f->offset);
	}
	return true;
}

static bool read_number(struct pprof *p, const struct proto_field *f)
{
	if (f->number == TIME && p->numbers[TIME] != 0)
		return input_error_at(p->in, f->offset, "a second profile begins here; "
				      "files of pprof cannot be put together by cat");
	p->numbers[f->number] = (int64_t)f->value;
	p->offsets[f->number] = f->offset;
	return true;
}

static bool read_field(struct pprof *p, const struct proto_field *f)
{
	if (f->number == COMMENT)
		return read_comments(p, f);
	if (f->kind == PROTO_VARINT)
		return f->number >= FIELDS || read_number(p, f);
	if (f->kind != PROTO_BYTES)
		return true;
	switch (f->number) {
	case SAMPLE_TYPE: return read_sample_type(p, f);
	case SAMPLE: pprof_samples_keep(&p->samples, f); return true;
	case MAPPING: return read_mapping(p, f);
	case LOCATION: return read_location(p, f);
	case FUNCTION: return read_function(p, f);
	case STRING: return pprof_tables_string(&p->tables, f->bytes, f->offset);
	case PERIOD_TYPE: return read_type(p, f, &p->period_type);
	default: return true;    /* of versions to come */
	}
}

/* Metrics */

static bool add_metric(struct pprof *p, const struct value_type *type)
{
	struct str own, unit;
	if (!pprof_tables_text(&p->tables, type->type, type->offset, &own) ||
	    !pprof_tables_text(&p->tables, type->unit, type->offset, &unit))
		return false;
	value_types_add(&p->metrics, p->profile, own, unit);
	return true;
}

static bool choose_metric(struct pprof *p)
{
	struct str usual;
	if (p->type_count == 0)
		return input_fail(p->in, "there is no type of values");
	for (unsigned i = 0; i < p->type_count; i++)
		if (!add_metric(p, &p->types[i]))
			return false;
	if (!pprof_tables_text(&p->tables, p->numbers[DEFAULT_TYPE],
			       p->offsets[DEFAULT_TYPE], &usual))
		return false;
	unsigned last = p->metrics.count - 1;
	for (unsigned i = 0; i < p->metrics.count; i++)
		if (usual.n && str_eq(p->metrics.items[i].own, usual))
			last = i;
	struct buf why = { 0 };
	bool ok = value_types_choose(&p->metrics, p->want, last, &why);
	if (!ok)
		input_fail(p->in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

/* The whole */

static bool text_of(struct pprof *p, enum field field, struct str *to)
{
	struct str text;
	if (!pprof_tables_text(&p->tables, p->numbers[field], p->offsets[field], &text))
		return false;
	*to = profile_keep(p->profile, text);
	return true;
}

static bool keep_comments(struct pprof *p, struct recording *r)
{
	r->has_comments = true;
	for (size_t i = 0; i < p->comment_count; i++) {
		struct str text;
		if (!pprof_tables_text(&p->tables, p->comments[i], p->comments_offset,
				       &text))
			return false;
		ARRAY_RESERVE(r->comments, r->comment_capacity, r->comment_count + 1ull);
		r->comments[r->comment_count++] = profile_keep(p->profile, text);
	}
	return true;
}

/* Of several files: the earliest time, all of the duration, the longest period. */
static bool keep_recording(struct pprof *p)
{
	struct recording *r = &p->profile->recording;
	const struct value_type *t = &p->period_type;
	struct str type, unit;
	if (!pprof_tables_text(&p->tables, t->type, t->offset, &type) ||
	    !pprof_tables_text(&p->tables, t->unit, t->offset, &unit) ||
	    !text_of(p, DEFAULT_TYPE, &r->usual) || !text_of(p, DOC_URL, &r->url) ||
	    !text_of(p, DROP_FRAMES, &r->drop) || !text_of(p, KEEP_FRAMES, &r->keep) ||
	    !keep_comments(p, r))
		return false;
	r->period_type = profile_keep(p->profile, type);
	r->period_unit = profile_keep(p->profile, unit);
	if (p->numbers[PERIOD] > r->period)
		r->period = p->numbers[PERIOD];
	if (r->time == 0 || (p->numbers[TIME] && p->numbers[TIME] < r->time))
		r->time = p->numbers[TIME];
	p->profile->overflow |= __builtin_add_overflow(r->duration, p->numbers[DURATION],
						       &r->duration);
	return true;
}

/* The first file that was mapped is the program. */
static void keep_title(struct pprof *p)
{
	if (p->profile->title.n || p->tables.mapping_ids.count == 0 ||
	    p->tables.mappings[0].module == ID_NONE)
		return;
	struct str file = intern_text(&p->profile->text, p->tables.mappings[0].module);
	bool library = str_find(file, STR(".so")) >= 0;
	if (file.p[0] == '/' && file.n > 1 && file.p[1] != '/' && !library)
		p->profile->title = str_basename(file);
}

static bool push_all(struct pprof *p)
{
	const struct recording *r = &p->profile->recording;
	if (p->tables.string_count == 0)
		return input_fail(p->in, "there is no table of texts");
	if (!choose_metric(p) || !keep_recording(p) ||
	    !pprof_tables_finish(&p->tables, r->drop, r->keep))
		return false;
	struct comments comments = comments_read(r);
	comments_apply(&comments, p->profile, &p->metrics);
	keep_title(p);
	const struct metric *chosen = &p->metrics.items[p->metrics.chosen];
	struct pprof_pushing pushing = {
		.tables = &p->tables, .metrics = &p->metrics, .out = p->out,
		.group = profile_nobody(profile_event(p->profile, comments.event,
							    chosen->unit)),
	};
	if (p->metrics.samples)
		profile_count_samples(p->profile);
	samples_metrics(p->out, &p->metrics, p->want->all_metrics);
	bool ok = pprof_samples_push(&p->samples, &pushing, p->proto);
	pprof_samples_pushed(&pushing);
	samples_flush(p->out);
	return ok && reader_end_metrics(p->in, p->profile, &p->metrics);
}

static bool read_pprof(struct input *in, const struct want *want, struct samples *out)
{
	struct pprof p = {
		.in = in, .want = want, .out = out, .profile = out->profile,
		.proto = proto_new(),
	};
	struct proto_field f;
	bool ok = true;
	in->is_binary = true;
	pprof_tables_init(&p.tables, in, p.profile, want);
	while (ok && proto_next(in, &f))
		ok = read_field(&p, &f);
	ok = ok && !in->failed && push_all(&p);
	pprof_samples_free(&p.samples);
	pprof_tables_free(&p.tables);
	proto_delete(p.proto);
	free(p.comments);
	return ok && !in->failed;
}

/* Probe */

/* Fields 1 and 2, both numbers, as those of a type of values are; 0 is left out. */
static bool is_value_type(struct str s, unsigned *types)
{
	struct proto_field f;
	unsigned seen = 0;
	while (proto_cut(&s, &f)) {
		if (f.kind != PROTO_VARINT || f.number > 2 || f.value > UINT32_MAX)
			return false;
		seen |= 1u << f.number;
	}
	*types += seen >> 1 & 1;
	return s.n == 0;
}

/* Messages of which a field is never bytes. */
static bool has_numbers(struct str s, uint32_t bytes_allowed)
{
	struct proto_field f;
	while (proto_cut(&s, &f))
		if (f.kind == PROTO_BYTES && f.number < FIELDS &&
		    !(bytes_allowed >> f.number & 1))
			return false;
	return s.n == 0;
}

static bool is_pprof_field(const struct proto_field *f, unsigned *types)
{
	if (f->number >= FIELDS)
		return f->number < 64;
	if (f->kind == PROTO_VARINT)
		return f->number > STRING && f->number != PERIOD_TYPE;
	if (f->kind != PROTO_BYTES)
		return false;
	switch (f->number) {
	case SAMPLE_TYPE: return is_value_type(f->bytes, types);
	case PERIOD_TYPE: return has_numbers(f->bytes, 0);
	case SAMPLE: return has_numbers(f->bytes, 1u << 1 | 1u << 2 | 1u << 3);
	case LOCATION: return has_numbers(f->bytes, 1u << 4);
	case MAPPING: case FUNCTION: return has_numbers(f->bytes, 0);
	case STRING: case COMMENT: return true;
	default: return false;
	}
}

/* Every field must be one of pprof, as far as they are there. */
static enum probe probe_pprof(struct str head)
{
	bool is_cut = head.n >= INPUT_HEAD;
	struct proto_field f;
	unsigned types = 0, fields = 0;
	while (proto_cut(&head, &f)) {
		if (!is_pprof_field(&f, &types))
			return PROBE_NO;
		fields++;
	}
	if (head.n > 0 && !is_cut && types == 0)
		return PROBE_NO;
	return types > 0 && fields > 1 ? PROBE_SURE : PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines",
	.quality = {
		.unknown = "functions were not looked up; 'go tool pprof -proto' with the "
			   "program at hand does that",
	},
};

const struct reader reader_pprof = {
	.name = "pprof",
	.title = "profiles of pprof (Go, pprof-rs, gperftools and others)",
	.leaf_first = true,
	.options = READS_LABELS | READS_ALL_FRAMES,
	.probe = probe_pprof,
	.read = read_pprof,
	.hints = &hints,
};
