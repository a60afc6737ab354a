/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_UNKNOWN_H
#define READ_PERFDATA_UNKNOWN_H

#include "io/input.h"
#include "read/perfdata_places.h"

/*
 * Places without a name: why they have none, and what can be done about it.
 */
enum perfdata_why {
	PERFDATA_KNOWN,                  /* it has a name */
	PERFDATA_FILE_MISSING,
	PERFDATA_FILE_OTHER,             /* its build id is another one */
	PERFDATA_FILE_BROKEN,
	PERFDATA_FILE_STRIPPED,          /* no symbols but those for linking */
	PERFDATA_FILE_SILENT,            /* there are symbols, but none of the place */
	PERFDATA_NO_FILE,                /* memory that is no file */
	PERFDATA_NO_ELFUTILS,
	PERFDATA_NO_MAP,                 /* run-time code, and nobody told of it */
	PERFDATA_MAP_SILENT,             /* somebody did, but not of the place */
	PERFDATA_NO_VDSO,
	PERFDATA_KERNEL_HIDDEN,
	PERFDATA_KERNEL_OTHER,
	PERFDATA_KERNEL_ABSENT,
	PERFDATA_KERNEL_SILENT,
	PERFDATA_KERNEL_MODULE,          /* of another boot, where it lay elsewhere */
	PERFDATA_UNMAPPED,
	PERFDATA_GUEST,
	PERFDATA_WHYS
};

/*
 * Adds a line about each module to in->notes, the one with most frames first, and what
 * to do about that one to in->advice.  why and frames are by place: the reason, and in how
 * many samples it was met.
 */
void perfdata_unknown_tell(struct input *in, const struct perfdata_places *,
			   const uint8_t *why, const uint64_t *frames);

#endif
