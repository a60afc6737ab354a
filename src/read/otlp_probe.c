/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The messages around profiles have nothing but messages and texts, and at the end of
 * them is a type of values, two small numbers, or tables of messages whose fields are of
 * few kinds.  Traces, metrics and logs of OpenTelemetry begin alike.
 */
#include "read/otlp_probe.h"

#include "base/alloc.h"
#include "io/proto.h"

enum { DATA, RESOURCE_PROFILES, SCOPE_PROFILES, PROFILE, DICTIONARY, LEVELS };

struct level {
	uint32_t fields;         /* numbers of those that there are, all of them bytes */
	int inside[3];           /* by number: the level of the message; 0: it is none */
};

/* 1.6 had tables around what is now data and dictionary. */
static const struct level levels[LEVELS] = {
	[DATA] = { 0x1fe, { 0, RESOURCE_PROFILES, DICTIONARY } },
	[RESOURCE_PROFILES] = { 0xe, { 0, 0, SCOPE_PROFILES } },
	[SCOPE_PROFILES] = { 0xe, { 0, 0, PROFILE } },
};

enum { RESERVED = 1000 };

/* What looking tells: that these are no profiles, nothing, or that they are. */
enum { WRONG = -1, NOTHING, GOOD };

/* Numbers only; profiles of before 1.9 have a third. */
static int look_at_type(struct str s)
{
	struct proto_field f;
	int found = NOTHING;
	while (proto_cut(&s, &f)) {
		if (f.kind != PROTO_VARINT || f.number > 3 || f.value > INT32_MAX)
			return WRONG;
		found = GOOD;
	}
	return s.n == 0 ? found : WRONG;
}

static int look_at_profile(struct str s)
{
	struct proto_field f;
	while (proto_cut(&s, &f))
		if (f.number == 1)
			return f.kind == PROTO_BYTES ? look_at_type(f.bytes) : WRONG;
	return NOTHING;
}

/* By table: numbers of fields that may be varints, and those that may be bytes. */
static const struct { unsigned varints, bytes; } elements[8] = {
	{ 0, 0 }, { 0x3fe, 1 << 5 }, { 0x3e, 1 << 3 | 1 << 4 | 1 << 5 }, { 0x1e, 0 },
	{ 0, 1 << 1 | 1 << 2 }, { 0, 0 }, { 1 << 1 | 1 << 3, 1 << 1 | 1 << 2 },
	{ 1 << 1 | 1 << 2, 1 << 1 },
};

static bool is_element(uint32_t table, struct str s)
{
	struct proto_field f;
	while (proto_cut(&s, &f)) {
		unsigned allowed = f.kind == PROTO_VARINT ? elements[table].varints :
				   f.kind == PROTO_BYTES ? elements[table].bytes : 0;
		if (f.number > 9 || !(allowed >> f.number & 1))
			return false;
	}
	return s.n == 0;
}

static int look_at_dictionary(struct str s)
{
	struct proto_field f;
	int found = NOTHING;
	while (proto_cut(&s, &f)) {
		if (f.kind != PROTO_BYTES || f.number > 7 ||
		    (f.number != 5 && !is_element(f.number, f.bytes)))
			return WRONG;
		if (f.number != 5 && f.bytes.n > 0)
			found = GOOD;
	}
	return found;
}

/*
 * Goes into the first message of each level, and over the others.  What is cut off at the
 * end of the head is looked at as far as it goes.
 */
static int look_at(struct str s, int level)
{
	struct proto_field f;
	int found = NOTHING;
	for (bool is_whole = true; is_whole && s.n > 0 && found != WRONG;) {
		is_whole = proto_cut(&s, &f);
		if (!is_whole && f.bytes.n == 0)
			break;
		bool known = f.number == RESERVED ||
			     (f.number < 32 && levels[level].fields >> f.number & 1);
		if (f.kind != PROTO_BYTES || !known)
			return WRONG;
		int inside = f.number < 3 ? levels[level].inside[f.number] : 0;
		int inner = inside == PROFILE ? look_at_profile(f.bytes) :
			    inside == DICTIONARY ? look_at_dictionary(f.bytes) :
			    inside ? look_at(f.bytes, inside) : NOTHING;
		found = inner == WRONG || found < inner ? inner : found;
	}
	return found;
}

/* Where each message has its length in front of it, as no field is 0. */
static struct str without_length(struct str head)
{
	return head.n > 4 && (unsigned char)head.p[0] < 8 ? str_skip(head, 4) : head;
}

/* "stringTable", or as it stands in the definition. */
static enum probe probe_json(struct str head)
{
	static const struct str tables[] = {
		STR("\"mapping"), STR("\"location"), STR("\"function"), STR("\"link"),
		STR("\"string"), STR("\"attribute"), STR("\"stack"),
	};
	if (str_find(head, STR("\"resourceProfiles\"")) >= 0 ||
	    str_find(head, STR("\"resource_profiles\"")) >= 0)
		return PROBE_SURE;
	ptrdiff_t at = str_find(head, STR("\"dictionary\""));
	struct str rest = at < 0 ? STR("") : str_skip(head, (size_t)at);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		at = str_find(rest, tables[i]);
		struct str end = at < 0 ? STR("") : str_skip(rest, (size_t)at + tables[i].n);
		if (str_starts(end, STR("Table\"")) || str_starts(end, STR("_table\"")))
			return PROBE_SURE;
	}
	return PROBE_NO;
}

bool otlp_probe_is_json(struct str head)
{
	return str_starts(str_skip_space(head), STR("{"));
}

enum probe otlp_probe(struct str head)
{
	if (otlp_probe_is_json(head))
		return probe_json(head);
	return look_at(without_length(head), DATA) == GOOD ? PROBE_SURE : PROBE_NO;
}
