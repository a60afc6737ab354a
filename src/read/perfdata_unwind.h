/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_UNWIND_H
#define READ_PERFDATA_UNWIND_H

#include "io/unwind.h"
#include "model/samples.h"
#include "read/perfdata_info.h"
#include "read/perfdata_sample.h"
#include "read/perfdata_world.h"

/*
 * Call chains of perf record --call-graph dwarf: from the registers and the copy of the
 * stack that a sample has.
 */
struct perfdata_unwind {
	const struct perfdata_info *info;        /* for build ids; set by the reader */
	struct perfdata_unwind_file {
		bool is_opened;
		struct elf_file *file;
		struct unwind *unwind;   /* NULL: nothing is known */
	} *files;                        /* by source */
	uint32_t file_count;
	size_t file_capacity;
	struct perfdata_unwind_row {
		bool is_known;
		const struct unwind_row *row;
	} *rows;                         /* by place */
	uint32_t row_count;
	size_t row_capacity;
	uint64_t cut_off;                /* stacks that were longer than their copies */
	uint64_t other_machine;          /* samples of programs of 32 bits and such */
};

void perfdata_unwind_free(struct perfdata_unwind *);

/* Whether a sample needs it. */
static inline bool perfdata_unwind_wanted(const struct perfdata_sample *s)
{
	return s->regs != NULL && s->stack.n > 0;
}

/* Pushes the places of a sample's user stack, leaf first. */
void perfdata_unwind_push(struct perfdata_unwind *, struct perfdata_world *,
			  struct samples *out, const struct perfdata_event *,
			  const struct perfdata_sample *, const struct perfdata_space *);

#endif
