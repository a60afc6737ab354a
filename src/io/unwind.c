/* SPDX-License-Identifier: Apache-2.0 */

/*
 * DWARF 5, 6.4: for a range of instructions there is a row of rules.  The first one tells
 * the canonical frame address (CFA), what the stack pointer was before the call; the
 * others where each register of the caller is:
 *
 *	pc 0x1149   CFA = rsp + 24   rbx at CFA - 16   return address at CFA - 8
 *
 * libdw runs the programs that the tables are made of, knows what each processor does by
 * itself, and gives the rules as expressions.  Nearly all are a register and an offset;
 * the others are worked out here.
 */
#include "io/unwind.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "io/elf_parts.h"
#include "io/unwind_state.h"

enum { STACK_MAX = 32, OPS_MAX = 64 };

enum kind { SAME, UNDEFINED, AT_OFFSET, IS_OFFSET, EXPRESSION };

struct rule {
	enum kind kind;
	unsigned reg;            /* whose value it is; of a base: of which the offset is */
	int64_t offset;
	const Dwarf_Op *ops;
	size_t count;
};

struct unwind_row {
	struct rule base;        /* the CFA: IS_OFFSET from a register, or an expression */
	bool is_signal;
	unsigned return_reg;
	unsigned count;
	struct rule rules[];     /* of registers that do not stay the same */
};

struct unwind {
	Dwarf_CFI *cfi;
	Dwarf *dwarf;            /* for .debug_frame */
	Dwarf_CFI *debug_cfi;
	struct arena arena;
};

/* Files */

struct unwind *unwind_new(const struct elf_file *e)
{
	struct unwind *u = xcalloc(1, sizeof(*u));
	u->cfi = dwarf_getcfi_elf(e->elf);
	Elf *debug = e->debug ? e->debug->elf : e->elf;
	u->dwarf = dwarf_begin_elf(debug, DWARF_C_READ, NULL);
	u->debug_cfi = u->dwarf ? dwarf_getcfi(u->dwarf) : NULL;
	if (u->cfi || u->debug_cfi)
		return u;
	unwind_delete(u);
	return NULL;
}

void unwind_delete(struct unwind *u)
{
	if (u == NULL)
		return;
	if (u->cfi)
		dwarf_cfi_end(u->cfi);
	if (u->dwarf)
		dwarf_end(u->dwarf);
	arena_free(&u->arena);
	free(u);
}

/* Rows */

/* Expressions that libdw keeps can be kept here, too; not those in "mine". */
static struct rule make_rule(unsigned reg, const Dwarf_Op *ops, size_t count,
			     const Dwarf_Op *mine)
{
	struct rule rule = { .kind = SAME, .reg = reg };
	if (count == 0) {
		rule.kind = ops ? UNDEFINED : SAME;
		return rule;
	}
	bool is_value = ops[count - 1].atom == DW_OP_stack_value;
	size_t n = count - is_value;
	if (ops[0].atom == DW_OP_call_frame_cfa &&
	    (n == 1 || (n == 2 && ops[1].atom == DW_OP_plus_uconst))) {
		rule.kind = is_value ? IS_OFFSET : AT_OFFSET;
		rule.offset = n == 2 ? (int64_t)ops[1].number : 0;
		return rule;
	}
	rule.kind = ops == mine ? UNDEFINED : EXPRESSION;
	rule.ops = ops;
	rule.count = count;
	return rule;
}

/* "rsp + 24"; only what is longer stays an expression, which libdw keeps. */
static struct rule make_base(const Dwarf_Op *ops, size_t count)
{
	struct rule rule = { .kind = EXPRESSION, .ops = ops, .count = count };
	if (count != 1)
		return rule;
	if (ops[0].atom >= DW_OP_breg0 && ops[0].atom <= DW_OP_breg31) {
		rule.kind = IS_OFFSET;
		rule.reg = ops[0].atom - DW_OP_breg0;
		rule.offset = (int64_t)ops[0].number;
	} else if (ops[0].atom == DW_OP_bregx && ops[0].number < UNWIND_REGS) {
		rule.kind = IS_OFFSET;
		rule.reg = (unsigned)ops[0].number;
		rule.offset = (int64_t)ops[0].number2;
	}
	return rule;
}

