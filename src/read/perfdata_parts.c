/* SPDX-License-Identifier: Apache-2.0 */
#include "read/perfdata_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { PARTS_MAX = 4096 };

static void add(struct perfdata_parts *p, struct input *in)
{
	p->items = xreallocarray(p->items, p->count + 1, sizeof(*p->items));
	p->items[p->count++] = (struct perfdata_part){ .in = in };
}

static void find_siblings(struct perfdata_parts *p)
{
	char name[32];
	struct input *in;
	for (unsigned i = 0; i < PARTS_MAX; i++) {
		snprintf(name, sizeof(name), "data.%u", i);
		in = input_sibling(p->in, name);
		if (in == NULL)
			break;
		add(p, in);
	}
}

/* Makes the next record of a part wait. */
static bool advance(struct perfdata_parts *p, struct perfdata_part *part)
{
	part->has_record = perfdata_queue_next(&part->queue, &part->record, &part->time);
	if (part->in && part->in->failed)
		input_fail(p->in, "%s", buf_cstr(&part->in->message));
	return !p->in->failed;
}

bool perfdata_parts_open(struct perfdata_parts *p, struct input *in,
			 struct perfdata_events *events, struct perfdata_info *info)
{
	*p = (struct perfdata_parts){ .in = in };
	add(p, NULL);
	find_siblings(p);
	for (size_t i = 0; i < p->count; i++) {
		struct perfdata_part *part = &p->items[i];
		if (part->in)
			perfdata_file_open_part(&part->file, part->in, events, info);
		else if (!perfdata_file_open(&part->file, in, events, info))
			return false;
		perfdata_queue_init(&part->queue, &part->file, part->in != NULL);
		if (!advance(p, part))
			return false;
	}
	return true;
}

void perfdata_parts_close(struct perfdata_parts *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct perfdata_part *part = &p->items[i];
		perfdata_queue_free(&part->queue);
		perfdata_file_close(&part->file);
		if (part->in)
			input_close(part->in);
		free(part->in);
	}
	free(p->items);
}

bool perfdata_parts_next(struct perfdata_parts *p, struct perfdata_record *r,
			 uint64_t *time)
{
	struct perfdata_part *first = NULL;
	if (p->last && !advance(p, p->last))
		return false;
	for (size_t i = 0; i < p->count; i++) {
		struct perfdata_part *part = &p->items[i];
		if (part->has_record && (first == NULL || part->time < first->time))
			first = part;
	}
	p->last = first;
	if (first == NULL)
		return false;
	*r = first->record;
	*time = first->time;
	p->in->line = input_offset(first->file.in);
	return true;
}
