/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Callgrind and all that writes its format: Cachegrind, Xdebug, go tool pprof -callgrind,
 * converters for KCachegrind.
 *
 *	# callgrind format
 *	version: 1
 *	creator: callgrind-3.19.0
 *	pid: 7366
 *	cmd:  ./c
 *	positions: line
 *	events: Ir Dr
 *	summary: 5090 1020
 *
 *	ob=(1) /tmp/c
 *	fl=(1) /tmp/c.c
 *	fn=(1) main
 *	16 60 20
 *	cfn=(2) work
 *	calls=3 7
 *	+2 5000 1000
 *	fi=(2) /tmp/c.h
 *	4 30
 *
 *	fl=(1)
 *	fn=(2)
 *	...
 *
 * read/callgrind_text.h has the syntax, https://valgrind.org/docs/manual/cl-format.html
 * the meaning.  Costs belong to functions and to calls, all that the called one has done
 * included; model/callgraph.h says which stacks are made of that.
 *
 * A function that has a number is one whatever file it is told of with, as in
 * KCachegrind: fi= and fe= change the file of the lines that follow, which are those of
 * other code that was compiled into it.
 */
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/num.h"
#include "model/callgraph.h"
#include "model/location.h"
#include "read/callgrind_events.h"
#include "read/callgrind_text.h"

/* All stacks together; those of a perf recording of an hour have as many. */
enum { FRAMES_MAX = 1 << 25 };

/* Texts are ids in profile->text, or ID_NONE. */
struct symbol {
	uint32_t name, file, object;
	uint32_t group, function;    /* in the graph, of the thread that came last */
};

struct spot {
	uint32_t symbol;
	uint32_t file;
	uint64_t line, address;
	uint32_t location;       /* ID_NONE: not yet */
};

struct callgrind {
	struct input *in;
	const struct want *want;
	struct samples *out;
	struct profile *profile;
	struct locations locations;
	bool wants_files, wants_lines, is_callgrinds;

	struct callgrind_events events;
	struct metrics metrics;
	unsigned event_count;
	int64_t sums[METRICS_MAX], sums_before[METRICS_MAX];     /* of parts before */
	int64_t summary[METRICS_MAX];
	bool has_summary, has_totals;    /* of the part */
	bool any_totals, has_costs;

	/* By "(1)": text, symbol. */
	struct callgrind_names objects, files, functions;
	struct symbol *symbols;
	struct table symbol_table, function_table;
	uint32_t symbol_count;
	size_t symbol_capacity;
	uint32_t *group_of, *symbol_of;      /* by function of the graph */
	size_t group_capacity, function_capacity;
	struct spot *spots;
	struct table spot_table;
	uint32_t spot_count;
	size_t spot_capacity;
	struct callgraph graph;

	int64_t pid, tid;
	uint32_t group;          /* ID_NONE: not yet */
	struct callgrind_place place;
	uint32_t object, file, source;       /* source: of the lines */
	uint32_t symbol, self;   /* ID_NONE: none; self: the part, when it is known */
	uint32_t called_object, called_file, called;
	bool has_called_object, has_called_file;
	bool after_calls, after_jump;

	struct buf scratch;
	unsigned event;          /* that is pushed */
};

/* Parts */

static bool is_far(int64_t a, int64_t b)
{
	double difference = (double)a - (double)b;
	return difference > 0.01 * (double)a || -difference > 0.01 * (double)a;
}

static void compare(struct callgrind *c, const char *what, unsigned event, int64_t told,
		    int64_t sum)
{
	buf_clear(&c->scratch);
	buf_addf(&c->scratch, "%s %" PRId64 ", sum %" PRId64,
		 c->metrics.items[event].name.p, told, sum);
	input_warn(c->in, what, buf_str(&c->scratch));
}

/*
 * Profilers may count what comes before the first function in their summary; totals are
 * sums.
 */
