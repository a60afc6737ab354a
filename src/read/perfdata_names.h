/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_NAMES_H
#define READ_PERFDATA_NAMES_H

#include "io/input.h"
#include "model/profile.h"
#include "model/want.h"
#include "read/perfdata_info.h"
#include "read/perfdata_places.h"

/*
 * From places to frames of the profile, each of them once, when all samples are read.
 */
struct perfdata_names {
	uint32_t *first;                 /* by place, in frames; one more for the end */
	uint32_t *frames;                /* leaf first */
	uint8_t *why;                    /* by place: enum perfdata_why */
};

struct perfdata_names_of {
	struct input *in;
	const struct want *want;
	struct profile *profile;
	const struct perfdata_places *places;
	const struct perfdata_info *info;
	uint32_t kernel;                 /* its source */
	uint64_t kernel_text;            /* where the kernel was; 0: not told */
	uint64_t latest;                 /* time of the last sample, in ns; 0: not told */
};

void perfdata_names_make(struct perfdata_names *, const struct perfdata_names_of *);
void perfdata_names_free(struct perfdata_names *);

#endif
