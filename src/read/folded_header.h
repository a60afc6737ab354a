/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_FOLDED_HEADER_H
#define READ_FOLDED_HEADER_H

#include "base/str.h"

/*
 * What stands in header lines of folded text, "# key: value".
 */

/* The value without the double quotes around it. */
struct str folded_header_value(struct str value);

/* A unit is a word or two, never "cycles in 3 samples". */
struct str folded_header_unit(struct str value);

/* "13010 cycles in 3980 samples": the number of samples, or 0. */
uint64_t folded_header_samples(struct str total);

#endif