static void end_part(struct callgrind *c)
{
	for (unsigned i = 0; i < c->event_count; i++) {
		int64_t sum = c->sums[i] - c->sums_before[i];
		bool is_wanted = c->want->all_metrics || i == c->metrics.chosen;
		if (c->has_summary && !c->has_totals && is_wanted &&
		    is_far(c->summary[i], sum))
			compare(c, "summaries that costs do not add up to", i,
				c->summary[i], sum);
	}
	memcpy(c->sums_before, c->sums, sizeof(c->sums));
	c->has_summary = c->has_totals = false;
}

/* Events */

static bool same_events(struct callgrind *c, const struct callgrind_events *e)
{
	for (unsigned i = 0; i < e->count; i++)
		if (e->count != c->events.count ||
		    !str_eq(e->items[i].name, c->events.items[i].name) ||
		    e->items[i].factor != c->events.items[i].factor)
			return false;
	return true;
}

static bool choose_metric(struct callgrind *c)
{
	struct buf why = { 0 };
	for (unsigned i = 0; i < c->events.count; i++) {
		const struct callgrind_event *e = &c->events.items[i];
		metrics_add(&c->metrics, profile_keep(c->profile, e->name),
			    profile_keep(c->profile, e->unit));
	}
	bool ok = metrics_choose(&c->metrics, c->want, c->metrics.items[0].name, &why) ||
		  input_error(c->in, "%s", buf_cstr(&why));
	buf_free(&why);
	if (ok)
		samples_metrics(c->out, &c->metrics, c->want->all_metrics);
	c->event_count = c->events.count;
	callgraph_init(&c->graph, c->want->all_metrics ? c->event_count : 1);
	return ok;
}

/* Each part tells them again. */
static bool read_events(struct callgrind *c, struct str text)
{
	struct callgrind_events events = c->events;
	if (!callgrind_events_read(&events, c->in, text))
		return false;
	if (c->event_count > 0) {
		end_part(c);
		return same_events(c, &events) ||
		       input_error(c->in, "other events than in the part before");
	}
	for (unsigned i = 0; i < events.count; i++)
		events.items[i].name = profile_keep(c->profile, events.items[i].name);
	c->events = events;
	return choose_metric(c);
}

/* Names */

static uint32_t name_text(struct callgrind *c, struct str name)
{
	if (name.n == 0 || str_eq(name, STR("?" "?" "?")))
		return ID_NONE;
	return profile_text(c->profile, name);
}

static bool fail_twice(struct callgrind *c, uint64_t id)
{
	return input_error(c->in, "(%" PRIu64 ") is another name already", id);
}

/* Of an object or a file. */
static bool read_name(struct callgrind *c, struct callgrind_names *names, struct str text,
		      uint32_t *id)
{
	struct callgrind_name name = callgrind_name(text);
	if (!name.is_short) {
		*id = name_text(c, name.text);
		return true;
	}
	/* 1 + the text, for "???" is none. */
	uint32_t *known = callgrind_meaning(names, name.id);
	if (name.text.n > 0) {
		*id = name_text(c, name.text);
		if (*known != CALLGRIND_NEW && *known != *id + 1)
			return fail_twice(c, name.id);
		*known = *id + 1;
	} else if (*known == CALLGRIND_NEW) {
		return input_error(c->in, "(%" PRIu64 ") stands for no name so far", name.id);
	}
	*id = *known - 1;
	return true;
}

static uint32_t find_symbol(struct callgrind *c, struct str name, uint32_t file,
			    uint32_t object)
{
	struct symbol key = {
		profile_text(c->profile, name), file, object, ID_NONE, ID_NONE,
	};
	uint32_t parts[] = { key.name, key.file, key.object };
	uint32_t hash = (uint32_t)hash_hidden(parts, sizeof(parts));
	uint32_t id, at = table_place(&c->symbol_table, hash);
	while ((id = table_next(&c->symbol_table, hash, &at)) != TABLE_END) {
		const struct symbol *s = &c->symbols[id];
		if (s->name == key.name && s->file == file && s->object == object)
			return id;
	}
	id = c->symbol_count++;
	ARRAY_RESERVE(c->symbols, c->symbol_capacity, c->symbol_count);
	c->symbols[id] = key;
	table_insert(&c->symbol_table, hash, id);
	return id;
}

