/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_SUPPRESS_H
#define READ_SUPPRESS_H

#include "io/input.h"
#include "model/suppressions.h"
#include "model/want.h"

/*
 * Adds the suppressions of the files that want->suppressions names.  An error, which
 * tells the file and line, is one of the input that is being read.
 */
bool suppress_load(struct suppressions *, struct input *, const struct want *);

#endif
