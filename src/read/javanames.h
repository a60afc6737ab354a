/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JAVANAMES_H
#define READ_JAVANAMES_H

#include "read/traces.h"

/*
 * What addresses are called, in the table behind the stacks of old profiles of Java: they
 * are numbers that the profiler has given, no places in memory, and stand in the stacks as
 * traces_leaf() or traces_leaves().
 */
#define JAVANAMES_UNKNOWN "the table of names behind the stacks is not whole"
#define JAVANAMES_NO_CHAINS "tell the agent that records to keep them"

struct javanames {
	struct input *in;
	struct profile *profile;
	struct traces *traces;
};

/* Whether it is a line of that table, without blanks around it: one that begins with 0x. */
bool javanames_is_line(struct str line);

/* Takes such a line.  False with an input_error(): its address is none. */
bool javanames_add(const struct javanames *, struct str line);

/* When all lines were read: a warning where addresses have no name. */
void javanames_end(const struct javanames *);

/* Reads the rest of the input, which is the table.  False with an input_error(). */
bool javanames_read(const struct javanames *);

#endif