static bool read_symbol(struct callgrind *c, struct str text, uint32_t file,
			uint32_t object, uint32_t *symbol)
{
	struct callgrind_name name = callgrind_name(text);
	if (!name.is_short) {
		*symbol = find_symbol(c, name.text, file, object);
		return true;
	}
	uint32_t *known = callgrind_meaning(&c->functions, name.id), before = *known;
	if (name.text.n > 0)
		*known = find_symbol(c, name.text, file, object);
	if (name.text.n > 0 && before != CALLGRIND_NEW &&
	    c->symbols[before].name != c->symbols[*known].name)
		return fail_twice(c, name.id);
	if (*known == CALLGRIND_NEW)
		return input_error(c->in, "(%" PRIu64 ") stands for no function so far",
				   name.id);
	*symbol = *known;
	return true;
}

/* Functions of the graph: symbols in a thread */

static void make_group(struct callgrind *c)
{
	const struct want *w = c->want;
	struct str command = c->profile->title;
	struct str program = str_basename(str_cut(&command, ' '));
	struct group g = {
		.event = profile_event(c->profile, STR(""),
				       c->metrics.items[c->metrics.chosen].unit),
		.comm = w->group_by == GROUP_PID || w->group_by == GROUP_TID ?
				profile_text(c->profile, program) : ID_NONE,
		.pid = want_pid(w) ? c->pid : -1, .tid = want_tid(w) ? c->tid : -1,
		.cpu = -1,
	};
	c->group = profile_group(c->profile, &g);
}

static uint32_t find_function(struct callgrind *c, uint32_t symbol)
{
	struct symbol *s = &c->symbols[symbol];
	if (s->group == c->group)
		return s->function;
	uint32_t key[] = { symbol, c->group };
	uint32_t hash = (uint32_t)hash_hidden(key, sizeof(key));
	uint32_t id, at = table_place(&c->function_table, hash);
	while ((id = table_next(&c->function_table, hash, &at)) != TABLE_END)
		if (c->symbol_of[id] == symbol && c->group_of[id] == c->group)
			break;
	if (id == TABLE_END) {
		id = callgraph_function(&c->graph);
		ARRAY_RESERVE(c->symbol_of, c->function_capacity, id + 1ull);
		ARRAY_RESERVE(c->group_of, c->group_capacity, id + 1ull);
		c->symbol_of[id] = symbol;
		c->group_of[id] = c->group;
		table_insert(&c->function_table, hash, id);
	}
	s->group = c->group;
	return s->function = id;
}

/* Spots: where a function is when it costs something, as far as anybody wants to know */

static uint32_t find_spot(struct callgrind *c)
{
	struct spot key = { .symbol = c->symbol, .file = ID_NONE, .location = ID_NONE };
	if (c->wants_files)
		key.file = c->source;
	if (c->wants_lines)
		key.line = c->place.line;
	if (c->want->places)
		key.address = c->place.address;
	uint64_t parts[] = { (uint64_t)key.symbol << 32 | key.file, key.line, key.address };
	uint32_t hash = (uint32_t)hash_hidden(parts, sizeof(parts));
	uint32_t id, at = table_place(&c->spot_table, hash);
	while ((id = table_next(&c->spot_table, hash, &at)) != TABLE_END) {
		const struct spot *s = &c->spots[id];
		if (s->symbol == key.symbol && s->file == key.file && s->line == key.line &&
		    s->address == key.address)
			return id;
	}
	id = c->spot_count++;
	ARRAY_RESERVE(c->spots, c->spot_capacity, c->spot_count);
	c->spots[id] = key;
	table_insert(&c->spot_table, hash, id);
	return id;
}

