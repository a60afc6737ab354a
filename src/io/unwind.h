/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_UNWIND_H
#define IO_UNWIND_H

#include "base/str.h"

/*
 * From a copy of a stack to the functions on it, by what .eh_frame and .debug_frame tell:
 * for each instruction where the registers of the caller are.
 *
 *	const struct unwind_row *row = unwind_row_find(u, address);
 *	if (row && unwind_step(row, &state))
 *		... state.pc ...
 *
 * A row is looked for once for each distinct address; a step is some additions.  Files
 * are hostile input: nothing in them can loop, or read beyond the copy of the stack.
 */
struct elf_file;
struct unwind;
struct unwind_row;

enum unwind_machine { UNWIND_X86_64, UNWIND_AARCH64, UNWIND_MACHINES };

enum { UNWIND_REGS = 33 };               /* numbers as DWARF has them */

struct unwind_state {
	enum unwind_machine machine;
	uint64_t regs[UNWIND_REGS];
	uint64_t known;                  /* a bit for each register with a value */
	uint64_t pc;
	bool exact;                      /* pc is not where a call returns to */
	uint64_t stack_address;          /* of the first byte of the copy */
	struct str stack;
	bool ran_out;                    /* something was wanted that the copy does not have */
};

/* The rows of a file, which must live as long; NULL when there is none. */
struct unwind *unwind_new(const struct elf_file *);
void unwind_delete(struct unwind *);     /* NULL is fine */

/*
 * The row for an address, as the file tells it; NULL when nothing is known.  It lives as
 * long as the struct unwind.
 */
const struct unwind_row *unwind_row_find(struct unwind *, uint64_t address);

/* Goes to the caller; false where there is none, or it cannot be found. */
bool unwind_step(const struct unwind_row *, struct unwind_state *);

/* The same where nothing is known of the code but that it may keep frame pointers. */
bool unwind_step_frame_pointer(struct unwind_state *);

/* The number of the stack pointer. */
unsigned unwind_stack_pointer(enum unwind_machine);

#endif
