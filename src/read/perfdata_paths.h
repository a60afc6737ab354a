/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_PATHS_H
#define READ_PERFDATA_PATHS_H

#include "base/buf.h"
#include "model/want.h"

/* Where the file of a recorded name lies now: want->maps, then want->sysroot. */
void perfdata_paths_find(struct buf *path, const struct want *, struct str recorded);

/* Pipes and the like, which others may have put there, are not waited for. */
bool perfdata_paths_is_file(const char *path);

#endif
