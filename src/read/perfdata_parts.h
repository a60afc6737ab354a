/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_PARTS_H
#define READ_PERFDATA_PARTS_H

#include "read/perfdata_queue.h"

/*
 * All records of a recording in the order of time, from one file or from those of a
 * folder (perf record --threads): data, and data.0, data.1 ... of the processors, each
 * in order for itself.
 */
struct perfdata_parts {
	struct input *in;
	struct perfdata_part {
		struct input *in;        /* of a sibling; NULL for the first */
		struct perfdata_file file;
		struct perfdata_queue queue;
		struct perfdata_record record;
		uint64_t time;
		bool has_record;
	} *items;
	size_t count;
	struct perfdata_part *last;      /* the one that gave the last record */
};

/* Events and info are filled, also while records are read. */
bool perfdata_parts_open(struct perfdata_parts *, struct input *,
			 struct perfdata_events *, struct perfdata_info *);
void perfdata_parts_close(struct perfdata_parts *);

/*
 * The next record, valid until the next call, and its time, 0 for none; false at the end
 * and after an error.  in->line tells for messages where the file has been read to.
 */
bool perfdata_parts_next(struct perfdata_parts *, struct perfdata_record *,
			 uint64_t *time);

#endif
