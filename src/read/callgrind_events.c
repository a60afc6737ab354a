/* SPDX-License-Identifier: Apache-2.0 */
#include "read/callgrind_events.h"

#include "base/alloc.h"
#include "base/num.h"

static const struct {
	struct str name, unit;
} known[] = {
	{ STR("Ir"), STR("instructions") },
	{ STR("Dr"), STR("reads") }, { STR("Dw"), STR("writes") },
	{ STR("I1mr"), STR("misses") }, { STR("ILmr"), STR("misses") },
	{ STR("D1mr"), STR("misses") }, { STR("DLmr"), STR("misses") },
	{ STR("D1mw"), STR("misses") }, { STR("DLmw"), STR("misses") },
	{ STR("I2mr"), STR("misses") }, { STR("D2mr"), STR("misses") },
	{ STR("D2mw"), STR("misses") },
	{ STR("Bc"), STR("branches") }, { STR("Bi"), STR("branches") },
	{ STR("Bcm"), STR("mispredictions") }, { STR("Bim"), STR("mispredictions") },
	{ STR("sysCount"), STR("calls") },
};

/* As others write units, and as we do. */
static const struct {
	const char *word;
	struct str unit;
} units[] = {
	{ "ns", STR("ns") }, { "nsec", STR("ns") }, { "nanoseconds", STR("ns") },
	{ "Nanoseconds", STR("ns") }, { "us", STR("us") }, { "usec", STR("us") },
	{ "\xc2\xb5s", STR("us") }, { "microseconds", STR("us") },
	{ "Microseconds", STR("us") }, { "ms", STR("ms") }, { "msec", STR("ms") },
	{ "milliseconds", STR("ms") }, { "Milliseconds", STR("ms") }, { "s", STR("s") },
	{ "sec", STR("s") }, { "seconds", STR("s") }, { "Seconds", STR("s") },
	{ "bytes", STR("bytes") }, { "Bytes", STR("bytes") }, { "samples", STR("samples") },
	{ "blocks", STR("blocks") }, { "errors", STR("errors") },
	{ "contentions", STR("contentions") },
};

/* Empty when it is none that is known. */
static struct str known_unit(struct str word)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(str_of(units[i].word), word))
			return units[i].unit;
	return STR("");
}

static struct str last_word(struct str text)
{
	if (str_ends(text, STR(")")))
		text.n--;
	size_t n = text.n;
	while (n > 0 && strchr(" (:", text.p[n - 1]) == NULL)
		n--;
	return str_skip(text, n);
}

void callgrind_events_describe(struct callgrind_events *e, struct input *in, struct str text)
{
	struct str unit = known_unit(last_word(text));
	struct str name = str_trim(str_cut(&text, ':'));
	name = str_trim(str_cut(&name, '='));
	if (unit.n > 0 && e->described_count < METRICS_MAX)
		e->described[e->described_count++] = (struct callgrind_described){
			arena_copy(&in->arena, name), unit,
		};
}

/* "10ns" */
static struct str cut_factor(struct str unit, int64_t *factor)
{
	size_t n = 0;
	uint64_t value;
	while (n < unit.n && num_is_digit(unit.p[n]))
		n++;
	if (num_u64(str_head(unit, n), &value) && value > 0 && value <= INT32_MAX) {
		*factor = (int64_t)value;
		unit = str_skip(unit, n);
	}
	return unit;
}

/* "Time_(10ns)", "cpu(ms)": false when no unit stands there. */
static bool take_apart(struct str name, struct callgrind_event *event)
{
	ptrdiff_t open = str_rchr(name, '(');
	if (open <= 0 || !str_ends(name, STR(")")))
		return false;
	struct str word = str_span(name.p + open + 1, name.p + name.n - 1);
	struct str unit = cut_factor(word, &event->factor);
	event->unit = known_unit(unit).n ? known_unit(unit) :
		      str_eq(unit, STR("count")) ? STR("") : unit;
	event->name = str_head(name, (size_t)open);
	if (str_ends(event->name, STR("_")) && event->name.n > 1)
		event->name.n--;
	return true;
}

static struct callgrind_event find_event(const struct callgrind_events *e, struct str name)
{
	struct callgrind_event event = { .name = name, .factor = 1 };
	if (take_apart(name, &event))
		return event;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(known[i].name, name))
			event.unit = known[i].unit;
	for (unsigned i = 0; i < e->described_count; i++)
		if (str_eq(e->described[i].name, name))
			event.unit = e->described[i].unit;
	if (event.unit.n == 0)
		event.unit = known_unit(str_skip(name, (size_t)(str_rchr(name, '-') + 1)));
	return event;
}

bool callgrind_events_read(struct callgrind_events *e, struct input *in, struct str text)
{
	e->count = 0;
	for (text = str_trim(text); text.n > 0; text = str_trim(text)) {
		struct callgrind_event event = find_event(e, str_cut(&text, ' '));
		if (e->count == METRICS_MAX)
			return input_error(in, "more than %d events", METRICS_MAX);
		for (unsigned i = 0; i < e->count; i++)
			if (str_eq(e->items[i].name, event.name))
				return input_error(in, "event '%.*s' comes twice",
						   STR_ARG(event.name));
		e->items[e->count++] = event;
	}
	return e->count > 0 || input_error(in, "there are no events");
}
