/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_PATHS_H
#define READ_PERFDATA_PATHS_H

#include "base/buf.h"
#include "model/want.h"
#include "read/perfdata_info.h"

/* Where the file of a recorded name lies now: want->maps, then want->sysroot. */
void perfdata_paths_find(struct buf *path, const struct want *, struct str recorded);

/*
 * The perf map of a process in a container, where /tmp is another folder and its number
 * another one: "/proc/123/root/tmp/perf-7.map".  False unless the process still lives and
 * is the one that was recorded, as far as can be told: on this machine and kernel, and
 * begun before the time of the last sample, in ns.
 */
bool perfdata_paths_container_map(struct buf *path, uint32_t pid, uint64_t latest,
				  const struct perfdata_info *);

/* Pipes and the like, which others may have put there, are not waited for. */
bool perfdata_paths_is_file(const char *path);

#endif
