/* SPDX-License-Identifier: Apache-2.0 */
#include "fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "model/events.h"
#include "write/folded.h"

void fold_init(struct fold *f, const struct reader *reader, const struct want *want,
	       unsigned marks, bool header)
{
	*f = (struct fold){
		.reader = reader, .want = want, .marks = marks, .header = header,
	};
	profile_init(&f->profile);
	samples_init(&f->samples, &f->profile);
	f->samples.leaf_first = reader->leaf_first;
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

/* The writer knows files only: one in memory, opened once. */
static int memory_file(void)
{
	static int fd = -1;
	if (fd < 0)
		fd = memfd_create("folded", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
		perror("memfd_create");
		abort();
	}
	return fd;
}

void fold_write(const struct fold *f, struct buf *out)
{
	static struct output output;
	struct folded_options options = { .marks = f->marks, .header = f->header };
	int fd = memory_file();
	char name[32];
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	bool ok = output_open(&output, name);
	if (ok) {
		folded_write(&f->stacks, &options, &output);
		ok = output_close(&output);
	}
	off_t size = lseek(fd, 0, SEEK_END);
	if (!ok || size < 0 ||
	    pread(fd, buf_reserve(out, (size_t)size), (size_t)size, 0) != size) {
		fprintf(stderr, "%s\n", output_message(&output));
		abort();
	}
	out->n += (size_t)size;
}