static const struct unwind_row *make_row(struct unwind *u, Dwarf_Frame *frame)
{
	struct rule rules[UNWIND_REGS];
	unsigned count = 0;
	Dwarf_Op *ops, mine[3];
	size_t n;
	bool is_signal = false;
	int return_reg = dwarf_frame_info(frame, NULL, NULL, &is_signal);
	if (return_reg < 0 || return_reg >= UNWIND_REGS ||
	    dwarf_frame_cfa(frame, &ops, &n) != 0 || n == 0)
		return NULL;
	struct rule base = make_base(ops, n);
	for (unsigned reg = 0; reg < UNWIND_REGS; reg++) {
		if (dwarf_frame_register(frame, (int)reg, mine, &ops, &n) != 0)
			continue;
		struct rule rule = make_rule(reg, ops, n, mine);
		if (n > 0 && ops == mine && rule.kind == UNDEFINED &&
		    ops[0].atom == DW_OP_regx && ops[0].number < UNWIND_REGS) {
			/* It is in another register: as an expression of our own. */
			Dwarf_Op *kept = arena_alloc(&u->arena, sizeof(*kept));
			*kept = ops[0];
			rule.kind = EXPRESSION;
			rule.ops = kept;
			rule.count = 1;
		}
		if (rule.kind != SAME)
			rules[count++] = rule;
	}
	struct unwind_row *row =
		arena_alloc(&u->arena, sizeof(*row) + count * sizeof(*rules));
	row->base = base;
	row->is_signal = is_signal;
	row->return_reg = (unsigned)return_reg;
	row->count = count;
	memcpy(row->rules, rules, count * sizeof(*rules));
	return row;
}

const struct unwind_row *unwind_row_find(struct unwind *u, uint64_t address)
{
	Dwarf_Frame *frame = NULL;
	if ((u->cfi == NULL || dwarf_cfi_addrframe(u->cfi, address, &frame) != 0) &&
	    (u->debug_cfi == NULL ||
	     dwarf_cfi_addrframe(u->debug_cfi, address, &frame) != 0))
		return NULL;
	const struct unwind_row *row = make_row(u, frame);
	free(frame);
	return row;
}

/* Values */

/* A machine with a stack for DWARF's expressions. */
struct machine {
	struct unwind_state *state;
	uint64_t stack[STACK_MAX];
	size_t depth;
	uint64_t cfa;
	bool is_value;           /* the result is the value, not where it is */
};

static bool push(struct machine *m, uint64_t value)
{
	if (m->depth == STACK_MAX)
		return false;
	m->stack[m->depth++] = value;
	return true;
}

static bool push_reg(struct machine *m, uint64_t reg, uint64_t offset)
{
	uint64_t value;
	return unwind_state_get(m->state, reg, &value) && push(m, value + offset);
}

static bool calculate(struct machine *m, uint8_t atom)
{
	if (m->depth < 2)
		return false;
	uint64_t b = m->stack[--m->depth], *a = &m->stack[m->depth - 1];
	int64_t x = (int64_t)*a, y = (int64_t)b;
	switch (atom) {
	case DW_OP_plus: *a += b; return true;
	case DW_OP_minus: *a -= b; return true;
	case DW_OP_mul: *a *= b; return true;
	case DW_OP_and: *a &= b; return true;
	case DW_OP_or: *a |= b; return true;
	case DW_OP_xor: *a ^= b; return true;
	case DW_OP_shl: *a = b < 64 ? *a << b : 0; return true;
	case DW_OP_shr: *a = b < 64 ? *a >> b : 0; return true;
	case DW_OP_shra: *a = (uint64_t)(x >> (b < 64 ? b : 63)); return true;
	case DW_OP_eq: *a = x == y; return true;
	case DW_OP_ne: *a = x != y; return true;
	case DW_OP_lt: *a = x < y; return true;
	case DW_OP_le: *a = x <= y; return true;
	case DW_OP_gt: *a = x > y; return true;
	case DW_OP_ge: *a = x >= y; return true;
	default: return false;
	}
}

