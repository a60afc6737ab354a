/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Registers come as words, one for each bit of event->regs_user, numbered as in
 * arch/x86/include/uapi/asm/perf_regs.h and arch/arm64/... of the Linux source.  An
 * address is a place first, as all are, and each place has its row of unwinding rules.
 */
#include "read/perfdata_unwind.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "read/perfdata_chain.h"
#include "read/perfdata_vdso.h"
#include "read/symbolizer_files.h"

enum {
	ABI_64 = 2,
	FRAMES_MAX = 8192,
	OPEN_MAX = 4096,
	X86_IP = 8, ARM_PC = 32,
	NO_REG = 255,
};

/* DWARF's number of each register. */
static const uint8_t x86_regs[] = {
	0, 3, 2, 1, 4, 5, 6, 7, 16, NO_REG, NO_REG, NO_REG, NO_REG, NO_REG, NO_REG,
	NO_REG, 8, 9, 10, 11, 12, 13, 14, 15,
};

void perfdata_unwind_free(struct perfdata_unwind *u)
{
	for (uint32_t i = 0; i < u->file_count; i++) {
		unwind_delete(u->files[i].unwind);
		elf_file_close(u->files[i].file);
	}
	free(u->files);
	free(u->rows);
}

/* Rows */

static struct perfdata_unwind_file *file_of(struct perfdata_unwind *u,
					    const struct perfdata_world *w,
					    uint32_t source)
{
	const struct perfdata_source *s = &w->places.sources[source];
	while (u->file_count <= source) {
		ARRAY_RESERVE(u->files, u->file_capacity, (size_t)source + 1);
		u->files[u->file_count++] = (struct perfdata_unwind_file){ 0 };
	}
	struct perfdata_unwind_file *f = &u->files[source];
	if (f->is_opened || source >= OPEN_MAX)
		return f;
	f->is_opened = true;
	struct str build_id = s->build_id.n > 0 ? s->build_id :
						  perfdata_info_find(u->info, s->path);
	struct symbolizer_file file = { .path = s->path, .build_id = build_id };
	if (s->kind == PERFDATA_VDSO)
		f->file = perfdata_vdso_open(u->info, w->want, build_id);
	if (s->kind == PERFDATA_ELF)
		symbolizer_files_find(w->want, &file, s->pid, false, &f->file);
	if (f->file)
		f->unwind = unwind_new(f->file);
	return f;
}

static const struct unwind_row *row_of(struct perfdata_unwind *u,
				       const struct perfdata_world *w, uint32_t place)
{
	while (u->row_count <= place) {
		ARRAY_RESERVE(u->rows, u->row_capacity, (size_t)place + 1);
		u->rows[u->row_count++] = (struct perfdata_unwind_row){ 0 };
	}
	struct perfdata_unwind_row *known = &u->rows[place];
	if (known->is_known)
		return known->row;
	const struct perfdata_place *at = &w->places.items[place];
	struct perfdata_unwind_file *f = file_of(u, w, at->source);
	uint64_t address;
	known->is_known = true;
	if (f->unwind && elf_file_address(f->file, at->address, &address))
		known->row = unwind_row_find(f->unwind, address);
	return known->row;
}

/* Stacks */

static bool get_state(const struct perfdata_event *event, const struct perfdata_sample *s,
		      struct unwind_state *state)
{
	uint64_t mask = event->regs_user;
	bool arm = mask >> ARM_PC & 1;
	bool has_pc = false;
	*state = (struct unwind_state){
		.machine = arm ? UNWIND_AARCH64 : UNWIND_X86_64,
		.exact = true, .stack = s->stack,
	};
	for (unsigned i = 0, at = 0; i < 64; i++) {
		if (!(mask >> i & 1))
			continue;
		uint64_t value = perfdata_u64(s->regs + 8 * at++);
		unsigned reg = arm ? (i < ARM_PC ? i : NO_REG) :
			       i < ARRAY_SIZE(x86_regs) ? x86_regs[i] : NO_REG;
		if (i == (arm ? ARM_PC : X86_IP)) {
			state->pc = value;
			has_pc = true;
		}
		if (reg == NO_REG)
			continue;
		state->regs[reg] = value;
		state->known |= UINT64_C(1) << reg;
	}
	unsigned sp = unwind_stack_pointer(state->machine);
	state->stack_address = state->regs[sp];
	return has_pc && state->known >> sp & 1 && s->regs_abi == ABI_64;
}

void perfdata_unwind_push(struct perfdata_unwind *u, struct perfdata_world *w,
			  struct samples *out, const struct perfdata_event *event,
			  const struct perfdata_sample *s,
			  const struct perfdata_space *space)
{
	struct unwind_state state;
	if (!get_state(event, s, &state)) {
		if (state.pc != 0)
			sample_push(out, perfdata_chain_place(w, space, state.pc));
		u->other_machine++;
		return;
	}
	for (unsigned i = 0; i < FRAMES_MAX; i++) {
		uint32_t place = perfdata_chain_place(w, space,
						      state.pc - !state.exact);
		const struct unwind_row *row = row_of(u, w, place);
		sample_push(out, place);
		if (row ? !unwind_step(row, &state) :
			  !unwind_step_frame_pointer(&state))
			break;
	}
	if (!state.ran_out || !s->stack_is_full)
		return;
	sample_push(out, perfdata_places_add(&w->places, w->truncated, 0));
	u->cut_off++;
}
