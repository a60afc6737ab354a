/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TEXTSORT_H
#define BASE_TEXTSORT_H

#include "base/str.h"

/*
 * Sorts ids by the bytes of texts[id].  No choice of texts makes it slow.
 */
void textsort(const struct str *texts, uint32_t *ids, uint32_t count);

#endif
