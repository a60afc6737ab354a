/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_QUEUE_H
#define READ_PERFDATA_QUEUE_H

#include "read/perfdata_file.h"

/*
 * The records of a file in the order of time.  Each processor has a buffer of its own
 * for them, and perf empties one after the other; when all had their turn it writes
 * FINISHED_ROUND.  Whatever happened before a round began is in the file when the next
 * one ends, so two rounds are held, no more.
 */
struct perfdata_queue {
	struct perfdata_file *file;
	bool in_order;                   /* the records come so: nothing is held */
	struct perfdata_entry {
		uint64_t time;
		size_t at;               /* of the record in bytes */
	} *entries, *spare;
	size_t count, capacity, spare_capacity;
	size_t ready, next;              /* entries that can be handed out, that were */
	char *bytes, *spare_bytes;       /* records as in the file */
	size_t size, bytes_capacity, spare_bytes_capacity;
	uint64_t latest, limit;          /* time of any so far; when the last round ended */
	bool at_end;
};

/* The file must be open. */
void perfdata_queue_init(struct perfdata_queue *, struct perfdata_file *, bool in_order);
void perfdata_queue_free(struct perfdata_queue *);

/*
 * The next record and its time, 0 when it has none, valid until the next call; false at
 * the end and after an error.  Records without a time come as soon as they are met.
 */
bool perfdata_queue_next(struct perfdata_queue *, struct perfdata_record *,
			 uint64_t *time);

#endif
