/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_CHAIN_H
#define READ_PERFDATA_CHAIN_H

#include "model/samples.h"
#include "read/perfdata_sample.h"
#include "read/perfdata_world.h"

/*
 * Pushes the places of a sample, leaf first, into out: those of its call chain, or of
 * the one address it has.  user is what is mapped for its thread, misc of its record.
 * The cookie of the part that comes later; 0 when there is none.
 */
uint64_t perfdata_chain_push(struct perfdata_world *, struct samples *out,
			 const struct perfdata_event *, const struct perfdata_sample *,
			 const struct perfdata_space *user, uint16_t misc);

/* The same for that part, which has only a chain. */
void perfdata_chain_push_deferred(struct perfdata_world *, struct samples *out,
				  const struct perfdata_sample *,
				  const struct perfdata_space *user);

/* The place of an address in a space. */
uint32_t perfdata_chain_place(struct perfdata_world *, const struct perfdata_space *,
			      uint64_t address);

#endif
