/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_PPROF_H
#define WRITE_PPROF_H

#include "write/writer.h"

/* Profiles for pprof and all that reads its format, in gzip. */
extern const struct writer writer_pprof;

#endif
