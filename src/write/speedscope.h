/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SPEEDSCOPE_H
#define WRITE_SPEEDSCOPE_H

#include "write/writer.h"

/* JSON for https://www.speedscope.app. */
extern const struct writer writer_speedscope;

#endif
