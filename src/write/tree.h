/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_TREE_H
#define WRITE_TREE_H

#include "write/writer.h"

/* The call tree as text, for people and tests. */
extern const struct writer writer_tree;

#endif
