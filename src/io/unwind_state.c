/* SPDX-License-Identifier: Apache-2.0 */

/* Steps for which no file need be asked: they are there without elfutils, too. */
#include "io/unwind_state.h"

#include <string.h>

bool unwind_state_get(const struct unwind_state *s, uint64_t reg, uint64_t *value)
{
	if (reg >= UNWIND_REGS || !(s->known >> reg & 1))
		return false;
	*value = s->regs[reg];
	return true;
}

void unwind_state_set(struct unwind_state *s, unsigned reg, bool known, uint64_t value)
{
	s->regs[reg] = value;
	s->known = (s->known & ~(UINT64_C(1) << reg)) | (uint64_t)known << reg;
}

bool unwind_state_read(struct unwind_state *s, uint64_t address, size_t size,
		       uint64_t *value)
{
	uint64_t at = address - s->stack_address;
	*value = 0;
	if (at >= s->stack.n || size > s->stack.n - at) {
		s->ran_out |= at <= s->stack.n + ((uint64_t)8 << 20);
		return false;
	}
	memcpy(value, s->stack.p + at, size);
	return true;
}

unsigned unwind_stack_pointer(enum unwind_machine machine)
{
	static const unsigned numbers[] = { [UNWIND_X86_64] = 7, [UNWIND_AARCH64] = 31 };
	return numbers[machine];
}

bool unwind_step_frame_pointer(struct unwind_state *s)
{
	static const unsigned numbers[] = { [UNWIND_X86_64] = 6, [UNWIND_AARCH64] = 29 };
	unsigned fp = numbers[s->machine], sp = unwind_stack_pointer(s->machine);
	uint64_t frame, next, pc;
	if (!unwind_state_get(s, fp, &frame) || frame < s->regs[sp] ||
	    !unwind_state_read(s, frame, 8, &next) ||
	    !unwind_state_read(s, frame + 8, 8, &pc) || pc == 0)
		return false;
	unwind_state_set(s, fp, true, next);
	unwind_state_set(s, sp, true, frame + 16);
	s->pc = pc;
	s->exact = false;
	return true;
}
