/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_WORLD_H
#define READ_PERFDATA_WORLD_H

#include "io/input.h"
#include "model/profile.h"
#include "model/want.h"
#include "read/perfdata_file.h"
#include "read/perfdata_jitdump.h"
#include "read/perfdata_places.h"
#include "read/perfdata_tasks.h"

/*
 * The machine that was recorded, as the records before a sample have left it: threads
 * and their names, what was mapped where, the kernel.
 */
enum { PERFDATA_JITS = 64 };

struct perfdata_world {
	struct input *in;                /* for messages */
	const struct want *want;
	struct profile *profile;         /* names of threads are texts of it */
	struct perfdata_tasks tasks;
	struct perfdata_places places;
	struct perfdata_jitdump jits[PERFDATA_JITS];
	uint32_t jit_count;
	bool monotonic;                  /* times are those of jit dumps; set by the reader */
	uint64_t kernel_text;            /* where the kernel begins; 0: not told */
	uint32_t kernel;                 /* source of the kernel itself; or nowhere */
	uint32_t nowhere, guest_kernel, truncated;       /* sources */
};

void perfdata_world_init(struct perfdata_world *, struct input *, const struct want *,
			 struct profile *);
void perfdata_world_free(struct perfdata_world *);

/* Takes a record that is no sample; false after an error. */
bool perfdata_world_change(struct perfdata_world *, const struct perfdata_record *);

/* What is mapped for a thread at this time. */
struct perfdata_space *perfdata_world_space(struct perfdata_world *,
					    const struct perfdata_thread *, uint64_t time);

#endif