/*
 * "f'g'main" is f called by g and main, of --separate-callers, and "f'2" what it does in
 * itself, of --separate-recs: functions of their own that are shown as f.
 */
static struct str shown_name(const struct callgrind *c, struct str name)
{
	int depth = 0;
	for (size_t i = 0; c->is_callgrinds && i < name.n; i++) {
		char k = name.p[i];
		depth += (k == '(' || k == '<' || k == '{' || k == '[') -
			 (k == ')' || k == '>' || k == '}' || k == ']');
		if (k == '\'' && i > 0 && i + 1 < name.n && depth <= 0)
			return str_head(name, i);
	}
	return name;
}

/* "0x00000000000010b0" is what nobody knows the name of. */
static bool is_address(struct str name, uint64_t *address)
{
	return str_take(&name, STR("0x")) && num_hex(name, address);
}

static uint32_t place_of(struct callgrind *c, const struct spot *spot, uint64_t address,
			 bool nameless)
{
	const struct symbol *s = &c->symbols[spot->symbol];
	uint32_t file = spot->file == ID_NONE ? s->file : spot->file;
	struct frame_place place = {
		.mapping = ID_NONE, .file = file, .system_name = ID_NONE,
		.line = spot->line <= INT32_MAX ? (int64_t)spot->line : 0,
		.address = address, .flags = nameless ? PLACE_NAMELESS : 0,
		.home = file == s->file || s->file == ID_NONE ? 0 : 1 + s->file,
	};
	if (s->object != ID_NONE)
		place.mapping = places_mapping(c->profile->places, &(struct mapping){
			.file = s->object, .build_id = ID_NONE,
		});
	return places_add(c->profile->places, &place);
}

static uint32_t line_text(struct callgrind *c, const struct spot *spot)
{
	if (spot->file == ID_NONE)
		return ID_NONE;
	buf_clear(&c->scratch);
	buf_add(&c->scratch, intern_text(&c->profile->text, spot->file));
	if (spot->line > 0)
		buf_addf(&c->scratch, ":%" PRIu64, spot->line);
	return profile_text(c->profile, buf_str(&c->scratch));
}

static uint32_t make_location(struct callgrind *c, const struct spot *spot)
{
	const struct symbol *s = &c->symbols[spot->symbol];
	struct str name = shown_name(c, intern_text(&c->profile->text, s->name));
	uint64_t address = spot->address;
	bool nameless = str_eq(name, STR("?" "?" "?")) || is_address(name, &address);
	struct location_key key = {
		.symbol = nameless ? STR("") : name, .module = s->object,
		.line = line_text(c, spot), .address = address, .offset = address,
	};
	if (c->want->places)
		key.place = 1 + place_of(c, spot, address, nameless);
	return location_find(&c->locations, &key);
}

/* Costs */

static bool scale(struct callgrind *c, int64_t *costs)
{
	for (unsigned i = 0; i < c->event_count; i++)
		if (c->events.items[i].factor > 1 &&
		    __builtin_mul_overflow(costs[i], c->events.items[i].factor, &costs[i]))
			return input_error(c->in, "a cost does not fit in 63 bits");
	return true;
}

static const int64_t *wanted(const struct callgrind *c, const int64_t *costs)
{
	return c->graph.events > 1 ? costs : costs + c->metrics.chosen;
}

static bool fail_sum(struct callgrind *c, unsigned event)
{
	return input_error(c->in, "the sum of %.*s does not fit in 63 bits",
			   STR_ARG(c->metrics.items[event].name));
}

static bool add_self(struct callgrind *c, const int64_t *costs)
{
	for (unsigned i = 0; i < c->event_count; i++)
		if (__builtin_add_overflow(c->sums[i], costs[i], &c->sums[i]))
			return fail_sum(c, i);
	if (c->self == ID_NONE || c->wants_files)
		c->self = callgraph_part(&c->graph, find_function(c, c->symbol),
					 CALLGRAPH_SELF, find_spot(c));
	return callgraph_add(&c->graph, c->self, wanted(c, costs));
}

