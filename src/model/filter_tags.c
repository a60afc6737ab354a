/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The texts of --tagfocus and --tagignore, which are pprof's, and the attributes of
 * samples: those of a group and the labels of formats that have some.
 *
 *	12, 12:, :12, 1kb:2kb  a number, or from and to, for attributes that are numbers
 *	RE,RE                  without a key each has to match some "key:value"
 *	key=12:20, key=RE,RE   with one any of them has to match a value
 *
 * A number with a unit is compared with one of the same kind of unit; one without is
 * compared with any number.
 */
#include "model/filter_steps.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"

static const struct str tag_names[] = {
	[TAG_COMM] = STR("comm"), [TAG_PID] = STR("pid"), [TAG_TID] = STR("tid"),
	[TAG_CPU] = STR("cpu"), [TAG_EVENT] = STR("event"),
};

/* Units */

enum unit_kind { UNIT_OTHER, UNIT_BYTES, UNIT_TIME };

static const struct {
	struct str name;         /* in lower case, without the s of a plural */
	enum unit_kind kind;
	double worth;
} units[] = {
	{ STR("b"), UNIT_BYTES, 1 }, { STR("byte"), UNIT_BYTES, 1 },
	{ STR("kb"), UNIT_BYTES, 0x1p10 }, { STR("kbyte"), UNIT_BYTES, 0x1p10 },
	{ STR("kilobyte"), UNIT_BYTES, 0x1p10 }, { STR("mb"), UNIT_BYTES, 0x1p20 },
	{ STR("mbyte"), UNIT_BYTES, 0x1p20 }, { STR("megabyte"), UNIT_BYTES, 0x1p20 },
	{ STR("gb"), UNIT_BYTES, 0x1p30 }, { STR("gbyte"), UNIT_BYTES, 0x1p30 },
	{ STR("gigabyte"), UNIT_BYTES, 0x1p30 }, { STR("tb"), UNIT_BYTES, 0x1p40 },
	{ STR("ns"), UNIT_TIME, 1 }, { STR("nanosecond"), UNIT_TIME, 1 },
	{ STR("us"), UNIT_TIME, 1e3 }, { STR("microsecond"), UNIT_TIME, 1e3 },
	{ STR("ms"), UNIT_TIME, 1e6 }, { STR("millisecond"), UNIT_TIME, 1e6 },
	{ STR("s"), UNIT_TIME, 1e9 }, { STR("sec"), UNIT_TIME, 1e9 },
	{ STR("second"), UNIT_TIME, 1e9 }, { STR("hr"), UNIT_TIME, 3600e9 },
	{ STR("hour"), UNIT_TIME, 3600e9 },
};

static enum unit_kind find_unit(struct str text, double *worth)
{
	char lower[16];
	*worth = 1;
	if (text.n > 2 && text.p[text.n - 1] == 's')
		text.n--;
	for (size_t i = 0; i < text.n && i < sizeof(lower); i++)
		lower[i] = text.p[i] >= 'A' && text.p[i] <= 'Z' ?
				   (char)(text.p[i] + 'a' - 'A') : text.p[i];
	for (size_t i = 0; text.n <= sizeof(lower) && i < ARRAY_SIZE(units); i++) {
		if (!str_eq((struct str){ lower, text.n }, units[i].name))
			continue;
		*worth = units[i].worth;
		return units[i].kind;
	}
	return UNIT_OTHER;
}

/* The text */

