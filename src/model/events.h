/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_EVENTS_H
#define MODEL_EVENTS_H

#include "base/buf.h"
#include "model/profile.h"
#include "model/want.h"

/*
 * What the names of events tell: "cycles:u", "cpu-clock", "cpu_core/cycles/P",
 * "sched:sched_switch".
 */

/*
 * The unit of the event's periods: "ns" for clocks, else the plain name of what
 * is counted; empty for no name.
 */
struct str events_unit(struct str name);

/* "sched:sched_switch": its header line ends in free text. */
bool events_is_tracepoint(struct str name);

/*
 * Whether --event-filter (exact names, short ones of Java's classes, or globs) lets it
 * through; everything without a filter.
 */
bool events_match(struct str name, const struct want *);

/*
 * Samples read of each event, by event id, as far as they are known: for folded
 * text that does not tell them, lines.  The caller frees the array.
 */
uint64_t *events_count(const struct profile *);

/*
 * The events whose values will be shown, at most all: those that share the name
 * of the chosen one but for the PMU of a hybrid processor ("cpu_core/cycles/" and
 * "cpu_atom/cycles/"), or all of them when they become root frames or were asked
 * for and count in the same unit.  The choice is fixed so that runs can be
 * compared: cycles, cpu-clock, task-clock, else most samples, else by name;
 * with want->first_event the one read first.
 *
 * Returns how many ids were put into chosen, which has room for all events; they
 * ascend.
 */
unsigned events_choose(const struct profile *, const struct want *, uint32_t *chosen);

/* Whether it is one of those that events_choose() has chosen. */
bool events_is_chosen(const uint32_t *chosen, unsigned count, uint32_t event);

/* The name for people: "cycles:u", "cpu_core/cycles/P" as "cycles:P"; into *out. */
void events_add_title(struct buf *out, struct str name);

#endif