static bool add_call(struct callgrind *c, const int64_t *costs)
{
	uint32_t owner = find_function(c, c->symbol);
	uint32_t callee = find_function(c, c->called);
	uint32_t part = callgraph_part(&c->graph, owner, callee, find_spot(c));
	c->after_calls = false;
	c->has_called_file = c->has_called_object = false;
	c->called = ID_NONE;
	return callgraph_add(&c->graph, part, wanted(c, costs)) ||
	       fail_sum(c, c->metrics.chosen);
}

static bool read_cost_line(struct callgrind *c, struct str line)
{
	unsigned count;
	int64_t costs[METRICS_MAX];
	if (c->event_count == 0)
		return input_error(c->in, "costs before the events are told");
	if (!callgrind_place(c->in, &line, &c->place))
		return false;
	if (c->after_jump) {
		c->after_jump = false;
		return true;
	}
	if (c->symbol == ID_NONE)
		return input_error(c->in, "costs without a function");
	if (!callgrind_costs(c->in, line, c->event_count, costs, &count) || !scale(c, costs))
		return false;
	if (c->group == ID_NONE)
		make_group(c);
	c->has_costs = true;
	return c->after_calls ? add_call(c, costs) : add_self(c, costs);
}

/* Header lines */

static bool read_totals(struct callgrind *c, struct str text)
{
	unsigned count;
	int64_t totals[METRICS_MAX];
	if (!callgrind_costs(c->in, text, c->event_count, totals, &count) ||
	    !scale(c, totals))
		return false;
	for (unsigned i = 0; i < count; i++) {
		int64_t sum = c->sums[i] - c->sums_before[i];
		if (totals[i] != sum)
			compare(c, "totals that costs do not add up to", i, totals[i], sum);
	}
	c->has_totals = c->any_totals = true;
	return true;
}

static bool read_summary(struct callgrind *c, struct str text)
{
	unsigned count;
	c->has_summary = c->any_totals = true;
	return callgrind_costs(c->in, text, c->event_count, c->summary, &count) &&
	       scale(c, c->summary);
}

/* Another file behind the one before, whose numbers mean other names. */
static void begin_file(struct callgrind *c)
{
	if (!c->has_costs)
		return;
	end_part(c);
	callgrind_names_free(&c->objects);
	callgrind_names_free(&c->files);
	callgrind_names_free(&c->functions);
	c->object = c->file = c->source = c->symbol = c->self = ID_NONE;
}

static bool read_id(struct callgrind *c, struct str text, int64_t *id)
{
	c->group = c->self = ID_NONE;
	return callgrind_number(c->in, text, id);
}

static void read_command(struct callgrind *c, struct str text)
{
	if (c->profile->title.n == 0)
		c->profile->title = profile_keep(c->profile, text);
}

/* Body lines */

static bool begin_function(struct callgrind *c, struct str text)
{
	c->source = c->file;
	c->self = ID_NONE;
	return read_symbol(c, text, c->file, c->object, &c->symbol);
}

static bool read_called(struct callgrind *c, struct str text, uint32_t *called)
{
	uint32_t file = c->has_called_file ? c->called_file : c->source;
	uint32_t object = c->has_called_object ? c->called_object : c->object;
	return read_symbol(c, text, file, object, called);
}

static bool read_jump_target(struct callgrind *c, struct str text)
{
	uint32_t unused;
	return read_symbol(c, text, c->source, c->object, &unused);
}

static bool read_calls(struct callgrind *c)
{
	c->after_calls = true;
	return c->called != ID_NONE ||
	       input_error(c->in, "calls of no function");
}

static bool read_file(struct callgrind *c, struct str text)
{
	bool ok = read_name(c, &c->files, text, &c->file);
	c->source = c->file;
	return ok;
}