static bool load(struct machine *m, uint64_t size)
{
	if (m->depth == 0 || size == 0 || size > 8)
		return false;
	uint64_t *top = &m->stack[m->depth - 1];
	return unwind_state_read(m->state, *top, (size_t)size, top);
}

static bool run(struct machine *m, const Dwarf_Op *op)
{
	uint8_t atom = op->atom;
	if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
		return push(m, atom - DW_OP_lit0);
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
		return push_reg(m, atom - DW_OP_breg0, op->number);
	switch (atom) {
	case DW_OP_const1u: case DW_OP_const1s: case DW_OP_const2u: case DW_OP_const2s:
	case DW_OP_const4u: case DW_OP_const4s: case DW_OP_const8u: case DW_OP_const8s:
	case DW_OP_constu: case DW_OP_consts:
		return push(m, op->number);
	case DW_OP_bregx: return push_reg(m, op->number, op->number2);
	case DW_OP_call_frame_cfa: return push(m, m->cfa);
	case DW_OP_deref: return load(m, 8);
	case DW_OP_deref_size: return load(m, op->number);
	case DW_OP_dup: return m->depth > 0 && push(m, m->stack[m->depth - 1]);
	case DW_OP_drop: return m->depth > 0 && m->depth--;
	case DW_OP_plus_uconst: return push(m, op->number) && calculate(m, DW_OP_plus);
	case DW_OP_regx:
		m->is_value = true;
		return push_reg(m, op->number, 0);
	case DW_OP_stack_value:
		m->is_value = true;
		return true;
	case DW_OP_nop: return true;
	default: return calculate(m, atom);
	}
}

/* Without jumps, which nobody writes there. */
static bool evaluate(const struct rule *rule, struct unwind_state *s, uint64_t cfa,
		     uint64_t *value, bool *is_value)
{
	struct machine m = { .state = s, .cfa = cfa };
	if (rule->count > OPS_MAX)
		return false;
	for (size_t i = 0; i < rule->count; i++)
		if (!run(&m, &rule->ops[i]))
			return false;
	*is_value = m.is_value;
	*value = m.depth > 0 ? m.stack[m.depth - 1] : 0;
	return m.depth > 0;
}

/* Steps */

static bool find_base(const struct rule *rule, struct unwind_state *s, uint64_t *cfa)
{
	bool is_value;
	if (rule->kind == IS_OFFSET) {
		bool known = unwind_state_get(s, rule->reg, cfa);
		*cfa += (uint64_t)rule->offset;
		return known;
	}
	return evaluate(rule, s, 0, cfa, &is_value);
}

static bool find_value(const struct rule *rule, struct unwind_state *s, uint64_t cfa,
		       uint64_t *value)
{
	bool is_value = false;
	switch (rule->kind) {
	case AT_OFFSET:
		return unwind_state_read(s, cfa + (uint64_t)rule->offset, 8, value);
	case IS_OFFSET:
		*value = cfa + (uint64_t)rule->offset;
		return true;
	case EXPRESSION:
		return evaluate(rule, s, cfa, value, &is_value) &&
		       (is_value || unwind_state_read(s, *value, 8, value));
	default:
		return false;
	}
}

bool unwind_step(const struct unwind_row *row, struct unwind_state *s)
{
	unsigned sp = unwind_stack_pointer(s->machine);
	uint64_t cfa = 0, value = 0;
	if (!find_base(&row->base, s, &cfa))
		return false;
	/* Stacks grow down: the frame of a caller lies above.  Signals may have their own. */
	bool moved = cfa > s->regs[sp] || (cfa == s->regs[sp] && s->exact);
	if (!moved && !row->is_signal)
		return false;
	struct unwind_state next = *s;
	for (unsigned i = 0; i < row->count; i++) {
		bool known = find_value(&row->rules[i], s, cfa, &value);
		unwind_state_set(&next, row->rules[i].reg, known, value);
	}
	next.ran_out = s->ran_out;
	s->ran_out = false;
	if (!unwind_state_get(&next, row->return_reg, &next.pc)) {
		s->ran_out = next.ran_out;
		return false;
	}
	next.ran_out = false;
	next.exact = row->is_signal;
	*s = next;
	return s->pc != 0;
}
