/* SPDX-License-Identifier: Apache-2.0 */
#include "fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "model/events.h"
#include "write/folded.h"

bool fold_slurp(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	size_t got = 1;
	while (file && got > 0) {
		got = fread(buf_reserve(out, 65536), 1, 65536, file);
		out->n += got;
	}
	bool ok = file && !ferror(file);
	if (file)
		fclose(file);
	return ok;
}

void fold_init(struct fold *f, const struct reader *reader, const struct want *want,
	       unsigned marks, bool header)
{
	*f = (struct fold){
		.reader = reader, .want = want, .marks = marks, .header = header,
	};
	profile_init(&f->profile);
	samples_init(&f->samples, &f->profile);
	f->samples.leaf_first = reader->leaf_first;
	f->samples.in_order = want->in_order;
}

void fold_free(struct fold *f)
{
	stacks_free(&f->stacks);
	samples_free(&f->samples);
	profile_free(&f->profile);
}

bool fold_read(struct fold *f, struct input *in)
{
	bool ok = f->reader->read(in, f->want, &f->samples);
	samples_flush(&f->samples);
	return ok;
}

bool fold_select(struct fold *f)
{
	struct profile *p = &f->profile;
	if (stacks_metric(p, f->want) < 0)
		return false;
	uint32_t *events = xcalloc(p->event_count, sizeof(*events));
	unsigned count = events_choose(p, f->want, events);
	bool fits = stacks_select(&f->stacks, p, f->want, events, count);
	free(events);
	return fits;
}

/* Writers know files only: one in memory, opened once. */
static int memory_file = -1;

static void fail(const char *what)
{
	perror(what);
	abort();
}

struct output *fold_output_open(void)
{
	static struct output output;
	char name[32];
	if (memory_file < 0)
		memory_file = memfd_create("output", MFD_CLOEXEC);
	if (memory_file < 0 || ftruncate(memory_file, 0) != 0 ||
	    lseek(memory_file, 0, SEEK_SET) != 0)
		fail("memfd_create");
	snprintf(name, sizeof(name), "/dev/fd/%d", memory_file);
	if (!output_open(&output, name))
		fail(output_message(&output));
	return &output;
}

void fold_output_close(struct output *output, struct buf *out)
{
	if (!output_close(output))
		fail(output_message(output));
	off_t size = lseek(memory_file, 0, SEEK_END);
	if (size < 0 || pread(memory_file, buf_reserve(out, (size_t)size), (size_t)size,
			      0) != size)
		fail("read");
	out->n += (size_t)size;
}

void fold_write(const struct fold *f, struct buf *out)
{
	struct folded_options options = { .marks = f->marks, .header = f->header };
	struct output *output = fold_output_open();
	folded_write(&f->stacks, &options, output);
	fold_output_close(output, out);
}