static bool read_key(struct callgrind *c, enum callgrind_key key, struct str text)
{
	uint32_t unused;
	switch (key) {
	case CALLGRIND_COSTS: return read_cost_line(c, text);
	case CALLGRIND_CALLS: return read_calls(c);
	case CALLGRIND_CFN: return read_called(c, text, &c->called);
	case CALLGRIND_FN: return begin_function(c, text);
	case CALLGRIND_CFI:
		c->has_called_file = true;
		return read_name(c, &c->files, text, &c->called_file);
	case CALLGRIND_FI: return read_name(c, &c->files, text, &c->source);
	case CALLGRIND_FL: return read_file(c, text);
	case CALLGRIND_COB:
		c->has_called_object = true;
		return read_name(c, &c->objects, text, &c->called_object);
	case CALLGRIND_OB: return read_name(c, &c->objects, text, &c->object);
	case CALLGRIND_JUMP: c->after_jump = true; break;
	case CALLGRIND_JFI: return read_name(c, &c->files, text, &unused);
	case CALLGRIND_JFN: return read_jump_target(c, text);
	case CALLGRIND_EVENTS: return read_events(c, text);
	case CALLGRIND_EVENT: callgrind_events_describe(&c->events, c->in, text); break;
	case CALLGRIND_POSITIONS: return callgrind_positions(c->in, text, &c->place);
	case CALLGRIND_SUMMARY: return read_summary(c, text);
	case CALLGRIND_TOTALS: return read_totals(c, text);
	case CALLGRIND_VERSION: begin_file(c); break;
	case CALLGRIND_CREATOR:
		c->is_callgrinds = str_starts(text, STR("callgrind"));
		break;
	case CALLGRIND_COMMAND: read_command(c, text); break;
	case CALLGRIND_PID: return read_id(c, text, &c->pid);
	case CALLGRIND_THREAD: return read_id(c, text, &c->tid);
	case CALLGRIND_REMARK: break;
	case CALLGRIND_UNKNOWN: input_warn(c->in, READER_NOT_UNDERSTOOD, text); break;
	}
	return true;
}

static bool read_lines(struct callgrind *c)
{
	struct str line;
	while (input_line(c->in, &line)) {
		/* What was cut off may look like a smaller number. */
		if (!str_ends(c->in->raw, STR("\n"))) {
			input_warn(c->in, "lines cut off at the end", line);
			break;
		}
		enum callgrind_key key = callgrind_key(&line);
		if (c->after_calls && key != CALLGRIND_COSTS && key != CALLGRIND_REMARK)
			return input_error(c->in, "calls without a line of costs");
		if (!read_key(c, key, line))
			return false;
	}
	return !c->in->failed;
}

/* Stacks */

static void push_stack(void *context, uint32_t leaf, const uint32_t *spots, uint32_t depth,
		       int64_t value)
{
	struct callgrind *c = context;
	int64_t values[METRICS_MAX] = { 0 };
	for (uint32_t i = 0; i < depth; i++) {
		struct spot *spot = &c->spots[spots[i]];
		uint32_t n;
		if (spot->location == ID_NONE)
			spot->location = make_location(c, spot);
		const uint32_t *frames = location_frames(&c->locations, spot->location, &n);
		for (uint32_t k = 0; k < n; k++)
			sample_push(c->out, frames[k]);
	}
	values[c->event] = value;
	sample_end_metrics(c->out, c->group_of[leaf], values);
}

static void tell(struct callgrind *c, const char *what, int64_t amount, int64_t total)
{
	buf_clear(&c->scratch);
	buf_addf(&c->scratch, "%" PRId64 " of %" PRId64 " %s", amount, total,
		 c->metrics.items[c->event].name.p);
	input_warn(c->in, what, buf_str(&c->scratch));
}

static void report(struct callgrind *c, const struct callgraph_report *r)
{
	if (r->torn > 0)
		tell(c, "cycles of calls cut open, being too many", r->torn, r->total);
	if (r->rootless > 0)
		tell(c, "callers left out, stacks being too many", r->rootless, r->total);
	if (r->excess > 0 && is_far(r->total, r->total - r->excess))
		tell(c, "calls that cost more than what they called", r->excess, r->total);
}

