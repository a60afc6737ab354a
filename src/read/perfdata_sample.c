/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A sample has what the bits of sample_type say, in this order:
 *
 *	IDENTIFIER IP TID TIME ADDR ID STREAM_ID CPU PERIOD     a word each
 *	READ CALLCHAIN RAW BRANCH_STACK REGS_USER STACK_USER    each as long as it says
 *	WEIGHT DATA_SRC TRANSACTION REGS_INTR ...
 *
 * and other records end with a trailer: TID TIME ID STREAM_ID CPU IDENTIFIER.  See
 * PERF_RECORD_SAMPLE in include/uapi/linux/perf_event.h of the Linux source.
 */
#include "read/perfdata_sample.h"

/* What is left of a record; short once something did not fit. */
struct cursor {
	struct str left;
	bool is_short;
};

enum {
	WORD = 8,
	BRANCH = 24,
	BRANCH_HW_INDEX = 1 << 17,       /* of branch_type */
};

static const char *take(struct cursor *c, uint64_t n)
{
	if (n > c->left.n) {
		c->is_short = true;
		c->left.n = 0;
		return NULL;
	}
	const char *p = c->left.p;
	c->left = str_skip(c->left, (size_t)n);
	return p;
}

static const char *take_words(struct cursor *c, uint64_t n)
{
	return take(c, n <= UINT64_MAX / WORD ? n * WORD : UINT64_MAX);
}

static uint64_t take_u64(struct cursor *c)
{
	const char *p = take(c, WORD);
	return p ? perfdata_u64(p) : 0;
}

static void take_pair(struct cursor *c, uint32_t *first, uint32_t *second)
{
	const char *p = take(c, WORD);
	if (p == NULL)
		return;
	*first = perfdata_u32(p);
	if (second)
		*second = perfdata_u32(p + 4);
}

static void take_head(struct cursor *c, struct perfdata_sample *s, uint64_t type)
{
	if (type & PERFDATA_IDENTIFIER)
		take_u64(c);
	if (type & PERFDATA_IP)
		s->ip = take_u64(c);
	if (type & PERFDATA_TID)
		take_pair(c, &s->pid, &s->tid);
	if (type & PERFDATA_TIME)
		s->time = take_u64(c);
	if (type & PERFDATA_ADDR)
		take_u64(c);
	if (type & PERFDATA_ID)
		take_u64(c);
	if (type & PERFDATA_STREAM_ID)
		take_u64(c);
	if (type & PERFDATA_CPU)
		take_pair(c, &s->cpu, NULL);
	if (type & PERFDATA_PERIOD)
		s->period = take_u64(c);
}

/* Words of one value in a group, and of a value that is alone. */
static uint64_t value_words(uint64_t format)
{
	return 1 + !!(format & PERFDATA_READ_ID) + !!(format & PERFDATA_READ_LOST);
}

static uint64_t time_words(uint64_t format)
{
	return !!(format & PERFDATA_READ_ENABLED) + !!(format & PERFDATA_READ_RUNNING);
}

static void take_read(struct cursor *c, struct perfdata_sample *s, uint64_t format)
{
	const char *start = c->left.p;
	if (format & PERFDATA_READ_GROUP) {
		uint64_t n = take_u64(c);
		take_words(c, time_words(format));
		if (n > c->left.n / WORD)
			c->is_short = true;
		else
			take_words(c, n * value_words(format));
	} else {
		take_words(c, time_words(format) + value_words(format));
	}
	if (!c->is_short)
		s->read = str_span(start, c->left.p);
}

static void take_branches(struct cursor *c, struct perfdata_sample *s, uint64_t type)
{
	s->branch_count = take_u64(c);
	if (type & BRANCH_HW_INDEX)
		take_u64(c);
	if (s->branch_count > c->left.n / BRANCH)
		c->is_short = true;
	s->branches = c->is_short ? NULL : take(c, s->branch_count * BRANCH);
	if (type >> 19 & 1)
		take_words(c, s->branch_count);
}

