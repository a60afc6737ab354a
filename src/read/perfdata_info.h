/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_INFO_H
#define READ_PERFDATA_INFO_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "read/perfdata_events.h"

/*
 * What perf.data tells of the recording as a whole: "features", behind the records of a
 * file and among those of a pipe.
 */
enum perfdata_feature {
	PERFDATA_FEATURE_BUILD_ID = 2,
	PERFDATA_FEATURE_HOSTNAME = 3,
	PERFDATA_FEATURE_RELEASE = 4,
	PERFDATA_FEATURE_VERSION = 5,
	PERFDATA_FEATURE_ARCH = 6,
	PERFDATA_FEATURE_COMMAND = 11,
	PERFDATA_FEATURE_EVENTS = 12,
	PERFDATA_FEATURE_COMPRESSED = 27,
	PERFDATA_FEATURES = 256,
};

struct perfdata_build {
	struct str path;
	struct str id;                   /* its bytes */
};

struct perfdata_info {
	struct arena arena;
	struct str hostname, release, version, arch;
	struct str command;              /* arguments of perf, with blanks between */
	struct perfdata_build *builds;
	uint32_t build_count;
	size_t build_capacity;
	struct table build_table;        /* by path */
};

void perfdata_info_free(struct perfdata_info *);

/* Takes a feature; events get their names.  What is damaged is left out. */
void perfdata_info_feature(struct perfdata_info *, struct perfdata_events *,
			   uint64_t feature, struct str bytes);

/* A build id without its header of 8 bytes, of which misc is. */
void perfdata_info_build(struct perfdata_info *, uint16_t misc, struct str body);

/* The build id of a file; empty when it is not told. */
struct str perfdata_info_find(const struct perfdata_info *, struct str path);

/* The program that was recorded, without perf and its options. */
struct str perfdata_info_title(const struct perfdata_info *);

/* Lines for people: the command, the host, the events. */
void perfdata_info_describe(const struct perfdata_info *, struct perfdata_events *,
			    struct buf *);

#endif
