/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_JITDUMP_H
#define READ_PERFDATA_JITDUMP_H

#include "io/input.h"
#include "read/perfdata_places.h"
#include "read/perfdata_tasks.h"

/*
 * Code made at run time, from jit-PID.dump: each function is mapped into its process when
 * the time has come.
 */
struct perfdata_jitdump {
	struct input in;
	struct str module;               /* what its functions are from */
	char name[32];
	bool by_time;                    /* the recording has the same clock */
	bool at_end;
};

/* False when it is not there, or something else. */
bool perfdata_jitdump_open(struct perfdata_jitdump *, const char *path, uint32_t pid,
			   bool by_time);
void perfdata_jitdump_close(struct perfdata_jitdump *);

/* Maps what there was until this time, in ns. */
void perfdata_jitdump_apply(struct perfdata_jitdump *, struct perfdata_tasks *,
			    struct perfdata_places *, struct perfdata_space *,
			    uint64_t time);

#endif
