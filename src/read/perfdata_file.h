/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_FILE_H
#define READ_PERFDATA_FILE_H

#include "io/input.h"
#include "read/perfdata_events.h"
#include "read/perfdata_info.h"

/*
 * A perf.data file as a stream of records, in the order of the file and in constant
 * memory: what is compressed is unpacked, what describes the recording goes to events
 * and info.
 */
enum perfdata_type {
	PERFDATA_MMAP = 1,
	PERFDATA_LOST = 2,
	PERFDATA_COMM = 3,
	PERFDATA_EXIT = 4,
	PERFDATA_FORK = 7,
	PERFDATA_SAMPLE = 9,
	PERFDATA_MMAP2 = 10,
	PERFDATA_LOST_SAMPLES = 13,
	PERFDATA_KSYMBOL = 17,
	PERFDATA_DEFERRED = 22,
	PERFDATA_KERNEL_TYPES = 23,      /* the first that no kernel writes */
	PERFDATA_FINISHED_ROUND = 68,
};

/* Bits of misc. */
enum {
	PERFDATA_CPU_MODE = 7,           /* enum perfdata_mode */
	PERFDATA_EXEC = 1 << 13,         /* of COMM: a new program; of FORK: made up by perf */
	PERFDATA_BUILD_ID = 1 << 14,     /* of MMAP2 */
	PERFDATA_NOT_LOST = 1 << 15,     /* of LOST_SAMPLES: a filter took them away */
};

enum perfdata_mode {
	PERFDATA_MODE_UNKNOWN,
	PERFDATA_MODE_KERNEL,
	PERFDATA_MODE_USER,
	PERFDATA_MODE_HYPERVISOR,
	PERFDATA_MODE_GUEST_KERNEL,
	PERFDATA_MODE_GUEST_USER,
};

struct perfdata_record {
	uint32_t type;
	uint16_t misc;
	struct str body;                 /* behind the header of 8 bytes */
};

struct perfdata_file {
	struct input *in;
	struct perfdata_events *events;
	struct perfdata_info *info;
	bool is_pipe;                    /* written to a pipe: records only */
	bool is_part;                    /* of a folder: records without anything else */
	bool is_cut;                     /* it ended in a record */
	uint64_t end;                    /* of the records in the file; UINT64_MAX: not told */
	uint64_t features[4];            /* bits of what comes behind them */
	struct inflate_pieces *inflate;
	char *unpacked;                  /* what was compressed */
	size_t unpacked_at, unpacked_end;
};

/*
 * Reads the header and the events.  What is found goes to the given structs, which
 * must live as long.
 */
bool perfdata_file_open(struct perfdata_file *, struct input *,
			struct perfdata_events *, struct perfdata_info *);

/* The same for a file of a folder, data.0 and so on. */
void perfdata_file_open_part(struct perfdata_file *, struct input *,
			     struct perfdata_events *, struct perfdata_info *);

void perfdata_file_close(struct perfdata_file *);

/*
 * The next record, valid until the next call; false at the end, when everything behind
 * the records was read, too, and after an error.
 */
bool perfdata_file_next(struct perfdata_file *, struct perfdata_record *);

/* Goes on behind the records, as far as that can be done without reading them. */
bool perfdata_file_skip(struct perfdata_file *);

#endif