static const char *take_regs(struct cursor *c, uint64_t mask, uint64_t *abi)
{
	*abi = take_u64(c);
	return *abi ? take_words(c, (uint64_t)__builtin_popcountll(mask)) : NULL;
}

static void take_stack(struct cursor *c, struct perfdata_sample *s)
{
	uint64_t size = take_u64(c);
	const char *stack = size ? take(c, size) : NULL;
	uint64_t used = size ? take_u64(c) : 0;
	if (stack && used <= size)
		s->stack = (struct str){ stack, (size_t)used };
	s->stack_is_full = used == size;
}

static void take_tail(struct cursor *c, struct perfdata_sample *s,
		      const struct perfdata_event *event)
{
	uint64_t type = event->sample_type;
	if (type & PERFDATA_READ)
		take_read(c, s, event->read_format);
	if (type & PERFDATA_CALLCHAIN) {
		s->has_chain = true;
		s->chain_count = take_u64(c);
		s->chain = take_words(c, s->chain_count);
	}
	if (type & PERFDATA_RAW) {
		const char *size = take(c, 4);
		take(c, size ? perfdata_u32(size) : 0);
	}
	if (type & PERFDATA_BRANCH_STACK)
		take_branches(c, s, event->branch_type);
	if (type & PERFDATA_REGS_USER)
		s->regs = take_regs(c, event->regs_user, &s->regs_abi);
	if (type & PERFDATA_STACK_USER)
		take_stack(c, s);
	if (type & (PERFDATA_WEIGHT | PERFDATA_WEIGHT_STRUCT))
		s->weight = take_u64(c);
	if (type & PERFDATA_WEIGHT_STRUCT)
		s->weight &= UINT32_MAX;
}

bool perfdata_sample_parse(struct perfdata_sample *s, const struct perfdata_event *event,
			   struct str body)
{
	struct cursor c = { .left = body };
	*s = (struct perfdata_sample){
		.pid = UINT32_MAX, .tid = UINT32_MAX, .cpu = UINT32_MAX,
		.period = event->period ? event->period : 1,
	};
	take_head(&c, s, event->sample_type);
	take_tail(&c, s, event);
	return !c.is_short;
}

bool perfdata_sample_deferred(struct perfdata_sample *s, struct str body, uint64_t *cookie)
{
	struct cursor c = { .left = body };
	*s = (struct perfdata_sample){ .has_chain = true };
	*cookie = take_u64(&c);
	s->chain_count = take_u64(&c);
	s->chain = take_words(&c, s->chain_count);
	return !c.is_short;
}

uint64_t perfdata_sample_time(const struct perfdata_event *event, struct str body)
{
	const uint64_t behind = PERFDATA_ID | PERFDATA_STREAM_ID | PERFDATA_CPU |
				PERFDATA_IDENTIFIER;
	if (!event->id_all || !(event->sample_type & PERFDATA_TIME))
		return 0;
	size_t from_end = WORD * (1 + (size_t)__builtin_popcountll(event->sample_type &
								   behind));
	return body.n >= from_end ? perfdata_u64(body.p + body.n - from_end) : 0;
}

bool perfdata_sample_reading(const struct perfdata_event *event, struct str read,
			     uint64_t i, struct perfdata_reading *reading)
{
	uint64_t format = event->read_format;
	bool group = format & PERFDATA_READ_GROUP;
	uint64_t times = time_words(format), each = value_words(format);
	uint64_t count = group && read.n >= WORD ? perfdata_u64(read.p) : 1;
	if (i >= count || read.n < WORD)
		return false;
	const char *value = read.p + (group ? (1 + times + i * each) * WORD : 0);
	const char *id = value + (group ? 1 : 1 + times) * WORD;
	reading->value = perfdata_u64(value);
	reading->id = format & PERFDATA_READ_ID ? perfdata_u64(id) : 0;
	return true;
}
