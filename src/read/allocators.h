/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_ALLOCATORS_H
#define READ_ALLOCATORS_H

#include "model/profile.h"

/*
 * Whether the frame is one of malloc(), operator new and such, or of what they are
 * made of: by its name, as google/pprof does, or as it is in the file of an allocator.
 */
bool allocators_has(const struct profile *, uint32_t frame);

#endif
