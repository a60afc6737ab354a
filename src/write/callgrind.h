/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_CALLGRIND_H
#define WRITE_CALLGRIND_H

#include "write/writer.h"

extern const struct writer writer_callgrind;

#endif
