/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A call chain is a list of addresses, leaf first, with marks between them: negative
 * numbers that tell whose the next ones are.
 *
 *	-128  0xffffffff8124f1c0 0xffffffff81003e1b    the kernel's
 *	-512  0x7f2a4b1a50c0 0x5581e0c0a429            the program's
 *	-640  0x10000000007                            the cookie of what comes later
 */
#include "read/perfdata_chain.h"

#include "read/perfdata_file.h"

enum { LBR_STACK = 1 << 11 };            /* of branch_type: branches are calls */

/* Marks. */
enum {
	CHAIN_HYPERVISOR = -32,
	CHAIN_KERNEL = -128,
	CHAIN_USER = -512,
	CHAIN_USER_DEFERRED = -640,
	CHAIN_GUEST = -2048,
	CHAIN_GUEST_KERNEL = -2176,
	CHAIN_GUEST_USER = -2560,
	CHAIN_LOWEST = -4095,
};

struct perfdata_chain {
	struct perfdata_world *world;
	struct samples *out;
};

static bool is_kernel_address(uint64_t address)
{
	return address >= UINT64_C(0xffff800000000000) &&
	       address < UINT64_C(0xfffffffffffff000);
}

static uint32_t find_place(struct perfdata_world *w, const struct perfdata_space *space,
			   uint64_t address)
{
	struct perfdata_places *places = &w->places;
	const struct perfdata_map *map = perfdata_tasks_find(space, address);
	if (map)
		return perfdata_places_add(places, map->file,
					   address - map->start + map->offset);
	if (!w->want->addrs)
		address = is_kernel_address(address) ?
				  UINT64_C(0xffff800000000000) : 0;
	return perfdata_places_add(places, w->nowhere, address);
}

static inline uint32_t place_of(struct perfdata_world *w,
				const struct perfdata_space *space, uint64_t address)
{
	struct perfdata_cached *slot =
		perfdata_places_slot(&w->places, space->version, address);
	if (slot->address != address || slot->version != space->version ||
	    slot->place_plus_1 == 0) {
		slot->place_plus_1 = find_place(w, space, address) + 1;
		slot->address = address;
		slot->version = space->version;
	}
	return slot->place_plus_1 - 1;
}

uint32_t perfdata_chain_place(struct perfdata_world *w, const struct perfdata_space *space,
			      uint64_t address)
{
	return place_of(w, space, address);
}

static inline void push_address(struct perfdata_chain *c,
				const struct perfdata_space *space, uint64_t address)
{
	sample_push(c->out, place_of(c->world, space, address));
}

static void push_guest(struct perfdata_chain *c, bool is_kernel)
{
	uint32_t source = is_kernel ? c->world->guest_kernel : c->world->nowhere;
	sample_push(c->out, perfdata_places_add(&c->world->places, source, 0));
}

/* NULL: of a guest or hypervisor, where nothing is known. */
static const struct perfdata_space *space_of(const struct perfdata_chain *c,
					     const struct perfdata_space *user,
					     enum perfdata_mode mode)
{
	if (mode == PERFDATA_MODE_USER)
		return user;
	return mode == PERFDATA_MODE_KERNEL ? &c->world->tasks.kernel : NULL;
}

static bool read_mark(int64_t mark, enum perfdata_mode *mode)
{
	switch (mark) {
	case CHAIN_HYPERVISOR: *mode = PERFDATA_MODE_HYPERVISOR; return true;
	case CHAIN_KERNEL: *mode = PERFDATA_MODE_KERNEL; return true;
	case CHAIN_USER: *mode = PERFDATA_MODE_USER; return true;
	case CHAIN_GUEST_KERNEL: *mode = PERFDATA_MODE_GUEST_KERNEL; return true;
	case CHAIN_GUEST:
	case CHAIN_GUEST_USER: *mode = PERFDATA_MODE_GUEST_USER; return true;
	default: return false;
	}
}

/* The calls that the processor has kept, newest first; the chain has the leaf only. */
static void push_branches(struct perfdata_chain *c, const struct perfdata_sample *s,
			  const struct perfdata_space *user)
{
	push_address(c, user, perfdata_u64(s->branches + 8));
	for (uint64_t i = 0; i < s->branch_count; i++)
		push_address(c, user, perfdata_u64(s->branches + i * 24));
}

/*
 * The first address behind a mark is exact, the others are where calls return to.  A
 * mark that nobody knows makes all of the chain doubtful, and perf drops it.  The cookie
 * of the part that comes later is returned, or 0.
 */
static uint64_t push_chain(struct perfdata_chain *c, const struct perfdata_sample *s,
		       const struct perfdata_space *user, bool lbr)
{
	enum perfdata_mode mode = PERFDATA_MODE_USER;
	const struct perfdata_space *space = user;
	bool exact = true;
	for (uint64_t i = 0; i < s->chain_count; i++) {
		uint64_t address = perfdata_u64(s->chain + i * 8);
		if (address >= (uint64_t)CHAIN_LOWEST) {
			if ((int64_t)address == CHAIN_USER_DEFERRED) {
				if (i + 1 < s->chain_count)
					return perfdata_u64(s->chain + (i + 1) * 8);
				input_warn(c->world->in, "call chains that end before their "
					   "cookie", STR(""));
				return 0;
			}
			if (!read_mark((int64_t)address, &mode)) {
				while (sample_depth(c->out) > 0)
					sample_pop(c->out);
				input_warn(c->world->in, "call chains with an unknown mark",
					   STR(""));
				return 0;
			}
			space = space_of(c, user, mode);
			exact = true;
			if (lbr && mode == PERFDATA_MODE_USER && s->branch_count > 0) {
				push_branches(c, s, user);
				return 0;
			}
			continue;
		}
		if (space == NULL)
			push_guest(c, mode == PERFDATA_MODE_GUEST_KERNEL);
		else
			push_address(c, space, exact || address == 0 ? address :
								       address - 1);
		exact = false;
	}
	return 0;
}

void perfdata_chain_push_deferred(struct perfdata_world *world, struct samples *out,
				  const struct perfdata_sample *s,
				  const struct perfdata_space *user)
{
	struct perfdata_chain c = { world, out };
	push_chain(&c, s, user, false);
}

uint64_t perfdata_chain_push(struct perfdata_world *world, struct samples *out,
			     const struct perfdata_event *event,
			     const struct perfdata_sample *s,
			     const struct perfdata_space *user, uint16_t misc)
{
	struct perfdata_chain of = { world, out }, *c = &of;
	if (s->has_chain)
		return push_chain(c, s, user, event->branch_type & LBR_STACK);
	enum perfdata_mode mode = misc & PERFDATA_CPU_MODE;
	const struct perfdata_space *space = space_of(c, user, mode);
	if (!(event->sample_type & PERFDATA_IP))
		return 0;
	if (space)
		push_address(c, space, s->ip);
	else
		push_guest(c, mode == PERFDATA_MODE_GUEST_KERNEL);
	return 0;
}