/* "12", "-3kb" */
static bool parse_number(struct str s, int64_t *value, struct str *unit)
{
	size_t n = 0;
	uint64_t number;
	bool negative = s.n && s.p[0] == '-';
	s = str_skip(s, s.n && (s.p[0] == '-' || s.p[0] == '+'));
	while (n < s.n && num_is_digit(s.p[n]))
		n++;
	if (n == 0 || !num_u64(str_head(s, n), &number) || number > INT64_MAX)
		return false;
	*value = negative ? -(int64_t)number : (int64_t)number;
	*unit = str_skip(s, n);
	for (size_t i = 0; i < unit->n; i++) {
		char c = unit->p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return true;
}

static bool parse_range(struct str s, struct filter_tags *t)
{
	struct str to = s, from = str_cut(&to, ':');
	double worth;
	t->from = INT64_MIN;
	t->to = INT64_MAX;
	if (to.p == NULL) {
		t->is_range = parse_number(from, &t->from, &t->from_unit);
		t->to = t->from;
		t->to_unit = t->from_unit;
		return t->is_range;
	}
	t->is_range = from.n + to.n > 0 &&
		      (from.n == 0 || parse_number(from, &t->from, &t->from_unit)) &&
		      (to.n == 0 || parse_number(to, &t->to, &t->to_unit));
	if (from.n == 0)
		t->from_unit = t->to_unit;
	else if (to.n == 0)
		t->to_unit = t->from_unit;
	else if (find_unit(t->from_unit, &worth) != find_unit(t->to_unit, &worth))
		t->is_range = false;
	return t->is_range;
}

static bool is_text_tag(struct str key)
{
	return str_eq(key, tag_names[TAG_COMM]) || str_eq(key, tag_names[TAG_EVENT]);
}

bool filter_tags_parse(struct filter_step *s, struct str text, struct match_error *error)
{
	struct str rest = text;
	if (str_chr(text, '=') >= 0)
		s->tags.key = str_cut(&rest, '=');
	if (!is_text_tag(s->tags.key) && parse_range(rest, &s->tags))
		return true;
	do {
		size_t at = (size_t)(rest.p - text.p);
		if (!filter_add_text(s, str_cut(&rest, ','), true, error)) {
			error->at += at;
			return false;
		}
	} while (rest.p != NULL);
	return true;
}

/* A label may be called as an attribute is. */
bool filter_tags_need(const struct filter_step *s, enum want_tag tag)
{
	return s->tags.key.n == 0 || tag == TAG_LABELS ||
	       str_eq(s->tags.key, tag_names[tag]);
}

/* Attributes */

struct judged {
	const struct filter_step *step;
	bool in_range;           /* a number was */
	bool *texts;             /* by text: it matches some attribute */
	struct buf room;
};

static bool is_in_range(const struct filter_tags *t, struct str key, struct str unit,
			int64_t number)
{
	double worth, from_worth, to_worth;
	bool known = str_eq(key, STR("alignment")) || str_eq(key, STR("request"));
	enum unit_kind kind = find_unit(unit.n ? unit : known ? STR("bytes") : key,
					&worth);
	enum unit_kind asked = find_unit(t->from_unit, &from_worth);
	find_unit(t->to_unit, &to_worth);
	if (kind == UNIT_OTHER)
		return number >= t->from && number <= t->to;
	if (kind != asked)
		return false;
	double value = (double)number * worth;
	return (t->from == INT64_MIN || value >= (double)t->from * from_worth) &&
	       (t->to == INT64_MAX || value <= (double)t->to * to_worth);
}

static void see_text(struct judged *j, struct str key, struct str value)
{
	const struct filter_step *s = j->step;
	buf_clear(&j->room);
	if (s->tags.key.n == 0) {
		buf_add(&j->room, key);
		buf_addc(&j->room, ':');
	}
	buf_add(&j->room, value);
	for (size_t i = 0; i < s->text_count; i++)
		if (!j->texts[i])
			j->texts[i] = match_find(s->texts[i].match, buf_str(&j->room));
}

static bool is_asked(const struct judged *j, struct str key)
{
	return j->step->tags.key.n == 0 || str_eq(j->step->tags.key, key);
}

static void see_number(struct judged *j, struct str key, struct str unit, int64_t number)
{
	const struct filter_tags *t = &j->step->tags;
	struct buf digits = { 0 };
	if (t->is_range) {
		j->in_range |= is_in_range(t, key, unit, number);
		return;
	}
	buf_addf(&digits, "%lld", (long long)number);
	see_text(j, key, buf_str(&digits));
	buf_free(&digits);
}

static void see_group(struct judged *j, const struct profile *p, const struct group *g)
{
	const int64_t numbers[] = {
		[TAG_PID] = g->pid, [TAG_TID] = g->tid, [TAG_CPU] = g->cpu,
	};
	bool ranged = j->step->tags.is_range;
	if (!ranged && g->comm != ID_NONE && is_asked(j, tag_names[TAG_COMM]))
		see_text(j, tag_names[TAG_COMM], intern_text(&p->text, g->comm));
	if (!ranged && p->events[g->event].name.n && is_asked(j, tag_names[TAG_EVENT]))
		see_text(j, tag_names[TAG_EVENT], p->events[g->event].name);
	for (enum want_tag tag = TAG_PID; tag <= TAG_CPU; tag++)
		if (numbers[tag] >= 0 && is_asked(j, tag_names[tag]))
			see_number(j, tag_names[tag], STR(""), numbers[tag]);
}

/* As in pprof, texts are searched in labels that are texts. */
static void see_labels(struct judged *j, const struct profile *p, uint32_t set)
{
	uint32_t count;
	const struct label *labels = labels_of(&p->labels, set, &count);
	for (uint32_t i = 0; i < count; i++) {
		const struct label *l = &labels[i];
		struct str key = intern_text(&p->text, l->key);
		struct str unit = STR("");
		if (!is_asked(j, key))
			continue;
		if (l->unit != ID_NONE)
			unit = intern_text(&p->text, l->unit);
		if (l->text == ID_NONE && j->step->tags.is_range)
			see_number(j, key, unit, l->number);
		else if (l->text != ID_NONE && !j->step->tags.is_range)
			see_text(j, key, intern_text(&p->text, l->text));
	}
}

static bool fits(struct judged *j, const struct profile *p, const struct group *g)
{
	const struct filter_step *s = j->step;
	bool all = true, any = false;
	j->in_range = false;
	for (size_t i = 0; i < s->text_count; i++)
		j->texts[i] = false;
	see_group(j, p, g);
	see_labels(j, p, g->labels);
	for (size_t i = 0; i < s->text_count; i++) {
		all &= j->texts[i];
		any |= j->texts[i];
	}
	if (s->tags.is_range)
		return j->in_range;
	return s->tags.key.n ? any : all;
}

bool *filter_tags_judge(const struct filter_step *s, const struct profile *p)
{
	bool *tagged = xcalloc(p->group_count, sizeof(*tagged));
	struct judged j = {
		.step = s, .texts = xcalloc(s->text_count + 1, sizeof(*j.texts)),
	};
	for (uint32_t i = 0; i < p->group_count; i++)
		tagged[i] = fits(&j, p, &p->groups[i]);
	free(j.texts);
	buf_free(&j.room);
	return tagged;
}