static void push_stacks(struct callgrind *c)
{
	unsigned events = c->graph.events;
	for (unsigned i = 0; i < events; i++) {
		struct callgraph_report r;
		c->event = events > 1 ? i : c->metrics.chosen;
		callgraph_expand(&c->graph, i, FRAMES_MAX / events, push_stack, c, &r);
		report(c, &r);
	}
}

static bool finish(struct callgrind *c)
{
	struct buf why = { 0 };
	if (c->event_count == 0)
		return input_fail(c->in, "there are no events");
	end_part(c);
	if (c->is_callgrinds && !c->any_totals)
		input_warn(c->in, "no totals: the file was cut off", STR(""));
	for (unsigned i = 0; i < c->event_count; i++)
		metrics_sum(&c->metrics, i, c->sums[i]);
	if (c->group == ID_NONE)
		make_group(c);
	push_stacks(c);
	bool ok = profile_metrics(c->profile, &c->metrics, &why) ||
		  input_fail(c->in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

static void free_all(struct callgrind *c)
{
	locations_free(&c->locations);
	callgrind_names_free(&c->objects);
	callgrind_names_free(&c->files);
	callgrind_names_free(&c->functions);
	callgraph_free(&c->graph);
	table_free(&c->symbol_table);
	table_free(&c->function_table);
	table_free(&c->spot_table);
	buf_free(&c->scratch);
	free(c->symbols);
	free(c->symbol_of);
	free(c->group_of);
	free(c->spots);
}

static bool read_callgrind(struct input *in, const struct want *want, struct samples *out)
{
	enum granularity g = want->granularity;
	struct callgrind c = {
		.in = in, .want = want, .out = out, .profile = out->profile,
		.wants_lines = want->places || g == GRANULARITY_LINES,
		.wants_files = want->places || g == GRANULARITY_LINES ||
			       g == GRANULARITY_FILES || g == GRANULARITY_FILEFUNCTIONS,
		.pid = -1, .tid = -1, .group = ID_NONE, .place = { .has_line = true },
		.object = ID_NONE, .file = ID_NONE, .source = ID_NONE, .symbol = ID_NONE,
		.self = ID_NONE, .called = ID_NONE,
	};
	locations_init(&c.locations, c.profile, want);
	bool ok = read_lines(&c) && finish(&c);
	free_all(&c);
	return ok && !in->failed;
}

/*
 * "# callgrind format" need not stand there; then all lines up to "events:" are those of
 * a header.
 */
static enum probe probe_callgrind(struct str head)
{
	struct str line = str_cut(&head, '\n');
	if (str_starts(line, STR("# callgrind format"))) {
		struct str start = head.n > 4096 ? str_head(head, 4096) : head;
		return str_find(start, STR("\ncreator: xtree")) >= 0 ? PROBE_NO : PROBE_SURE;
	}
	for (; head.n > 0; line = str_cut(&head, '\n')) {
		enum callgrind_key key = callgrind_key(&line);
		if (key == CALLGRIND_EVENTS)
			return line.n > 0 ? PROBE_SURE : PROBE_NO;
		if (key < CALLGRIND_EVENTS || key == CALLGRIND_UNKNOWN)
			return PROBE_NO;
	}
	return PROBE_NO;
}

static const struct reader_hints hints = {
	.pids = "process ids",
	.cpus = "processors",
	.lines = "source lines; build the program with -g",
	.quality = {
		.unknown = "install debug symbols",
		.no_chains = "Cachegrind knows no calls, Callgrind does",
	},
};

const struct reader reader_callgrind = {
	.name = "callgrind",
	.title = "costs of Callgrind, Cachegrind, Xdebug and others for KCachegrind",
	.leaf_first = true,
	.probe = probe_callgrind,
	.read = read_callgrind,
	.hints = &hints,
};
