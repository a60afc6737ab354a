/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_PPROF_TYPES_H
#define WRITE_PPROF_TYPES_H

#include "model/series.h"

/*
 * What values are called in pprof, and in OpenTelemetry after it: "alloc_space" in
 * "bytes", "cpu" in "nanoseconds".
 */
struct str pprof_types_name(const struct series_item *);
struct str pprof_types_unit(const struct series_item *);

/* The name of the program in the command that was recorded; empty when there is none. */
struct str pprof_types_program(struct str title);

#endif
