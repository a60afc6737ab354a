/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_UNWIND_STATE_H
#define IO_UNWIND_STATE_H

#include "io/unwind.h"

/*
 * What a step of unwind.h works on; not for others.
 */

/* The value of a register; false when it is not known. */
bool unwind_state_get(const struct unwind_state *, uint64_t reg, uint64_t *value);
void unwind_state_set(struct unwind_state *, unsigned reg, bool known, uint64_t value);

/* So many bytes of the copy of the stack, at most 8; false when it does not have them. */
bool unwind_state_read(struct unwind_state *, uint64_t address, size_t size,
		       uint64_t *value);

#endif
